"""The App Home: what the corpus holds for this person, examples, their own questions and a button to forget them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.slack.access import Denied
from bot.slack.desk import Desk
from bot.slack.handlers.place import alone
from bot.slack.model import Job, Outcome
from bot.slack.render.home import Holdings, home_view
from corpus.catalogue.freshness import last_read
from corpus.catalogue.scope import Scope

EXAMPLES = 4
RECENT = 10
LOOKED_AT = 40  # of which some are greetings, or were dropped


def home(desk: Desk, job: Job) -> Outcome:
    """Show a person their App Home."""
    view = _view(desk, job)
    desk.clients.call(job.team, job.enterprise, "views.publish", user_id=job.user, view=view)
    return "done"


def forget(desk: Desk, job: Job) -> Outcome:
    """Erase a person's own questions, and show the App Home without them."""
    desk.store.forget(job.user, job.team)
    return home(desk, job)


def _view(desk: Desk, job: Job) -> Mapping[str, Any]:
    allowed = desk.access.scope(alone(job))
    asked = [one for one in desk.store.jobs.recent(job.team, job.user, LOOKED_AT) if one.text]
    recent, kept = [one.text for one in asked if one.answer is not None][:RECENT], bool(asked)
    if isinstance(allowed, Denied):
        return home_view(_held(desk, None), (), recent, desk.now(), allowed.message, kept)
    examples = desk.suggester.prompts(allowed.scope, EXAMPLES)
    return home_view(_held(desk, allowed.scope), examples, recent, desk.now(), kept=kept)


def _held(desk: Desk, scope: Scope | None) -> Holdings:
    """Return what the corpus holds within a scope, and when it was last looked at; of None, nothing."""
    with desk.engine.opener.reading() as opened:
        if opened is None or scope is None:
            return Holdings(
                articles=0, outlets=(), oldest=None, newest=None, ingested=None, stale_days=desk.config.stale_days
            )
        within = opened.within(scope)
        summary, names = opened.summary(within, None), opened.one_name(within)
        outlets = sorted({names.get(name, name) for name in opened.served.outlets(within)})
        last = last_read(desk.engine.catalogue, within)
    return Holdings(
        articles=summary.articles,
        outlets=outlets,
        oldest=summary.oldest,
        newest=summary.newest,
        ingested=datetime.fromisoformat(last).replace(tzinfo=UTC).timestamp() if last else None,
        stale_days=desk.config.stale_days,
    )
