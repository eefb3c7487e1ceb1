"""The cluster bootstrap against enumeration, against itself computed slowly, and against simulated truth."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.metrics.base import Figures, Metric, mean
from evals.metrics.calibration import ECE
from evals.metrics.cost import P50
from evals.metrics.refusal import REFUSAL_F1, REFUSAL_PRECISION
from evals.metrics.table import METRICS
from evals.stats.bootstrap import estimate

SHARE = Metric("share", "A share", "answer", lambda case: None)


def column(*values: float) -> Figures:
    return np.array(values, float)[:, None]


def test_an_interval_is_that_of_every_draw_there_is() -> None:
    # Three clusters of unequal size; the 27 draws of three, each as likely, enumerated.
    groups = [column(0, 0, 1), column(1), column(1, 0)]
    draws = sorted(mean(np.vstack([groups[n] for n in drawn])) for drawn in product(range(3), repeat=3))
    found = estimate(SHARE, np.vstack(groups), ["a", "a", "a", "b", "c", "c"], resamples=20_000)
    assert found.value == pytest.approx(3 / 6) and found.n == 6
    # 1 draw of 27 is all "a", 1 is all "b": each is more than 2.5%
    assert (found.low, found.high) == pytest.approx((draws[0], draws[-1]))
    assert (draws[0], draws[-1]) == pytest.approx((1 / 3, 1))


def test_clusters_are_drawn_whole() -> None:
    # Two clusters, each of one mind: draws are 0, 1/2 or 1, however many rows there are.
    rows = column(*[0.0] * 50, *[1.0] * 50)
    assert estimate(SHARE, rows, ["a"] * 50 + ["b"] * 50).low == 0
    alone = estimate(SHARE, rows, [str(n) for n in range(100)])
    assert alone.low is not None and 0.35 < alone.low < 0.45


@given(
    rows=st.lists(
        st.tuples(st.integers(0, 1), st.integers(0, 1), st.integers(0, 1), st.sampled_from("abcdefg")),
        min_size=1,
        max_size=40,
    ),
    metric=st.sampled_from([SHARE, REFUSAL_F1, REFUSAL_PRECISION]),
)
@settings(max_examples=60, deadline=None)
def test_sums_of_clusters_give_what_the_rows_give(rows: list[tuple[int, int, int, str]], metric: Metric) -> None:
    figures, clusters = np.array([row[:3] for row in rows], float), [row[3] for row in rows]
    slow = Metric("slow", "Slow", "answer", lambda case: None, combine=lambda some: metric.combine(some))
    fast, plain = (estimate(one, figures, clusters, seed=3, resamples=50) for one in (metric, slow))
    assert (fast.low, fast.high) == pytest.approx((plain.low, plain.high))
    assert fast.value == pytest.approx(plain.value, nan_ok=True)


def test_the_seed_decides_and_the_order_of_the_questions_does_not() -> None:
    random = np.random.default_rng(1)
    rows, clusters = random.random((80, 1)), [str(n) for n in random.integers(0, 20, 80)]
    first = estimate(SHARE, rows, clusters)
    assert first == estimate(SHARE, rows, clusters) != estimate(SHARE, rows, clusters, seed=1)
    order = random.permutation(80)
    again = estimate(SHARE, rows[order], [clusters[n] for n in order])
    assert (again.low, again.high) == pytest.approx((first.low, first.high))


def test_too_little_has_no_interval() -> None:
    assert estimate(SHARE, column(0, 1, 1), ["a", "a", "a"]).model_dump() == {
        "value": pytest.approx(2 / 3), "low": None, "high": None, "n": 3
    }  # fmt: skip
    never = estimate(REFUSAL_PRECISION, np.array([[0, 0, 1], [0, 0, 0]], float), ["a", "b"])
    assert np.isnan(never.value) and never.low is None
    # one refusal among sixteen clusters: in a good third of the draws there is none, in the others it is right
    rare = estimate(REFUSAL_PRECISION, np.array([[1, 1, 1]] + [[0, 0, 1]] * 15, float), [str(n) for n in range(16)])
    assert (rare.value, rare.low, rare.high) == (1, 1, 1)
    # a thousand answers, in clusters so unequal that most draws have fewer
    rows, sizes = np.array([(0.5, 1.0)] * 1000), (500, 150, 50, *[1] * 300)
    uneven = estimate(ECE, rows, [str(n) for n, size in enumerate(sizes) for _ in range(size)])
    assert (uneven.value, uneven.low, uneven.high) == (0.5, None, None)


def simulated(random: np.random.Generator, clusters: int = 40, each: int = 5) -> tuple[Figures, list[str]]:
    """Questions of clusters that are easy or hard, half right in truth."""
    easy = random.beta(1, 1, clusters)
    rows = random.random((clusters, each)) < easy[:, None]
    return rows.reshape(-1, 1).astype(float), [str(n) for n in range(clusters) for _ in range(each)]


def covered(by_cluster: bool, runs: int = 300) -> float:
    random, found = np.random.default_rng(11), 0
    for _ in range(runs):
        rows, clusters = simulated(random)
        one = estimate(SHARE, rows, clusters if by_cluster else [str(n) for n in range(len(rows))], resamples=300)
        assert one.low is not None and one.high is not None
        found += one.low <= 0.5 <= one.high
    return found / runs


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    assert 0.91 <= covered(by_cluster=True) <= 0.98
    assert covered(by_cluster=False) < 0.85  # what it would be, were questions taken for independent


def test_a_metric_that_is_no_function_of_sums_has_an_interval() -> None:
    rows = column(*range(100))
    found = estimate(P50, rows, [str(n) for n in range(100)])
    assert found.value == 49.5 and found.low is not None and found.high is not None
    assert 30 < found.low < 45 and 54 < found.high < 70


def test_every_metric_of_the_table_has_an_interval_over_plausible_figures() -> None:
    random, clusters = np.random.default_rng(5), [str(n % 60) for n in range(1200)]
    for metric in METRICS:
        found = estimate(metric, random.integers(0, 2, (1200, 3)).astype(float)[:, : _width(metric)], clusters)
        assert found.low is not None and found.high is not None, metric.name
        assert found.low <= found.high and found.n == 1200, metric.name


def _width(metric: Metric) -> int:
    return 2 if metric.name == "ece" else 3
