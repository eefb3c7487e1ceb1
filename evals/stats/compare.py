"""Whether two runs over the same questions differ: paired, by clusters.

The interval of the difference is a percentile bootstrap that draws whole clusters and takes both runs' answers to
their questions (as in `bootstrap`). The p-value is that of a randomisation test: if the runs were alike, it would
not matter which of the two gave a cluster's answers, so they are swapped at random, cluster by cluster, and p is
the share of arrangements that differ by at least as much, either way (Smucker, Allan & Carterette, "A comparison of
statistical significance tests for information retrieval evaluation", CIKM 2007; Fisher 1935).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evals.metrics.arrays import Array
from evals.metrics.base import Figures, mean
from evals.stats.resample import Clustered, Combine, clustered, draws, is_of_sums, percentiles

RESAMPLES = 1000
SHUFFLES = 10_000
SLOW_SHUFFLES = 1000
"""For metrics that are no function of sums, as percentiles are, of which each arrangement is computed anew."""
_CHUNK = 1000
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Difference:
    """The later run minus the earlier one, over `n` questions, with its 95% interval and two-sided p-value.

    `low` and `high` are None where there are fewer than two clusters, or where the draws do not determine them; `value`
    and `p` are NaN where the runs do not determine the metric.
    """

    value: float
    low: float | None
    high: float | None
    p: float
    n: int


def compare(
    before: Figures,
    after: Figures,
    clusters: Sequence[str],
    combine: Combine = mean,
    seed: int = 0,
    resamples: int = RESAMPLES,
    shuffles: int | None = None,
) -> Difference:
    """Return how the second run differs from the first; the same seed gives the same answer.

    Where all arrangements are no more than `shuffles`, each is tried once and p is exact; else
    p = (1 + shuffles that differ as much) / (1 + shuffles).

    Args:
        before: the first run's figures, one row a question, at least one.
        after: the second run's, of the same questions in the same order.
        clusters: which cluster each question belongs to.
        combine: the metric's; by default the mean of the first column.
        seed: of draws and shuffles.
        resamples: how many draws the interval is made of.
        shuffles: how many arrangements p is made of; by default 10,000, and 1,000 of a metric that is slow to compute.

    Raises:
        ValueError: the runs do not have the same number of rows.
    """
    if np.shape(before) != np.shape(after) or len(before) != len(clusters):
        raise ValueError(f"{len(before)} and {len(after)} rows in {len(clusters)} clusters cannot be paired")
    a, b = clustered(before, clusters), clustered(after, clusters)
    value = combine(after) - combine(before)
    if np.isnan(value):
        return Difference(value, None, None, float("nan"), len(before))
    random = np.random.default_rng(seed)
    low: float | None = None
    high: float | None = None
    if a.clusters > 1:
        weights = draws(a.clusters, resamples, random)
        low, high = percentiles(b.values(weights, combine) - a.values(weights, combine))
    most = shuffles or (SHUFFLES if is_of_sums(combine) else SLOW_SHUFFLES)
    return Difference(value, low, high, _p(value, a, b, combine, most, random), len(before))


def _p(value: float, a: Clustered, b: Clustered, combine: Combine, most: int, random: np.random.Generator) -> float:
    """Return the two-sided p-value of a difference."""
    both = Clustered(np.vstack([a.rows, b.rows]), np.concatenate([a.codes, b.codes + a.clusters]), 2 * a.clusters)
    exact = 2**a.clusters <= most
    total, as_much = (2**a.clusters if exact else most), 0
    for first in range(0, total, _CHUNK):
        count = min(_CHUNK, total - first)
        swap = _every(first, count, a.clusters) if exact else random.integers(0, 2, (count, a.clusters)).astype(float)
        one, other = np.hstack([1 - swap, swap]), np.hstack([swap, 1 - swap])
        found = both.values(other, combine) - both.values(one, combine)
        as_much += int(np.sum(np.abs(found) >= abs(value) * (1 - _ROUNDING) - _ROUNDING))
    return as_much / total if exact else (1 + as_much) / (1 + total)


def _every(first: int, count: int, clusters: int) -> Array:
    """Return arrangements by number: row i has the binary digits of ``first + i``."""
    digits = (np.arange(first, first + count)[:, None] >> np.arange(clusters)) & 1
    return digits.astype(float)
