"""What people thought of answers, with all that is needed to make a gold question of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Row, Select, select

from bot.slack.store.database import Database
from bot.slack.store.rows import clock, storable
from bot.slack.store.schema import FEEDBACK, JOBS
from bot.slack.store.threads import Threads

Verdict = Literal["good", "bad"]

_SHOWN = FEEDBACK.c.id, FEEDBACK.c.job, *(FEEDBACK.c[name] for name in ("question", "good", "reason", "right_answer"))
_PLACE = JOBS.c.team, JOBS.c.channel, JOBS.c.thread


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """One person's verdict on one answer.

    `history` are the earlier questions of the thread, oldest first. `answer` is the object of ``Answer.as_json`` as it
    was when the verdict was given, with hits and versions; None for an answer that has been withdrawn since. `created`
    is Unix time.
    """

    id: int
    job: int
    question: str
    history: tuple[str, ...]
    verdict: Verdict
    reason: str | None
    right: str | None
    answer: Mapping[str, Any] | None
    created: float


class Feedbacks:
    """The verdicts in a database. Safe to use from several threads; every method raises JobsError where that fails."""

    def __init__(self, database: Database) -> None:
        self._database, self._threads = database, Threads(database)

    def add(self, job: int, team: str, user: str, good: bool, now: float | None = None) -> int | None:
        """Store a verdict, in place of the one that the user gave before, and return its id.

        Returns:
            None when the answer is kept no longer: it expired, was erased or was withdrawn.
        """
        return self._put(job, team, user, clock(now), good=good)

    def explain(
        self, team: str, user: str, job: int, reason: str | None, right: str | None, now: float | None = None
    ) -> int | None:
        """Add to a verdict why, and what would have been right; makes a bad one if there is none. Returns as `add`."""
        said = {"reason": reason and storable(reason), "right_answer": right and storable(right)}
        return self._put(job, team, user, clock(now), good=None, **said)

    def all(self, limit: int) -> list[Feedback]:
        """Return the latest verdicts, newest first."""
        return self._read(_query().order_by(FEEDBACK.c.id.desc()).limit(limit))

    def get(self, feedback: int) -> Feedback | None:
        """Return one verdict."""
        found = self._read(_query().where(FEEDBACK.c.id == feedback))
        return found[0] if found else None

    def _put(self, job: int, team: str, user: str, now: float, good: bool | None, **said: str | None) -> int | None:
        about = select(JOBS.c.text, JOBS.c.answer).where(JOBS.c.id == job, JOBS.c.erased.is_(False))
        with self._database.write() as connection:
            row = connection.execute(about).first()
            if row is None or row.answer is None:
                return None
            changed = said if good is None else {"good": good, "question": row.text, "answer": row.answer}
            fresh = {"job": job, "team": team, "user": user, "created": now, "question": row.text, "answer": row.answer}
            query = self._database.insert(FEEDBACK).values(**fresh, good=bool(good), **said)
            query = query.on_conflict_do_update(index_elements=["job", "user"], set_=changed)
            return int(connection.execute(query.returning(FEEDBACK.c.id)).scalar_one())

    def _read(self, query: Select[Any]) -> list[Feedback]:
        with self._database.read() as connection:
            rows: Sequence[Row[Any]] = connection.execute(query).all()
        return [self._feedback(row) for row in rows]

    def _feedback(self, row: Row[Any]) -> Feedback:
        # read from the jobs, not kept beside: what somebody else asked there goes when they have it forgotten
        before = [] if row.thread is None else self._threads.history(row.team, row.channel, row.thread, row.job)
        return Feedback(
            id=row.id,
            job=row.job,
            question=row.question,
            history=tuple(before),
            verdict="good" if row.good else "bad",
            reason=row.reason,
            right=row.right_answer,
            answer=row.answer,
            created=row.created,
        )


def _query() -> Select[Any]:
    return select(*_SHOWN, FEEDBACK.c.answer, FEEDBACK.c.created, *_PLACE).join(JOBS, JOBS.c.id == FEEDBACK.c.job)
