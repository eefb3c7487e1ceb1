"""Numbered migrations of the catalogue: each takes a database from N-1 to N, in its own transaction.

To change a table: add a function at the end of `MIGRATIONS`; never edit one that has been released.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from sqlalchemy import Connection, Engine, delete, insert, inspect, select

from corpus.catalogue.schema import META, METADATA
from corpus.errors import CatalogueError

Migration = Callable[[Connection], None]


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
    at = _number(engine)
    if at > len(MIGRATIONS):
        raise CatalogueError(
            f"the catalogue {engine.url.render_as_string()} has schema {at}, this whosaid knows {len(MIGRATIONS)}: "
            "upgrade whosaid, or name another --home"
        )
    for number, migration in enumerate(MIGRATIONS[at:], at + 1):
        with engine.begin() as connection:
            migration(connection)
            connection.execute(delete(META).where(META.c.key == "schema"))
            connection.execute(insert(META).values(key="schema", value=str(number)))


def _number(engine: Engine) -> int:
    with engine.connect() as connection:
        if not inspect(connection).has_table(META.name):
            return 0
        value = connection.scalar(select(META.c.value).where(META.c.key == "schema"))
        return int(value or 0)
