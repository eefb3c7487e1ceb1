"""Questions put to the catalogue; every one that feeds an answer takes the asker's scope."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Engine, Select, func, or_, select

from corpus.catalogue.records import (
    ArticleRecord,
    CorpusSummary,
    PassageRecord,
    StatementRecord,
    statement_of,
)
from corpus.catalogue.schema import ARTICLES, META, PASSAGES, STATEMENTS, VERSIONS
from corpus.model import PartialDate

Scope = frozenset[str] | None  # the collections an asker may see; None sees all

_KNOWN = [c for c in (*ARTICLES.c, *VERSIONS.c) if c.name not in {"text", "text_hash", "article_id"}]
_Query = TypeVar("_Query", bound="Select[*tuple[Any, ...]]")
_CURRENT = (ARTICLES.c.id == VERSIONS.c.article_id) & (ARTICLES.c.current == VERSIONS.c.number)


class CatalogueReader:
    """The reading half of the catalogue."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def generation(self) -> int:
        """Return the number of the last published change; 0 before the first."""
        with self._engine.connect() as connection:
            return int(connection.scalar(select(META.c.value).where(META.c.key == "generation")) or 0)

    def identity(self) -> str:
        """Return the random name that the catalogue was given when it was made."""
        with self._engine.connect() as connection:
            return str(connection.scalar(select(META.c.value).where(META.c.key == "identity")))

    def summary(self, scope: Scope, as_of: int | None = None) -> CorpusSummary:
        """Return how far the scope reaches; `as_of` (a day's ordinal) hides what came later."""
        reach = func.count(), func.min(VERSIONS.c.published), func.max(VERSIONS.c.published)
        query: Select[Any, Any, Any] = select(*reach).select_from(ARTICLES.join(VERSIONS, _CURRENT))
        query = _scoped(query, scope)
        if as_of is not None:
            query = query.where(or_(VERSIONS.c.day_first.is_(None), VERSIONS.c.day_first <= as_of))
        with self._engine.connect() as connection:
            number, oldest, newest = connection.execute(query).one()
        return CorpusSummary(
            articles=number,
            generation=self.generation(),
            oldest=oldest and oldest[:10],
            newest=newest and newest[:10],
        )

    def articles(self, ids: Iterable[str], scope: Scope = None) -> dict[str, ArticleRecord]:
        """Return the current versions of these articles, by id; unknown ones are left out."""
        query = select(*_KNOWN).join(VERSIONS, _CURRENT).where(ARTICLES.c.id.in_(list(ids)))
        with self._engine.connect() as connection:
            return {row.id: _article(row) for row in connection.execute(_scoped(query, scope))}

    def version(self, article: str, number: int) -> ArticleRecord | None:
        """Return one version of an article, current or not."""
        query = (
            select(*_KNOWN)
            .join(VERSIONS, ARTICLES.c.id == VERSIONS.c.article_id)
            .where((ARTICLES.c.id == article) & (VERSIONS.c.number == number))
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        return _article(row) if row is not None else None

    def text(self, article: str, number: int) -> str:
        """Return the stored text of one version (KeyError when there is none)."""
        query = select(VERSIONS.c.text).where((VERSIONS.c.article_id == article) & (VERSIONS.c.number == number))
        with self._engine.connect() as connection:
            found = connection.scalar(query)
        if found is None:
            raise KeyError((article, number))
        return str(found)

    def texts(self, ids: Iterable[str]) -> dict[str, str]:
        """Return the current text of each of these articles, by id."""
        query = select(ARTICLES.c.id, VERSIONS.c.text).join(VERSIONS, _CURRENT)
        with self._engine.connect() as connection:
            rows = connection.execute(query.where(ARTICLES.c.id.in_(list(ids))))
            return {row.id: row.text for row in rows}

    def passages(self, ids: Sequence[int]) -> dict[int, PassageRecord]:
        """Return these passages of current versions, by id; unknown ones are left out."""
        query = select(PASSAGES).where(PASSAGES.c.id.in_(ids))
        with self._engine.connect() as connection:
            return {row.id: PassageRecord(*row) for row in connection.execute(query)}

    def passages_of(self, articles: Iterable[str]) -> list[PassageRecord]:
        """Return all passages of these articles, in text order within an article."""
        query = select(PASSAGES).where(PASSAGES.c.article_id.in_(list(articles)))
        with self._engine.connect() as connection:
            return [PassageRecord(*row) for row in connection.execute(query.order_by(PASSAGES.c.id))]

    def statements_of(self, articles: Iterable[str]) -> list[StatementRecord]:
        """Return all statements of these articles, in text order within an article."""
        return self._statements(STATEMENTS.c.article_id.in_(list(articles)))

    def statements(self, ids: Sequence[int]) -> list[StatementRecord]:
        """Return these statements of current versions; unknown ones are left out."""
        return self._statements(STATEMENTS.c.id.in_(ids))

    def _statements(self, condition: Any) -> list[StatementRecord]:
        query = select(STATEMENTS).where(condition).order_by(STATEMENTS.c.id)
        with self._engine.connect() as connection:
            return [
                StatementRecord(row.id, row.article_id, row.version, statement_of(row))
                for row in connection.execute(query)
            ]

    def outlets(self, scope: Scope = None) -> dict[str, int]:
        """Return every outlet with the number of its articles."""
        query = select(VERSIONS.c.outlet, func.count()).select_from(ARTICLES.join(VERSIONS, _CURRENT))
        query = _scoped(query, scope).where(VERSIONS.c.outlet.is_not(None)).group_by(VERSIONS.c.outlet)
        with self._engine.connect() as connection:
            return {outlet: number for outlet, number in connection.execute(query)}

    def counts(self) -> dict[str, int]:
        """Return the number of articles, versions, passages and statements in all collections."""
        tables = {"articles": ARTICLES, "versions": VERSIONS, "passages": PASSAGES, "statements": STATEMENTS}
        with self._engine.connect() as connection:
            return {
                name: int(connection.scalar(select(func.count()).select_from(table)) or 0)
                for name, table in tables.items()
            }

    def collections(self) -> dict[str, int]:
        """Return every collection with the number of its articles."""
        query = select(ARTICLES.c.collection, func.count()).group_by(ARTICLES.c.collection)
        with self._engine.connect() as connection:
            return {name: number for name, number in connection.execute(query)}

    def find(self, key: str) -> list[ArticleRecord]:
        """Return the articles that `key` names: an id, a URL, or any spelling of the file's path.

        A path may be relative to anywhere (its last parts are enough), absolute, or lead through links; for
        a file of several articles ``#record`` names one of them, and without it all are returned.
        """
        query = select(*_KNOWN).join(VERSIONS, _CURRENT).order_by(ARTICLES.c.id)
        exact = query.where(or_(ARTICLES.c.id == key, ARTICLES.c.url == key))
        with self._engine.connect() as connection:
            found = [_article(row) for row in connection.execute(exact)]
            for path, record in () if found else _readings(key):
                names = {os.path.basename(os.path.normpath(p)) for p in (path, os.path.realpath(path))}
                ends = or_(*(ARTICLES.c.path.endswith(name, autoescape=True) for name in sorted(names)))
                wanted = ends if record is None else ends & (ARTICLES.c.record == record)
                near = [_article(row) for row in connection.execute(query.where(wanted))]
                if found := _at_path(path, near):
                    break
        return found


def _readings(key: str) -> Iterator[tuple[str, str | None]]:
    """Yield what path and record the key may mean; a file's name and a record's may hold a # too."""
    path = os.path.expanduser(key)
    if path.strip("./"):
        yield path, None
    for at, character in enumerate(path):
        if character == "#" and path[:at].strip("./"):
            yield path[:at], path[at + 1 :]


def _at_path(path: str, near: Sequence[ArticleRecord]) -> list[ArticleRecord]:
    """Return those articles whose file is at `path`, else those whose path ends with it."""
    real = os.path.realpath(path)
    same = [article for article in near if os.path.realpath(os.path.join(article.root, article.path)) == real]
    tail = "/" + os.path.normpath(path).removeprefix("/")
    while tail.startswith("/../"):
        tail = tail.removeprefix("/..")
    return same or [article for article in near if f"{article.root}/{article.path}".endswith(tail)]


def _scoped(query: _Query, scope: Scope) -> _Query:
    return query if scope is None else query.where(ARTICLES.c.collection.in_(scope))


def _article(row: Any) -> ArticleRecord:
    return ArticleRecord(
        id=row.id,
        collection=row.collection,
        root=row.root,
        path=row.path,
        record=row.record,
        url=row.url,
        current=row.current,
        version=row.number,
        title=row.title,
        outlet=row.outlet,
        authors=tuple(row.authors),
        published=PartialDate(row.published) if row.published else None,
        updated=PartialDate(row.updated) if row.updated else None,
        date_source=row.date_source,
        language=row.language,
        raw_hash=row.raw_hash,
        loader=row.loader,
        loader_version=row.loader_version,
        retrieved_at=row.retrieved_at,
    )
