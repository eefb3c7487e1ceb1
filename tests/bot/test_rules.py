"""outlets.toml and speakers.toml at work in answers: set right, left out, pointed to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.ask import Whosaid
from bot.commands.show import find
from corpus.errors import UsageError

from .homes import ingest, ingested, records

LEDGER = {
    "id": "1",
    "title": "Bridge to close",
    "source": "The Ondreva Ledger",
    "published_at": "2041-03-05",
    "url": "https://ondreva-ledger.example/bridge",
    "body": "The bridge over the Ishel will close in May.\n\n“The bridge is rotten to the core,” said the engineer "
    "Tamsin Orrel. Mayor Odrin Pell said the ferry would run all night.",
}
STANDARD = {
    "id": "2",
    "title": "Ferry crews refuse",
    "source": "Capital Standard",
    "published_at": "2041-03-06",
    "url": "https://capital-standard.example/ferry",
    "body": "Ferry crews met on Sunday.\n\n“Nobody asked us about the night,” said Wil Sandor, a union man. Odrin Pell "
    "said the crews would be paid.",
}


@pytest.fixture
def home(tmp_path: Path, compiled_model: Path) -> Iterator[Whosaid]:
    file = records(tmp_path / "news.jsonl", LEDGER, STANDARD)
    opened = ingested(tmp_path / "home", compiled_model, default=[file])
    yield opened
    opened.close()


def with_rules(tmp_path: Path, **files: str) -> Whosaid:
    for name, content in files.items():
        (tmp_path / "home" / f"{name}.toml").write_text(content, "utf-8")
    ingest(tmp_path / "home", tmp_path / "news.jsonl")
    return Whosaid(tmp_path / "home")


def words(engine: Whosaid, question: str) -> list[str]:
    answer = engine.ask(question)
    return [citation.quote for citation in answer.citations]


def test_a_renamed_speaker_is_asked_for_and_shown_by_the_new_name(tmp_path: Path, home: Whosaid) -> None:
    assert words(home, "what did Tamsyn Orrell say about the bridge?") == []
    engine = with_rules(tmp_path, speakers='[[rename]]\nfrom = "Tamsin Orrel"\nto = "Tamsyn Orrell"\n')
    answer = engine.ask("what did Tamsyn Orrell say about the bridge?")
    assert [c.quote for c in answer.citations] == ["The bridge is rotten to the core"]
    assert answer.citations[0].speaker is not None and answer.citations[0].speaker.name == "Tamsyn Orrell"
    assert "Tamsyn Orrell" in answer.answer
    engine.close()


def test_a_process_that_is_open_sees_new_rules_after_the_next_ingest(tmp_path: Path, home: Whosaid) -> None:
    with_rules(tmp_path, speakers='[[rename]]\nfrom = "Tamsin Orrel"\nto = "Tamsyn Orrell"\n').close()
    assert words(home, "what did Tamsyn Orrell say about the bridge?") == ["The bridge is rotten to the core"]


def test_a_hidden_speaker_is_neither_named_nor_quoted(tmp_path: Path, home: Whosaid) -> None:
    questions = (
        "what did Tamsin Orrel say about the bridge?",
        "who called the bridge rotten?",
        "is the bridge rotten?",
    )
    assert any("rotten" in quote for question in questions for quote in words(home, question))
    engine = with_rules(tmp_path, speakers='[[hide]]\nname = "Tamsin Orrel"\n')
    for question in questions:
        answer = engine.ask(question)
        shown = [*answer.citations, *(answer.refusal.closest if answer.refusal else ())]
        assert not any("rotten" in c.quote or (c.speaker and c.speaker.name == "Tamsin Orrel") for c in shown), question
        assert "rotten to the core" not in answer.answer
    engine.close()


def test_two_persons_of_one_name_are_told_apart(tmp_path: Path, home: Whosaid) -> None:
    split = '[[split]]\nname = "Odrin Pell"\nas = "Odrin Pell the elder"\noutlet = "Capital Standard"\n'
    engine = with_rules(tmp_path, speakers=split)
    answer = engine.ask("what did Odrin Pell the elder say about the crews?")
    assert [c.quote for c in answer.citations][:1] == ["Odrin Pell said the crews would be paid."]
    assert {c.outlet for c in answer.citations} == {"Capital Standard"}
    engine.close()


def test_of_a_link_only_outlet_an_answer_says_where_and_shows_no_word(tmp_path: Path, home: Whosaid) -> None:
    question = "what did Tamsin Orrel say about the bridge?"
    assert words(home, question) == ["The bridge is rotten to the core"]
    engine = with_rules(tmp_path, outlets='[[outlet]]\nname = "The Ondreva Ledger"\nrights = "link"\n')
    answer = engine.ask(question, hits=10)
    assert answer.refusal is not None and not answer.citations
    assert [note for note in answer.notes if "https://ondreva-ledger.example/bridge" in note and "a link only" in note]
    assert "rotten" not in str(answer.as_json()).replace(question, "")
    assert [hit.text for hit in answer.hits if hit.url == LEDGER["url"]] == [""]
    engine.close()


def test_an_alias_names_the_outlet_in_a_question_and_in_a_flag(tmp_path: Path, home: Whosaid) -> None:
    engine = with_rules(tmp_path, outlets='[[outlet]]\nname = "Capital Standard"\naliases = ["the Evening Bugle"]\n')
    answer = engine.ask("What did the Evening Bugle report on ferry crews?")
    assert answer.query["outlets"] == ["Capital Standard"]
    engine.close()


def test_a_wrong_file_is_told_in_one_sentence(tmp_path: Path, home: Whosaid) -> None:
    with pytest.raises(UsageError, match=r"speakers\.toml.*hide.*nam"):
        with_rules(tmp_path, speakers='[[hide]]\nnam = "x"\n')


def test_the_catalogue_keeps_what_the_article_says(tmp_path: Path, home: Whosaid) -> None:
    with_rules(tmp_path, outlets='[[outlet]]\nname = "Ledger of Ondreva"\naliases = ["The Ondreva Ledger"]\n').close()
    assert find(home.catalogue, str(LEDGER["url"])).outlet == "The Ondreva Ledger"
    fresh = Whosaid(tmp_path / "home")
    answer = fresh.ask("what did Tamsin Orrel say about the bridge?")
    assert [c.outlet for c in answer.citations] == ["Ledger of Ondreva"]
    fresh.close()
