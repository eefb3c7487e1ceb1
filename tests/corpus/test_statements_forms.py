"""The forms in which English news says who said what, one by one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.statements import find_statements


def told(text: str) -> list[tuple[str, str, str]]:
    return [
        (
            " | ".join(span.of(text) for span in s.source),
            " | ".join(span.of(text) for span in s.cue),
            " | ".join(span.of(text) for span in s.content),
        )
        for s in find_statements(text)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mr Lowell said that he does not like pickles.", ("Mr Lowell", "said", "that he does not like pickles")),
        ("The council has repeatedly said it will pay.", ("The council", "has repeatedly said", "it will pay")),
        (
            "Ann Ruiz, who was freed in May, told a crowd of about 300 that she had lost six kilograms.",
            ("Ann Ruiz", "told", "that she had lost six kilograms"),
        ),
        (
            "Asked about the talks on Tuesday, the ministry’s spokesman, Hale Teverin, said that it was no matter.",
            ("the ministry’s spokesman, Hale Teverin", "said", "that it was no matter"),
        ),
        (
            "“We will not pay for this,” the mayor, Ann Ruiz, told reporters on Monday.",
            ("the mayor, Ann Ruiz", "told", "We will not pay for this"),
        ),
        (
            "“The morbidity rate is striking,” said Dr. James Talcott, a surgeon.",
            ("Dr. James Talcott, a surgeon", "said", "The morbidity rate is striking"),
        ),
        (
            "“This is our home,” said Mary Poe. “We are not leaving it.”",
            ("Mary Poe", "said", "This is our home | We are not leaving it."),
        ),
        (
            "“This,” Mary Poe said, “is our home and we stay.”",
            ("Mary Poe", "said", "This | is our home and we stay."),
        ),
        ("The bridge is safe, the ministry said.", ("the ministry", "said", "The bridge is safe")),
        ("The bridge, the ministry said, is safe.", ("the ministry", "said", "The bridge | is safe")),
        ("According to the police, two men fled.", ("the police", "According to", "two men fled")),
        ("Two men fled, according to the police.", ("the police", "according to", "Two men fled")),
        ("Jane Roe: “The bridge is not safe.”", ("Jane Roe", ":", "The bridge is not safe.")),
        (
            "Jane Roe, the party's leader, dismissed the plan as “a joke”.",
            ("Jane Roe, the party's leader", "dismissed", "the plan as “a joke”"),
        ),
        ("The minister denied the charge.", ("The minister", "denied", "the charge")),
        ("The union vowed to strike again.", ("The union", "vowed", "to strike again")),
        ("She told the court that he had left.", ("She", "told", "that he had left")),
        (
            "«Nous partons demain matin», said Jean Petit.",
            ("Jean Petit", "said", "Nous partons demain matin"),
        ),
        (
            "‘We don’t know the workers’ names,’ said Ann Lee.",
            ("Ann Lee", "said", "We don’t know the workers’ names"),
        ),
        (
            "''So terrible it was to see,'' Mr. Dorsey said.",
            ("Mr. Dorsey", "said", "So terrible it was to see"),
        ),
    ],
)
def test_form(text: str, expected: tuple[str, str, str]) -> None:
    assert told(text) == [expected]


def test_a_participle_shares_the_subject_of_its_sentence() -> None:
    text = "The governor said the road was open, adding that the bridge was not."
    assert told(text) == [
        ("The governor", "said", "the road was open"),
        ("The governor", "adding", "that the bridge was not"),
    ]


def test_what_is_not_said_is_not_a_statement() -> None:
    for text in (
        "The governor declined to say whether the road was open.",
        "He was told to leave the building.",
        "The report was published in 1998.",
        "The state's claims office is closed on Sunday.",
        "A new group called Black Terrace opened the shop.",
    ):
        assert told(text) == [], text


@pytest.mark.parametrize(
    "text",
    [
        "The dockers' union called a strike on Monday.",
        "The dockers' union called a general strike.",
        "The dockers' union is calling a strike for Monday.",
        "Mara Venn called an election for June.",
        "Mara Venn called early elections on Friday.",
        "The minister called a halt to the talks.",
        "The mayor called a meeting of the council.",
        "The mayor has called a news conference for noon.",
        "The mayor called the meeting.",
        "The mayor called Orelind on Monday.",
        "The mayor called her at home.",
    ],
)
def test_what_is_called_together_or_off_is_not_said(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    "content",
    [
        "the plan reckless",
        "the plan a reckless one",
        "the strike illegal",
        "the strike at the docks disgraceful",
        "the vote a sham",
        "the vote in the council a sham",
        "the attack on the school disgraceful",
        "him divisive",
        "Orelind a liar",
        "a strike on Monday “a gift to the owners”",
    ],
)
def test_what_somebody_is_called_is_said(content: str) -> None:
    assert told(f"Mara Venn called {content}.") == [("Mara Venn", "called", content)]


def test_who_calls_for_something_says_it() -> None:
    assert told("Mara Venn called for a strike on Monday.") == [("Mara Venn", "called for", "a strike on Monday")]
    assert told("The union called a halt, calling the delay “a joke”.") == [
        ("The union", "calling", "the delay “a joke”")
    ]


@pytest.mark.parametrize(
    ("text", "kind", "content"),
    [
        ('"Dust settles," said foreman Ole Brandt.', "direct", "Dust settles"),
        ("‘Dust settles’, said foreman Ole Brandt.", "direct", "Dust settles"),
        ("“Never”, the foreman has said.", "direct", "Never"),
        ("Ole Brandt said: “Never.”", "direct", "Never."),
        ("The dust is “settling”, Ole Brandt said.", "mixed", "The dust is “settling”"),
        ("“Safe” dams fail, Ole Brandt said.", "mixed", "“Safe” dams fail"),
        ("Ole Brandt called for “calm”.", "mixed", "“calm”"),
    ],
)
def test_a_clause_in_quotation_marks_is_direct_speech_however_short(text: str, kind: str, content: str) -> None:
    (statement,) = find_statements(text)
    assert (statement.kind, told(text)[0][2]) == (kind, content)


BODY = (
    "\n\nTORVANE - Water Minister Brack Hollomen flew over the Sorn Dam on Friday.\n\n"
    "“The dam is safe. All six gates are working,” Hollomen told reporters.\n\nThe river rose."
)


@pytest.mark.parametrize(
    ("headline", "own"),
    [
        ('Two provinces on alert; dam "safe", minister says', False),
        ("Hollomen: Dam is safe", False),
        ("Two provinces on alert; dam unsafe, engineer says", True),  # who is not in the body
        ("Two provinces on alert; bridges closed, minister says", True),  # what is not in the body
        ("Two provinces are on alert, but the dam is safe, the minister said.", True),  # no headline
    ],
)
def test_what_a_headline_repeats_is_the_bodys(headline: str, own: bool) -> None:
    text = headline + BODY
    found = [statement for statement in find_statements(text) if statement.extent.start < len(headline)]
    assert bool(found) is own
    assert "The dam is safe. All six gates are working" in [content for _, _, content in told(text)]


def test_a_quotation_nobody_is_named_for_has_no_speaker() -> None:
    (statement,) = find_statements("The crowd was large.\n\n“We shall come back tomorrow and every day.”")
    assert statement.speaker is None
    assert statement.kind == "direct"


def test_marks_that_do_not_match_still_make_a_pair() -> None:
    (_, _, content) = told('He called it "unfounded, biased and political in nature”. Then he left.')[0]
    assert content == 'it "unfounded, biased and political in nature”'


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([*"“”\"‘’'.,:;()—\n", "said", "Ann Lee", "he", "that", "the report", " "]), max_size=40)
)
def test_every_span_lies_in_the_text(pieces: list[str]) -> None:
    text = " ".join(pieces)
    for statement in find_statements(text):
        assert statement.content
        for span in (*statement.content, *statement.source, *statement.cue):
            assert 0 <= span.start < span.end <= len(text)
            assert span.of(text).strip() == span.of(text)


def test_spans_are_exact_on_real_articles(shared_data: Path) -> None:
    lines = (shared_data / "multihop-rag" / "corpus.jsonl").read_text(encoding="utf-8").splitlines()[:25]
    bodies = [json.loads(line)["body"] for line in lines]
    found = [(body, statement) for body in bodies for statement in find_statements(body)]
    assert len(found) > 200
    assert sum(statement.speaker is not None for _, statement in found) > 0.6 * len(found)
    for body, statement in found:
        if statement.kind == "direct":
            assert all(span.of(body)[0] not in '“"' for span in statement.content)
