"""Whether words are given to who said them: the speakers of the citations against the gold speaker.

Over answerable questions. Speakers are compared by `names.is_speaker`. Quotation attribution is scored as accuracy
in the literature (e.g. O'Keefe et al., EMNLP 2012); what counts as right is defined here.
"""

from __future__ import annotations

from evals.case import Case
from evals.metrics.base import Metric
from evals.metrics.names import is_named, is_speaker


def attribution(case: Case) -> tuple[float, ...] | None:
    """Return 1 if the first citation's speaker is the gold speaker and no gold words are given to a wrong one, else 0.

    Over questions that expect a speaker; a refusal scores 0.
    """
    speaker = _expected(case)
    if speaker is None:
        return None
    first = case.answer.citations[:1] if case.answer.answered else ()
    right = any(is_speaker(speaker, citation.speaker) for citation in first)
    return (float(right and not _wrong(case)),)


def attribution_any(case: Case) -> tuple[float, ...] | None:
    """Return 1 if any citation's speaker is the gold speaker, else 0; over the same questions as `attribution`."""
    speaker = _expected(case)
    if speaker is None:
        return None
    citations = case.answer.citations if case.answer.answered else ()
    return (float(any(is_speaker(speaker, citation.speaker) for citation in citations)),)


def misattribution(case: Case) -> tuple[float, ...] | None:
    """Return 1 if a citation gives gold words to somebody in `must_not_attribute_to`, else 0; so a refusal scores 0.

    Over answerable questions that name such people. Their own words, cited beside the answer, are no offence.
    """
    if not case.question.answerable or not case.question.must_not_attribute_to:
        return None
    return (float(_wrong(case)),)


def _expected(case: Case) -> str | None:
    return case.question.speaker if case.question.answerable else None


def _wrong(case: Case) -> bool:
    """Tell whether a citation gives gold words to one who must not have them."""
    right = case.question.speaker
    return any(
        is_named(other, citation.speaker)
        for citation in case.answer.citations
        if any(piece.met_by(citation) for piece in case.evidence)
        and not (right and is_speaker(right, citation.speaker))
        for other in case.question.must_not_attribute_to
    )


ATTRIBUTION = Metric("attribution", "Attribution accuracy", "answer", attribution)
"""Mean of `attribution`, 0..1."""
ATTRIBUTION_ANY = Metric("attribution-any", "Gold speaker cited at all", "answer", attribution_any)
"""Mean of `attribution_any`, 0..1."""
MISATTRIBUTION = Metric("misattribution", "Words given to the wrong person", "answer", misattribution, better="lower")
"""Mean of `misattribution`, 0..1."""
