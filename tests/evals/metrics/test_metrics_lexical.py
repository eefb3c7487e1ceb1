"""Lexical support: what can be checked in a sentence stands in what it cites."""

from __future__ import annotations

import pytest

from evals.metrics.lexical import LEXICAL_SUPPORT, claims

from .built import (
    BALDOMIR,
    CALLISDRE,
    FINED,
    PERMISSION,
    PRISON,
    RALLIES,
    READ,
    answer,
    case,
    cite,
    question,
    refused,
    sentence,
)

CITED = (
    cite(1, sentence(PERMISSION), BALDOMIR),
    cite(2, sentence(FINED), None, kind=None),
    cite(3, sentence(PRISON), CALLISDRE),
)


def support(text: str) -> float | None:
    figures = LEXICAL_SUPPORT.of(case(question(PERMISSION), answer(*CITED, text=text)))
    return figures[0] if figures else None


@pytest.mark.parametrize(
    ("text", "supported"),
    [
        ("Organisers could be fined up to 40,000 orins [2].", True),
        ("Organisers could be fined up to 40000 orins [2].", True),
        ("Organisers could be fined up to 50,000 orins [2].", False),
        ("Organisers could be jailed for 6 months [2].", True),  # "six" in the article
        ("Organisers could be jailed for seven months [2].", False),
        ("Organisers could be jailed for 6 months [1].", False),  # another passage's words
        ("Interior Minister Corr Baldomir promised written reasons [1].", True),
        ("On 4 March 2041 Baldomir promised written reasons [1].", True),  # what the citation tells
        ("Interior Minister Vash Orelind promised written reasons [1].", False),
        ("The US promised written reasons [1].", False),
        ("Baldomir said “no one will need permission to gather” [1].", True),
        ("Baldomir said “everyone will need permission to gather” [1].", False),
        ("Nobody will need permission to gather [1].", True),
        ("Everybody will need permission to gather, Baldomir said [1].", False),
        ("The party would not vote against the bill [3].", False),
        ("The party would vote against the bill [3].", True),
        ("Organisers could be fined up to 40,000 orins.", False),  # cites nothing
        ("Fines go up to 40,000 orins. [2]", True),  # a mark after the full stop is the sentence's
        ("Baldomir and Callisdre spoke in March [1, 3].", True),
        ("Baldomir and Callisdre spoke in March [1].", False),
    ],
)
def test_a_sentence_is_supported_by_what_its_marks_name(text: str, supported: bool) -> None:
    assert support(text) == float(supported)


def test_the_share_is_over_sentences_that_cite_or_can_be_checked() -> None:
    # supported; invented number; nothing to check and no mark: not counted; supported: 2 of 3
    text = "Fines go up to 40,000 orins [2]. Or up to 90,000 orins [2]. That is a lot. Baldomir wants to be told [1]."
    assert support(text) == pytest.approx(2 / 3)


def test_an_answer_that_only_quotes_is_supported_and_its_headings_are_checked() -> None:
    given = answer(*CITED, cite(4, sentence(RALLIES, "report"), None, "report", kind="indirect"))
    assert LEXICAL_SUPPORT.of(case(question(PERMISSION), given)) == (1.0,)
    assert [claim.leads for claim in claims(given)] == [True, False] * 4
    swapped = answer(*CITED, text=given.answer.replace("Corr Baldomir", "Vash Orelind"))
    figures = LEXICAL_SUPPORT.of(case(question(PERMISSION), swapped))
    assert figures is not None and figures[0] < 1


def test_refusals_and_bare_talk_have_no_figure() -> None:
    assert LEXICAL_SUPPORT.of(case(question(READ), refused())) is None
    assert support("It is hard to say.") is None
