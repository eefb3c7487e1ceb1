"""Risk against coverage: how often answers are wrong when only the surest are kept.

A question counts as wrong unless it can be answered and is answered rightly (`correct`); so an answer to a question
that has none is wrong, and so is a refusal, which is no answer: it comes after all answers, at coverages that the
system declines. Ordered by `confidence`, risk(k) is the share of wrong among the first k of n questions, at
coverage k / n (El-Yaniv & Wiener, JMLR 2010; Geifman & El-Yaniv, NeurIPS 2017). AURC is the mean of risk(k) over
k = 1..n (Geifman, Uziel & El-Yaniv, ICLR 2019): in 0..1, lower is better, and 0 is out of reach where questions have no
answer. Questions of equal confidence have no order, so each of them counts as wrong as they are on average.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from evals.case import Case
from evals.metrics.arrays import Array, tied_means
from evals.metrics.base import Figures, Metric
from evals.metrics.correct import correct


@dataclass(frozen=True, slots=True)
class Point:
    """What the surest questions came to, down to this confidence; `answered` is false once refusals are among them."""

    coverage: float
    risk: float
    confidence: float
    answered: bool


def figures_of(answered: bool, right: bool, confidence: float) -> tuple[float, ...]:
    """Return the figures of one question: 1 if its answer is wrong or there is none, confidence, 1 if answered."""
    return float(not (answered and right)), confidence, float(answered)


def curve(figures: Figures) -> tuple[Point, ...]:
    """Return the curve's points, one for each confidence that occurs, the surest first, then those of refusals.

    Args:
        figures: rows of `figures_of`.
    """
    order, risks = _risks(figures)
    _, confidence, answered = figures[order].T
    last = [
        k for k in range(len(order)) if k + 1 == len(order) or _key(figures[order], k) != _key(figures[order], k + 1)
    ]
    return tuple(Point((k + 1) / len(order), float(risks[k]), float(confidence[k]), bool(answered[k])) for k in last)


def aurc(figures: Figures) -> float:
    """Return the area under the risk-coverage curve of rows of `figures_of`."""
    return float(_risks(figures)[1].mean())


def _key(figures: Figures, row: int) -> tuple[float, float]:
    return float(figures[row, 1]), float(figures[row, 2])


def _risks(figures: Figures) -> tuple[np.ndarray[Any, np.dtype[np.intp]], Array]:
    """Return the order of the rows and, in it, the risk after each."""
    wrong, confidence, answered = figures.T
    rank = confidence + 2 * answered  # confidence is in 0..1: answers before refusals
    order = np.argsort(-rank, kind="stable")
    risks: Array = np.cumsum(tied_means(rank, wrong)[order]) / np.arange(1, len(order) + 1)
    return order, risks


def _of(case: Case) -> tuple[float, ...] | None:
    right = case.question.answerable and correct(case)
    return figures_of(case.answer.answered, right, case.answer.confidence)


AURC = Metric("aurc", "Area under the risk-coverage curve", "refusal", _of, better="lower", combine=aurc)
