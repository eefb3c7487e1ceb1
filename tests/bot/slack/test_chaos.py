"""What random schedules of faults, kills and people found: each small enough to happen the same way every time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from slack_sdk import WebClient

from bot.slack.calls import PutOff
from bot.slack.deliver import Delivery as Sender
from bot.slack.deliver import tools
from bot.slack.model import Job, Outcome
from bot.slack.store import Store

from ...fake_slack import Delivery, FakeSlack, User
from .delivering import Bureau, bureau, deliver, parts_of, said, wanted
from .office import Office, at_work, told

ASSEMBLY, DAM = "what did the ministry say about free assembly?", "what did the prime minister say about the dam?"
SPOKEN, OTHER = "The government continues to welcome lawful rallies", "Osk Virelane"
THIRD = "what did the union say about the railway strike?"


@pytest.fixture(scope="module")
def office(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with at_work(sample_home, tmp_path_factory.mktemp("chaos") / "slack.sqlite") as office:
        yield office


@pytest.fixture
def ada(office: Office) -> User:
    return office.slack.user("U0ADA", "ada")


@contextmanager
def kept_back(slack: FakeSlack) -> Iterator[list[Delivery]]:
    """Keep back what Slack sends; what is left in the list at the end is then sent, in its order, one by one."""
    send, kept = slack.world.send, list[Delivery]()
    slack.world.send = kept.append
    try:
        yield kept
    finally:
        slack.world.send = send
    for delivery in kept:
        send(delivery)
        _acknowledged(slack, delivery)


def _acknowledged(slack: FakeSlack, delivery: Delivery) -> None:
    slack.wait(lambda: delivery.acked, what="an acknowledgement")


def test_news_of_a_question_may_come_before_it(office: Office, ada: User) -> None:
    root = ada.mentions_bot("C1", THIRD)
    office.answers("C1", root)
    with kept_back(office.slack) as kept:
        edited, gone = ada.mentions_bot("C1", ASSEMBLY), ada.mentions_bot("C1", ASSEMBLY)
        direct, follow = ada.direct(ASSEMBLY), ada.writes("C1", "and what about the wages?", thread=root)
        for channel, ts in (("C1", edited), (ada.dm, direct)):
            ada.edits(channel, ts, DAM)
        for ts in (gone, follow):
            ada.deletes("C1", ts)
        kept.reverse()
    office.idle()
    for channel, ts in (("C1", edited), (ada.dm, direct)):
        (answer,) = office.said(channel, ts)
        assert OTHER in told(answer) and not answer.versions, "it is answered once, as it was edited"
    assert not office.said("C1", gone) and len(office.said("C1", root)) == 1


def test_the_last_edit_counts_in_whichever_order_they_come(office: Office, ada: User) -> None:
    hold = office.slack.faults.hold_before("chat.*", channel="C2")
    ts = ada.mentions_bot("C2", ASSEMBLY)
    office.slack.wait(lambda: hold.hits)
    with kept_back(office.slack):  # back to what it was, while the first answer is on its way
        ada.edits("C2", ts, DAM)
        ada.edits("C2", ts, ASSEMBLY)
    hold.release()
    office.idle()
    (answer,) = office.said("C2", ts)
    assert SPOKEN in told(answer)
    with kept_back(office.slack) as kept:
        ada.edits("C2", ts, THIRD)
        ada.edits("C2", ts, DAM)
        kept.reverse()
    office.idle()
    assert OTHER in told(answer) and len(office.said("C2", ts)) == 1


@pytest.mark.parametrize("way", ["deleted", "stopped"])
def test_an_edit_that_waits_ends_with_its_question(office: Office, ada: User, way: str) -> None:
    hold = office.slack.faults.hold_before("chat.*", channel="C3")
    ts = ada.mentions_bot("C3", ASSEMBLY)
    office.slack.wait(lambda: hold.hits)
    with kept_back(office.slack):
        ada.edits("C3", ts, DAM)
    with kept_back(office.slack):
        if way == "deleted":
            ada.deletes("C3", ts)
        else:
            ada.presses_stop("C3", ts)
    if way == "stopped":
        office.slack.wait(lambda: any("Stopped" in told(message) for message in office.said("C3", ts)))
    hold.release()
    office.idle()
    assert not any(OTHER in told(message) for message in office.said("C3", ts))
    assert way == "stopped" or not office.said("C3", ts)


def test_a_note_of_which_nobody_heard_goes_when_the_answer_comes(tmp_path: Path) -> None:
    first = [True]

    def handle(store: Store, sender: Sender, job: Job) -> Outcome:
        if first and first.pop():
            raise RuntimeError("what nobody foresaw")
        return deliver(store, sender, job)

    with bureau(tmp_path) as office:
        lost = office.slack.faults.drop_after("chat.postMessage")
        office.start(handle=handle)
        job = office.ask("C1")
        office.ended(job)
        assert lost.hits == 1 and office.store.jobs.outcome(job) == "done"
        assert_shown(office, job)


def test_a_stream_that_will_not_stop_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "STREAM_PAUSE", 0.1)
    with bureau(tmp_path) as office:
        refused = office.slack.faults.error("chat.stopStream", "not_allowed_token_type", times=2)
        office.start()
        job = office.ask("C1", blocks=4, stream=True)
        office.ended(job)
        assert refused.hits == 2 and office.store.jobs.outcome(job) == "done"
        assert_shown(office, job)


def test_the_same_words_are_shown_again_after_another_replica_showed_others(tmp_path: Path) -> None:
    """The last answer is kept by one process, which cannot show it, and shown by another that showed it before."""
    with bureau(tmp_path) as office:
        first, second = office.replica().delivery, office.replica().delivery
        job = office.ask("C1")
        for turn, (one, text) in enumerate(((first, "{}"), (second, '{"from": 2}'), (second, "{}"), (first, "{}"))):
            late = turn == 2
            assert turn in (0, 3) or office.store.jobs.revise(job, text)
            claimed = office.store.jobs.claim(f"w{turn}", "answer", 5.0, time.time())
            assert claimed is not None
            with one.leases.hold(claimed, f"w{turn}", time.monotonic(), time.time()):
                if late:
                    office.slack.faults.ratelimited("chat.update")
                    with pytest.raises(PutOff):
                        deliver(office.store, one, claimed)
                    assert office.store.jobs.put_off(job, f"w{turn}", 0.0)
                else:
                    deliver(office.store, one, claimed)
                    assert office.store.jobs.finish(job, f"w{turn}", "done")
        assert_shown(office, job)


def test_the_stream_of_a_dead_worker_is_closed_when_its_question_was_stopped(tmp_path: Path) -> None:
    with bureau(tmp_path) as office:
        job, slack = office.ask("C1", blocks=4, stream=True), office.slack
        held = office.store.jobs.claim("dead", "answer", 0.2, time.time())
        assert held is not None and held.thread is not None
        (part,) = parts_of(held.text)
        assert office.store.jobs.keep_answer(job, "dead", {"answer": "kept"}, [part], [])
        assert office.store.messages.intend(job, 0, "dead", "stream", held.team, "C1", time.time())
        started = WebClient(slack.settings.bot_token, base_url=slack.url).chat_startStream(
            channel="C1", thread_ts=held.thread, recipient_team_id=held.team, recipient_user_id=held.user,
            chunks=[{"type": "blocks", "blocks": list(part.blocks[:1])}],
        )  # fmt: skip
        assert office.store.jobs.cancel(held.team, "C1", thread=held.thread) == [job]
        office.start()
        office.ended(job)
        stream = slack.message("C1", started["ts"]).stream
        assert office.store.jobs.outcome(job) == "cancelled" and stream is not None and stream.state == "stopped"


def assert_shown(office: Bureau, job: int) -> None:
    """The thread has the answer of the job, whole, and nothing else."""
    asked = office.store.jobs.get(job)
    assert asked is not None and asked.parts is not None
    assert [said(message) for message in office.shown(job)] == [wanted(part) for part in asked.parts]
    assert not any(message.stream and message.stream.state == "open" for message in office.shown(job))
