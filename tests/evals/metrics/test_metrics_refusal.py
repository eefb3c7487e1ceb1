"""Refusal, risk against coverage, calibration and cost, each on an example worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bot.model import Answer
from evals.case import Case
from evals.metrics import calibration, cost, refusal, selective
from evals.metrics.base import Figures, Metric

from .built import FINED, PRISON, READ, answer, case, cite, question, refused

ASKED = question(PRISON, must_include=(("prison clause",),))
SILENT = question(type="false-speaker", refusal="speaker_silent", speaker="Corr Baldomir")
NOTHING = question()


def rows(metric: Metric, cases: list[Case]) -> Figures:
    return np.array([figures for one in cases if (figures := metric.of(one)) is not None], float)


def combined(metric: Metric, cases: list[Case]) -> float:
    return metric.combine(rows(metric, cases))


def right(confidence: float = 0.5) -> Answer:
    return answer(cite(1, PRISON), confidence=confidence)


def wrong(confidence: float = 0.5) -> Answer:
    return answer(cite(1, READ), confidence=confidence)


# Five answerable: three answered, two refused. Four not: three refused, two of them for the right reason.
MIXED = [
    case(ASKED, right()),
    case(ASKED, right()),
    case(ASKED, wrong()),
    case(ASKED, refused()),
    case(ASKED, refused("speaker_silent")),
    case(NOTHING, refused()),
    case(NOTHING, answer(cite(1, FINED))),
    case(SILENT, refused("speaker_silent")),
    case(SILENT, refused()),
]


def test_refusal_figures_by_hand() -> None:
    assert combined(refusal.REFUSAL_PRECISION, MIXED) == pytest.approx(3 / 5)
    assert combined(refusal.REFUSAL_RECALL, MIXED) == pytest.approx(3 / 4)
    assert combined(refusal.REFUSAL_F1, MIXED) == pytest.approx(2 * 0.6 * 0.75 / (0.6 + 0.75))
    assert combined(refusal.OVER_REFUSAL, MIXED) == pytest.approx(2 / 5)
    assert combined(refusal.FALSE_ANSWERS, MIXED) == pytest.approx(1 / 4)
    assert combined(refusal.REASON, MIXED) == pytest.approx(2 / 3)


def test_refusal_by_reason_by_hand() -> None:
    found = {metric.name: combined(metric, MIXED) for metric in refusal.BY_REASON}
    # "no_evidence" is given three times, once where it is due, and was due twice
    assert found["refusal-precision: no_evidence"] == pytest.approx(1 / 3)
    assert found["refusal-recall: no_evidence"] == pytest.approx(1 / 2)
    assert found["refusal-f1: no_evidence"] == pytest.approx(2 / 5)
    # "speaker_silent" is given twice, once where it is due, and was due twice
    assert found["refusal-precision: speaker_silent"] == found["refusal-recall: speaker_silent"] == 0.5
    assert np.isnan(found["refusal-f1: empty_index"])


def test_what_the_questions_do_not_determine_is_not_a_number() -> None:
    answered = [case(ASKED, right()), case(NOTHING, answer(cite(1, FINED)))]
    assert np.isnan(combined(refusal.REFUSAL_PRECISION, answered))
    assert combined(refusal.REFUSAL_F1, answered) == 0
    assert np.isnan(combined(refusal.REFUSAL_F1, answered[:1]))
    assert rows(refusal.REFUSAL_RECALL, answered[:1]).size == 0


def test_risk_and_coverage_by_hand() -> None:
    # By confidence: right, an answer to what has none, right, wrong; then, though it is the surest, the refusal.
    cases = [
        case(ASKED, refused(confidence=0.99)),
        case(ASKED, wrong(0.3)),
        case(NOTHING, right(0.8)),
        case(ASKED, right(0.9)),
        case(ASKED, right(0.5)),
    ]
    points = selective.curve(rows(selective.AURC, cases))
    assert [point.coverage for point in points] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1])
    assert [point.risk for point in points] == pytest.approx([0, 1 / 2, 1 / 3, 2 / 4, 3 / 5])
    assert [point.answered for point in points] == [True] * 4 + [False]
    assert [point.confidence for point in points] == [0.9, 0.8, 0.5, 0.3, 0.99]
    assert combined(selective.AURC, cases) == pytest.approx((0 + 1 / 2 + 1 / 3 + 2 / 4 + 3 / 5) / 5)


def test_questions_of_equal_confidence_count_alike_in_any_order() -> None:
    cases = [case(ASKED, right(0.9)), case(ASKED, right(0.5)), case(ASKED, wrong(0.5))]
    forth, back = (rows(selective.AURC, some) for some in (cases, cases[::-1]))
    assert selective.curve(forth) == selective.curve(back)
    assert [point.coverage for point in selective.curve(forth)] == pytest.approx([1 / 3, 1])
    # 0, then half a mistake in two, then one in three
    assert selective.aurc(forth) == selective.aurc(back) == pytest.approx((0 + 0.5 / 2 + 1 / 3) / 3)


def test_the_better_order_has_the_smaller_area() -> None:
    good = [case(ASKED, right(0.9)), case(ASKED, wrong(0.1))]
    bad = [case(ASKED, right(0.1)), case(ASKED, wrong(0.9))]
    assert combined(selective.AURC, good) == 0.25 and combined(selective.AURC, bad) == 0.75


def test_reliability_by_hand() -> None:
    # Two bins of two: (.1, .3) of which one is right, (.7, .9) of which both are.
    figures = np.array([(0.9, 1), (0.1, 0), (0.3, 1), (0.7, 1)], float)
    low, high = calibration.reliability(figures, bins=2)
    assert (low.confidence, low.right, low.n) == pytest.approx((0.2, 0.5, 2))
    assert (high.confidence, high.right, high.n) == pytest.approx((0.8, 1, 2))


def test_calibration_error_by_hand_and_none_below_a_thousand() -> None:
    # Half says .2 and is right .3 of the time, half says .8 and is right .6 of the time: (.1 + .2) / 2.
    low = [(0.2, float(n < 150)) for n in range(500)]
    high = [(0.8, float(n < 300)) for n in range(500)]
    figures = np.array(low + high, float)
    assert calibration.ece(figures) == pytest.approx(0.15)
    assert calibration.ece(figures[::-1]) == pytest.approx(0.15)
    assert np.isnan(calibration.ece(figures[1:]))


def test_calibration_is_over_answers_and_an_answer_to_what_has_none_is_wrong() -> None:
    assert calibration.ECE.of(case(ASKED, right(0.7))) == (0.7, 1)
    assert calibration.ECE.of(case(ASKED, wrong(0.7))) == (0.7, 0)
    assert calibration.ECE.of(case(NOTHING, right(0.7))) == (0.7, 0)
    assert calibration.ECE.of(case(ASKED, refused())) is None


def test_latency_is_in_milliseconds_and_interpolated() -> None:
    times = [0.010, 0.020, 0.030, 0.040]
    cases = [case(ASKED, replace(right(), timings={"total": time})) for time in times]
    assert combined(cost.P50, cases) == pytest.approx(25)
    assert combined(cost.P95, cases) == pytest.approx(30 + 0.85 * 10)  # 0.95 of the way over three gaps
    assert cost.P50.of(case(ASKED, right())) is None
