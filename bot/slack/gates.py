"""What Slack, or the network, put off: which method is not called where, and until when."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

LONGEST = 60.0
MOST = 10_000
EVERYWHERE = frozenset({"chat.startStream"})
"""Methods whose 429 speaks for the workspace; of the others it is taken to speak for the channel."""


class PutOff(Exception):
    """The call was not carried out, and is to be made again at `until` (Unix time) or later."""

    def __init__(self, until: float):
        super().__init__("put off")
        self.until = until


@dataclass(slots=True)
class _Gate:
    """Until when a method is not called, and how often in a row it was not known to be carried out."""

    until: float = 0.0
    failures: int = 0

    def put_off(self, seconds: float) -> float:
        self.until = max(self.until, time.time() + seconds)
        return self.until


class Gates:
    """What is put off, by (team, method, channel); of this process alone."""

    def __init__(self) -> None:
        self._gates: dict[tuple[str, str, str | None], _Gate] = {}
        self._lock = threading.Lock()

    def check(self, team: str, method: str, channel: str | None) -> None:
        """Raise `PutOff` while the method is put off there, or everywhere."""
        with self._lock:
            gates = [gate for place in (channel, None) if (gate := self._gates.get((team, method, place)))]
            until = max((gate.until for gate in gates), default=0.0)
        if until > time.time():
            raise PutOff(until)

    def close(self, team: str, method: str, channel: str | None, seconds: float) -> float:
        """Put the method off for some seconds, since Slack says so; return until when (Unix time)."""
        with self._lock:
            return self._gate(team, method, None if method in EVERYWHERE else channel).put_off(seconds)

    def failed(self, team: str, method: str, channel: str | None, least: float = 0.0) -> float:
        """Put it off there after a broken call: 1, 2, 4 ... 60 seconds, or `least`; return until when (Unix time)."""
        with self._lock:
            gate = self._gate(team, method, channel)
            gate.failures += 1
            return gate.put_off(max(least, min(LONGEST, 2.0 ** min(gate.failures - 1, 10))))

    def worked(self, team: str, method: str, channel: str | None) -> None:
        """Forget what was put off there: Slack answered."""
        with self._lock:
            self._gates.pop((team, method, channel), None)

    def _gate(self, team: str, method: str, channel: str | None) -> _Gate:
        if len(self._gates) >= MOST:
            now = time.time()
            self._gates = {key: gate for key, gate in self._gates.items() if gate.until > now}
        return self._gates.setdefault((team, method, channel), _Gate())
