"""Following feeds: what is new or has changed is fetched, what failed is tried again, the rest is left in peace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from corpus.catalogue.feeds import (
    FeedRecord,
    FeedStore,
    ItemRecord,
    failed_try,
    now,
    put_off,
    tries,
    waits,
)
from corpus.errors import LoadError
from corpus.ingest import Incoming
from corpus.loaders import Loading
from corpus.loaders.limits import DEFAULT
from corpus.web.addresses import same_site, shown
from corpus.web.client import Fetched
from corpus.web.feeds import Feed, FeedReader, Item
from corpus.web.pages import Known, read_bytes, read_page, refused, told, wrapped
from corpus.web.robots import NotAsked, Visitor


@dataclass(slots=True)
class FeedsReport:
    """What a run did: which feeds were fetched and read, and which were not."""

    succeeded: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


def run_feeds(
    store: FeedStore,
    visitor: Visitor,
    feeds: Sequence[FeedRecord],
    report: FeedsReport,
    loading: Loading | None = None,
) -> Iterator[Incoming | LoadError]:
    """Yield the articles of these feeds that are new or have changed, and an error for whatever failed.

    That an item became an article is recorded when the next one is asked for: whoever takes one must have
    stored it by then, and an interrupted run repeats what was not.

    Args:
        store: the feeds' state, which is brought up to date.
        visitor: what fetches.
        feeds: those to ask, in this order.
        report: filled in while the run goes on.
        loading: the run that the pages belong to; without one, they and the feeds are parsed in this process.
    """
    isolated = loading is not None and loading.worker is not None
    with FeedReader(loading.limits if loading else DEFAULT, isolated=isolated) as reader:
        for feed in feeds:
            try:
                yield from _Run(store, visitor, feed, reader, loading).articles()
            except LoadError as error:
                store.failed(feed.url, str(error))
                report.failed.append(feed.url)
                yield error
            else:
                report.succeeded.append(feed.url)


class _Run:
    """One feed in one run."""

    def __init__(
        self, store: FeedStore, visitor: Visitor, feed: FeedRecord, reader: FeedReader, loading: Loading | None
    ) -> None:
        self._store, self._visitor, self._feed = store, visitor, feed
        self._reader, self._loading = reader, loading
        self._tried = store.items(feed.url)
        self._at = feed.url  # where the feed was found

    def articles(self) -> Iterator[Incoming | LoadError]:
        """Yield what is new; a LoadError that is raised is of the feed itself."""
        # While an item waits for another try, the feed is wanted whole: unchanged, it would not name the item.
        waiting = [item for item in self._tried.values() if waits(item)]
        etag, modified = (None, None) if waiting else (self._feed.etag, self._feed.modified)
        reply = self._visitor.get(self._feed.url, etag=etag, modified=modified)
        if reply.status == 304:
            self._store.succeeded(self._feed.url, None, self._feed.etag, self._feed.modified)
            return
        problem = refused(reply)
        if problem is not None:
            raise problem
        self._at = reply.url
        found = self._reader.read(reply.body, reply.url, reply.charset)
        for item in found.items:
            if self._wanted(item):
                yield from self._article(found, item)
        named = {item.key for item in found.items}
        for old in waiting:
            if old.key not in named:  # nothing can try it any more, and the feed need not be had whole for it
                self._store.keep(self._feed.url, replace(old, problem=f"{old.problem} (and it has left the feed)"))
        self._store.succeeded(self._feed.url, found.title, reply.etag, reply.modified)

    def _wanted(self, item: Item) -> bool:
        """Tell whether an item is new, has changed, or failed and may be tried again."""
        tried = self._tried.get(item.key)
        return tried is None or tried.updated != item.stamp or waits(tried)

    def _article(self, found: Feed, item: Item) -> Iterator[Incoming | LoadError]:
        """Yield the article of an item, and record what became of it."""
        tried = self._tried.get(item.key)
        state = ItemRecord(
            key=item.key,
            link=item.link,
            updated=item.stamp,
            etag=None,
            modified=None,
            fetched_at=now(),
            article_id=tried.article_id if tried else None,
            problem=None,
        )
        try:
            articles, reply = self._fetched(found, item, tried)
            if reply is not None:
                state = replace(state, etag=reply.etag, modified=reply.modified)
            for incoming in articles:
                if isinstance(incoming, LoadError):
                    raise incoming
                yield incoming
                url = incoming.loaded.document.url or incoming.path
                key = self._store.article_at(self._feed.collection, url, incoming.path)
                state = replace(state, article_id=key)
        except LoadError as error:
            same = tried is not None and tried.updated == item.stamp
            before = tries(tried) if tried is not None and same else 0
            problem = put_off(str(error)) if isinstance(error, NotAsked) else failed_try(str(error), before)
            state = replace(state, etag=None, modified=None, problem=problem)
            if not (same and tried is not None and tried.problem == problem):  # told once, not in every run
                yield LoadError(problem)
        self._store.keep(self._feed.url, state)

    def _fetched(
        self, found: Feed, item: Item, tried: ItemRecord | None
    ) -> tuple[Iterator[Incoming | LoadError], Fetched | None]:
        """Return the article of an item as the feed has it, else its page as its server answers."""
        known = self._known(found, item)
        # Of another site's article a feed can give any text it likes: that one is fetched where it belongs.
        if item.content is not None and same_site(item.link, self._at):
            return self._content(item.content, item, known), None
        etag, modified = (tried.etag, tried.modified) if tried and not tried.problem else (None, None)
        reply = self._visitor.get(item.link, etag=etag, modified=modified)
        if reply.status == 304:
            kept = replace(reply, etag=etag, modified=modified)
            return iter(()), kept
        return read_page(reply, known, self._loading), reply

    def _content(self, content: str, item: Item, known: Known) -> Iterator[Incoming | LoadError]:
        """Yield the article that a feed's item has in full."""
        page = wrapped(content, item.title or "")
        for loaded in read_bytes(page, item.link, "text/html", "utf-8", self._loading):
            if isinstance(loaded, LoadError):
                yield LoadError(f"{loaded} (it is from the feed's own content of {shown(item.link)})")
            else:
                yield Incoming(replace(loaded, document=told(loaded.document, item.link, known)), "", item.link)

    def _known(self, found: Feed, item: Item) -> Known:
        """Return what the feed tells of an item: its title names the outlet of its own site's pages only."""
        own = any(site is not None and same_site(item.link, site) for site in (self._at, found.page))
        return Known(
            title=item.title,
            outlet=self._feed.outlet or (found.title if own else None),
            authors=item.authors,
            published=item.published,
            updated=item.updated,
            language=found.language,
        )
