"""Names: the capitalised runs of a text, and when two of them are one person's."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from corpus.statements.cues import verb_forms
from corpus.statements.lexicon import given_names, is_role, is_title, nouns
from corpus.statements.tokens import Unit
from corpus.statements.words import is_function_word

_RUN = re.compile(r"C(?:[C&]|-C|AC(?=C)|I(?=C)|ID?(?=C))*")
_DATELINE = re.compile(r"(?:,C+)?(?:,M*D?)?(?:\([C ]+\))?-")
_OPENERS = ("given", "seen", "known", "born", "gone", "led", "unlike", "dear")
_VERBAL = re.compile(r"(?:ing|ed)\Z")
_PARTICLE = re.compile(r"(?:al|el|ul|ad|as|ash|an|ar)-(?=\w)")
_SUFFIXES = frozenset(("jr", "sr", "ii", "iii", "iv"))
_HEADLINE = 5, 0.9
"""Words of weight, and the share of them in capitals, from which on a line is a headline in title case."""


class Run(NamedTuple):
    """Capitalised tokens `start` to before `end` of unit number `unit`."""

    unit: int
    start: int
    end: int


def runs(units: list[Unit]) -> Iterator[Run]:
    """Yield the capitalised runs of all units, in order; datelines ("PARIS (Agency) —") are left out."""
    for number, unit in enumerate(units):
        for match in _RUN.finditer(unit.tags):
            for start, end in _parted(unit, *match.span()):
                if start or not _DATELINE.match(unit.tags, end):
                    yield Run(number, start, end)


def _parted(unit: Unit, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Part a run at a dash between words, and at the "and" between two people."""
    tags, words = unit.tags, unit.words
    one_body = not nouns()["organisation"].isdisjoint(words[start:end]) or "I" in tags[start:end]
    for place in range(start + 1, end - 1):
        loose = unit.ends[place - 1] < unit.starts[place] and unit.ends[place] < unit.starts[place + 1]
        joins = tags[place] == "A" and words[place] != "&" and not _is_office(words[place - 1 : end])
        if (tags[place] == "-" and loose) or (joins and (words[place + 1] in given_names() or not one_body)):
            yield start, place
            start = place + 1
    yield start, end


def is_title_case(text: str, unit: Unit) -> bool:
    """Tell whether a unit is a headline in which every word of weight has a capital."""
    weighty = [i for i, tag in enumerate(unit.tags) if tag in "CnegVvGF" and len(unit.words[i]) > 2]
    capital = sum(text[unit.starts[i]].isupper() for i in weighty)
    return len(weighty) >= _HEADLINE[0] and capital >= _HEADLINE[1] * len(weighty)


def opens_sentence_only(word: str, common: set[str]) -> bool:
    """Tell whether a word before a name has its capital from the start of the sentence: "Chasing Trump"."""
    if word in given_names():
        return False
    return bool(
        word in _OPENERS or word in verb_forms() or _VERBAL.search(word) or word in common or is_function_word(word)
    )


def _is_office(words: list[str]) -> bool:
    """Tell whether "and" is inside an office: "Soccer Officer and Sporting Director", "Water and Energy Minister"."""
    rest = words[2:]
    office = next((i for i, word in enumerate(rest) if is_role(word) or is_title(word)), 0)
    return is_role(words[0]) or (office > 0 and rest[0] not in given_names() and rest[0] not in nouns()["modifier"])


@lru_cache(maxsize=8192)
def name_words(name: str) -> tuple[str, ...]:
    """The words of a name, as they are compared: in lower case, without accents, particles glued on, and "Jr"."""
    plain = name.lower().replace("’", "'")
    if not plain.isascii():
        letters = unicodedata.normalize("NFKD", plain)
        plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    words = (_PARTICLE.sub("", word.strip(".,")) for word in plain.split())
    return tuple(word for word in words if word and word not in _SUFFIXES)


def same_person(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Tell whether two names can be one person's: one is part of the other, or initials stand for given names."""
    if not one or not other:
        return False
    if set(one) <= set(other) or set(other) <= set(one):
        return True
    if one[-1] != other[-1] or len(one) < 2 or len(other) < 2:
        return False
    short, long = ("".join(words[:-1]) for words in sorted((one, other), key=lambda words: len("".join(words))))
    return len(short) <= 2 and long.startswith(short[0]) and (len(short) < 2 or len(one) != len(other))


def is_fuller(name: str, old: str) -> bool:
    """Tell whether a name is fuller than the one known so far."""
    one, other = name_words(name), name_words(old)
    if len(one) != len(other):
        return len(one) > len(other)
    return len("".join(one)) > len("".join(other)) and not name.isupper()


def initials(name: str) -> list[str]:
    """The acronyms that a name can have: of its capitals, and of all its words."""
    words = [word for word in re.split(r"[\s-]+", name) if word]
    capitals = "".join(word[0] for word in words if word[0].isupper())
    every = "".join(word[0] for word in words).upper()
    first = "".join(word[0] for word in name.partition(" of ")[0].split() if word[0].isupper())
    return list(dict.fromkeys((capitals, every, first)))
