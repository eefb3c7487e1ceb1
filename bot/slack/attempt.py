"""One attempt at a job, and every way in which it may end.

What nobody foresaw is told to the asker in one sentence with an id, which is in the log with the place in the code, and
without the words of the question.
"""

from __future__ import annotations

import logging
import secrets
import sys
import time
from collections.abc import Callable
from typing import Protocol

from bot.slack.calls import PutOff, Unsure
from bot.slack.config import SlackConfig
from bot.slack.deliver import Cancelled, Delivery, Lease, LeaseLost
from bot.slack.model import Job, Outcome, Part
from bot.slack.render import notes
from bot.slack.store import Store
from corpus.errors import JobsError, SlackError

ATTEMPTS = 3
TOLD_ATTEMPTS = 5
"""Claims after which a job is ended without another word: telling of it killed its workers too."""
RETRY = 5.0
SILENT_KINDS = frozenset({"home", "prompts"})
"""Kinds that nobody asked anything with: a failure is in the log only."""

logger = logging.getLogger(__name__)


class Counters(Protocol):
    """What is counted; `bot.web.metrics.Metrics` is one."""

    def failed(self) -> None:
        """Count a job at which something went wrong."""

    def stage(self, name: str, seconds: float) -> None:
        """Note how long a stage took."""


class Attempts:
    """Makes attempts at jobs that the calling thread holds. Arguments as of `Worker`."""

    def __init__(
        self,
        store: Store,
        delivery: Delivery,
        handle: Callable[[Job], Outcome],
        config: SlackConfig,
        metrics: Counters,
    ):
        self._store = store
        self._delivery = delivery
        self._handle = handle
        self._config = config
        self._metrics = metrics

    def make(self, job: Job, lease: Lease) -> None:
        """Do a job, and write down what became of it. Raises nothing that is an error of the job's."""
        try:
            self._make(job, lease)
        except JobsError:
            logger.warning("the job database cannot be used; the job waits", exc_info=True, extra={"job": job.id})
            self.give_back(job.id, lease.worker, time.time() + RETRY)

    def _make(self, job: Job, lease: Lease) -> None:
        try:
            self._attempt(job, lease, lambda: self._unfit(job) or self._handle(job))
            return
        except JobsError:
            raise
        except Exception:
            error = self._noted(job, "went wrong")
        try:
            self._attempt(job, lease, lambda: self._told(job, notes.failed(error)), error)
        except SlackError:
            logger.warning("nobody could be told of error %s", error, exc_info=True, extra={"job": job.id})
            self._end(job, lease, "failed", error)

    def _attempt(self, job: Job, lease: Lease, what: Callable[[], Outcome], error: str | None = None) -> None:
        """Do something of a job and end it, or give it back; whatever else is raised is passed on."""
        try:
            self._end(job, lease, what(), error)
        except (PutOff, Unsure) as later:
            self.give_back(job.id, lease.worker, later.until)
        except Cancelled:
            self._end(job, lease, "cancelled")
        except LeaseLost:
            if self.give_back(job.id, lease.worker, time.time()):
                logger.info("given back", extra={"job": job.id})

    def _unfit(self, job: Job) -> Outcome | None:
        """Return how a job ends that is not to be begun; None if it is."""
        if self._store.jobs.cancelled(job.id):
            self._delivery.tidy(job)
            return "cancelled"
        if job.attempts > ATTEMPTS:
            error = self._noted(job, "was begun several times and never ended")
            return "failed" if job.attempts > TOLD_ATTEMPTS else self._told(job, notes.gave_up(error))
        waited = time.time() - job.created
        if job.kind != "question" or job.parts is not None:
            return None
        if waited > self._config.too_late_minutes * 60:
            logger.warning("a question waited too long", extra={"job": job.id})
            return self._told(job, notes.too_late(self._config.too_late_minutes))
        if job.attempts == 1:
            self._metrics.stage("wait", max(0.0, waited))
        return None

    def _told(self, job: Job, part: Part) -> Outcome:
        """Tell the asker why there is no answer."""
        if job.kind not in SILENT_KINDS:
            self._delivery.note(job, part)
        return "failed"

    def _noted(self, job: Job, what: str) -> str:
        """Write to the log what happened, and return the id under which it is there."""
        error = secrets.token_hex(4)
        failed = sys.exc_info()[0] is not None
        logger.error("error %s: a job (%s) %s", error, job.kind, what, exc_info=failed, extra={"job": job.id})
        self._metrics.failed()
        return error

    def _end(self, job: Job, lease: Lease, outcome: Outcome, error: str | None = None) -> None:
        if not self._store.jobs.finish(job.id, lease.worker, outcome, error):
            logger.info("done, but another worker has it now", extra={"job": job.id})

    def give_back(self, job: int, worker: str, until: float) -> bool:
        """Give a job back to be done from `until` on; where that fails its lease runs out."""
        try:
            return self._store.jobs.put_off(job, worker, until)
        except JobsError:
            logger.warning("a job could not be given back; its lease runs out", exc_info=True, extra={"job": job})
            return False
