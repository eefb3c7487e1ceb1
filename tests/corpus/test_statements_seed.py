"""The article the project began with: every statement belongs to whom a careful reader would give it."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.model import Speaker, Statement
from corpus.statements import find_statements

SPOKESMAN = Speaker("An Sokkhoeurn", "spokesman", "Ministry of Foreign Affairs and International Cooperation")
SPOKESPERSON = Speaker(None, "spokesperson", "Ministry of Foreign Affairs and International Cooperation")
COUNTRY_REPORT = Speaker("US State Department's country report", None, "US State Department")


@pytest.fixture(scope="module")
def text(sample: Path) -> str:
    return (sample / "000_88a69eeaa2e40b64.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def found(text: str) -> list[Statement]:
    return find_statements(text)


def saying(found: list[Statement], text: str, words: str) -> list[Statement]:
    return [s for s in found if any(words in span.of(text) for span in s.content)]


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("blatantly exposes a double standard", "direct"),
        ("After 200 years of its own version of democracy", "direct"),
        ("The narrative on Cambodia is not balanced", "direct"),
        ("Such assumptions deviate from the UN standards", "direct"),
        ("Their voices are further amplified", "direct"),
        ("continues to welcome lawful rallies and appreciates sincere criticisms", "direct"),
        ("unfounded, biased, prejudiced and political in nature", "mixed"),
        ("a selective compilation of events", "indirect"),
        ("the credibility of the sources", "indirect"),
        ("freedom of expression remains alive and well", "indirect"),
    ],
)
def test_the_spokesman_says_what_is_his(found: list[Statement], text: str, words: str, kind: str) -> None:
    (statement,) = saying(found, text, words)
    assert (statement.speaker, statement.kind, statement.via) == (SPOKESMAN, kind, ())


@pytest.mark.parametrize(
    "words",
    [
        "the government generally failed to respect this right",
        "the government continued to restrict it",
        "the Constitution also provides for freedom of expression",
        "a report published by a local human rights group",
    ],
)
def test_the_report_never_the_ministry_says_what_is_in_the_report(
    found: list[Statement], text: str, words: str
) -> None:
    assert {s.speaker for s in saying(found, text, words)} == {COUNTRY_REPORT}


def test_a_group_quoted_by_the_report_speaks_through_the_report(found: list[Statement], text: str) -> None:
    group = [s for s in saying(found, text, "that in 2021, only 35 per cent") if s.speaker != COUNTRY_REPORT]
    assert [s.speaker for s in group] == [Speaker(None, "a local human rights group", None)]
    assert group[0].via == (COUNTRY_REPORT,)


def test_a_relative_clause_speaks_for_the_report_it_is_about(found: list[Statement], text: str) -> None:
    (statement,) = saying(found, text, "did not respect the rights")
    assert statement.speaker == Speaker(
        "US Department of State’s 2022 Human Rights Report on Cambodia", None, "US Department of State"
    )
    assert statement.via == ()


def test_the_spokesperson_only_expresses_dismay(found: list[Statement], text: str) -> None:
    (statement,) = saying(found, text, "dismay at the US Department")
    assert statement.speaker == SPOKESPERSON
    assert "alleged" not in statement.content[0].of(text)


def test_the_date_tied_to_a_cue_is_when_it_was_said(found: list[Statement], text: str) -> None:
    dated = [s for s in found if s.said is not None]
    assert [str(s.said) for s in dated] == ["--03-23"]
    assert "double standard" in dated[0].content[0].of(text)


def test_direct_speech_goes_without_its_marks(found: list[Statement], text: str) -> None:
    for statement in found:
        if statement.kind == "direct":
            assert not any(mark in span.of(text) for span in statement.content for mark in '“”"')


def test_a_quotation_over_two_paragraphs_is_one_statement(found: list[Statement], text: str) -> None:
    (statement,) = saying(found, text, "The narrative on Cambodia")
    assert [span.of(text)[:16] for span in statement.content] == ["The narrative on", "Such assumptions"]
