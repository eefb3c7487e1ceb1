"""Workers that die, stand still or are many: a job's messages are there once, whoever sends them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.slack.deliver import LeaseLost

from .delivering import LEASE, TEAM, Bureau, bureau, deliver, parts_of, said, wanted
from .test_deliver import assert_once

ROOT = Path(__file__).parents[3]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Bureau]:
    with bureau(tmp_path) as made:
        yield made


def test_a_worker_that_is_killed_at_any_call_leaves_one_answer(office: Bureau) -> None:
    hold = office.slack.faults
    second = [parts_of('{"parts": 2}')[1].text]
    points = [
        hold.hold_before("chat.postMessage", channel="C1"),
        hold.hold_after("chat.postMessage", channel="C2"),
        hold.hold_after("chat.postMessage", channel="C3", where=lambda args: args["text"] in second),
        hold.hold_before("chat.startStream", channel="C4"),
        hold.hold_after("chat.startStream", channel="C5"),
        hold.hold_after("chat.appendStream", channel="C6"),
        hold.hold_after("chat.stopStream", channel="C7"),
        hold.hold_after("chat.postMessage", channel="C8"),  # the root of a command
        hold.hold_after("chat.postEphemeral", channel="C9"),
        hold.hold_before("chat.postEphemeral", channel="C10"),
        hold.hold_after("chat.appendStream", channel="C11"),
    ]
    jobs = [office.ask(f"C{number}", parts=2) for number in range(1, 4)]
    jobs += [office.ask(f"C{number}", blocks=4, stream=True) for number in range(4, 8)]
    jobs += [office.ask("C8", "command", parts=2)]
    private = [office.ask(f"C{number}", "private", parts=2) for number in (9, 10)]
    deleted = office.ask("C11", blocks=4, stream=True)
    for channel in ("C9", "C10"):
        office.slack.channel(channel).members.add("U1")
    token = office.slack.settings.bot_token
    command = [sys.executable, "-m", "tests.bot.slack.delivering", office.url, office.slack.url, token, "11"]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    try:
        office.slack.wait(lambda: all(point.hits for point in points), 30, "the worker to be at every point")
    finally:
        process.kill()
        process.wait()
    office.store.jobs.cancel(TEAM, "C11", thread=office.slack.messages("C11", bot=False)[0].ts)
    assert all(office.store.jobs.outcome(job) is None for job in (*jobs, *private, deleted))
    office.start(workers=4)
    office.ended(*jobs, *private, deleted)
    for job in jobs:
        assert_once(office, job)
    roots = [message for message in office.slack.messages("C8", bot=True) if message.thread is None]
    assert [root.text for root in roots] == ["the question"]
    (left,) = office.shown(deleted)
    assert office.store.jobs.outcome(deleted) == "cancelled" and left.stream and left.stream.state == "stopped"
    both = [wanted(part) for part in parts_of('{"parts": 2}')]
    shown = [[said(one) for one in office.slack.user("U1").ephemeral(channel)] for channel in ("C9", "C10")]
    assert shown == [both, both[1:]]  # the first was on its way when the worker died: shown or not, never twice


def test_two_replicas_answer_each_question_once(jobs_url: str) -> None:
    with bureau(jobs_url) as office:
        faults = office.slack.faults
        faults.ratelimited("chat.*", times=None, chance=0.05)
        faults.drop_before("chat.*", times=None, chance=0.05)
        faults.drop_after("chat.*", times=None, chance=0.05)
        for _ in range(2):
            office.start(workers=4)
        jobs = [office.ask(f"C{number % 8}", user=f"U{number}", parts=1 + number % 2) for number in range(16)]
        office.ended(*jobs, seconds=40)
        for job in jobs:
            assert_once(office, job)


def test_a_worker_that_stood_still_takes_its_own_message_away(office: Bureau) -> None:
    """A machine stands still in the middle of a call for longer than its lease; Slack carries the call out late."""
    late = office.replica(lease=1.0)
    hold = office.slack.faults.hold_before("chat.postMessage")
    late.worker.start()
    late.worker._stopped.set()  # its renewals stand still too
    job = office.ask("C1")
    office.slack.wait(lambda: hold.hits)
    office.start()
    office.ended(job)
    before = office.shown(job)
    hold.release()
    office.slack.wait(lambda: office.slack.calls("chat.delete"), what="the second message to be deleted")
    office.slack.wait(lambda: len(office.shown(job)) == 1)
    assert [message.ts for message in office.shown(job)] == [message.ts for message in before]
    assert_once(office, job)


def test_an_edit_is_shown_whichever_replica_showed_the_one_before(office: Bureau) -> None:
    replicas = office.replica(), office.replica()
    job = office.ask("C1")
    for turn, text in enumerate(("{}", '{"from": 2}', "{}")):
        one = replicas[turn % 2].delivery
        assert turn == 0 or office.store.jobs.revise(job, text)
        claimed = office.store.jobs.claim(f"w{turn}", "answer", LEASE, time.time())
        assert claimed is not None
        with one.leases.hold(claimed, f"w{turn}", time.monotonic(), time.time()):
            deliver(office.store, one, claimed)
        assert office.store.jobs.finish(job, f"w{turn}", "done")
        assert_once(office, job)


def test_no_call_begins_at_the_end_of_a_lease(office: Bureau) -> None:
    one = office.replica()
    office.ask("C1")
    began = time.monotonic()
    job = office.store.jobs.claim("w", "answer", LEASE, time.time())
    assert job is not None
    with one.delivery.leases.hold(job, "w", began - 0.7 * LEASE, time.time()), pytest.raises(LeaseLost):
        deliver(office.store, one.delivery, job)
    with one.delivery.leases.hold(job, "w", began, time.time() - 0.7 * LEASE), pytest.raises(LeaseLost):
        deliver(office.store, one.delivery, job)
    assert not office.slack.calls("chat.postMessage") and not office.store.messages.of(job.id)
    with one.delivery.leases.hold(job, "another", began, time.time()), pytest.raises(LeaseLost):
        deliver(office.store, one.delivery, job)
    with one.delivery.leases.hold(job, "w", began, time.time()):
        deliver(office.store, one.delivery, job)
    assert office.store.jobs.finish(job.id, "w", "done") and job.team == TEAM
    assert_once(office, job.id)
