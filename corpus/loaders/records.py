"""Records of articles: fields under the names of the common news collections, whatever file holds them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from corpus.dates import parse_date
from corpus.errors import LoadError
from corpus.loaders.bylines import authors_of, without_outlet
from corpus.loaders.fields import (
    Record,
    digest,
    first,
    name_of,
    no_text,
    one_line,
    plain,
    shortened,
    title_without_outlet,
)
from corpus.loaders.markup import is_markup, text_of
from corpus.model import Document, PartialDate

# Names are compared by their letters alone, in this order of preference: published_at = publishedAt.
TEXT = (
    *("body", "text", "content", "maintext", "article", "articlebody", "fulltext", "articletext", "bodytext"),
    *("contenttext", "contenthtml", "bodyhtml"),
)
"""Under which names the text of an article is looked for, in this order."""

LOOKED_FOR = ", ".join(TEXT[:5])
"""The commonest of them, for messages."""

LISTS = ("articles", "items", "data", "results", "docs")
"""Under which names an object holds a list of articles, itself or one object further down."""

_TITLE = ("title", "headline", "webtitle")
_PUBLISHED = (
    *("publishedat", "datepublished", "datepublish", "publishdate", "publisheddate", "publicationdate", "published"),
    *("pubdate", "webpublicationdate", "date"),
)
_UPDATED = ("updatedat", "datemodified", "datemodify", "modifiedat", "lastmodified", "updated", "modified")
_OUTLET = ("outlet", "source", "publisher", "publication", "sitename", "sourcename", "sourcedomain")
_AUTHORS = ("authors", "author", "byline")
_URL = ("canonicalurl", "url", "link", "weburl")
_LANGUAGE = ("language", "lang")
_FRACTION = re.compile(r"(\d{9,13})\.0{1,9}")
_PROSE = 10  # characters from which on a text is more than a word for nothing
_BLANK = frozenset(("", "nan", "null", "none", "n/a"))


class Names:
    """What the records of one file are called: each its own id, else its URL, else its number; no two alike."""

    def __init__(self, unit: str) -> None:
        """Number the records in `unit`s: lines, rows, articles."""
        self._unit = unit
        self._taken: set[str] = set()

    def named(self, document: Document, number: int) -> Document:
        """Return the document under its name; where that is taken, its number is added."""
        record = document.record or str(number)
        if record in self._taken:
            record = f"{record} ({self._unit} {number})"
        self._taken.add(record)
        return replace(document, record=record)


def document(found: object, where: str) -> Document:
    """Make a document of a record's fields, whose names are compared by their letters alone.

    The text stays as it stands, unless it is HTML, which becomes clean text. A date that is none leaves the
    article undated.

    Raises:
        LoadError: the record is no object, or none of its fields holds the text.
    """
    if not isinstance(found, dict):
        raise LoadError(f"could not load {where}: it is not a JSON object; put each article into {{...}}")
    fields: dict[str, object] = {}
    for key, value in found.items():
        fields.setdefault(letters(str(key)), value)
    text = first(fields, TEXT, _text)
    if text is None:
        raise no_text(f"{where} (looked for {LOOKED_FOR})")
    published = first(fields, _PUBLISHED, date_of)
    outlet = first(fields, _OUTLET, _filled)
    url = first(fields, _URL, one_line)
    title = first(fields, _TITLE, _filled)
    return Document(
        text=text,
        title=title_without_outlet(title, outlet) if title else shortened(text),
        outlet=outlet,
        authors=without_outlet(first(fields, _AUTHORS, authors_of) or (), outlet),
        published=published,
        updated=first(fields, _UPDATED, date_of),
        date_source="record" if published else None,
        language=first(fields, _LANGUAGE, plain),
        url=url,
        record=one_line(fields.get("id")) or url or "",
    )


def letters(name: str) -> str:
    """Return the letters of a field's name, by which names are compared."""
    return re.sub(r"[^a-z]", "", name.lower())


def record(made: Document, found: object) -> Record:
    """Return the record of a document, its hash that of the fields in canonical JSON: sorted, without spaces.

    Raises:
        LoadError: the fields are nested too deeply.
    """
    try:
        canonical = json.dumps(found, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    except RecursionError as error:
        raise LoadError(f"could not load record {made.record!a}: it is nested too deeply; remove it") from error
    return Record(made, digest(canonical.encode("utf-8", "surrogatepass")))


def listed(found: object) -> Sequence[object] | None:
    """Return the articles that a JSON value lists, itself or in an envelope; None where it is no list of any."""
    if isinstance(found, list):
        return found
    if not isinstance(found, Mapping) or any(letters(key) in TEXT and _text(value) for key, value in found.items()):
        return None
    for inside in (found, *(value for value in found.values() if isinstance(value, Mapping))):
        for name, value in _lists(inside):
            if name in LISTS and all(isinstance(item, Mapping) for item in value):
                return value
    return None


def date_of(value: object) -> PartialDate | None:
    """Read a date as records give it: as metadata does, or as "1699999999.0", or as ``{"$date": ...}``."""
    if isinstance(value, Mapping):
        value = next((value[key] for key in ("$date", "date", "value") if key in value), None)
    if isinstance(value, str):
        number = _FRACTION.fullmatch(value.strip())
        value = int(number[1]) if number else value
    return parse_date(value)


def _lists(found: Mapping[str, object]) -> Iterator[tuple[str, list[object]]]:
    return ((letters(key), value) for key, value in found.items() if isinstance(value, list))


def _filled(value: object) -> str | None:
    """Return the name in a field, unless it says in letters that there is none, as tables do."""
    name = name_of(value)
    return name if name and name.lower() not in _BLANK else None


def _text(value: object) -> str | None:
    """Return a field's text, HTML turned into clean text and all else as it stands; None where there is none."""
    if not isinstance(value, str) or (len(value) < _PROSE and value.strip().lower() in _BLANK) or not value.strip():
        return None
    return (text_of(value) or None) if is_markup(value) else value
