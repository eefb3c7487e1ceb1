"""Why a question is not looked at: too many at once, or no question at all."""

from __future__ import annotations

import re

from bot.slack.desk import Desk
from bot.slack.model import Job, Part
from bot.slack.render import notes
from index.query import MAX_QUESTION

MINUTE = 60.0

_GREETING = {"hello", "hi", "hey", "hallo", "greetings", "morning", "afternoon", "evening"}
_GREETING |= {"help", "thanks", "thank", "thx", "ty", "cheers"}
_BESIDE = {"a", "again", "all", "and", "bot", "everybody", "everyone", "good", "lot", "me", "much", "please", "so"}
_BESIDE |= {"team", "there", "very", "you"}
_MOST_WORDS = 5
_EMOJI = re.compile(r":[\w+'-]{1,100}:")


def too_many(desk: Desk, job: Job) -> tuple[str, Part] | None:
    """Return which limit a question exceeds, and what its asker is told; None where it exceeds none.

    Each question counts those before it alone, so it makes no difference how late it is looked at. Where too many
    wait, the oldest are given up: who has waited longest is told, and the others wait less.
    """
    limits, jobs = desk.config.limits, desk.store.jobs
    since, place = job.created - MINUTE, job.channel
    if jobs.counted(job.team, user=job.user, since=since, before=job.id) >= limits.user_a_minute:
        return "user", notes.too_many(limits.user_a_minute)
    if place and jobs.counted(job.team, channel=place, since=since, before=job.id) >= limits.channel_a_minute:
        return "channel", notes.too_many(limits.channel_a_minute, everybody=True)
    if jobs.waiting().number > limits.waiting:
        return "queue", notes.queue_full()
    return None


def too_many_claims(desk: Desk, job: Job) -> str | None:
    """Return what is told who has more claims checked than they may; they count as questions of theirs."""
    limit = desk.config.limits.user_a_minute
    number = desk.store.jobs.counted(job.team, user=job.user, since=job.created - MINUTE, before=job.id)
    return notes.too_many(limit).text if number >= limit else None


def greets(text: str) -> bool:
    """Tell whether a message is a greeting, thanks or a call for help, and nothing else."""
    words = re.findall(r"[^\W_]+", _EMOJI.sub(" ", text.casefold()))
    return 0 < len(words) <= _MOST_WORDS and not set(words) - _GREETING - _BESIDE and bool(_GREETING & set(words))


def no_question(desk: Desk, text: str) -> Part | None:
    """Return what is told of a text that is none: empty, or too long for one question."""
    if not any(char.isalnum() for char in text):
        return notes.nothing_asked()
    most = min(desk.config.limits.question, MAX_QUESTION)
    return notes.too_long(most) if len(text) > most else None
