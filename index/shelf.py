"""What questions read again and again, kept at hand while one generation of the catalogue lasts.

A `Shelf` is thrown away with its generation, so nothing on it is ever out of date. It is bounded: when
it is full it is emptied, which costs little and needs no order of use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from corpus.catalogue import Catalogue, StatementRecord

K = TypeVar("K")
V = TypeVar("V")

_ARTICLES = 1000  # whose texts and statements are kept: about 10 MB of news


def fetch(kept: dict[K, V], keys: Iterable[K], read: Callable[[list[K]], dict[K, V]], most: int) -> dict[K, V]:
    """Return what `keys` stand for, reading only those that are not in `kept`, which has room for `most`."""
    wanted = list(keys)
    missing = [key for key in wanted if key not in kept]
    found = {key: kept[key] for key in wanted if key in kept}
    if missing:
        fresh = read(missing)
        if len(kept) + len(fresh) > most:
            kept.clear()
        kept.update(fresh)
        found.update(fresh)
    return found


class Shelf:
    """Texts and statements of the articles that were asked for."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._texts: dict[str, str] = {}
        self._statements: dict[str, list[StatementRecord]] = {}

    def texts(self, articles: Iterable[str]) -> dict[str, str]:
        """Return the current text of each article, by id."""
        return fetch(self._texts, articles, self._catalogue.texts, _ARTICLES)

    def statements_of(self, articles: Iterable[str]) -> list[StatementRecord]:
        """Return all statements of these articles, in text order within an article."""
        found = fetch(self._statements, articles, self._read, _ARTICLES)
        return [record for records in found.values() for record in records]

    def _read(self, articles: list[str]) -> dict[str, list[StatementRecord]]:
        found: dict[str, list[StatementRecord]] = {article: [] for article in articles}
        for record in self._catalogue.statements_of(articles):
            found[record.article_id].append(record)
        return found
