"""By which words an answer is known: those of a statement that a question on it does not have."""

from __future__ import annotations

import re

from bot.topics import Rarity
from index.terms import content_words

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_NUMBER = re.compile(r"(?<![\w.,])\d[\d.,]*(?<![.,])(?!\w)")
_SHORTEST = 4  # letters of a word that tells an answer


def telling(content: str, asked: str, rarity: Rarity, number: int = 2) -> tuple[str, ...]:
    """Return the words by which an answer is known that are not in the question: numbers first, then rare words."""
    barred = content_words(asked).keys()
    numbers = [match[0] for match in _NUMBER.finditer(content)]
    words = {match[0] for match in _WORD.finditer(content) if len(match[0]) >= _SHORTEST}
    rare = [word for word in words if content_words(word) and not content_words(word).keys() & barred]
    return tuple(dict.fromkeys((*numbers, *sorted(rare, key=lambda word: (-rarity.of(word), word)))))[:number]
