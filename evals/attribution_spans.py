"""Statements against PolNeAR's marks by characters: the figures that the statement tagger is held to.

    python -m evals.attribution_spans FOLDER [--method rules|tagger] [--limit N]

FOLDER is a part of PolNeAR (see `evals.polnear`). A predicted and a gold attribution match where the
characters of their contents have an intersection over union of at least .5; matches are one to one, the
best first. A match is *right in source* where the two sources share at least half of the characters of the
shorter one, or where both are absent; one absent source against a present one is wrong. F1 is
2 x matched / (predicted + gold), in 0..1.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import WhosaidError
from corpus.model import Span
from corpus.statements import find_statements
from evals.polnear import Marked, read_gold

ENOUGH = 0.5
"""Least overlap of contents, and least shared part of the shorter source."""


@dataclass(slots=True)
class Tally:
    """Counts that add up over articles."""

    predicted: int = 0
    gold: int = 0
    content: int = 0
    linked: int = 0
    articles: int = 0
    seconds: float = 0.0

    def lines(self) -> list[str]:
        """Return the report, a line a figure."""
        rows = [
            f"{name}: precision {_share(count, self.predicted):.3f}, recall {_share(count, self.gold):.3f}, "
            f"F1 {self.f1(count):.3f}"
            for name, count in (("content", self.content), ("content and source", self.linked))
        ]
        speed = _share(self.articles, self.seconds)
        return [*rows, f"{self.gold} gold, {self.predicted} found; {speed:.1f} articles a second"]

    def f1(self, count: int) -> float:
        """Return the F1 of so many matches."""
        return _share(2 * count, self.predicted + self.gold)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _characters(spans: Iterable[Span]) -> frozenset[int]:
    return frozenset(place for span in spans for place in range(*span))


def matches(predicted: Sequence[Marked], gold: Sequence[Marked]) -> list[tuple[int, int]]:
    """Return which predicted attribution matches which gold one, by number, one to one."""
    ours, theirs = ([_characters(each.content) for each in marks] for marks in (predicted, gold))
    rows = []
    for i, one in enumerate(ours):
        for j, other in enumerate(theirs):
            shared = len(one & other)
            if shared and shared >= ENOUGH * (len(one) + len(other) - shared):
                rows.append((-shared / (len(one) + len(other) - shared), i, j))
    pairs: dict[int, int] = {}
    for _, i, j in sorted(rows):
        if i not in pairs and j not in pairs.values():
            pairs[i] = j
    return sorted(pairs.items())


def same_source(predicted: Marked, gold: Marked) -> bool:
    """Tell whether two matched attributions are of one source."""
    one, other = _characters(predicted.source), _characters(gold.source)
    if not one or not other:
        return not one and not other
    return len(one & other) >= ENOUGH * min(len(one), len(other))


def add(tally: Tally, predicted: Sequence[Marked], gold: Sequence[Marked]) -> None:
    """Count one article into `tally`."""
    pairs = matches(predicted, gold)
    tally.articles += 1
    tally.predicted += len(predicted)
    tally.gold += len(gold)
    tally.content += len(pairs)
    tally.linked += sum(same_source(predicted[i], gold[j]) for i, j in pairs)


def evaluate(gold: Sequence[tuple[str, str, list[Marked]]], find: Callable[[str], list[Marked]]) -> Tally:
    """Score what `find` finds in articles of PolNeAR."""
    tally = Tally()
    for _, text, marks in gold:
        begun = time.perf_counter()
        predicted = find(text)
        tally.seconds += time.perf_counter() - begun
        add(tally, predicted, marks)
    return tally


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures for the folder named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m evals.attribution_spans", description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="a PolNeAR part: attributions/*.ann and text/*.txt")
    parser.add_argument("--method", choices=("rules", "tagger"), default="tagger")
    parser.add_argument("--limit", type=int, help="only the first N articles")
    options = parser.parse_args(arguments)

    def find(text: str) -> list[Marked]:
        return [Marked(s.source, s.cue, s.content) for s in find_statements(text, options.method)]

    try:
        gold = read_gold(options.folder)[: options.limit]
        find("The minister said so.")  # what is loaded once is no part of the cost of an article
        print("\n".join(evaluate(gold, find).lines()))
    except WhosaidError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
