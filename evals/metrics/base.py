"""What a metric is: figures of one case, and how those of many become one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from evals.case import Case

Figures = np.ndarray[Any, np.dtype[np.float64]]
"""One row a case, one column a figure of `Metric.of`."""


def mean(figures: Figures) -> float:
    """Return the mean of the first column."""
    return float(figures[:, 0].mean())


@dataclass(frozen=True, slots=True)
class Metric:
    """A measure of answers over a set of cases.

    `of` returns the figures of one case, None where the metric says nothing about it; `combine` makes one number of
    the rows of many (at least one), NaN where they do not determine it. `better` tells which way is good.
    `per_case` is true where the first figure alone is the metric's value for a case (so `combine` is the mean).
    """

    name: str
    title: str
    family: Literal["retrieval", "answer", "refusal", "judged", "cost"]
    of: Callable[[Case], tuple[float, ...] | None]
    better: Literal["higher", "lower"] = "higher"
    combine: Callable[[Figures], float] = mean
    unit: str = ""

    @property
    def per_case(self) -> bool:
        """True where a case has a value of its own."""
        return self.combine is mean
