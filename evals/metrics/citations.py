"""What an answer cites, against the gold evidence and the stored articles. Over answerable questions."""

from __future__ import annotations

from evals.case import Case
from evals.metrics.base import Metric
from evals.metrics.wording import cited


def precision(case: Case) -> tuple[float, ...] | None:
    """Return the citations that overlap a piece of gold evidence / all citations; a refusal scores 0."""
    if not case.question.answerable:
        return None
    good = [any(piece.met_by(citation) for piece in case.evidence) for citation in case.answer.citations]
    return (sum(good) / len(good),) if case.answer.answered and good else (0.0,)


def recall(case: Case) -> tuple[float, ...] | None:
    """Return the pieces of gold evidence that one of the first six citations overlaps / all pieces.

    Where any one piece is an answer, 1 if one is met and 0 if none is. A refusal scores 0.
    """
    if not case.question.answerable:
        return None
    if not case.answer.answered:
        return (0.0,)
    met = [any(piece.met_by(citation) for citation in cited(case.answer)) for piece in case.evidence]
    return (sum(met) / len(met),) if case.all_wanted else (float(any(met)),)


def verbatim(case: Case) -> tuple[float, ...] | None:
    """Return the citations whose quotation is exactly ``text[start:end]`` of the version they name / all citations.

    Of every answer, to answerable questions or not; none where it cites nothing or a text is not at hand.
    """
    keys = [(citation.article_id, citation.version) for citation in case.answer.citations]
    if not keys or any(key not in case.texts for key in keys):
        return None
    exact = [
        0 <= c.start < c.end and case.texts[key][c.start : c.end] == c.quote
        for c, key in zip(case.answer.citations, keys, strict=True)
    ]
    return (sum(exact) / len(exact),)


def words_quoted(case: Case) -> tuple[float, ...] | None:
    """Return how many words the citations of an answer quote together; a refusal quotes none and does not count."""
    if not case.question.answerable or not case.answer.answered:
        return None
    return (float(sum(len(citation.quote.split()) for citation in case.answer.citations)),)


PRECISION = Metric("gold-citation-precision", "Gold-citation precision", "answer", precision)
"""Mean over answerable questions, 0..1. After citation precision of ALCE (Gao et al., EMNLP 2023), with gold spans in
place of a model's judgement."""
RECALL = Metric("gold-citation-recall", "Gold-citation recall", "answer", recall)
"""Mean over answerable questions, 0..1; source as `PRECISION`."""
VERBATIM = Metric("verbatim", "Citations verbatim", "answer", verbatim)
"""Mean over answers, 0..1; anything below 1 is a defect."""
WORDS = Metric("words-quoted", "Words quoted", "answer", words_quoted, better="lower", unit="words")
"""Mean over answers to answerable questions: what a right answer costs to read. It counts only beside `correct`."""
