"""The workers: threads that claim jobs, have them done, and end them; whatever happens, each job ends once.

A job that cannot be done now goes back to the queue. One whose worker died is taken over when its lease runs out.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial

from bot.slack.attempt import RETRY, Attempts, Counters
from bot.slack.config import SlackConfig
from bot.slack.deliver import Delivery, LeaseLost
from bot.slack.model import Job, Lane, Outcome
from bot.slack.store import Store
from corpus.errors import JobsError, WhosaidError

POLL = 0.5
"""Seconds after which a lane is looked at though nobody said that something came: it may have, to another replica."""
QUICK = 2
"""Threads of the quick lane."""
CHORES = 60.0
LAST = 5.0
"""Seconds at the end of draining that are left for calls under way."""
DAY = 86_400.0
logger = logging.getLogger(__name__)


class _Signal:
    """Wakes one waiting thread for each time it is set; a thread that is not waiting yet does not miss it.

    Of those that wait one wakes by itself after a while, so that the lane is looked at however many threads it has.
    """

    def __init__(self, threads: int) -> None:
        self._changed = threading.Condition()
        self._threads = threads
        self._set = 0
        self._watched = False

    def set(self, number: int = 1) -> None:
        with self._changed:
            self._set = min(self._set + number, self._threads)
            self._changed.notify(number)

    def wait(self, seconds: float) -> None:
        with self._changed:
            if not self._set:
                watches, self._watched = not self._watched, True
                self._changed.wait(seconds if watches else seconds * 10)
                if watches:
                    self._watched = False
            self._set = max(0, self._set - 1)


class Worker:
    """All worker threads of a process.

    Args:
        store: where the jobs are.
        delivery: how messages go out.
        handle: does a job, and returns how it ended; what it raises is dealt with here.
        config: how many threads, how long a question may wait, how long things are kept.
        metrics: what is counted.
        chores: called every minute, one after another, in a thread of their own.
        give_way: called before a question is claimed; it may wait a little for what is more urgent.
    """

    def __init__(
        self,
        store: Store,
        delivery: Delivery,
        handle: Callable[[Job], Outcome],
        config: SlackConfig,
        metrics: Counters,
        chores: Sequence[Callable[[], object]] = (),
        give_way: Callable[[], None] = lambda: None,
    ):
        self._store = store
        self._delivery = delivery
        self._leases = delivery.leases
        self._attempts = Attempts(store, delivery, handle, config, metrics)
        self._config = config
        self._chores = (*chores, self._expire)
        self._give_way = give_way
        self._numbers: dict[Lane, int] = {"answer": config.workers, "quick": QUICK}
        self._signals = {lane: _Signal(number) for lane, number in self._numbers.items()}
        self._draining = threading.Event()
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []
        self._helpers: list[threading.Thread] = []

    def start(self) -> None:
        """Begin to work."""
        for lane, number in self._numbers.items():
            for n in range(number):
                self._threads.append(self._thread(f"slack-{lane}-{n}", partial(self._turn, lane)))
        self._helpers = [
            self._thread("slack-leases", self._renewals),
            self._thread("slack-chores", self._do_chores),
        ]
        for thread in (*self._threads, *self._helpers):
            thread.start()

    def wake(self, lane: Lane) -> None:
        """Say that a job was stored. Cheap, and safe from any thread."""
        self._signals[lane].set()

    def drain(self, seconds: float) -> bool:
        """Claim nothing more, finish what was begun, and give the rest back; return whether all was finished.

        What is not finished after `seconds` less a few stops before its next call of Slack's, and goes back to the
        queue, where a restarted or another process finds it at once. Only where a call is under way even then, the
        lease has to run out.
        """
        until = time.monotonic() + seconds
        self._draining.set()
        for lane, number in self._numbers.items():
            self._signals[lane].set(number)
        last = min(LAST, seconds / 2)
        finished = self._join(until - last)
        if not finished:
            for lease in self._leases.all():
                if lease.end():
                    self._attempts.give_back(lease.job, lease.worker, time.time())
            self._join(until)
        self._stopped.set()
        for thread in self._helpers:
            thread.join(max(0.1, until - time.monotonic()))
        self._delivery.stop(max(0.1, until - time.monotonic()))
        return finished

    def _join(self, until: float) -> bool:
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _thread(self, name: str, turn: Callable[[], bool]) -> threading.Thread:
        """Return a thread that takes turns until one says that it was the last; an error ends no more than a turn."""

        def run() -> None:
            while True:
                try:
                    if not turn():
                        return
                except JobsError:
                    logger.warning("the job database cannot be used; trying again", exc_info=True)
                    self._stopped.wait(RETRY)
                except Exception:
                    logger.exception("a worker thread stumbled and goes on")
                    self._stopped.wait(RETRY)

        return threading.Thread(target=run, name=name, daemon=True)

    def _turn(self, lane: Lane) -> bool:
        """Do one job, or wait for one; False when there is nothing more to do here."""
        if self._draining.is_set():
            return False
        if lane == "answer":
            self._give_way()
        worker, monotonic, wall = self._leases.name(), time.monotonic(), time.time()
        job = self._store.jobs.claim(worker, lane, self._leases.seconds, wall)
        if job is None:
            self._signals[lane].wait(POLL)
            return True
        self._signals[lane].set()  # where there is one there may be another
        with self._leases.hold(job, worker, monotonic, wall) as lease:
            try:
                self._attempts.make(job, lease)
            finally:
                self._delivery.ended(job)
        return True

    def _renewals(self) -> bool:
        for lease in self._leases.all():
            try:
                self._leases.confirm(lease)
            except LeaseLost:
                logger.info("lost a job", extra={"job": lease.job})
            except JobsError:
                logger.warning("a lease could not be renewed", exc_info=True, extra={"job": lease.job})
        return not self._stopped.wait(self._leases.seconds / 4)

    def _do_chores(self) -> bool:
        for chore in self._chores:
            try:
                chore()
            except WhosaidError:
                logger.warning("a chore was not done", exc_info=True)
            except Exception:
                logger.exception("a chore went wrong")
        return not self._stopped.wait(CHORES)

    def _expire(self) -> None:
        """Erase what was kept for long enough."""
        erased = self._store.expire(time.time() - self._config.keep_days * DAY)
        if erased:
            logger.info("%s old jobs were erased", erased)
