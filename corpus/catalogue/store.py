"""Writing the catalogue, on SQLite or PostgreSQL: articles and their versions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, ColumnElement, Connection, and_, func, insert, select, update

from corpus.catalogue import copies
from corpus.catalogue.claims import end_run
from corpus.catalogue.editions import Edition, look_again
from corpus.catalogue.engine import open_engine
from corpus.catalogue.identity import NOTHING_MET, Identity, Met, identify
from corpus.catalogue.known import is_at
from corpus.catalogue.read import CatalogueReader
from corpus.catalogue.records import Change, Origin
from corpus.catalogue.removal import Removals, is_barred
from corpus.catalogue.schema import ARTICLES, INDEXED, VERSIONS
from corpus.catalogue.turn import alone
from corpus.corrections import find_corrections
from corpus.model import Document, PartialDate
from corpus.outlet_names import claimed

# what is shown of an article, or put before its passages: a change of it is an update
_SHOWN = ("title", "outlet", "authors", "published", "updated", "date_source", "language")


class Catalogue(CatalogueReader):
    """Articles and their versions; one writer at a time (the caller holds the lock)."""

    @classmethod
    def open(cls, url: str | URL) -> Catalogue:
        """Open and migrate the catalogue at an SQLAlchemy `url`.

        Raises:
            CatalogueError: it cannot be opened, or a newer whosaid wrote it.
        """
        return cls(open_engine(url))

    @classmethod
    def at(cls, file: Path) -> Catalogue:
        """Open the SQLite catalogue in `file`, which is made if need be."""
        file.parent.mkdir(parents=True, exist_ok=True)
        return cls.open(URL.create("sqlite", database=str(file)))

    def edition(self, name: str) -> Edition:
        """Return an edition of the index, to be written; it is made if need be."""
        return Edition(self._engine, name)

    def writing(self) -> AbstractContextManager[None]:
        """Hold the one writer's place, which all homes that share the catalogue share.

        Raises:
            UsageError: another process has it.
        """
        return alone(self._engine)

    @property
    def removals(self) -> Removals:
        """What removes articles for good, and remembers that it did."""
        return Removals(self._engine)

    def put(self, document: Document, origin: Origin, met: Met = NOTHING_MET) -> Change:
        """Store a document; nothing is written where nothing is new.

        An article that was first stored without a URL keeps its id when it gets one. One that was removed by hand
        is not stored again, nor its text as another's. An article whose outlet nobody told has its URL's domain.

        Args:
            document: what was read.
            origin: where it was read.
            met: what the run has met before; that the file may hold more is passed over.
        """
        change = self.offer(document, origin, replace(met, more=False))
        assert change is not None  # only what may be told by a later record is undecided
        return change

    def offer(self, document: Document, origin: Origin, met: Met) -> Change | None:
        """Store a document as `put` does; None, and nothing done, where the rest of its file tells which article it is.

        Whoever offered it puts it when the file has been read.
        """
        row = _version_row(document, origin)
        with self._engine.begin() as connection:
            who = identify(connection, document, row["text_hash"], origin, met)
            if who is None:
                return None
            if who.displaced:
                connection.execute(update(ARTICLES).where(ARTICLES.c.id.in_(who.displaced)).values(replaced=True))
            if row["outlet"] is None and not who.borrowed:
                row["outlet"] = claimed(None, document.url)
            if who.row is None:
                return self._new(connection, who, origin, row)
            if who.elsewhere:
                return Change(kind="unchanged", article_id=who.id, version=who.row.number)
            self._settle(connection, who, origin)
            if who.row.text_hash != row["text_hash"]:
                return self._new_version(connection, who.row, row)
            return self._same_text(connection, who.row, row)

    def end_run(self) -> None:
        """Note that a run is at its end: which URLs its files share, and nobody's are, has been told."""
        with self._engine.begin() as connection:
            end_run(connection)

    @staticmethod
    def _new(connection: Connection, who: Identity, origin: Origin, row: dict[str, Any]) -> Change:
        at = origin, lambda: str(row["text"])
        if is_barred(connection, row["text_hash"], origin.collection, who.url, at):
            return Change(kind="removed", article_id=who.id, version=0)
        place = {"root": origin.root, "path": origin.path, "record": origin.record}
        article = {"id": who.id, "collection": origin.collection, "url": who.url, "current": 1}
        connection.execute(insert(ARTICLES).values(**article, **place))
        connection.execute(insert(VERSIONS).values(article_id=who.id, number=1, **_with_corrections(row)))
        copies.register(connection, who.id, row["text"])
        return Change(kind="new", article_id=who.id, version=1)

    @staticmethod
    def _settle(connection: Connection, who: Identity, origin: Origin) -> None:
        """Note where the article is read now and which URL it has; who reads is told to look again."""
        assert who.row is not None  # only an article that is known is settled
        known = {"root": origin.root, "path": origin.path, "record": origin.record, "url": who.url, "replaced": False}
        if who.row.url != who.url or who.row.replaced or not is_at(who.row, origin):
            connection.execute(update(ARTICLES).where(ARTICLES.c.id == who.id).values(**known))
            look_again(connection)

    @staticmethod
    def _new_version(connection: Connection, current: Any, row: dict[str, Any]) -> Change:
        """Add a version; what a newer loader makes of the same bytes is no change of the publisher's text."""
        if is_barred(connection, row["text_hash"], current.collection):
            return Change(kind="removed", article_id=current.id, version=0)
        reread = current.raw_hash == row["raw_hash"]
        changed = (current.changed_after, current.changed_before) if reread else (current.seen_at, row["retrieved_at"])
        known = {**_with_corrections(row), "changed_after": changed[0], "changed_before": changed[1]}
        if reread:
            known["retrieved_at"] = current.retrieved_at
        number = current.number + 1
        connection.execute(insert(VERSIONS).values(article_id=current.id, number=number, **known))
        connection.execute(update(ARTICLES).where(ARTICLES.c.id == current.id).values(current=number))
        copies.register(connection, current.id, row["text"])
        return Change(kind="updated" if reread else "changed", article_id=current.id, version=number)

    @staticmethod
    def _same_text(connection: Connection, current: Any, row: dict[str, Any]) -> Change:
        """Take over what is known anew of an unchanged text: its header, and so its vectors, may differ."""
        if all(getattr(current, name) == row[name] for name in _SHOWN):
            _seen(connection, current, row)
            return Change(kind="unchanged", article_id=current.id, version=current.number)
        kept = ("retrieved_at", "changed_after", "changed_before")
        known = {**_with_corrections(row), **{name: getattr(current, name) for name in kept}}
        connection.execute(update(VERSIONS).where(_version(current)).values(**known))
        connection.execute(update(INDEXED).where(INDEXED.c.article_id == current.id).values(stale=True))
        return Change(kind="updated", article_id=current.id, version=current.number)

    def iterate_ids(self) -> Iterator[str]:
        """Yield the id of every article."""
        with self._engine.connect() as connection:
            yield from connection.scalars(select(ARTICLES.c.id).order_by(ARTICLES.c.id))

    def count(self) -> int:
        """Return the number of articles in all collections."""
        with self._engine.connect() as connection:
            return int(connection.scalar(select(func.count()).select_from(ARTICLES)) or 0)


