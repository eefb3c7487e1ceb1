"""Links to stored copies that hold no longer."""

from __future__ import annotations

from sqlalchemy import func, select

from bot.slack.store.database import Database
from bot.slack.store.rows import digest
from bot.slack.store.schema import REVOCATIONS

_ALL = ""


def _place(audience: str) -> str:
    """Return the audience of everybody in the channel of an audience (of `bot.slack.access.audience`).

    Whoever revokes a channel's links names workspace and channel: not the organisation above, and not the people to
    whom a window showed links there.
    """
    parts = audience.split(".")
    return f"{parts[0]}..{parts[2]}.." if len(parts) == 5 and parts[2] else audience


class Revocations:
    """Which links were revoked. Safe to use from several threads; every method raises JobsError where that fails.

    They do not expire, since a link may be good for longer than a job is kept; there is one at most for each article
    and audience.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def revoke(self, article: str | None, audience: str | None, at: float) -> None:
        """Revoke the links to an article (None: any) for an audience (None: any) that were issued until `at`."""
        row = {"article": article or _ALL, "audience": digest(audience) if audience else _ALL, "at": at}
        query = self._database.insert(REVOCATIONS).values(**row)
        later = query.on_conflict_do_update(
            index_elements=["article", "audience"], set_={"at": at}, where=REVOCATIONS.c.at < at
        )
        with self._database.write() as connection:
            connection.execute(later)

    def revoked(self, article: str, audience: str, issued: float) -> bool:
        """Tell whether a link to `article` for `audience` that was issued then has been revoked."""
        audiences = (_ALL, digest(audience), digest(_place(audience)))
        here = REVOCATIONS.c.article.in_((_ALL, article)), REVOCATIONS.c.audience.in_(audiences)
        with self._database.read() as connection:
            last = connection.scalar(select(func.max(REVOCATIONS.c.at)).where(*here))
        return last is not None and issued <= last
