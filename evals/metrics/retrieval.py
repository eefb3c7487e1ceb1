"""How well the passages are found: the first ten, best first, against the pieces of gold evidence.

A passage holds a piece when it has all of its characters, in the piece's article or a copy of it; where a whole
article is the piece, any part of it does. A passage is
relevant when it holds a piece that no better one holds: repeating a piece gains nothing. Relevance is binary. The
relevant passages of a question are those found and one for each piece that no passage holds, so a ranking that
is as good as it can be scores 1. All range over 0..1 and count only questions with evidence; a question's refusal does
not matter here. Computed by ir-measures (MacAvaney et al., "Streamlining Evaluation with ir-measures", ECIR 2022),
where it has the metric.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from evals.case import Case
from evals.metrics.base import Metric

DEPTH = 10
_QUESTION = "q"


def gold_ranks(case: Case) -> tuple[int, ...]:
    """Return the ranks, from 1, of the passages that hold a piece of evidence."""
    return tuple(
        rank
        for rank, hit in enumerate(case.answer.hits[:DEPTH], 1)
        if any(piece.held_by(hit) for piece in case.evidence)
    )


def evidence_recall(case: Case) -> tuple[float, ...] | None:
    """Return the share of the pieces of evidence that the ten passages hold."""
    if not case.evidence:
        return None
    hits = case.answer.hits[:DEPTH]
    return (sum(any(piece.held_by(hit) for hit in hits) for piece in case.evidence) / len(case.evidence),)


def _measured(case: Case, name: str) -> tuple[float, ...] | None:
    """Return what ir-measures makes of one question."""
    if not case.evidence:
        return None
    from ir_measures import Qrel, ScoredDoc

    run = [ScoredDoc(_QUESTION, str(rank), -rank) for rank in range(1, len(case.answer.hits[:DEPTH]) + 1)]
    if not run:
        return (0.0,)
    qrels = [Qrel(_QUESTION, passage, 1) for passage in _relevant(case)]
    measure = _measure(name)
    return (float(next(found.value for found in measure.iter_calc(qrels, run))),)


def _relevant(case: Case) -> list[str]:
    """Return the names of the relevant passages: their ranks, and one for each piece that is not found."""
    found: dict[str, None] = {}
    for number, piece in enumerate(case.evidence):
        ranks = (rank for rank, hit in enumerate(case.answer.hits[:DEPTH], 1) if piece.held_by(hit))
        rank = next(ranks, None)
        found[f"missing {number}" if rank is None else str(rank)] = None
    return list(found)


@cache
def _measure(name: str) -> Any:
    from ir_measures import parse_measure

    return parse_measure(name)


def _metric(name: str, title: str, measure: str) -> Metric:
    return Metric(name, title, "retrieval", lambda case: _measured(case, measure))


HITS_AT_1 = _metric("hits@1", "Hits@1", "Success@1")
"""1 where the first passage holds a piece of evidence, else 0."""
HITS_AT_4 = _metric("hits@4", "Hits@4", "Success@4")
"""1 where one of the first four passages holds a piece of evidence, else 0."""
HITS_AT_10 = _metric("hits@10", "Hits@10", "Success@10")
"""1 where one of the ten passages holds a piece of evidence, else 0."""
MRR = _metric("mrr@10", "MRR@10", "RR@10")
"""1 / the rank of the first passage that holds a piece, 0 where none of the ten does (Voorhees, TREC-8, 1999)."""
NDCG = _metric("ndcg@10", "nDCG@10", "nDCG@10")
"""Sum over relevant passages of 1 / log2(rank + 1), divided by that of the ideal ranking, in which all relevant ones
come first (Järvelin & Kekäläinen, TOIS 2002)."""
RECALL = _metric("recall@10", "Recall@10 of passages", "R@10")
"""Relevant passages among the ten / all relevant passages."""
EVIDENCE_RECALL = Metric("evidence-recall@10", "Evidence recall@10", "retrieval", evidence_recall)
