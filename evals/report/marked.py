"""Text with some of its characters marked, cleaned for show without losing which."""

from __future__ import annotations

from collections.abc import Iterable

from bot.visible import clean

Marked = tuple[str, list[tuple[int, int]]]
"""What is shown, and the marked spans of it, in UTF-16 code units as JavaScript counts them."""


def marked(text: str, spans: Iterable[tuple[int, int]] = (), most: int | None = None) -> Marked:
    """Return `text` cleaned, its `spans` (code points) moved to where they are in what is shown, overlaps joined.

    With `most` only the first so many characters are shown, and spans end there.
    """
    shown = text if most is None or len(text) <= most else text[:most]
    inside = ((max(start, 0), min(end, len(shown))) for start, end in spans)
    joined: list[tuple[int, int]] = []
    for start, end in sorted((start, end) for start, end in inside if start < end):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return clean(shown), [(_units(shown[:start]), _units(shown[:end])) for start, end in joined]


def _units(text: str) -> int:
    return len(clean(text).encode("utf-16-le")) // 2
