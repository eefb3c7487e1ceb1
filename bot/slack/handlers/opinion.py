"""Feedback: a thumb on an answer, and after a bad one why, and which answer is right."""

from __future__ import annotations

from bot.slack.actions import REASON, RIGHT, WHY, Value, unpack
from bot.slack.desk import Desk
from bot.slack.handlers.place import gone, origin_of, window_of
from bot.slack.handlers.window import open_window
from bot.slack.model import Job, Outcome
from bot.slack.render import modals


def thumb(desk: Desk, job: Job, value: Value) -> Outcome:
    """Store what somebody thinks of an answer; who thinks it bad may say more."""
    origin = origin_of(desk, job, value)
    if origin is None or desk.store.feedback.add(origin.id, job.team, job.user, bool(value.good)) is None:
        gone(desk, job)
    elif not value.good:
        open_window(desk, job, modals.reason_view(origin.id, origin.text, window_of(job, value)))
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
    return "done"
