"""What the plots show, as numbers: pure functions of a run's rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evals.metrics.calibration import Bin
from evals.metrics.calibration import reliability as bins
from evals.metrics.selective import Point, curve, figures_of
from evals.runs.record import Row


def answered(rows: Sequence[Row]) -> list[tuple[float, bool]]:
    """Return (confidence, right) of every question that was answered; right as `Row.failed` judges."""
    return [(row.answer["confidence"], not row.failed) for row in rows if row.answer and row.answer["answered"]]


def risk_coverage(rows: Sequence[Row]) -> tuple[Point, ...]:
    """Return the risk-coverage curve as far as questions were answered; its last point is the run itself.

    See `evals.metrics.selective`: coverage is of all questions, answerable or not, and an answer to a question that
    should be refused is a wrong one.
    """
    told = [
        figures_of(row.answer["answered"], row.answer["answered"] and not row.failed, row.answer["confidence"])
        for row in rows
        if row.answer
    ]
    return tuple(point for point in curve(np.array(told)) if point.answered) if told else ()


def reliability(rows: Sequence[Row]) -> tuple[Bin, ...]:
    """Return the bins of the reliability diagram over the answered questions; see `evals.metrics.calibration`."""
    pairs = answered(rows)
    return bins(np.array(pairs, dtype=np.float64)) if pairs else ()


def first_gold(row: Row) -> int | None:
    """Return the rank of the first passage that holds gold evidence, None where none does."""
    return min(row.gold_hits, default=None)


def gold_ranks(rows: Sequence[Row]) -> tuple[dict[int, int], int]:
    """Return how many questions have their first gold passage at each rank, and how many have none.

    Over the questions that have evidence and an answer; every rank from 1 to the last one retrieved is there.
    """
    wanted = [row for row in rows if row.question.evidence and row.answer is not None]
    firsts = [first_gold(row) for row in wanted]
    last = max((len(row.answer.get("hits", ())) for row in wanted if row.answer), default=0)
    found = [rank for rank in firsts if rank is not None]
    counts = {rank: found.count(rank) for rank in range(1, max([last, *found], default=0) + 1)}
    return counts, firsts.count(None)
