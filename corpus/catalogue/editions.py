"""An edition of the index, as its writer sees it: what is pending, what a published batch brings, what is gone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, and_, delete, func, insert, or_, select, update

from corpus.catalogue.records import PassageRecord, StatementRecord, statement_row
from corpus.catalogue.schema import ARTICLES, EDITIONS, ERASED, GONE, INDEXED, PASSAGES, STATEMENTS

_AT_ONCE = 500  # marks in one query


@dataclass(frozen=True, slots=True)
class IndexedArticle:
    """What the index makes of one version of an article."""

    article_id: str
    version: int
    passages: Sequence[PassageRecord]
    statements: Sequence[StatementRecord]


@dataclass(frozen=True, slots=True)
class Gone:
    """Ids that an edition no longer has, though its stores may.

    `erased` tells that some were removed by hand: nothing of them may stay in a file of the index either.
    """

    passages: Sequence[int]
    statements: Sequence[int]
    erased: bool = False


class Edition:
    """One index made from the catalogue. One writer at a time (the caller holds the lock)."""

    def __init__(self, engine: Engine, name: str) -> None:
        """Open the edition `name`, which is made if need be."""
        self._engine, self.name = engine, name
        with engine.begin() as connection:
            if connection.scalar(select(EDITIONS.c.name).where(EDITIONS.c.name == name)) is None:
                # Generations go on where those of the edition before end: a number never comes again.
                last = int(connection.scalar(select(func.max(EDITIONS.c.generation))) or 0)
                connection.execute(insert(EDITIONS).values(name=name, generation=last, published=0))
        mine = and_(INDEXED.c.article_id == ARTICLES.c.id, INDEXED.c.edition == name)
        self._joined = ARTICLES.outerjoin(INDEXED, mine)
        current = INDEXED.c.version == ARTICLES.c.current
        self._is_pending = or_(INDEXED.c.article_id.is_(None), ~current, INDEXED.c.stale.is_(True))

    def pending(self, limit: int) -> list[str]:
        """Return ids of at most `limit` articles whose current version is not yet in the index, in order of id."""
        query = select(ARTICLES.c.id).select_from(self._joined).where(self._is_pending)
        with self._engine.connect() as connection:
            return list(connection.scalars(query.order_by(ARTICLES.c.id).limit(limit)))

    def pending_count(self) -> int:
        """Return how many articles are not yet in the index in their current version."""
        query = select(func.count()).select_from(self._joined).where(self._is_pending)
        with self._engine.connect() as connection:
            return int(connection.scalar(query) or 0)

    def generation(self) -> int:
        """Return the number of the last published change; 0 before the first."""
        with self._engine.connect() as connection:
            return int(connection.scalar(select(EDITIONS.c.generation).filter_by(name=self.name)) or 0)

    def publish(self, batch: Sequence[IndexedArticle]) -> int:
        """Make these the parts of their articles, all at once, open a new generation and return its number.

        Readers see all of it or nothing. The stores have the new parts by now; the old ones stay
        in them, for readers of the generation before, until `forget_gone`.
        """
        with self._engine.begin() as connection:
            old = self._parts(connection, [article.article_id for article in batch])
            new = {("passage", p.id) for article in batch for p in article.passages}
            new |= {("statement", s.id) for article in batch for s in article.statements}
            self._let_go(connection, old - new, new)
            for table in (PASSAGES, STATEMENTS, INDEXED):
                for some in _chunks([article.article_id for article in batch]):
                    connection.execute(delete(table).where(table.c.edition == self.name, table.c.article_id.in_(some)))
            self._insert(connection, batch)
            number = int(connection.scalar(select(EDITIONS.c.generation).filter_by(name=self.name)) or 0) + 1
            connection.execute(update(EDITIONS).filter_by(name=self.name).values(generation=number, published=number))
            return number

    def gone(self) -> Gone:
        """Return what the edition no longer has and its stores may still hold."""
        with self._engine.connect() as connection:
            rows = list(connection.execute(select(GONE.c.kind, GONE.c.id).filter_by(edition=self.name)))
        found = {which: sorted(i for kind, i in rows if kind == which) for which in ("passage", "statement", ERASED)}
        return Gone(found["passage"], found["statement"], bool(found[ERASED]))

    def forget_gone(self, gone: Gone) -> None:
        """Note that the stores no longer hold these."""
        with self._engine.begin() as connection:
            erased = [0] if gone.erased else []
            for kind, ids in (("passage", gone.passages), ("statement", gone.statements), (ERASED, erased)):
                for some in _chunks(ids):
                    connection.execute(delete(GONE).filter_by(edition=self.name, kind=kind).where(GONE.c.id.in_(some)))

    def drop(self) -> None:
        """Forget the edition and its parts."""
        with self._engine.begin() as connection:
            for table in (GONE, PASSAGES, STATEMENTS, INDEXED):
                connection.execute(delete(table).where(table.c.edition == self.name))
            connection.execute(delete(EDITIONS).filter_by(name=self.name))

    def counts(self) -> dict[str, int]:
        """Return the number of passages and of statements."""
        tables = {"passages": PASSAGES, "statements": STATEMENTS}
        with self._engine.connect() as connection:
            return {
                name: int(connection.scalar(select(func.count()).select_from(t).where(t.c.edition == self.name)) or 0)
                for name, t in tables.items()
            }

    def _parts(self, connection: Connection, articles: Sequence[str]) -> set[tuple[str, int]]:
        found: set[tuple[str, int]] = set()
        for kind, table in (("passage", PASSAGES), ("statement", STATEMENTS)):
            for some in _chunks(articles):
                query = select(table.c.id).where(table.c.edition == self.name, table.c.article_id.in_(some))
                found |= {(kind, i) for i in connection.scalars(query)}
        return found

    def _let_go(self, connection: Connection, gone: set[tuple[str, int]], back: set[tuple[str, int]]) -> None:
        """Note what is gone, and that what is back is not."""
        for kind in ("passage", "statement"):
            for some in _chunks([i for which, i in sorted(gone | back) if which == kind]):
                connection.execute(delete(GONE).filter_by(edition=self.name, kind=kind).where(GONE.c.id.in_(some)))
        if gone:
            rows = [{"edition": self.name, "kind": kind, "id": i} for kind, i in sorted(gone)]
            connection.execute(insert(GONE), rows)

    def _insert(self, connection: Connection, batch: Sequence[IndexedArticle]) -> None:
        for article in batch:
            mine = {"edition": self.name, "article_id": article.article_id, "version": article.version}
            connection.execute(insert(INDEXED).values(**mine, stale=False))
            passages: list[dict[str, Any]] = [
                {**mine, "id": p.id, "start": p.start, "end": p.end} for p in article.passages
            ]
            statements = [
                {**mine, "id": s.id, "ordinal": at, **statement_row(s.statement)}
                for at, s in enumerate(article.statements)
            ]
            for table, rows in ((PASSAGES, passages), (STATEMENTS, statements)):
                if rows:
                    connection.execute(insert(table), rows)


def look_again(connection: Connection) -> None:
    """Open a generation of every edition: what readers keep at hand of the one before is out of date."""
    connection.execute(update(EDITIONS).values(generation=EDITIONS.c.generation + 1))


def mark_erased(connection: Connection) -> None:
    """Note, for every edition, that what it has lost must leave the files of its stores."""
    connection.execute(delete(GONE).filter_by(kind=ERASED))
    for edition in connection.scalars(select(EDITIONS.c.name)).all():
        connection.execute(insert(GONE).values(edition=edition, kind=ERASED, id=0))


def edition_names(engine: Engine) -> list[str]:
    """Return the names of all editions made from a catalogue."""
    with engine.connect() as connection:
        return list(connection.scalars(select(EDITIONS.c.name).order_by(EDITIONS.c.name)))


def _chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for at in range(0, len(values), _AT_ONCE):
        yield values[at : at + _AT_ONCE]
