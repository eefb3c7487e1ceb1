"""Feedback from Slack: listed, and made a gold question, or the person is told what is missing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.ask import Whosaid
from bot.commands import feedback, forget
from bot.settings import Settings, read_settings
from bot.slack.model import NewJob
from bot.slack.store import Store
from corpus.errors import UsageError
from evals.commands.add import New, run
from evals.goldset.model import Question
from evals.goldset.read import read_gold

ASKED = {
    "good": "what did the ministry say about free assembly?",
    "refused": "what did the mayor of Paris say about trams?",
    "right": "who was responsible for the dam?",
    "wrong": "what did the prime minister say about the dam?",
    "bare": "what did the footballer Ravoldi say?",
}
RIGHT = "the  government continues to welcome lawful rallies"
WRITTEN = "The government continues to welcome lawful rallies and appreciates sincere criticisms from various camps"


@pytest.fixture(scope="module")
def settings(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A home with answers of the engine, stored as the bot does, and what people thought of them."""
    url = f"sqlite:///{tmp_path_factory.mktemp('feedback') / 'slack.sqlite'}"
    made = read_settings(sample_home).model_copy(update={"jobs": url})
    with closing(Whosaid(made)) as engine, closing(Store.open(url)) as store:
        for number, (name, text) in enumerate(ASKED.items()):
            _judge(engine, store, number, name, text)
    yield made


def _judge(engine: Whosaid, store: Store, number: int, name: str, text: str) -> None:
    where = {"team": "T1", "user": "U1", "channel": "C1", "thread": "1.0", "ts": f"{number}.0"}
    job = store.jobs.add(NewJob(key=f"T1:C1:{number}", kind="question", surface="mention", text=text, **where), 100.0)
    held = store.jobs.claim("tests", "answer", 60, 100.0)
    assert held is not None and held.id == job
    answer = engine.ask(text, hits=10)
    store.jobs.keep_answer(held.id, "tests", answer.as_json(), (), {c.article_id for c in answer.citations})
    store.jobs.finish(held.id, "tests", "done")
    store.feedback.add(held.id, "T1", "U1", name in ("good", "refused"), 100.0)
    right = {"right": f"“{RIGHT.capitalize()}  and appreciates sincere criticisms”", "wrong": "She resigned."}.get(name)
    if right:
        store.feedback.explain("T1", "U1", held.id, "somebody else said it", right, 100.0)


def _added(settings: Settings, gold: Path, name: str, **flags: object) -> Question:
    with closing(Store.open(settings.jobs_url())) as store:
        (number,) = (one.id for one in store.feedback.all(100) if one.question == ASKED[name])
    assert run(settings, gold, New(feedback=number, **flags), ()) == 0  # type: ignore[arg-type]
    return read_gold(gold).questions[-1]


def test_feedback_is_listed(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert feedback.run(settings, as_json=False, bad=True) == 0
    told = capsys.readouterr().out
    assert ASKED["right"] in told and "somebody else said it" in told and ASKED["good"] not in told
    assert feedback.run(settings, as_json=True, bad=False) == 0
    listed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["id"] for one in listed] == sorted((one["id"] for one in listed), reverse=True)  # newest first
    first = listed[-1]
    assert first["verdict"] == "good" and first["answer"]["hits"] and first["answer"]["citations"][0]["version"] == 1


def test_a_good_answer_is_gold_with_its_own_quotations(settings: Settings, tmp_path: Path) -> None:
    made = _added(settings, tmp_path / "gold.jsonl", "good")
    # The speakers of more than one ministry are quoted, so that none of them is the speaker.
    assert (made.question, made.speaker, made.answerable) == (ASKED["good"], None, True)
    assert "000_88a69eeaa2e40b64.txt" in {piece.article for piece in made.evidence}
    assert WRITTEN in {piece.quote for piece in made.evidence}


def test_a_good_refusal_is_gold_without_an_answer(settings: Settings, tmp_path: Path) -> None:
    made = _added(settings, tmp_path / "gold.jsonl", "refused")
    assert (made.refusal, made.history) == ("unknown_speaker", (ASKED["good"],))


def test_a_right_answer_is_found_in_its_article_as_it_stands(settings: Settings, tmp_path: Path) -> None:
    made = _added(settings, tmp_path / "gold.jsonl", "right")
    (piece,) = made.evidence
    assert piece.quote == WRITTEN.removesuffix(" from various camps")
    assert (made.speaker, made.history) == ("An Sokkhoeurn", (ASKED["good"], ASKED["refused"]))


def test_what_is_missing_is_told(settings: Settings, tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    with pytest.raises(UsageError, match="stands word for word in no article"):
        _added(settings, gold, "wrong")
    with pytest.raises(UsageError, match="not which is right"):
        _added(settings, gold, "bare")
    with pytest.raises(UsageError, match="no feedback 99"):
        run(settings, gold, New(feedback=99), ())
    with pytest.raises(UsageError, match="--feedback"):
        run(settings, gold, New(question="who?", feedback=1), ())
    assert _added(settings, gold, "bare", refusal="no_evidence").refusal == "no_evidence"


def test_a_person_is_forgotten(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError, match="no id of a person"):
        forget.run(settings, "ada", None)
    assert forget.run(settings, "U2", None) == 0 and "erased 0" in capsys.readouterr().out
    assert forget.run(settings, "U1", "T1") == 0 and f"erased {len(ASKED)} " in capsys.readouterr().out
    assert feedback.run(settings, as_json=False, bad=False) == 0
    assert "Nobody has given feedback" in capsys.readouterr().out


def test_a_bot_that_never_ran_is_told_and_no_file_made(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has not run"):
        feedback.run(read_settings(tmp_path), as_json=False, bad=False)
    assert not [*tmp_path.iterdir()]
