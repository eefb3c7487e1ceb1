"""Sentences as strings of tags, one letter a word, so that grammar can be written as patterns.

A quotation of some length is a single token, tagged Q: what is said inside one is not the article's own
grammar. `corpus.statements.words` explains the other tags.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

from corpus.model import Span
from corpus.statements.quotations import Quotation
from corpus.statements.words import settle, tagged

_LONG_QUOTATION = 4
"""Words; a shorter quotation is a turn of phrase unless it stands alone or a comma sets it off."""

_CLAUSE = re.compile(r"q,(?:V|(?:P|D?[RDeCnS]{1,8})[XR]{0,3}V)")
"""A short quotation that opens a sentence and has a cue, its comma outside the marks: ‘Dust settles’, said X."""

_SHOUTED = 4
"""Words; so many in capitals are a headline, not a name."""

LONGEST = 400
"""Tokens; what is longer is a table or a list that no stop ends, and is not read as a sentence."""


@dataclass(slots=True)
class Unit:
    """A sentence (or sentences that one quotation holds together) as parallel lists of tokens."""

    span: Span
    paragraph: int = 0
    begins_paragraph: bool = False
    tags: str = ""
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    quotations: dict[int, Quotation] = field(default_factory=dict)

    def slice(self, text: str, start: int, end: int) -> str | None:
        """The characters of tokens [start, end); None where there is no token."""
        return text[self.starts[start] : self.ends[end - 1]] if end > start else None

    @property
    def headline(self) -> bool:
        """True of the first sentence of the text."""
        return self.paragraph == 0 and self.begins_paragraph


def make_units(
    text: str, sentences: list[Span], paragraphs: list[Span], quotations: list[list[Quotation]]
) -> list[Unit]:
    """Return the units of a text: its sentences, joined where a quotation runs on through several."""
    units = []
    starts = [paragraph.start for paragraph in paragraphs]
    place = 0
    while place < len(sentences):
        span = sentences[place]
        number = bisect_right(starts, span.start) - 1
        within = quotations[number]
        first = bisect_left(within, span.start, key=_start)
        place += 1
        while place < len(sentences) and _cuts(within, first, sentences[place].start):
            span = Span(span.start, sentences[place].end)
            place += 1
        unit = Unit(span, number, span.start == starts[number])
        _fill(text, unit, within[first : bisect_left(within, span.end, key=_start)])
        units.append(unit)
    return units


def _start(quotation: Quotation) -> int:
    return quotation.outer.start


def _cuts(quotations: list[Quotation], first: int, place: int) -> bool:
    """Tell whether `place` lies inside a quotation, from number `first` on; they follow one another."""
    last = bisect_left(quotations, place, key=_start) - 1
    return last >= first and place < quotations[last].outer.end


def _fill(text: str, unit: Unit, quotations: list[Quotation]) -> None:
    """Tag the words of one unit, each of its quotations being one token."""
    tags: list[str] = []

    def add(tag: str, start: int, end: int, word: str) -> None:
        tags.append(tag)
        unit.starts.append(start)
        unit.ends.append(end)
        unit.words.append(word)

    here = unit.span.start
    for quotation in quotations:
        for token in tagged(text, here, quotation.outer.start, unit.span.start):
            add(*token)
        unit.quotations[len(tags)] = quotation
        speech = _is_speech(text, quotation, unit.span)
        add("Q" if speech else "q", *quotation.outer, "“")
        if not speech and text[quotation.inner.end - 1] == ",":
            add(",", quotation.inner.end - 1, quotation.outer.end, ",")
        here = quotation.outer.end
    for token in tagged(text, here, unit.span.end, unit.span.start):
        add(*token)
    if len(tags) > LONGEST or (len(tags) > _SHOUTED and unit.span.of(text).isupper()):
        tags = ["x"] * len(tags)  # a table, or a headline between paragraphs: its capitals tell nothing
    settle(tags, unit.words)
    if _CLAUSE.match("".join(tags)) and not text[unit.quotations[0].inner.start].islower():
        tags[0] = "Q"
    unit.tags = "".join(tags)


def _is_speech(text: str, quotation: Quotation, span: Span) -> bool:
    """Tell speech from a turn of phrase or a title."""
    if quotation.words >= _LONG_QUOTATION or quotation.open or quotation.outer == span:
        return True
    last = text[quotation.inner.end - 1]
    before = text[span.start : quotation.outer.start].rstrip()
    return last in ",.!?…" and (not before or before[-1] in ",:.")
