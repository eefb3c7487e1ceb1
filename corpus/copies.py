"""Copies: the same story under another address, whole, cut short, under another headline, or lightly edited.

Three steps, each cheaper than the next needs to be: equal normalised texts are copies (`Signature.exact`);
other candidates share at least one band of locality-sensitive hashing (`Signature.bands`); of those,
`similar` decides by the true similarity of the shingle sets.

MinHash and banding: A. Broder, "On the resemblance and containment of documents", SEQUENCES 1997;
J. Leskovec, A. Rajaraman, J. Ullman, "Mining of Massive Datasets", chapter 3. A story is cut from its
end, so two of three sketches are of a text's first words: there a short copy equals its original, while
the whole texts may share too little for any sketch of them. The thresholds were chosen on the
development half of `evals.copies`.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

SHINGLE = 4
"""Words in a shingle."""

FEWEST_WORDS = 30
"""Shorter texts are copies only where they are equal."""

LEAST_RESEMBLANCE = 0.55
"""Jaccard similarity of two texts' shingles from which one is a revision of the other."""

REWORDED, REWORDED_KEPT = 0.45, 0.9
"""A lower Jaccard similarity that is enough where that share of the names and of the numbers is kept: a wire story
whose sentences an editor has turned round, not another's story."""

LEAST_CONTAINMENT = 0.75
"""Share of the shorter text's shingles, in the lead of the longer, from which it is that text cut short."""

LEAST_RATIO = 0.25
"""Length of a text cut short, to that of the whole; what is shorter is a brief or a quotation."""

LEAST_HEAD = 0.5
"""Share of the shorter text's first `HEAD` shingles that the longer has: what is new in a follow-up comes first."""

HEAD = 200

LEAST_NAMES, LEAST_NUMBERS, FEW = 0.5, 0.5, 8
"""Shares of the shorter text's names and of its numbers that the longer has, where it has at least `FEW`.

They tell a template filled in anew (weather, results, obituaries) from the same story.
"""

LEAST_FACTS = 0.5
"""Share of names and numbers together, however few, that both texts have, of those and of what the one has in the
place of what the other has. What is cut or added does not count: only one of the two has something of its own then.
"""

_SKETCHES: tuple[tuple[int | None, int, int], ...] = ((128, 8, 2), (320, 8, 2), (None, 8, 2))
"""Of how many of the first shingles (None: all), in how many bands, each of how many minima."""

_PERMUTATIONS = max(bands * rows for _, bands, rows in _SKETCHES)
_SEED = 1
_BLOCK = 8192  # shingles given to MinHash at a time, which holds a number for each of them and each permutation

# Scripts that do not put spaces between words; each of their characters counts as one.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
# with a capital, and not at the start of a sentence; also after words that are quoted
_NAME = re.compile(r"(?:(?<=[\w,;:] )|(?<=,[\"”’'] )|(?<=[\w ][\"“‘] ))[A-Z]\w+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_INVISIBLE = {ord(char): None for char in "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"}

_Hashes = npt.NDArray[np.uint64]
_MULTIPLIER, _MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)
_HALF = np.uint64(32)

Id = TypeVar("Id", str, int)


@dataclass(frozen=True, slots=True)
class Signature:
    """What the catalogue keeps of a text to find its copies by; equal on every machine.

    `exact` is the SHA-256 of the normalised text in hexadecimal; `words` counts its words; `bands` are
    signed 64-bit numbers, none for a text of fewer than `FEWEST_WORDS` words. Two texts are candidates
    where they share a band, whichever its place: the place is part of the number.
    """

    exact: str
    words: int
    bands: tuple[int, ...]


def words(text: str) -> list[str]:
    """Return the words of `text`, normalised: NFKC, case-folded, without punctuation and invisible characters.

    In scripts without spaces between words (Chinese, Thai, Khmer ...) every character is a word.
    """
    plain = unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).casefold()
    return _WORD.findall(unicodedata.normalize("NFKC", plain))


def signature(text: str) -> Signature:
    """Return the signature of `text`: the same in every process and on every machine."""
    found = words(text)
    bands = _bands(_shingles(found)) if len(found) >= FEWEST_WORDS else ()
    return Signature(_exact(found).hex(), len(found), bands)


def exact(text: str) -> str:
    """Return `Signature.exact` of `text` alone, which is quicker."""
    return _exact(words(text)).hex()


def _exact(found: list[str]) -> bytes:
    return hashlib.sha256(" ".join(found).encode("utf-8", "surrogatepass")).digest()


def similar(a: str, b: str) -> bool:
    """Tell whether two texts are copies of each other by their true similarity; `Shingles` for one against many."""
    return Shingles.of(a).similar(Shingles.of(b))


