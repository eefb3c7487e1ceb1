"""What the bot writes to stderr: a line an event, with ids in place of words, and nothing secret.

A line is ``time=... level=... logger=... msg="..." job=12``: ids come by ``extra={"job": 12}``. Of an exception its
type and where it arose are written, what it says only where that is known to hold nothing of a question: an error of
the project's own tree, and one of the operating system.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import IO, Any

from pydantic import SecretStr

from bot.settings import Secrets
from corpus.errors import WhosaidError

OURS = ("bot", "corpus", "index", "whosaid")
SOCKET = "slack_sdk.socket_mode"
"""The logger of the Socket Mode connection: what it tells of lost and new connections is worth a line."""

# At these levels none of them writes a payload. Bolt logs the body of a request with a wrong signature as information.
_OTHERS = {"slack_bolt": logging.ERROR, "slack_sdk": logging.WARNING, SOCKET: logging.INFO, "uvicorn": logging.WARNING}
_TOKEN = re.compile(r"\b(?:xox[a-z][-.]|xapp-|xwfp-)[\w.%-]+|https://hooks\.slack\.com/\S+")
_PAYLOAD = re.compile(r"\b(?:payload|body|data|text)\b['\"]?\s*[:=].*", re.DOTALL)
_HIDDEN = "[hidden]"
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_FRAMES = 4


def set_up(secrets: Secrets, level: int = logging.INFO, to: IO[str] | None = None) -> logging.Handler:
    """Write the log of this process to stderr, or `to`; return the handler.

    `level` is that of the project's own loggers; Slack's libraries stay above what prints payloads, whatever it is.
    """
    handler = logging.StreamHandler(to or sys.stderr)
    handler.setFormatter(Line(secrets))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    for name, quiet in _OTHERS.items():
        logging.getLogger(name).setLevel(quiet)
    return handler


class Line(logging.Formatter):
    """A record as one line of ``name=value``, with tokens and the given secrets hidden."""

    def __init__(self, secrets: Secrets) -> None:
        super().__init__()
        given = [value.get_secret_value() for _, value in secrets if isinstance(value, SecretStr)]
        self._secrets = sorted((secret for secret in given if secret), key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = " ".join(f"{name}={_quoted(value)}" for name, value in _fields(record))
        for secret in self._secrets:
            line = line.replace(secret, _HIDDEN)
        return _TOKEN.sub(_HIDDEN, line)


def _fields(record: logging.LogRecord) -> Iterator[tuple[str, Any]]:
    """Yield what a line says, in its order."""
    yield "time", datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    yield "level", record.levelname.lower()
    yield "logger", record.name
    said = record.getMessage()
    yield "msg", said if record.name.startswith(OURS) else _PAYLOAD.sub(_HIDDEN, said)
    yield from ((name, value) for name, value in vars(record).items() if name not in _STANDARD and value is not None)
    if record.exc_info and record.exc_info[1] is not None:
        error = record.exc_info[1]
        yield "error", type(error).__name__
        if isinstance(error, WhosaidError | OSError):
            yield "said", str(error)
        yield "at", " < ".join(_frames(error))


def _frames(error: BaseException) -> Iterator[str]:
    """Yield where an error arose, innermost first."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)[-_FRAMES:]):
        yield f"{'/'.join(frame.filename.rsplit('/', 2)[-2:])}:{frame.lineno}"


def _quoted(value: Any) -> str:
    """Return a value on one line, in quotes where it is more than a word."""
    text = str(value)
    return text if re.fullmatch(r"[\w.:/+@-]+", text) else json.dumps(text, ensure_ascii=False)
