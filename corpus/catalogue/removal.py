"""Removing articles: for good, by hand, with a tombstone; or because their file is gone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, delete, insert, or_, select, update

from corpus.catalogue import copies
from corpus.catalogue.editions import look_again, mark_erased
from corpus.catalogue.likeness import Outline
from corpus.catalogue.records import Origin, Tombstone, paths_of, place
from corpus.catalogue.schema import (
    ARTICLES,
    FEED_ITEMS,
    GONE,
    INDEXED,
    PASSAGES,
    STATEMENTS,
    TOMBSTONES,
    VERSIONS,
)

_STONE = ("collection", "root", "path", "record", "url")


class Removals:
    """Takes articles out of the catalogue. The stores of the index follow by what is noted as gone."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def remove(self, articles: Sequence[str], tombstone: bool) -> None:
        """Erase all versions, passages and statements of articles, all at once.

        With `tombstone` they are remembered, by id and by hashes of their text, and not stored again.
        """
        with self._engine.begin() as connection:
            look_again(connection)
            for article in articles:
                if tombstone:
                    self._remember(connection, article)
                self.erase(connection, article)
            if tombstone:
                mark_erased(connection)

    def scrub(self) -> bool:
        """Let nothing of what was erased stay in the database's files; False where readers kept it from that.

        PostgreSQL does this itself, in its own time (autovacuum).
        """
        with self._engine.connect() as connection:
            if connection.dialect.name != "sqlite":
                return True
            # what a page held before stays in the log of writes until that is cut off; it waits for readers
            busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
            return not busy

    @staticmethod
    def erase(connection: Connection, article: str) -> None:
        """Take an article out, within a transaction, and note what is gone of it."""
        for kind, table in (("passage", PASSAGES), ("statement", STATEMENTS)):
            rows = connection.execute(select(table.c.edition, table.c.id).filter_by(article_id=article)).all()
            for edition, i in rows:
                connection.execute(delete(GONE).filter_by(edition=edition, kind=kind, id=i))
                connection.execute(insert(GONE).values(edition=edition, kind=kind, id=i))
        copies.forget(connection, article)
        for table in (PASSAGES, STATEMENTS, INDEXED, VERSIONS):
            connection.execute(delete(table).where(table.c.article_id == article))
        connection.execute(delete(ARTICLES).where(ARTICLES.c.id == article))
        connection.execute(update(FEED_ITEMS).filter_by(article_id=article).values(article_id=None))

    @staticmethod
    def _remember(connection: Connection, article: str) -> None:
        query = (
            select(*(ARTICLES.c[name] for name in _STONE), VERSIONS.c.text_hash, VERSIONS.c.text)
            .join(VERSIONS, (ARTICLES.c.id == VERSIONS.c.article_id) & (ARTICLES.c.current == VERSIONS.c.number))
            .where(ARTICLES.c.id == article)
        )
        row = dict(connection.execute(query).one()._mapping)
        row["outline"] = Outline.of(row.pop("text")).stored()
        now = datetime.now(UTC).isoformat(timespec="seconds")
        connection.execute(delete(TOMBSTONES).where(TOMBSTONES.c.article_id == article))
        connection.execute(insert(TOMBSTONES).values(article_id=article, **row, removed_at=now))

    def tombstones(self) -> list[Tombstone]:
        """Return what was removed, oldest first."""
        query = select(TOMBSTONES.c.article_id, *(TOMBSTONES.c[name] for name in _STONE), TOMBSTONES.c.removed_at)
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(TOMBSTONES.c.removed_at, TOMBSTONES.c.article_id))
            return [Tombstone(**row._mapping) for row in rows]

    def lift(self, article: str) -> None:
        """Forget that an article was removed: the next ingest may bring it back."""
        with self._engine.begin() as connection:
            connection.execute(delete(TOMBSTONES).where(TOMBSTONES.c.article_id == article))

    def below(self, folder: str, collection: str) -> list[tuple[str, str, str, str]]:
        """Return id, root, path and record of a collection's articles that were read in `folder`, a file or a folder.

        How the folder was named when they were read does not matter: it, one above it or one below it.
        """
        query = select(ARTICLES.c.id, ARTICLES.c.root, ARTICLES.c.path, ARTICLES.c.record)
        folder = folder.rstrip("/") or "/"
        inside = f"{folder.rstrip('/')}/"
        roots = or_(
            ARTICLES.c.root == folder,
            ARTICLES.c.root.startswith(inside, autoescape=True),
            ARTICLES.c.root.in_(_above(folder)),
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query.where(ARTICLES.c.collection == collection, ARTICLES.c.root != "", roots))
            return [tuple(row) for row in rows if f"{place(row.root, row.path)}/".startswith(inside)]


def is_barred(
    connection: Connection,
    text_hash: str,
    collection: str,
    url: str | None = None,
    at: tuple[Origin, Callable[[], str]] | None = None,
) -> bool:
    """Tell whether a person removed what is to be stored.

    Args:
        connection: within the transaction that will store it.
        text_hash: the hash of its text: the same words are barred wherever they are read.
        collection: where it would be stored.
        url: its URL: what has that of a removed article is barred.
        at: where it was read, and what gives its text. Of a place that is no name, only what can be a later form of
            the removed text is barred; another story may come to stand there.
    """
    known: list[ColumnElement[bool]] = [TOMBSTONES.c.text_hash == text_hash]
    if url is not None:
        known.append(TOMBSTONES.c.url == url)
    if at is not None:
        known.append(TOMBSTONES.c.path.in_(paths_of(at[0])) & (TOMBSTONES.c.record == at[0].record))
    query = select(TOMBSTONES).where(TOMBSTONES.c.collection == collection, or_(*known))
    return any(
        row.text_hash == text_hash
        or (url is not None and row.url == url)
        or (at is not None and place(row.root, row.path) == at[0].file and _names_or_knows(at[0], row.outline, at[1]))
        for row in connection.execute(query)
    )


def _names_or_knows(origin: Origin, outline: Mapping[str, Any], text: Callable[[], str]) -> bool:
    return origin.is_named or Outline.read(outline).alike(text())


def _above(folder: str) -> Sequence[str]:
    parts = folder.rstrip("/").split("/")
    return ["/".join(parts[:at]) or "/" for at in range(1, len(parts))]
