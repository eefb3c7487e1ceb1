"""Closed classes of words, written as a sentence is."""

from __future__ import annotations


def word_set(words: str) -> frozenset[str]:
    """Return the words of a text between spaces."""
    return frozenset(words.split())
