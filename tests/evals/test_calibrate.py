"""Fitting: weights, held-out probabilities, and that the file in use fits the features there are."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from bot.evidence import Features
from bot.fitted import probability
from bot.refusal import Figures
from evals.calibrate import OPEN, SPOKEN, TARGET, Rows


@dataclass
class Two:
    good: float
    noise: float


def rows(count: int = 60) -> Rows:
    """Questions of three examples each, of which the one with the highest `good` is right."""
    found, random = Rows(["good", "noise"]), np.random.default_rng(3)
    for question in range(count):
        for place in range(3):
            found.add(Two(place / 2 + random.normal(0, 0.1), random.normal()), place == 2, question, "one")
    return found


def test_the_feature_that_tells_gets_the_weight_and_held_out_examples_are_told_apart() -> None:
    some = rows()
    weights, held_out = some.fit()
    assert weights["good"] > 5 * abs(weights["noise"])
    right = np.array(some.y)
    assert held_out[right].min() > held_out[~right].mean()
    assert probability(Two(1.0, 0.0), weights) > 0.5 > probability(Two(0.0, 0.0), weights)


def test_a_stronger_penalty_makes_smaller_weights() -> None:
    assert rows().fit(0.01)[0]["good"] < rows().fit(1.0)[0]["good"]


def test_sources_and_labels_weigh_alike_and_what_is_not_learnt_weighs_nothing() -> None:
    some = Rows(["good", "noise"])
    for source, label, count in (("a", True, 1), ("a", False, 9), ("b", True, 30), ("b", False, 60)):
        for _ in range(count):
            some.add(Two(0.0, 0.0), label, 0, source)
    some.add(Two(0.0, 0.0), True, 1, "a", learnt=False)
    weights, keys = some.weights(), list(zip(some.source, some.y, some.learnt, strict=True))
    totals = {key: sum(w for w, k in zip(weights, keys, strict=True) if k == key) for key in set(keys)}
    assert totals.pop(("a", True, False)) == 0.0
    assert len(totals) == 4 and max(totals.values()) == pytest.approx(min(totals.values()))


def test_figures_of_the_best_quotation_come_from_the_weights_just_fitted() -> None:
    units = Rows(["related", "missing"])
    for question, related, missing in ((0, 0.2, 1.0), (0, 0.9, 0.0), (1, 0.4, 1.0)):
        units.x.append([related, missing])
        units.y.append(False)
        units.question.append(question)
    figures = Rows(list(Figures.__dataclass_fields__))
    for question in (0, 1, 2):
        figures.add(Figures(0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5), False, question, "one")
    figures.settle(units, np.array([0.3, 0.8, 0.6]))
    at = [figures.names.index(name) for name in ("unit", "related", "missing")]
    assert [[row[i] for i in at] for row in figures.x] == [[0.8, 0.9, 0.0], [0.6, 0.4, 1.0], [0.5, 0.5, 0.5]]


def test_the_file_in_use_has_the_features_that_are_fitted() -> None:
    weights = json.loads(Path(TARGET).read_text("utf-8"))["weights"]
    assert set(weights["spoken"]) == {"bias", *SPOKEN} <= {"bias", *Features.__dataclass_fields__}
    assert set(weights["open"]) == {"bias", *OPEN} <= {"bias", *Features.__dataclass_fields__}
    assert set(weights["answerable"]) == {"bias", *Figures.__dataclass_fields__}
