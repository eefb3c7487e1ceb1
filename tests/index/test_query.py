"""A question as understood: topic, speaker, outlets, dates, and what flags bind."""

from __future__ import annotations

from datetime import date

import pytest

from index.facets import Facets
from index.outlets import OutletNames
from index.query import Query, name_terms, parse, speaker_terms
from index.terms import content_terms, content_words

OUTLETS = OutletNames(["Ondreva Ledger", "Northern Wire", "The Verge"])
TODAY = date(2042, 6, 1)


def read(question: str, facets: Facets = Facets(scope=None), speaker: str | None = None) -> Query:  # noqa: B008
    return parse(question, OUTLETS, facets, TODAY, speaker)


def test_speaker_topic_and_their_terms() -> None:
    query = read("What did the Interior Ministry say about public gatherings?")
    assert (query.speaker, query.topic) == ("the Interior Ministry", "public gatherings")
    assert query.speaker_terms == ("interior", "ministri") and query.terms == ("public", "gather")
    assert query.firm and not query.asks_who


def test_a_period_is_taken_out_of_the_topic_and_kept() -> None:
    query = read("What did Hollomen say about the gates on 5 August 2041?")
    assert (query.speaker, query.topic) == ("Hollomen", "the gates")
    assert query.as_json()["since"] == query.as_json()["until"] == "2041-08-05"
    assert query.facets == Facets(scope=None), "a date guides"


def test_a_bound_goes_into_the_facets_unless_a_flag_set_them() -> None:
    question = "What did Hollomen say about the gates since 5 August 2041?"
    assert read(question).facets.since == date(2041, 8, 5)
    assert read(question, Facets(scope=None, since=date(2040, 1, 1))).facets.since == date(2040, 1, 1)


def test_no_words_that_lead_to_a_date_are_left_behind() -> None:
    for when in ("around 7 September 2041", "in early March 2041", "between early August and October 2041"):
        assert read(f"what did the mayor say about the strike {when}?").topic.rstrip("?") == "the strike"


def test_an_outlet_is_no_speaker() -> None:
    query = read("What does the Ondreva Ledger article say about fees?")
    assert query.speaker is None and query.as_json()["outlets"] == ["ondreva ledger"]
    assert "fee" in query.terms and "ledger" not in query.terms


@pytest.mark.parametrize("words", ["articles from both Northern Wire and The Verge", "several reports in The Verge"])
def test_articles_of_outlets_are_no_speaker(words: str) -> None:
    assert read(f"Who is the man facing trial, according to {words}?").speaker is None


def test_a_speaker_in_an_outlet_is_a_speaker() -> None:
    query = read("What did Baldomir tell Northern Wire about the notice?")
    assert query.speaker == "Baldomir" and query.as_json()["outlets"] == ["northern wire"]


def test_a_flag_names_the_speaker_before_the_question_does() -> None:
    query = read("What did Baldomir say about rallies?", speaker="Esk Norrabel")
    assert (query.speaker, query.topic, query.firm) == ("Esk Norrabel", "rallies", True)
    assert not read("who said that?", speaker="Esk Norrabel").asks_who


def test_outlets_that_the_catalogue_has_not_are_told() -> None:
    assert read("What does the Herald article say on rail?").unknown_outlets == ("Herald",)


def test_a_phrase_in_quotation_marks_is_kept() -> None:
    assert read('who said “a tidy policeman” and "no"?').phrases == ("a tidy policeman",)


@pytest.mark.parametrize("question", ["", "   ", "?!…", "the of and", "🙂"])
def test_a_question_without_content_has_no_terms(question: str) -> None:
    query = read(question)
    assert query.terms == () and query.speaker is None and query.mentions == ()


@pytest.mark.parametrize(
    ("name", "terms"),
    [
        ("An Sokkhoeurn", ("sokkhoeurn",)),
        ("the Ministry of Health", ("ministri", "health")),
        ("Mr. Hale Teverin's", ("hale", "teverin")),
        ("a local human rights group", ("local", "human", "right", "group")),
        ("US Department of State", ("us", "depart", "state")),
        ("", ()),
    ],
)
def test_the_terms_of_a_speaker(name: str, terms: tuple[str, ...]) -> None:
    assert speaker_terms(name) == terms


def test_terms_are_stems_once_each_in_order_without_function_words() -> None:
    assert content_terms("The rallies, and what they said about the rally of 2041") == ("ralli", "2041")
    assert content_words("Protests in Łódź")["protest"] == "protests"


def test_names_are_capitalised_words_inside_the_question() -> None:
    query = read("Did the Ondreva Ledger say that Corr Baldomir met Norrabel? Yes")
    assert name_terms(query) == ("corr", "baldomir", "norrabel")
