"""What ``who`` and ``timeline`` have in common: flags, how far the corpus reaches, refusals, lines on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from bot.ask import Filters, Whosaid
from bot.cite import one_line
from bot.commands.ask import days_of, open_engine, scope_of
from bot.link import Page
from bot.opened import Opened
from bot.settings import Settings
from bot.unmatched import Reach, empty, reach_of, restrictions, unmatched
from bot.visible import typed
from bot.web.signing import links_of
from corpus.catalogue import CorpusSummary
from corpus.catalogue.scope import Scope, as_scope
from corpus.errors import UsageError
from index.facets import fold
from index.query import Query

REFUSED = 3
_NOTHING = CorpusSummary(articles=0, generation=0, oldest=None, newest=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """The flags that say which articles to look in, as typed."""

    since: str | None = None
    until: str | None = None
    outlets: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()

    def filters(self) -> Filters:
        """Return them read (UsageError where they are wrong)."""
        since, until = days_of(self.since, self.until)
        return Filters(outlets=self.outlets, since=since, until=until)


@dataclass(frozen=True, slots=True)
class Place:
    """A home opened to be looked through by one asker."""

    opened: Opened
    scope: Scope | None
    page: Page | None

    def reach(self, filters: Filters) -> Reach:
        """Return how far the corpus reaches for the asker."""
        summary, spellings = self.opened.summary(self.scope, None), self.opened.one_name(self.scope)
        outlets = sorted({spellings.get(name, name) for name in self.opened.served.outlets(self.scope)})
        named = {fold(name): name for name in filters.outlets}
        return Reach(summary=summary, whole=summary, typed=named, outlets=outlets)

    def within(self, query: Query, filters: Filters) -> str:
        """Return what was looked through: " in X since Y in 64 articles (...)", for a sentence."""
        reach = self.reach(filters)
        return f"{restrictions(query, reach, self.opened.names(self.scope))} in {reach_of(reach.summary)}"

    def unmatched(self, query: Query, filters: Filters) -> str | None:
        """Return a sentence where the flags let no article through; it looks at all of them."""
        if not query.facets.restricted:
            return None
        served, reach = self.opened.served, self.reach(filters)
        articles = served.articles(served.newest(self.scope, reach.summary.articles), self.scope)
        if any(query.facets.admit(article) for article in articles.values()):
            return None
        return unmatched(query, reach, self.opened.names(self.scope))


@contextmanager
def looking(settings: Settings, narrowed: Narrowed) -> Iterator[Place | str]:
    """Yield the home as the asker may see it, or a sentence where nothing is in it.

    Raises:
        UsageError: a collection does not exist.
        StaleIndexError: the index does not serve these settings.
    """
    engine: Whosaid = open_engine(settings)
    try:
        links = links_of(settings)
        page = partial(links.page, audience="") if links else None
        with engine.opener.reading() as opened:
            scope = as_scope(scope_of(engine, narrowed.collections))
            seen = opened.within(scope) if opened else scope
            if opened is None or not opened.summary(seen, None).articles:
                stored = engine.catalogue.collections()
                waiting = sum(n for name, n in stored.items() if seen is None or name in narrowed.collections)
                yield empty(Reach(summary=_NOTHING, whole=_NOTHING, waiting=waiting), None)
            else:
                yield Place(opened, seen, page)
    finally:
        engine.close()


def topic_of(words: str) -> str:
    """Return a topic as typed, in one line.

    Raises:
        UsageError: nothing is left of it.
    """
    topic = one_line(typed(words)).strip(" ?.!")
    if not topic:
        raise UsageError("the topic is empty; write what was spoken about, in quotation marks")
    return topic
