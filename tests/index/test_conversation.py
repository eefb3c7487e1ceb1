"""Questions read in the light of those before them."""

from __future__ import annotations

import pytest

from index.conversation import follow

MAYOR = "what did the mayor say about the harbour?"


@pytest.mark.parametrize(
    ("question", "speaker", "topic"),
    [
        ("and the port authority?", "the port authority", "the harbour"),
        ("what about Greta Holm?", "Greta Holm", "the harbour"),
        ("the fishermen's union's reaction?", "the fishermen's union", "the harbour"),
        ("Brandt's reply to that?", "Brandt", "the harbour"),
        ("her answer?", "the mayor", "the harbour"),
        ("and on the new terminal?", "the mayor", "the new terminal"),
        ("what about the night watch money", "the mayor", "the night watch money"),
        ("does she mention the ferries?", "the mayor", "the ferries"),
        ("and the union, does it want the subsidy?", "the union", "does it want the subsidy?"),
        ("will the quay be sold, does she say?", "the mayor", "will the quay be sold"),
        ("what did Brandt say about the eastern quay?", "Brandt", "the eastern quay"),
    ],
)
def test_who_is_meant_and_what(question: str, speaker: str, topic: str) -> None:
    turn = follow(question, [MAYOR])
    assert (turn.frame.speaker, turn.frame.topic) == (speaker, topic)


def test_a_first_question_stands_alone() -> None:
    turn = follow(MAYOR, [])
    assert (turn.frame.speaker, turn.frame.topic, turn.carried) == ("the mayor", "the harbour", "")


@pytest.mark.parametrize(
    "question",
    [
        "what did the health minister say about river fever in Marrach?",
        "how many teachers signed the agreement with the education ministry in Ondreva?",
    ],
)
def test_a_question_that_says_all_leans_on_nothing(question: str) -> None:
    assert follow(question, [MAYOR]).carried == ""


def test_a_question_about_something_else_keeps_no_speaker_but_knows_where_to_look() -> None:
    turn = follow("how many boats are there?", [MAYOR])
    assert turn.frame.speaker is None and "harbour" in turn.carried and "mayor" in turn.carried


def test_a_chain_is_read_turn_by_turn() -> None:
    chain = [MAYOR, "and the port authority?", "its director's view?"]
    turn = follow("and on the ferries?", chain)
    assert turn.frame.topic == "the ferries" and "harbour" in turn.carried
    assert follow("and?", []).frame.speaker is None


@pytest.mark.parametrize("question", ["", "?", "and", "and the?", "the reply to that?", "his", "what about"])
def test_next_to_nothing_is_read_without_a_fault(question: str) -> None:
    turn = follow(question, [MAYOR])
    assert turn.frame.speaker != "the"
