"""How jobs end: told, given back, taken over; and what is in the log."""

from __future__ import annotations

import io
import logging
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.settings import Secrets
from bot.slack import log
from bot.slack.calls import Clients
from bot.slack.deliver import Delivery
from bot.slack.model import Job, NewJob, Outcome
from bot.slack.store import Store
from corpus.errors import SlackError

from .delivering import TEAM, Bureau, bureau, deliver, parts_of, said, wanted
from .test_deliver import assert_once


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Bureau]:
    with bureau(tmp_path) as made:
        yield made


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """The log as it is written."""
    root, written = logging.getLogger(), io.StringIO()
    before = root.level
    given: dict[str, str] = {}
    handler = log.set_up(Secrets(**given), to=written)
    yield written
    root.removeHandler(handler)
    root.setLevel(before)


def stumble(store: Store, delivery: Delivery, job: Job) -> Outcome:
    raise ValueError(f"cannot read {job.text}")


def test_what_nobody_foresaw_is_told_in_a_sentence_with_an_id_that_is_in_the_log(
    office: Bureau, lines: io.StringIO
) -> None:
    office.start(handle=stumble)
    job = office.ask("C1", secret="a word of the question")
    office.ended(job)
    (told,) = office.shown(job)
    found = re.search(r"\b[0-9a-f]{8}\b", told.text)
    assert found is not None and office.store.jobs.outcome(job) == "failed"
    (line,) = [line for line in lines.getvalue().splitlines() if found[0] in line]
    assert (f"job={job}" in line and "ValueError" in line and "delivering.py" in line) or "test_worker.py" in line
    assert "a word of the question" not in lines.getvalue() + told.text and "Traceback" not in told.text
    assert office.store.jobs.revise(job, "{}")  # ... and a second error is told where the first was
    office.ended(job)
    (again,) = office.shown(job)
    assert again.ts == told.ts and found[0] not in again.text


def test_an_error_in_private_stays_there_and_an_answer_takes_the_place_of_an_error(office: Bureau) -> None:
    failing = threading.Event()
    failing.set()

    def handle(store: Store, delivery: Delivery, job: Job) -> Outcome:
        return stumble(store, delivery, job) if failing.is_set() else deliver(store, delivery, job)

    office.start(handle=handle)
    office.slack.channel("C1").members.add("U1")
    job, private = office.ask("C2"), office.ask("C1", "private")
    office.ended(job, private)
    assert [len(office.slack.user("U1").ephemeral("C1")), len(office.slack.messages("C1", bot=True))] == [1, 0]
    failing.clear()
    assert office.store.jobs.revise(job, "{}")
    office.ended(job)
    assert_once(office, job)


def test_a_question_that_kills_its_workers_or_waited_too_long_gets_an_apology(office: Bureau) -> None:
    poison = office.ask("C1")
    for n in range(3):  # three workers claim it and are never heard of again
        assert office.store.jobs.claim(f"w{n}", "answer", -1.0, time.time()) is not None
    old = NewJob(key="old", kind="question", team=TEAM, user="U1", channel="C2", ts="1.0", thread="1.0", text="{}")
    ts = office.slack.user("U1").writes("C2", "an old question")
    late = office.store.jobs.add(replace(old, ts=ts, thread=ts, surface="mention"), now=time.time() - 16 * 60)
    assert late is not None
    begun: list[int] = []

    def handle(store: Store, delivery: Delivery, job: Job) -> Outcome:
        begun.append(job.id)
        return "done"

    office.start(handle=handle)
    office.ended(poison, late)
    assert [office.store.jobs.outcome(job) for job in (poison, late)] == ["failed", "failed"] and not begun
    assert "several attempts" in office.shown(poison)[0].text and "15 minutes" in office.shown(late)[0].text


def test_draining_finishes_what_it_can_and_gives_the_rest_back_at_once(office: Bureau) -> None:
    thinking, go = threading.Event(), threading.Event()

    def handle(store: Store, delivery: Delivery, job: Job) -> Outcome:
        if job.channel == "C1":
            thinking.set()
            go.wait(60)
        return deliver(store, delivery, job)

    one = office.start(handle=handle, lease=60.0, workers=2)
    slow = office.ask("C1", parts=2)
    assert thinking.wait(10)
    hold = office.slack.faults.hold_after("chat.postMessage", channel="C2")
    calling = office.ask("C2", parts=2)
    office.slack.wait(lambda: hold.hits)
    threading.Timer(0.3, hold.release).start()
    began = time.monotonic()
    assert not one.worker.drain(1.0)
    assert time.monotonic() - began < 6
    waiting = office.ask("C3")
    assert office.store.jobs.outcome(calling) == "done"  # its call came back in time
    assert [office.store.jobs.outcome(job) for job in (slow, waiting)] == [None, None]
    office.start(lease=60.0)
    office.ended(slow, waiting, seconds=10)
    go.set()
    for thread in one.worker._threads:
        thread.join(10)
    for job in (slow, calling, waiting):
        assert_once(office, job)


def test_a_status_is_shown_while_it_works_and_never_waited_for(office: Bureau) -> None:
    def statuses(channel: str) -> list[str]:
        return [call.args["status"] for call in office.slack.calls("assistant.threads.setStatus", channel_id=channel)]

    def handle(store: Store, delivery: Delivery, job: Job) -> Outcome:
        if job.channel == "C1":
            delivery.status(job, "is reading")
            office.slack.wait(lambda: statuses("C1"))
            return "dropped"
        return deliver(store, delivery, job)

    office.start(handle=handle)
    office.ended(office.ask("C1"))
    # it is cleared twice where the first clearing may have come before it
    office.slack.wait(lambda: statuses("C1")[0] == "is reading" and statuses("C1")[-1] == "")
    hold = office.slack.faults.hold_before("assistant.threads.setStatus", channel="C2")
    job = office.ask("C2")
    office.ended(job)
    assert_once(office, job)
    hold.release()
    if hold.hits:  # it was on its way when the answer came: it must not stand under it
        office.slack.wait(lambda: statuses("C2")[-1] == "")


def test_a_response_url_is_used_if_it_is_slacks(office: Bureau) -> None:
    office.start()
    url = office.slack.world.new_response_url("C1", "U1")
    office.slack.user("U1")
    channel = office.slack.channel("C1", bot=False)
    channel.members.add("U1")
    command = NewJob(
        key="a", kind="question", team=TEAM, user="U1", channel="C1", surface="private", text='{"way": "private"}'
    )
    job = office.store.jobs.add(replace(command, payload={"response_url": url}))
    assert job is not None
    office.ended(job)
    (seen,) = office.slack.user("U1").ephemeral("C1")
    assert said(seen) == wanted(parts_of("{}")[0]) and office.slack.calls("response_url")
    assert not office.slack.calls("chat.postEphemeral")
    given: dict[str, Any] = {"slack_bot_token": "x", "slack_api_url": office.slack.url}
    calls = Clients(Secrets(**given))
    for other in (
        "http://127.0.0.1:1/respond/x",
        "https://slack.com.evil.example/x",
        "https://evil.example/.slack.com",
    ):
        with pytest.raises(SlackError, match="not an address of Slack"):
            calls.respond(TEAM, other, text="x")
