"""Whether the process is ready to answer: each part looked at with a time limit, told by name and never by detail."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait

from bot.ask import Whosaid

_LOG = logging.getLogger(__name__)
_LIMIT = 2.0  # seconds that a part has
_NOT = "not ready"
_KEPT = 2.0  # seconds for which a result is told again: asking often costs nothing

Check = Callable[[], None]
"""Looks at a part, and raises where it is not ready."""


class NotReadyError(Exception):
    """A part is not ready; the message goes to the log."""


class Health:
    """Looks at every part at once. A look that hangs holds one thread, however often somebody asks."""

    def __init__(self, checks: Mapping[str, Check], limit: float = _LIMIT, kept: float = _KEPT) -> None:
        """Take the checks by the names of their parts; `limit` and how long a result is `kept` are in seconds."""
        self._checks, self._limit, self._kept = dict(checks), limit, kept
        self._lock = threading.Lock()
        self._looking: dict[str, Future[None]] = {}
        self._told: tuple[float, dict[str, str]] | None = None
        self._closed = False

    def ready(self) -> dict[str, str]:
        """Return "ok" or "not ready" for each part."""
        with self._lock:
            if self._closed:
                return dict.fromkeys(self._checks, _NOT)
            if self._told is not None and time.monotonic() - self._told[0] < self._kept:
                return self._told[1]
            for name, check in self._checks.items():
                if name not in self._looking or self._looking[name].done():
                    self._looking[name] = _begun(name, check)
            looking = dict(self._looking)
        wait(looking.values(), self._limit)
        found = {name: _told(name, future) for name, future in looking.items()}
        with self._lock:
            self._told = time.monotonic(), found
        return found

    def close(self) -> None:
        """Look no more: what is looked at is about to be closed."""
        with self._lock:
            self._closed = True


def _begun(name: str, check: Check) -> Future[None]:
    """Look at a part in a thread that does not keep the process from ending, whatever it waits for."""
    future: Future[None] = Future()

    def look() -> None:
        try:
            check()
        except BaseException as error:
            future.set_exception(error)
        else:
            future.set_result(None)

    threading.Thread(target=look, name=f"ready-{name}", daemon=True).start()
    return future


def _told(name: str, future: Future[None]) -> str:
    if not future.done():
        _LOG.warning("%s is not ready: it did not reply in time", name)
        return _NOT
    error = future.exception()
    if error is not None:
        _LOG.warning("%s is not ready: %s", name, type(error).__name__, exc_info=error)
        return _NOT
    return "ok"


def engine_checks(engine: Whosaid) -> dict[str, Check]:
    """Return the checks of what every answer needs: the catalogue, the index, the model."""

    def catalogue() -> None:
        engine.catalogue.has_published()

    def index() -> None:
        with engine.opener.reading() as opened:
            if opened is None:
                raise NotReadyError("nothing was ingested yet")

    def model() -> None:
        with engine.opener.reading() as opened:
            if opened is None:
                raise NotReadyError("nothing was ingested yet")
            opened.search.question_vector("ready")

    return {"catalogue": catalogue, "index": index, "model": model}
