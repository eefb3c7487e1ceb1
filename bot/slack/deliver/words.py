"""The words of a message: to tell ours again where Slack kept no metadata, and to send them without blocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.slack.model import Part

PLAIN = 3_900
"""Characters of a message without blocks: chat.update takes 4,000."""
COMPARED = 200

_CUTS = ("\n\n", "\n", ". ", "! ", "? ", " ")


def plain(part: Part) -> list[Part]:
    """Return a part without blocks, cut between sentences where one message cannot hold it, never inside a link."""
    rest, pieces = part.text.strip(), []
    while len(rest) > PLAIN:
        cut = _cut(rest[:PLAIN])
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [Part(blocks=(), text=piece) for piece in [*pieces, rest] if piece]


def begins(message: Mapping[str, Any], part: Part) -> bool:
    """Tell whether a message is a beginning of the part: letters and digits count, Slack changes the rest."""
    ours = [found for found in (_letters(part.text), _letters(" ".join(_texts(part.blocks)))) if found]
    seen = [_letters(str(message.get("text") or "")), _letters(" ".join(_texts(message.get("blocks") or ())))]
    theirs = [found[:COMPARED] for found in seen if found]
    return not theirs or any(whole.startswith(found) for whole in ours for found in theirs)


def _cut(text: str) -> int:
    """Return where to cut: after the last paragraph, line, sentence or word, but before a link that is not ended."""
    link = text.rfind("<")
    if link > 0 and ">" not in text[link:]:
        text = text[:link]
    for mark in _CUTS:
        place = text.rfind(mark)
        if place > len(text) // 2:
            return place + len(mark)
    return len(text)


def _texts(value: Any) -> Iterator[str]:
    """Return every text in blocks, in order."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key == "text" and isinstance(inner, str):
                yield inner
            elif isinstance(inner, Mapping | list | tuple):
                yield from _texts(inner)
    elif isinstance(value, Iterable) and not isinstance(value, str):
        for inner in value:
            yield from _texts(inner)


def _letters(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())
