"""The engine below the job database: short transactions, one writer at a time on SQLite, errors told as `JobsError`.

Slack is told that a job came only once it is stored, and waits three seconds at most. So nothing here holds a
transaction while anything else happens, and SQLite syncs every commit (``synchronous=FULL``): what was acknowledged
survives a loss of power.
"""

from __future__ import annotations

import os
import random
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Insert, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from corpus.errors import JobsError

BUSY_SECONDS = 5.0
"""How long a transaction waits for another process's, and a thread for a connection."""

_ANOTHER = 0.01  # seconds until SQLite is asked again for what its busy handler does not wait for
_SOON = 0.003  # the same of the writer's place


class Database:
    """A database, SQLite or PostgreSQL. Safe to use from several threads, and beside other processes."""

    def __init__(self, url: str | URL) -> None:
        """Prepare to open the database at an SQLAlchemy `url`; it is made if it is a file of SQLite's.

        Raises:
            JobsError: that is no URL of a database, its driver is missing, or the file cannot be made.
        """
        try:
            where = make_url(url)
        except SQLAlchemyError as error:
            raise JobsError(
                "cannot open the job database: the setting `jobs` is no database URL; write sqlite:///FILE or "
                "postgresql+psycopg://USER:PASSWORD@HOST/NAME"
            ) from error
        self.name = where.render_as_string()
        self.sqlite = where.get_backend_name() == "sqlite"
        self._turn = threading.Lock()
        if self.sqlite:
            _make_file(where)
        try:
            self._engine = _engine(where, self.sqlite)
        except (SQLAlchemyError, ModuleNotFoundError) as error:
            raise self._error(error) from error

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection for reading, outside any transaction: each query sees what is committed.

        Raises:
            JobsError: the database cannot be reached or used.
        """
        try:
            with self._engine.connect() as connection:
                if not self.sqlite:  # whose driver begins a transaction at the first change only
                    connection.execution_options(isolation_level="AUTOCOMMIT")
                yield connection
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise self._error(error) from error

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection in a transaction that is committed at the end of the block, and rolled back by an error.

        On SQLite it holds the one writer's place from its beginning, so it never fails half-way for having read first.
        Threads of this process queue for it here: SQLite's own waiting lets some starve.

        Raises:
            JobsError: the database cannot be reached or used, or others write for too long.
        """
        if self.sqlite and not self._turn.acquire(timeout=2 * BUSY_SECONDS):
            raise JobsError(f"cannot write to the job database {self.name}: other threads hold it; try again later")
        try:
            with self._engine.begin() as connection:
                if self.sqlite:
                    _begin(connection)
                yield connection
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise self._error(error) from error
        finally:
            if self.sqlite:
                self._turn.release()

    def insert(self, table: Table) -> Any:
        """Return an INSERT of the database's own, which knows ``on_conflict_do_nothing`` and ``..._do_update``."""
        made: Insert = sqlite.insert(table) if self.sqlite else postgresql.insert(table)
        return made

    def scrub(self) -> None:
        """Overwrite, in SQLite's files, what was deleted; PostgreSQL does so in its own time (VACUUM).

        ``secure_delete`` overwrites a deleted row, but neither the copies of it that the splitting of a page left
        behind nor what the write-ahead log holds. The file is written anew, about 200 MB a second, while writers wait.

        Raises:
            JobsError: others used the database all the while; it may be tried again.
        """
        if not self.sqlite:
            return
        with self._turn, self.read() as connection:
            connection.exec_driver_sql("VACUUM")
            until = time.monotonic() + 2 * BUSY_SECONDS
            while connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]:
                if time.monotonic() > until:
                    raise JobsError(
                        f"could not clear the log of the job database {self.name}: others read it all the while; "
                        "what was erased is still in that file: do it again"
                    )
                time.sleep(_ANOTHER)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def _error(self, error: BaseException) -> JobsError:
        # of the database's own words the first line: the others show the statement and its values
        said = str(getattr(error, "orig", None) or error).strip() or type(error).__name__
        return JobsError(
            f"could not use the job database {self.name}: {said.splitlines()[0]}; check the URL or the disk and, for "
            "PostgreSQL, the server and that `pip install 'whosaid[postgresql]'` was run"
        )


def _make_file(where: URL) -> None:
    """Make SQLite's file, readable by its owner alone: it holds what people asked."""
    if not where.database or where.database == ":memory:":
        raise JobsError(f"cannot keep jobs in {where.render_as_string()}: it would forget them; name a file")
    file = Path(where.database)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise JobsError(
            f"cannot open the job database {file}: {error.strerror}; name a file that can be made"
        ) from error


def _engine(where: URL, is_sqlite: bool) -> Engine:
    if not is_sqlite:
        patience = {"connect_timeout": int(BUSY_SECONDS)}  # a server that is gone must not hold up an acknowledgement
        pool = {"pool_size": 8, "max_overflow": 16, "pool_timeout": BUSY_SECONDS, "pool_pre_ping": True}
        return create_engine(where, connect_args=patience, **pool)
    # without a limit on connections: they are cheap, and a listener must not wait for one
    made = create_engine(where, pool_size=8, max_overflow=-1, connect_args={"timeout": BUSY_SECONDS})
    event.listen(made, "connect", _prepare)
    return made


def _begin(connection: Connection) -> None:
    """Take the one writer's place of SQLite, asking every few milliseconds.

    SQLite itself asks ever less often, ten times a second in the end: a process that has much to write then keeps
    another from its turn for seconds.
    """
    until = time.monotonic() + BUSY_SECONDS
    connection.exec_driver_sql("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                return
            except OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(random.uniform(0, 2 * _SOON))
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={int(1000 * BUSY_SECONDS)}")


def _prepare(connection: Any, _record: Any) -> None:
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            break
        except sqlite3.OperationalError:  # another process turns a new file to WAL just now: busy_timeout waits not
            if time.monotonic() > until:
                raise
            time.sleep(_ANOTHER)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA secure_delete=ON")