def _version_row(document: Document, origin: Origin) -> dict[str, Any]:
    first, last = _days(document.published)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return {
        "title": document.title,
        "outlet": document.outlet,
        "authors": list(document.authors),
        "published": str(document.published) if document.published else None,
        "updated": str(document.updated) if document.updated else None,
        "day_first": first,
        "day_last": last,
        "date_source": document.date_source,
        "language": document.language,
        "text": document.text,
        "text_hash": hashlib.sha256(document.text.encode("utf-8", "surrogatepass")).hexdigest(),
        "raw_hash": origin.raw_hash,
        "loader": origin.loader,
        "loader_version": origin.loader_version,
        "retrieved_at": now,
        "seen_at": now,
        "changed_after": None,
        "changed_before": None,
    }


def _with_corrections(row: dict[str, Any]) -> dict[str, Any]:
    """Return the row with the publisher's own notices, which are sought only in a text that is stored."""
    return {**row, "corrections": [list(span) for span in find_corrections(row["text"])]}


def _version(row: Any) -> ColumnElement[bool]:
    return and_(VERSIONS.c.article_id == row.id, VERSIONS.c.number == row.number)


def _seen(connection: Connection, current: Any, row: dict[str, Any]) -> None:
    """Note when an unchanged text was last met, and in which bytes, by which loader.

    The bytes tell later whether a text changed or was only read anew. A time is noted to the day, so that
    a run that finds nothing new writes little.
    """
    bytes_of = {name: row[name] for name in ("raw_hash", "loader", "loader_version")}
    same = all(getattr(current, name) == value for name, value in bytes_of.items())
    if not same or current.seen_at[:10] != row["seen_at"][:10]:
        connection.execute(update(VERSIONS).where(_version(current)).values(**bytes_of, seen_at=row["seen_at"]))


def _days(published: PartialDate | None) -> tuple[int | None, int | None]:
    if published is None:
        return None, None
    return published.first().toordinal(), published.last().toordinal()
