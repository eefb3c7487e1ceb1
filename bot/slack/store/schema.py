"""The tables of the job database.

Times are Unix seconds. What names a user, or is in a user's own words, is in JOBS and FEEDBACK only. A job that is
`erased` keeps ids alone: nothing of its question, its answer and its asker.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

METADATA = MetaData()

_ID = BigInteger().with_variant(Integer, "sqlite")
_OBJECT = JSON(none_as_null=True)

META = Table(
    "slack_meta",
    METADATA,
    Column("key", String, primary_key=True),
    Column("value", String, nullable=False),
)

# A job that nobody has begun, or that was put off, has no worker and no lease; a finished one has an outcome.
JOBS = Table(
    "slack_jobs",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),  # of the key: outlives it when the job is erased
    Column("key", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("lane", String, nullable=False),
    Column("surface", String),
    Column("team", String, nullable=False),
    Column("enterprise", String),
    Column("channel", String),
    Column("ts", String),
    Column("thread", String),
    Column("user", String, nullable=False),
    Column("shared", Boolean, nullable=False),
    Column("text", Text, nullable=False),
    Column("payload", _OBJECT, nullable=False),
    Column("created", Double, nullable=False),
    Column("not_before", Double, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("worker", String),
    Column("leased_until", Double),
    Column("answer", _OBJECT),
    Column("parts", _OBJECT),
    Column("cancelled", Boolean, nullable=False),  # its asker wants it no more; a worker may still have it in hand
    Column("outcome", String),
    Column("error", String),
    Column("erased", Boolean, nullable=False),
    Index("ix_slack_jobs_open", "outcome", "lane", "id"),
    Index("ix_slack_jobs_thread", "team", "channel", "thread", "id"),
    Index("ix_slack_jobs_message", "team", "channel", "ts"),
    Index("ix_slack_jobs_user", "user", "team", "created"),
    Index("ix_slack_jobs_channel", "channel", "team", "created"),
    Index("ix_slack_jobs_created", "created"),
    sqlite_autoincrement=True,  # an id is in messages and buttons of Slack's for ever: it never comes again
)

MESSAGES = Table(
    "slack_messages",
    METADATA,
    Column("job", _ID, primary_key=True, autoincrement=False),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("how", String, nullable=False),
    Column("team", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("ts", String),
    Column("intended", Double, nullable=False),
    Index("ix_slack_messages_ts", "team", "channel", "ts"),
)

# Which articles the kept answer of a job quotes.
QUOTED = Table(
    "slack_quoted",
    METADATA,
    Column("article", String, primary_key=True),
    Column("job", _ID, primary_key=True, autoincrement=False, index=True),
)

ENGAGEMENTS = Table(
    "slack_engagements",
    METADATA,
    Column("team", String, primary_key=True),
    Column("channel", String, primary_key=True),
    Column("thread", String, primary_key=True),
    Column("at", Double, nullable=False, index=True),
)

FEEDBACK = Table(
    "slack_feedback",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("job", _ID, nullable=False),
    Column("team", String, nullable=False),
    Column("user", String, nullable=False),
    Column("question", Text, nullable=False),
    Column("good", Boolean, nullable=False),
    Column("reason", Text),
    Column("right_answer", Text),
    Column("answer", _OBJECT),
    Column("created", Double, nullable=False, index=True),
    UniqueConstraint("job", "user"),
    Index("ix_slack_feedback_user", "user", "team"),
    sqlite_autoincrement=True,
)

# "" is every article, or every audience. An audience may name a user: its digest is kept.
REVOCATIONS = Table(
    "slack_revocations",
    METADATA,
    Column("article", String, primary_key=True),
    Column("audience", String(64), primary_key=True),
    Column("at", Double, nullable=False),
)
