"""Figures by cluster, and a metric's value of many resamples of them at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from evals.metrics.arrays import Array, OfSums, ratio
from evals.metrics.base import Figures, mean

Combine = Callable[[Figures], float]


@dataclass(frozen=True, slots=True)
class Clustered:
    """Rows of figures with the number, from 0, of each row's cluster."""

    rows: Figures
    codes: np.ndarray[tuple[int], np.dtype[np.intp]]
    clusters: int

    def values(self, weights: Array, combine: Combine) -> Array:
        """Return the metric of each resample; NaN where it is not determined.

        Args:
            weights: how often each cluster is taken, a row a resample.
            combine: `Metric.combine`. Means and functions of sums are made of the clusters' sums, all at once.
        """
        of_sums = _of_sums(combine)
        if of_sums is not None:
            return of_sums(weights @ self.sums())
        every = np.arange(len(self.rows))
        taken = (self.rows[np.repeat(every, times[self.codes])] for times in weights.astype(np.intp))
        return np.array([combine(rows) if len(rows) else np.nan for rows in taken])

    def sums(self) -> Array:
        """Return, for each cluster, the sums of its columns, and last how many rows it has."""
        columns = np.column_stack([self.rows, np.ones(len(self.rows))])
        sums = np.zeros((self.clusters, columns.shape[1]))
        np.add.at(sums, self.codes, columns)
        return sums


def clustered(rows: Figures, clusters: Sequence[str]) -> Clustered:
    """Return rows with their clusters, which are named one a row."""
    names, codes = np.unique(np.asarray(clusters, dtype=object).astype(str), return_inverse=True)
    return Clustered(np.asarray(rows, float), codes, len(names))


def draws(clusters: int, resamples: int, random: np.random.Generator) -> Array:
    """Return bootstrap weights: how often each of the clusters is drawn when as many are drawn with replacement."""
    return random.multinomial(clusters, np.full(clusters, 1 / clusters), size=resamples).astype(float)


def percentiles(values: Array) -> tuple[float, float] | tuple[None, None]:
    """Return the 2.5th and 97.5th percentile of what is determined; None where that is less than half."""
    known = values[~np.isnan(values)]
    if 2 * len(known) < len(values) or not len(known):
        return None, None
    low, high = np.percentile(known, (2.5, 97.5))
    return float(low), float(high)


def is_of_sums(combine: Combine) -> bool:
    """Tell whether a metric is made of the sums of its columns."""
    return _of_sums(combine) is not None


def _of_sums(combine: Combine) -> Callable[[Array], Array] | None:
    """Return what makes the metric of the sums of its columns and the number of rows, where sums are all it takes."""
    if combine is mean:
        return lambda sums: ratio(sums[..., 0], sums[..., -1])
    if isinstance(combine, OfSums):
        of = combine.of
        return lambda sums: of(sums[..., :-1])
    return None
