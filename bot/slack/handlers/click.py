"""A button: what it does by its id."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.slack import actions
from bot.slack.actions import Value, kind_of, unpack
from bot.slack.desk import Desk
from bot.slack.handlers import asked, evidence, home, opinion
from bot.slack.model import Job, Outcome

_DOES: Mapping[str, Callable[[Desk, Job, Value], Outcome]] = {
    actions.FEEDBACK: opinion.thumb,
    actions.CONTEXT: evidence.context,
    actions.PAGE: evidence.page,
    actions.COPY: evidence.copy,
    actions.AGAIN: asked.again,
    actions.ASK: asked.ask,
    actions.FORGET: lambda desk, job, value: home.forget(desk, job),
}


def click(desk: Desk, job: Job) -> Outcome:
    """Do what a button says."""
    does = _DOES.get(kind_of(str(job.payload.get("action", ""))) or "")
    if does is None:
        return "dropped"
    packed = job.payload.get("value")
    return does(desk, job, unpack(packed) if packed else Value())
