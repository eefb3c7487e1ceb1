"""The catalogue's rows as JSON Lines, a file for each table: what a backup holds, whatever the database."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, Select, Table, delete, func, insert, select, update

from corpus.catalogue.editions import mark_erased
from corpus.catalogue.migrations import MIGRATIONS
from corpus.catalogue.records import Origin
from corpus.catalogue.removal import Removals, is_barred
from corpus.catalogue.schema import ARTICLES, EDITIONS, META, METADATA, TOMBSTONES, VERSIONS
from corpus.catalogue.served import begin_snapshot
from corpus.errors import BackupError, UsageError

SCHEMA = len(MIGRATIONS)
_AT_ONCE = 500  # rows
_SUCCESSOR = "successor:"

Lines = Callable[[str], Iterable[str]]
"""Gives the lines of a table by its name."""


def tables() -> list[str]:
    """Return the names of the tables that are dumped, each after those that it refers to."""
    return [table.name for table in _dumped()]


class Dump:
    """All rows, in one state of the catalogue."""

    def __init__(self, connection: Connection, edition: str) -> None:
        self._connection, self._edition = connection, edition

    @classmethod
    @contextmanager
    def of(cls, engine: Engine, edition: str) -> Iterator[Dump]:
        """Read the catalogue, and of the editions of the index that one, until the end of the block."""
        with engine.connect() as connection:
            begin_snapshot(connection)
            yield cls(connection, edition)

    def lines(self, table: str) -> Iterator[str]:
        """Yield the rows of a table, a JSON object each."""
        which = METADATA.tables[table]
        query = select(which).order_by(*which.primary_key)
        mine = which.c.name if which is EDITIONS else which.c.get("edition")
        if mine is not None:
            query = query.where(mine == self._edition)
        for row in self._connection.execution_options(yield_per=_AT_ONCE).execute(query):
            yield json.dumps(dict(row._mapping)) + "\n"


def next_generation(engine: Engine) -> int:
    """Return a generation that no edition has had."""
    with engine.connect() as connection:
        return int(connection.scalar(select(func.max(EDITIONS.c.generation))) or 0) + 1


def load(
    engine: Engine, lines: Lines, edition: str, generation: int, replaces: str | None, mine: Collection[str] | None
) -> int:
    """Put dumped rows in the place of all that the catalogue holds, at once: readers see the one or the other.

    What was removed by hand, here or there, stays removed.

    Args:
        engine: the database.
        lines: the dump; the caller has checked that nobody changed it.
        edition: what its edition is called from now on.
        generation: its generation and the one that it published last.
        replaces: the edition whose readers find the new one from now on; None for none.
        mine: the editions that may go; None for all.

    Returns:
        How many articles of the dump were left out, since they were removed here.

    Raises:
        UsageError: other homes have editions in this catalogue.
        BackupError: a row is not one of this catalogue's.
    """
    with engine.begin() as connection:
        names = set(connection.scalars(select(EDITIONS.c.name)))
        if mine is not None and (others := names - set(mine)):
            raise UsageError(
                f"cannot restore into the catalogue {engine.url.render_as_string()}: {len(others)} other home(s) "
                "answer from it, and would lose their articles; set `catalogue` to a database of its own"
            )
        stones = [dict(row._mapping) for row in connection.execute(select(TOMBSTONES))]
        for table in reversed(_dumped()):
            connection.execute(delete(table))
        connection.execute(delete(META).where(META.c.key.startswith(_SUCCESSOR)))
        for table in _dumped():
            _insert(connection, table, lines(table.name), edition)
        connection.execute(update(EDITIONS).values(generation=generation, published=generation))
        connection.execute(delete(TOMBSTONES).where(TOMBSTONES.c.article_id.in_([s["article_id"] for s in stones])))
        if stones:
            connection.execute(insert(TOMBSTONES), stones)
        connection.execute(insert(META).values(key=f"{_SUCCESSOR}{replaces or ''}", value=edition))
        return _bar(connection) if stones else 0


def settle(engine: Engine) -> None:
    """Forget which edition was replaced: the home points to the new one by now."""
    with engine.begin() as connection:
        connection.execute(delete(META).where(META.c.key.startswith(_SUCCESSOR)))


def _dumped() -> list[Table]:
    return [table for table in METADATA.sorted_tables if table is not META]


def _insert(connection: Connection, table: Table, lines: Iterable[str], edition: str) -> None:
    names, source = set(table.c.keys()), iter(lines)
    while some := list(islice(source, _AT_ONCE)):
        try:
            rows: list[dict[str, Any]] = [json.loads(line) for line in some]
        except ValueError as error:
            raise _strange(table, str(error)) from error
        for row in rows:
            if not isinstance(row, dict) or set(row) != names:
                raise _strange(table, "a row has other columns")
            if table is EDITIONS:
                row["name"] = edition
            elif "edition" in names:
                row["edition"] = edition
        connection.execute(insert(table), rows)


def _strange(table: Table, reason: str) -> BackupError:
    return BackupError(f"could not restore the table {table.name}: {reason}; take another backup")


def _bar(connection: Connection) -> int:
    """Erase the articles that a person has removed; return how many."""
    names = ("number", "text_hash", "raw_hash", "loader", "loader_version")
    query = select(ARTICLES, *(VERSIONS.c[name] for name in names))
    barred = set()
    for row in connection.execute(query.join(VERSIONS, VERSIONS.c.article_id == ARTICLES.c.id)).all():
        known = {name: getattr(row, name) for name in Origin.__dataclass_fields__}
        version = select(VERSIONS.c.text).filter_by(article_id=row.id, number=row.number)
        at = Origin(**known), partial(_text, connection, version)
        if is_barred(connection, row.text_hash, row.collection, row.url, at):
            barred.add(row.id)
    for article in sorted(barred):
        Removals.erase(connection, article)
    if barred:
        mark_erased(connection)
    return len(barred)


def _text(connection: Connection, version: Select[tuple[str]]) -> str:
    return str(connection.scalar(version))
