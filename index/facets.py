"""Facets: what restricts a search to some articles, applied alike by every kind of candidate."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from corpus.catalogue import ArticleRecord
from corpus.catalogue.scope import Scope

UNDATED = 0  # the day ordinal that undated articles carry in an index


@lru_cache(maxsize=4096)
def fold(name: str) -> str:
    """Return `name` for comparison: lower case, no accents, single spaces, no leading article."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return re.sub(r"^the\s+", "", re.sub(r"[\s_]+", " ", plain).strip().lower())


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """The articles a search may use.

    `scope`, what the asker may see, must be said: None, which only an entry point may say, is everything.
    It and `as_of` come from who asks and when; the rest from flags or the question. `outlets` and
    `authors` are folded names (see `fold`); `since` and `until` are inclusive days of publication.
    """

    scope: Scope | None
    outlets: frozenset[str] = frozenset()
    authors: frozenset[str] = frozenset()
    since: date | None = None
    until: date | None = None
    as_of: date | None = None

    @property
    def restricted(self) -> bool:
        """True where a facet other than scope and as_of is set."""
        return bool(self.outlets or self.authors or self.since or self.until)

    @property
    def open(self) -> bool:
        """True where every article may be used."""
        return not self.restricted and self.scope is None and self.as_of is None

    def unrestricted(self) -> Facets:
        """Return what the asker may see then, without what else the search asks for."""
        return Facets(scope=self.scope, as_of=self.as_of)

    def admit(self, article: ArticleRecord) -> bool:
        """Tell whether the article may be used; an undated one never passes a range of dates."""
        if not self.shows(article):
            return False
        if self.outlets and fold(article.outlet or "") not in self.outlets:
            return False
        if self.authors and not any(self._by(author) for author in article.authors):
            return False
        if article.published is None:
            return self.since is None and self.until is None
        first, last = article.published.first(), article.published.last()
        if self.as_of is not None and first > self.as_of:
            return False
        return (self.since is None or last >= self.since) and (self.until is None or first <= self.until)

    def shows(self, article: ArticleRecord) -> bool:
        """Tell whether the asker may see the article, whatever else the search asks for."""
        return self.scope is None or self.scope.admits(article)

    def _by(self, author: str) -> bool:
        words = set(fold(author).split())
        return any(set(name.split()) <= words for name in self.authors)
