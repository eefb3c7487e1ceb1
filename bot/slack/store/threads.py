"""What was asked where, by whom, and how much: read from the jobs that are stored."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, or_, select

from bot.slack.model import Job
from bot.slack.store.database import Database
from bot.slack.store.rows import JOB_COLUMNS, job_of
from bot.slack.store.schema import ENGAGEMENTS, JOBS

TURNS = 20
"""How many earlier questions of a thread are given."""

_QUESTION = JOBS.c.kind == "question"
_PUBLIC = or_(JOBS.c.surface.is_(None), JOBS.c.surface != "private")


@dataclass(frozen=True, slots=True)
class Waiting:
    """The unfinished questions: how many, and when the oldest came (Unix time; None when there is none)."""

    number: int
    oldest: float | None


class Threads:
    """Questions by thread and by person. Every method raises JobsError where the database fails."""

    def __init__(self, database: Database) -> None:
        self._reading = database

    def engaged(self, team: str, channel: str, thread: str) -> bool:
        """Tell whether the bot was asked something in a thread."""
        place = ENGAGEMENTS.c.team == team, ENGAGEMENTS.c.channel == channel, ENGAGEMENTS.c.thread == thread
        with self._reading.read() as connection:
            return connection.scalar(select(ENGAGEMENTS.c.at).where(*place)) is not None

    def asked_here(self, team: str, channel: str, thread: str, user: str) -> bool:
        """Tell whether a user asked the bot something in a thread."""
        place = JOBS.c.team == team, JOBS.c.channel == channel, JOBS.c.thread == thread
        with self._reading.read() as connection:
            query = select(JOBS.c.id).where(*place, JOBS.c.user == user, _QUESTION).limit(1)
            return connection.scalar(query) is not None

    def history(self, team: str, channel: str, thread: str, before: int) -> list[str]:
        """Return the answered public questions of a thread before the job `before`, oldest first, the last `TURNS`."""
        place = JOBS.c.team == team, JOBS.c.channel == channel, JOBS.c.thread == thread, JOBS.c.id < before
        query = select(JOBS.c.text).where(
            *place, _QUESTION, _PUBLIC, JOBS.c.outcome == "done", JOBS.c.erased.is_(False)
        )
        with self._reading.read() as connection:
            return list(connection.scalars(query.order_by(JOBS.c.id.desc()).limit(TURNS)))[::-1]

    def recent(self, team: str, user: str, limit: int) -> list[Job]:
        """Return a user's latest questions, newest first."""
        query = select(*JOB_COLUMNS).where(JOBS.c.team == team, JOBS.c.user == user, _QUESTION)
        with self._reading.read() as connection:
            rows = connection.execute(query.order_by(JOBS.c.created.desc(), JOBS.c.id.desc()).limit(limit))
            return [job_of(row) for row in rows]

    def counted(
        self,
        team: str,
        *,
        user: str | None = None,
        channel: str | None = None,
        since: float,
        before: int | None = None,
    ) -> int:
        """Return how many questions of a user, or in a channel, came since a time, and before the job `before`.

        Claims that a user had checked count as questions of theirs. Those that were dropped or cancelled do not count.
        """
        kept = JOBS.c.cancelled.is_(False) & or_(JOBS.c.outcome.is_(None), JOBS.c.outcome != "dropped")
        asked = _QUESTION if user is None else JOBS.c.kind.in_(("question", "claim"))
        query = select(func.count()).select_from(JOBS).where(JOBS.c.team == team, JOBS.c.created >= since, asked, kept)
        for column, value in ((JOBS.c.user, user), (JOBS.c.channel, channel)):
            if value is not None:
                query = query.where(column == value)
        if before is not None:
            query = query.where(JOBS.c.id < before)
        with self._reading.read() as connection:
            return int(connection.scalar(query) or 0)

    def waiting(self) -> Waiting:
        """Return how many questions are unfinished, and since when."""
        query = select(func.count(), func.min(JOBS.c.created)).where(JOBS.c.outcome.is_(None), JOBS.c.lane == "answer")
        with self._reading.read() as connection:
            number, oldest = connection.execute(query).one()
        return Waiting(number, oldest)
