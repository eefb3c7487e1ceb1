"""What is done for each kind of job: a worker looks the handler up here and calls it with the job that it holds.

A handler returns how the job ended. What goes wrong it raises: the worker logs it and tells who asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from bot.slack.desk import Desk
from bot.slack.handlers.changed import delete, edit, stop
from bot.slack.handlers.claim import claim
from bot.slack.handlers.click import click
from bot.slack.handlers.home import home
from bot.slack.handlers.opinion import submit
from bot.slack.handlers.prompts import prompts
from bot.slack.handlers.question import question
from bot.slack.model import Job, Kind, Outcome

Handler = Callable[[Desk, Job], Outcome]

HANDLERS: Final[Mapping[Kind, Handler]] = {
    "question": question,
    "claim": claim,
    "edit": edit,
    "delete": delete,
    "click": click,
    "submit": submit,
    "home": home,
    "prompts": prompts,
    "stop": stop,
}


def handled(desk: Desk, job: Job) -> Outcome:
    """Do a job, whatever its kind."""
    return HANDLERS[job.kind](desk, job)
