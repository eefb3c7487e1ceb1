"""What an asker may see: some collections, some outlets, a range of days of publication."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement

from corpus.catalogue.records import ArticleRecord
from corpus.catalogue.schema import ARTICLES, VERSIONS


@dataclass(frozen=True, slots=True)
class Scope:
    """The articles that an asker may see: those that meet every part that is set. Nothing outside it may be told.

    What is not established is not seen: an article without an outlet is in no scope of outlets, an undated one in none
    with a range, and of a partial date every day that it can mean must lie within the range.

    Args:
        collections: in one of which an article must be; None for all.
        outlets: by one of which it must be published; None for all. An entry point takes any of an outlet's names
            (`bot.opened.Opened.within` makes spellings of them); below it they are the names exactly as articles
            write them.
        since: the first day on which it may have been published.
        until: the last day.
    """

    collections: frozenset[str] | None = None
    outlets: frozenset[str] | None = None
    since: date | None = None
    until: date | None = None

    @property
    def everything(self) -> bool:
        """True where no part is set."""
        return self == _EVERYTHING

    @property
    def of_collections(self) -> bool:
        """True where nothing but collections is set, if anything."""
        return self.outlets is None and self.since is None and self.until is None

    def admits(self, article: ArticleRecord) -> bool:
        """Tell whether the article may be seen."""
        if self.collections is not None and article.collection not in self.collections:
            return False
        if self.outlets is not None and (article.outlet is None or article.outlet not in self.outlets):
            return False
        if self.since is None and self.until is None:
            return True
        if article.published is None or article.published.yearless:
            return False
        first, last = article.published.first(), article.published.last()
        return (self.since is None or first >= self.since) and (self.until is None or last <= self.until)

    def conditions(self) -> Iterable[ColumnElement[bool]]:
        """Yield what rows of ARTICLES and VERSIONS must meet: `admits`, as SQL."""
        if self.collections is not None:
            yield ARTICLES.c.collection.in_(self.collections)
        if self.outlets is not None:
            yield VERSIONS.c.outlet.in_(self.outlets)
        if self.since is not None:
            yield VERSIONS.c.day_first >= self.since.toordinal()
        if self.until is not None:  # an undated one, whose days are null, meets neither
            yield VERSIONS.c.day_last <= self.until.toordinal()


_EVERYTHING = Scope()


def as_scope(given: Scope | frozenset[str] | None) -> Scope | None:
    """Return what an entry point was given as a scope: a set means collections, no part set the same as None: all."""
    scope = Scope(given) if isinstance(given, frozenset) else given
    return None if scope is None or scope.everything else scope
