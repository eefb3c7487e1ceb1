"""What becomes of a question after it was asked: its message was edited or deleted, or Stop was pressed."""

from __future__ import annotations

from dataclasses import fields

from bot.slack.calls import PutOff
from bot.slack.deliver import Place
from bot.slack.desk import Desk
from bot.slack.model import Job, NewJob, Outcome
from bot.slack.render import notes

A_MOMENT = 1.0  # seconds until another worker has seen that its question was cancelled


def edit(desk: Desk, job: Job) -> Outcome:
    """Ask an edited question anew; its answer takes the place of the one before.

    Slack may bring edits in another order than they were made, and before the question: the last one made counts.
    """
    last = desk.store.jobs.last_edit(job)
    if not desk.config.edits or (last is not None and last.id != job.id):
        return "dropped"
    asked = _asked(desk, job)
    if asked is None:
        given = {field.name: getattr(job, field.name) for field in fields(NewJob)}
        first = NewJob(**{**given, "key": _key(job), "kind": "question", "payload": {}})
        if desk.store.jobs.add(first) is not None:
            return "done"
        asked = _asked(desk, job)  # it has come this moment
    if asked is None or asked.text == job.text:
        return "dropped"
    return "done" if desk.store.jobs.revise(asked.id, job.text) else "dropped"


def delete(desk: Desk, job: Job) -> Outcome:
    """Take the answer of a deleted question away, and forget both.

    One that comes later still is not answered: see `deleted`.
    """
    asked = _asked(desk, job)
    if asked is None or not desk.config.deletions:
        return "dropped"
    assert job.channel is not None and job.ts is not None  # of a message
    desk.store.jobs.cancel(job.team, job.channel, ts=job.ts)
    if desk.store.jobs.outcome(asked.id) is None:  # whoever works on it must have stopped, or more may come
        raise PutOff(desk.now() + A_MOMENT)
    desk.delivery.remove(asked)
    desk.store.retract(job.team, job.channel, job.ts)
    return "done"


def stop(desk: Desk, job: Job) -> Outcome:
    """Cancel what is still to be answered in a thread, and say so there."""
    if job.channel is None or job.thread is None:
        return "dropped"
    if desk.store.jobs.cancel(job.team, job.channel, thread=job.thread):
        desk.delivery.answer(job, [notes.stopped()], Place(job.channel, job.thread))
    return "done"


def deleted(desk: Desk, job: Job) -> bool:
    """Tell whether the message that a question is was deleted: before it came, or before an edit of it was done."""
    return desk.config.deletions and job.ts is not None and desk.store.jobs.find(f"{_key(job)}:delete") is not None


def _asked(desk: Desk, job: Job) -> Job | None:
    return desk.store.jobs.find(_key(job))


def _key(job: Job) -> str:
    """Return the key of the question that the message of a job is."""
    return f"{job.team}:{job.channel}:{job.ts}"
