"""One representative of each story: what ran in several places is found once, from where it ran first."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from corpus.catalogue import ArticleRecord
from index.hit import Hit

_SPACE = re.compile(r"\s+")


def without_copies(hits: Sequence[Hit], copies: Mapping[str, Collection[str]], texts: Mapping[str, str]) -> list[Hit]:
    """Return the hits, best first, without those whose words stand in a copy that is already there.

    A copy that was published earlier takes the place of a later one. What only the fuller copy has is kept.

    Args:
        hits: passages, best first, of articles that all satisfy the filters and the scope.
        copies: the copies of each article, by id.
        texts: the articles' texts, by id.
    """
    taken: list[Hit] = []
    for hit in hits:
        mine = copies.get(hit.article.id, ())
        at = next((i for i, one in enumerate(taken) if one.article.id in mine and _same(one, hit, texts)), None)
        if at is None:
            taken.append(hit)
        elif earlier(hit.article, taken[at].article) and _holds(texts[hit.article.id], taken[at], texts):
            taken[at] = hit
    return taken


def earlier(one: ArticleRecord, other: ArticleRecord) -> bool:
    """Tell whether an article was published before another; an undated one was not."""
    return _order(one) < _order(other)


def _order(article: ArticleRecord) -> tuple[date, str, str]:
    published = article.published
    if published is None or published.yearless:
        return date.max, "", article.id
    return published.first(), published.value, article.id


def _same(one: Hit, other: Hit, texts: Mapping[str, str]) -> bool:
    """Tell whether the words of the passage `other` stand in the article of `one`."""
    return _holds(texts[one.article.id], other, texts)


def _holds(text: str, hit: Hit, texts: Mapping[str, str]) -> bool:
    words = _SPACE.sub(" ", hit.passage.span.of(texts[hit.article.id])).strip()
    return words in _SPACE.sub(" ", text)
