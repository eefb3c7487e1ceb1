"""Jobs for the tests of the store, made of the questions of the sample's gold set."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path
from typing import Any

from bot.slack.model import Job, Kind, NewJob, Part, Surface
from bot.slack.store import Store

GOLD = Path(__file__).resolve().parents[3] / "evals" / "gold" / "sample.jsonl"
QUESTIONS: list[str] = [json.loads(line)["question"] for line in GOLD.read_text("utf-8").splitlines()]

_ts = (f"1760000000.{number:06}" for number in count(1))


def question(
    thread: str | None = None, *, user: str = "U1", channel: str = "C1", surface: Surface = "mention", text: str = ""
) -> NewJob:
    """A question that nobody asked before; without a thread it is one of its own."""
    ts = next(_ts)
    return NewJob(
        key=f"T1:{channel}:{ts}",
        kind="question",
        team="T1",
        user=user,
        channel=channel,
        ts=ts,
        thread=thread or ts,
        surface=surface,
        text=text or QUESTIONS[int(ts[-6:]) % len(QUESTIONS)],
    )


def button(kind: Kind = "click", *, user: str = "U1", payload: dict[str, Any] | None = None) -> NewJob:
    """A click on a button."""
    return NewJob(key=f"click:{next(_ts)}:{user}", kind=kind, team="T1", user=user, payload=payload or {})


def answered(store: Store, new: NewJob, *articles: str, now: float = 100.0) -> Job:
    """Ask a question and answer it with its own words, quoting these articles; the queue must be empty."""
    store.jobs.add(new, now)
    job = store.jobs.claim("answers", "answer", 60, now)
    assert job is not None and job.key == new.key
    part = Part(blocks=({"type": "divider"},), text=f"on {job.text}", steps=(1,))
    assert store.jobs.keep_answer(job.id, "answers", {"question": job.text, "hits": [{"rank": 1}]}, [part], articles)
    assert store.jobs.finish(job.id, "answers", "done")
    return job
