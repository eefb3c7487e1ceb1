"""Noun phrases as patterns over tags: the one before a verb, the one after it.

A phrase is given as the half-open range of its tokens in the unit.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_CORE = r"(?:D+R?)?(?:[Cnqx](?=[CnqegxSM])|(?<=[DRneCS])[eg](?=[Cnqx]))*(?:[Cnq]|(?<=[DnC])g)"
_SIMPLE = rf"(?:{_CORE}S)*{_CORE}"
_BEFORE = re.compile(rf"(?:P|D?I[O]|{_SIMPLE}(?:[ItA]{_SIMPLE}|IM|ID)*|D+(?:I{_SIMPLE}(?:[ItA]{_SIMPLE})*)?)\Z")
_AFTER = re.compile(rf"(?:P(?![a-zA-Z])|{_SIMPLE}(?:[ItA]{_SIMPLE}|eI{_SIMPLE})*|D(?:I{_SIMPLE})+|D(?=[.,]|\Z))")
# Where a core can take in "g" or "e", it does; so there is one way only to read them.
_LINK = r"(?:I|A|IA|eI|t|tv|(?<![nCD])[ge]|[ge](?![Cnqx]))"
_APPOSITION = re.compile(rf"(?:-?[RDeIM]*{_SIMPLE}(?:{_LINK}R?{_SIMPLE}|IM|ID)*|D|M|R+|[We].*)\Z")


class Phrase(NamedTuple):
    """A noun phrase: its `start` and `end` token, and the end of its `head` part, without appositions."""

    start: int
    end: int
    head: int


def before(tags: str, end: int, start: int = 0) -> Phrase | None:
    """Return the noun phrase that ends right before token `end`, as the subject of a verb there does."""
    if end <= start:
        return None
    if tags[end - 1] == ",":
        return _with_apposition(tags, end - 1, start)
    if tags[end - 1] in ")-":
        opening = tags.rfind("(" if tags[end - 1] == ")" else "-", start, end - 1)
        found = before(tags, opening, start) if opening > start else None
        return Phrase(found.start, end, found.head) if found else None
    low = start
    for place in range(end - 1, start - 1, -1):
        if tags[place] in "QB;:(VXFbvGTHW-.)":
            low = place + 1
            break
    match = _BEFORE.search(tags, low, end)
    if match is None:
        return None
    return Phrase(match.start(), end, end)


def _with_apposition(tags: str, end: int, start: int) -> Phrase | None:
    """The subject of a verb that a comma precedes: "X, the party's spokesman, said"."""
    if end > start and tags[end - 1] == ")":
        found = before(tags, end, start)
        if found is not None:
            return found
    best: Phrase | None = None
    right = end
    for _ in range(5):
        comma = tags.rfind(",", start, right)
        if comma < 0:
            return best
        if not _APPOSITION.match(tags[comma + 1 : right]):
            relative = max(tags.rfind(",W", start, end), tags.rfind(",IW", start, end))
            if relative < 0 or best is not None or relative >= comma:
                return best
            comma = relative
        previous = max(tags.rfind(",", start, comma), start - 1)
        hangs = tags[previous + 1 : previous + 2] in tuple("IegWGBR") and previous >= start
        found = None if hangs or comma == previous + 1 else before(tags, comma, start)
        if found is not None and best is not None and tags[max(0, found.start - 1) : found.start] == "I":
            return best  # "asked about the talks, the spokesman, X, said": the talks say nothing
        if found is not None and tags[found.start : found.end] != "P":
            keep = comma if tags[comma + 1] in "WIegR" and best is None else end
            best = Phrase(found.start, keep, comma)
            if "C" in tags[found.start : found.end] and not _is_place(tags, found.start):
                return best
        right = comma
    return best


def _is_place(tags: str, start: int) -> bool:
    """Tell whether a phrase hangs on a preposition, as "Ohio" in "of Akron, Ohio,"."""
    return start > 0 and tags[start - 1] in "I,"


def after(tags: str, start: int) -> Phrase | None:
    """Return the noun phrase that starts at token `start`, with appositions that a comma sets off."""
    match = _AFTER.match(tags, start)
    if match is None:
        return None
    head = end = match.end()
    while end < len(tags) and tags[end] == "," and end + 1 < len(tags):
        stop = end + 1
        while stop < len(tags) and tags[stop] not in ",.;:Q-()":
            stop += 1
        piece = tags[end + 1 : stop]
        closed = stop >= len(tags) or tags[stop] in ",.;"
        if not closed or not piece or piece[0] in "GWBAHIgRT" or not _APPOSITION.match(piece):
            break
        end = stop
    return Phrase(start, end, head)
