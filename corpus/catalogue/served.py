"""What one edition of the index serves: the only reading that feeds answers.

An edition knows which version of each article its passages are cut from, so an answer is never made of the
words of one version and the offsets of another, however much is being ingested meanwhile. Within
`Served.snapshot` every question is answered from one state of the catalogue.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, Engine, Select, func, or_, select

from corpus.catalogue.copies import all_copies
from corpus.catalogue.records import (
    ArticleRecord,
    CorpusSummary,
    PassageRecord,
    StatementRecord,
    article_of,
    statement_of,
)
from corpus.catalogue.schema import ARTICLES, EDITIONS, INDEXED, PASSAGES, STATEMENTS, VERSIONS
from corpus.catalogue.scope import Scope
from corpus.model import Speaker

KNOWN = [c for c in (*ARTICLES.c, *VERSIONS.c) if c.name not in {"text", "text_hash", "article_id"}]
_Query = TypeVar("_Query", bound="Select[*tuple[Any, ...]]")
_VERSION = (INDEXED.c.article_id == VERSIONS.c.article_id) & (INDEXED.c.version == VERSIONS.c.number)
_JOINED = INDEXED.join(ARTICLES, INDEXED.c.article_id == ARTICLES.c.id).join(VERSIONS, _VERSION)


class SpeakerRecord(NamedTuple):
    """Who speaks in an article, by one of the names, roles and affiliations found there, and in how many statements.

    `title` is the article's; `day` the ordinal of the first day on which it may have been published.
    """

    speaker: Speaker
    article_id: str
    title: str
    day: int | None
    statements: int


def begin_snapshot(connection: Connection) -> None:
    """Let a new connection read one state of the catalogue: that of its first query."""
    if connection.dialect.name == "postgresql":
        connection.execution_options(isolation_level="REPEATABLE READ")
    else:
        connection.exec_driver_sql("BEGIN")  # SQLite's driver begins at the first write only


class Served:
    """The articles, passages and statements of one edition. Safe to use from several threads."""

    def __init__(self, engine: Engine, edition: str) -> None:
        self._engine, self._edition = engine, edition
        self._here = threading.local()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Read one state of the catalogue, in this thread, until the end of the block."""
        if getattr(self._here, "connection", None) is not None:
            yield
            return
        with self._engine.connect() as connection:
            begin_snapshot(connection)
            self._here.connection = connection
            try:
                yield
            finally:
                self._here.connection = None

    @contextmanager
    def _connect(self) -> Iterator[Connection]:
        held: Connection | None = getattr(self._here, "connection", None)
        if held is not None:
            yield held
        else:
            with self._engine.connect() as connection:
                yield connection

    def generation(self) -> int:
        """Return the number of the edition's last published change; 0 before the first."""
        query = select(EDITIONS.c.generation).where(EDITIONS.c.name == self._edition)
        with self._connect() as connection:
            return int(connection.scalar(query) or 0)

    def summary(self, scope: Scope | None, as_of: int | None = None) -> CorpusSummary:
        """Return how far the scope reaches; `as_of` (a day's ordinal) hides what came later."""
        reach = func.count(), func.min(VERSIONS.c.published), func.max(VERSIONS.c.published)
        query = self._scoped(select(*reach).select_from(_JOINED), scope)
        if as_of is not None:
            query = query.where(or_(VERSIONS.c.day_first.is_(None), VERSIONS.c.day_first <= as_of))
        with self._connect() as connection:
            number, oldest, newest = connection.execute(query).one()
            generation = self.generation()
        return CorpusSummary(
            articles=number, generation=generation, oldest=oldest and oldest[:10], newest=newest and newest[:10]
        )

    def articles(self, ids: Iterable[str], scope: Scope | None) -> dict[str, ArticleRecord]:
        """Return the served versions of these articles, by id; unknown ones are left out."""
        query = self._scoped(select(*KNOWN).select_from(_JOINED), scope).where(ARTICLES.c.id.in_(list(ids)))
        with self._connect() as connection:
            return {row.id: article_of(row) for row in connection.execute(query)}

    def newest(self, scope: Scope | None, most: int) -> list[str]:
        """Return the ids of the articles of the scope that were published last, at most so many; undated ones after."""
        query = self._scoped(select(ARTICLES.c.id).select_from(_JOINED), scope)
        order = VERSIONS.c.day_last.is_(None), VERSIONS.c.day_last.desc(), ARTICLES.c.id
        with self._connect() as connection:
            return list(connection.scalars(query.order_by(*order).limit(most)))

    def texts(self, ids: Iterable[str]) -> dict[str, str]:
        """Return the served text of each of these articles, by id."""
        query = select(INDEXED.c.article_id, VERSIONS.c.text).select_from(INDEXED.join(VERSIONS, _VERSION))
        query = query.where(INDEXED.c.edition == self._edition, INDEXED.c.article_id.in_(list(ids)))
        with self._connect() as connection:
            return {row.article_id: row.text for row in connection.execute(query)}

    def text(self, article: str, number: int) -> str:
        """Return the stored text of one version (KeyError when there is none)."""
        query = select(VERSIONS.c.text).where((VERSIONS.c.article_id == article) & (VERSIONS.c.number == number))
        with self._connect() as connection:
            found = connection.scalar(query)
        if found is None:
            raise KeyError((article, number))
        return str(found)

    def passages(self, ids: Sequence[int]) -> dict[int, PassageRecord]:
        """Return these passages, by id; unknown ones are left out."""
        return {record.id: record for record in self._passages(PASSAGES.c.id.in_(ids))}

    def passages_of(self, articles: Iterable[str]) -> list[PassageRecord]:
        """Return all passages of these articles, in text order within an article."""
        return self._passages(PASSAGES.c.article_id.in_(list(articles)))

    def _passages(self, condition: Any) -> list[PassageRecord]:
        columns = (PASSAGES.c[name] for name in ("id", "article_id", "version", "start", "end"))
        query = select(*columns).where(PASSAGES.c.edition == self._edition, condition)
        with self._connect() as connection:
            rows = connection.execute(query.order_by(PASSAGES.c.article_id, PASSAGES.c.start))
            return [PassageRecord(*row) for row in rows]

    def statements(self, ids: Sequence[int]) -> list[StatementRecord]:
        """Return these statements; unknown ones are left out."""
        return self._statements(STATEMENTS.c.id.in_(ids))

    def statements_of(self, articles: Iterable[str]) -> list[StatementRecord]:
        """Return all statements of these articles, in text order within an article."""
        return self._statements(STATEMENTS.c.article_id.in_(list(articles)))

    def _statements(self, condition: Any) -> list[StatementRecord]:
        query = select(STATEMENTS).where(STATEMENTS.c.edition == self._edition, condition)
        with self._connect() as connection:
            rows = connection.execute(query.order_by(STATEMENTS.c.article_id, STATEMENTS.c.ordinal))
            return [StatementRecord(row.id, row.article_id, row.version, statement_of(row)) for row in rows]

    def speakers(self) -> list[SpeakerRecord]:
        """Return everybody with a name who speaks in any article, as found, in the articles' order."""
        who = STATEMENTS.c.article_id, STATEMENTS.c.name, STATEMENTS.c.role, STATEMENTS.c.affiliation
        version = (STATEMENTS.c.article_id == VERSIONS.c.article_id) & (STATEMENTS.c.version == VERSIONS.c.number)
        query = select(*who, VERSIONS.c.title, VERSIONS.c.day_first, func.count())
        query = query.select_from(STATEMENTS.join(VERSIONS, version))
        query = query.where(STATEMENTS.c.edition == self._edition, STATEMENTS.c.name.is_not(None))
        grouped = query.group_by(*who, VERSIONS.c.title, VERSIONS.c.day_first).order_by(*who)
        with self._connect() as connection:
            rows = connection.execute(grouped)
            return [SpeakerRecord(Speaker(*row[1:4]), row[0], *row[4:]) for row in rows]

    def outlets(self, scope: Scope | None) -> dict[str, int]:
        """Return every outlet with the number of its articles."""
        query = self._scoped(select(VERSIONS.c.outlet, func.count()).select_from(_JOINED), scope)
        query = query.where(VERSIONS.c.outlet.is_not(None)).group_by(VERSIONS.c.outlet)
        with self._connect() as connection:
            return {outlet: number for outlet, number in connection.execute(query)}

    def copies(self) -> dict[str, frozenset[str]]:
        """Return the ids of the copies of every article that has any, whoever may see them."""
        with self._connect() as connection:
            return all_copies(connection)

    def _scoped(self, query: _Query, scope: Scope | None) -> _Query:
        query = query.where(INDEXED.c.edition == self._edition)
        return query if scope is None else query.where(*scope.conditions())
