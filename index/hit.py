"""What a search finds: a passage with its article, its sentences and its score."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.catalogue import ArticleRecord, PassageRecord
from index.sentences import PassageSentences


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found: its article, its sentences with their vectors, its score in [0, 1] and the parts."""

    article: ArticleRecord
    passage: PassageRecord
    sentences: PassageSentences
    score: float
    cosine: float
    best_sentence: float
    lexical: float
