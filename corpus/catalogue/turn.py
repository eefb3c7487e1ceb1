"""One writer of a catalogue at a time, also where several homes share it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, text

from corpus.errors import UsageError

_LOCK = 7_274_983_311  # any number but the one of the migrations

_HOLDER = """
    SELECT a.pid, a.client_addr, to_char(a.backend_start, 'YYYY-MM-DD HH24:MI') AS since
    FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE l.locktype = 'advisory' AND l.granted AND (l.classid::bigint << 32) + l.objid::bigint = :key
"""


@contextmanager
def alone(engine: Engine) -> Iterator[None]:
    """Hold the writer's place at the database of `engine`; it is free again when this process ends, however it ends.

    Raises:
        UsageError: another process has it.
    """
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection, _advisory(connection):
            yield
        return
    lock = FileLock(f"{engine.url.database}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise _taken(engine, "another whosaid, of another home") from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _advisory(connection: Connection) -> Iterator[None]:
    connection.execution_options(isolation_level="AUTOCOMMIT")  # a transaction that lasts as long would keep old rows
    if not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _LOCK}):
        row = connection.execute(text(_HOLDER), {"key": _LOCK}).first()
        who = f"connection {row.pid} from {row.client_addr or 'this machine'}, open since {row.since}" if row else "?"
        raise _taken(connection.engine, f"another whosaid ({who})")
    try:
        yield
    finally:
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})


def _taken(engine: Engine, who: str) -> UsageError:
    return UsageError(
        f"cannot write to the catalogue {engine.url.render_as_string()}: {who} is writing to it; wait for it to end, "
        "or end it: what it has done is kept"
    )
