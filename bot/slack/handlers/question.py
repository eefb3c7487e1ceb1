"""A question: answered once, in its thread, from what its asker may see there."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from time import perf_counter

from bot.ask import Filters
from bot.model import Answer, Citation
from bot.slack.access import Allowed, Denied, audience
from bot.slack.calls import PutOff, Refused
from bot.slack.context import quotations
from bot.slack.deliver import Cancelled, Place
from bot.slack.desk import Desk
from bot.slack.handlers.changed import deleted
from bot.slack.handlers.limits import greets, no_question, too_many
from bot.slack.handlers.place import asker_of, say, tell
from bot.slack.model import Job, Outcome, Part
from bot.slack.render import notes
from bot.slack.render.answer import Told, render_answer
from bot.visible import typed
from corpus.catalogue.scope import Scope

HITS = 10  # passages kept beside an answer, for whoever looks into feedback on it
EXAMPLES = 2  # questions offered to somebody who greets
CLOSEST = 3  # questions offered with a refusal
SPEAKERS = 5  # buttons where a name fits several

NOT_IN = ("not_in_channel", "channel_not_found")  # anybody may type a command anywhere
INVITE = "The bot cannot post in this channel: invite it here, or ask with /ask private."

_log = logging.getLogger(__name__)


def question(desk: Desk, job: Job) -> Outcome:
    """Answer a question, or tell why not.

    One whose answer is stored is delivered as it was made, if its asker may still see here what it was made from.
    """
    if deleted(desk, job):
        raise Cancelled
    if job.parts is not None and not _as_allowed(desk, job):
        job = replace(job, answer=None, parts=None)
    parts = job.parts
    if parts is None:
        made = _made(desk, job)
        if made is None:
            return "dropped"
        parts = made
    began = perf_counter()
    _deliver(desk, job, parts)
    desk.metrics.stage("post", perf_counter() - began)
    return "done"


def _made(desk: Desk, job: Job) -> Sequence[Part] | None:
    """Return the messages of the answer, stored; None where there is none, and the asker was told why."""
    if job.attempts <= 1:
        desk.metrics.question(job.surface or "")
    exceeded = too_many(desk, job)
    if exceeded is not None:
        limit, part = exceeded
        desk.metrics.refused("too_many")
        _log.info("too many questions", extra={"job": job.id, "limit": limit})
        if desk.told.due((limit, job.team, job.user), desk.now()):
            say(desk, job, part)
        return None
    hint = no_question(desk, typed(job.text).strip())
    if hint is not None:
        tell(desk, job, hint)
        return None
    allowed = desk.access.scope(asker_of(job))
    if greets(typed(job.text)):
        found = [] if isinstance(allowed, Denied) else desk.suggester.prompts(allowed.scope, EXAMPLES)
        tell(desk, job, notes.what_to_ask(job.id, found))
        return None
    if isinstance(allowed, Denied):
        if allowed.until is not None:  # Slack could not say who reads along: the question waits
            raise PutOff(allowed.until)
        desk.metrics.refused("denied")
        tell(desk, job, notes.denied(allowed.message))
        return None
    if job.surface != "private":
        desk.delivery.status(job, notes.READING)
    answer = made_for(_asked(desk, job, allowed), allowed)
    parts = _rendered(desk, job, answer, allowed)
    keep(desk, job, answer, parts)
    if answer.refusal is None:
        desk.metrics.answered()
    else:
        desk.metrics.refused(answer.refusal.reason)
    return parts


def made_for(answer: Answer, allowed: Allowed) -> Answer:
    """Return an answer as it is told here: with what it was made from; of nothing at all, without what to type then."""
    refusal = answer.refusal
    if refusal is not None and refusal.reason == "empty_index":
        answer = replace(answer, answer=notes.NOT_YET, refusal=replace(refusal, message=notes.NOT_YET))
    return replace(answer, query={**answer.query, "scope": _digest(allowed.scope)})


def _as_allowed(desk: Desk, job: Job) -> bool:
    """Tell whether a stored answer was made from what its asker may see here now: slack.toml may have changed since."""
    allowed = desk.access.scope(asker_of(job))
    if isinstance(allowed, Denied):
        if allowed.until is not None:
            raise PutOff(allowed.until)
        return False
    return job.answer is not None and (job.answer.get("query") or {}).get("scope") == _digest(allowed.scope)


def _digest(scope: Scope) -> str:
    """Return what tells a scope from others, in every process the same."""
    named = [None if some is None else sorted(some) for some in (scope.collections, scope.outlets)]
    said = json.dumps([*named, str(scope.since), str(scope.until)])
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def keep(desk: Desk, job: Job, answer: Answer, parts: Sequence[Part]) -> None:
    """Store an answer: its words, and where the passages found stand, whose words would outlive their article here."""
    stored = replace(answer, hits=tuple(replace(hit, title="", text="") for hit in answer.hits))
    desk.delivery.keep(job, stored.as_json(), parts, {citation.article_id for citation in quotations(answer)})


def _asked(desk: Desk, job: Job, allowed: Allowed) -> Answer:
    began = perf_counter()
    answer = desk.engine.ask(
        typed(job.text).strip(),
        filters=Filters(speaker=job.payload.get("speaker")),
        history=_history(desk, job),
        scope=allowed.scope,
        hits=HITS,
        audience=audience(asker_of(job)),
    )
    desk.metrics.stage("answer", perf_counter() - began)
    return answer


def _history(desk: Desk, job: Job) -> list[str]:
    """Return the questions of the thread that one may lean on: of one asked by a button, those before its answer."""
    if job.thread is None or job.channel is None or job.surface == "private":
        return []
    return desk.store.jobs.history(job.team, job.channel, job.thread, int(job.payload.get("before", job.id)))


def _rendered(desk: Desk, job: Job, answer: Answer, allowed: Allowed) -> Sequence[Part]:
    taken = tuple(answer.query.get("taken_as", ()))
    told = Told(
        job=job.id,
        page=pages(desk, quotations(answer), audience(asker_of(job))),
        closest=desk.suggester.near(answer, allowed.scope, CLOSEST) if answer.refusal else (),
        speakers=taken[:SPEAKERS] if len(taken) > 1 else (),
        question=typed(job.text).strip(),
        show_question="from" in job.payload,
    )
    return render_answer(answer, told)


def pages(desk: Desk, citations: Sequence[Citation], reader: str) -> Callable[[Citation], str | None]:
    """Return what gives a citation the address of its stored copy, for these readers; None where there is none.

    The page shows as much as the publisher allows; where that is a link alone, it is not linked to.
    """
    links = desk.links
    if links is None:
        return lambda citation: None
    with desk.engine.opener.reading() as opened:
        known = opened.served.articles({citation.article_id for citation in citations}, None) if opened else {}
        shown = {i for i, article in known.items() if opened and opened.rights(article) != "link"}

    def page(citation: Citation) -> str | None:
        if citation.article_id not in shown:
            return None
        return links.page(citation.article_id, citation.version, citation.start, citation.end, reader)

    return page


def _deliver(desk: Desk, job: Job, parts: Sequence[Part]) -> None:
    if job.surface == "private":
        assert job.channel is not None  # a command is typed somewhere
        for part in parts:
            desk.delivery.ephemeral(job, part, Place(job.channel, job.thread))
        return
    if job.thread is None:  # a command, or an example of the App Home: no message of theirs has the question
        assert job.channel is not None
        root = notes.asked(typed(job.text).strip(), str(job.payload.get("user_name") or ""))
        try:
            thread = desk.delivery.root(job, root)
        except Refused as error:
            if error.code not in NOT_IN:
                raise
            tell(desk, job, notes.denied(INVITE))
            return
        desk.delivery.answer(job, parts, Place(job.channel, thread))
        return
    desk.delivery.answer(job, parts)
