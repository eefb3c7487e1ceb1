"""Telling somebody something once in a while, not each time."""

from __future__ import annotations

import threading
from collections.abc import Hashable


class Once:
    """Remembers, in this process, what was told when. Safe to use from several threads."""

    def __init__(self, seconds: float = 60.0) -> None:
        """Let `seconds` pass before the same is told again."""
        self._seconds = seconds
        self._told: dict[Hashable, float] = {}
        self._lock = threading.Lock()

    def due(self, what: Hashable, now: float) -> bool:
        """Tell whether `what` is to be told at `now` (seconds), and take it as told if so."""
        with self._lock:
            if now - self._told.get(what, float("-inf")) < self._seconds:
                return False
            self._told = {key: at for key, at in self._told.items() if now - at < self._seconds}
            self._told[what] = now
            return True
