"""Which article a document is. Its place is a fact; the URL that it gives is a claim.

A claimed URL names an article as long as the articles that claim it are alike. It never lets one
file replace what was read from another place: the second is an article of its own then, unless the first is gone
from its place, and so has moved. The address of a site's front page, and one that dissimilar files of one run claim,
name nothing.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Row, delete, insert, select, update

from corpus.catalogue.editions import look_again
from corpus.catalogue.records import Origin, paths_of, place
from corpus.catalogue.schema import ARTICLES, DISPUTED, VERSIONS
from corpus.model import Document

_SHINGLE = 4  # words
_LOOKED_AT = 20_000  # words of a text
_ALIKE = 0.4  # share of the shorter text's shingles that one story keeps through its updates
_WORD = re.compile(r"\w+")
_INDEX_PAGE = re.compile(r"/(?:index\.\w{2,5})?")
_CURRENT = (ARTICLES.c.id == VERSIONS.c.article_id) & (ARTICLES.c.current == VERSIONS.c.number)
_KNOWN = [c for c in (*ARTICLES.c, *VERSIONS.c) if c.name not in ("text", "article_id")]  # texts only where compared

_Row = Row[Any]


@dataclass(frozen=True, slots=True)
class Identity:
    """The article that a document is: its row where it is known, else the id and URL it will have.

    `elsewhere` says that the same text with the same URL is already known from another place, which still stands:
    that one is the article, and what this place says of it changes nothing.
    """

    id: str
    url: str | None
    row: _Row | None = None
    elsewhere: bool = False


def article_id(origin: Origin, url: str | None) -> str:
    """Return the short opaque id: a hash of collection and canonical URL, else of where it was read."""
    return _digest(origin, url or "\x1f".join((origin.file, origin.record)))


def identify(connection: Connection, document: Document, text_hash: str, origin: Origin, same_run: bool) -> Identity:
    """Return which article `document` is.

    Args:
        connection: within the transaction that will store it.
        document: what was read.
        text_hash: the hash of its text, as it will be stored.
        origin: where.
        same_run: whether this run has met the document's URL at another place before.
    """
    return _Claim(connection, document, text_hash, origin, same_run).identity()


class _Claim:
    """One document's claim to be an article, weighed against those that are known."""

    def __init__(
        self, connection: Connection, document: Document, text_hash: str, origin: Origin, same_run: bool
    ) -> None:
        self._connection, self._document, self._origin = connection, document, origin
        self._text_hash, self._same_run = text_hash, same_run
        nameless = _is_root(document.url) or _is_disputed(connection, origin, document.url)
        self._url = None if nameless else document.url
        rows = _rows(connection, origin, self._url)
        self._here = [row for row in rows if is_at(row, origin)]
        ids = {row.id for row in self._here}
        self._others = [row for row in rows if row.id not in ids and self._url is not None and row.url == self._url]

    def identity(self) -> Identity:
        """Return which article it is: the one read here before, else one that the URL names, else a new one."""
        here = self._read_here()
        if here is not None:
            return Identity(here.id, self._url_of(here), here)
        known = next((row for row in self._others if row.text_hash == self._text_hash), None)
        if known is not None:
            return Identity(known.id, self._url, known, elsewhere=self._same_run or not _is_gone(known))
        moved = next((row for row in self._others if self._took_its_place(row)), None)
        if moved is not None:
            return Identity(moved.id, self._url, moved)
        granted = self._granted()
        return Identity(self._new_id(granted if not self._others else None), granted)

    def _read_here(self) -> _Row | None:
        """Return the article that was read at this place before.

        A place may have held several, one after the other, each with a URL of its own (a page "latest").
        """
        if self._url is not None:
            same = [row for row in self._here if row.url == self._url] or [r for r in self._here if r.url is None]
            return next(iter(same), None) or self._alike_of(self._here)
        nameless = [row for row in self._here if row.url is None]
        return next(iter(nameless), None) or self._alike_of(self._here)

    def _url_of(self, here: _Row) -> str | None:
        """Return the URL of an article that is read at its place again: an old one stays, a new one must be granted."""
        if self._url is None:
            return here.url and str(here.url)
        settled = here.url == self._url and not (self._same_run and self._others)
        return self._url if settled else self._granted()

    def _granted(self) -> str | None:
        """Return the URL where those who bear it are alike; where they are not, and of this run, nobody keeps it."""
        if self._url is None or not self._others or self._alike_of(self._others) is not None:
            return self._url
        if self._same_run:
            _dispute(self._connection, self._origin, self._url)
        return None

    def _took_its_place(self, row: _Row) -> bool:
        """Tell whether an article was read again at another place: its file is gone, or both come from the web."""
        if self._same_run or bool(row.root) is not bool(self._origin.root):
            return False
        return (not row.root or _is_gone(row)) and self._is_alike(row)

    def _alike_of(self, rows: Iterable[_Row]) -> _Row | None:
        return next((row for row in rows if self._is_alike(row)), None)

    def _is_alike(self, row: _Row) -> bool:
        if row.text_hash == self._text_hash:
            return True
        mine = (VERSIONS.c.article_id == row.id) & (VERSIONS.c.number == row.number)
        return alike(str(self._connection.scalar(select(VERSIONS.c.text).where(mine))), self._document.text)

    def _new_id(self, url: str | None) -> str:
        """Return the id that the URL or the place gives; one that is taken, by an article that has moved, is passed."""
        for candidate in self._ids(url):
            if self._connection.scalar(select(ARTICLES.c.id).where(ARTICLES.c.id == candidate)) is None:
                return candidate
        raise AssertionError("ids do not end")

    def _ids(self, url: str | None) -> Iterator[str]:
        if url is not None:
            yield article_id(self._origin, url)
        yield article_id(self._origin, None)
        number = 1
        while True:
            number += 1
            yield _digest(self._origin, "\x1f".join((self._origin.file, self._origin.record, str(number))))


