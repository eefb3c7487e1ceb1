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
