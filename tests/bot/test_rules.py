"""outlets.toml and speakers.toml at work in answers: set right, left out, pointed to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.ask import Filters, Whosaid
from bot.commands.ingest import run as run_ingest
from bot.commands.show import find
from bot.settings import read_settings
from corpus.errors import UsageError
from corpus.ingest import Files, IngestReport
from corpus.ingest import ingest as store

from .homes import ingest, ingested, made, records

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


BRIEF = {
    "id": "3",
    "source": "Hask Telegraph",
    "published_at": "2041-03-07",
    "url": "https://hask-telegraph.example/lamp",
    "body": "The lamp in the lighthouse of Hask has gone out, said the keeper Nils Varden. “Nobody will light it "
    "before Friday,” Varden said. The council of the island was told on Tuesday.",
}


def words_of(body: str, answer: dict[str, Any]) -> set[str]:
    """The runs of five words of a text that an answer holds, outside the question."""
    shown, parts = " ".join(json.dumps(answer, ensure_ascii=False).split()), body.split()
    runs = (" ".join(parts[at : at + 5]) for at in range(len(parts) - 4))
    return {run for run in runs if run in shown}


def test_a_link_only_article_without_a_title_lends_no_words_to_its_place(tmp_path: Path, home: Whosaid) -> None:
    records(tmp_path / "news.jsonl", LEDGER, STANDARD, BRIEF)
    engine = with_rules(tmp_path, outlets='[[outlet]]\nname = "Hask Telegraph"\nrights = "link"\n')
    for question in ("what did Nils Varden say about the lamp?", "when did the lamp of the lighthouse of Hask go out?"):
        answer = engine.ask(question, hits=10)
        assert any(BRIEF["url"] in note for note in answer.notes), question
        assert not words_of(BRIEF["body"], {**answer.as_json(), "question": "", "query": {}})
        assert [(hit.title, hit.text) for hit in answer.hits if hit.url == BRIEF["url"]] == [("", "")]
    engine.close()


def test_of_a_short_passage_article_never_more_than_half_is_in_one_answer(tmp_path: Path, home: Whosaid) -> None:
    records(tmp_path / "news.jsonl", LEDGER, STANDARD, BRIEF)
    engine = with_rules(tmp_path, outlets='[[outlet]]\nname = "Hask Telegraph"\nrights = "passage"\n')
    answer = engine.ask("what did Nils Varden say about the lamp?", hits=10)
    assert any(BRIEF["url"] == citation.url for citation in answer.citations)
    spans = [c.quote for c in answer.citations if c.url == BRIEF["url"]]
    spans += [hit.text for hit in answer.hits if hit.url == BRIEF["url"]]
    assert 0 < sum(map(len, spans)) <= len(BRIEF["body"]) // 2
    assert {c.title for c in answer.citations if c.url == BRIEF["url"]} == {""}
    engine.close()


def test_passages_in_which_a_hidden_speaker_speaks_are_no_hits(tmp_path: Path, home: Whosaid) -> None:
    question = "what is said about the bridge over the Ishel?"
    assert any("Tamsin Orrel" in hit.text for hit in home.ask(question, hits=10).hits)
    engine = with_rules(tmp_path, speakers='[[hide]]\nname = "Tamsin Orrel"\n')
    for hits in (engine.ask(question, hits=10).hits, engine.search(question)):
        assert hits and not any("Orrel" in hit.text for hit in hits)
        assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    engine.close()


def test_a_rule_that_meets_nobody_is_told_at_the_ingest(
    tmp_path: Path, home: Whosaid, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = (
        '[[rename]]\nfrom = "Orrel"\nto = "Orrell"\n[[hide]]\nname = "Wil Sandor"\n[[hide]]\nname = "Nobody At All"\n'
    )
    (tmp_path / "home" / "speakers.toml").write_text(rules, "utf-8")
    settings = read_settings(tmp_path / "home")
    assert run_ingest(settings, [str(tmp_path / "news.jsonl")], "default", None, False, False, False) == 0
    notes = [line for line in capsys.readouterr().err.splitlines() if line.startswith("Note: ")]
    assert notes == [
        f"Note: speakers.toml: nobody is called {name!r}; write the whole name as an answer shows it"
        for name in ("Orrel", "Nobody At All")
    ]


def test_nobody_is_taken_to_be_himself(tmp_path: Path, home: Whosaid) -> None:
    more = {**STANDARD, "id": "4", "url": "https://capital-standard.example/pell", "title": "Pell on the night ferry"}
    more["body"] = "The ferry was late on Monday night again. “The night ferry is paid for,” Pell said."
    records(tmp_path / "news.jsonl", LEDGER, STANDARD, more)
    engine = with_rules(tmp_path, speakers="")
    answer = engine.ask("what did Pell say about the night ferry?")
    names = {c.speaker.name for c in answer.citations if c.speaker}
    assert "Pell" in names and len(names) > 1
    assert [note for note in answer.notes if note.startswith("Pell was taken to be: ")]
    assert not any(": Pell;" in note or "; Pell;" in note or note.endswith(" Pell.") for note in answer.notes)
    engine.close()


def test_control_characters_in_a_question_change_nothing(home: Whosaid) -> None:
    plain, typed = (
        "what did Tamsin Orrel say about the bridge?",
        "what did Tam\x07sin Or\u200brel\tsay about the \x1bbridge?",
    )
    assert home.ask(typed).citations == home.ask(plain).citations != ()
    assert home.ask(typed).question == typed


def test_an_index_with_nothing_in_it_yet_says_how_many_articles_wait(tmp_path: Path, compiled_model: Path) -> None:
    """As after a disk was full during the first ingest: stored, and not one published."""
    settings = read_settings(made(tmp_path / "other", compiled_model))
    with closing(settings.open_catalogue()) as catalogue:
        items = Files([records(tmp_path / "more.jsonl", LEDGER, STANDARD)])
        assert len(list(store(catalogue, items, IngestReport(), "press"))) == 2
    with closing(Whosaid(settings)) as engine:
        answer = engine.ask("what did Tamsin Orrel say?")
        assert answer.refusal is not None and answer.refusal.reason == "empty_index"
        assert "2 articles are waiting to be indexed; run the same `whosaid ingest` again" in answer.answer
        other = engine.ask("what did Tamsin Orrel say?", scope=frozenset({"another"}))
        assert "2 articles" not in other.answer and "No article has been ingested yet" in other.answer


def test_a_day_before_every_article_is_told(home: Whosaid) -> None:
    answer = home.ask("what did Tamsin Orrel say?", as_of=date(2040, 1, 1))
    assert answer.refusal is not None and answer.refusal.reason == "nothing_matches_filters"
    assert answer.answer.startswith(
        "Nothing here had been published by 1 January 2040; there are 2 articles (5 March 2041"
    )


def test_an_unknown_outlet_is_told_as_typed_with_the_nearest_of_the_scope(tmp_path: Path, compiled_model: Path) -> None:
    ours, theirs = records(tmp_path / "a.jsonl", LEDGER), records(tmp_path / "b.jsonl", STANDARD)
    engine = ingested(tmp_path / "two", compiled_model, ours=[ours], theirs=[theirs])
    asked = Filters(outlets=("Capitol Standard Ledger",))
    told = {
        name: engine.ask("the bridge?", filters=asked, scope=frozenset({name})).answer for name in ("ours", "theirs")
    }
    assert all(
        t.startswith("No article here was published by Capitol Standard Ledger; there are ") for t in told.values()
    )
    assert told["ours"].endswith("The nearest outlets here: The Ondreva Ledger.")
    assert told["theirs"].endswith("The nearest outlets here: Capital Standard.")
    engine.close()
