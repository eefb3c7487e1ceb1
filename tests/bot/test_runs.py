"""Words in a row: what a speaker goes on to say is quoted too, and what follows on is one quotation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.ask import Filters, Whosaid
from bot.decide import Decider
from bot.evidence import Scored
from bot.runs import joined, with_runs
from bot.spoken import find_spoken


@pytest.fixture(scope="module")
def engine(sample_home: Path) -> Iterator[Whosaid]:
    with closing(Whosaid(sample_home)) as opened:
        yield opened


def weighed(engine: Whosaid, question: str) -> tuple[list[Scored], dict[str, str]]:
    with engine.opener.reading() as opened:
        assert opened is not None
        query, vector, found = engine.prepare(opened, question, Filters(), 10)
        spoken = find_spoken(query, opened.search.statements, opened.search.shelf)
        mine, _ = Decider(opened.search).weigh_spoken(query, vector, spoken, found)
        return list(mine), opened.search.shelf.texts({one.unit.article.id for one in mine})


def words(some: list[Scored], texts: dict[str, str]) -> list[str]:
    return [one.unit.span.of(texts[one.unit.article.id]) for one in some]


def test_the_sentence_after_the_cue_is_quoted_with_the_one_before_it(engine: Whosaid) -> None:
    answer = engine.ask("what did Attavar conclude about negligence?")
    quotes = [citation.quote for citation in answer.citations]
    assert quotes[:2] == ["There was no single act of negligence", "There was a habit of it."]
    assert answer.citations[0].kind == answer.citations[1].kind == "direct"


def test_a_run_ends_where_the_words_run_out(engine: Whosaid) -> None:
    mine, texts = weighed(engine, "what did Attavar say about negligence?")
    best = next(one for one in mine if "single act" in words([one], texts)[0])
    assert words(with_runs([best], mine, texts, 5), texts)[1:] == ["There was a habit of it."]
    assert with_runs([best], mine, texts, 5, words=8) == [best]
    assert with_runs([best], mine, texts, 1) == [best]


def test_sentences_that_follow_on_are_one_quotation_and_others_are_not(engine: Whosaid) -> None:
    mine, texts = weighed(engine, "what did Baldomir say about permission?")
    first, second = (
        next(one for one in mine if words([one], texts)[0].startswith(start))
        for start in ("No one will need permission", "They will need only")
    )
    (both,) = joined([first, second], texts)
    assert words([both], texts) == ["No one will need permission to gather. They will need only to tell us"]
    assert both.unit.kind == "direct"
    assert joined([second, first], texts) == [second, first]
