"""How well the words of a sentence meet the words of a question."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import NamedTuple

from index import wordnet
from index.lexical import stems

_WORD = re.compile(r"[^\W\d_]+")
_RELATED = 0.75  # what a related word is worth beside the word itself
_CONTEXT = 0.5  # what a word nearby is worth beside one in the sentence
_HEAD = 1.5  # the last word of a short topic is its head: "free assembly" is about assembly
_LONG = 8  # terms above which a question has words enough of its own
_SHORT = 3  # terms up to which a topic is read as one noun phrase


class Terms(NamedTuple):
    """The words of a text as index terms (stems), which are matched, and as base forms, which are related."""

    stems: frozenset[str]
    forms: frozenset[str]

    def __or__(self, other: Terms) -> Terms:
        """Return the words of both."""
        return Terms(self.stems | other.stems, self.forms | other.forms)


NONE = Terms(frozenset(), frozenset())


@lru_cache(maxsize=4096)
def terms_of(text: str) -> Terms:
    """Return the words of a text."""
    forms = (form for word in set(_WORD.findall(text.lower())) for form in wordnet.base_forms(word))
    return Terms(frozenset(stems(text)), frozenset(forms))


class Met(NamedTuple):
    """Weighted shares of a topic's terms, each in [0, 1].

    `own`: in the sentence; `related`: there, or by a word near in meaning, which counts for less;
    `context`: the same, or in the words around the sentence, which count for less too.
    """

    own: float
    related: float
    context: float


class Topic:
    """What is asked, as weighted terms with their relations; made once a question."""

    def __init__(self, words: Mapping[str, str]) -> None:
        """Weigh the words by rarity in English, and the head of a short topic more.

        Args:
            words: term -> the word it is the stem of, in order (see `index.query.content_words`).
        """
        weights = {term: wordnet.rarity(word) for term, word in words.items()}
        if words and len(words) <= _SHORT:
            weights[list(words)[-1]] *= _HEAD
        self._words, self._weights = words, weights
        self._total = sum(weights.values()) or 1.0

    @property
    def empty(self) -> bool:
        """True where the question has no word that carries meaning."""
        return not self._weights

    def exact(self, terms: Terms) -> float:
        """Return the weighted share of the topic's terms that stand in `terms` themselves, in [0, 1]."""
        return sum(self._weights[term] for term in self._weights.keys() & terms.stems) / self._total

    def coverage(self, sentence: Terms, context: Terms = NONE) -> float:
        """Return the share of the topic that the sentence meets by itself or with its context, in [0, 1]."""
        return self.met(sentence, context).context

    def met(self, sentence: Terms, context: Terms = NONE) -> Met:
        """Return how far a sentence with the words around it meets the topic."""
        weights = self._weights
        own = weights.keys() & sentence.stems
        near: dict[str, float] = {}
        for form in self._reach.keys() & sentence.forms:
            for term, share in self._reach[form]:
                if term not in own:
                    near[term] = max(share, near.get(term, 0.0))
        exact = sum(weights[term] for term in own)
        related = exact + sum(weights[term] * share for term, share in near.items())
        around = (weights.keys() & context.stems) - own
        more = sum(weights[term] * max(0.0, _CONTEXT - near.get(term, 0.0)) for term in around)
        return Met(exact / self._total, related / self._total, (related + more) / self._total)

    @cached_property
    def _reach(self) -> dict[str, list[tuple[str, float]]]:
        """Return, for each word near in meaning to a term, which terms and what it is worth."""
        found: dict[str, list[tuple[str, float]]] = {}
        if len(self._words) > _LONG:
            return found
        for term, word in self._words.items():
            for form, nearness in wordnet.related(word).items():
                found.setdefault(form, []).append((term, _RELATED * nearness))
        return found
