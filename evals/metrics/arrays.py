"""Arithmetic on figures that several metrics share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from evals.metrics.base import Figures

Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class OfSums:
    """Combines rows by a function of the sums of their columns, so that resampling need not touch each row.

    `of` takes sums of shape (..., columns) and returns values of shape (...).
    """

    of: Callable[[Array], Array]

    def __call__(self, figures: Figures) -> float:
        """Return the value of these rows."""
        return float(self.of(figures.sum(axis=0)))


def ratio(above: Array, below: Array) -> Array:
    """Return ``above / below``, NaN where `below` is 0."""
    return np.asarray(np.divide(above, below, out=np.full(np.shape(below), np.nan), where=np.asarray(below) > 0))


def tied_means(keys: Array, values: Array) -> Array:
    """Return each value replaced by the mean of those with the same key: what their order would be on average."""
    _, group = np.unique(keys, return_inverse=True)
    means = np.bincount(group, values) / np.bincount(group)
    return np.asarray(means[group], float)
