"""Whoever wants to be forgotten is: in every table, and on SQLite in the bytes of the files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from bot.slack.model import Part
from bot.slack.store import Store

from .asked import QUESTIONS, answered, button, question

WHO = "U0FORGETME"
WORDS = "what is the zanzibar plan?"


def ask_and_answer(store: Store) -> dict[str, int]:
    """Let them ask, click and judge beside others; give the jobs that matter."""
    for number in range(40):  # so that the tables are of several pages
        answered(store, question(user=WHO if number % 4 == 0 else f"U{number}", text=f"{WORDS} ({number})"))
    theirs = answered(store, question("1.0", user=WHO, text=WORDS), "a1")
    after = answered(store, question("1.0", user="U2", text="and then?"), "a1")
    store.feedback.add(theirs.id, "T1", "U2", True)  # another's verdict on their question
    store.feedback.add(after.id, "T1", "U3", True)
    mine = store.feedback.add(answered(store, question(), "a2").id, "T1", WHO, False)
    assert mine is not None and store.feedback.explain("T1", WHO, after.id, WORDS, None)
    press = replace(button(user=WHO, payload={"value": WORDS}), channel="D1")
    jobs = {"theirs": theirs.id, "after": after.id}
    for name, new in (("running", question("7.0", user=WHO, text=WORDS)), ("press", press)):
        jobs[name] = store.jobs.add(new, 300.0) or 0
        assert store.jobs.claim("w", new.lane, 60, 300.0)
    jobs["waiting"] = store.jobs.add(question("7.0", user=WHO, text=WORDS), 300.0) or 0
    assert store.messages.intend(jobs["running"], 0, "w", "post", "T1", "C1", 300.0)
    store.links.revoke(None, f"T1:{WHO}", 10.0)
    return jobs


def contents(url: str) -> str:
    """Every row of every table."""
    engine = create_engine(url)
    with engine.connect() as connection:
        tables = inspect(connection).get_table_names()
        rows = [str(tuple(row)) for table in tables for row in connection.execute(text(f'SELECT * FROM "{table}"'))]
    engine.dispose()
    return "\n".join(rows)


def test_nothing_of_a_forgotten_person_is_left(store: Store, jobs_url: str, tmp_path: Path) -> None:
    jobs = ask_and_answer(store)
    assert WHO in contents(jobs_url) and "zanzibar" in contents(jobs_url)
    others = contents(jobs_url).count("zanzibar plan? (1)")
    assert store.forget(WHO, "T2") == 0 and WHO in contents(jobs_url)
    assert store.forget(WHO, "T1") == 14
    left = contents(jobs_url)
    assert WHO not in left and f"'{WORDS}'" not in left and "(0)" not in left and "(4)" not in left
    assert left.count("zanzibar plan? (1)") == others
    for file in tmp_path.glob("slack.sqlite*"):
        kept = file.read_bytes()
        assert WHO.encode() not in kept and f"{WORDS} (0)".encode() not in kept and f'{WORDS}"'.encode() not in kept
    assert store.links.revoked("a1", f"T1:{WHO}", 10.0)  # what was forbidden stays so
    after = store.jobs.get(jobs["after"])
    assert after is not None and after.text == "and then?" and after.answer is None  # it leant on what they asked
    verdicts = store.feedback.all(9)
    assert [(one.job, one.history, one.answer) for one in verdicts] == [(jobs["after"], (), None)]
    assert store.messages.quoted()["a1"] == [jobs["theirs"], jobs["after"]]  # shown still, so still to be withdrawn


def test_what_is_forgotten_is_not_answered_again(store: Store) -> None:
    jobs = ask_and_answer(store)
    running, waiting = store.jobs.get(jobs["running"]), store.jobs.get(jobs["waiting"])
    assert running is not None and waiting is not None
    store.forget(WHO)
    assert store.jobs.add(running) is None and store.jobs.add(waiting) is None  # Slack tells them again
    assert store.jobs.cancelled(running.id) and store.jobs.outcome(waiting.id) == "cancelled"
    assert not store.jobs.keep_answer(running.id, "w", {"answer": WORDS}, [Part(blocks=(), text=WORDS)], ["a1"])
    assert not store.jobs.revise(waiting.id, QUESTIONS[0]) and not store.jobs.revise(jobs["theirs"], QUESTIONS[0])
    # the worker ends what it began: the message that it may have posted, and the button that asked for all this
    assert not store.jobs.cancelled(jobs["press"]) and store.jobs.finish(jobs["press"], "w", "done")
    after = store.jobs.claim("x", "answer", 60, 400.0)
    assert after is not None and (after.id, after.text, after.user) == (running.id, "", "")
    assert [sent.job for sent in store.messages.of(running.id)] == [running.id]
    assert store.jobs.finish(running.id, "x", "cancelled") and store.jobs.waiting().number == 0


@pytest.mark.parametrize("jobs_url", ["sqlite"], indirect=True)
def test_the_file_is_cleared_also_when_the_one_who_was_to_do_it_died(store: Store, tmp_path: Path) -> None:
    answered(store, question(user=WHO, text=WORDS))
    engine = create_engine(f"sqlite:///{tmp_path / 'slack.sqlite'}")
    with engine.begin() as connection:  # as far as it came
        connection.execute(text("UPDATE slack_jobs SET user = '', text = '', answer = NULL, parts = NULL, erased = 1"))
        connection.execute(text("INSERT INTO slack_meta VALUES ('unscrubbed', 'x')"))
    engine.dispose()
    assert any(WHO.encode() in file.read_bytes() for file in tmp_path.glob("slack.sqlite*"))
    assert store.expire(0.0) == 0
    assert not any(WHO.encode() in file.read_bytes() for file in tmp_path.glob("slack.sqlite*"))
