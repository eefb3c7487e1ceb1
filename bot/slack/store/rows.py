"""Rows of the job database as the bot's own data, and back."""

from __future__ import annotations

import hashlib
import time
from typing import Any

from sqlalchemy import Row

from bot.slack.model import Job, NewJob, Part, Sent
from bot.slack.store.schema import JOBS

_GIVEN = ("key", "kind", "team", "user", "channel", "ts", "thread", "surface", "shared", "enterprise")

JOB_COLUMNS = [JOBS.c[name] for name in (*_GIVEN, "text", "payload", "id", "created", "attempts", "answer", "parts")]
"""What `job_of` needs."""

ERASED: dict[str, Any] = {
    "key": "",
    "user": "",
    "text": "",
    "payload": {},
    "enterprise": None,
    "answer": None,
    "parts": None,
    "error": None,
    "erased": True,
}
"""The columns of a job that hold anybody's words or name, as they are once it is erased."""


def digest(text: str) -> str:
    """Return the SHA-256 of `text`, 64 hexadecimal digits: it stands for a key or an audience without telling it."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def storable(text: str) -> str:
    """Return `text` with U+FFFD for what a database refuses: lone surrogates, and NUL, which PostgreSQL knows not."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "\ufffd")


def clock(now: float | None) -> float:
    """Return `now`, else the time it is, in Unix seconds."""
    return time.time() if now is None else now


def row_of(new: NewJob, now: float) -> dict[str, Any]:
    """Return the columns of a new job that came at `now`."""
    return {
        **{name: getattr(new, name) for name in _GIVEN},
        "key": storable(new.key),
        "text": storable(new.text),
        "payload": dict(new.payload),
        "digest": digest(new.key),
        "lane": new.lane,
        "created": now,
        "not_before": 0.0,
        "attempts": 0,
        "cancelled": False,
        "erased": False,
    }


def job_of(row: Row[Any]) -> Job:
    """Return a job from its `JOB_COLUMNS`."""
    given = dict(row._mapping)
    parts = given.pop("parts")
    return Job(**given, parts=None if parts is None else [Part.from_json(part) for part in parts])


def sent_of(row: Row[Any]) -> Sent:
    """Return a message from all its columns."""
    return Sent(**row._mapping)
