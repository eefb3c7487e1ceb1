"""Whether `confidence` means what it says: expected calibration error, over the questions that were answered.

The answers, ordered by confidence, are cut into ten bins of equal size. ECE = sum over bins b of
(n_b / n) * |share right in b - mean confidence in b|, in 0..1, lower is better (Guo et al., "On Calibration of Modern
Neural Networks", ICML 2017; bins of equal mass as in Nixon et al., "Measuring Calibration in Deep Learning", CVPR
workshops 2019, for confidences crowd together). An answer is right when its question has one and it is `correct`.
With fewer than 1,000 answers the error is mostly noise, and is NaN.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evals.case import Case
from evals.metrics.arrays import tied_means
from evals.metrics.base import Figures, Metric
from evals.metrics.correct import correct

BINS = 10
ENOUGH = 1000
"""Answers below which the error is not told."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of neighbouring confidence: its mean, the share that is right, and how many they are."""

    confidence: float
    right: float
    n: int


def reliability(figures: Figures, bins: int = BINS) -> tuple[Bin, ...]:
    """Return the points of the reliability diagram, least sure first, of rows of (confidence, 1 if right).

    Answers of equal confidence have no order: each counts as right as they are on average.
    """
    confidence, right = figures[:, 0], tied_means(figures[:, 0], figures[:, 1])
    parts = np.array_split(np.argsort(confidence, kind="stable"), bins)
    return tuple(
        Bin(float(confidence[part].mean()), float(right[part].mean()), len(part)) for part in parts if len(part)
    )


def ece(figures: Figures) -> float:
    """Return the expected calibration error of rows of (confidence, 1 if right), NaN below 1,000 of them."""
    if len(figures) < ENOUGH:
        return float("nan")
    return sum(abs(found.right - found.confidence) * found.n for found in reliability(figures)) / len(figures)


def _of(case: Case) -> tuple[float, ...] | None:
    if not case.answer.answered:
        return None
    return case.answer.confidence, float(case.question.answerable and correct(case))


ECE = Metric("ece", "Expected calibration error", "refusal", _of, better="lower", combine=ece)
