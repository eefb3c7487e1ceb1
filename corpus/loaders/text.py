"""Plain text: stored exactly as it is, with what its first lines say about it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO, NamedTuple

from corpus.dates import find_dates
from corpus.errors import LoadError
from corpus.loaders.bylines import authors_of
from corpus.loaders.charset import decode
from corpus.loaders.fields import Record, date_in_name, digest, no_text, read_article, shortened
from corpus.model import Document, PartialDate

_HEAD_LINES = 12
_HEADLINES = 3  # a kicker, a headline and a line below it; what follows is prose in short paragraphs
_PARAGRAPH = 160  # characters; a longer line is the article's own prose
_LABEL = r"(?:(?:first |last )?(?:published|posted|updated|date|issued|created)(?: on| at)?\s{0,9}:?\s{0,9})"
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s*)"
_CLOCK = r"(?:,?\s*(?:at\s+|[-–|]\s*)?\d{1,2}[:.]\d\d(?::\d\d)?\s*(?:[ap]\.?m\.?)?\s*(?:\(?[A-Z]{1,5}\)?)?)"
_BEFORE = re.compile(rf"\W{{0,20}}{_LABEL}?{_CLOCK}?\W{{0,20}}{_WEEKDAY}?", re.I)
_AFTER = re.compile(rf"{_CLOCK}?\W*", re.I)
_UPDATED = re.compile(r"\W*(?:last\s+)?updated", re.I)
_BYLINE = re.compile(r"[Bb][Yy](?::\s*|\s+)(?P<names>(?:[A-Z]|de |van |von |al-).{1,100}?)(?:\s*\|\s*(?P<date>.+))?")
_STOPPED = re.compile(r"(?<!\b[JS]r)\.$")
_ITEM = re.compile(r"(?:\d{1,3}[.)]|[•*–-]) ")
_PLACE = re.compile(r"\(?[A-Z][\w.'’-]*(?:[ ,/]+[A-Z][\w.'’-]*){0,5},?\s+")
_DASH = re.compile(r"\s*(?:\([^()]{2,40}\)\s*|/[\w ]{2,30}/\s*)?[—–-]")


class Head(NamedTuple):
    """What the first lines say: the title, if there is one, and the fields."""

    title: str | None
    authors: tuple[str, ...]
    published: PartialDate | None
    updated: PartialDate | None


def load(stream: BinaryIO, name: str) -> Iterator[Record | LoadError]:
    """Yield the one article of a text file; its text is the file's, to the character.

    Raises:
        LoadError: the file holds no text, or no characters.
    """
    data = read_article(stream, name)
    text = decode(data, name)
    if not text.strip():
        raise no_text(name)
    head = read_head(text)
    named = None if head.published else date_in_name(name)
    document = Document(
        text=text,
        title=head.title or shortened(text),
        authors=head.authors,
        published=head.published or named,
        updated=head.updated,
        date_source="text" if head.published else "file name" if named else None,
    )
    yield Record(document, digest(data))


def read_head(text: str) -> Head:
    """Read the lines above the article's prose, and the dateline that its prose opens with."""
    title: str | None = None
    authors: tuple[str, ...] = ()
    dates: dict[bool, PartialDate] = {}
    lines = [line.strip() for line in islice(text[:4000].splitlines(), 2 * _HEAD_LINES)]
    own = 0  # how many lines of the article itself have been seen
    filled = [at for at, line in enumerate(lines) if line][:_HEAD_LINES]
    for at in filled:
        line = lines[at]
        byline = _BYLINE.fullmatch(line) if at != filled[0] and not _STOPPED.search(line) else None
        date = _byline_date(byline) if byline else _date_line(line, first=at == filled[0])
        if date is not None:
            dates.setdefault(_UPDATED.match(line) is not None, date)
        if byline is not None:
            authors = authors or authors_of(byline["names"])
        if date is not None or byline is not None:
            continue
        if len(line) > _PARAGRAPH or _dateline(line):
            dated = _dateline(line)
            if dated is not None:
                dates.setdefault(False, dated)
            break
        own += 1
        if own == 1 and _like_a_title(lines, at):
            title = line
        if own == _HEADLINES:
            break
    return Head(title, authors, dates.get(False), dates.get(True))


def _like_a_title(lines: list[str], at: int) -> bool:
    """Tell whether the line stands by itself above the prose, as a headline does."""
    line, below = lines[at], lines[at + 1 : at + 3]
    if len(line) > _PARAGRAPH or line.endswith((".", ",", ";", ":")) or len(below) < 2 or _ITEM.match(line):
        return False
    return not below[0] or bool(_BYLINE.fullmatch(below[0]) or _date_line(below[0], first=False))


def _byline_date(byline: re.Match[str]) -> PartialDate | None:
    """Return the date that follows the names of a byline: "By Ann Lee | March 5, 2041", "By Ann Lee March 5, 2041"."""
    if byline["date"]:
        return _date_line(byline["date"], first=False)
    return next((date for span, date in find_dates(byline["names"]) if span.start and not date.yearless), None)


def _date_line(line: str, *, first: bool) -> PartialDate | None:
    """Return the date of a line that is nothing but a date: labelled, with weekday, hour or place."""
    if len(line) > 100:
        return None
    for span, date in find_dates(line):
        before, after = line[: span.start], line[span.end :]
        if date.yearless or date.precision == "year" or _AFTER.fullmatch(after) is None:
            continue
        if first and date.precision == "month":  # more likely a headline's last words
            continue
        if _BEFORE.fullmatch(before) or (not first and before.endswith(", ") and _PLACE.fullmatch(before)):
            return date
    return None


def _dateline(line: str) -> PartialDate | None:
    """Return the date of the dateline that opens a paragraph: "CITY, March 5, 2041 (Agency) —"."""
    for span, date in find_dates(line[:120]):
        place = line[: span.start]
        if date.yearless or not (place.endswith(", ") or place.isupper()):
            continue
        if _PLACE.fullmatch(place) and _DASH.match(line[span.end :]):
            return date
    return None
