"""What the catalogue knows that a document may be: by its place, by its URL, by its words."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from corpus.catalogue.records import Origin, is_name, paths_of, place
from corpus.catalogue.schema import ARTICLES, SIGNATURES, VERSIONS
from corpus.copies import exact

_CURRENT = (ARTICLES.c.id == VERSIONS.c.article_id) & (ARTICLES.c.current == VERSIONS.c.number)
_KNOWN = [c for c in (*ARTICLES.c, *VERSIONS.c) if c.name not in ("text", "article_id")]  # texts only where compared
_SAME = 1000  # articles of the same words: of more, those that moved within their file are not told apart

_Row = Row[Any]


def known_rows(connection: Connection, origin: Origin, url: str | None) -> Sequence[_Row]:
    """Return the current versions of the articles read at this place, however its folder was named, or of this URL."""
    query = select(*_KNOWN).join(VERSIONS, _CURRENT).where(ARTICLES.c.collection == origin.collection)
    query = query.order_by(VERSIONS.c.retrieved_at, ARTICLES.c.id)
    # two queries, each by its index: of one with "or" SQLite would scan
    found = connection.execute(
        query.where(ARTICLES.c.path.in_(paths_of(origin)), ARTICLES.c.record == origin.record)
    ).all()
    if url is not None:
        found = [*found, *connection.execute(query.where(ARTICLES.c.url == url))]
    return list({row.id: row for row in found}.values())


def of_same_words(connection: Connection, origin: Origin, text: str) -> list[_Row]:
    """Return the articles of nameless records of the file that have this text; those of the very same bytes first."""
    # two queries: a planner might rather look at all records of a file than at all articles with these words
    query = select(SIGNATURES.c.article_id).where(SIGNATURES.c.exact == exact(text))
    ids = list(connection.scalars(query.order_by(SIGNATURES.c.article_id).limit(_SAME)))
    if not ids:
        return []
    known = select(*_KNOWN).join(VERSIONS, _CURRENT).where(ARTICLES.c.collection == origin.collection)
    found = [
        row
        for row in connection.execute(known.where(ARTICLES.c.id.in_(ids)))
        if row.url is None
        and row.record
        and place(row.root, row.path) == origin.file
        and not is_name(row.record, row.loader)
    ]
    return sorted(found, key=lambda row: (row.raw_hash != origin.raw_hash, row.record, row.id))


def is_gone(row: _Row) -> bool:
    """Tell whether the file that an article was read from is gone; of the web nobody knows."""
    return bool(row.root) and not os.path.lexists(place(row.root, row.path))


def is_at(row: _Row, origin: Origin) -> bool:
    """Tell whether an article was read at this place, however its folder was named."""
    return bool(place(row.root, row.path) == origin.file and row.record == origin.record)
