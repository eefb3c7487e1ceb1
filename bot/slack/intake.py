"""Letting what comes from Slack go first: it waits for an acknowledgement, and a question has more time.

Threads of one process share the interpreter: a burst of questions that is answered while it still comes in is
acknowledged late, and Slack sends all of it again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

CALM = 0.03
"""Seconds without a payload after which a burst is taken to be over."""
PATIENCE = 1.5
"""Seconds that a worker waits for that at most: in a steady stream of payloads questions are answered all the same."""


class Intake:
    """The payloads that are being taken. Safe to use from several threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._number = 0
        self._last = 0.0

    @contextmanager
    def taking(self) -> Iterator[None]:
        """Take a payload: until the end of the block workers begin nothing."""
        with self._changed:
            self._number += 1
        try:
            yield
        finally:
            with self._changed:
                self._number -= 1
                self._last = time.monotonic()
                self._changed.notify_all()

    def give_way(self) -> None:
        """Wait until nothing comes in, or for `PATIENCE`."""
        until = time.monotonic() + PATIENCE
        with self._changed:
            while (now := time.monotonic()) < until:
                calm = self._last + CALM - now
                if not self._number and calm <= 0:
                    return
                self._changed.wait(min(until - now, CALM if self._number else calm))
