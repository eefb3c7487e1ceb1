"""Check this claim: what the corpus has on a message, in a window of the one who asks."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from bot.slack.access import Denied, audience
from bot.slack.context import quotations
from bot.slack.desk import Desk
from bot.slack.handlers.limits import too_many_claims
from bot.slack.handlers.place import asker_of
from bot.slack.handlers.question import HITS, keep, made_for, pages
from bot.slack.handlers.verbatim import said_so
from bot.slack.handlers.window import View, open_window, show
from bot.slack.model import Job, Outcome
from bot.slack.render import modals
from bot.slack.render.answer import Told
from bot.visible import typed
from corpus.sentences import sentences
from index.query import MAX_QUESTION

TITLE = "Check this claim"
_NOTHING = "There is no text in this message that could be looked up."
_CUT = "The message is long; only its beginning was looked up."


def claim(desk: Desk, job: Job) -> Outcome:
    """Look a message's text up: its words first, then what it is about. It counts as a question of who asks for it."""
    exceeded = too_many_claims(desk, job)
    if exceeded is not None:
        desk.metrics.refused("too_many")
        open_window(desk, job, modals.message_view(TITLE, exceeded))
        return "dropped"
    show(desk, job, TITLE, lambda: _looked_up(desk, job))
    return "done"


def _looked_up(desk: Desk, job: Job) -> View:
    asker = asker_of(job)
    allowed = desk.access.scope(asker)
    if isinstance(allowed, Denied):
        return modals.message_view(TITLE, allowed.message)
    whole = typed(job.text).strip()
    text = beginning(whole, min(desk.config.limits.question, MAX_QUESTION))
    if not any(char.isalnum() for char in text):
        return modals.message_view(TITLE, _NOTHING)
    reader = audience(asker)
    ask = partial(desk.engine.ask, scope=allowed.scope, hits=HITS, audience=reader)
    answer = made_for(said_so(text, ask) or ask(text), allowed)
    shown = quotations(answer)
    if len(text) < len(whole):
        answer = replace(answer, notes=(_CUT, *answer.notes))
    keep(desk, job, answer, ())
    told = Told(job=job.id, page=pages(desk, shown, reader), question=text, show_question=True)
    return modals.claim_view(answer, told)


def beginning(text: str, most: int) -> str:
    """Return as many of the first sentences of a text as `most` characters hold; of one that is too long, its words."""
    if len(text) <= most:
        return text
    ends = [span.end for span in sentences(text) if span.end <= most]
    return text[: ends[-1]] if ends else text[:most].rpartition(" ")[0] or text[:most]
