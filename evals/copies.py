"""How well copies are told from other articles: `corpus.copies` on pairs made and found among real articles.

    python -m evals.copies SCALE_FILE [--show]

SCALE_FILE holds one article a line as JSON (``url``, ``title``, ``published_at``, ``body``), gzipped or
not. The articles are parted in two halves, by their text, of equal texts only the first is kept. Thresholds
were chosen on pairs of the first half (dev); the second (test) is for reporting. 200 pairs are made of
each with a fixed seed: 120 copies and 80 that are none (see `evals.copies_pairs`).

A pair is *found* when the whole path says so: the normalised texts are equal, or the signatures share a
band and the true similarity is high enough. Precision = copies found / pairs found; recall = copies found /
copies; both in 0..1, and 1 where there is nothing to count. *Candidates* are the articles of the file that
share a band with an article: how many true similarities an ingest computes for each.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.copies import Shingles, Signature, groups, signature, similar, words
from corpus.errors import UsageError, WhosaidError
from evals.copies_pairs import Article, Pair, article, make_pairs

SEED = 20240305


@dataclass(frozen=True, slots=True)
class Score:
    """Counts over pairs, and the two figures made of them."""

    pairs: int
    copies: int
    found: int
    right: int

    @property
    def precision(self) -> float:
        """The share of the found pairs that are copies."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """The share of the copies that are found."""
        return self.right / self.copies if self.copies else 1.0


@dataclass(frozen=True, slots=True)
class Catalogued:
    """What grouping a whole list of articles gave: each group's places in the list, the longest first."""

    groups: list[list[int]]
    candidates: float
    most_candidates: int
    seconds_to_sign: float
    seconds_to_check: float


def read(file: Path) -> list[Article]:
    """Return the articles of the file.

    Raises:
        UsageError: the file cannot be read, or a line is no article.
    """
    found = []
    try:
        with gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    found.append(article(json.loads(line)))
                except (ValueError, KeyError, TypeError) as error:
                    raise UsageError(f"{file}:{number}: no article ({error}); every line must be one") from error
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {file}: {error}; give a file of JSON Lines") from error
    return found


def halves(articles: Sequence[Article]) -> tuple[list[Article], list[Article]]:
    """Return the development and the test half, parted by the digest of the text, each text once."""
    parted: tuple[list[Article], list[Article]] = ([], [])
    seen: set[bytes] = set()
    for one in articles:
        digest = hashlib.sha256(" ".join(words(one.body)).encode("utf-8", "surrogatepass")).digest()
        if digest not in seen:
            seen.add(digest)
            parted[digest[0] & 1].append(one)
    return parted


def found(pair: Pair) -> bool:
    """Tell whether the whole path, candidates and check, takes the pair for copies."""
    a, b = signature(pair.a), signature(pair.b)
    return a.exact == b.exact or (not set(a.bands).isdisjoint(b.bands) and similar(pair.a, pair.b))


def score(pairs: Sequence[Pair], verdicts: Sequence[bool]) -> Score:
    """Return the counts over `pairs`, of which `verdicts` tells those found."""
    right = sum(pair.copies and verdict for pair, verdict in zip(pairs, verdicts, strict=True))
    return Score(len(pairs), sum(pair.copies for pair in pairs), sum(verdicts), right)


def report(name: str, pairs: Sequence[Pair], verdicts: Sequence[bool]) -> Iterator[str]:
    """Yield the lines that tell of `pairs`: all of them, each kind, and each that was taken wrongly."""
    whole = score(pairs, verdicts)
    yield (
        f"{name}: {whole.pairs} pairs, {whole.copies} copies: "
        f"precision {whole.precision:.3f} ({whole.right}/{whole.found}), "
        f"recall {whole.recall:.3f} ({whole.right}/{whole.copies})"
    )
    kinds: dict[str, list[bool]] = defaultdict(list)
    for pair, verdict in zip(pairs, verdicts, strict=True):
        kinds[pair.kind].append(pair.copies == verdict)
        if pair.copies != verdict:
            yield f"  wrong: {pair.kind} {' '.join(pair.urls)}"
    yield "  right by kind: " + ", ".join(f"{kind} {sum(rights)}/{len(rights)}" for kind, rights in kinds.items())


def catalogue(texts: Sequence[str]) -> Catalogued:
    """Group `texts` as a catalogue would: candidates by equal texts and shared bands, then the true similarity."""
    start = time.perf_counter()
    signed = [signature(text) for text in texts]
    signing = time.perf_counter() - start
    candidates = _candidates(signed)
    start = time.perf_counter()
    shingles = {n: Shingles.of(texts[n]) for pair in candidates for n in pair}
    pairs = [(a, b) for a, b in candidates if shingles[a].similar(shingles[b])]
    checking = time.perf_counter() - start
    of: dict[int, list[int]] = defaultdict(list)
    lengths = {n: one.words for n, one in enumerate(signed)}
    for member, head in groups(lengths, pairs).items():
        of[head].append(member)
    several = [sorted(group, key=lambda n: (-lengths[n], n)) for group in of.values() if len(group) > 1]
    number = defaultdict[int, int](int)
    for pair in candidates:
        for n in pair:
            number[n] += 1
    return Catalogued(
        several, sum(number.values()) / max(1, len(texts)), max(number.values(), default=0), signing, checking
    )


def _candidates(signed: Sequence[Signature]) -> list[tuple[int, int]]:
    holders: dict[int | str, list[int]] = defaultdict(list)
    for n, one in enumerate(signed):
        holders[one.exact].append(n)
        for band in set(one.bands):
            holders[band].append(n)
    return sorted({(a, b) for held in holders.values() for at, b in enumerate(held) for a in held[:at]})


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the report; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m evals.copies", description="How well copies are found.")
    parser.add_argument("file", type=Path, metavar="SCALE_FILE", help="articles as JSON Lines, gzipped or not")
    parser.add_argument("--show", action="store_true", help="print the groups found among the articles themselves")
    options = parser.parse_args(arguments)
    try:
        articles = read(options.file)
        for name, half in zip(("dev", "test"), halves(articles), strict=True):
            pairs = make_pairs(half, SEED)
            print(*report(name, pairs, [found(pair) for pair in pairs]), sep="\n")
    except WhosaidError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    whole = catalogue([one.text for one in articles])
    members = sum(map(len, whole.groups))
    print(
        f"all {len(articles)} articles: {len(whole.groups)} groups of {members} articles; candidates an article: "
        f"mean {whole.candidates:.2f}, most {whole.most_candidates}; signed in {whole.seconds_to_sign:.1f} s, "
        f"checked in {whole.seconds_to_check:.1f} s"
    )
    if options.show:
        for group in whole.groups:
            print(*(f"{articles[n].published} {articles[n].url} {articles[n].title}" for n in group), sep="\n  ")
    return 0


if __name__ == "__main__":
    sys.exit(main())
