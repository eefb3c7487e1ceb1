"""The nouns of the project: documents, dates, spans, speakers and statements.

Offsets count Unicode code points of the stored text, as Python indexes ``str``.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

Kind = Literal["direct", "indirect", "mixed"]
Method = Literal["rules", "tagger"]
"""What finds statements: patterns of grammar, or the trained network."""

Precision = Literal["year", "month", "day", "time"]

_ISO = re.compile(
    r"(?P<y>\d{4}|-)(?:-(?P<m>\d{2})(?:-(?P<d>\d{2})(?P<t>T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})?)?)?)?"
)


class Span(NamedTuple):
    """A half-open range of characters, ``text[start:end]``."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the characters of `text` that the span covers."""
        return text[self.start : self.end]

    def overlaps(self, other: Span) -> bool:
        """Tell whether the two spans share a character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date known as far as its source says: ISO 8601, cut off where knowledge ends.

    ``2023``, ``2023-03``, ``2023-03-23``, ``2023-03-23T10:00:00+00:00``; a day without a year,
    which only a statement's "said" may have, is ``--03-23``.

    Raises:
        ValueError: the value has none of these forms or names no real day.
    """

    value: str

    def __post_init__(self) -> None:
        """Refuse what is not a date."""
        match = _ISO.fullmatch(self.value)
        if match is None or (self.yearless and match["d"] is None):
            raise ValueError(f"not a (partial) ISO 8601 date: {self.value!r}")
        year = 2000 if self.yearless else int(match["y"])
        dt.date(year, int(match["m"] or 1), int(match["d"] or 1))
        if match["t"]:
            dt.datetime.fromisoformat(self.value)

    @property
    def yearless(self) -> bool:
        """True where only month and day are known."""
        return self.value.startswith("-")

    @property
    def precision(self) -> Precision:
        """How far the value goes."""
        if "T" in self.value:
            return "time"
        return {4: "year", 7: "month"}.get(len(self.value), "day")  # type: ignore[return-value]

    def first(self) -> dt.date:
        """Return the first day the value can mean (ValueError when it has no year)."""
        year, month, day = self._parts()
        return dt.date(year, month or 1, day or 1)

    def last(self) -> dt.date:
        """Return the last day the value can mean (ValueError when it has no year)."""
        year, month, day = self._parts()
        month = month or 12
        return dt.date(year, month, day or calendar.monthrange(year, month)[1])

    def _parts(self) -> tuple[int, int | None, int | None]:
        if self.yearless:
            raise ValueError(f"{self.value} has no year")
        numbers = [int(part) for part in self.value[:10].split("-")]
        return numbers[0], numbers[1] if len(numbers) > 1 else None, numbers[2] if len(numbers) > 2 else None

    def __str__(self) -> str:
        """Return the ISO form."""
        return self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a loader makes of one record of a file: an article's clean text and what is known of it.

    `text` is what gets stored and cited. `date_source` tells where `published` is from
    ("page metadata", "front matter", "record", "text", "file name"); it is None when undated.
    `record` names the record inside a file of several ("" where a file is one article).
    """

    text: str
    title: str = ""
    outlet: str | None = None
    authors: tuple[str, ...] = ()
    published: PartialDate | None = None
    updated: PartialDate | None = None
    date_source: str | None = None
    language: str | None = None
    url: str | None = None
    record: str = ""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks, as far as the article establishes it.

    A person's `name` is the fullest form the article gives; an organisation (or a document, such as
    a report) that speaks for itself is the `name`; an anonymous source has no name and its
    description as `role` ("two officials familiar with the talks").
    """

    name: str | None = None
    role: str | None = None
    affiliation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Who said what: the spans of source, cue and content, and the resolved speaker.

    Each group of spans is in text order and may be discontinuous; `source` and `cue` may be empty
    (a quotation carried on in the next paragraph). `content` of direct speech excludes the
    quotation marks. `speaker` is None when the article does not establish who speaks. `via` lists,
    nearest first, through whom the words reached the article (a group quoted by a report: the report).
    """

    kind: Kind
    content: tuple[Span, ...]
    source: tuple[Span, ...] = ()
    cue: tuple[Span, ...] = ()
    speaker: Speaker | None = None
    via: tuple[Speaker, ...] = ()
    said: PartialDate | None = None

    @property
    def extent(self) -> Span:
        """The smallest span that holds source, cue and content."""
        spans = (*self.content, *self.source, *self.cue)
        return Span(min(s.start for s in spans), max(s.end for s in spans))
