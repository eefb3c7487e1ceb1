"""How well the words of a sentence meet the words of a question."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from index import wordnet
from index.lexical import stems

_RELATED = 0.75  # what a related word is worth beside the word itself
_CONTEXT = 0.5  # what a word nearby is worth beside one in the sentence
_HEAD = 1.5  # the last word of a short topic is its head: "free assembly" is about assembly
_SHORT = 3  # terms up to which a topic is read as one noun phrase


@lru_cache(maxsize=4096)
def terms_of(text: str) -> frozenset[str]:
    """Return the index terms of a sentence."""
    return frozenset(stems(text))


class Topic:
    """What is asked, as weighted terms with their relations; made once a question."""

    def __init__(self, terms: Sequence[str]) -> None:
        """Weigh `terms` by rarity in English, and the head of a short topic more."""
        weights = {term: wordnet.rarity(term) for term in terms}
        if len(terms) <= _SHORT and terms:
            weights[terms[-1]] *= _HEAD
        self._weights: Mapping[str, float] = weights
        self._total = sum(weights.values())
        self._related = {term: wordnet.related(term) for term in terms}

    @property
    def empty(self) -> bool:
        """True where the question has no word that carries meaning."""
        return not self._weights

    def coverage(self, sentence: Collection[str], context: Collection[str] = frozenset()) -> float:
        """Return the weighted share of the topic's terms that the sentence has, in [0, 1].

        A related word counts for less than the word itself, and a word of the context (neighbouring
        sentences, the title) for less than one of the sentence.
        """
        if not self._weights:
            return 0.0
        met = (weight * self._met(term, sentence, context) for term, weight in self._weights.items())
        return sum(met) / self._total

    def exact(self, terms: Collection[str]) -> float:
        """Return the weighted share of the topic's terms that stand in `terms` themselves, in [0, 1]."""
        if not self._weights:
            return 0.0
        return sum(weight for term, weight in self._weights.items() if term in terms) / self._total

    def _met(self, term: str, sentence: Collection[str], context: Collection[str]) -> float:
        if term in sentence:
            return 1.0
        related = self._related[term]
        near = _RELATED * max((related.get(word, 0.0) for word in sentence), default=0.0)
        return max(near, _CONTEXT if term in context else 0.0)
