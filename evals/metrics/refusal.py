"""Refusals: the questions that should be refused against those that are.

Refusing is the class that is sought: precision, recall and F1 are those of information retrieval (van Rijsbergen,
"Information Retrieval", 1979). A rate of refusal means nothing without that of answerable questions refused, so the
two are reported together. All range over 0..1. By kind of question they are read in the groups of a run.
"""

from __future__ import annotations

from functools import partial
from typing import get_args

from bot.model import Reason
from evals.case import Case
from evals.metrics.arrays import Array, OfSums, ratio
from evals.metrics.base import Metric


def _counts(case: Case, reason: Reason | None = None) -> tuple[float, ...]:
    """Return whether the question was rightly refused, was refused, was to be refused; with a reason, for it alone."""
    given = case.answer.refusal.reason if case.answer.refusal else None
    refused = not case.answer.answered and reason in (None, given)
    due = not case.question.answerable and reason in (None, case.question.refusal)
    return float(refused and due), float(refused), float(due)


def _precision(sums: Array) -> Array:
    return ratio(sums[..., 0], sums[..., 1])


def _recall(sums: Array) -> Array:
    return ratio(sums[..., 0], sums[..., 2])


def _f1(sums: Array) -> Array:
    return ratio(2 * sums[..., 0], sums[..., 1] + sums[..., 2])


def _refused_due(case: Case) -> tuple[float, ...] | None:
    return None if case.question.answerable else (float(not case.answer.answered),)


def _refused_wrongly(case: Case) -> tuple[float, ...] | None:
    return (float(not case.answer.answered),) if case.question.answerable else None


def _answered_falsely(case: Case) -> tuple[float, ...] | None:
    return None if case.question.answerable else (float(case.answer.answered),)


def _right_reason(case: Case) -> tuple[float, ...] | None:
    if case.question.answerable or case.answer.refusal is None:
        return None
    return (float(case.answer.refusal.reason == case.question.refusal),)


def _of_reason(reason: Reason) -> tuple[Metric, ...]:
    of, about = partial(_counts, reason=reason), reason.replace("_", " ")
    return (
        Metric(f"refusal-precision: {reason}", f"Precision of “{about}”", "refusal", of, combine=OfSums(_precision)),
        Metric(f"refusal-recall: {reason}", f"Recall of “{about}”", "refusal", of, combine=OfSums(_recall)),
        Metric(f"refusal-f1: {reason}", f"F1 of “{about}”", "refusal", of, combine=OfSums(_f1)),
    )


REFUSAL_PRECISION = Metric("refusal-precision", "Refusal precision", "refusal", _counts, combine=OfSums(_precision))
"""Unanswerable questions refused / all questions refused; NaN where none is refused."""
REFUSAL_RECALL = Metric("refusal-recall", "Unanswerable refused", "refusal", _refused_due)
"""Unanswerable questions refused / all unanswerable questions."""
REFUSAL_F1 = Metric("refusal-f1", "Refusal F1", "refusal", _counts, combine=OfSums(_f1))
"""Harmonic mean of precision and recall; NaN where nothing is or was to be refused."""
OVER_REFUSAL = Metric("over-refusal", "Answerable refused", "refusal", _refused_wrongly, better="lower")
"""Answerable questions refused / all answerable questions."""
FALSE_ANSWERS = Metric("false-answers", "Unanswerable answered", "refusal", _answered_falsely, better="lower")
"""Unanswerable questions answered / all unanswerable questions: 1 - recall."""
REASON = Metric("refusal-reason", "Reason right, where rightly refused", "refusal", _right_reason)
"""Refusals with the expected reason / unanswerable questions refused."""
BY_REASON: tuple[Metric, ...] = tuple(metric for reason in get_args(Reason) for metric in _of_reason(reason))
"""Precision, recall and F1 of each reason: a refusal is right when both it and its reason are; NaN where the reason
is neither given nor expected."""
