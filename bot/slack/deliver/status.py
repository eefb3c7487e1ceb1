"""The status under a question ("is reading the articles ..."): shown where it can be, never waited for."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from dataclasses import dataclass

from bot.slack.calls import Clients, PutOff, Unsure
from bot.slack.deliver.tools import Place
from bot.slack.model import Job
from corpus.errors import SlackError

REFRESH = 100.0
"""Seconds after which a status is set again: Slack clears it after 120."""
AT_MOST = 200

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Shown:
    """A status; `due` is when it is set next (monotonic), `tried` whether it may be there."""

    job: Job
    place: Place
    text: str
    due: float
    tried: bool = False


class Statuses:
    """Sets statuses in a thread of its own. What goes wrong is only counted (by `Clients`)."""

    def __init__(self, clients: Clients):
        self._clients = clients
        self._shown: dict[int, _Shown] = {}
        self._clear: deque[_Shown] = deque(maxlen=AT_MOST)
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._stopping = False

    def show(self, job: Job, place: Place, text: str) -> None:
        """Show a status until `answered` or `ended`."""
        with self._changed:
            if self._stopping or len(self._shown) >= AT_MOST:
                return
            self._shown[job.id] = _Shown(job, place, text, time.monotonic())
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="slack-status", daemon=True)
                self._thread.start()
            self._changed.notify()

    def answered(self, job: Job) -> None:
        """Let a status be: Slack clears it when a message comes."""
        with self._changed:
            self._shown.pop(job.id, None)

    def ended(self, job: Job) -> None:
        """Clear a status for which no message came."""
        with self._changed:
            shown = self._shown.pop(job.id, None)
            if shown is not None and shown.tried:
                self._clear.append(shown)
                self._changed.notify()

    def stop(self, seconds: float) -> None:
        """End the thread, once it has cleared what is to be cleared; wait for it as long."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(seconds)

    def _run(self) -> None:
        while True:
            with self._changed:
                shown = self._next()
                if shown is None and self._stopping:
                    return
                if shown is None:
                    self._changed.wait(self._pause())
                    continue
                text = shown.text if self._shown.get(shown.job.id) is shown else ""
                shown.due, shown.tried = time.monotonic() + REFRESH, True
            self._set(shown, text)
            with self._changed:
                if text and self._shown.get(shown.job.id) is not shown:
                    self._clear.append(shown)  # the answer came in the meantime, and would stand under a status

    def _next(self) -> _Shown | None:
        if self._clear:
            return self._clear.popleft()
        now = time.monotonic()
        return next((one for one in self._shown.values() if one.due <= now), None) if not self._stopping else None

    def _pause(self) -> float | None:
        due = [one.due for one in self._shown.values()]
        return max(0.0, min(due) - time.monotonic()) if due else None

    def _set(self, shown: _Shown, text: str) -> None:
        job, place = shown.job, shown.place
        where = {"channel_id": place.channel, "thread_ts": place.thread, "status": text}
        try:
            self._clients.call(job.team, job.enterprise, "assistant.threads.setStatus", **where)
        except (PutOff, Unsure, SlackError):
            logger.debug("no status", extra={"job": job.id})
        except Exception:
            logger.exception("a status could not be set", extra={"job": job.id})
