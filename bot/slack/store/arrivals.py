"""Storing jobs as they come: those that come together are stored together.

A commit waits for the disk, and Slack's acknowledgement waits for the commit. When many questions come at once, whoever
gets the writer's turn stores all that wait in one transaction, and the others find theirs done (group commit).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from bot.slack.model import NewJob
from bot.slack.store.database import Database
from bot.slack.store.rows import row_of
from bot.slack.store.schema import ENGAGEMENTS, JOBS
from corpus.errors import JobsError


@dataclass(slots=True)
class _Arrival:
    new: NewJob
    at: float
    job: int | None = None
    stored: bool = False
    failed: JobsError | None = None


class Arrivals:
    """Stores new jobs for many threads at once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[_Arrival] = []
        self._list = threading.Lock()
        self._turn = threading.Lock()

    def add(self, new: NewJob, at: float) -> int | None:
        """Store a job that came at `at` (Unix time) and return its id; None if its key is known.

        Raises:
            JobsError: it could not be stored.
        """
        arrival = _Arrival(new, at)
        with self._list:
            self._waiting.append(arrival)
        with self._turn:
            if not arrival.stored and arrival.failed is None:
                self._store_all()
        if arrival.failed is not None:
            raise JobsError(str(arrival.failed)) from arrival.failed
        return arrival.job

    def _store_all(self) -> None:
        """Store all that wait: all of them, or none."""
        with self._list:
            some, self._waiting = self._waiting, []
        try:
            with self._database.write() as connection:
                # in one order, whatever the process: two transactions never wait for each other's keys
                for arrival in sorted(some, key=lambda one: one.new.key):
                    arrival.job = self._insert(connection, arrival)
        except JobsError as error:
            for arrival in some:
                arrival.failed = error
            return
        for arrival in some:
            arrival.stored = True

    def _insert(self, connection: Connection, arrival: _Arrival) -> int | None:
        new = arrival.new
        row = row_of(new, arrival.at)
        query = self._database.insert(JOBS).values(**row).on_conflict_do_nothing(index_elements=["digest"])
        made: int | None = connection.scalar(query.returning(JOBS.c.id))
        if made is not None and new.kind == "question" and new.surface != "private":
            engage(self._database, connection, new.team, new.channel, new.thread, arrival.at)
        return made


def engage(
    database: Database, connection: Connection, team: str, channel: str | None, thread: str | None, at: float
) -> None:
    """Note that the bot was called in a thread, if there is one."""
    if channel is None or thread is None:
        return
    query: Any = database.insert(ENGAGEMENTS).values(team=team, channel=channel, thread=thread, at=at)
    keys = ["team", "channel", "thread"]
    connection.execute(query.on_conflict_do_update(index_elements=keys, set_={"at": at}))
