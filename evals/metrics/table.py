"""The metrics of a run, in the order in which they are shown."""

from __future__ import annotations

from evals.metrics import attributed, calibration, citations, cost, refusal, retrieval, selective
from evals.metrics.base import Metric
from evals.metrics.correct import CORRECT
from evals.metrics.lexical import LEXICAL_SUPPORT
from evals.metrics.multihop import MULTIHOP

METRICS: tuple[Metric, ...] = (
    CORRECT,
    citations.PRECISION,
    citations.RECALL,
    citations.WORDS,
    attributed.ATTRIBUTION,
    attributed.ATTRIBUTION_ANY,
    attributed.MISATTRIBUTION,
    citations.VERBATIM,
    LEXICAL_SUPPORT,
    refusal.REFUSAL_RECALL,
    refusal.OVER_REFUSAL,
    refusal.FALSE_ANSWERS,
    refusal.REFUSAL_PRECISION,
    refusal.REFUSAL_F1,
    refusal.REASON,
    *refusal.BY_REASON,
    selective.AURC,
    calibration.ECE,
    retrieval.HITS_AT_1,
    retrieval.HITS_AT_4,
    retrieval.HITS_AT_10,
    retrieval.MRR,
    retrieval.NDCG,
    retrieval.RECALL,
    retrieval.EVIDENCE_RECALL,
    *MULTIHOP,
    cost.P50,
    cost.P95,
)
