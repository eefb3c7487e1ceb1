"""What every delivery works with, and what is done to single messages: settled, deleted, closed."""

from __future__ import annotations

import contextlib
import logging
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.slack.calls import Clients, PutOff, Refused, Unsure
from bot.slack.deliver.find import Finder, metadata
from bot.slack.deliver.lease import Leases
from bot.slack.deliver.streams import Streams
from bot.slack.model import Job, Part, Sent
from bot.slack.store import Store

logger = logging.getLogger(__name__)

NOTE = -2
"""The number of the one sentence that says why there is no answer."""
PIECE = 1000
"""What is too long for one message without blocks goes on under the numbers of its part plus 1000, 2000, ..."""
FLIGHT = 20.0
"""Seconds during which a call that was begun by somebody else may still be under way."""
STREAM_PAUSE = 5.0
"""Seconds until a stream that would not be stopped is tried again."""
REMEMBERED = 10_000
POSTED = ("post", "stream")

BLOCKS_REFUSED = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long"})
STILL_STREAMING = frozenset({"streaming_state_conflict", "cant_delete_message"})
GONE = frozenset({"message_not_found", "cant_update_message", "cant_delete_message", "edit_window_closed"})
ROOT_GONE = frozenset({"thread_not_found", "message_not_found", "invalid_thread_ts", "cannot_reply_to_message"})
SILENT: Mapping[str, Any] = {
    "unfurl_links": False, "unfurl_media": False, "mrkdwn": False, "link_names": False, "parse": "none",
}  # fmt: skip


class Cancelled(Exception):
    """The job was stopped or deleted by its asker, or what it was to answer is gone: nothing more is sent."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message goes: a channel, and in it the root of a thread, or None for the channel itself."""

    channel: str
    thread: str | None


@dataclass(slots=True)
class Memory:
    """What this process knows beside the database; all of it may be lost.

    `shown` are the words that a message is known to show, by (job, number): it need not be brought up to date. They
    are those of one answer, `kept` by (job, 0): after an edit, and another, the same words are those of a new one, and
    another process may have shown what was between.
    `returned` are the sends whose call has come back, with whatever outcome: it is not under way any more.
    """

    shown: OrderedDict[tuple[int, int], int] = field(default_factory=OrderedDict)
    kept: OrderedDict[tuple[int, int], int] = field(default_factory=OrderedDict)
    returned: OrderedDict[tuple[int, int], int] = field(default_factory=OrderedDict)

    def note(self, memory: OrderedDict[tuple[int, int], int], key: tuple[int, int], value: int = 0) -> None:
        """Remember something, and forget what is oldest."""
        memory[key] = value
        while len(memory) > REMEMBERED:
            with contextlib.suppress(KeyError):
                memory.popitem(last=False)


@dataclass(frozen=True, slots=True)
class Tools:
    """What every delivery works with."""

    store: Store
    clients: Clients
    leases: Leases
    finder: Finder
    streams: Streams
    memory: Memory
    stream: bool


def settle(tools: Tools, job: Job, row: Sent, thread: str | None, part: Part | None, flight: float) -> Sent | None:
    """Find out whether a message was sent of which only the intent is known, and write it down; None: it was not.

    Raises:
        PutOff: it may be under way just now, or Slack does not let us look.
        ThreadGone: there is nowhere to look.
    """
    landed = row.intended + min(FLIGHT, flight)
    # only an edit takes a job from its worker in the middle of a call; after it there are no parts yet
    if job.parts is None and (row.job, row.part) not in tools.memory.returned and time.time() < landed:
        raise PutOff(landed)
    try:
        found = tools.finder.find(job, row, thread, part)
    except Unsure as error:
        raise PutOff(error.until) from error
    if found is None:
        tools.store.messages.forget_part(row.job, row.part)
        return None
    return replace(row, ts=tools.store.messages.sent(row.job, row.part, found))


def rewrite(tools: Tools, job: Job, row: Sent, part: Part) -> bool:
    """Make a message show a part; False if somebody deleted it. A stream that is open is stopped first.

    Raises:
        PutOff: not now, or it is not known whether it was done.
        SlackError: Slack will not have it.
    """
    words = {"text": part.text, "blocks": list(part.blocks), "link_names": False, "parse": "none"}
    known_by = metadata(row.job, row.part)
    return _upon(tools, job, row, "chat.update", metadata=known_by, **words)


def take_away(tools: Tools, job: Job, row: Sent, forget: bool = True) -> None:
    """Delete a message of a job, and strike it out; one that is there no more is well. Raises as `rewrite`."""
    _upon(tools, job, row, "chat.delete")
    if forget:
        tools.store.messages.forget_part(row.job, row.part)


def _upon(tools: Tools, job: Job, row: Sent, method: str, **args: Any) -> bool:
    """Call a method on a message that was sent; False if somebody deleted it."""
    where: dict[str, Any] = {"channel": row.channel, "ts": row.ts, **args}
    try:
        try:
            tools.clients.call(job.team, job.enterprise, method, **where)
        except Refused as error:
            if error.code not in STILL_STREAMING:
                raise
            close(tools, job, row.channel, str(row.ts))
            try:
                tools.clients.call(job.team, job.enterprise, method, **where)
            except Refused as still:
                if still.code != "streaming_state_conflict":
                    raise
                raise PutOff(time.time() + STREAM_PAUSE) from still  # it ends by itself, if it has to
    except Unsure as error:
        raise PutOff(error.until) from error
    except Refused as error:
        if error.code not in GONE:
            raise
        return False
    return True


def close(tools: Tools, job: Job, channel: str, ts: str) -> None:
    """Stop a stream as it is; one that is stopped is well. Raises PutOff."""
    try:
        tools.clients.call(job.team, job.enterprise, "chat.stopStream", channel=channel, ts=ts)
    except Unsure as error:
        raise PutOff(error.until) from error
    except Refused:
        logger.info("the stream was stopped already", extra={"job": job.id})
