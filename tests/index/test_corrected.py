"""Statements between the catalogue and an answer."""

from __future__ import annotations

from typing import Any

from corpus.catalogue import ArticleRecord, StatementRecord
from corpus.model import Span, Speaker, Statement
from corpus.outlets import Outlets
from corpus.people import SpeakerCorrections
from index.corrected import asked_for, correct

OUTLETS = Outlets.parse("[[outlet]]\nname = 'The Ondreva Ledger'\naliases = ['ledger.example']")
CORRECTIONS = SpeakerCorrections.parse(
    """
    [[merge]]
    name = "Hale Teverin"
    also = ["Minister Teverin"]
    [[hide]]
    name = "Request"
    [[split]]
    name = "Smith"
    as = "Ann Smith"
    outlet = "Ondreva Ledger"
    """
)


def article(**known: Any) -> ArticleRecord:
    """An article of which only what matters here is told; the other fields of a record are empty."""
    fields: dict[str, Any] = dict.fromkeys(ArticleRecord.__dataclass_fields__)
    return ArticleRecord(**{**fields, "path": "a.html", "record": "", **known})


ARTICLES = {"a": article(id="a", url="https://www.ledger.example/1"), "b": article(id="b", outlet="Northern Wire")}


def record(at: int, of: str, name: str) -> StatementRecord:
    return StatementRecord(
        at,
        of,
        1,
        Statement(kind="direct", content=(Span(at, at + 5),), source=(Span(at + 7, at + 9),), speaker=Speaker(name)),
    )


def test_speakers_are_set_right_and_hidden_ones_leave_the_place_not_to_be_quoted() -> None:
    found = correct(
        [
            record(0, "a", "Minister Teverin"),
            record(20, "a", "Request"),
            record(40, "a", "Smith"),
            record(60, "b", "Smith"),
        ],
        ARTICLES,
        CORRECTIONS,
        OUTLETS,
    )
    assert [(r.id, r.statement.speaker) for r in found.statements] == [
        (0, Speaker("Hale Teverin")),
        (40, Speaker("Ann Smith")),  # the article names no outlet, its site does
        (60, Speaker("Smith")),
    ]
    assert found.withheld == {"a": [Span(20, 29)]}


def test_a_statement_of_an_article_that_is_not_at_hand_is_left_out() -> None:
    assert correct([record(0, "c", "Ada")], ARTICLES, CORRECTIONS, OUTLETS).statements == []


def test_without_files_nothing_changes() -> None:
    records = [record(0, "a", "Request"), record(60, "b", "Smith")]
    found = correct(records, ARTICLES, SpeakerCorrections(), Outlets())
    assert found.statements == records
    assert found.withheld == {}


def test_a_speaker_is_asked_for_by_every_name() -> None:
    assert asked_for(Speaker("Hale Teverin", "spokesman"), CORRECTIONS) == "Hale Teverin spokesman Minister Teverin"
    assert asked_for(Speaker(None, "an official"), CORRECTIONS) == "an official"
    assert asked_for(None, CORRECTIONS) == ""
