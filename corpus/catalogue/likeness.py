"""Whether two texts can be one article's: its versions, or what a person removed and what is read there again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any, TypeVar

from corpus.copies import FEWEST_WORDS, Shingles, words

_LOOKED_AT = 150_000  # characters of a text
_ALIKE = 0.4  # share of the shorter text's shingles that one story keeps through its updates
_SHINGLE, _OF_A_BRIEF = 4, 2  # words; in a brief, a word that is replaced would take most runs of four with it
_KEPT = 256  # hashes of an outline: the share that it estimates is within .06 nineteen times in twenty
_BYTES = 3  # of a hash: many runs of words have the same one, so that it does not tell which stood there

_Run = TypeVar("_Run")


def alike(known: str, text: str) -> bool:
    """Tell whether `text` can be a version of the `known` one: the shorter shares much of its wording."""
    size = _size(known)
    return _share_enough(_shingles(known, size), _shingles(text, size))


def refilled(one: str, other: str) -> bool:
    """Tell whether the texts have other names and numbers in the same places: two days' reports on the weather."""
    return Shingles.of(one).refilled(Shingles.of(other))


@dataclass(frozen=True, slots=True)
class Outline:
    """What is kept of a text that was removed, to know a later form of it, and which holds none of its words.

    The least hashes of its shingles, of `shingle` words each: a sample of them that is drawn alike from every text
    ("bottom-k sketch": E. Cohen, H. Kaplan, "Summarizing data using bottom-k sketches", PODC 2007).
    """

    shingle: int
    least: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Outline:
        """Return the outline of `text`."""
        size = _size(text)
        return cls(size, tuple(sorted(_hashes(text, size))[:_KEPT]))

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Outline:
        """Return the outline that `stored` was made of."""
        return cls(int(stored["shingle"]), tuple(stored["least"]))

    def stored(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return {"shingle": self.shingle, "least": list(self.least)}

    def alike(self, text: str) -> bool:
        """Tell whether `text` can be a version of the one that this is the outline of; see `alike`."""
        theirs = _hashes(text, self.shingle)
        if len(self.least) == _KEPT:
            theirs = {one for one in theirs if one <= self.least[-1]}
        return _share_enough({*self.least}, theirs)


def _share_enough(one: Set[_Run], other: Set[_Run]) -> bool:
    return len(one & other) >= _ALIKE * max(1, min(len(one), len(other)))


def _size(text: str) -> int:
    return _SHINGLE if len(words(text[:_LOOKED_AT])) >= FEWEST_WORDS else _OF_A_BRIEF


def _shingles(text: str, size: int) -> set[tuple[str, ...]]:
    found = words(text[:_LOOKED_AT])
    return {tuple(found[at : at + size]) for at in range(max(1, len(found) - size + 1))} if found else set()


def _hashes(text: str, size: int) -> set[int]:
    runs = (" ".join(run).encode("utf-8", "surrogatepass") for run in _shingles(text, size))
    return {int.from_bytes(hashlib.blake2b(run, digest_size=_BYTES).digest(), "big") for run in runs}
