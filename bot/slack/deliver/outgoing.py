"""The messages of one job on their way: each is looked for, brought up to date, or sent. See the package."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.slack.calls import PutOff, Refused, Unsure
from bot.slack.deliver.find import ThreadGone, metadata
from bot.slack.deliver.lease import Lease, LeaseLost
from bot.slack.deliver.tools import (
    BLOCKS_REFUSED,
    PIECE,
    POSTED,
    ROOT_GONE,
    SILENT,
    Cancelled,
    Place,
    Tools,
    close,
    rewrite,
    settle,
    take_away,
)
from bot.slack.deliver.words import plain
from bot.slack.model import How, Job, Part, Sent
from bot.slack.render.blocks import unfolded
from bot.slack.store.messages import ROOT
from corpus.errors import SlackError

logger = logging.getLogger(__name__)


class Outgoing:
    """The messages of a job, which this thread holds by a lease, to one place."""

    def __init__(self, tools: Tools, job: Job, place: Place):
        self._tools = tools
        self._job = job
        self._place = place
        self._lease: Lease = tools.leases.of(job)
        self._known = {row.part: row for row in tools.store.messages.of(job.id)}
        self.used: set[int] = set()
        if job.parts is None:  # a new question, or an edited one, whose messages another process may have changed
            for number in self._known:
                tools.memory.shown.pop((job.id, number), None)
        kept = tools.memory.kept.get((job.id, 0))
        self._answer = kept if job.answer is None else hash(job.answer.get("id"))

    def show(self, number: int, part: Part, stream: bool = True) -> str | None:
        """See to it that message `number` is there and shows `part`; return its ts, None if somebody deleted it.

        Raises:
            PutOff: not now; what was done is written down.
            Cancelled, LeaseLost: no more.
            SlackError: Slack will not have it.
        """
        self.used.add(number)
        row = self._known.get(number)
        if row is not None and row.ts is None:
            row = self._settle(row, part)
        if row is None or row.ts is None:
            return self._send(number, part, stream)
        shown = self._tools.memory.shown.get((self._job.id, number))
        if number != ROOT and shown != self._digest(part):
            return self._update(number, row.ts, part)
        return row.ts

    def call(self, method: str, /, **args: Any) -> Mapping[str, Any]:
        """Call a method in the channel, under the lease; raises what `Clients.call` does, and LeaseLost."""
        with self._lease.call():
            return self._tools.clients.call(
                self._job.team, self._job.enterprise, method, channel=self._place.channel, **args
            )

    def stopped(self) -> None:
        """Raise `Cancelled` if the asker wants no answer any more."""
        if self._tools.store.jobs.cancelled(self._job.id):
            raise Cancelled

    def clear(self) -> None:
        """Delete the messages of the job that were not shown: an answer was longer before the question's edit."""
        for number in sorted(set(self._known) - self.used - {ROOT}):
            row: Sent | None = self._known[number]
            if row is not None and row.ts is None and row.how in POSTED:  # a note, say, of which nobody heard
                row = self._settle(row, None)
            if row is not None and row.how in POSTED:
                self._tools.leases.confirm(self._lease)
                take_away(self._tools, self._job, row)

    def _settle(self, row: Sent, part: Part | None) -> Sent | None:
        """Find out whether a message was sent of which only the intent is known; None: it was not."""
        try:
            found = settle(self._tools, self._job, row, self._place.thread, part, self._lease.margin)
        except ThreadGone as error:
            raise Cancelled from error
        if found is None:
            del self._known[row.part]
        else:
            self._known[row.part] = found
        return found

    def _send(self, number: int, part: Part, stream: bool) -> str | None:
        """Write down that a message is about to be sent, and send it: streamed, or posted, or without its blocks."""
        streamed = stream and self._streamable(number, part)
        if not self._intend(number, "stream" if streamed else "post"):
            return self.show(number, part, stream)
        try:
            return self._stream(number, part) if streamed else self._post(number, part)
        except Unsure as error:
            self._tools.memory.note(self._tools.memory.returned, (self._job.id, number))
            raise PutOff(error.until) from error
        except (PutOff, LeaseLost, SlackError) as error:
            if not self._strike(number):  # it was sent, and something went wrong later
                raise
            if streamed and isinstance(error, PutOff | Refused):
                return self._send(number, part, stream=False)
            code = error.code if isinstance(error, Refused) else ""
            if code in BLOCKS_REFUSED and part.blocks:
                return self._plain(number, part, code)
            if code in ROOT_GONE and self._place.thread is not None:
                raise Cancelled from error
            raise

    def _streamable(self, number: int, part: Part) -> bool:
        tools, place = self._tools, self._place
        if not tools.stream or number < 0 or place.thread is None:
            return False
        return tools.streams.take(self._job.team, place.channel, part)

    def _intend(self, number: int, how: How) -> bool:
        """Write down that a message is about to be sent; False if another worker has done so since we looked."""
        job, messages = self._job, self._tools.store.messages
        now = time.time()
        row = messages.intend(job.id, number, self._lease.worker, how, job.team, self._place.channel, now)
        if row is None:
            raise LeaseLost
        self._known[number] = row
        ours = row.ts is None and row.intended == now
        if ours:
            self._tools.memory.returned.pop((job.id, number), None)
        return ours

    def _strike(self, number: int) -> bool:
        """Strike an intent out again, of a message that is known not to have been sent; False if it was."""
        if self._known[number].ts is not None:
            return False
        self._tools.store.messages.forget_part(self._job.id, number)
        del self._known[number]
        return True

    def _sent(self, number: int, ts: str) -> str:
        """Write down where a message is; the one of two workers that comes second takes its own away again."""
        kept = self._tools.store.messages.sent(self._job.id, number, ts)
        self._known[number] = row = replace(self._known[number], ts=ts)
        if kept != ts:
            logger.warning("another worker sent message %s too; ours is deleted", number, extra={"job": self._job.id})
            take_away(self._tools, self._job, row, forget=False)
            raise LeaseLost
        return ts

    def _post(self, number: int, part: Part) -> str:
        args: dict[str, Any] = {"text": part.text, "metadata": metadata(self._job.id, number), **SILENT}
        if part.blocks:
            args["blocks"] = list(part.blocks)
        if self._place.thread is not None:
            args["thread_ts"] = self._place.thread
        ts = self._sent(number, self.call("chat.postMessage", **args)["ts"])
        self._shows(number, part)
        return ts

    def _stream(self, number: int, part: Part) -> str | None:
        """Stream a message; one that dies on the way is finished by an update."""
        blocks, end, job = list(part.blocks), part.steps[0], self._job
        to = {"thread_ts": self._place.thread, "recipient_team_id": job.team, "recipient_user_id": job.user}
        try:
            begun = self.call("chat.startStream", chunks=_chunk(blocks[:end]), **to)
        except Refused as error:
            if error.code not in BLOCKS_REFUSED:
                self._tools.streams.refused(job.team, self._place.channel)
            raise
        ts = self._sent(number, begun["ts"])
        try:
            end = self._append(ts, part, end)
            rest = {"blocks": blocks[end:]} if blocks[end:] else {}
            self.call("chat.stopStream", ts=ts, metadata=metadata(job.id, number), **rest)
        except (PutOff, Unsure, Refused) as error:
            if isinstance(error, Refused) and error.code == "stopped_by_user":
                raise Cancelled from error
            return self._update(number, ts, part)
        self._shows(number, part)
        return ts

    def _append(self, ts: str, part: Part, end: int) -> int:
        """Append to a stream step by step; return how many blocks it has then. 429: the rest comes with the stop."""
        for step in part.steps[1:]:
            if self._tools.store.jobs.cancelled(self._job.id):
                close(self._tools, self._job, self._place.channel, ts)
                raise Cancelled
            try:
                self.call("chat.appendStream", ts=ts, chunks=_chunk(list(part.blocks[end:step])))
            except PutOff:
                break
            end = step
        return end

    def _update(self, number: int, ts: str, part: Part) -> str | None:
        """Make a message show a part; None if somebody deleted it: it is not posted again."""
        self._tools.leases.confirm(self._lease)
        try:
            with self._lease.call():
                there = rewrite(self._tools, self._job, replace(self._known[number], ts=ts), part)
        except Refused as error:
            if error.code in BLOCKS_REFUSED and part.blocks:
                return self._plain(number, part, error.code)
            raise
        if not there:
            logger.info("message %s is there no more", number, extra={"job": self._job.id})
            return None
        self._shows(number, part)
        return ts

    def _plain(self, number: int, part: Part, code: str) -> str | None:
        """Show a part with what was folded laid open, and where that is refused too, without its blocks."""
        flat = replace(part, blocks=tuple(unfolded(part.blocks)), steps=())
        if flat.blocks != part.blocks:
            return self.show(number, flat, stream=False)
        logger.warning("message %s goes without its blocks: %s", number, code, extra={"job": self._job.id})
        first, *others = plain(part)
        ts = self.show(number, first, stream=False)
        for more, piece in enumerate(others, 1):
            self.show(number + PIECE * more, piece, stream=False)
        return ts

    def _shows(self, number: int, part: Part) -> None:
        self._tools.memory.note(self._tools.memory.shown, (self._job.id, number), self._digest(part))

    def _digest(self, part: Part) -> int:
        return hash((self._answer, part.text, json.dumps(part.blocks, sort_keys=True)))


def _chunk(blocks: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{"type": "blocks", "blocks": blocks}]
