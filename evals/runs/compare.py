"""Two runs over the same questions, compared question by question."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from corpus.errors import UsageError
from evals.metrics.base import Figures
from evals.runs.record import Run
from evals.stats.compare import Difference, compare


@dataclass(frozen=True, slots=True)
class Compared:
    """A metric in two runs, over the questions about which it says something in both."""

    metric: str
    before: float
    after: float
    difference: Difference


def compare_runs(before: Run, after: Run) -> list[Compared]:
    """Compare every metric that has a value for a question alone, on the questions that both runs asked.

    Raises:
        UsageError: the runs have no question in common, or are of different corpora.
    """
    if before.made.corpus.digest != after.made.corpus.digest:
        raise UsageError("cannot compare runs over different corpora: run both over the same articles")
    old = {row.question: row for row in before.rows}
    pairs = [(old[row.question], row) for row in after.rows if row.question in old]
    if not pairs:
        raise UsageError("cannot compare the runs: they have no question in common; compare runs of one gold set")
    found = []
    for column in after.metrics:
        both = [(a, b) for a, b in pairs if column.name in a.figures and column.name in b.figures]
        if both:
            a, b = (_column([pair[side].figures[column.name] for pair in both]) for side in (0, 1))
            change = compare(a, b, [row.cluster for _, row in both])
            found.append(Compared(column.name, float(a.mean()), float(b.mean()), change))
    return found


def _column(values: list[float]) -> Figures:
    return np.array(values, dtype=np.float64)[:, None]