def alike(one: str, other: str) -> bool:
    """Tell whether two texts can be versions of one article: the shorter shares much of its wording."""
    a, b = _shingles(one), _shingles(other)
    return len(a & b) >= _ALIKE * max(1, min(len(a), len(b)))


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = [match[0] for match, _ in zip(_WORD.finditer(text.casefold()), range(_LOOKED_AT), strict=False)]
    return {tuple(words[at : at + _SHINGLE]) for at in range(max(1, len(words) - _SHINGLE + 1))}


def _digest(origin: Origin, identity: str) -> str:
    return hashlib.sha256(f"{origin.collection}\x1e{identity}".encode()).hexdigest()[:12]


def _is_gone(row: _Row) -> bool:
    """Tell whether the file that an article was read from is gone; of the web nobody knows."""
    return bool(row.root) and not os.path.lexists(place(row.root, row.path))


def is_at(row: _Row, origin: Origin) -> bool:
    """Tell whether an article was read at this place, however its folder was named."""
    return bool(place(row.root, row.path) == origin.file and row.record == origin.record)


def _rows(connection: Connection, origin: Origin, url: str | None) -> Sequence[_Row]:
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


def _is_root(url: str | None) -> bool:
    """Tell whether a URL is a site's front page, which many of its pages give as their own."""
    if url is None:
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return bool(parts.netloc) and not parts.query and _INDEX_PAGE.fullmatch(parts.path or "/") is not None


def _is_disputed(connection: Connection, origin: Origin, url: str | None) -> bool:
    if url is None:
        return False
    query = select(DISPUTED.c.url).where(DISPUTED.c.collection == origin.collection, DISPUTED.c.url == url)
    return connection.scalar(query) is not None


def _dispute(connection: Connection, origin: Origin, url: str) -> None:
    """Let `url` name no article any more; who bears it keeps its id."""
    claim = {"collection": origin.collection, "url": url}
    connection.execute(delete(DISPUTED).filter_by(**claim))
    connection.execute(insert(DISPUTED).values(**claim))
    connection.execute(update(ARTICLES).filter_by(**claim).values(url=None))
    look_again(connection)
