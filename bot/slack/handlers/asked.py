"""A question put by a button: a suggested one, one of the speakers that a name fits, or the same once more.

It becomes a job like any other, of who clicked, in the thread where the button is. However often it is clicked, it is
asked once; after an attempt that failed, once more.
"""

from __future__ import annotations

import hashlib

from bot.slack.actions import Value
from bot.slack.desk import Desk
from bot.slack.handlers.place import gone, is_alone, origin_of, whisper
from bot.slack.model import Job, NewJob, Outcome, Surface
from bot.slack.render import notes


def ask(desk: Desk, job: Job, value: Value) -> Outcome:
    """Ask the question of a button."""
    if value.job is None and value.question and job.channel is None:
        return _ask_from_home(desk, job, value.question)
    origin = origin_of(desk, job, value)
    if origin is None:
        gone(desk, job)
        return "done"
    new = _new(desk, job, origin, value)
    if new is None or desk.store.jobs.add(new) is None:
        whisper(desk, job, notes.asked_already())
    return "done"


def again(desk: Desk, job: Job, value: Value) -> Outcome:
    """Ask the question that a button is under once more; the answer before it stays, as it may have been cited."""
    return ask(desk, job, Value(job=value.job))


def _new(desk: Desk, job: Job, origin: Job, value: Value) -> NewJob | None:
    """Return the question as a job; None where it was asked by this person with this button, and is or was answered."""
    text = value.question or origin.text
    speaker = value.speaker or (None if value.question else origin.payload.get("speaker"))
    what = _digest(f"{text}\x1f{speaker or ''}")
    source = origin.id
    while (known := desk.store.jobs.find(key := f"{job.team}:ask:{source}:{job.user}:{what}")) is not None:
        if desk.store.jobs.outcome(known.id) not in ("failed", "dropped", "cancelled"):
            return None
        source = known.id
    return NewJob(
        key=key,
        kind="question",
        team=job.team,
        user=job.user,
        channel=origin.channel,
        thread=origin.thread,
        surface=_surface(origin),
        text=text,
        shared=origin.shared or job.shared,
        enterprise=job.enterprise,
        payload={"from": origin.id, "before": origin.payload.get("before", origin.id), "speaker": speaker},
    )


def _ask_from_home(desk: Desk, job: Job, text: str) -> Outcome:
    """Ask an example of the App Home: the answer goes where this person talks with the bot alone."""
    opened = desk.clients.call(job.team, job.enterprise, "conversations.open", users=job.user)
    minute = int(job.created // 60)  # a second click is none; later the same may be asked again
    desk.store.jobs.add(
        NewJob(
            key=f"{job.team}:ask:home:{job.user}:{minute}:{_digest(text)}",
            kind="question",
            team=job.team,
            user=job.user,
            channel=str(opened["channel"]["id"]),
            surface="direct",
            text=text,
            enterprise=job.enterprise,
        )
    )
    return "done"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _surface(origin: Job) -> Surface:
    """Return where the answer will be read: where the one before it is."""
    if not is_alone(origin):
        return "thread"
    return "direct" if origin.surface == "direct" else "private"
