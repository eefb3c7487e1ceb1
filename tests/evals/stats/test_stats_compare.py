"""Paired comparison against enumeration by hand, and its error rate where nothing differs."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.metrics.base import Figures, mean
from evals.metrics.cost import P50
from evals.metrics.refusal import REFUSAL_F1
from evals.metrics.table import METRICS
from evals.stats.compare import compare


def column(*values: float) -> Figures:
    return np.array(values, float)[:, None]


def test_the_difference_of_three_questions_by_hand() -> None:
    # Better by one on each of three questions: of eight arrangements two, all kept and all swapped, differ as much.
    found = compare(column(0, 0, 0), column(1, 1, 1), ["a", "b", "c"])
    assert (found.value, found.low, found.high, found.p, found.n) == (1, 1, 1, 2 / 8, 3)
    # +1, +1, -1: the mean is 1/3; every arrangement of three ones has a mean of 1/3 or 1, either way
    assert compare(column(0, 0, 1), column(1, 1, 0), ["a", "b", "c"]).p == 1
    # +3, +1: 4/2, of which the kept and the swapped differ by 4, the two others by 2
    assert compare(column(0, 0), column(3, 1), ["a", "b"]).p == 0.5


def test_the_later_run_is_better_where_the_difference_is_above_nought() -> None:
    assert compare(column(0, 1), column(1, 1), ["a", "b"]).value == 0.5
    assert compare(column(1, 1), column(0, 1), ["a", "b"]).value == -0.5


@given(
    rows=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.sampled_from("abcde")), min_size=1, max_size=12)
)
@settings(max_examples=60, deadline=None)
def test_p_is_the_share_of_all_arrangements(rows: list[tuple[int, int, str]]) -> None:
    a, b, clusters = (list(some) for some in zip(*rows, strict=True))
    names = sorted(set(clusters))
    shown = abs(np.mean(b) - np.mean(a))
    as_much = 0
    for signs in product((1, -1), repeat=len(names)):
        sign = dict(zip(names, signs, strict=True))
        total = sum(sign[c] * (y - x) for x, y, c in zip(a, b, clusters, strict=True))
        as_much += abs(total) / len(rows) >= shown - 1e-9
    found = compare(column(*a), column(*b), clusters)
    assert found.p == pytest.approx(as_much / 2 ** len(names))
    slow = compare(column(*a), column(*b), clusters, lambda some: mean(some))
    assert (slow.value, slow.p) == pytest.approx((found.value, found.p))
    assert (slow.low, slow.high) == pytest.approx((found.low, found.high))


def test_equal_runs_are_equal_for_every_metric() -> None:
    random, clusters = np.random.default_rng(2), [str(n % 50) for n in range(1000)]
    for metric in METRICS:
        width = 2 if metric.name == "ece" else 3
        rows = random.integers(0, 2, (1000, width)).astype(float)
        found = compare(rows, rows.copy(), clusters, metric.combine, resamples=100, shuffles=100)
        assert (found.value, found.low, found.high, found.p, found.n) == (0, 0, 0, 1, 1000), metric.name


def test_shuffles_come_near_what_all_arrangements_give() -> None:
    random = np.random.default_rng(4)
    a = random.random((12, 1))
    b, clusters = a + random.normal(0.1, 0.2, (12, 1)), [str(n) for n in range(12)]
    exact, shuffled = compare(a, b, clusters), compare(a, b, clusters, shuffles=4000)
    assert 0.01 < exact.p < 0.9 and exact.p * 2**12 == pytest.approx(round(exact.p * 2**12))
    assert shuffled.p == pytest.approx(exact.p, abs=0.03) and shuffled.p != exact.p


def pairs(random: np.random.Generator, gain: float, clusters: int = 40) -> tuple[Figures, Figures, list[str]]:
    """Two runs over clusters of four questions; the second answers a share `gain` more of the questions."""
    easy = np.repeat(random.beta(2, 2, clusters), 4)[:, None]
    a, b = (random.random(easy.shape) < np.clip(easy + shift, 0, 1) for shift in (0, gain))
    return a.astype(float), b.astype(float), [str(n // 4) for n in range(4 * clusters)]


def test_runs_that_are_alike_differ_by_chance_as_often_as_p_says() -> None:
    random = np.random.default_rng(8)
    found = [compare(*pairs(random, 0), resamples=200, shuffles=500) for _ in range(300)]
    # rights and wrongs tie, so p is rather too large than too small
    assert np.mean([one.p <= 0.05 for one in found]) <= 0.08
    assert np.mean([one.p <= 0.5 for one in found]) <= 0.55
    assert 0.91 <= np.mean([one.low <= 0 <= one.high for one in found]) <= 0.98  # type: ignore[operator]


def test_p_of_finely_graded_figures_is_as_often_below_a_bound_as_the_bound_says() -> None:
    random, clusters = np.random.default_rng(9), [str(n // 4) for n in range(80)]
    runs = ((random.normal(0, 1, (80, 1)), random.normal(0, 1, (80, 1))) for _ in range(300))
    found = [compare(a, b, clusters, resamples=10, shuffles=500).p for a, b in runs]
    for bound, spread in ((0.05, 0.04), (0.25, 0.08), (0.5, 0.09)):
        assert np.mean(np.array(found) <= bound) == pytest.approx(bound, abs=spread)


def test_a_real_gain_is_seen_and_its_size_is_in_the_interval() -> None:
    found = compare(*pairs(np.random.default_rng(8), 0.25))
    assert found.p < 0.01 and found.low is not None and found.high is not None
    assert 0 < found.low < found.value < found.high < 0.45


def test_clusters_are_swapped_whole() -> None:
    # Twenty questions of one article gain at once: that is one event, not twenty.
    a, b = column(*[0.0] * 20, 0, 0), column(*[1.0] * 20, 0, 0)
    together = compare(a, b, ["one"] * 20 + ["two", "three"])
    assert together.p == 1 and compare(a, b, [str(n) for n in range(22)]).p < 0.001


def test_metrics_of_several_columns_and_of_no_sums_are_compared() -> None:
    refused = np.array([[1, 1, 1], [0, 0, 1], [0, 1, 0], [0, 0, 0]], float)
    better = np.array([[1, 1, 1], [1, 1, 1], [0, 0, 0], [0, 0, 0]], float)
    found = compare(refused, better, list("abcd"), REFUSAL_F1.combine)
    # F1 of 1/2 against 1. Only "b" and "c" differ, so of sixteen arrangements those eight differ as much that have
    # both of them kept or both swapped; with one swapped it is 2/3 against 4/5.
    assert (found.value, found.p) == (0.5, 0.5)
    # swapped in part, the medians differ by 80 or 90
    slower = compare(column(10, 20, 30), column(110, 120, 130), list("abc"), P50.combine)
    assert (slower.value, slower.low, slower.high, slower.p) == (100, 100, 100, 0.25)


def test_one_cluster_has_no_interval_and_what_is_not_determined_no_p() -> None:
    found = compare(column(0, 0), column(1, 1), ["a", "a"])
    assert (found.value, found.low, found.high, found.p) == (1, None, None, 1)
    never = compare(np.zeros((2, 3)), np.zeros((2, 3)), ["a", "b"], REFUSAL_F1.combine)
    assert np.isnan(never.value) and np.isnan(never.p) and never.low is None


def test_the_seed_decides() -> None:
    some = pairs(np.random.default_rng(3), 0.05)
    assert compare(*some) == compare(*some) != compare(*some, seed=1)


def test_runs_of_other_questions_cannot_be_paired() -> None:
    with pytest.raises(ValueError, match="2 and 1 rows in 2 clusters cannot be paired"):
        compare(column(0, 1), column(1), ["a", "b"])
