"""The database behind the catalogue: opened, migrated, and its errors told as the project's own."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NoReturn

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import SQLAlchemyError

from corpus.catalogue.migrations import migrate
from corpus.errors import CatalogueError


def open_engine(url: str | URL) -> Engine:
    """Open the database at `url` and bring it up to date.

    Raises:
        CatalogueError: it cannot be opened, or a newer whosaid wrote it. The engine raises it too, for
            whatever the database cannot do later on.
    """
    try:
        where = make_url(url)
    except SQLAlchemyError as error:
        raise CatalogueError(
            f"cannot open the catalogue {url!r}: that is no database URL; write sqlite:///FILE or "
            "postgresql+psycopg://USER:PASSWORD@HOST/NAME"
        ) from error
    try:
        engine = create_engine(where)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _pragmas)
        _migrate(engine)
    except (SQLAlchemyError, ModuleNotFoundError) as error:
        raise CatalogueError(_not_opened(where, error)) from error
    event.listen(engine, "handle_error", _mapped)
    return engine


def _not_opened(where: URL, error: BaseException) -> str:
    """Return the sentence that tells why the database was not opened, and what to do."""
    if where.get_backend_name() == "sqlite" and where.database:
        folder = Path(where.database).absolute().parent
        if folder.is_dir() and not os.access(folder, os.W_OK):
            return (
                f"could not open the catalogue {where.database}: its folder is read-only, and SQLite writes there "
                "even to read; make the folder writable, or copy it to a place that is, and name that"
            )
    return (
        f"could not open the catalogue {where.render_as_string()}: {_reason(error)}; check the URL, the folder "
        "and, for PostgreSQL, that `pip install 'whosaid[postgresql]'` was run"
    )


def _migrate(engine: Engine) -> None:
    """Migrate, and leave no connection open where that fails."""
    with ExitStack() as failed:
        failed.callback(engine.dispose)
        migrate(engine)
        failed.pop_all()


def _pragmas(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA secure_delete=ON")  # what is removed is overwritten


def _mapped(context: ExceptionContext) -> NoReturn:
    """Raise the project's error in place of SQLAlchemy's."""
    where = context.engine.url.render_as_string() if context.engine else "it was opened with"
    raise CatalogueError(
        f"could not use the catalogue {where}: {_reason(context.original_exception)}; check the disk or the "
        "server and run the command again"
    ) from context.original_exception


def _reason(error: BaseException) -> str:
    """Return the first line of what the database itself says, without the statement and its values."""
    said = str(getattr(error, "orig", None) or error).strip() or type(error).__name__
    return said.splitlines()[0]
