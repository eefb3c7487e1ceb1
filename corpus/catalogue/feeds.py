"""The feeds that a catalogue follows, and what became of their items."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from corpus.catalogue.read import CatalogueReader
from corpus.catalogue.schema import ARTICLES, FEED_ITEMS, FEEDS, VERSIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRecord:
    """A feed that is followed.

    `outlet` is what the user said, `title` what the feed says. `etag` and `modified` are what its server said of
    its last state all of whose items were dealt with. `succeeded_at` is when it was last fetched and read,
    `problem` why it was not the last time. `every_seconds` is how often it is meant to be asked, None where
    nobody said. Times are ISO 8601, UTC.
    """

    url: str
    collection: str
    title: str | None = None
    outlet: str | None = None
    added_at: str
    etag: str | None = None
    modified: str | None = None
    tried_at: str | None = None
    succeeded_at: str | None = None
    problem: str | None = None
    every_seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRecord:
    """An item of a feed that was tried: `problem` is None where it became an article, `fetched_at` when it was tried.

    `updated` is what the feed said of its last change then; `etag` and `modified` are its page's.
    """

    key: str
    link: str
    updated: str | None
    etag: str | None
    modified: str | None
    fetched_at: str
    article_id: str | None
    problem: str | None


TRIES = 3
"""How often an item is tried in all, each time in another run, unless the feed says that it has changed."""

_TRIED = re.compile(r" \(try (\d) of \d\)$")
_NOT_ASKED = " (not counted as a try: asked again in the next run)"


def failed_try(error: str, before: int) -> str:
    """Return the problem of an item that failed after so many tries."""
    return f"{error} (try {before + 1} of {TRIES})"


def put_off(error: str) -> str:
    """Return the problem of an item that was not asked for, as robots.txt or its host would not have it now."""
    return f"{error}{_NOT_ASKED}"


def tries(item: ItemRecord) -> int:
    """Return how often an item was tried in vain, `TRIES` where it is not tried any more."""
    if item.problem is None or item.problem.endswith(_NOT_ASKED):
        return 0
    found = _TRIED.search(item.problem)
    return int(found[1]) if found else TRIES


def waits(item: ItemRecord) -> bool:
    """Tell whether an item failed and is to be tried again."""
    return item.problem is not None and tries(item) < TRIES


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """The items of a feed that became no article: how many are tried no more, how many will be; the last problem."""

    given_up: int = 0
    waiting: int = 0
    problem: str | None = None


class FeedStore:
    """Feeds and their items in a catalogue; writing is for who holds the writer's lock, or adds and removes."""

    def __init__(self, catalogue: CatalogueReader) -> None:
        self._engine = catalogue._engine

    def feeds(self) -> list[FeedRecord]:
        """Return all feeds, in the order of their URLs."""
        with self._engine.connect() as connection:
            return [FeedRecord(**row._mapping) for row in connection.execute(select(FEEDS).order_by(FEEDS.c.url))]

    def find(self, url: str) -> FeedRecord | None:
        """Return the feed at `url`, if it is followed."""
        with self._engine.connect() as connection:
            row = connection.execute(select(FEEDS).where(FEEDS.c.url == url)).one_or_none()
        return FeedRecord(**row._mapping) if row is not None else None

    def add(self, url: str, collection: str, outlet: str | None, every_seconds: int | None) -> bool:
        """Follow a feed, or change how it is followed; return whether it is new.

        For another collection than before its items are new once more; the articles that they became stay.
        """
        values = {"collection": collection, "outlet": outlet, "every_seconds": every_seconds}
        with self._engine.begin() as connection:
            before = connection.scalar(select(FEEDS.c.collection).where(FEEDS.c.url == url))
            if before is None:
                connection.execute(insert(FEEDS).values(url=url, added_at=now(), **values))
                return True
            if before != collection:
                connection.execute(delete(FEED_ITEMS).where(FEED_ITEMS.c.feed_url == url))
                values |= {"etag": None, "modified": None}
            connection.execute(update(FEEDS).where(FEEDS.c.url == url).values(**values))
        return False

    def remove(self, url: str) -> bool:
        """Follow a feed no more; its articles stay. Return whether it was followed."""
        with self._engine.begin() as connection:
            connection.execute(delete(FEED_ITEMS).where(FEED_ITEMS.c.feed_url == url))
            return bool(connection.execute(delete(FEEDS).where(FEEDS.c.url == url)).rowcount)

    def items(self, feed: str) -> dict[str, ItemRecord]:
        """Return the items of a feed that were tried, by key."""
        columns = [column for column in FEED_ITEMS.c if column.name != "feed_url"]
        with self._engine.connect() as connection:
            rows = connection.execute(select(*columns).where(FEED_ITEMS.c.feed_url == feed))
            return {row.key: ItemRecord(**row._mapping) for row in rows}

    def unread(self) -> dict[str, Unread]:
        """Return, by feed, what became of the items that became no article; a feed without any is left out."""
        columns = [column for column in FEED_ITEMS.c if column.name != "feed_url"]
        query = select(FEED_ITEMS.c.feed_url, *columns).where(FEED_ITEMS.c.problem.is_not(None))
        found: dict[str, list[ItemRecord]] = {}
        with self._engine.connect() as connection:
            for row in connection.execute(query.order_by(FEED_ITEMS.c.fetched_at, FEED_ITEMS.c.key)):
                known = dict(row._mapping)
                found.setdefault(known.pop("feed_url"), []).append(ItemRecord(**known))
        waiting = {feed: sum(map(waits, items)) for feed, items in found.items()}
        return {
            feed: Unread(given_up=len(items) - waiting[feed], waiting=waiting[feed], problem=items[-1].problem)
            for feed, items in found.items()
        }

    def keep(self, feed: str, item: ItemRecord) -> None:
        """Record what became of an item, in place of what was recorded of it before."""
        values = {name: getattr(item, name) for name in ItemRecord.__dataclass_fields__}
        with self._engine.begin() as connection:
            mine = (FEED_ITEMS.c.feed_url == feed) & (FEED_ITEMS.c.key == item.key)
            connection.execute(delete(FEED_ITEMS).where(mine))
            connection.execute(insert(FEED_ITEMS).values(feed_url=feed, **values))

    def succeeded(self, feed: str, title: str | None, etag: str | None, modified: str | None) -> None:
        """Record that a feed was fetched, read, and its items tried."""
        known = {"title": title} if title else {}
        self._set(feed, succeeded_at=now(), problem=None, etag=etag, modified=modified, **known)

    def failed(self, feed: str, problem: str) -> None:
        """Record why a feed could not be fetched or read."""
        self._set(feed, problem=problem)

    def _set(self, feed: str, **values: Any) -> None:
        with self._engine.begin() as connection:
            connection.execute(update(FEEDS).where(FEEDS.c.url == feed).values(tried_at=now(), **values))

    def article_at(self, collection: str, url: str, place: str) -> str | None:
        """Return the id of the article with this URL, or that was read at this place on the web."""
        mine = ARTICLES.c.collection == collection
        here = (ARTICLES.c.root == "") & (ARTICLES.c.path == place)
        with self._engine.connect() as connection:
            for condition in (here, ARTICLES.c.url == url):
                found = connection.scalar(select(ARTICLES.c.id).where(mine & condition).order_by(ARTICLES.c.id))
                if found is not None:
                    return str(found)
        return None


