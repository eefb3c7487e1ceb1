"""How well statements are found: `corpus.statements` against PolNeAR's marks (brat standoff).

    python -m evals.attribution FOLDER [--limit N]

FOLDER holds ``text/*.txt`` and ``attributions/*.ann``. Gold is the first annotator of each article, by name.

Metrics, all in 0..1. Predicted and gold attributions are paired one to one, greedily, by the Jaccard
overlap of the word tokens of their contents. A pair matches in *content* where that overlap is at least
.5; in *content and source* where besides the sources overlap by at least .5, share their head word, or
are both absent. F1 is the harmonic mean of precision (matched / predicted) and recall (matched / gold).
*Quotations* are the gold attributions whose content is marked as a quotation by its own marks; their
figure is the share matched in content and source. Token F1 counts each word token that is inside some
source (cue, content).
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from corpus.errors import UsageError
from corpus.model import Span
from corpus.statements import find_statements
from evals.polnear import PARTS, Marked, read_gold

_WORD = re.compile(r"\w+")
_HEAD_END = re.compile(r",|\b(?:of|for|at|in|with|from|on|who|which|that)\b")
_QUOTED = re.compile(r"\W{0,2}[“\"«‘]|''")

ENOUGH = 0.5
"""Least Jaccard overlap of two spans' tokens that counts as a match."""


@dataclass(slots=True)
class Score:
    """Counts that add up over articles, and the figures made of them."""

    gold: int = 0
    predicted: int = 0
    content: int = 0
    both: int = 0
    quotations: int = 0
    quotations_right: int = 0
    tokens: dict[str, list[int]] = field(default_factory=lambda: {part: [0, 0, 0] for part in PARTS})
    characters: int = 0
    seconds: float = 0.0

    def f1(self, matched: int) -> tuple[float, float, float]:
        """Return precision, recall and F1 of `matched` pairs."""
        return _prf(matched, self.predicted, self.gold)

    def lines(self) -> list[str]:
        """Return the report, a line a figure."""
        rows = [
            (f"{name}: precision {p:.3f}, recall {r:.3f}, F1 {f:.3f}")
            for name, (p, r, f) in (
                ("content", self.f1(self.content)),
                ("content and source", self.f1(self.both)),
            )
        ]
        share = self.quotations_right / self.quotations if self.quotations else 0.0
        rows.append(f"direct quotations with the right source: {share:.3f} of {self.quotations}")
        for part, (shared, predicted, gold) in self.tokens.items():
            p, r, f = _prf(shared, predicted, gold)
            rows.append(f"{part} tokens: precision {p:.3f}, recall {r:.3f}, F1 {f:.3f}")
        speed = self.characters / self.seconds if self.seconds else 0.0
        rows.append(f"{self.gold} gold, {self.predicted} found; {speed:,.0f} characters a second")
        return rows


def _prf(shared: int, predicted: int, gold: int) -> tuple[float, float, float]:
    precision, recall = shared / predicted if predicted else 0.0, shared / gold if gold else 0.0
    return precision, recall, 2 * precision * recall / (precision + recall) if shared else 0.0


def predict(text: str) -> list[Marked]:
    """Return what `find_statements` finds, as marks."""
    return [Marked(s.source, s.cue, s.content) for s in find_statements(text)]


def _tokens(text: str, spans: Iterable[Span]) -> frozenset[int]:
    return frozenset(match.start() for start, end in spans for match in _WORD.finditer(text, start, end))


def _jaccard(one: frozenset[int], other: frozenset[int]) -> float:
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0


def _head(text: str, spans: Sequence[Span]) -> int | None:
    """Where the head word of a noun phrase starts: the last word before its first comma or preposition."""
    if not spans:
        return None
    words = list(_WORD.finditer(text, *spans[0]))
    stop = _HEAD_END.search(text, words[1].start() if len(words) > 1 else spans[0].end, spans[0].end)
    inside = [word.start() for word in words if stop is None or word.start() < stop.start()]
    return inside[-1] if inside else None


def _sources_match(text: str, predicted: Marked, gold: Marked) -> bool:
    one, other = _tokens(text, predicted.source), _tokens(text, gold.source)
    if not one or not other:
        return not one and not other
    heads = _head(text, predicted.source), _head(text, gold.source)
    return _jaccard(one, other) >= ENOUGH or (heads[0] is not None and heads[0] == heads[1])


def pair(text: str, predicted: Sequence[Marked], gold: Sequence[Marked]) -> list[tuple[int, int, float]]:
    """Return (predicted, gold, overlap) of the pairs whose contents share a token, best overlap first."""
    contents = [_tokens(text, p.content) for p in predicted], [_tokens(text, g.content) for g in gold]
    scored = sorted(
        (
            (_jaccard(one, other), i, j)
            for i, one in enumerate(contents[0])
            for j, other in enumerate(contents[1])
            if not one.isdisjoint(other)
        ),
        key=lambda row: (-row[0], row[1], row[2]),
    )
    pairs, used_predicted, used_gold = [], set(), set()
    for overlap, i, j in scored:
        if i not in used_predicted and j not in used_gold:
            used_predicted.add(i)
            used_gold.add(j)
            pairs.append((i, j, overlap))
    return pairs


def add_article(score: Score, text: str, predicted: Sequence[Marked], gold: Sequence[Marked]) -> None:
    """Count one article into `score`."""
    score.gold += len(gold)
    score.predicted += len(predicted)
    right = set()
    for i, j, overlap in pair(text, predicted, gold):
        if overlap >= ENOUGH:
            score.content += 1
            if _sources_match(text, predicted[i], gold[j]):
                score.both += 1
                right.add(j)
    quotations = {j for j, g in enumerate(gold) if _QUOTED.match(g.content[0].of(text))}
    score.quotations += len(quotations)
    score.quotations_right += len(quotations & right)
    for part in PARTS:
        one = _tokens(text, (span for p in predicted for span in getattr(p, part)))
        other = _tokens(text, (span for g in gold for span in getattr(g, part)))
        for place, count in enumerate((len(one & other), len(one), len(other))):
            score.tokens[part][place] += count


def evaluate(folder: Path, limit: int | None = None) -> Score:
    """Score `find_statements` on the articles of `folder` (the first `limit`, by name)."""
    score = Score()
    for _, text, gold in read_gold(folder)[:limit]:
        begun = time.perf_counter()
        predicted = predict(text)
        score.seconds += time.perf_counter() - begun
        score.characters += len(text)
        add_article(score, text, predicted, gold)
    return score


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures for the folder named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m evals.attribution", description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="a PolNeAR part: attributions/*.ann and text/*.txt")
    parser.add_argument("--limit", type=int, help="only the first N articles")
    options = parser.parse_args(arguments)
    try:
        print("\n".join(evaluate(options.folder, options.limit).lines()))
    except UsageError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
