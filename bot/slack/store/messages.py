"""What was posted for each job: written down before it is sent, so that whoever takes a job over repeats nothing."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, select, update

from bot.slack.model import How, Sent
from bot.slack.store.arrivals import engage
from bot.slack.store.database import Database
from bot.slack.store.jobs import held_by
from bot.slack.store.rows import sent_of
from bot.slack.store.schema import FEEDBACK, JOBS, MESSAGES, QUOTED

ROOT = -1
"""The number of the root message that the bot posts for ``/ask``; its ``ts`` is the thread of the answer."""


class Messages:
    """The messages of jobs. Safe to use from several threads; every method raises JobsError where that fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def intend(self, job: int, part: int, worker: str, how: How, team: str, channel: str, now: float) -> Sent | None:
        """Write down that the worker is about to send a message, before it does.

        Returns:
            None if the job is no longer the worker's: then it must not be sent. Else the message: with a `ts` it was
            sent; with none and an earlier `intended` than `now`, somebody may have sent it.
        """
        row: dict[str, Any] = {"job": job, "part": part, "how": how, "team": team, "channel": channel}
        query = self._database.insert(MESSAGES).values(**row, ts=None, intended=now).on_conflict_do_nothing()
        with self._database.write() as connection:
            # the job's row is locked to the end: nobody takes it over between the look and the note
            holding = select(JOBS.c.id).where(JOBS.c.id == job, held_by(worker)).with_for_update()
            if connection.scalar(holding) is None:
                return None
            connection.execute(query)
            return sent_of(connection.execute(select(MESSAGES).where(_part(job, part))).one())

    def sent(self, job: int, part: int, ts: str) -> str:
        """Write down where a message is, and return where it is: the first that was written down stays.

        A root message gives its job a thread, and engages the bot there. What was not intended, or was struck out
        since, is not written down; its `ts` is returned as given.
        """
        kept = func.coalesce(MESSAGES.c.ts, ts)
        query = update(MESSAGES).where(_part(job, part)).values(ts=kept).returning(MESSAGES.c.ts)
        with self._database.write() as connection:
            first: str | None = connection.scalar(query)
            if first is not None and part == ROOT:
                self._root(connection, job, first)
        return first or ts

    def forget_part(self, job: int, part: int) -> None:
        """Strike out a message that was deleted, or that was not sent after all."""
        with self._database.write() as connection:
            connection.execute(delete(MESSAGES).where(_part(job, part)))

    def of(self, job: int) -> list[Sent]:
        """Return the messages of a job, in order."""
        return self._some(MESSAGES.c.job == job)

    def at(self, team: str, channel: str, ts: str) -> Sent | None:
        """Return the message at a place, if a job posted it."""
        found = self._some((MESSAGES.c.team == team) & (MESSAGES.c.channel == channel) & (MESSAGES.c.ts == ts))
        return found[0] if found else None

    def quoted(self) -> dict[str, list[int]]:
        """Return, by article, the ended jobs whose answer quotes it and was not withdrawn."""
        query = select(QUOTED.c.article, QUOTED.c.job).join(JOBS, JOBS.c.id == QUOTED.c.job)
        query = query.where(JOBS.c.outcome.is_not(None)).order_by(QUOTED.c.article, QUOTED.c.job)
        jobs: dict[str, list[int]] = {}
        with self._database.read() as connection:
            for article, job in connection.execute(query):
                jobs.setdefault(article, []).append(job)
        return jobs

    def withdrawn(self, job: int) -> None:
        """Write down that an answer is shown no longer, and drop it here: its quotations are of a removed article."""
        with self._database.write() as connection:
            connection.execute(update(JOBS).where(JOBS.c.id == job).values(answer=None, parts=None))
            connection.execute(update(FEEDBACK).where(FEEDBACK.c.job == job).values(answer=None))
            connection.execute(delete(QUOTED).where(QUOTED.c.job == job))

    def _root(self, connection: Connection, job: int, ts: str) -> None:
        threaded = update(JOBS).where(JOBS.c.id == job, JOBS.c.thread.is_(None)).values(thread=ts)
        row = connection.execute(threaded.returning(JOBS.c.team, JOBS.c.channel, JOBS.c.created)).first()
        if row is not None:
            engage(self._database, connection, row.team, row.channel, ts, row.created)

    def _some(self, where: ColumnElement[bool]) -> list[Sent]:
        with self._database.read() as connection:
            return [sent_of(row) for row in connection.execute(select(MESSAGES).where(where).order_by(MESSAGES.c.part))]


def _part(job: int, part: int) -> ColumnElement[bool]:
    return (MESSAGES.c.job == job) & (MESSAGES.c.part == part)
