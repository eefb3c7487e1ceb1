"""How well the words of a sentence meet the words of a question."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from index import wordnet
from index.lexical import stems

_WORD = re.compile(r"[^\W\d_]+")
_RELATED = 0.75  # what a related word is worth beside the word itself
_CONTEXT = 0.5  # what a word nearby is worth beside one in the sentence
_HEAD = 1.5  # the last word of a short topic is its head: "free assembly" is about assembly
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
        self._weights: Mapping[str, float] = weights
        self._total = sum(weights.values())
        self._related = {term: wordnet.related(word) for term, word in words.items()}

    @property
    def empty(self) -> bool:
        """True where the question has no word that carries meaning."""
        return not self._weights

    def coverage(self, sentence: Terms, context: Terms = NONE) -> float:
        """Return the weighted share of the topic's terms that the sentence has, in [0, 1].

        A related word counts for less than the word itself, and a word of the context (neighbouring
        sentences, the title) for less than one of the sentence.
        """
        if not self._weights:
            return 0.0
        met = (weight * self._met(term, sentence, context) for term, weight in self._weights.items())
        return sum(met) / self._total

    def exact(self, terms: Terms) -> float:
        """Return the weighted share of the topic's terms that stand in `terms` themselves, in [0, 1]."""
        if not self._weights:
            return 0.0
        return sum(weight for term, weight in self._weights.items() if term in terms.stems) / self._total

    def _met(self, term: str, sentence: Terms, context: Terms) -> float:
        if term in sentence.stems:
            return 1.0
        related = self._related[term]
        near = _RELATED * max((related[word] for word in related.keys() & sentence.forms), default=0.0)
        return max(near, _CONTEXT if term in context.stems else 0.0)
