"""The table of metrics as a whole."""

from __future__ import annotations

import numpy as np

from evals.metrics.base import mean
from evals.metrics.table import METRICS

from .built import BALDOMIR, PERMISSION, RALLIES, answer, case, cite, hit, question, refused, sentence

ASKED = question(PERMISSION, speaker="Corr Baldomir", must_include=(("permission",),))
GOOD = answer(cite(1, sentence(PERMISSION), BALDOMIR), hits=(hit(1, sentence(PERMISSION)),), timings={"total": 0.02})
BAD = answer(
    cite(1, sentence(RALLIES, "report"), None, "report"),
    hits=(hit(1, RALLIES, article="report"),),
    timings={"total": 0.04},
)


def test_names_are_unique_and_correct_is_among_them() -> None:
    names = [metric.name for metric in METRICS]
    assert len(set(names)) == len(names) and names[0] == "correct"
    assert len({metric.title for metric in METRICS}) == len(METRICS)


def test_every_metric_of_quality_tells_a_good_answer_from_a_bad_one() -> None:
    told = {}
    for metric in METRICS:
        good, bad = metric.of(case(ASKED, GOOD)), metric.of(case(ASKED, BAD))
        if good is not None and bad is not None:
            better = metric.combine(np.array([good])) - metric.combine(np.array([bad]))
            told[metric.name] = better if metric.better == "higher" else -better
    quality = {m.name for m in METRICS if m.family == "retrieval"} | {
        "correct", "gold-citation-precision", "gold-citation-recall", "attribution", "attribution-any", "aurc"
    }  # fmt: skip
    assert {name for name in quality if not told[name] > 0} == set()


def test_figures_of_a_case_alone_are_one_and_within_range() -> None:
    for metric in METRICS:
        for given in (GOOD, BAD, refused()):
            for asked in (ASKED, question()):
                figures = metric.of(case(asked, given))
                if figures is not None and metric.combine is mean and not metric.unit:
                    assert len(figures) == 1 and 0 <= figures[0] <= 1, metric.name
