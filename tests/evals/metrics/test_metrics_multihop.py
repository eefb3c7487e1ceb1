"""The MultiHop-RAG score, against figures worked out by hand."""

from __future__ import annotations

import pytest

from evals.metrics.multihop import score

RALLIES = "lawful rallies would be protected"
EVASIVE = "The union called the answer evasive."
COURT = "A court had ordered the ministry"


def test_the_first_passage_with_any_fact_sets_the_rank_and_every_fact_counts_for_recall() -> None:
    # Of three facts the second passage holds one and the fifth another: 1/2; within four; 2/3 of the facts.
    found = score(["nothing", f"so {RALLIES}", "nothing", "nothing", EVASIVE, EVASIVE], [COURT, EVASIVE, RALLIES])
    assert found.reciprocal_rank == 0.5
    assert found.hit_at_4 == found.hit_at_10 == 1
    assert found.evidence_recall == pytest.approx(2 / 3)


def test_a_fact_at_rank_five_is_no_hit_at_four_and_at_eleven_no_hit_at_all() -> None:
    fifth = score(["-"] * 4 + [RALLIES], [RALLIES])
    assert (fifth.reciprocal_rank, fifth.hit_at_4, fifth.hit_at_10, fifth.evidence_recall) == (0.2, 0, 1, 1)
    eleventh = score(["-"] * 10 + [RALLIES], [RALLIES])
    assert (eleventh.reciprocal_rank, eleventh.hit_at_10, eleventh.evidence_recall) == (0, 0, 0)


def test_spaces_and_newlines_do_not_matter_and_other_characters_do() -> None:
    assert score(["lawful\nrallies  would be protected"], [RALLIES]).hit_at_4 == 1
    assert score(["lawful\trallies would be protected"], [RALLIES]).hit_at_4 == 0
    assert score(["Lawful rallies would be protected"], [RALLIES]).hit_at_4 == 0
