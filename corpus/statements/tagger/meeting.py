"""Which of many spans overlap, without comparing all with all."""

from __future__ import annotations

from collections.abc import Iterable

from corpus.model import Span


def meeting(some: Iterable[tuple[Span, int]], others: Iterable[tuple[Span, int]]) -> list[tuple[int, int]]:
    """Return the pairs of a number of `some` and one of `others` of which any spans overlap, in order.

    Goes through the text once, with the spans of each side that have begun and not ended.
    """
    events = sorted([(span, 0, number) for span, number in some] + [(span, 1, number) for span, number in others])
    begun: tuple[list[tuple[Span, int]], list[tuple[Span, int]]] = ([], [])
    found: set[tuple[int, int]] = set()
    for span, side, number in events:
        facing = begun[1 - side]
        facing[:] = [each for each in facing if each[0].end > span.start]
        found.update((other, number) if side else (number, other) for _, other in facing)
        begun[side].append((span, number))
    return sorted(found)
