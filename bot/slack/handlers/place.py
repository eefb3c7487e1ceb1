"""Who asks, where, and what they may see there; whom to tell what, and where."""

from __future__ import annotations

from dataclasses import replace

from bot.slack.access import Asker
from bot.slack.actions import Value
from bot.slack.deliver import Place
from bot.slack.desk import Desk
from bot.slack.model import Job, Part
from bot.slack.render import notes

ALONE = ("direct", "private")
"""Surfaces where nobody but the asker reads along."""


def is_alone(job: Job) -> bool:
    """Tell whether nobody but the person of a job sees what comes of it."""
    return job.surface in ALONE or job.kind == "claim" or (job.channel or "").startswith("D")


def asker_of(job: Job) -> Asker:
    """Return who asks a question or has a claim checked, with whether others will read the answer."""
    return Asker(
        team=job.team,
        channel=job.channel,
        user=job.user,
        private=is_alone(job),
        shared=job.shared,
        enterprise=job.enterprise,
    )


def reader_of(job: Job, origin: Job) -> Asker:
    """Return who looks closer at an answer in a window of their own, in the place where it stands."""
    return replace(
        asker_of(origin), user=job.user, private=True, shared=origin.shared or job.shared, enterprise=job.enterprise
    )


def alone(job: Job) -> Asker:
    """Return who opened the App Home or the agent view: nobody reads along, and there is no channel."""
    return Asker(team=job.team, channel=None, user=job.user, private=True, shared=job.shared, enterprise=job.enterprise)


def origin_of(desk: Desk, job: Job, value: Value) -> Job | None:
    """Return the question that a button is about; None where it is kept no longer.

    A button can only be where the bot put it; one that says otherwise is treated as if its question were gone.
    """
    origin = desk.store.jobs.get(value.job) if value.job is not None else None
    if origin is None or not origin.text or origin.team != job.team:
        return None
    if is_alone(origin):
        return origin if origin.user == job.user and job.channel in (None, origin.channel) else None
    place = job if job.channel is not None else _opened_by(desk, job, value)
    return origin if place is not None and place.channel == origin.channel else None


def _opened_by(desk: Desk, job: Job, value: Value) -> Job | None:
    """Return the click by which somebody opened the window that they now click in or send."""
    click = desk.store.jobs.get(value.via) if value.via is not None else None
    return click if click is not None and (click.team, click.user) == (job.team, job.user) else None


def window_of(job: Job, value: Value) -> int | None:
    """Return what a window that a click opens, or turns to another page, carries as `Value.via`."""
    return value.via if job.channel is None else job.id


def whisper(desk: Desk, job: Job, part: Part) -> None:
    """Show something to the person of a job alone, in the place where they are; where Slack has none, not at all."""
    if job.channel is not None:
        desk.delivery.ephemeral(job, part, _beside(job))


def tell(desk: Desk, job: Job, part: Part) -> None:
    """Tell the asker something in place of an answer: alone where others read along.

    Where there is an answer already, to what the question was before it was edited, this takes its place.
    """
    answered = any(row.part >= 0 and row.ts is not None for row in desk.store.messages.of(job.id))
    if job.surface == "direct" or answered:
        desk.delivery.answer(job, [part])
    else:
        whisper(desk, job, part)


def say(desk: Desk, job: Job, part: Part) -> None:
    """Tell the asker something in the thread of their message; of what has none, as `tell` does."""
    if job.thread is not None and job.surface in ("direct", "mention", "thread"):
        desk.delivery.answer(job, [part])
    else:
        tell(desk, job, part)


def gone(desk: Desk, job: Job) -> None:
    """Tell who clicked that there is nothing left to look at."""
    whisper(desk, job, notes.unavailable())


def _beside(job: Job) -> Place:
    """Return where a person sees what is for them alone: in a thread only if it is one, else it would not show."""
    assert job.channel is not None
    in_thread = job.thread is not None and job.thread != job.ts
    return Place(job.channel, job.thread if in_thread else None)
