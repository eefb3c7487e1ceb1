"""The agent view: questions to begin with, about real speakers and topics of what this person may see."""

from __future__ import annotations

from dataclasses import replace

from bot.slack.access import Denied
from bot.slack.desk import Desk
from bot.slack.handlers.place import asker_of
from bot.slack.model import Job, Outcome

MOST = 4  # Slack's limit
_TITLE = 75  # characters of a prompt's title that are seen


def prompts(desk: Desk, job: Job) -> Outcome:
    """Suggest questions; without a thread, as the agent view wants it."""
    allowed = desk.access.scope(replace(asker_of(job), private=True))
    found = [] if isinstance(allowed, Denied) else desk.suggester.prompts(allowed.scope, MOST)
    if not found:
        return "dropped"
    desk.clients.call(
        job.team,
        job.enterprise,
        "assistant.threads.setSuggestedPrompts",
        channel_id=job.channel,
        title="Ask who said what",
        prompts=[{"title": _short(question), "message": question} for question in found],
    )
    return "done"


def _short(question: str) -> str:
    return question if len(question) <= _TITLE else question[: _TITLE - 1].rpartition(" ")[0] + "…"
