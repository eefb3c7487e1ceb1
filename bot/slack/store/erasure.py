"""Erasing: what has been kept long enough, and what a person wants forgotten.

An erased job keeps ids alone: the digest of its key, so that a redelivery is not answered again; and, where a person
had it forgotten, the places of its messages and the articles they quote, so that an answer that is still shown in Slack
can be withdrawn or deleted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, case, delete, exists, select, update

from bot.slack.store.database import Database
from bot.slack.store.rows import ERASED
from bot.slack.store.schema import ENGAGEMENTS, FEEDBACK, JOBS, MESSAGES, META, QUOTED

KNOWN_SECONDS = 86_400.0
"""How long the key of an expired job stays known: Slack redelivers for less."""

_UNSCRUBBED = "unscrubbed"

BATCH = 200
"""Jobs erased in one transaction: a listener must not wait behind more."""


def expire(database: Database, before: float) -> int:
    """Erase everything of the jobs that came before a Unix time, and return how many they were.

    Raises:
        JobsError: the database failed; what was erased by then stays so.
    """
    number = 0
    for batch in _batches(database, (JOBS.c.created < before) & JOBS.c.erased.is_(False)):
        with database.write() as connection:
            number += _blank(connection, batch)
            for table in (MESSAGES, QUOTED):
                connection.execute(delete(table).where(table.c.job.in_(batch)))
    for batch in _batches(database, JOBS.c.created < before - KNOWN_SECONDS):
        with database.write() as connection:
            for table in (MESSAGES, QUOTED):  # those of forgotten jobs are still there
                connection.execute(delete(table).where(table.c.job.in_(batch)))
            connection.execute(delete(JOBS).where(JOBS.c.id.in_(batch)))
    with database.write() as connection:
        connection.execute(delete(ENGAGEMENTS).where(ENGAGEMENTS.c.at < before))
    _scrub(database)  # where a process that was forgetting somebody died
    return number


def forget(database: Database, user: str, team: str | None = None) -> int:
    """Erase the questions, answers and feedback of a user, in one workspace or in all; return how many jobs they were.

    What is unfinished of it is cancelled. A button or a modal of theirs that a worker has in hand, such as the one that
    asked for this, loses its contents here but can be finished. Answers to others that came later in the same threads
    are dropped from the database too, since they may lean on what the user asked.

    Raises:
        JobsError: the database failed; it is safe to ask again.
    """
    theirs, judged = JOBS.c.user == user, FEEDBACK.c.user == user
    if team is not None:
        theirs, judged = theirs & (JOBS.c.team == team), judged & (FEEDBACK.c.team == team)
    number = 0
    for batch in _batches(database, theirs):
        with database.write() as connection:
            _note(database, connection)
            _drop_leaning(connection, batch)
            number += _blank(connection, batch)
    with database.write() as connection:
        if connection.execute(delete(FEEDBACK).where(judged)).rowcount:
            _note(database, connection)
    _scrub(database)
    return number


def retract(database: Database, team: str, channel: str, ts: str) -> int:
    """Erase the question that a message was, with its edits and its answer; return how many jobs they were.

    Raises:
        JobsError: the database failed; it is safe to ask again.
    """
    place = JOBS.c.team == team, JOBS.c.channel == channel, JOBS.c.ts == ts
    asked = JOBS.c.kind.in_(("question", "edit")), JOBS.c.erased.is_(False)
    with database.write() as connection:
        jobs = connection.scalars(select(JOBS.c.id).where(*place, *asked)).all()
        connection.execute(delete(QUOTED).where(QUOTED.c.job.in_(jobs)))
        return _blank(connection, jobs)


def _note(database: Database, connection: Connection) -> None:
    """Note, in the transaction that erases, that the file has yet to be scrubbed."""
    query = database.insert(META).values(key=_UNSCRUBBED, value=uuid4().hex)
    connection.execute(query.on_conflict_do_update(index_elements=["key"], set_={"value": query.excluded.value}))


def _scrub(database: Database) -> None:
    """Scrub the file if that is yet to be done."""
    noted = META.c.key == _UNSCRUBBED
    with database.read() as connection:
        value = connection.scalar(select(META.c.value).where(noted))
    if value is not None:
        database.scrub()
        with database.write() as connection:  # unless somebody else erased something meanwhile
            connection.execute(delete(META).where(noted, META.c.value == value))


def _batches(database: Database, where: ColumnElement[bool]) -> Iterator[Sequence[int]]:
    """Yield ids of jobs until none is left; what is done to a batch must take its jobs out of `where`."""
    query = select(JOBS.c.id).where(where).order_by(JOBS.c.id).limit(BATCH)
    while True:
        with database.read() as connection:
            found = connection.scalars(query).all()
        if not found:
            return
        yield found


def _blank(connection: Connection, jobs: Sequence[int]) -> int:
    """Erase these jobs, and the feedback on them; cancel what waits, and the questions that workers have in hand."""
    connection.execute(delete(FEEDBACK).where(FEEDBACK.c.job.in_(jobs)))
    waits = JOBS.c.outcome.is_(None) & JOBS.c.worker.is_(None)
    asked = JOBS.c.outcome.is_(None) & (JOBS.c.kind == "question")
    values = {
        "outcome": case((waits, "cancelled"), else_=JOBS.c.outcome),
        "cancelled": case((waits | asked, True), else_=JOBS.c.cancelled),
    }
    query = update(JOBS).where(JOBS.c.id.in_(jobs)).values(**values, **ERASED)
    return connection.execute(query).rowcount


def _drop_leaning(connection: Connection, jobs: Sequence[int]) -> None:
    """Drop the kept answers that came after these jobs in their threads."""
    first = JOBS.alias()
    thread = (first.c[name] == JOBS.c[name] for name in ("team", "channel", "thread"))
    after = exists().where(*thread, first.c.id.in_(jobs), first.c.id < JOBS.c.id)
    leaning = update(JOBS).where(JOBS.c.answer.is_not(None), after).values(answer=None, parts=None)
    dropped = connection.scalars(leaning.returning(JOBS.c.id)).all()
    connection.execute(update(FEEDBACK).where(FEEDBACK.c.job.in_(dropped)).values(answer=None))
