"""Answers judged by a language model: LlamaIndex's correctness and faithfulness evaluators.

A judge's figures hold for that judge only, so its name stands in their titles. (Zheng et al., "Judging LLM-as-a-Judge",
NeurIPS 2023, on what such judges get wrong.)
"""

from __future__ import annotations

import re
from typing import Any

from evals.case import Case
from evals.metrics.base import Metric

_SCORE = re.compile(r"\W*(?:score\W+)?(\d+(?:\.\d+)?+)(?:\s*/\s*5)?+(?![\d/])", re.IGNORECASE)
_VERDICT = re.compile(r"\W*(?:answer\W+)?(yes|no)\b", re.IGNORECASE)
_LEAST, _MOST = 1.0, 5.0


def judged(model: Any, name: str | None = None) -> tuple[Metric, ...]:
    """Return the metrics that a judge gives.

    Args:
        model: a LlamaIndex ``LLM``.
        name: what the judge is to be called; by default what the model calls itself.
    """
    by = f"judged by {name or model.metadata.model_name}"
    return (
        Metric("judged-correct", f"Correctness, {by}", "judged", lambda case: _correctness(model, case)),
        Metric("judged-faithful", f"Faithfulness, {by}", "judged", lambda case: _faithfulness(model, case)),
    )


def _correctness(model: Any, case: Case) -> tuple[float, ...] | None:
    """Return the judge's score of an answer, beside the gold quotations, put on 0..1: (score - 1) / 4.

    Over answerable questions with quoted evidence; a refusal scores 0, unasked. None where the judge gives no score.
    """
    gold = [piece.quote for piece in case.evidence if piece.quote is not None]
    if not case.question.answerable or not gold:
        return None
    if not case.answer.answered:
        return (0.0,)
    from llama_index.core.evaluation import CorrectnessEvaluator

    evaluator = CorrectnessEvaluator(llm=model, parser_function=_score)
    found = evaluator.evaluate(query=case.question.question, response=case.answer.answer, reference="\n".join(gold))
    return None if found.score is None else ((found.score - _LEAST) / (_MOST - _LEAST),)


def _faithfulness(model: Any, case: Case) -> tuple[float, ...] | None:
    """Return 1 if the judge finds the answer supported by the words that it cites, else 0.

    Over answers, to answerable questions or not. None where the judge says neither yes nor no.
    """
    if not case.answer.answered or not case.answer.citations:
        return None
    from llama_index.core.evaluation import FaithfulnessEvaluator

    found = FaithfulnessEvaluator(llm=model).evaluate(
        query=case.question.question,
        response=case.answer.answer,
        contexts=[citation.quote for citation in case.answer.citations],
    )
    # LlamaIndex takes a "yes" anywhere in the reply for assent, that of "yesterday" too
    verdict = _VERDICT.match(found.feedback or "")
    return None if verdict is None else (float(verdict[1].casefold() == "yes"),)


def _score(reply: str) -> tuple[float | None, str]:
    """Return the score at the beginning of a reply, None where there is none in 1..5, and the reply.

    LlamaIndex's own parser fails on a reply of one line.
    """
    match = _SCORE.match(reply)
    score = float(match[1]) if match else None
    return score if score is not None and _LEAST <= score <= _MOST else None, reply
