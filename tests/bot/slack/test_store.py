"""The job database keeps what listeners store and hands it to workers, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest

from bot.slack.model import NewJob, Part
from bot.slack.store import Store, Waiting

from .asked import QUESTIONS, answered, button, question

HOUR = 3600.0


def test_a_job_comes_out_as_it_went_in_and_once(store: Store) -> None:
    text = "\u202bwhat did\u202c <!channel> say?\0 \ud83d \U0001f3db"
    new = replace(question(text=text), shared=True, enterprise="E1", payload={"trigger_id": "1.2", "view": None})
    number = store.jobs.add(new, 5.0)
    assert number is not None and store.jobs.add(new, 6.0) is None
    job = store.jobs.claim("w", "answer", 60, 7.0)
    assert job is not None and (job.id, job.created, job.attempts) == (number, 5.0, 1)
    kept = {name: value for name, value in asdict(job).items() if name in asdict(new)}
    # a NUL and half a character are what no database takes
    assert kept == {**asdict(new), "text": "\u202bwhat did\u202c <!channel> say?\ufffd \ufffd \U0001f3db"}
    assert store.jobs.get(number) == store.jobs.find(new.key) == job
    assert store.jobs.claim("w", "answer", 60, 7.0) is None
    part = Part(
        blocks=({"type": "section", "text": {"type": "plain_text", "text": QUESTIONS[0]}},), text="t", steps=(1,)
    )
    assert store.jobs.keep_answer(number, "w", {"answer": QUESTIONS[0]}, [part], ["a", "a"])
    again = store.jobs.get(number)
    assert again is not None and again.parts == [part] and again.answer == {"answer": QUESTIONS[0]}
    assert store.jobs.outcome(number) is None and store.jobs.finish(number, "w", "failed", "x1y2")
    assert store.jobs.outcome(number) == "failed" and not store.jobs.finish(number, "w", "done")
    assert (
        store.jobs.get(number + 1) is None and store.jobs.find("T1:C1:0") is None and store.jobs.cancelled(number + 1)
    )


def test_a_lease_that_runs_out_is_taken_over_and_its_first_holder_is_refused(store: Store) -> None:
    number = store.jobs.add(question(), 0.0)
    assert number is not None
    first = store.jobs.claim("first", "answer", 60, 10.0)
    assert first is not None and store.jobs.renew(number, "first", 60, 50.0)
    assert store.messages.intend(number, 0, "first", "post", "T1", "C1", 55.0) is not None
    assert store.jobs.claim("second", "answer", 60, 109.0) is None
    second = store.jobs.claim("second", "answer", 60, 111.0)
    assert second is not None and (second.id, second.attempts) == (number, 2)
    assert not store.jobs.renew(number, "first", 60, 112.0)
    assert not store.jobs.keep_answer(number, "first", {"answer": "first"}, [], ["a"])
    assert not store.jobs.put_off(number, "first", 500.0) and not store.jobs.finish(number, "first", "done")
    assert store.messages.intend(number, 1, "first", "post", "T1", "C1", 112.0) is None
    kept = store.jobs.get(number)
    assert kept is not None and kept.answer is None and store.messages.quoted() == {}
    assert store.jobs.renew(number, "second", 60, 113.0) and store.jobs.finish(number, "second", "done")


def test_a_message_is_known_before_it_is_sent_and_the_first_place_stays(store: Store) -> None:
    number = store.jobs.add(question(), 0.0)
    assert number is not None and store.jobs.claim("w", "answer", 60, 0.0)
    new = store.messages.intend(number, 0, "w", "stream", "T1", "C1", 1.5)
    assert new is not None and (new.ts, new.intended, new.how) == (None, 1.5, "stream")
    unsure = store.messages.intend(number, 0, "w", "post", "T1", "C1", 2.5)
    assert unsure == new  # so somebody may have sent it
    assert store.messages.sent(number, 0, "7.1") == "7.1" == store.messages.sent(number, 0, "7.2")
    known = store.messages.intend(number, 0, "w", "post", "T1", "C1", 3.5)
    assert known is not None and known.ts == "7.1" and store.messages.at("T1", "C1", "7.1") == known
    assert store.messages.at("T1", "C2", "7.1") is None and store.messages.of(number) == [known]
    store.messages.forget_part(number, 0)
    assert store.messages.of(number) == [] and store.messages.sent(number, 0, "7.3") == "7.3"
    assert store.messages.of(number) == []


def test_threads_are_answered_in_order_whatever_is_put_off_or_taken_over(store: Store) -> None:
    one, two, other = (store.jobs.add(new, 0.0) for new in (question("1.0"), question("1.0"), question("2.0")))
    assert one is not None
    claimed = [store.jobs.claim(worker, "answer", 60, 1.0) for worker in "abc"]
    assert [job and job.id for job in claimed] == [one, other, None]
    assert store.jobs.put_off(one, "a", 30.0)
    assert store.jobs.claim("c", "answer", 60, 29.0) is None  # the second does not overtake it
    late = store.jobs.claim("c", "answer", 60, 30.0)
    assert late is not None and (late.id, late.attempts) == (one, 1)  # being put off is no failed attempt
    taken = store.jobs.claim("d", "answer", 60, 91.0)  # both leases ran out: the older one first
    assert taken is not None and (taken.id, taken.attempts) == (one, 2)
    assert store.jobs.finish(one, "d", "done")
    assert [job and job.id for job in (store.jobs.claim("e", "answer", 60, 92.0) for _ in range(2))] == [two, other]


def test_quick_jobs_wait_behind_nothing(store: Store) -> None:
    store.jobs.add(question("1.0"), 0.0)
    stop = replace(button("stop"), channel="C1", thread="1.0")
    for new in (stop, replace(stop, key="again"), replace(stop, key="home", kind="home")):
        store.jobs.add(new, 0.0)
    assert all(store.jobs.claim("w", "quick", 60, 1.0) for _ in range(3))
    assert store.jobs.waiting() == Waiting(1, 0.0)


def test_stop_ends_what_waits_and_marks_what_is_in_hand(store: Store) -> None:
    running, waiting, elsewhere, private = (
        store.jobs.add(new, 0.0)
        for new in (question("1.0"), question("1.0"), question("2.0"), replace(question(), thread=None))
    )
    assert running is not None and waiting is not None and elsewhere is not None and private is not None
    assert store.jobs.claim("w", "answer", 60, 0.0)
    assert store.jobs.cancel("T1", "C1", thread="1.0") == [running, waiting]
    assert store.jobs.cancel("T1", "C1") == [] == store.jobs.cancel("T1", "C9", thread="2.0")
    assert [store.jobs.outcome(job) for job in (running, waiting)] == [None, "cancelled"]
    assert [store.jobs.cancelled(job) for job in (running, waiting, elsewhere, private)] == [True, True, False, False]
    assert store.jobs.renew(running, "w", 60, 1.0)
    after = store.jobs.claim("x", "answer", 60, 90.0)  # the worker died: the next one cleans up
    assert after is not None and after.id == running and store.jobs.finish(running, "x", "cancelled")
    assert store.jobs.cancel("T1", "C1", thread="1.0") == []
    deleted = store.jobs.get(elsewhere)
    assert deleted is not None and deleted.ts and store.jobs.cancel("T1", "C1", ts=deleted.ts) == [elsewhere]


def test_an_edited_question_is_asked_anew_and_its_messages_stay_known(store: Store) -> None:
    job = answered(store, question(), "a1")
    assert store.jobs.claim("w", "answer", 60, 500.0) is None
    assert store.jobs.revise(job.id, "and what did the ministry say?")
    anew = store.jobs.claim("w", "answer", 60, 500.0)
    assert anew is not None and (anew.id, anew.attempts, anew.text) == (job.id, 1, "and what did the ministry say?")
    assert anew.answer is None and anew.parts is None and anew.created == job.created
    assert store.messages.intend(job.id, 0, "w", "post", "T1", "C1", 501.0) and store.messages.sent(job.id, 0, "9.9")
    assert store.jobs.revise(job.id, QUESTIONS[1])  # edited again while it is worked on
    assert not store.jobs.keep_answer(job.id, "w", {"answer": "to the old words"}, [], ["a2"])
    assert [sent.ts for sent in store.messages.of(job.id)] == ["9.9"] and store.messages.quoted() == {}
    assert not store.jobs.revise(job.id + 1, "nothing")


def test_threads_people_and_channels_are_known(store: Store) -> None:
    for new in [question("1.0", user="U1"), *(question("1.0", user="U2") for _ in range(21))]:
        answered(store, new)
    asked = answered(store, question("1.0", user="U1"))
    unfinished = store.jobs.add(question("1.0", user="U2"), 200.0)
    assert unfinished is not None
    private = replace(question("3.0", user="U3"), surface="private")
    store.jobs.add(private, 300.0)
    store.jobs.add(button(user="U4"), 300.0)
    assert store.jobs.engaged("T1", "C1", "1.0") and not store.jobs.engaged("T1", "C2", "1.0")
    assert not store.jobs.engaged("T1", "C1", "3.0")  # nobody but U3 knows of it
    assert store.jobs.asked_here("T1", "C1", "1.0", "U2") and not store.jobs.asked_here("T1", "C1", "1.0", "U3")
    earlier = store.jobs.history("T1", "C1", "1.0", unfinished)
    assert len(earlier) == 20 and earlier[-1] == asked.text
    assert store.jobs.history("T1", "C1", "1.0", asked.id)[-1] != asked.text
    assert [job.id for job in store.jobs.recent("T1", "U2", 1)] == [unfinished]
    assert (store.jobs.recent("T2", "U2", 5), store.jobs.recent("T1", "U4", 5)) == ([], [])
    assert store.jobs.counted("T1", user="U1", since=0.0) == 2
    assert store.jobs.counted("T1", channel="C1", since=150.0) == 2
    assert store.jobs.counted("T1", channel="C1", since=150.0, before=unfinished) == 0
    store.jobs.cancel("T1", "C1", thread="1.0")
    assert store.jobs.counted("T1", channel="C1", since=150.0) == 1


def test_the_root_message_of_a_command_makes_its_thread(store: Store) -> None:
    command = replace(question(), ts=None, thread=None, surface="command")
    number = store.jobs.add(command, 0.0)
    assert number is not None and store.jobs.claim("w", "answer", 60, 0.0)
    assert store.messages.intend(number, -1, "w", "post", "T1", "C1", 1.0)
    assert store.messages.sent(number, -1, "5.5") == "5.5" and store.messages.of(number)[0].ts == "5.5"
    assert store.jobs.engaged("T1", "C1", "5.5") and store.jobs.finish(number, "w", "done")
    follow_up = store.jobs.add(question("5.5"), 2.0)
    assert follow_up is not None and store.jobs.history("T1", "C1", "5.5", follow_up) == [command.text]


def test_feedback_is_one_for_each_person_and_tells_what_it_was_about(store: Store) -> None:
    first, second = (answered(store, question("1.0")) for _ in range(2))
    given = store.feedback.add(second.id, "T1", "U2", True, 200.0)
    assert given is not None and given == store.feedback.add(second.id, "T1", "U2", False, 210.0)
    other = store.feedback.explain("T1", "U3", second.id, "wrong person", None, 220.0)
    assert store.feedback.explain("T1", "U2", second.id, "not said by her", QUESTIONS[2]) == given
    told = store.feedback.get(given)
    assert told is not None and (told.verdict, told.reason, told.right) == ("bad", "not said by her", QUESTIONS[2])
    assert (told.question, told.history, told.created) == (second.text, (first.text,), 200.0)
    assert told.answer == {"question": second.text, "hits": [{"rank": 1}]}
    assert [one.id for one in store.feedback.all(9)] == [other, given] and len(store.feedback.all(1)) == 1
    assert store.jobs.revise(second.id, "something else") and store.feedback.get(given) == told
    assert store.feedback.add(second.id, "T1", "U4", True) is None  # there is no answer just now
    assert store.feedback.get(given + 9) is None and store.feedback.add(second.id + 9, "T1", "U2", True) is None


def test_an_article_that_is_removed_takes_its_quotations_along(store: Store) -> None:
    one, two = answered(store, question(), "a1", "a2"), answered(store, question(), "a2")
    given = store.feedback.add(one.id, "T1", "U2", True)
    assert given is not None and store.messages.quoted() == {"a1": [one.id], "a2": [one.id, two.id]}
    store.messages.withdrawn(one.id)
    kept, told = store.jobs.get(one.id), store.feedback.get(given)
    assert kept is not None and kept.answer is None and kept.parts is None and kept.text == one.text
    assert told is not None and told.answer is None and store.messages.quoted() == {"a2": [two.id]}


@pytest.mark.parametrize(
    ("article", "audience", "revoked"),
    [
        (None, None, "ab"),
        ("x", None, "a"),
        ("y", None, ""),
        (None, "T1:U1", "ab"),
        ("x", "T1:U1", "a"),
        ("x", "T1", ""),
    ],
)
def test_links_are_revoked_by_article_and_audience(
    store: Store, article: str | None, audience: str | None, revoked: str
) -> None:
    store.links.revoke(article, audience, 100.0)
    store.links.revoke(article, audience, 50.0)  # an older one takes nothing back
    for name, link in (("a", "x"), ("b", "z")):
        assert store.links.revoked(link, "T1:U1", 100.0) is (name in revoked)
        assert not store.links.revoked(link, "T1:U1", 100.5)


def test_what_expires_is_gone_and_not_answered_again(store: Store) -> None:
    days = 24 * HOUR
    old, kept = answered(store, question("1.0"), "a1", now=10.0), answered(store, question(), "a2", now=2 * days)
    unfinished = replace(question("4.0"), key="unfinished")
    store.jobs.add(unfinished, 20.0)
    assert store.feedback.add(old.id, "T1", "U2", True, 1.5 * days)
    assert store.expire(days) == 2 and store.expire(days) == 0
    again: list[NewJob] = [replace(question(), key=old.key), unfinished]
    assert [store.jobs.add(new, 2 * days) for new in again] == [None, None]
    assert store.jobs.claim("w", "answer", 60, 2 * days) is None and store.feedback.all(9) == []
    assert store.messages.quoted() == {"a2": [kept.id]} and not store.jobs.engaged("T1", "C1", "1.0")
    assert store.expire(days + 30) == 0 and store.jobs.get(old.id) is None  # a day later the key is forgotten too
    fresh = store.jobs.add(replace(question(), key=old.key), 2 * days)
    assert fresh is not None and store.expire(4 * days) == 2 and store.jobs.get(fresh) is None
    later = store.jobs.add(question(), 9 * days)
    assert later is not None and later > fresh  # an id is never used again: messages of Slack's carry it
