"""MultiHop-RAG's own score, as its ``retrieval_evaluate.py`` computes it.

A passage holds a fact when the fact is a substring of it once spaces and newlines are deleted, in whichever
article the passage stands. MRR@10, Hits@4 and Hits@10 ask for any one fact of the question; evidence recall@10, which
is ours, is the share of its facts that its ten passages hold. All range over 0..1; questions without evidence are
left out. (Tang & Yang, "MultiHop-RAG", COLM 2024.) What its script calls MAP is not average precision, and is not here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.model import Hit
from corpus.errors import UsageError
from evals.case import Case
from evals.metrics.base import Metric

DEPTH = 10

_NO_SPACE = str.maketrans("", "", " \n")


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What was found for one answerable question: all in 0..1, higher is better."""

    reciprocal_rank: float
    hit_at_4: float
    hit_at_10: float
    evidence_recall: float


def score(passages: Sequence[str], facts: Sequence[str]) -> Retrieval:
    """Score the passages returned for a question, best first, against its facts.

    Only the first ten passages count. `facts` must not be empty.
    """
    found = [passage.translate(_NO_SPACE) for passage in passages[:DEPTH]]
    wanted = [fact.translate(_NO_SPACE) for fact in facts]
    first = next((rank for rank, text in enumerate(found, 1) if any(fact in text for fact in wanted)), None)
    held = sum(any(fact in text for text in found) for fact in wanted)
    return Retrieval(
        reciprocal_rank=1 / first if first else 0.0,
        hit_at_4=float(first is not None and first <= 4),
        hit_at_10=float(first is not None),
        evidence_recall=held / len(wanted),
    )


def check_passages(hits: Iterable[Hit], where: str, most: int, count_tokens: Callable[[str], int]) -> None:
    """Make sure that none of a question's passages is longer than `most` tokens; `where` names the question.

    Raises:
        UsageError: one is, so that its score could not be compared with others'.
    """
    for hit in hits:
        tokens = count_tokens(hit.text)
        if tokens > most:
            raise UsageError(
                f"{where}, hit {hit.rank}: {tokens} tokens, and a passage has at most {most}; return it unpadded"
            )


def _metric(name: str, title: str, figure: Callable[[Retrieval], float]) -> Metric:
    def of(case: Case) -> tuple[float, ...] | None:
        facts = [piece.quote for piece in case.evidence if piece.quote is not None]
        return (figure(score([hit.text for hit in case.answer.hits], facts)),) if facts else None

    return Metric(name, f"{title} (MultiHop-RAG's scorer)", "retrieval", of)


MULTIHOP: tuple[Metric, ...] = (
    _metric("multihop-mrr@10", "MRR@10", lambda found: found.reciprocal_rank),
    _metric("multihop-hits@4", "Hits@4", lambda found: found.hit_at_4),
    _metric("multihop-hits@10", "Hits@10", lambda found: found.hit_at_10),
    _metric("multihop-evidence-recall@10", "Evidence recall@10", lambda found: found.evidence_recall),
)
"""The four figures of `score`, for each question whose evidence is quoted words, not whole articles."""
