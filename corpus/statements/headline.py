"""Headlines: the desk's words. What one says that somebody says is left to the article where that says it, too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from corpus.statements.discourse import Draft
from corpus.statements.parts import Entity
from corpus.statements.tokens import Unit
from corpus.statements.words import is_function_word

_LONGEST = 200  # characters of a headline
_ENDS = re.compile(r"[.!?:;,…][\"'”’»)\]]*\Z")
_WORD = re.compile(r"\w+")
_STEM = 5  # letters by which the forms of one word are mostly the same
_SAME = 2, 3  # so much of a headline's words the article's statement has, where it is the same


def repeats(
    text: str, units: Sequence[Unit], drafts: Sequence[Draft], speakers: Mapping[int, Entity | None]
) -> list[Draft]:
    """Return the drafts of the text's headline that its body says, too, and of the same speaker.

    A headline is a first paragraph without a full stop. It names its speaker by any words that the body has for
    the same ("minister says"), or not at all, where it is a quotation.

    Args:
        text: the article's text.
        units: its units.
        drafts: the statements found in them.
        speakers: for the id of each draft, who says it.
    """
    if not units or not _is_headline(text, units):
        return []
    above = [draft for draft in drafts if all(units[piece[0]].paragraph == 0 for piece in draft.content)]
    below = [draft for draft in drafts if draft.unit and all(units[piece[0]].paragraph for piece in draft.content)]
    return [draft for draft in above if any(_same(text, units, draft, other, speakers) for other in below)]


def _is_headline(text: str, units: Sequence[Unit]) -> bool:
    first = units[0].span.of(text)
    alone = len(units) > 1 and units[1].paragraph > 0
    return alone and len(first) <= _LONGEST and _ENDS.search(first) is None


def _same(
    text: str, units: Sequence[Unit], headline: Draft, other: Draft, speakers: Mapping[int, Entity | None]
) -> bool:
    said, there = _content(text, units, headline), _content(text, units, other)
    if not said or _SAME[1] * len(said & there) < _SAME[0] * len(said):
        return False
    if headline.attribution is None:  # nothing but quoted words
        return said <= there
    one, two = speakers[id(headline)], speakers[id(other)]
    if one is not None and one is two:
        return True
    known = (two.name, two.role, two.affiliation) if two else ()
    called = _stems(filter(None, (*known, *_source(text, units, other))))
    names = _stems(_source(text, units, headline))
    return bool(names) and names <= called


def _content(text: str, units: Sequence[Unit], draft: Draft) -> frozenset[str]:
    return _stems(units[number].slice(text, start, end) or "" for number, start, end in draft.content)


def _source(text: str, units: Sequence[Unit], draft: Draft) -> list[str]:
    if draft.attribution is None:
        return []
    source = draft.attribution.source
    return [units[draft.unit].slice(text, source.start, source.end) or ""]


def _stems(texts: Iterable[str]) -> frozenset[str]:
    words = (word.lower() for part in texts for word in _WORD.findall(part))
    return frozenset(word[:_STEM] for word in words if not is_function_word(word))
