"""Numbered migrations of the catalogue: each takes a database from N-1 to N, in its own transaction.

To change a table: add a function at the end of `MIGRATIONS`; never edit one that has been released.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from sqlalchemy import Connection, Engine, delete, insert, inspect, select, text

from corpus.catalogue.schema import META, METADATA
from corpus.errors import CatalogueError

Migration = Callable[[Connection], None]

_LOCK = 7_274_983_310  # any number: by it PostgreSQL lets one process at a time migrate


def m0001_first_tables(connection: Connection) -> None:
    """Articles, versions, passages, statements; and a name by which an index knows its catalogue."""
    METADATA.create_all(connection)
    connection.execute(insert(META).values(key="identity", value=uuid4().hex))


MIGRATIONS: tuple[Migration, ...] = (m0001_first_tables,)


def migrate(engine: Engine) -> None:
    """Bring the database up to date.

    Raises:
        CatalogueError: it was written by a newer whosaid.
    """
    with engine.connect() as connection:
        at = _number(connection)
    if at > len(MIGRATIONS):
        raise CatalogueError(
            f"cannot use the catalogue {engine.url.render_as_string()}: it has schema {at} and this whosaid knows "
            f"{len(MIGRATIONS)}; upgrade whosaid, or name another --home"
        )
    for number, migration in enumerate(MIGRATIONS[at:], at + 1):
        with engine.begin() as connection:
            _alone(connection)
            if _number(connection) >= number:  # another process was quicker
                continue
            migration(connection)
            connection.execute(delete(META).where(META.c.key == "schema"))
            connection.execute(insert(META).values(key="schema", value=str(number)))


def _alone(connection: Connection) -> None:
    """Wait until no other process migrates, and keep others from it to the end of the transaction."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("BEGIN IMMEDIATE"))  # its driver begins at the first INSERT only
    elif connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def _number(connection: Connection) -> int:
    if not inspect(connection).has_table(META.name):
        return 0
    value = connection.scalar(select(META.c.value).where(META.c.key == "schema"))
    return int(value or 0)
