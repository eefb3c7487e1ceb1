"""Looking for a message that may have been sent: in Slack itself, since nobody here knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.slack.calls import Clients, PutOff, Refused
from bot.slack.deliver.words import begins
from bot.slack.model import Job, Part, Sent
from bot.slack.store import Store

EVENT = "whosaid_answer"
"""The event_type of the metadata of everything that the bot posts; its payload is {"job", "part"}."""
SKEW = 300.0
"""Seconds by which Slack's clock, which makes a message's ts, may be behind ours."""
PAGE = 200

_THREAD_GONE = frozenset({"thread_not_found"})


class ThreadGone(Exception):
    """The message that was to be answered is there no more, nor is its thread."""


def metadata(job: int, number: int) -> dict[str, Any]:
    """Return what a message is known by: the number of its job, and its own."""
    return {"event_type": EVENT, "event_payload": {"job": job, "part": number}}


class Finder:
    """Finds messages in Slack.

    Slack lets a distributed app ask once a minute. A search that was put off after some pages goes on at the next.
    """

    def __init__(self, clients: Clients, store: Store):
        self._clients = clients
        self._store = store
        self._cursors: dict[tuple[int, int], str] = {}

    def find(self, job: Job, row: Sent, thread: str | None, part: Part | None) -> str | None:
        """Return the ts of the message of a row, None if it was not sent.

        It is the bot's own message with the row's metadata. A stream has none before it is stopped: that is the bot's
        own message that came after the intent, is known to no job, and begins as `part` does.

        Raises:
            ThreadGone: the thread is there no more.
            PutOff, Unsure, SlackError: as `Clients.call`; nothing may be sent again then.
        """
        mine = self._clients.identity(job.team, job.enterprise)
        for message in self._messages(job, row, thread):
            if message.get("user") != mine.user and (mine.bot is None or message.get("bot_id") != mine.bot):
                continue
            told = message.get("metadata") or {}
            if told.get("event_type") == EVENT:
                if told.get("event_payload") == {"job": row.job, "part": row.part}:
                    return str(message["ts"])
            elif row.how == "stream" and part is not None and self._orphan(row, message, part):
                return str(message["ts"])
        return None

    def _orphan(self, row: Sent, message: Mapping[str, Any], part: Part) -> bool:
        late = float(message["ts"]) >= row.intended - SKEW
        return late and self._store.messages.at(row.team, row.channel, message["ts"]) is None and begins(message, part)

    def _messages(self, job: Job, row: Sent, thread: str | None) -> Iterator[Mapping[str, Any]]:
        """Return the messages of the thread (None: of the channel) since the intent."""
        args: dict[str, Any] = {"channel": row.channel, "oldest": f"{row.intended - SKEW:.6f}", "limit": PAGE}
        method = "conversations.history" if thread is None else "conversations.replies"
        if thread is not None:
            args["ts"] = thread
        key = (row.job, row.part)
        cursor = self._cursors.pop(key, None)
        while True:
            more = {"cursor": cursor} if cursor else {}
            try:
                page = self._clients.call(job.team, job.enterprise, method, include_all_metadata=True, **args, **more)
            except PutOff:
                if cursor:
                    self._cursors[key] = cursor
                raise
            except Refused as error:
                if error.code in _THREAD_GONE:
                    raise ThreadGone from error
                raise
            yield from page.get("messages") or ()
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return
