"""How far the words of a sentence meet the words of a topic."""

from __future__ import annotations

import pytest

from index.relevance import NONE, Topic, terms_of
from index.terms import content_words

LAWFUL = "The government continues to welcome lawful rallies and appreciates sincere criticisms from various camps"
DOUBLE = "The annual report on other countries blatantly exposes a double standard in its practices"


def topic(words: str) -> Topic:
    return Topic(content_words(words))


def test_the_words_themselves_meet_fully_in_any_form() -> None:
    met = topic("the lawful rally").met(terms_of(LAWFUL))
    assert met == pytest.approx((1.0, 1.0, 1.0))


def test_words_near_in_meaning_meet_in_part() -> None:
    met = topic("assembly").met(terms_of(LAWFUL))
    assert met.own == 0.0 < met.related < 1.0
    assert topic("assembly").met(terms_of(DOUBLE)).related == 0.0


def test_context_counts_for_less_than_the_sentence() -> None:
    asked = topic("press rallies")
    alone = asked.met(terms_of(LAWFUL))
    helped = asked.met(terms_of(LAWFUL), terms_of("The press reported it."))
    inside = asked.met(terms_of(LAWFUL + " and the press"))
    assert alone.context < helped.context < inside.context
    assert helped.own == alone.own and asked.coverage(terms_of(LAWFUL)) == alone.context


def test_the_head_of_a_short_topic_counts_most() -> None:
    free, assembly = terms_of("a free man"), terms_of("an assembly")
    asked = topic("free assembly")
    assert asked.exact(free) < asked.exact(assembly)
    assert asked.exact(free | assembly) == pytest.approx(1.0)


def test_a_rare_word_counts_more_than_a_common_one() -> None:
    asked = topic("time and again said herring in the year of trouble")
    assert asked.exact(terms_of("herring")) > asked.exact(terms_of("year"))


def test_an_empty_topic_meets_nothing() -> None:
    assert topic("about the").empty
    assert topic("").met(terms_of(LAWFUL), NONE) == (0.0, 0.0, 0.0)


def test_shares_stay_within_bounds() -> None:
    for asked in ("rallies", "free assembly", "lawful rallies from camps", "x y z"):
        for sentence in (LAWFUL, DOUBLE, ""):
            met = topic(asked).met(terms_of(sentence), terms_of(LAWFUL))
            assert all(0.0 <= share <= 1.0 + 1e-9 for share in met) and met.own <= met.related <= met.context
