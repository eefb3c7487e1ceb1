"""How near two words are in meaning, by WordNet 3.0 (see LICENSE beside this file).

Embedding models read a short topic by its commonest sense and miss that a rally is an assembly;
a thesaurus does not. Used where the words of a question meet the words of a sentence.
"""

from __future__ import annotations

import math
import mmap
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

_FOLDER = Path(__file__).parent
_SEMCOR = 258_691  # tagged words
RAREST = math.log(_SEMCOR / 10)


@lru_cache(maxsize=2)
def _lines(name: str) -> mmap.mmap:
    with (_FOLDER / name).open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _find(name: str, key: str) -> bytes | None:
    """Return what follows ``key`` and a tab in a sorted file; None where no line has the key."""
    lines, start = _lines(name), key.encode() + b"\t"
    low, high = 0, len(lines)
    while low < high:  # the first line that is not before the key
        middle = (low + high) // 2
        at = lines.rfind(b"\n", 0, middle) + 1
        end = lines.find(b"\n", middle)
        if lines[at : min(end, at + len(start))] < start:
            low = end + 1
        else:
            high = at
    if lines[low : low + len(start)] != start:
        return None
    return lines[low + len(start) : lines.find(b"\n", low)]


def _pairs(field: bytes) -> list[tuple[str, float]]:
    split = (pair.rpartition(b":") for pair in field.split())
    return [(key.decode(), int(weight) / 100) for key, _, weight in split]


# WordNet's rules of detachment, those of nouns before those of verbs and adjectives.
_ENDINGS = (
    ("ies", "y"), ("ses", "s"), ("xes", "x"), ("zes", "z"), ("ches", "ch"), ("shes", "sh"), ("men", "man"), ("s", ""),
    ("ied", "y"), ("ed", "e"), ("ed", ""), ("ing", "e"), ("ing", ""), ("est", ""), ("er", ""),
    ("est", "e"), ("er", "e"),
)  # fmt: skip


@lru_cache(maxsize=50_000)
def base_forms(word: str) -> tuple[str, ...]:
    """Return what a lower-case word may be an inflected form of, itself first; not all need be words."""
    found = [word]
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 1:
            form = word.removesuffix(ending) + instead
            found.append(form)
            if form[-1:] == form[-2:-1]:  # stopped, running
                found.append(form[:-1])
    return tuple(dict.fromkeys(found))


def _entry(word: str) -> bytes | None:
    """Return the line of a word, or of what it is an inflected form of; None for a word WordNet has not."""
    return next((line for form in base_forms(word) if (line := _find("words.tsv", form)) is not None), None)


@lru_cache(maxsize=4096)
def related(word: str) -> Mapping[str, float]:
    """Return the words near in meaning to a lower-case `word`, as base forms (see `base_forms`).

    1 is a synonym in one of the commoner senses; about .7 parent and child, .5 siblings. Where two
    share several concepts the nearest counts.
    """
    found: dict[str, float] = {}
    line = _entry(word)
    if line is None:
        return found
    for concept, mine in _pairs(line.partition(b"\t")[2]):
        for other, theirs in _pairs(_find("members.tsv", concept) or b""):
            found[other] = max(found.get(other, 0.0), mine * theirs)
    return found


@lru_cache(maxsize=4096)
def rarity(word: str) -> float:
    """Return how much a word tells, from its frequency in general English: about 2 (say) to 10 (no such word).

    The logarithm of inverse relative frequency in SemCor, for corpora too small for their own counts.
    """
    line = _entry(word)
    return RAREST if line is None else math.log(_SEMCOR / (10 * (1 + int(line.partition(b"\t")[0]))))


def is_english(word: str) -> bool:
    """Tell whether WordNet has a lower-case word, or what it is an inflected form of."""
    return _entry(word) is not None


@lru_cache(maxsize=50_000)
def kinds(word: str) -> str:
    """Return what sorts of verb and noun a lower-case `word`, as written, is: letters that `make_kinds` explains."""
    return (_find("kinds.tsv", word) or b"").decode()
