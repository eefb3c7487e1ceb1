"""What an answer costs: time, from the question as typed to the answer, in milliseconds.

Percentiles are interpolated linearly between the two nearest times (Hyndman & Fan, 1996, type 7).
"""

from __future__ import annotations

import numpy as np

from evals.case import Case
from evals.metrics.base import Figures, Metric


def _of(case: Case) -> tuple[float, ...] | None:
    total = case.answer.timings.get("total")
    return None if total is None else (1000 * total,)


def _p50(figures: Figures) -> float:
    return float(np.percentile(figures[:, 0], 50))


def _p95(figures: Figures) -> float:
    return float(np.percentile(figures[:, 0], 95))


P50 = Metric("latency-p50", "Latency, median", "cost", _of, better="lower", combine=_p50, unit="ms")
"""The time within which half of the questions are done."""
P95 = Metric("latency-p95", "Latency, 95th percentile", "cost", _of, better="lower", combine=_p95, unit="ms")
"""The time within which 95% of the questions are done."""
