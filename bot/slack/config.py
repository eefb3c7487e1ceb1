"""``slack.toml`` in the home folder: who may see what, and how the bot behaves. Secrets are never in it."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from corpus.errors import UsageError

FILE = "slack.toml"


class Rule(BaseModel):
    """One ``[[allow]]``: for whom, and what they may see. The first rule that fits is the one that holds.

    A rule that names user groups but no channels holds where nobody else reads along: direct messages, the agent
    view, ``/ask private``, App Home, modals. One that says `nothing` holds everywhere: it can only take away.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    workspaces: tuple[str, ...] = Field((), description="ids of workspaces (T...); none named is all")
    channels: tuple[str, ...] = Field((), description="ids of channels (C..., G...); none named is all")
    user_groups: tuple[str, ...] = Field((), description="ids of user groups (S...); none named is everybody")
    external: bool = Field(False, description="whether it holds in channels shared with other organisations")
    collections: tuple[str, ...] | None = Field(None, description="collections that may be seen; none named is all")
    outlets: tuple[str, ...] | None = Field(None, description="outlets that may be seen; none named is all")
    since: date | None = Field(None, description="published on or after this day")
    until: date | None = Field(None, description="published on or before this day")
    nothing: bool = Field(False, description="whether nothing at all may be seen")

    @model_validator(mode="after")
    def _in_order(self) -> Rule:
        if self.since and self.until and self.since > self.until:
            raise ValueError(f"since ({self.since}) is after until ({self.until})")
        return self


class Limits(BaseModel):
    """``[limits]``: more than this, and the asker is told to wait."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    user_a_minute: int = Field(10, ge=1, description="questions of one person a minute")
    channel_a_minute: int = Field(60, ge=1, description="questions in one channel a minute")
    waiting: int = Field(1000, ge=1, description="questions that may wait in all")
    question: int = Field(2000, ge=50, description="characters of a question")


class SlackConfig(BaseModel):
    """All of ``slack.toml``; docs/slack.md lists it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    follow_ups: bool = Field(True, description="answer in threads that the bot is engaged in without a new mention")
    edits: bool = Field(True, description="a question edited within a minute is answered anew, in place")
    deletions: bool = Field(True, description="when a question is deleted, its answer is too")
    stream: bool = Field(True, description="stream answers where Slack allows it")
    keep_days: int = Field(30, ge=1, description="days until questions, answers and feedback are erased")
    link_days: int = Field(30, ge=1, description="days until a link to a stored copy expires")
    stale_days: int = Field(7, ge=1, description="days after the last ingest when App Home warns")
    workers: int = Field(4, ge=1, le=64, description="questions answered at once")
    too_late_minutes: int = Field(15, ge=1, description="a question that waited longer gets an apology")
    drain_seconds: int = Field(20, ge=1, description="how long a stopped bot finishes what it began")
    limits: Limits = Limits.model_construct()
    allow: tuple[Rule, ...] = (Rule.model_construct(),)


def read_config(home: Path) -> SlackConfig:
    """Read ``slack.toml``; without one everybody of the workspace sees everything, external channels nothing.

    Raises:
        UsageError: the file cannot be read, or says what it may not; the message names it.
    """
    file = home / FILE
    try:
        given = tomllib.loads(file.read_text("utf-8")) if file.exists() else {}
        return SlackConfig.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        said = f"{file}: {where or 'it'} is wrong: {first['msg']}; docs/slack.md lists what it takes"
        raise UsageError(said) from error
    except (ValueError, OSError) as error:  # not TOML, or not to be read
        raise UsageError(f"cannot read {file}: {error}; correct the file") from error
