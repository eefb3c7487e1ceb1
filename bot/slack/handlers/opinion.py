"""Feedback: a thumb on an answer, and after a bad one why, and which answer is right."""

from __future__ import annotations

import contextlib
from dataclasses import replace

from bot.slack.actions import REASON, RIGHT, WHY, Value, unpack
from bot.slack.calls import Refused
from bot.slack.deliver import Place
from bot.slack.desk import Desk
from bot.slack.handlers.place import gone, origin_of, whisper, window_of
from bot.slack.handlers.window import open_window
from bot.slack.model import Job, Outcome
from bot.slack.render import modals, notes


def thumb(desk: Desk, job: Job, value: Value) -> Outcome:
    """Store what somebody thinks of an answer; who thinks it bad may say more."""
    origin = origin_of(desk, job, value)
    if origin is None or desk.store.feedback.add(origin.id, job.team, job.user, bool(value.good)) is None:
        gone(desk, job)
    elif not value.good:
        open_window(desk, job, modals.reason_view(origin.id, origin.text, window_of(job, value)))
    elif _first(desk, job, origin):
        whisper(desk, job, notes.thanks())
    return "done"


def submit(desk: Desk, job: Job) -> Outcome:
    """Store the reason and the right answer that somebody has sent."""
    view = job.payload["view"]
    if view["callback_id"] != REASON:
        return "dropped"
    origin = origin_of(desk, job, unpack(view["private_metadata"]))
    reason, right = (view["values"].get(name, {}).get(name, "").strip() for name in (WHY, RIGHT))
    if origin is not None and (reason or right):
        desk.store.feedback.explain(job.team, job.user, origin.id, reason or None, right or None)
        _thank(desk, job, origin)
    return "done"


def _thank(desk: Desk, job: Job, origin: Job) -> None:
    """Thank for what was sent in a window, where the answer is; not where Slack has it that bot or person is not."""
    if origin.channel is not None and origin.kind != "claim" and _first(desk, job, origin):
        with contextlib.suppress(Refused):  # what was sent is kept all the same
            there = replace(job, channel=origin.channel)  # a window is nowhere, and what is said there a new message
            desk.delivery.ephemeral(there, notes.thanks(), Place(origin.channel, origin.thread))


def _first(desk: Desk, job: Job, origin: Job) -> bool:
    """Tell whether a person was not thanked for feedback on this answer a moment ago."""
    return desk.told.due(("thanks", origin.id, job.user), desk.now())
