"""Whether an answer says what the gold set says it must: no judge, only words."""

from __future__ import annotations

from evals.case import Case
from evals.metrics.base import Metric
from evals.metrics.wording import cited, holds, normalised, said


def correct(case: Case) -> bool:
    """Tell whether the answer to an answerable question is right; a refusal is not.

    Every group of `must_include` has an alternative that stands, as whole words, in the answer's text or in the
    words of its first six citations. Where every piece of evidence is wanted, so is each piece: met by one of those
    citations, or its words included. Where the question has no groups, one piece of evidence stands for them.
    """
    if not case.answer.answered:
        return False
    words = said(case.answer)
    if not all(any(holds(words, alternative) for alternative in group) for group in case.question.must_include):
        return False
    pieces = [
        any(piece.met_by(citation) for citation in cited(case.answer))
        or (piece.quote is not None and normalised(piece.quote) in words)
        for piece in case.evidence
    ]
    return all(pieces) if case.all_wanted else bool(case.question.must_include) or any(pieces)


def _of(case: Case) -> tuple[float, ...] | None:
    return (float(correct(case)),) if case.question.answerable else None


CORRECT = Metric("correct", "Correct", "answer", _of)
"""Right answers / answerable questions, 0..1. The groups of alternatives follow the answer patterns of TREC's question
answering track (Voorhees & Tice, SIGIR 2000)."""