def newest_article(catalogue: CatalogueReader) -> dict[str, str | None] | None:
    """Return id, date, title and outlet of the article that was published last; None where none has a date."""
    current = (ARTICLES.c.id == VERSIONS.c.article_id) & (ARTICLES.c.current == VERSIONS.c.number)
    query = select(ARTICLES.c.id, VERSIONS.c.published, VERSIONS.c.title, VERSIONS.c.outlet).join(VERSIONS, current)
    # By day first: dates are known as far as their sources say, and "2041" sorts before "2041-01-01".
    order = VERSIONS.c.day_last.desc(), VERSIONS.c.published.desc(), ARTICLES.c.id
    with catalogue._engine.connect() as connection:
        row = connection.execute(query.where(VERSIONS.c.day_last.is_not(None)).order_by(*order).limit(1)).one_or_none()
    return dict(row._mapping) if row is not None else None


def now() -> str:
    """Return the time, as the catalogue writes it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """A feed that is late: `succeeded_at` is its last success, None where there was none."""

    url: str
    succeeded_at: str | None
    problem: str | None


_DAY = 24 * 3600


def lateness(feeds: Iterable[FeedRecord], at: datetime) -> Sequence[Late]:
    """Return the feeds that are late at a time: twice their interval after their last success, or a day without one.

    One that was never fetched is counted from when it was added.
    """
    late = []
    for feed in feeds:
        since = datetime.fromisoformat(feed.succeeded_at or feed.added_at)
        if (at - since).total_seconds() > (2 * feed.every_seconds if feed.every_seconds else _DAY):
            late.append(Late(url=feed.url, succeeded_at=feed.succeeded_at, problem=feed.problem))
    return late
