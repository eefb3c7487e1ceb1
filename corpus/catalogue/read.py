"""Looking things up for people: status, `show`, `find`. Answers read what an edition serves instead."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

from sqlalchemy import Engine, func, or_, select

from corpus.catalogue.copies import copies_of
from corpus.catalogue.records import ArticleRecord, article_of
from corpus.catalogue.schema import ARTICLES, EDITIONS, META, VERSIONS
from corpus.catalogue.served import KNOWN, Served

_CURRENT = (ARTICLES.c.id == VERSIONS.c.article_id) & (ARTICLES.c.current == VERSIONS.c.number)


class CatalogueReader:
    """The reading half of the catalogue: the newest version of everything, indexed or not."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def engine(self) -> Engine:
        """The database, for what keeps its own tables in the catalogue."""
        return self._engine

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def served(self, edition: str) -> Served:
        """Return what one edition of the index serves."""
        return Served(self._engine, edition)

    def published(self, edition: str) -> int:
        """Return the generation that the stores of an edition must have reached; 0 where it has published nothing."""
        with self._engine.connect() as connection:
            return int(connection.scalar(select(EDITIONS.c.published).where(EDITIONS.c.name == edition)) or 0)

    def state(self, edition: str) -> tuple[int, int]:
        """Return an edition's generation and the one that it published last; both 0 where it is not known."""
        query = select(EDITIONS.c.generation, EDITIONS.c.published).where(EDITIONS.c.name == edition)
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return (row.generation, row.published) if row else (0, 0)

    def has_published(self) -> bool:
        """Tell whether any edition of the index has ever published something."""
        with self._engine.connect() as connection:
            return bool(connection.scalar(select(func.max(EDITIONS.c.published))))

    def successor(self, edition: str | None) -> str | None:
        """Return the edition that a restored backup put in the place of `edition` (None: of none), if one did."""
        with self._engine.connect() as connection:
            found = connection.scalar(select(META.c.value).where(META.c.key == f"successor:{edition or ''}"))
        return None if found is None else str(found)

    def identity(self) -> str:
        """Return the random name that the catalogue was given when it was made."""
        with self._engine.connect() as connection:
            return str(connection.scalar(select(META.c.value).where(META.c.key == "identity")))

    def articles(self, ids: Iterable[str]) -> dict[str, ArticleRecord]:
        """Return the current versions of these articles, by id; unknown ones are left out."""
        query = select(*KNOWN).join(VERSIONS, _CURRENT).where(ARTICLES.c.id.in_(list(ids)))
        with self._engine.connect() as connection:
            return {row.id: article_of(row) for row in connection.execute(query)}

    def version(self, article: str, number: int) -> ArticleRecord | None:
        """Return one version of an article, current or not."""
        found = [record for record in self.versions(article) if record.version == number]
        return found[0] if found else None

    def versions(self, article: str) -> list[ArticleRecord]:
        """Return all versions of an article, oldest first."""
        query = select(*KNOWN).join(VERSIONS, ARTICLES.c.id == VERSIONS.c.article_id).where(ARTICLES.c.id == article)
        with self._engine.connect() as connection:
            return [article_of(row) for row in connection.execute(query.order_by(VERSIONS.c.number))]

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

    def copies(self, article: str) -> list[ArticleRecord]:
        """Return the articles, of any collection, that hold a copy of this one, in the order of their ids."""
        with self._engine.connect() as connection:
            found = copies_of(connection, [article]).get(article, frozenset())
        return [record for _, record in sorted(self.articles(found).items())]

    def outlets(self) -> dict[str, int]:
        """Return every outlet with the number of its articles."""
        query = select(VERSIONS.c.outlet, func.count()).select_from(ARTICLES.join(VERSIONS, _CURRENT))
        query = query.where(VERSIONS.c.outlet.is_not(None)).group_by(VERSIONS.c.outlet)
        with self._engine.connect() as connection:
            return {outlet: number for outlet, number in connection.execute(query)}

    def counts(self) -> dict[str, int]:
        """Return the number of articles and of versions in all collections."""
        tables = {"articles": ARTICLES, "versions": VERSIONS}
        with self._engine.connect() as connection:
            return {
                name: int(connection.scalar(select(func.count()).select_from(table)) or 0)
                for name, table in tables.items()
            }

    def reach(self) -> tuple[str | None, str | None]:
        """Return the first and the last day on which an article was published, None where all are undated."""
        query = select(func.min(VERSIONS.c.published), func.max(VERSIONS.c.published))
        with self._engine.connect() as connection:
            oldest, newest = connection.execute(query.select_from(ARTICLES.join(VERSIONS, _CURRENT))).one()
        return oldest and oldest[:10], newest and newest[:10]

    def collections(self) -> dict[str, int]:
        """Return every collection with the number of its articles."""
        query = select(ARTICLES.c.collection, func.count()).group_by(ARTICLES.c.collection)
        with self._engine.connect() as connection:
            return {name: number for name, number in connection.execute(query)}

    def find(self, key: str) -> list[ArticleRecord]:
        """Return the articles that `key` names: an id, a URL, or any spelling of the file's path.

        A path may be relative to anywhere (its last parts are enough), absolute, or lead through links; for
        a file of several articles ``#record`` names one of them, and without it all are returned. What was at a place
        where another article is read by now has its id left, and its URL.
        """
        query = select(*KNOWN).join(VERSIONS, _CURRENT).order_by(ARTICLES.c.id)
        exact = query.where(or_(ARTICLES.c.id == key, ARTICLES.c.url == key))
        with self._engine.connect() as connection:
            found = [article_of(row) for row in connection.execute(exact)]
            for path, record in () if found else readings(key):
                names = {os.path.basename(os.path.normpath(p)) for p in (path, os.path.realpath(path))}
                ends = or_(*(ARTICLES.c.path.endswith(name, autoescape=True) for name in sorted(names)))
                wanted = ends if record is None else ends & (ARTICLES.c.record == record)
                near = [article_of(row) for row in connection.execute(query.where(wanted))]
                if found := at_path(path, near):
                    return [article for article in found if not article.replaced] or found
        return found


class Placed(Protocol):
    """What was read from a file: `path` below the folder `root`."""

    @property
    def root(self) -> str:
        """The folder that was named."""

    @property
    def path(self) -> str:
        """The file below it."""


_Placed = TypeVar("_Placed", bound=Placed)


def readings(key: str) -> Iterator[tuple[str, str | None]]:
    """Yield what path and record the key may mean; a file's name and a record's may hold a # too."""
    path = os.path.expanduser(key)
    if path.strip("./"):
        yield path, None
    for at, character in enumerate(path):
        if character == "#" and path[:at].strip("./"):
            yield path[:at], path[at + 1 :]


def at_path(path: str, near: Sequence[_Placed]) -> list[_Placed]:
    """Return those of `near` whose file is at `path`, else those whose path ends with it."""
    real = os.path.realpath(path)
    same = [article for article in near if os.path.realpath(os.path.join(article.root, article.path)) == real]
    tail = "/" + os.path.normpath(path).removeprefix("/")
    while tail.startswith("/../"):
        tail = tail.removeprefix("/..")
    return same or [article for article in near if f"{article.root}/{article.path}".endswith(tail)]
