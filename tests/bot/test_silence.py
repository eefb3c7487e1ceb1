"""Whether a speaker spoke on a topic, beside those who did."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields, replace
from pathlib import Path

import pytest

from bot.ask import Filters, Whosaid
from bot.decide import Decider
from bot.fitted import fitted, threshold
from bot.silence import Figures, confidence
from bot.spoken import find_spoken


@pytest.fixture(scope="module")
def engine(sample_home: Path) -> Iterator[Whosaid]:
    with closing(Whosaid(sample_home)) as opened:
        yield opened


def figures(engine: Whosaid, question: str) -> Figures:
    with engine.opener.reading() as opened:
        assert opened is not None
        query, vector, found = engine.prepare(opened, question, Filters(), 10)
        spoken = find_spoken(query, opened.search.statements, opened.search.shelf)
        mine, known = Decider(opened.search).weigh_spoken(query, vector, spoken, found)
    assert mine and known is not None
    return known


def test_the_weights_are_of_the_figures_there_are_and_all_speak_for_the_speaker() -> None:
    weights = fitted("spoke")
    assert set(weights) == {"bias", *(field.name for field in fields(Figures))}
    weak = Figures(met=0.0, lead=0.0, article=0.0, question=0.0, alone=0.0, rival=0.5, share=-5.0)
    assert confidence(weak) < 0.1
    for better in (
        {"met": 1.0},
        {"lead": 1.0},
        {"article": 1.0},
        {"question": 1.0},
        {"alone": 1.0},
        {"share": 0.0},
    ):
        assert confidence(replace(weak, **better)) > confidence(weak)


def test_who_spoke_on_it_has_the_greater_share(engine: Whosaid) -> None:
    one = figures(engine, "what did Jossamin say about the seized bearing?")
    other = figures(engine, "what did Imberlow say about the seized bearing?")
    assert other.share < one.share <= 0.0 <= other.alone < one.alone
    assert confidence(other) < threshold("spoke") < confidence(one)


def test_one_who_speaks_alone_has_all_of_the_share(engine: Whosaid) -> None:
    with engine.opener.reading() as opened:
        assert opened is not None
        query, vector, _ = engine.prepare(opened, "what did Jossamin say about the bearing?", Filters(), 10)
        spoken = find_spoken(query, opened.search.statements, opened.search.shelf)
        _, known = Decider(opened.search).weigh_spoken(query, vector, spoken, [])
    assert known is not None and known.share == 0.0
