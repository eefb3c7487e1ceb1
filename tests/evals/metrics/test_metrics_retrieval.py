"""Retrieval metrics against figures worked out by hand."""

from __future__ import annotations

from math import log2

import pytest

from corpus.errors import UsageError
from evals.case import Case, Located, Place
from evals.metrics import retrieval
from evals.metrics.base import Metric
from evals.metrics.multihop import MULTIHOP, check_passages
from evals.metrics.table import METRICS

from .built import (
    FINED,
    PERMISSION,
    PRISON,
    RALLIES,
    READ,
    TEXTS,
    answer,
    case,
    cite,
    hit,
    question,
    refused,
    sentence,
    span,
)

RETRIEVAL = {metric.name: metric for metric in METRICS if metric.family == "retrieval"}


def value(metric: Metric, given: Case) -> float | None:
    figures = metric.of(given)
    return figures[0] if figures else None


def values(given: Case) -> dict[str, float | None]:
    return {name: value(metric, given) for name, metric in RETRIEVAL.items()}


# The passages: other article; half of the piece on permission; permission and fine; fine again; submissions.
HITS = (
    hit(1, RALLIES, article="report"),
    hit(2, "No one will need permission"),
    hit(3, sentence(PERMISSION), sentence(FINED)),
    hit(4, sentence(FINED)),
    hit(5, sentence(READ)),
)
ASKED = question(PERMISSION, FINED, READ, PRISON)


def test_ranks_and_shares_by_hand() -> None:
    # Relevant: rank 3 (two pieces at once), rank 5 (a third), one missing passage for the fourth piece.
    # Rank 4 only repeats, rank 2 has half of a piece.
    found = values(case(ASKED, answer(cite(1, READ), hits=HITS)))
    assert retrieval.gold_ranks(case(ASKED, answer(cite(1, READ), hits=HITS))) == (3, 4, 5)
    assert (found["hits@1"], found["hits@4"], found["hits@10"]) == (0, 1, 1)
    assert found["mrr@10"] == pytest.approx(1 / 3)
    ideal = 1 + 1 / log2(3) + 1 / log2(4)
    assert found["ndcg@10"] == pytest.approx((1 / log2(4) + 1 / log2(6)) / ideal, abs=1e-4)
    assert found["recall@10"] == pytest.approx(2 / 3)
    assert found["evidence-recall@10"] == pytest.approx(3 / 4)


def test_a_ranking_that_could_not_be_better_scores_one() -> None:
    best = (hit(1, sentence(PERMISSION), sentence(FINED)), hit(2, sentence(READ), sentence(PRISON)))
    assert set(values(case(ASKED, answer(cite(1, READ), hits=best))).values()) == {1.0}


def test_the_eleventh_passage_does_not_count_and_neither_does_the_refusal() -> None:
    padding = [hit(rank, RALLIES, article="report") for rank in range(1, 11)]
    found = values(case(question(READ), refused(hits=[*padding, hit(11, sentence(READ))])))
    assert set(found.values()) == {0.0}
    found = values(case(question(READ), refused(hits=[*padding[:9], hit(10, sentence(READ))])))
    assert found["hits@10"] == found["recall@10"] == 1 and found["hits@4"] == 0
    assert found["mrr@10"] == pytest.approx(0.1) and found["ndcg@10"] == pytest.approx(1 / log2(11), abs=1e-4)


def test_nothing_found_is_zero_and_no_evidence_is_no_figure() -> None:
    assert set(values(case(question(READ), refused())).values()) == {0.0}
    assert set(values(case(question(), refused(hits=HITS))).values()) == {None}


def test_a_piece_is_held_by_a_copy_of_its_article_and_a_whole_article_by_any_part_of_it() -> None:
    given = answer(cite(1, READ), hits=HITS[:1])
    copied = Located(READ, (Place("bill", *span(READ)), Place("report", *span(RALLIES, "report"))))
    whole = Located(None, (Place("report", 0, len(TEXTS["report"])),))
    for piece in (copied, whole):
        found = values(Case(question(READ), (piece,), given, "c"))
        assert found["mrr@10"] == found["recall@10"] == found["evidence-recall@10"] == 1


def test_the_multihop_scorer_asks_for_the_words_wherever_they_stand() -> None:
    # Its words are compared without spaces and newlines; of four facts the passages hold three, the first at rank 3.
    found = values(case(ASKED, answer(cite(1, READ), hits=HITS)))
    assert [found[metric.name] for metric in MULTIHOP] == pytest.approx([1 / 3, 1, 1, 3 / 4])
    elsewhere = Located(RALLIES, (Place("another copy", 0, len(RALLIES)),))
    found = values(Case(question(READ), (elsewhere,), answer(cite(1, READ), hits=HITS), "c"))
    assert found["multihop-mrr@10"] == 1 and found["mrr@10"] == 0
    documents = Located(None, (Place("report", 0, len(TEXTS["report"])),))
    assert value(MULTIHOP[0], Case(question(READ), (documents,), answer(cite(1, READ), hits=HITS), "c")) is None


def test_a_passage_that_is_too_long_is_an_error_that_names_it() -> None:
    def words(text: str) -> int:
        return len(text.split())

    check_passages(HITS, "question q", 120, words)
    long = hit(2, TEXTS["bill"][:20], sentence("Committee hearings begin"))
    with pytest.raises(UsageError, match=r"question q, hit 2: \d+ tokens, and a passage has at most 120"):
        check_passages([HITS[0], long], "question q", 120, words)
