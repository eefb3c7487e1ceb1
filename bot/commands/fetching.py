"""What is fetched from the web, on its way into the catalogue and the index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from bot.settings import Settings
from corpus.catalogue import Catalogue
from corpus.catalogue.feeds import FeedRecord, FeedStore
from corpus.errors import LoadError
from corpus.ingest import Incoming, IngestReport
from corpus.loaders import Loading
from corpus.web.client import Client
from corpus.web.pages import fetch_article
from corpus.web.robots import Visitor
from corpus.web.subscriptions import FeedsReport, run_feeds
from index.ingest import Watcher, take


def fetch_pages(
    settings: Settings,
    catalogue: Catalogue,
    urls: Sequence[str],
    collection: str,
    outlet: str | None,
    allow_private: bool,
    watcher: Watcher,
) -> IngestReport:
    """Fetch single pages and take them in; what could not be had is in the report's errors.

    Raises:
        UsageError: another process is writing.
    """
    visitor = Visitor(Client(allow_private=allow_private))
    with Loading() as loading:

        def pages() -> Iterator[Incoming | LoadError]:
            for url in urls:
                yield from fetch_article(visitor, url, loading)

        return take(settings.place(), catalogue, settings.index(), pages(), collection, outlet, watcher)


def fetch_feeds(
    settings: Settings, catalogue: Catalogue, feeds: Sequence[FeedRecord], allow_private: bool, watcher: Watcher
) -> tuple[IngestReport, FeedsReport]:
    """Ask these feeds, each for its own collection, and take in what is new.

    Raises:
        UsageError: another process is writing.
    """
    store, visitor = FeedStore(catalogue), Visitor(Client(allow_private=allow_private))
    whole, fed = IngestReport(), FeedsReport()
    with Loading() as loading:
        for collection, some in groupby(sorted(feeds, key=_collection), _collection):
            items = run_feeds(store, visitor, list(some), fed, loading)
            whole.add(take(settings.place(), catalogue, settings.index(), items, collection, None, watcher))
    return whole, fed


def _collection(feed: FeedRecord) -> str:
    return feed.collection
