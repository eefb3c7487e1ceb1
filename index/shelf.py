"""What questions read again and again, kept at hand while one generation of the catalogue lasts.

A `Shelf` is thrown away with its generation, so nothing on it is ever out of date. It is bounded: when
it is full it is emptied, which costs little and needs no order of use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from corpus.catalogue import ArticleRecord, Served, StatementRecord
from corpus.catalogue.scope import Scope
from corpus.model import Span
from index.corrected import Corrected, correct, correct_speakers
from index.people import People
from index.rules import Rules

K = TypeVar("K")
V = TypeVar("V")

_ARTICLES = 1000  # whose texts and statements are kept: about 10 MB of news
_STATEMENTS = 10_000  # that are kept singly, as they were found: about as much


def fetch(kept: dict[K, V], keys: Iterable[K], read: Callable[[list[K]], dict[K, V]], most: int) -> dict[K, V]:
    """Return what `keys` stand for, reading only those that are not in `kept`, which has room for `most`."""
    wanted = list(keys)
    # one look at each key: another thread may empty `kept` between two
    found = {key: value for key in wanted if (value := kept.get(key)) is not None}
    missing = [key for key in wanted if key not in found]
    if missing:
        fresh = read(missing)
        if len(kept) + len(fresh) > most:
            kept.clear()
        kept.update(fresh)
        found.update(fresh)
    return found


class Shelf:
    """Texts of the articles that were asked for, and their statements as the rules set them right."""

    def __init__(self, served: Served, rules: Rules) -> None:
        self._served, self._rules = served, rules
        self._texts: dict[str, str] = {}
        self._statements: dict[str, Corrected] = {}
        self._by_id: dict[int, StatementRecord] = {}
        self._copies: dict[str, frozenset[str]] | None = None
        self._people: People | None = None

    def texts(self, articles: Iterable[str]) -> dict[str, str]:
        """Return the served text of each article, by id."""
        return fetch(self._texts, articles, self._served.texts, _ARTICLES)

    def copies(self, articles: Iterable[str], scope: Scope | None) -> dict[str, dict[str, ArticleRecord]]:
        """Return, for each of these articles that has copies within the scope, those copies by id."""
        if self._copies is None:  # of all articles, once: few have any
            self._copies = self._served.copies()
        ids = {article: self._copies[article] for article in articles if article in self._copies}
        known = self._served.articles(frozenset().union(*ids.values()), scope) if ids else {}
        found = {article: {i: known[i] for i in sorted(some) if i in known} for article, some in ids.items()}
        return {article: some for article, some in found.items() if some}

    def statements_of(self, articles: Iterable[str]) -> list[StatementRecord]:
        """Return all statements of these articles, in text order within an article."""
        found = fetch(self._statements, articles, self._read, _ARTICLES)
        return [record for corrected in found.values() for record in corrected.statements]

    def statements(self, ids: Sequence[int]) -> list[StatementRecord]:
        """Return these statements, in this order; unknown ones, and those whose speaker is hidden, are left out."""
        found = fetch(self._by_id, ids, lambda some: {r.id: r for r in self._served.statements(some)}, _STATEMENTS)
        return self._corrected([found[i] for i in ids if i in found]).statements

    def people(self) -> People:
        """Return who speaks in all articles, as the rules set them right; made at the first call."""
        if self._people is None:
            records = self._served.speakers()
            fixed: dict[str, str] = {}
            if not self._rules.speakers.empty:
                articles = self._served.articles({record.article_id for record in records}, None)
                records, fixed = correct_speakers(records, articles, self._rules.speakers, self._rules.outlets)
            self._people = People(records, fixed)
        return self._people

    def withheld(self, articles: Iterable[str]) -> dict[str, list[Span]]:
        """Return the spans that hidden speakers said, by article; articles without any are left out."""
        if self._rules.speakers.empty:
            return {}
        found = fetch(self._statements, articles, self._read, _ARTICLES)
        return {article: spans for article, corrected in found.items() for spans in corrected.withheld.values()}

    def _read(self, articles: list[str]) -> dict[str, Corrected]:
        found: dict[str, list[StatementRecord]] = {article: [] for article in articles}
        for record in self._served.statements_of(articles):
            found[record.article_id].append(record)
        return {article: self._corrected(records) for article, records in found.items()}

    def _corrected(self, records: list[StatementRecord]) -> Corrected:
        if self._rules.speakers.empty:
            return Corrected(records)
        articles = self._served.articles({record.article_id for record in records}, None)
        return correct(records, articles, self._rules.speakers, self._rules.outlets)
