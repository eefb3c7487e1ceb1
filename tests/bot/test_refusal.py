"""Refusals: when, and in which words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.ask import Filters, Whosaid
from bot.fitted import fitted, threshold
from bot.refusal import Figures, confidence, refuse
from bot.result import Silent
from bot.unmatched import Reach, period
from corpus.catalogue import CorpusSummary
from index.facets import Facets
from index.outlets import OutletNames
from index.query import Query, parse

NAMES = OutletNames(["Northern Wire"])
REACH = CorpusSummary(articles=1234, generation=7, oldest="2041-03-04", newest="2042-05-18")
ABOUT = Reach(summary=REACH, whole=REACH)
NOTHING = replace(REACH, articles=0, oldest=None, newest=None)


def query(question: str, facets: Facets = Facets(scope=None)) -> Query:  # noqa: B008
    return parse(question, NAMES, facets, date(2042, 6, 1))


def test_a_refusal_says_how_far_the_corpus_reaches() -> None:
    told = refuse("no_evidence", query("who built the dam?"), ABOUT, NAMES).message
    assert told == "No statement that answers this was found in 1,234 articles (4 March 2041 to 18 May 2042)."
    alone = replace(REACH, articles=1, oldest=None, newest=None)
    assert (
        "1 article (undated)"
        in refuse("no_evidence", query("who built the dam?"), replace(ABOUT, summary=alone, whole=alone), NAMES).message
    )
    same = replace(REACH, newest="2041-03-04")
    assert (
        "(4 March 2041)."
        in refuse("no_evidence", query("who built the dam?"), replace(ABOUT, summary=same), NAMES).message
    )


def test_a_silent_speaker_and_an_unknown_one_are_told_apart() -> None:
    asked = query("what did Hale Teverin say about the weather?")
    silent = refuse("speaker_silent", asked, ABOUT, NAMES)
    assert silent.reason == "speaker_silent"
    assert silent.message.startswith("No statement by Hale Teverin on the weather was found")
    assert "quoted on other matters" in silent.message
    known = Silent(12, ("herring quota", "fees", "the strike"), ("Ann Lee", "“Bo” Ruiz"))
    told = refuse("speaker_silent", asked, ABOUT, NAMES, silent=known).message
    assert "12 other statements by this speaker are here, on herring quota, fees and the strike." in told
    assert told.endswith("Others spoke on it: Ann Lee and Bo Ruiz.")
    assert (
        "1 other statement by this speaker is here."
        in refuse("speaker_silent", asked, ABOUT, NAMES, silent=Silent(1)).message
    )
    assert refuse("unknown_speaker", asked, ABOUT, NAMES).message.startswith(
        "Nobody by the name of Hale Teverin is quoted"
    )


def test_filters_that_nothing_matches_are_named() -> None:
    facets = Facets(
        scope=None, outlets=frozenset({"northern wire"}), authors=frozenset({"ann"}), since=date(2041, 1, 2)
    )
    about = replace(ABOUT, admitted=False, typed={"ann": "Ann"})
    told = refuse("nothing_matches_filters", query("the dam?", facets), about, NAMES).message
    assert told == (
        "No article here was published by Northern Wire since 2 January 2041 and written by Ann; there are 1,234 "
        "articles (4 March 2041 to 18 May 2042)."
    )


def test_an_unknown_outlet_keeps_its_case_and_the_nearest_are_named() -> None:
    facets = Facets(scope=None, outlets=frozenset({"northen wire"}))
    about = replace(ABOUT, admitted=False, typed={"northen wire": "Northen WIRE"}, outlets=("Northern Wire", "Ledger"))
    told = refuse("nothing_matches_filters", query("the dam?", facets), about, NAMES).message
    assert told.startswith("No article here was published by Northen WIRE; there are 1,234 articles")
    assert told.endswith(" The nearest outlets here: Northern Wire.")


def test_a_speaker_who_said_nothing_then_is_not_a_time_without_articles() -> None:
    asked = query("what did Hale Teverin say about the dam in March 2041?")
    told = refuse("nothing_matches_filters", asked, ABOUT, NAMES).message
    assert told.startswith("No statement by Hale Teverin between 1 and 31 March 2041 was found; there are 1,234")


def test_an_outlet_that_is_not_there_is_named() -> None:
    told = refuse("no_evidence", query("What does the Herald article say on rail?"), ABOUT, NAMES).message
    assert "which has nothing published by Herald" in told


def test_an_empty_catalogue_tells_what_to_do() -> None:
    nothing = Reach(summary=NOTHING, whole=NOTHING)
    assert "No article has been ingested yet" in refuse("empty_index", query("anything"), nothing, NAMES).message


def test_articles_that_wait_are_not_said_to_be_none() -> None:
    waiting = Reach(summary=NOTHING, whole=NOTHING, waiting=1200)
    assert refuse("empty_index", query("anything"), waiting, NAMES).message == (
        "No answer is possible yet: 1,200 articles are waiting to be indexed; run the same `whosaid ingest` again."
    )


def test_a_day_before_everything_is_told_with_how_far_the_corpus_reaches() -> None:
    asked = query("anything", Facets(scope=None, as_of=date(2030, 1, 31)))
    told = refuse("nothing_matches_filters", asked, Reach(summary=NOTHING, whole=REACH), NAMES).message
    assert told == (
        "Nothing here had been published by 31 January 2030; there are 1,234 articles (4 March 2041 to 18 May 2042), "
        "all of them later."
    )


def test_undated_articles_alone_are_told_apart_from_what_came_later() -> None:
    undated = replace(REACH, articles=3, oldest=None, newest=None)
    asked = query("who built the dam?", Facets(scope=None, as_of=date(2030, 1, 31)))
    told = refuse("no_evidence", asked, Reach(summary=undated, whole=REACH), NAMES).message
    assert "found in 3 articles (undated; 1,234 articles (4 March 2041 to 18 May 2042) are here, those with a" in told


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        ("2039-03-01", "2039-03-31", "between 1 and 31 March 2039"),
        ("2039-03-01", "2039-06-30", "between 1 March and 30 June 2039"),
        ("2039-12-24", "2040-01-06", "between 24 December 2039 and 6 January 2040"),
        ("2039-03-05", "2039-03-05", "on 5 March 2039"),
        ("2039-03-01", None, "since 1 March 2039"),
        (None, "2039-03-31", "until 31 March 2039"),
        (None, None, ""),
    ],
)
def test_a_period_is_told_as_people_do(since: str | None, until: str | None, words: str) -> None:
    assert period(*(date.fromisoformat(day) if day else None for day in (since, until))) == words


def test_words_of_the_question_are_not_put_in_quotation_marks() -> None:
    asked = replace(query("what did Hale say about it?"), speaker="Hale “the voice” Teverin", topic="'the \"thing\"'")
    told = refuse("speaker_silent", asked, ABOUT, NAMES).message
    assert "the voice" in told and "thing" in told
    assert not set(told) & set('"“”«»')


def test_confidence_is_a_probability_and_better_evidence_never_lowers_it_by_names() -> None:
    weak = Figures(unit=0.1, related=0.2, passage=0.2, one=0.1, together=0.2, names=0.0, foreign=1.0, missing=1.0)
    strong = Figures(unit=0.9, related=0.9, passage=0.8, one=0.9, together=1.0, names=1.0, foreign=0.0, missing=0.0)
    assert 0.0 < confidence(weak) < threshold("answerable") < confidence(strong) < 1.0
    assert confidence(replace(strong, foreign=1.0)) < confidence(strong)
    assert confidence(replace(strong, missing=1.0)) < confidence(strong)


def test_the_fitted_weights_are_of_the_features_there_are() -> None:
    assert set(fitted("answerable")) == {"bias", *Figures.__dataclass_fields__}
    assert all(0.0 < threshold(name) < 1.0 for name in ("answerable", "spoken", "others", "spoke"))


@pytest.fixture(scope="module")
def engine(sample_home: Path) -> Iterator[Whosaid]:
    with closing(Whosaid(sample_home)) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("what did Hale Teverin say about the five-day notice rule?", "speaker_silent"),
        ("what did Bressamy say about university fees?", "speaker_silent"),
        ("what did Zebulon Quagmire say about the dam?", "unknown_speaker"),
        ("best recipe for lemon cake", "no_evidence"),
    ],
)
def test_what_the_sample_does_not_say(engine: Whosaid, question: str, reason: str) -> None:
    answer = engine.ask(question)
    assert answer.refusal is not None and answer.refusal.reason == reason
    assert 1 <= len(answer.refusal.closest) <= 3
    assert [closest.n for closest in answer.refusal.closest] == list(range(1, len(answer.refusal.closest) + 1))
    assert "64 articles" in answer.answer


LATE, SPORT = Filters(since=date(2042, 1, 1)), Filters(outlets=("Sportsday Talmeria",))


@pytest.mark.parametrize(
    ("question", "filters", "reason", "words"),
    [
        ("Hollomen say about the dam", LATE, "nothing_matches_filters", "Hollomen since 1 January 2042 was found"),
        ("Pennaver say about herring", LATE, "nothing_matches_filters", "; other articles here quote this speaker."),
        ("Pennaver say about herring", SPORT, "nothing_matches_filters", "by Pennaver in Sportsday Talmeria was"),
        ("Zebulon Quagmire say about herring", LATE, "unknown_speaker", "by the name of Zebulon Quagmire is"),
    ],
)
def test_where_filters_let_articles_through_they_are_not_said_to_be_none(
    engine: Whosaid, question: str, filters: Filters, reason: str, words: str
) -> None:
    answer = engine.ask(f"what did {question}?", filters=filters)
    assert answer.refusal is not None and answer.refusal.reason == reason
    assert words in answer.answer and "No article here" not in answer.answer


def test_what_finds_nothing_where_articles_are_says_where_it_looked(engine: Whosaid) -> None:
    answer = engine.ask("how much herring was caught?", filters=Filters(since=date(2042, 5, 1)))
    assert answer.refusal is not None and answer.refusal.reason == "no_evidence"
    assert answer.answer.startswith("No statement that answers this since 1 May 2042 was found in 64 articles")


def test_a_silent_speakers_other_statements_are_those_that_the_filters_admit(engine: Whosaid) -> None:
    told = engine.ask("what did Hollomen say about herring?", filters=Filters(since=date(2041, 8, 1))).answer
    assert told.startswith("No statement by Hollomen on herring since 1 August 2041 was found in 64 articles")
    assert "other statements by this speaker since 1 August 2041 are here" in told


def test_a_silent_speakers_refusal_tells_of_others_and_of_what_the_speaker_said(engine: Whosaid) -> None:
    answer = engine.ask("what did Imberlow say about the seized bearing?", filters=Filters())
    assert answer.refusal is not None and answer.refusal.reason == "speaker_silent"
    assert {c.speaker.name for c in answer.refusal.closest if c.speaker} == {"Ferl Jossamin"}
    assert "other statements by this speaker are here" in answer.refusal.message
    assert answer.refusal.message.endswith("Others spoke on it: Ferl Jossamin.")
