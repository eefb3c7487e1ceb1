"""Messages: questions to the bot, and what becomes of a question afterwards (edited, deleted)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.slack.listeners.heard import Heard, of_a_person
from bot.slack.listeners.words import asks_bot, mentions, question
from bot.slack.model import NewJob, Surface

EDIT_SECONDS = 60
"""Until when, after it was asked, an edited question is answered anew."""
RETRY_SECONDS = 600
"""Until when Slack may bring a question whose own event it could not deliver; news of it may come before."""


def mention(heard: Heard) -> NewJob | None:
    """Take an ``app_mention``: the bot was mentioned in a channel."""
    event = heard.event
    user = of_a_person(event)
    if user is None:
        return None
    return _question(heard, event, user, "direct" if event["channel"].startswith("D") else "mention")


def message(heard: Heard) -> NewJob | None:
    """Take a ``message``: a direct message, a follow-up in a thread, or news of a question asked before."""
    event = heard.event
    match event.get("subtype"):
        case "message_changed" if event["message"].get("subtype") == "tombstone":
            return _deleted(heard, event["message"]["ts"])  # it had answers below it, so it stays
        case "message_changed":
            return _edited(heard, event["message"])
        case "message_deleted":
            return _deleted(heard, event["deleted_ts"])
    user = of_a_person(event)
    if user is None:
        return None
    if event.get("channel_type") == "im":
        return _question(heard, event, user, "direct")
    return _question(heard, event, user, "thread") if _is_follow_up(heard, event, user) else None


def _question(heard: Heard, event: Mapping[str, Any], user: str, surface: Surface) -> NewJob:
    channel, ts = event["channel"], event["ts"]
    return heard.job(
        "question",
        heard.key(channel, ts),
        user,
        channel=channel,
        ts=ts,
        thread=event.get("thread_ts") or ts,
        surface=surface,
        text=question(event.get("text") or "", heard.bot),
    )


def _is_follow_up(heard: Heard, event: Mapping[str, Any], user: str) -> bool:
    """Tell whether a message of a channel is a question to the bot all the same; a mention is left to its own event."""
    thread, text = event.get("thread_ts"), event.get("text") or ""
    if not heard.config.follow_ups or thread in (None, event["ts"]) or mentions(text, heard.bot):
        return False
    if not asks_bot(text, asked_before=True):  # who asked may ask in more ways: what is not for the bot then never is
        return False
    where = (heard.team, event["channel"], thread)
    return heard.jobs.engaged(*where) and asks_bot(text, heard.jobs.asked_here(*where, user))


def _edited(heard: Heard, changed: Mapping[str, Any]) -> NewJob | None:
    """Take a ``message_changed``: most are links that Slack unfurled, or answers that the bot itself updated.

    What the question says now is no guide: an edit before this one may be waiting.
    """
    edited, ts, before = changed.get("edited"), changed["ts"], heard.event.get("previous_message") or {}
    if not heard.config.edits or edited is None or float(edited["ts"]) - float(ts) > EDIT_SECONDS:
        return None
    asked = _asked(heard, ts)
    if asked is None or edited.get("user") != asked.user or changed.get("text") == before.get("text"):
        return None
    if asked.surface == "mention" and not mentions(changed.get("text") or "", heard.bot):
        return None  # it speaks to somebody else now; what was answered stays
    return heard.job(
        "edit",
        f"{heard.key(heard.event['channel'], ts)}:edit:{heard.event['event_ts']}",
        asked.user,
        channel=heard.event["channel"],
        ts=ts,
        thread=asked.thread,
        surface=asked.surface,
        text=question(changed.get("text") or "", heard.bot),
        payload={"at": heard.event["event_ts"]},
    )


def _deleted(heard: Heard, ts: str) -> NewJob | None:
    """Take a ``message_deleted``, or what Slack leaves in its place: a tombstone."""
    channel = heard.event["channel"]
    asked = _asked(heard, ts) if heard.config.deletions else None
    if asked is None:
        return None
    key = f"{heard.key(channel, ts)}:delete"
    return heard.job("delete", key, asked.user, channel=channel, ts=ts, thread=asked.thread, surface=asked.surface)


def _asked(heard: Heard, ts: str) -> NewJob | None:
    """Return the question that a message of the event's channel is, or was: also one whose own event is yet to come."""
    event = heard.event
    known = heard.jobs.find(heard.key(event["channel"], ts))
    before = event.get("previous_message")
    if known is not None or before is None or float(event["event_ts"]) - float(ts) > RETRY_SECONDS:
        return known
    said = {**before, "channel": event["channel"], "ts": ts}
    user, text = of_a_person(said), said.get("text") or ""
    if user is None:
        return None
    if event.get("channel_type") == "im":
        return _question(heard, said, user, "direct")
    if mentions(text, heard.bot):
        return _question(heard, said, user, "mention")
    return _question(heard, said, user, "thread") if _is_follow_up(heard, said, user) else None
