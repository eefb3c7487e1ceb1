"""``slack.toml`` in the home folder: who may see what, and how the bot behaves. Secrets are never in it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

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
    takeover_seconds: int = Field(
        60, ge=30, description="how long a killed bot's work waits until another takes it over"
    )
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
        raise UsageError(f"{file}: {_told(error.errors()[0])}") from error
    except (ValueError, OSError) as error:  # not TOML, or not to be read
        raise UsageError(f"cannot read {file}: {error}; correct the file") from error


# What is allowed, by the beginning of pydantic's name for what is wrong.
_ALLOWED = {
    "bool": "write true or false",
    "int": "write a whole number",
    "date": "write a day, as 2024-01-31",
    "string": "write a text in quotation marks",
}


def _told(error: Mapping[str, Any]) -> str:
    """Return in words what is wrong by the first of pydantic's errors: what was found, and what is allowed."""
    *tables, key = error["loc"] if error["type"] != "value_error" else (*error["loc"], "")
    table, kind, found = _table(tables), str(error["type"]), _toml(error["input"])
    if kind == "extra_forbidden":
        return f"there is no key {key} {table}; {_nearest(str(key), tables)}"
    if kind == "value_error":
        return f"the days {table} are none: {error['ctx']['error']}; swap them"
    if key == "allow" or "allow" in tables[-1:]:
        return "allow is no list of rules; write each rule below a line of its own, [[allow]], with double brackets"
    if kind.startswith(("model", "dict")):
        return f"{key} is {found}, and must be a table; write its keys below a line [{key}]"
    if kind.startswith("tuple"):
        return f"{key} {table} is {found}, and must be a list; write {key} = [{found}]"
    if kind.startswith(("greater", "less")):
        limit = "at least" if kind.startswith("greater") else "at most"
        return f"{key} {table} is {found}; write a whole number, {limit} {next(iter(error['ctx'].values()))}"
    if isinstance(key, int):  # one of a list
        return f"{tables[-1]} {_table(tables[:-1])} has {found} in it; write texts in quotation marks"
    allowed = next((words for name, words in _ALLOWED.items() if kind.startswith(name)), "docs/slack.md lists its keys")
    return f"{key} {table} is {found}; {allowed}"


def _table(parts: list[str | int]) -> str:
    """Return in which table of the file a place is."""
    if not parts:
        return "at the top of the file"
    return f"in [[{parts[0]}]] number {int(parts[1]) + 1}" if len(parts) > 1 else f"in [{parts[0]}]"


def _nearest(key: str, tables: list[str | int]) -> str:
    """Return which key may have been meant, or all that there are; and the table of one that stands elsewhere."""
    places: dict[str, type[BaseModel]] = {"": SlackConfig, "[limits]": Limits, "[[allow]]": Rule}
    here = SlackConfig if not tables else Rule if tables[0] == "allow" else Limits
    elsewhere = [
        f"below {name}" if name else "above all tables" for name, model in places.items() if key in model.model_fields
    ]
    if elsewhere:
        return f"it belongs {elsewhere[0]}"
    if near := get_close_matches(key.casefold(), here.model_fields, 1):
        return f"did you mean {near[0]}?"
    return f"there are {', '.join(here.model_fields)}"


def _toml(value: Any) -> str:
    """Return a value much as the file has it."""
    return json.dumps(value, ensure_ascii=False, default=str)[:100]
