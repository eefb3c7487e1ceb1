from __future__ import annotations

import pytest

from corpus.model import Span
from evals.attribution_spans import Tally, add, matches, same_source
from evals.polnear import Marked


def marked(source: tuple[int, int] | None, *content: tuple[int, int]) -> Marked:
    return Marked((Span(*source),) if source else (), (), tuple(Span(*span) for span in content))


def test_a_match_needs_half_of_the_union_of_the_characters() -> None:
    gold = [marked(None, (0, 10), (20, 30))]
    assert matches([marked(None, (0, 10))], gold) == [(0, 0)]
    assert matches([marked(None, (0, 9))], gold) == []


def test_matches_are_one_to_one_and_the_best_goes_first() -> None:
    predicted = [marked(None, (0, 18)), marked(None, (0, 20))]
    assert matches(predicted, [marked(None, (0, 20)), marked(None, (0, 12))]) == [(0, 1), (1, 0)]


@pytest.mark.parametrize(
    ("predicted", "gold", "right"),
    [
        ((0, 4), (2, 30), True),  # two of the four characters of the shorter one
        ((0, 4), (3, 30), False),
        (None, None, True),
        (None, (0, 4), False),
        ((0, 4), None, False),
    ],
)
def test_sources_share_half_of_the_shorter_one(
    predicted: tuple[int, int] | None, gold: tuple[int, int] | None, right: bool
) -> None:
    assert same_source(marked(predicted, (50, 60)), marked(gold, (50, 60))) is right


def test_f1_counts_what_is_missed_and_what_is_too_much() -> None:
    tally = Tally()
    add(tally, [marked((0, 4), (50, 60)), marked(None, (70, 80))], [marked((20, 24), (50, 60))])
    assert (tally.f1(tally.content), tally.f1(tally.linked)) == (pytest.approx(2 / 3), 0.0)
