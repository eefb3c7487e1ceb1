"""What handlers do with messages; see the package for the protocol."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from bot.slack.calls import Clients, PutOff, Refused, Unsure
from bot.slack.config import SlackConfig
from bot.slack.deliver.find import Finder, ThreadGone
from bot.slack.deliver.lease import LEASE, MARGIN, LeaseLost, Leases
from bot.slack.deliver.outgoing import Outgoing
from bot.slack.deliver.status import Statuses
from bot.slack.deliver.streams import Streams
from bot.slack.deliver.tools import (
    BLOCKS_REFUSED,
    NOTE,
    POSTED,
    SILENT,
    Cancelled,
    Memory,
    Place,
    Tools,
    close,
    rewrite,
    settle,
    take_away,
)
from bot.slack.deliver.words import plain
from bot.slack.model import Job, Part, Sent
from bot.slack.store import Store
from bot.slack.store.messages import ROOT
from corpus.errors import SlackError

WHISPER = 100_000
"""The number of the first message of a job that one person alone sees."""
A_MOMENT = 1.0

logger = logging.getLogger(__name__)


class Delivery:
    """Sends what handlers made, each message once, whatever breaks on the way. Safe to use from several threads.

    Unless it says otherwise, a method is for a job that this process holds (`leases`), and raises:
        PutOff: not now: the worker gives the job back until then, and the handler is called again;
        Cancelled, LeaseLost: no more;
        SlackError: Slack refuses it;
        JobsError: the job database cannot be used.
    """

    def __init__(self, store: Store, clients: Clients, config: SlackConfig, leases: Leases | None = None):
        self.leases = leases or Leases(store.jobs, config.takeover_seconds)
        self._tools = Tools(
            store, clients, self.leases, Finder(clients, store), Streams(), Memory(), stream=config.stream
        )
        self._statuses = Statuses(clients)

    def keep(self, job: Job, answer: Mapping[str, Any], parts: Sequence[Part], articles: Collection[str]) -> None:
        """Store an answer before any of it is sent: whoever takes the job over sends the same words."""
        lease = self.leases.of(job)
        if not self._tools.store.jobs.keep_answer(job.id, lease.worker, answer, parts, articles):
            raise LeaseLost
        self._tools.memory.note(self._tools.memory.kept, (job.id, 0), hash(answer.get("id")))

    def answer(self, job: Job, parts: Sequence[Part], to: Place | None = None) -> None:
        """See to it that the job's messages are `parts`, in order, each once: the rest of what is there is deleted.

        What is there already is brought up to date, so that this also resumes, and replaces the answer of a question
        that was edited. `to` is where new ones go; default: the job's thread, or one under its message.
        """
        out = Outgoing(self._tools, job, to or place_of(job))
        self._statuses.answered(job)
        for number, part in enumerate(parts):
            out.stopped()
            out.show(number, part)
        out.clear()

    def root(self, job: Job, part: Part) -> str:
        """Post the message whose thread the answer goes to, once; return its ts."""
        ts = Outgoing(self._tools, job, Place(place_of(job).channel, None)).show(ROOT, part)
        if ts is None:
            raise Cancelled
        return ts

    def ephemeral(self, job: Job, part: Part, to: Place | None = None) -> None:
        """Show something to the job's person alone, at most once: it cannot be looked for.

        The job's response_url is used where it has one, which needs no membership. What is shown first, second ... in
        a job must be so each time that its handler is called.
        """
        self._whisper(job, WHISPER + self.leases.of(job).count(), part, to or place_of(job))

    def note(self, job: Job, part: Part) -> None:
        """Tell the job's person, once, why there is no answer: where the answer would have been."""
        place = place_of(job) if job.channel is not None else Place(job.user, None)
        private = job.surface in (None, "private") or place.thread is None
        if private:
            self._whisper(job, NOTE, part, place)
        else:
            self._statuses.answered(job)
            Outgoing(self._tools, job, place).show(NOTE, part)

    def remove(self, job: Job) -> None:
        """Delete everything that an ended job posted. It need not be held: deleting twice is well.

        Raises:
            PutOff: it has not ended, or what it posted is not known yet.
            SlackError: Slack refuses it.
        """
        if self._tools.store.jobs.outcome(job.id) is None and self._tools.store.jobs.get(job.id) is not None:
            raise PutOff(time.time() + A_MOMENT)
        for row in self._posted(job):
            take_away(self._tools, job, row)

    def withdraw(self, job: Job, part: Part) -> None:
        """Make `part` of what an ended job answered, in place. It need not be held.

        Raises:
            PutOff: it is not known what it posted, or Slack is busy.
            SlackError: Slack refuses it.
        """
        rows = [row for row in self._posted(job) if row.part >= 0]
        for row in rows[1:]:
            take_away(self._tools, job, row)
        for row in rows[:1]:
            self._tools.memory.shown.pop((job.id, row.part), None)
            rewrite(self._tools, job, row, part)

    def tidy(self, job: Job) -> None:
        """Close the streams of a cancelled job whose worker died in the middle of one; raises PutOff."""
        for row in [row for row in self._posted(job) if row.how == "stream"][-1:]:
            close(self._tools, job, row.channel, row.ts or "")

    def status(self, job: Job, text: str) -> None:
        """Show a status under the question until its answer comes: best effort, never waited for. Raises nothing."""
        place = place_of(job)
        if place.thread is not None:
            self._statuses.show(job, place, text)

    def ended(self, job: Job) -> None:
        """Clear the status of a job for which no message came. Raises nothing."""
        self._statuses.ended(job)

    def stop(self, seconds: float) -> None:
        """Set no more statuses; wait for the last, as long."""
        self._statuses.stop(seconds)

    def _posted(self, job: Job) -> list[Sent]:
        """Return what an ended job posted, having looked for what may have been."""
        found = []
        for row in self._tools.store.messages.of(job.id):
            if row.how not in POSTED:
                continue
            if row.ts is None:
                part = job.parts[row.part] if job.parts and 0 <= row.part < len(job.parts) else None
                thread = None if row.part == ROOT else place_of(job).thread
                try:
                    settled = settle(self._tools, job, row, thread, part, LEASE * MARGIN)
                except ThreadGone:
                    settled = None
            else:
                settled = row
            if settled is not None:
                found.append(settled)
        return found

    def _whisper(self, job: Job, number: int, part: Part, to: Place) -> None:
        lease, messages, now = self.leases.of(job), self._tools.store.messages, time.time()
        row = messages.intend(job.id, number, lease.worker, "ephemeral", job.team, to.channel, now)
        if row is None:
            raise LeaseLost
        if row.ts is not None or row.intended != now:  # it may have been shown
            return
        try:
            with lease.call():
                self._whispered(job, part, to)
        except Unsure:
            logger.warning("it is not known whether a private message was shown", extra={"job": job.id})
        except (PutOff, LeaseLost, SlackError) as error:
            messages.forget_part(job.id, number)
            if isinstance(error, Refused) and error.code in BLOCKS_REFUSED and part.blocks:
                for more, piece in enumerate(plain(part)):
                    self._whisper(job, number + WHISPER * more, piece, to)
                return
            raise

    def _whispered(self, job: Job, part: Part, to: Place) -> None:
        """Show something to one person: by the response_url, which ends after half an hour, else in the channel."""
        said: dict[str, Any] = {"text": part.text, **({"blocks": list(part.blocks)} if part.blocks else {})}
        where = {"thread_ts": to.thread} if to.thread is not None else {}
        clients, url = self._tools.clients, job.payload.get("response_url")
        if url and job.channel is not None:
            try:
                clients.respond(job.team, str(url), response_type="ephemeral", replace_original=False, **said, **where)
                return
            except Refused as error:
                if error.code in BLOCKS_REFUSED:
                    raise
        if job.channel is None or to.channel == job.user:
            clients.call(job.team, job.enterprise, "chat.postMessage", channel=job.user, **said, **SILENT)
            return
        args = {"user": job.user, "link_names": False, "parse": "none", **said, **where}
        clients.call(job.team, job.enterprise, "chat.postEphemeral", channel=to.channel, **args)


def place_of(job: Job) -> Place:
    """Return where a job's messages go: its thread, or one under its message; for a command, the channel."""
    return Place(job.channel or job.user, job.thread or job.ts)
