"""Show context, and Copy citation: a closer look at an answer, with what the one who looks may see of it now."""

from __future__ import annotations

from collections.abc import Callable

from bot.model import Answer
from bot.slack.access import Denied, audience
from bot.slack.actions import Value
from bot.slack.context import Evidence, evidence
from bot.slack.desk import Desk
from bot.slack.handlers.place import asker_of, gone, origin_of, reader_of, window_of
from bot.slack.handlers.question import pages
from bot.slack.handlers.window import View, show, turn
from bot.slack.model import Job, Outcome
from bot.slack.render import modals

CONTEXT, CITATIONS = "Context", "Copy citation"


def context(desk: Desk, job: Job, value: Value) -> Outcome:
    """Show the sentences around each quotation."""
    return _look(desk, job, value, lambda origin: show(desk, job, CONTEXT, lambda: _context(desk, job, origin, value)))


def page(desk: Desk, job: Job, value: Value) -> Outcome:
    """Show another page of them, in the same window."""
    return _look(desk, job, value, lambda origin: turn(desk, job, CONTEXT, lambda: _context(desk, job, origin, value)))


def copy(desk: Desk, job: Job, value: Value) -> Outcome:
    """Show the citations as footnotes, to be copied."""
    return _look(desk, job, value, lambda origin: show(desk, job, CITATIONS, lambda: _citations(desk, job, origin)))


def _look(desk: Desk, job: Job, value: Value, do: Callable[[Job], None]) -> Outcome:
    origin = origin_of(desk, job, value)
    if origin is None or origin.answer is None:
        gone(desk, job)
    else:
        do(origin)
    return "done"


def _context(desk: Desk, job: Job, origin: Job, value: Value) -> View:
    seen = _seen(desk, job, origin)
    if isinstance(seen, Denied):
        return modals.message_view(CONTEXT, seen.message)
    via = window_of(job, value)
    stored = pages(desk, [one.citation for one in seen.passages], audience(reader_of(job, origin)))
    return modals.context_view(origin.id, seen.passages, value.page or 0, stored, _left_out(seen), via)


def _citations(desk: Desk, job: Job, origin: Job) -> View:
    seen = _seen(desk, job, origin)
    if isinstance(seen, Denied):
        return modals.message_view(CITATIONS, seen.message)
    return modals.citation_view([one.citation for one in seen.passages], _left_out(seen))


def _seen(desk: Desk, job: Job, origin: Job) -> Evidence | Denied:
    """Return what of an answer's evidence the person of `job` may see.

    Which copies there are of an article was found out for those who read the answer. Whoever may not see exactly the
    same is not told of them.
    """
    assert origin.answer is not None  # else there is nothing to look at
    answer = Answer.from_json(origin.answer)
    mine, theirs = desk.access.scope(reader_of(job, origin)), desk.access.scope(asker_of(origin))
    if isinstance(mine, Denied):
        return mine
    return evidence(desk.engine, answer, mine.scope, others=mine == theirs)


def _left_out(seen: Evidence) -> str:
    """Say how many passages are missing, and why; nothing about what they are."""
    parts = [
        (seen.denied, "you may not see here"),
        (seen.gone, "may be shown no longer"),
    ]
    told = [f"{number} that {why}" for number, why in parts if number]
    return f"Left out: {' and '.join(told)}." if told else ""
