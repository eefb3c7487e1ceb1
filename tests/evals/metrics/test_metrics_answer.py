"""Metrics of answers, each on an example worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from corpus.model import Speaker
from evals.case import Case, Located, Place
from evals.metrics import attributed, citations
from evals.metrics.base import Metric
from evals.metrics.correct import CORRECT, correct
from evals.metrics.names import is_named, is_speaker
from evals.metrics.wording import holds, normalised, said

from .built import (
    BALDOMIR,
    CALLISDRE,
    CHARTER,
    FINED,
    PERMISSION,
    PRISON,
    RALLIES,
    READ,
    TEXTS,
    answer,
    case,
    cite,
    question,
    refused,
    sentence,
    span,
)


def value(metric: Metric, given: Case) -> float | None:
    figures = metric.of(given)
    return figures[0] if figures else None


# --- words


@pytest.mark.parametrize(
    ("words", "there"),
    [
        ("40,000", True),
        ("40,000 orins", True),
        ("FINED  up to", True),
        ("40", False),
        ("000", False),
        ("0,000", False),
        ("gather", False),  # "gatherings" is another word
        ("working days’ notice", True),
        ('"a patchwork of decrees', True),
        ("“a patchwork of decrees", True),
        ("", False),
    ],
)
def test_words_are_found_whole_whatever_their_form(words: str, there: bool) -> None:
    text = normalised(sentence(FINED) + sentence("seven working days") + sentence("patchwork"))
    assert holds(text, words) is there


def test_what_an_answer_says_is_not_its_sources_titles_nor_its_seventh_citation() -> None:
    given = answer(*(cite(n, READ, BALDOMIR) for n in range(1, 7)), cite(7, PRISON, CALLISDRE))
    words = said(given)
    assert "corr baldomir" in words and "212 written submissions" in words
    assert "government tables bill" in given.answer.casefold() and "government tables bill" not in words
    assert "prison clause" in given.answer and "prison clause" not in words


# --- correct


def test_correct_asks_for_one_alternative_of_every_group() -> None:
    asked = question(FINED, must_include=(("fined",), ("40,000", "forty thousand")))
    assert value(CORRECT, case(asked, answer(cite(1, FINED)))) == 1
    assert value(CORRECT, case(asked, answer(cite(1, READ), text="They could be fined forty thousand orins [1]."))) == 1
    assert value(CORRECT, case(asked, answer(cite(1, READ), text="They could be fined [1]."))) == 0
    assert value(CORRECT, case(asked, refused())) == 0
    assert value(CORRECT, case(question(), answer(cite(1, FINED)))) is None


def test_the_words_may_stand_in_the_sixth_citation_but_not_in_the_seventh() -> None:
    asked = question(PRISON, must_include=(("prison clause",),))
    six = [cite(n, READ) for n in range(1, 6)]
    assert correct(case(asked, answer(*six, cite(6, PRISON))))
    assert not correct(case(asked, answer(*six, cite(6, READ), cite(7, PRISON))))


def test_where_all_evidence_is_wanted_each_piece_is_cited_or_its_words_are_included() -> None:
    asked = question(PERMISSION, PRISON, type="contrast", must_include=(("permission",),))
    assert not correct(case(asked, answer(cite(1, PERMISSION))))
    assert correct(case(asked, answer(cite(1, PERMISSION), cite(2, sentence(PRISON)))))
    assert correct(case(asked, answer(cite(1, PERMISSION), text=f"No permission [1], but “{PRISON}” [1]")))


def test_without_groups_one_piece_of_evidence_stands_for_them() -> None:
    asked = question(PERMISSION, PRISON)
    assert correct(case(asked, answer(cite(1, sentence(PRISON)))))
    assert not correct(case(asked, answer(cite(1, READ))))
    whole = (Located(None, (Place("bill", 0, len(TEXTS["bill"])),)),)
    assert correct(Case(asked, whole, answer(cite(1, READ)), "c"))
    assert not correct(Case(asked, whole, answer(cite(1, RALLIES, article="report")), "c"))


# --- citations


def test_precision_and_recall_of_gold_citations() -> None:
    # Three citations, of which two touch gold; of two pieces one is met.
    given = answer(cite(1, sentence(PRISON)), cite(2, "prison clause"), cite(3, READ))
    asked = question(PERMISSION, PRISON)
    assert value(citations.PRECISION, case(asked, given)) == pytest.approx(2 / 3)
    assert value(citations.RECALL, case(asked, given)) == 1
    all_wanted = question(PERMISSION, PRISON, type="contrast")
    assert value(citations.RECALL, case(all_wanted, given)) == 0.5


def test_a_refusal_has_neither_and_an_unanswerable_question_is_not_asked_for_them() -> None:
    for metric in (citations.PRECISION, citations.RECALL):
        assert value(metric, case(question(PRISON), refused())) == 0
        assert value(metric, case(question(), answer(cite(1, READ)))) is None


def test_the_same_words_in_another_article_are_not_the_gold_place() -> None:
    start, end = span(PRISON)
    elsewhere = replace(cite(1, PRISON), article_id="report", start=start, end=end)
    assert value(citations.RECALL, case(question(PRISON), answer(elsewhere))) == 0


def test_verbatim_is_the_share_of_citations_that_are_their_span() -> None:
    good, altered = cite(1, PRISON), replace(cite(2, FINED), quote=FINED.replace("40,000", "4,000"))
    moved = replace(cite(3, READ), start=cite(3, READ).start + 1, end=cite(3, READ).end + 1)
    outside = replace(cite(4, READ), end=10**6)
    assert value(citations.VERBATIM, case(question(PRISON), answer(good))) == 1
    assert value(citations.VERBATIM, case(question(PRISON), answer(good, altered, moved, outside))) == 0.25
    assert value(citations.VERBATIM, case(question(), answer(good))) == 1
    assert value(citations.VERBATIM, case(question(PRISON), answer(good), texts=False)) is None
    assert value(citations.VERBATIM, case(question(PRISON), refused())) is None


def test_words_quoted_add_up_over_citations() -> None:
    given = answer(cite(1, PRISON), cite(2, "prison clause"))  # 5 + 2
    assert value(citations.WORDS, case(question(PRISON), given)) == 7
    assert value(citations.WORDS, case(question(PRISON), refused())) is None
    assert citations.WORDS.unit == "words" and citations.WORDS.better == "lower"


# --- attribution


@pytest.mark.parametrize(
    ("name", "speaker", "same"),
    [
        ("Corr Baldomir", BALDOMIR, True),
        ("Interior Minister Corr Baldomir", Speaker("Baldomir"), True),
        ("Dr. Baldomir", BALDOMIR, True),
        ("Ministry of the Interior", BALDOMIR, True),
        ("interior minister", BALDOMIR, True),
        ("Mirr Callisdre", BALDOMIR, False),
        ("Corr Anthorel", BALDOMIR, False),
        ("People’s Charter", CHARTER, True),
        ("Peoples Charter", CALLISDRE, True),
        ("National Concord Party", Speaker("NCP"), True),
        ("NCP", Speaker("National Concord Party"), True),
        ("NCP", CHARTER, False),
        ("Amos Drewitt-Hale", Speaker("Professor Amos Drewitt Hale"), True),
        ("José Núñez", Speaker("Jose Nunez"), True),
        ("two officials familiar with the talks", Speaker(None, "two officials familiar with the talks"), True),
        ("a senior official of the Ministry of Health", Speaker(None, "senior official", "Ministry of Health"), True),
        ("Interior Minister Corr Baldomir", Speaker(None, "minister"), False),
        ("Interior Minister Corr Baldomir", Speaker("Tarn Osterick", "interior minister"), False),
        ("Father", Speaker("Father Aldo Brevin"), True),
        ("Corr Baldomir", Speaker(), False),
        ("Corr Baldomir", None, False),
        ("", BALDOMIR, False),
    ],
)
def test_speakers_are_the_same_by_their_words(name: str, speaker: Speaker | None, same: bool) -> None:
    assert is_speaker(name, speaker) is same


def test_a_name_alone_is_not_met_by_an_affiliation() -> None:
    assert is_speaker("People's Charter", CALLISDRE) and not is_named("People's Charter", CALLISDRE)
    assert is_named("People's Charter", CHARTER) and not is_named("People's Charter", None)
    assert is_named("spokeswoman for the ministry", Speaker(None, "spokeswoman", "the ministry"))


ASKED = question(PERMISSION, speaker="Corr Baldomir", must_not_attribute_to=("Mirr Callisdre", "People's Charter"))


def three(first: object, asked: object = ASKED) -> tuple[float | None, ...]:
    given = case(asked, first)  # type: ignore[arg-type]
    every = (attributed.ATTRIBUTION, attributed.ATTRIBUTION_ANY, attributed.MISATTRIBUTION)
    return tuple(value(metric, given) for metric in every)


def test_attribution_is_the_first_citations_speaker() -> None:
    assert three(answer(cite(1, PERMISSION, BALDOMIR), cite(2, PRISON, CALLISDRE))) == (1, 1, 0)
    assert three(answer(cite(1, PRISON, CALLISDRE), cite(2, PERMISSION, BALDOMIR))) == (0, 1, 0)
    assert three(answer(cite(1, PERMISSION))) == (0, 0, 0)
    assert three(refused()) == (0, 0, 0)


def test_gold_words_given_to_one_who_must_not_have_them_spoil_it() -> None:
    assert three(answer(cite(1, PERMISSION, CALLISDRE))) == (0, 0, 1)
    assert three(answer(cite(1, READ, BALDOMIR), cite(2, PERMISSION, CHARTER))) == (0, 1, 1)
    # whoever may be the gold speaker is not wrong, though the list has their party
    party = question(PRISON, speaker="Mirr Callisdre", must_not_attribute_to=("People's Charter",))
    assert three(answer(cite(1, PRISON, CALLISDRE)), party) == (1, 1, 0)


def test_attribution_is_not_asked_where_no_speaker_is_expected_or_nothing_can_be_said() -> None:
    assert three(answer(cite(1, PERMISSION)), question(PERMISSION)) == (None, None, None)
    silent = question(
        type="false-speaker", refusal="speaker_silent", speaker="X", must_not_attribute_to=("Corr Baldomir",)
    )
    assert three(answer(cite(1, PERMISSION, BALDOMIR)), silent) == (None, None, None)
