"""Numbered migrations of the job database: each takes it from N-1 to N, in its own transaction.

To change a table: add a function at the end of `MIGRATIONS`; never edit one that has been released.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, delete, insert, inspect, select, text

from bot.slack.store.database import Database
from bot.slack.store.schema import META, METADATA
from corpus.errors import JobsError

Migration = Callable[[Connection], None]

_LOCK = 7_274_983_320  # any number but those of the catalogue, which may be in the same server


def m0001_first_tables(connection: Connection) -> None:
    """Jobs, messages, the articles that answers quote, engagements, feedback, revoked links."""
    METADATA.create_all(connection)


MIGRATIONS: tuple[Migration, ...] = (m0001_first_tables,)


def migrate(database: Database) -> None:
    """Bring the database up to date; several processes may at once.

    Raises:
        JobsError: it cannot be opened or changed, or was written by a newer whosaid.
    """
    with database.read() as connection:
        at = schema_number(connection)
    if at > len(MIGRATIONS):
        raise JobsError(
            f"cannot use the job database {database.name}: it has schema {at} and this whosaid knows "
            f"{len(MIGRATIONS)}; upgrade whosaid, or set another database as `jobs`"
        )
    for number, migration in enumerate(MIGRATIONS[at:], at + 1):
        with database.write() as connection:
            if connection.dialect.name == "postgresql":  # SQLite has one writer at a time as it is
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            if schema_number(connection) >= number:  # another process was quicker
                continue
            migration(connection)
            connection.execute(delete(META).where(META.c.key == "schema"))
            connection.execute(insert(META).values(key="schema", value=str(number)))


def schema_number(connection: Connection) -> int:
    """Return the number of the last migration that was done; 0 for a new database."""
    if not inspect(connection).has_table(META.name):
        return 0
    return int(connection.scalar(select(META.c.value).where(META.c.key == "schema")) or 0)
