"""The job database as a whole."""

from __future__ import annotations

from sqlalchemy import URL

from bot.slack.store import erasure
from bot.slack.store.database import Database
from bot.slack.store.feedback import Feedbacks
from bot.slack.store.jobs import Jobs
from bot.slack.store.links import Revocations
from bot.slack.store.messages import Messages
from bot.slack.store.migrations import migrate, schema_number
from corpus.errors import JobsError


class Store:
    """Jobs, the messages they posted, feedback, revoked links; shared by all replicas of the bot.

    Safe to use from several threads. Every method of it and of its parts raises JobsError where the database fails.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.jobs = Jobs(database)
        self.messages = Messages(database)
        self.feedback = Feedbacks(database)
        self.links = Revocations(database)

    @classmethod
    def open(cls, url: str | URL) -> Store:
        """Open the database at an SQLAlchemy `url`, made and migrated if need be.

        Raises:
            JobsError: it cannot be opened, or a newer whosaid wrote it.
        """
        database = Database(url)
        try:
            migrate(database)
        except BaseException:
            database.close()
            raise
        return cls(database)

    def close(self) -> None:
        """Close every connection."""
        self._database.close()

    def ready(self) -> None:
        """Return if the database can be used.

        Raises:
            JobsError: it cannot.
        """
        with self._database.read() as connection:
            if not schema_number(connection):
                raise JobsError(f"the job database {self._database.name} has lost its tables; start the bot again")

    def expire(self, before: float) -> int:
        """Erase everything of the jobs that came before a Unix time, and return how many; see `erasure.expire`."""
        return erasure.expire(self._database, before)

    def retract(self, team: str, channel: str, ts: str) -> int:
        """Erase the question that a message was, and return how many jobs; see `erasure.retract`."""
        return erasure.retract(self._database, team, channel, ts)

    def forget(self, user: str, team: str | None = None) -> int:
        """Erase everything of a user, in one workspace or in all, and return how many jobs; see `erasure.forget`."""
        return erasure.forget(self._database, user, team)
