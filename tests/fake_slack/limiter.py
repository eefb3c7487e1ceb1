"""Slack's rate limits, on a clock that may run faster than the wall's.

https://docs.slack.dev/apis/web-api/rate-limits: tier 2 is 20 a minute, tier 3 is 50, tier 4 is 100, for each method and
workspace; chat.postMessage is 1 a second for each channel, bursts tolerated.
"""

from __future__ import annotations

import math
import time
from typing import Any

from .model import Refused
from .settings import Settings

A_MINUTE = {
    "apps.connections.open": 60,
    "auth.test": 600,
    "chat.update": 50,
    "chat.delete": 50,
    "chat.postEphemeral": 100,
    "chat.startStream": 20,
    "chat.stopStream": 20,
    "chat.appendStream": 100,
    "conversations.replies": 50,
    "conversations.history": 50,
    "conversations.info": 50,
    "conversations.open": 50,
    "users.info": 100,
    "usergroups.users.list": 20,
    "views.open": 100,
    "views.update": 100,
    "views.push": 100,
    "views.publish": 100,
    "assistant.threads.setStatus": 600,
    "assistant.threads.setSuggestedPrompts": 100,
    "reactions.add": 50,
}
# Calls at once before the pace counts, where it is not a minute's worth.
BURST = {"chat.postMessage": 3}
DISTRIBUTED = ("conversations.replies", "conversations.history")


class Limiter:
    """Token buckets by method and workspace (chat.postMessage: and channel)."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._buckets: dict[tuple[str, ...], tuple[float, float]] = {}

    def check(self, method: str, team: str, args: dict[str, Any]) -> None:
        """Count a call.

        Raises:
            Refused: 429, with the wait of the wall clock in whole seconds.
        """
        if not self._settings.rate_limits:
            return
        if method == "chat.postMessage":
            key: tuple[str, ...] = (method, team, str(args.get("channel")))
            pace, burst = 1.0, float(BURST[method])
        elif method in A_MINUTE:
            key = (method, team)
            minute = 1 if self._settings.distributed and method in DISTRIBUTED else A_MINUTE[method]
            pace, burst = minute / 60, float(minute)
        else:
            return
        now = time.monotonic()
        level, filled = self._buckets.get(key, (burst, now))
        level = min(burst, level + (now - filled) * pace * self._settings.rate_speed)
        if level >= 1:
            self._buckets[key] = (level - 1, now)
            return
        self._buckets[key] = (level, now)
        wait = max(1, math.ceil((1 - level) / pace / self._settings.rate_speed))
        raise Refused("ratelimited", status=429, headers={"Retry-After": str(wait)})
