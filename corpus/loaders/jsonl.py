"""JSON Lines: an article a line, under the field names of the common news collections."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import BinaryIO

from corpus.dates import parse_date
from corpus.errors import LoadError
from corpus.loaders.fields import (
    LARGEST,
    Record,
    authors_of,
    digest,
    first,
    name_of,
    no_text,
    one_line,
    shortened,
    too_large,
    without_outlet,
)
from corpus.loaders.sniff import decode
from corpus.model import Document

# Names are compared by their letters alone, in this order of preference: published_at = publishedAt.
_TEXT = ("body", "text", "content", "maintext", "article", "articlebody", "fulltext")
_TITLE = ("title", "headline")
_PUBLISHED = (
    *("publishedat", "datepublished", "datepublish", "publishdate", "publicationdate", "published"),
    *("pubdate", "date"),
)
_UPDATED = ("updatedat", "datemodified", "datemodify", "modifiedat", "updated", "modified")
_OUTLET = ("outlet", "source", "publisher", "publication", "sitename", "sourcename", "sourcedomain")
_AUTHORS = ("authors", "author", "byline")
_URL = ("canonicalurl", "url", "link")
_LANGUAGE = ("language", "lang")


def load(stream: BinaryIO, name: str) -> Iterator[Record | LoadError]:
    """Yield a record a line, read as they come; an error for a line that is no article.

    A record is named by its own id, else its URL, else its line number; where a name comes again, the line
    number is added. The text stays as it stands.
    """
    number = 0
    names: set[str] = set()
    while line := stream.readline(LARGEST + 1):
        number += 1
        where = f"{name}, line {number}"
        if len(line) > LARGEST:
            raise too_large(where)
        if not line.strip():
            continue
        try:
            document = _document(line, where)
        except LoadError as error:
            yield error
            continue
        record = document.record or str(number)
        if record in names:
            record = f"{record} (line {number})"
        names.add(record)
        yield Record(replace(document, record=record), digest(line.rstrip(b"\r\n")))


def _document(line: bytes, where: str) -> Document:
    fields = _fields(line, where)
    text = first(fields, _TEXT, lambda value: value if isinstance(value, str) and value.strip() else None)
    if text is None:
        raise no_text(f"{where} (looked for {', '.join(_TEXT[:5])})")
    published = first(fields, _PUBLISHED, parse_date)
    outlet = first(fields, _OUTLET, name_of)
    url = first(fields, _URL, one_line)
    return Document(
        text=text,
        title=first(fields, _TITLE, one_line) or shortened(text),
        outlet=outlet,
        authors=without_outlet(first(fields, _AUTHORS, authors_of) or (), outlet),
        published=published,
        updated=first(fields, _UPDATED, parse_date),
        date_source="record" if published else None,
        language=first(fields, _LANGUAGE, one_line),
        url=url,
        record=one_line(fields.get("id")) or url or "",
    )


def _fields(line: bytes, where: str) -> Mapping[str, object]:
    """Return the fields of a line by the letters of their names."""
    try:
        found = json.loads(decode(line, where))
    except ValueError as error:
        reason = getattr(error, "msg", "a number too long to read")
        raise LoadError(f"could not load {where}: it is not JSON ({reason}); repair the line") from error
    except RecursionError as error:
        raise LoadError(f"could not load {where}: its JSON is nested too deeply; remove the line") from error
    if not isinstance(found, dict):
        raise LoadError(f"could not load {where}: it is not a JSON object; put each article into {{...}}")
    fields: dict[str, object] = {}
    for key, value in found.items():
        fields.setdefault(re.sub(r"[^a-z]", "", key.lower()), value)
    return fields
