"""The queue of jobs: stored before Slack is told, claimed by one worker at a time, finished once.

A worker holds a job by a lease. Whatever it writes is refused once the job is no longer its own, because the lease ran
out and another took it over, or because the job was cancelled or revised: so two never write the answer of one. The
name of a worker must be its own among all threads of all processes, restarted ones included.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, delete, exists, or_, select, update

from bot.slack.model import Job, Lane, NewJob, Outcome, Part
from bot.slack.store.arrivals import Arrivals
from bot.slack.store.database import Database
from bot.slack.store.rows import JOB_COLUMNS, clock, digest, job_of, storable
from bot.slack.store.schema import JOBS, QUOTED
from bot.slack.store.threads import Threads

_FREE: dict[str, Any] = {"worker": None, "leased_until": None}


class Jobs(Threads):
    """The jobs of a database. Safe to use from several threads; every method raises JobsError where that fails."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._database = database
        self._arrivals = Arrivals(database)

    def add(self, new: NewJob, now: float | None = None) -> int | None:
        """Store a job that came at `now` (Unix time; default: the present) and return its id; None if it is known.

        A key is known for as long as its job is kept, and a day longer, also when the job was erased. A question asked
        in a thread engages the bot there, unless it is private.
        """
        with self._database.read() as connection:  # redeliveries are common, and need not wait for the writer's place
            if connection.scalar(select(JOBS.c.id).where(JOBS.c.digest == digest(new.key))) is not None:
                return None
        return self._arrivals.add(new, clock(now))

    def claim(self, worker: str, lane: Lane, lease: float, now: float) -> Job | None:
        """Give `worker` the oldest job of `lane` that is due, until `now` + `lease` seconds; None when there is none.

        Due is what nobody holds, or whose holder's lease ran out, and is not put off until later. In the answer lane a
        job waits for those that came before it in its thread.
        """
        due = _due(lane, now)
        with self._database.read() as connection:
            if connection.scalar(due) is None:  # workers ask often: while there is nothing they take no lock
                return None
        with self._database.write() as connection:
            found = connection.scalar(due.with_for_update(of=JOBS, skip_locked=True))
            if found is None:
                return None
            held = {"worker": worker, "leased_until": now + lease, "attempts": JOBS.c.attempts + 1}
            query = update(JOBS).where(JOBS.c.id == found).values(**held).returning(*JOB_COLUMNS)
            return job_of(connection.execute(query).one())

    def renew(self, job: int, worker: str, lease: float, now: float) -> bool:
        """Hold a job until `now` + `lease` seconds; False if it is no longer the worker's."""
        return self._change(job, worker, {"leased_until": now + lease})

    def keep_answer(
        self, job: int, worker: str, answer: Mapping[str, Any], parts: Sequence[Part], articles: Collection[str]
    ) -> bool:
        """Store the answer (``Answer.as_json``), its messages, and the ids of the articles that it quotes.

        Returns:
            False if the job is no longer the worker's, or was erased; nothing is stored then.
        """
        kept = {"answer": dict(answer), "parts": [part.as_json() for part in parts]}
        with self._database.write() as connection:
            if not connection.execute(_held(job, worker).where(JOBS.c.erased.is_(False)).values(**kept)).rowcount:
                return False
            _quote(connection, job, articles)
        return True

    def finish(self, job: int, worker: str, outcome: Outcome, error: str | None = None) -> bool:
        """End a job; `error` is the id under which the log tells what went wrong. False if it is no longer its own."""
        return self._change(job, worker, {"outcome": outcome, "error": error, **_FREE})

    def put_off(self, job: int, worker: str, until: float) -> bool:
        """Give a job back, to be done from `until` (Unix time); its answer is kept, and the attempt does not count."""
        return self._change(job, worker, {"not_before": until, "attempts": JOBS.c.attempts - 1, **_FREE})

    def cancel(self, team: str, channel: str, *, ts: str | None = None, thread: str | None = None) -> list[int]:
        """Cancel the unfinished questions of one message (`ts`) or of a whole thread, edits included; return their ids.

        Those that wait are ended by it. One that a worker has in hand is marked only: it stays the worker's, who cleans
        up and finishes it, or that of the next, should the worker have died.
        """
        if ts is None and thread is None:
            return []
        place = JOBS.c.thread == thread if ts is None else JOBS.c.ts == ts
        asked = JOBS.c.kind.in_(("question", "edit"))
        where = (JOBS.c.team == team, JOBS.c.channel == channel, place, asked, _open())
        outcome = case((JOBS.c.worker.is_(None), "cancelled"), else_=JOBS.c.outcome)
        query = update(JOBS).where(*where).values(cancelled=True, outcome=outcome).returning(JOBS.c.id)
        with self._database.write() as connection:
            return sorted(connection.scalars(query))

    def cancelled(self, job: int) -> bool:
        """Tell whether a job was cancelled, or is there no more."""
        with self._database.read() as connection:
            return connection.scalar(select(JOBS.c.cancelled).where(JOBS.c.id == job)) is not False

    def revise(self, job: int, text: str) -> bool:
        """Ask a question anew in other words: queued again, without its answer; its messages stay known.

        Whoever works on it loses it. False if it is there no more, or was erased.
        """
        fresh = {"text": storable(text), "attempts": 0, "not_before": 0.0, "cancelled": False, **_FREE}
        fresh |= dict.fromkeys(("outcome", "error", "answer", "parts"))
        query = update(JOBS).where(JOBS.c.id == job, JOBS.c.erased.is_(False)).values(**fresh)
        with self._database.write() as connection:
            changed = connection.execute(query).rowcount
            connection.execute(delete(QUOTED).where(QUOTED.c.job == job))
        return bool(changed)

    def last_edit(self, job: Job) -> Job | None:
        """Return the edit of the message of `job` that was made last, whenever it came; None if there is none."""
        place = JOBS.c.team == job.team, JOBS.c.channel == job.channel, JOBS.c.ts == job.ts
        query = select(*JOB_COLUMNS).where(*place, JOBS.c.kind == "edit", JOBS.c.erased.is_(False))
        with self._database.read() as connection:
            edits = [job_of(row) for row in connection.execute(query)]
        return max(edits, key=lambda edit: float(edit.payload.get("at", 0)), default=None)

    def get(self, job: int) -> Job | None:
        """Return a job; of an erased one only the ids are left (no user, text or answer)."""
        return self._one(JOBS.c.id == job)

    def find(self, key: str) -> Job | None:
        """Return the job of a key, as `get` does."""
        return self._one(JOBS.c.digest == digest(key))

    def outcome(self, job: int) -> Outcome | None:
        """Return how a job ended; None if it has not, or is there no more."""
        with self._database.read() as connection:
            found: Outcome | None = connection.scalar(select(JOBS.c.outcome).where(JOBS.c.id == job))
        return found

    def _one(self, where: ColumnElement[bool]) -> Job | None:
        with self._database.read() as connection:
            row = connection.execute(select(*JOB_COLUMNS).where(where)).first()
        return None if row is None else job_of(row)

    def _change(self, job: int, worker: str, values: Mapping[str, Any]) -> bool:
        with self._database.write() as connection:
            return bool(connection.execute(_held(job, worker).values(values)).rowcount)