@dataclass(frozen=True, slots=True, eq=False)
class Shingles:
    """A text's shingles, names and numbers: what its true similarity to other texts is computed from."""

    words: int
    exact: bytes
    in_order: _Hashes
    distinct: _Hashes
    names: frozenset[str]
    numbers: frozenset[str]

    @classmethod
    def of(cls, text: str) -> Shingles:
        """Return the shingles of `text`."""
        found = words(text)
        in_order = _shingles(found)
        return cls(
            words=len(found),
            exact=_exact(found),
            in_order=in_order,
            distinct=np.unique(in_order),
            names=frozenset(name.casefold() for name in _NAME.findall(text)),
            numbers=frozenset(_NUMBER.findall(text)),
        )

    def similar(self, other: Shingles) -> bool:
        """Tell whether the two texts are copies of each other; symmetric, and false of texts without a word."""
        if self.exact == other.exact:
            return self.words > 0
        if min(self.words, other.words) < FEWEST_WORDS:
            return False
        short, long = (self, other) if len(self.in_order) <= len(other.in_order) else (other, self)
        names, numbers = _kept(short.names, long.names), _kept(short.numbers, long.numbers)
        least = REWORDED if min(names, numbers) >= REWORDED_KEPT else LEAST_RESEMBLANCE
        return (
            names >= LEAST_NAMES
            and numbers >= LEAST_NUMBERS
            and not short.refilled(long)
            and (_resemblance(short, long) >= least or _cut_short(short, long))
            and _contained(short.in_order[:HEAD], long.distinct) >= LEAST_HEAD
        )

    def refilled(self, other: Shingles) -> bool:
        """Tell whether the two have other names and numbers in the place of each other's, as a template filled in anew.

        Symmetric; false where neither has any.
        """
        mine, theirs = self.names | self.numbers, other.names | other.numbers
        shared, swapped = len(mine & theirs), min(len(mine - theirs), len(theirs - mine))
        return shared < LEAST_FACTS * (shared + swapped)


def groups(lengths: Mapping[Id, int], pairs: Iterable[tuple[Id, Id]]) -> dict[Id, Id]:
    """Return, for each article, the article whose group it is in; its own id where it stands alone.

    `lengths` holds the words of each article, `pairs` those that are `similar`; The
    longest article (the first by id among equals) takes in every article similar to it, then the longest
    of the rest, and so on: each member is similar to the longest of its group, so weak links never chain, and
    the outcome does not depend on the order of arrival ("star" clustering: J. Aslam, E. Pelekhov, D. Rus,
    "The star clustering algorithm", JGAA 2004). Pairs that name an article not in `lengths` are passed over.
    """
    neighbours: dict[Id, list[Id]] = {article: [] for article in lengths}
    for a, b in pairs:
        if a in neighbours and b in neighbours:
            neighbours[a].append(b)
            neighbours[b].append(a)
    heads: dict[Id, Id] = {}
    for article in sorted(lengths, key=lambda one: (-lengths[one], one)):
        if article not in heads:
            heads[article] = article
            for other in neighbours[article]:
                heads.setdefault(other, article)
    return heads


def _resemblance(a: Shingles, b: Shingles) -> float:
    shared = len(np.intersect1d(a.distinct, b.distinct, assume_unique=True))
    return shared / (len(a.distinct) + len(b.distinct) - shared)


def _cut_short(short: Shingles, long: Shingles) -> bool:
    """Tell whether `short` is the beginning of `long`, give or take a headline, an insertion or another ending."""
    if len(short.in_order) < LEAST_RATIO * len(long.in_order):
        return False
    lead = np.unique(long.in_order[: len(short.in_order) * 3 // 2 + 60])
    return _contained(short.in_order, lead) >= LEAST_CONTAINMENT


def _contained(part: _Hashes, whole: _Hashes) -> float:
    """The share of the distinct shingles of `part` that are in `whole`, whose shingles are distinct."""
    distinct = np.unique(part)
    return len(np.intersect1d(distinct, whole, assume_unique=True)) / len(distinct)


def _kept(short: frozenset[str], long: frozenset[str]) -> float:
    return len(short & long) / len(short) if len(short) >= FEW else 1.0


def _shingles(found: list[str]) -> _Hashes:
    """The 64-bit hashes of the runs of `SHINGLE` words, in order: of each word a digest, combined by Horner's rule."""
    digests = {word: _digest(word.encode("utf-8", "surrogatepass")) for word in set(found)}
    hashes = np.array([digests[word] for word in found], dtype=np.uint64)
    runs = np.zeros(max(0, len(hashes) - SHINGLE + 1), dtype=np.uint64)
    for place in range(SHINGLE):
        runs = runs * _MULTIPLIER + hashes[place : place + len(runs)]
    runs = (runs ^ (runs >> _HALF)) * _MIX
    return runs ^ (runs >> _HALF)


def _digest(data: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "little")


def _bands(shingles: _Hashes) -> tuple[int, ...]:
    found: list[int] = []
    for sketch, (first, bands, rows) in enumerate(_SKETCHES):
        minima = _minima(shingles[:first])
        for band in range(bands):
            place = (sketch * 256 + band).to_bytes(2, "little")
            digest = _digest(place + minima[band * rows : (band + 1) * rows].astype("<u4").tobytes())
            found.append(digest - (1 << 64) if digest >> 63 else digest)
    return tuple(found)


def _minima(shingles: _Hashes) -> npt.NDArray[np.uint32]:
    """The MinHash of the shingles: under each of `_PERMUTATIONS` permutations, the least."""
    from datasketch import MinHash

    sketch = MinHash(
        _PERMUTATIONS, seed=_SEED, hashfunc=int, scheme="affine32", permutations=_permutations(), hashvalues=None
    )
    low = (shingles >> _HALF).tolist()
    for start in range(0, len(low), _BLOCK):
        sketch.update_batch(low[start : start + _BLOCK])
    return np.asarray(sketch.hashvalues, dtype=np.uint32)


@lru_cache(maxsize=1)
def _permutations() -> Any:
    """The permutations of `_SEED`, which a MinHash would otherwise draw anew for each text."""
    from datasketch import MinHash

    return MinHash(_PERMUTATIONS, seed=_SEED, scheme="affine32").permutations
