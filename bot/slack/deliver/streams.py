"""Which messages may be streamed, and how fast streams may be begun."""

from __future__ import annotations

import json
import threading
import time
from collections import deque

from bot.slack.model import Part

STARTS = 15
"""Streams that are begun a minute in a workspace; Slack refuses more than about 20."""
MINUTE = 60.0
LARGEST = 9_000
"""Bytes of a streamed message; Slack takes about 10,000."""
REFUSED_SECONDS = 600.0


class Streams:
    """Who may begin a stream now; of this process alone. Where the answer is no, the message is posted."""

    def __init__(self) -> None:
        self._begun: dict[str, deque[float]] = {}
        self._refused: dict[tuple[str, str], float] = {}
        self._lock = threading.Lock()

    def take(self, team: str, channel: str, part: Part) -> bool:
        """Tell whether a part may be streamed to a channel; if so, that counts as a stream begun."""
        if not part.steps or part.steps[0] < 1 or len(json.dumps(part.blocks).encode()) > LARGEST:
            return False
        now = time.monotonic()
        with self._lock:
            if self._refused.get((team, channel), 0.0) > now:
                return False
            begun = self._begun.setdefault(team, deque())
            while begun and begun[0] < now - MINUTE:
                begun.popleft()
            if len(begun) >= STARTS:
                return False
            begun.append(now)
            return True

    def refused(self, team: str, channel: str) -> None:
        """Take note that Slack begins no streams there: post for a while."""
        with self._lock:
            self._refused[team, channel] = time.monotonic() + REFUSED_SECONDS
