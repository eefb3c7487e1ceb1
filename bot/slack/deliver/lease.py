"""The leases under which this process works, and what a worker may still do under one.

A call of Slack's cannot be taken back, and Slack knows nothing of leases. So no call begins unless the lease runs for
longer than a call may take. Time is measured from before the lease was asked for, by the monotonic clock (which nobody
sets) and by the wall clock (which also passes while the machine is suspended), whichever leaves less.
"""

from __future__ import annotations

import itertools
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bot.slack.model import Job
from bot.slack.store.jobs import Jobs

LEASE = 60.0
"""Seconds after which a job of a process that died is taken over."""
MARGIN = 0.4
"""The share of a lease that must be left when a call begins: 24 of 60 seconds, for a call of 10."""
LONGEST = 600.0
"""Seconds after which a job is let go of, though its worker lives: it hangs."""


class LeaseLost(Exception):
    """The job is no longer this worker's: another has it, or will; nothing more may be done for it here."""


class Lease:
    """A job that is held by one thread. `worker` is the name by which the job database knows this claim."""

    def __init__(self, job: int, worker: str, seconds: float):
        self.job = job
        self.worker = worker
        self.margin = seconds * MARGIN
        self._seconds = seconds
        self._lock = threading.Lock()
        self._began = time.monotonic()
        self._until = (0.0, 0.0)
        self._calling = False
        self._ended = False
        self._numbers = itertools.count()
        self.renewed(time.monotonic(), time.time())

    def renewed(self, monotonic: float, wall: float) -> None:
        """Take note that the lease was renewed, at times measured before it was asked for."""
        self._until = (monotonic + self._seconds, wall + self._seconds)

    def remaining(self) -> float:
        """Return the seconds that are left."""
        monotonic, wall = self._until
        return min(monotonic - time.monotonic(), wall - time.time())

    def hangs(self) -> bool:
        """Tell whether it has been held for too long."""
        return time.monotonic() - self._began > LONGEST

    def count(self) -> int:
        """Return 0, 1, 2 ...: another each time."""
        return next(self._numbers)

    def end(self) -> bool:
        """Let no further call begin; False while one is under way: whether it is carried out is not known yet."""
        with self._lock:
            self._ended = True
            return not self._calling

    @contextmanager
    def call(self) -> Iterator[None]:
        """Make one call of Slack's within this.

        Raises:
            LeaseLost: too little is left of the lease, or it was ended.
        """
        with self._lock:
            if self._ended or self.remaining() < self.margin:
                raise LeaseLost
            self._calling = True
        try:
            yield
        finally:
            self._calling = False


class Leases:
    """The leases of this process, by job and thread: a thread that lost a job does not go on under its next owner's."""

    def __init__(self, jobs: Jobs, seconds: float = LEASE):
        self.seconds = seconds
        self._jobs = jobs
        self._held: dict[tuple[int, int], Lease] = {}
        self._process = f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(4)}"
        self._numbers = itertools.count()

    def name(self) -> str:
        """Return a worker's name that no claim had before: a thread that lost a job is not taken for its next owner."""
        return f"{self._process}-{next(self._numbers)}"

    @contextmanager
    def hold(self, job: Job, worker: str, monotonic: float, wall: float) -> Iterator[Lease]:
        """Hold a job in this thread; `worker` claimed it, at times measured before that."""
        lease = Lease(job.id, worker, self.seconds)
        lease.renewed(monotonic, wall)
        self._held[key := (job.id, threading.get_ident())] = lease
        try:
            yield lease
        finally:
            lease.end()
            del self._held[key]

    def of(self, job: Job) -> Lease:
        """Return the lease under which this thread holds a job; LeaseLost if it has none."""
        lease = self._held.get((job.id, threading.get_ident()))
        if lease is None:
            raise LeaseLost
        return lease

    def all(self) -> list[Lease]:
        """Return every lease that is held."""
        return list(self._held.values())

    def confirm(self, lease: Lease) -> None:
        """Renew a lease in the database.

        Raises:
            LeaseLost: the job is no longer the worker's.
            JobsError: the database cannot be asked; the lease goes on as long as it does.
        """
        monotonic, wall = time.monotonic(), time.time()
        if lease.hangs() or not self._jobs.renew(lease.job, lease.worker, self.seconds, wall):
            lease.end()
            raise LeaseLost
        lease.renewed(monotonic, wall)
