"""Which article a document is. Its place is a fact; the URL that it gives, and a record's id, are claims.

A claimed URL names one article: the first that had it keeps it, however alike a second is that claims it from another
place, unless the first is gone from its place, and so has moved. The address of a site's front page, and one that
dissimilar files claim for the first time in one run, name nothing.

A record's own id names it in its file. What has no name, a file or the third line of one, is known by its words first:
lines move when others are put in or taken out. By its place it is known only where what stands there now is a later
form of what stood there; else it is an article of its own, and the other is gone from the place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from corpus.catalogue.claims import dispute, is_claimed_anew, is_disputed, is_root, note_claim
from corpus.catalogue.known import is_at, is_gone, known_rows, of_same_words
from corpus.catalogue.likeness import alike, refilled
from corpus.catalogue.records import Origin
from corpus.catalogue.schema import ARTICLES, VERSIONS
from corpus.model import Document

_COMPARED = 32  # articles that were at a place one after the other, of which what is there now may be a later form

_Row = Row[Any]


@dataclass(frozen=True, slots=True)
class Met:
    """What the run that reads a document has met before it.

    Args:
        url_elsewhere: whether it met the document's URL at another place.
        articles: the articles that it met in the same file.
        more: whether the file may hold more records, one of which may have a better claim to be an article.
    """

    url_elsewhere: bool = False
    articles: Collection[str] = ()
    more: bool = False


NOTHING_MET = Met()


@dataclass(frozen=True, slots=True)
class Identity:
    """The article that a document is: its row where it is known, else the id and URL it will have.

    `elsewhere` says that the same text with the same URL is already known from another place, which still stands:
    that one is the article, and what this place says of it changes nothing. `borrowed` says that the URL that the
    document gives is another article's. `displaced` are the articles that were at its place and are there no more.
    """

    id: str
    url: str | None
    row: _Row | None = None
    elsewhere: bool = False
    borrowed: bool = False
    displaced: tuple[str, ...] = ()


def identify(connection: Connection, document: Document, text_hash: str, origin: Origin, met: Met) -> Identity | None:
    """Return which article `document` is; None where that is told only by the rest of its file (see `Met.more`).

    Args:
        connection: within the transaction that will store it.
        document: what was read.
        text_hash: the hash of its text, as it will be stored.
        origin: where.
        met: what the run has met before.
    """
    return _Claim(connection, document, text_hash, origin, met).identity()


class _Undecided(Exception):
    """What a document is depends on the records after it."""


class _Claim:
    """One document's claim to be an article, weighed against those that are known."""

    def __init__(self, connection: Connection, document: Document, text_hash: str, origin: Origin, met: Met) -> None:
        self._connection, self._document, self._origin = connection, document, origin
        self._text_hash, self._met = text_hash, met
        nameless = is_root(document.url) or is_disputed(connection, origin, document.url)
        self._url = None if nameless else document.url
        rows = known_rows(connection, origin, self._url)
        self._here = [row for row in rows if is_at(row, origin)]
        self._here.sort(key=lambda row: row.replaced)
        ids = {row.id for row in self._here}
        self._others = [row for row in rows if row.id not in ids and self._url is not None and row.url == self._url]

    def identity(self) -> Identity | None:
        """Return which article it is: the one read here before, else one that the URL names, else a new one."""
        try:
            here = self._read_here()
        except _Undecided:
            return None
        if here is not None:
            return self._is(here.id, self._url_of(here), here)
        known = next((row for row in self._others if row.text_hash == self._text_hash), None)
        if known is not None:
            elsewhere = self._met.url_elsewhere or not is_gone(known)
            return self._is(known.id, self._url, known, elsewhere=elsewhere)
        moved = next((row for row in self._others if self._took_its_place(row)), None)
        if moved is not None:
            return self._is(moved.id, self._url, moved)
        granted = self._granted()
        return self._is(self._new_id(granted), granted)

    def _is(self, article: str, url: str | None, row: _Row | None = None, elsewhere: bool = False) -> Identity:
        borrowed = url is None and self._url is not None and not is_disputed(self._connection, self._origin, self._url)
        if self._url is not None and (borrowed or (url == self._url and (row is None or row.url != url))):
            note_claim(self._connection, self._origin, self._url, article)
        displaced = tuple(one.id for one in self._here if one.id != article and not one.replaced)
        return Identity(article, url, row, elsewhere, borrowed, displaced)

    def _read_here(self) -> _Row | None:
        """Return the article that was read at this place before, or that has moved here within the file.

        A place may have held several, one after the other: a page "latest", a file that is written anew every day.
        """
        if self._url is not None and (same := next((row for row in self._here if row.url == self._url), None)):
            return same
        nameless = [row for row in self._here if row.url is None]
        if self._origin.is_named and nameless:
            return nameless[0]
        if (same := self._of_same_words(nameless)) is not None:
            return same
        if self._url is None and not self._origin.is_named and (moved := self._moved_in_file()) is not None:
            return moved
        return self._later_form_of(nameless) or self._alike_of(row for row in self._here if row.url is not None)

    def _of_same_words(self, rows: Sequence[_Row]) -> _Row | None:
        same = [row for row in rows if row.text_hash == self._text_hash or self._is_reread(row)]
        return next((row for row in same if self._is_reread(row)), None) or next(iter(same), None)

    def _moved_in_file(self) -> _Row | None:
        """Return an article of the same words, of another nameless record of the file, that the run has not met yet."""
        if not self._origin.record:
            return None
        same = of_same_words(self._connection, self._origin, self._document.text)
        return next((row for row in same if row.id not in self._met.articles), None)

    def _later_form_of(self, rows: Sequence[_Row]) -> _Row | None:
        """Return the article of which the text is a later form, by its wording; names of the same kind are no proof.

        Raises:
            _Undecided: there is one, and a record further down in the file may be that article, unchanged.
        """
        newest = sorted(rows, key=lambda row: str(row.retrieved_at), reverse=True)
        newest.sort(key=lambda row: row.replaced)
        found = next((row for row in newest[:_COMPARED] if self._is_later_form(row)), None)
        if found is not None and self._met.more and self._origin.record:
            raise _Undecided
        return found

    def _is_later_form(self, row: _Row) -> bool:
        """Tell whether the text is alike and, under another title or date, is no form filled in with other names."""
        if row.id in self._met.articles or not self._is_alike(row):
            return False
        published = str(self._document.published or "")[:10]
        same_day = not row.published or not published or row.published[:10] == published
        return (row.title == self._document.title and same_day) or not refilled(self._text(row), self._document.text)

    def _is_reread(self, row: _Row) -> bool:
        return bool(row.raw_hash == self._origin.raw_hash)

    def _url_of(self, here: _Row) -> str | None:
        """Return the URL of an article that is read at its place again: an old one stays, a new one must be granted."""
        if self._url is None:
            return here.url and str(here.url)
        return self._url if here.url == self._url else self._granted()

    def _granted(self) -> str | None:
        """Return the URL where nobody has it; where an unlike one has it since this run only, nobody keeps it."""
        if self._url is None:
            return None
        if not self._others:
            return self._url
        anew = (is_claimed_anew(self._connection, self._origin, self._url, row.id) for row in self._others)
        if any(anew) and self._alike_of(self._others) is None:
            dispute(self._connection, self._origin, self._url)
        return None

    def _took_its_place(self, row: _Row) -> bool:
        """Tell whether an article was read again at another place: its file is gone, or both come from the web."""
        if self._met.url_elsewhere or bool(row.root) is not bool(self._origin.root):
            return False
        return (not row.root or is_gone(row)) and self._is_alike(row)

    def _alike_of(self, rows: Iterable[_Row]) -> _Row | None:
        return next((row for row in rows if self._is_alike(row)), None)

    def _is_alike(self, row: _Row) -> bool:
        return row.text_hash == self._text_hash or alike(self._text(row), self._document.text)

    def _text(self, row: _Row) -> str:
        mine = (VERSIONS.c.article_id == row.id) & (VERSIONS.c.number == row.number)
        return str(self._connection.scalar(select(VERSIONS.c.text).where(mine)))

    def _new_id(self, url: str | None) -> str:
        """Return the id that the URL or the place gives; one that is taken, by an article that has moved, is passed."""
        for candidate in self._ids(url):
            if self._connection.scalar(select(ARTICLES.c.id).where(ARTICLES.c.id == candidate)) is None:
                return candidate
        raise AssertionError("ids do not end")

    def _ids(self, url: str | None) -> Iterator[str]:
        """Yield short opaque ids: of collection and URL, else of the place; where that is no name, of the text too.

        So the id of what is gone never comes again for other words at its place.
        """
        if url is not None:
            yield _digest(self._origin, url)
        named = self._origin.is_named
        parts = (self._origin.file, self._origin.record, *(() if named else (self._text_hash,)))
        yield _digest(self._origin, "\x1f".join(parts))
        number = 1
        while True:
            number += 1
            yield _digest(self._origin, "\x1f".join((*parts, str(number))))


def _digest(origin: Origin, identity: str) -> str:
    return hashlib.sha256(f"{origin.collection}\x1e{identity}".encode()).hexdigest()[:12]
