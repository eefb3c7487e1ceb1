"""Outlets as questions name them."""

from __future__ import annotations

import pytest

from index.outlets import OutletNames

INDEPENDENT = ("The Independent - Life and Style", "The Independent - Travel")
NAMES = OutletNames(["The Verge", "CBSSports.com", "Fortune", *INDEPENDENT])


def found(question: str) -> list[set[str]]:
    return [set(mention.outlets) for mention in NAMES.find(question)]


def test_outlets_are_found_in_order_with_and_without_their_article_and_domain() -> None:
    assert found("Did CBSSports.com or the Verge or cbssports report it?") == [{"cbssports.com"}, {"verge"}]
    assert found("what did CBSSports say") == [{"cbssports.com"}]


def test_a_short_form_means_all_that_share_it() -> None:
    both = {"independent - life and style", "independent - travel"}
    assert found("an article in The Independent about Rome") == [both]
    assert found("an article in The Independent - Travel about Rome") == [{"independent - travel"}]


def test_a_name_that_is_also_a_word_counts_only_as_a_name() -> None:
    assert found("he made a fortune on the verge of war") == []
    assert found("Fortune favours the bold") == []
    assert found("as Fortune reported") == [{"fortune"}]


def test_the_place_of_a_mention_is_exact() -> None:
    question = "what did The Verge say"
    (mention,) = NAMES.find(question)
    assert mention.span.of(question) == "The Verge"


@pytest.mark.parametrize(
    "question",
    ["What does the Herald article say on rail?", "an article published by the Herald", "as reported by Herald"],
)
def test_what_is_presented_as_an_outlet_and_is_none_is_told(question: str) -> None:
    assert [name.removeprefix("the ") for name in NAMES.unknown(question)] == ["Herald"]


def test_a_known_outlet_is_never_unknown() -> None:
    assert NAMES.unknown("the Verge article, and an article in Fortune") == []


def test_names_given_by_hand_resolve_like_those_in_questions_and_else_stay() -> None:
    assert NAMES.named(["the verge", "CBSSPORTS"]) == {"verge", "cbssports.com"}
    assert NAMES.named(["Daily Nonesuch"]) == {"daily nonesuch"}


def test_without_outlets_nothing_is_found() -> None:
    assert OutletNames([]).find("The Verge says") == []


ONE_NAME = {"ondreva-ledger.example": "The Ondreva Ledger", "Ondreva ledger": "The Ondreva Ledger"}
CALLED = OutletNames(
    ["Ondreva ledger", "ondreva-ledger.example", "Ishel Valley Post"],
    ONE_NAME,
    {"The Ondreva Ledger": ["Ledger", "Ondreva-Ledger.example"], "Radio Sundral": ["Sundral"]},
)
SPELLINGS = frozenset({"ondreva ledger", "ondreva-ledger.example"})


@pytest.mark.parametrize(
    "question",
    [
        "What does the Ledger's article say on rail?",
        "What does The Ondreva Ledger say on rail?",
        "What did ondreva-ledger.example say on rail?",
        "what does the Ondreva Ledger say on rail?",
    ],
)
def test_an_alias_means_the_articles_of_every_spelling(question: str) -> None:
    (mention,) = CALLED.find(question)
    assert mention.outlets == SPELLINGS
    assert CALLED.unknown(question) == []


def test_an_alias_given_by_hand_means_every_spelling() -> None:
    for name in ("ledger", "The Ledger", "Ondreva Ledger", "ondreva-ledger.example"):
        assert CALLED.named([name]) == SPELLINGS


def test_an_alias_that_is_a_word_counts_only_as_a_name() -> None:
    assert CALLED.find("who keeps a ledger of gifts?") == []


def test_aliases_of_an_outlet_that_the_asker_may_not_see_are_not_known() -> None:
    assert CALLED.find("What did Sundral say?") == []
    assert CALLED.named(["Sundral"]) == {"sundral"}
    assert CALLED.unknown("the Sundral article") == ["Sundral"]


def test_outlets_are_shown_by_their_one_name() -> None:
    assert CALLED.shown(SPELLINGS) == ["The Ondreva Ledger"]
    assert CALLED.shown(["ishel valley post", "daily nonesuch"]) == ["Ishel Valley Post", "daily nonesuch"]
