"""Reading and writing the catalogue, on SQLite or PostgreSQL."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import Any, Literal

from sqlalchemy import URL, Connection, delete, func, insert, select, update

from corpus.catalogue.engine import open_engine
from corpus.catalogue.read import CatalogueReader
from corpus.catalogue.records import statement_row
from corpus.catalogue.schema import ARTICLES, GONE, META, PASSAGES, STATEMENTS, VERSIONS
from corpus.model import Document, PartialDate, Span, Statement

ChangeKind = Literal["new", "changed", "updated", "unchanged"]

# what is shown of an article, or put before its passages: a change of it is an update
_SHOWN = ("title", "outlet", "authors", "published", "updated", "date_source", "language")
_COMPARED = (
    *(ARTICLES.c.id, ARTICLES.c.root, ARTICLES.c.path, ARTICLES.c.record, ARTICLES.c.url),
    *(VERSIONS.c.number, VERSIONS.c.text_hash, VERSIONS.c.retrieved_at),
    *(VERSIONS.c[name] for name in _SHOWN),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What putting a document did: a new article, a new version of its text, new metadata, nothing."""

    kind: ChangeKind
    article_id: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a document came from; `record` names it inside a file of several."""

    collection: str
    root: str
    path: str
    record: str
    raw_hash: str
    loader: str
    loader_version: int

    @property
    def file(self) -> str:
        """The path of the file: the same whether its folder was named, one above it, or it alone."""
        return str(PurePath(self.root, self.path))


def article_id(origin: Origin, url: str | None) -> str:
    """Return the short opaque id: a hash of collection and canonical URL, else of where it was read."""
    identity = url or "\x1f".join((origin.file, origin.record))
    return hashlib.sha256(f"{origin.collection}\x1e{identity}".encode()).hexdigest()[:12]


class Catalogue(CatalogueReader):
    """Articles, versions, passages and statements; one writer at a time (the caller holds the lock)."""

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

    def put(self, document: Document, origin: Origin) -> Change:
        """Store a document; nothing is written where nothing is new.

        An article that was first stored without a URL keeps its id when it gets one.
        """
        by_place, by_url = article_id(origin, None), article_id(origin, document.url)
        row = _version_row(document, origin)
        with self._engine.begin() as connection:
            rows = connection.execute(
                select(*_COMPARED)
                .join(ARTICLES, (ARTICLES.c.id == VERSIONS.c.article_id) & (ARTICLES.c.current == VERSIONS.c.number))
                .where(ARTICLES.c.id.in_([by_place, by_url]))
            )
            found = {row.id: row for row in rows}
            current = found.get(by_place) or found.get(by_url)
            if current is None:
                article = {"id": by_url, "collection": origin.collection, "url": document.url, "current": 1}
                connection.execute(insert(ARTICLES).values(**article, **_place(origin)))
                connection.execute(insert(VERSIONS).values(article_id=by_url, number=1, **row))
                return Change(kind="new", article_id=by_url, version=1)
            known = {**_place(origin), "url": document.url if by_url not in found else current.url}
            if any(getattr(current, name) != value for name, value in known.items()):
                connection.execute(update(ARTICLES).where(ARTICLES.c.id == current.id).values(**known))
            if current.text_hash != row["text_hash"]:
                return self._new_version(connection, current.id, current.number + 1, row)
            return self._same_text(connection, current, row)

    @staticmethod
    def _new_version(connection: Connection, key: str, number: int, row: dict[str, Any]) -> Change:
        connection.execute(insert(VERSIONS).values(article_id=key, number=number, **row))
        connection.execute(update(ARTICLES).where(ARTICLES.c.id == key).values(current=number))
        return Change(kind="changed", article_id=key, version=number)

    @staticmethod
    def _same_text(connection: Connection, current: Any, row: dict[str, Any]) -> Change:
        """Take over what is known anew of an unchanged text: its header, and so its vectors, may differ."""
        differs = any(getattr(current, name) != row[name] for name in _SHOWN)
        if differs:
            changed = {**row, "retrieved_at": current.retrieved_at}
            connection.execute(
                update(VERSIONS)
                .where((VERSIONS.c.article_id == current.id) & (VERSIONS.c.number == current.number))
                .values(**changed)
            )
        return Change(kind="updated" if differs else "unchanged", article_id=current.id, version=current.number)

    def pending(self, limit: int) -> list[str]:
        """Return ids of at most `limit` articles whose current version is not yet in the index."""
        query = (
            select(ARTICLES.c.id)
            .join(VERSIONS, (ARTICLES.c.id == VERSIONS.c.article_id) & (ARTICLES.c.current == VERSIONS.c.number))
            .where(VERSIONS.c.indexed.is_(False))
            .order_by(ARTICLES.c.id)
            .limit(limit)
        )
        with self._engine.connect() as connection:
            return list(connection.scalars(query))

    def pending_count(self) -> int:
        """Return how many articles are not yet in the index in their current version."""
        current = (ARTICLES.c.id == VERSIONS.c.article_id) & (ARTICLES.c.current == VERSIONS.c.number)
        query = select(func.count()).select_from(ARTICLES.join(VERSIONS, current)).where(VERSIONS.c.indexed.is_(False))
        with self._engine.connect() as connection:
            return int(connection.scalar(query) or 0)

    def replace_parts(
        self, article: str, version: int, passages: Sequence[Span], statements: Sequence[Statement]
    ) -> tuple[list[int], list[int], list[int]]:
        """Make these the article's passages and statements, in place of those of any version.

        Returns:
            The ids of the new passages, of the new statements, and of the passages that are gone.
        """
        key = {"article_id": article, "version": version}
        with self._engine.begin() as connection:
            gone = list(connection.scalars(select(PASSAGES.c.id).where(PASSAGES.c.article_id == article)))
            if gone:
                connection.execute(insert(GONE), [{"passage_id": i} for i in gone])
            connection.execute(delete(PASSAGES).where(PASSAGES.c.article_id == article))
            connection.execute(delete(STATEMENTS).where(STATEMENTS.c.article_id == article))
            rows = [{**key, "start": s.start, "end": s.end} for s in passages]
            new = _insert_ids(connection, PASSAGES, rows)
            said = _insert_ids(connection, STATEMENTS, [{**key, **statement_row(s)} for s in statements])
        return new, said, gone

    def gone(self) -> list[int]:
        """Return the passages that are gone and that the index may still hold, until the next `published`."""
        with self._engine.connect() as connection:
            return list(connection.scalars(select(GONE.c.passage_id).order_by(GONE.c.passage_id)))

    def published(self, articles: Sequence[str]) -> int:
        """Mark the articles as indexed, open a new generation and return its number."""
        with self._engine.begin() as connection:
            connection.execute(delete(GONE))
            connection.execute(update(VERSIONS).where(VERSIONS.c.article_id.in_(articles)).values(indexed=True))
            number = int(connection.scalar(select(META.c.value).where(META.c.key == "generation")) or 0) + 1
            connection.execute(delete(META).where(META.c.key == "generation"))
            connection.execute(insert(META).values(key="generation", value=str(number)))
        return number

    def unpublish_all(self) -> None:
        """Mark every current version as not indexed: the next build makes the index anew."""
        with self._engine.begin() as connection:
            connection.execute(update(VERSIONS).values(indexed=False))

    def iterate_ids(self) -> Iterator[str]:
        """Yield the id of every article."""
        with self._engine.connect() as connection:
            yield from connection.scalars(select(ARTICLES.c.id).order_by(ARTICLES.c.id))

    def count(self) -> int:
        """Return the number of articles in all collections."""
        with self._engine.connect() as connection:
            return int(connection.scalar(select(func.count()).select_from(ARTICLES)) or 0)


def _place(origin: Origin) -> dict[str, str]:
    return {"root": origin.root, "path": origin.path, "record": origin.record}


def _insert_ids(connection: Connection, table: Any, rows: list[dict[str, Any]]) -> list[int]:
    if not rows:
        return []
    query = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return list(connection.scalars(query, rows))


def _version_row(document: Document, origin: Origin) -> dict[str, Any]:
    first, last = _days(document.published)
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
        "retrieved_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "indexed": False,
    }


def _days(published: PartialDate | None) -> tuple[int | None, int | None]:
    if published is None:
        return None, None
    return published.first().toordinal(), published.last().toordinal()
