"""Each message once: calls that are refused, put off or lost on the way, and what is done then."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.slack.deliver import EVENT

from .delivering import Bureau, bureau, parts_of, said, wanted


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Bureau]:
    with bureau(tmp_path) as made:
        yield made


def assert_once(office: Bureau, job: int, plain: bool = False) -> None:
    """Every part is in the thread once, in order, as it was wanted, known by its metadata; no stream is open."""
    asked = office.store.jobs.get(job)
    assert asked is not None and asked.parts is not None
    messages = office.shown(job)
    if plain:
        assert "\n".join(message.text for message in messages) == "\n".join(part.text for part in asked.parts)
    else:
        assert [said(message) for message in messages] == [wanted(part) for part in asked.parts]
    for number, message in enumerate(messages):
        assert message.metadata == {"event_type": EVENT, "event_payload": {"job": job, "part": number}}
        assert message.stream is None or message.stream.state != "open"
    assert [row.ts for row in office.store.messages.of(job) if row.part >= 0] == [message.ts for message in messages]
    assert office.store.jobs.outcome(job) == "done"


def test_whatever_becomes_of_a_call_its_message_is_there_once(office: Bureau) -> None:
    faults, ask = office.slack.faults, office.ask
    posted = {"parts": 2}
    streamed = {"blocks": 4, "stream": True}
    faults.drop_before("chat.postMessage", channel="C1")
    faults.drop_after("chat.postMessage", channel="C2")
    faults.http("chat.postMessage", 503, channel="C3")
    faults.error("chat.postMessage", "internal_error", channel="C4")
    faults.ratelimited("chat.postMessage", channel="C5")
    faults.drop_after("chat.postMessage", channel="C6")
    faults.ratelimited("conversations.replies", channel="C6")
    faults.drop_before("chat.startStream", channel="C7")
    faults.drop_after("chat.startStream", channel="C8")
    faults.error("chat.startStream", "channel_type_not_supported", channel="C9")
    faults.error("chat.appendStream", "message_not_in_streaming_state", channel="C10")
    faults.drop_after("chat.appendStream", channel="C11")
    faults.ratelimited("chat.appendStream", channel="C12")
    faults.drop_after("chat.stopStream", channel="C13")
    faults.drop_before("chat.stopStream", channel="C14")
    faults.drop_after("chat.postMessage", channel="C16")
    jobs = [ask(f"C{number}", **posted) for number in range(1, 7)]
    jobs += [ask(f"C{number}", **streamed) for number in range(7, 15)]
    jobs += [ask("C15", parts=2, blocks=4, stream=True)]
    jobs += [ask("C16", "command", **posted)]
    office.start(workers=8)
    office.ended(*jobs)
    assert [fault.hits for fault in faults.queue] == [fault.times for fault in faults.queue]
    for job in jobs:
        assert_once(office, job)
    clean = office.slack.calls(channel="C15")
    assert [call.method for call in clean if call.method.startswith("chat.")] == [
        *("chat.startStream", "chat.appendStream", "chat.appendStream", "chat.stopStream") * 2
    ]
    assert all(call.args["unfurl_links"] is False for call in office.slack.calls("chat.postMessage"))
    roots = [message for message in office.slack.messages("C16", bot=True) if message.thread is None]
    assert [root.text for root in roots] == ["the question"]


def test_blocks_that_are_refused_go_as_text_in_as_many_messages_as_that_takes(office: Bureau) -> None:
    office.slack.faults.error("chat.postMessage", "invalid_blocks", channel="C1", where=lambda args: "blocks" in args)
    office.slack.faults.error("chat.*Stream", "invalid_blocks", channel="C2")
    office.slack.faults.error("chat.postMessage", "invalid_blocks", channel="C2", where=lambda args: "blocks" in args)
    office.start()
    jobs = office.ask("C1", parts=2), office.ask("C2", blocks=3, stream=True)
    long = office.ask("C3", blocks=40)
    office.slack.faults.error("chat.postMessage", "msg_too_long", channel="C3")
    office.ended(*jobs, long)
    first, second = office.shown(jobs[0])
    part = parts_of('{"parts": 2}')
    assert (first.blocks, first.text, said(second)) == ([], part[0].text, wanted(part[1]))
    assert_once(office, jobs[1], plain=True)
    pieces = office.shown(long)
    whole = parts_of('{"blocks": 40}')[0].text
    assert len(pieces) > 1 and all(len(piece.text) <= 3900 for piece in pieces)
    assert " ".join(" ".join(piece.text for piece in pieces).split()) == " ".join(whole.split())
    assert all(piece.text.rstrip().endswith((".", "”", '"', "?")) for piece in pieces)


def test_a_channel_that_is_put_off_holds_up_no_other(office: Bureau) -> None:
    office.slack.faults.ratelimited("chat.postMessage", retry_after=1, channel="C1")
    office.start(workers=1)
    slow = [office.ask("C1"), office.ask("C1")]
    quick = [office.ask("C2") for _ in range(5)]
    office.ended(*quick, *slow)
    first = min(float(office.shown(job)[0].ts) for job in slow)
    assert all(float(office.shown(job)[0].ts) < first for job in quick)
    assert len(office.slack.calls("chat.postMessage", channel="C1")) == 3  # refused once, not asked again in vain


def test_a_workspace_that_begins_no_more_streams_gets_posts(office: Bureau) -> None:
    office.slack.faults.ratelimited("chat.startStream", retry_after=60, times=None)
    office.start(workers=2)
    jobs = [office.ask(f"C{number}", blocks=3, stream=True) for number in range(4)]
    office.ended(*jobs)
    for job in jobs:
        assert_once(office, job)
    assert len(office.slack.calls("chat.startStream")) <= 2
    assert len(office.slack.calls("chat.postMessage")) == 4


def test_an_edited_question_is_answered_in_place(office: Bureau) -> None:
    office.start()
    job = office.ask("C1", parts=2)
    office.ended(job)
    before = [message.ts for message in office.shown(job)]
    for text, number in (('{"from": 3, "parts": 3}', 3), ('{"from": 5, "parts": 1}', 1)):
        assert office.store.jobs.revise(job, text)
        office.ended(job)
        assert_once(office, job)
        after = [message.ts for message in office.shown(job)]
        assert len(after) == number and after[:2] == before[: len(after[:2])]
    office.slack.world.delete(office.shown(job)[0])  # a moderator does so
    assert office.store.jobs.revise(job, '{"from": 1}')
    office.ended(job)
    assert office.shown(job) == []


def test_what_is_stopped_goes_no_further_and_what_is_deleted_goes_away(office: Bureau) -> None:
    hold = office.slack.faults.hold_after("chat.postMessage", channel="C1")
    stream = office.slack.faults.hold_after("chat.appendStream", channel="C2")
    one = office.start()
    posted, streamed = office.ask("C1", parts=3), office.ask("C2", blocks=4, stream=True)
    office.slack.wait(lambda: hold.hits and stream.hits)
    for job in (posted, streamed):
        asked = office.store.jobs.get(job)
        assert asked is not None
        assert office.store.jobs.cancel(asked.team, str(asked.channel), ts=asked.ts) == [job]
    hold.release()
    stream.release()
    office.ended(posted, streamed)
    assert [office.store.jobs.outcome(job) for job in (posted, streamed)] == ["cancelled", "cancelled"]
    assert len(office.shown(posted)) == 1
    (left,) = office.shown(streamed)
    assert len(left.blocks) == 2 and left.stream is not None and left.stream.state == "stopped"
    for job in (posted, streamed):
        asked = office.store.jobs.get(job)
        assert asked is not None
        one.delivery.remove(asked)
        assert office.shown(job) == [] and office.store.messages.of(job) == []


def test_what_one_person_sees_is_shown_at_most_once(office: Bureau) -> None:
    office.slack.user("U1")
    for channel in ("C1", "C2", "C3", "C4"):
        office.slack.channel(channel).members.add("U1")
    office.slack.faults.drop_after("chat.postEphemeral", channel="C1")
    office.slack.faults.drop_before("chat.postEphemeral", channel="C2")
    office.slack.faults.ratelimited("chat.postEphemeral", channel="C3")
    office.slack.faults.error("chat.postEphemeral", "invalid_blocks", channel="C4", where=lambda args: "blocks" in args)
    office.start()
    jobs = [office.ask(f"C{number}", "private", parts=2) for number in range(1, 5)]
    office.ended(*jobs)
    seen = [[said(one) for one in office.slack.user("U1").ephemeral(f"C{number}")] for number in range(1, 5)]
    both = [wanted(part) for part in parts_of('{"parts": 2}')]
    assert seen[:3] == [both, both[1:], both]
    assert seen[3] == [["\n".join(both[0])], both[1]]


def test_a_workspace_where_threads_are_read_once_a_minute_holds_up_the_lost_alone(tmp_path: Path) -> None:
    with bureau(tmp_path, rate_limits=True, distributed=True, rate_speed=90) as office:
        for channel in ("C1", "C2"):
            office.slack.faults.drop_after("chat.postMessage", channel=channel)
        office.start(workers=2)
        jobs = [office.ask(f"C{number}") for number in (1, 2, 3)]
        office.ended(*jobs)
        for job in jobs:
            assert_once(office, job)
        codes = [call.error for call in office.slack.calls("conversations.replies")]
        assert "ratelimited" in codes