def held_by(worker: str) -> ColumnElement[bool]:
    """Return the condition that a job is the worker's: nobody took it over, and it has not ended."""
    return (JOBS.c.worker == worker) & _open()


def _held(job: int, worker: str) -> Any:
    return update(JOBS).where(JOBS.c.id == job, held_by(worker))


def _open() -> ColumnElement[bool]:
    return JOBS.c.outcome.is_(None)


def _quote(connection: Connection, job: int, articles: Collection[str]) -> None:
    connection.execute(delete(QUOTED).where(QUOTED.c.job == job))
    if articles:
        connection.execute(QUOTED.insert(), [{"article": article, "job": job} for article in sorted(set(articles))])


def _due(lane: Lane, now: float) -> Select[int]:
    earlier = JOBS.alias()
    before = exists().where(
        *(earlier.c[name] == JOBS.c[name] for name in ("team", "channel", "thread", "lane")),
        earlier.c.outcome.is_(None),
        earlier.c.id < JOBS.c.id,
    )
    free = or_(JOBS.c.worker.is_(None), JOBS.c.leased_until < now)
    # of what was erased in a worker's hands, only a cancelled question is left to be cleaned up after
    whole = or_(JOBS.c.erased.is_(False), JOBS.c.cancelled)
    due = select(JOBS.c.id).where(_open(), JOBS.c.lane == lane, JOBS.c.not_before <= now, free, whole)
    return (due.where(~before) if lane == "answer" else due).order_by(JOBS.c.id).limit(1)
