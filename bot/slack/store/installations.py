"""The workspaces that installed the app, with their tokens: encrypted, in a database of their own.

slack_sdk's stores, with three differences: every token is encrypted (Fernet, its key derived from the secret by HKDF,
RFC 5869); only the bot's installation is kept, and of that only the newest; a state can be used once, also by two at
the same time.
"""

from __future__ import annotations

import base64
import logging
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.sqlalchemy import SQLAlchemyInstallationStore
from slack_sdk.oauth.sqlalchemy_utils import normalize_datetime_for_db
from slack_sdk.oauth.state_store.sqlalchemy import SQLAlchemyOAuthStateStore
from sqlalchemy import Dialect, Engine, Table, Text, create_engine, delete, event, make_url, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.types import TypeDecorator

from bot.settings import Settings
from corpus.errors import JobsError

FILE = "slack-tokens.sqlite"
STATE_SECONDS = 600  # how long an installation that was begun may take
_SEALED = (
    "bot_token",
    "bot_refresh_token",
    "user_token",
    "user_refresh_token",
    "incoming_webhook_url",
    "incoming_webhook_configuration_url",
)
_LOCK = 7_274_983_311  # any number: by it PostgreSQL lets one process at a time make the tables
# slack_sdk and SQLAlchemy write states and rows at DEBUG, whatever the levels of the loggers above.
_QUIET = logging.getLogger("whosaid.slack.installations")
_QUIET.setLevel(logging.ERROR)
_ENGINE = "installations"
logging.getLogger(f"sqlalchemy.engine.Engine.{_ENGINE}").setLevel(logging.WARNING)


def installations_url(settings: Settings) -> str:
    """Return the SQLAlchemy URL of the tokens' database: a file beside the jobs', or the jobs' own PostgreSQL."""
    jobs = make_url(settings.jobs_url())
    if jobs.get_backend_name() != "sqlite" or not jobs.database:
        return settings.jobs_url()
    return jobs.set(database=str(Path(jobs.database).with_name(FILE))).render_as_string(hide_password=False)


class Installations(SQLAlchemyInstallationStore):
    """What `find_bot` finds, `save_bot` saves after a rotation, and `delete_all` removes."""

    def __init__(self, engine: Engine, client_id: str, secret: bytes) -> None:
        """Keep installations of the app `client_id`; see `open_installations`."""
        super().__init__(client_id=client_id, engine=engine, logger=_QUIET)
        cipher = _cipher(secret)
        for table in (self.bots, self.installations):
            for column in table.c:
                if column.name in _SEALED:
                    column.type = _Sealed(cipher)
        self.states = States(engine)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(client_id={self.client_id!r})"

    def make_tables(self) -> None:
        """Make the tables that are not there yet."""
        with self.engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            else:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            self.metadata.create_all(connection)
            self.states.metadata.create_all(connection)

    def save(self, installation: Installation) -> None:
        """Keep the bot of an installation; no token of a person is asked for, and none is kept."""
        self.save_bot(installation.to_bot())

    def save_bot(self, bot: Bot) -> None:
        """Keep a bot, and forget what the workspace had before."""
        super().save_bot(bot)
        installed = normalize_datetime_for_db(datetime.fromtimestamp(bot.installed_at, tz=UTC))
        table: Table = self.bots
        older = (
            table.c.client_id == self.client_id,
            table.c.enterprise_id == bot.enterprise_id,
            table.c.team_id == bot.team_id,
            table.c.installed_at < installed,
        )
        with self.engine.begin() as connection:
            connection.execute(delete(table).where(*older))

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


class States(SQLAlchemyOAuthStateStore):
    """The states of installations that were begun."""

    def __init__(self, engine: Engine) -> None:
        """Keep states in the same database."""
        super().__init__(expiration_seconds=STATE_SECONDS, engine=engine, logger=_QUIET)

    def issue(self, *args: Any, **kwargs: Any) -> str:
        """Return a new state, and forget those that nobody came back with."""
        table: Table = self.oauth_states
        with self.engine.begin() as connection:
            connection.execute(delete(table).where(table.c.expire_at <= _now()))
        return super().issue(*args, **kwargs)

    def consume(self, state: str) -> bool:
        """Tell whether a state was issued and has not been used; it is used then.

        Raises:
            JobsError: the database cannot be used.
        """
        table: Table = self.oauth_states
        with self.engine.begin() as connection:
            used = connection.execute(delete(table).where(table.c.state == state, table.c.expire_at > _now()))
        return used.rowcount == 1


class _Sealed(TypeDecorator[str]):
    """Text that is encrypted in the database."""

    impl = Text
    cache_ok = True

    def __init__(self, cipher: Fernet) -> None:
        super().__init__()
        self._cipher = cipher

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else self._cipher.encrypt(value.encode()).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        try:
            return self._cipher.decrypt(value.encode()).decode()
        except InvalidToken as error:
            raise JobsError(
                "cannot read a workspace's token: it was encrypted with another secret; set WHOSAID_SECRET (or put "
                "secret.key in the home folder) as it was, or let the workspace install the app again"
            ) from error


def open_installations(url: str, client_id: str, secret: bytes) -> Installations:
    """Open the database of installations, made if need be.

    Args:
        url: as `installations_url` gives it.
        client_id: of the app; installations of another app in the same database are not seen.
        secret: from which the key of the encryption is derived.

    Raises:
        JobsError: it cannot be opened. The store raises it too, for whatever the database cannot do later on.
    """
    try:
        where = make_url(url)
        if where.get_backend_name() == "sqlite" and where.database:
            Path(where.database).parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(where.database, os.O_CREAT | os.O_RDWR, 0o600))
        # without the parameters: an error would show them
        pre_ping = where.get_backend_name() != "sqlite"
        engine = create_engine(where, hide_parameters=True, logging_name=_ENGINE, pool_pre_ping=pre_ping)
    except (SQLAlchemyError, ModuleNotFoundError, OSError) as error:
        raise JobsError(
            f"could not open the database of installations: {_reason(error)}; check the setting `jobs`"
        ) from error
    event.listen(engine, "handle_error", _mapped)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _pragmas)
    store = Installations(engine, client_id, secret)
    try:
        store.make_tables()
    except JobsError:
        store.close()
        raise
    return store


def _cipher(secret: bytes) -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"whosaid slack tokens").derive(secret)
    return Fernet(base64.urlsafe_b64encode(key))


def _now() -> datetime | None:
    return normalize_datetime_for_db(datetime.now(UTC))


def _pragmas(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA busy_timeout=5000")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA secure_delete=ON")  # what is removed is overwritten


def _mapped(context: ExceptionContext) -> NoReturn:
    if isinstance(context.original_exception, JobsError):
        raise context.original_exception
    raise JobsError(
        f"could not use the database of installations: {_reason(context.original_exception)}; check the disk or server"
    ) from context.original_exception


def _reason(error: BaseException) -> str:
    """Return the first line of what the database itself says, without the statement and its values."""
    said = str(getattr(error, "orig", None) or error).strip() or type(error).__name__
    return said.splitlines()[0]
