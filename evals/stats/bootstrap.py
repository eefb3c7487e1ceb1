"""How sure a figure is: a 95% interval by the cluster bootstrap.

Questions on the same articles rise and fall together, so whole clusters are drawn with replacement, as many as there
are, and the interval runs from the 2.5th to the 97.5th percentile of the metric of the draws (Field & Welsh,
"Bootstrapping clustered data", J. R. Stat. Soc. B 69, 2007; Cameron, Gelbach & Miller, Rev. Econ. Stat. 90, 2008).
With few clusters, a dozen or less, such intervals are too narrow.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evals.metrics.base import Figures, Metric
from evals.runs.record import Estimate
from evals.stats.resample import clustered, draws, percentiles

RESAMPLES = 1000


def estimate(
    metric: Metric, rows: Figures, clusters: Sequence[str], seed: int = 0, resamples: int = RESAMPLES
) -> Estimate:
    """Return a metric's value with its interval; the same seed gives the same interval.

    The bounds are None where there are fewer than two clusters, or where most draws do not determine the metric. The
    value is NaN where the rows themselves do not.

    Args:
        metric: what the rows are figures of.
        rows: one a case, at least one.
        clusters: which cluster each row belongs to.
        seed: of the draws.
        resamples: how many draws.
    """
    value, of = metric.combine(rows), clustered(rows, clusters)
    if of.clusters < 2 or np.isnan(value):
        return Estimate(value=value, low=None, high=None, n=len(rows))
    drawn = of.values(draws(of.clusters, resamples, np.random.default_rng(seed)), metric.combine)
    low, high = percentiles(drawn)
    return Estimate(value=value, low=low, high=high, n=len(rows))
