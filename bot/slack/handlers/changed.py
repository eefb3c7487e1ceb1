"""What becomes of a question after it was asked: its message was edited or deleted, or Stop was pressed."""

from __future__ import annotations

from bot.slack.calls import PutOff
from bot.slack.deliver import Place
from bot.slack.desk import Desk
from bot.slack.model import Job, Outcome
from bot.slack.render import notes

A_MOMENT = 1.0  # seconds until another worker has seen that its question was cancelled


def edit(desk: Desk, job: Job) -> Outcome:
    """Ask an edited question anew; its answer takes the place of the one before."""
    asked = _asked(desk, job)
    if asked is None or asked.text == job.text or not desk.config.edits:
        return "dropped"
    return "done" if desk.store.jobs.revise(asked.id, job.text) else "dropped"


def delete(desk: Desk, job: Job) -> Outcome:
    """Take the answer of a deleted question away."""
    asked = _asked(desk, job)
    if asked is None or not desk.config.deletions:
        return "dropped"
    assert job.channel is not None and job.ts is not None  # of a message
    desk.store.jobs.cancel(job.team, job.channel, ts=job.ts)
    if desk.store.jobs.outcome(asked.id) is None:  # whoever works on it must have stopped, or more may come
        raise PutOff(desk.now() + A_MOMENT)
    desk.delivery.remove(asked)
    return "done"


def stop(desk: Desk, job: Job) -> Outcome:
    """Cancel what is still to be answered in a thread, and say so there."""
    if job.channel is None or job.thread is None:
        return "dropped"
    if desk.store.jobs.cancel(job.team, job.channel, thread=job.thread):
        desk.delivery.answer(job, [notes.stopped()], Place(job.channel, job.thread))
    return "done"


def _asked(desk: Desk, job: Job) -> Job | None:
    return desk.store.jobs.find(f"{job.team}:{job.channel}:{job.ts}")
