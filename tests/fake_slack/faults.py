"""What goes wrong on purpose: a queue of faults for calls of the Web API."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Literal

Kind = Literal["error", "http", "ratelimited", "delay", "drop_before", "drop_after", "hold_before", "hold_after"]
"""error: ``ok: false``, not carried out. http: that status, not carried out. ratelimited: 429. delay: later, but done.
drop_before: the socket is lost and nothing was done. drop_after: it was done, and the caller never hears.
hold_before, hold_after: the caller waits until the test lets go; before or after it was done."""


@dataclass(slots=True)
class Fault:
    """`method` is a pattern as of a shell (``chat.*``). `times` None is for ever; `chance` is tried on each call."""

    kind: Kind
    method: str
    channel: str | None = None
    code: str = "internal_error"
    status: int = 500
    seconds: float = 0.0
    retry_after: int = 1
    times: int | None = 1
    chance: float = 1.0
    where: Callable[[dict[str, Any]], bool] | None = None
    """Whether it is meant for a call with these arguments."""
    hits: int = 0
    """How many calls it has caught."""
    _released: threading.Event = field(default_factory=threading.Event)
    _waiting: list[Callable[[], None]] = field(default_factory=list)

    def release(self) -> None:
        """Let go of the calls that it holds, and of those to come."""
        self._released.set()
        while self._waiting:
            self._waiting.pop()()

    def when_released(self, then: Callable[[], None]) -> None:
        """Call `then` at the release, at once if it was."""
        self._waiting.append(then)
        if self._released.is_set():
            self.release()


class Faults:
    """The queue. The first fault that fits takes the call; a fixed seed makes chances repeatable."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self.queue: list[Fault] = []

    def add(self, kind: Kind, method: str = "*", **more: Any) -> Fault:
        """Put a fault at the end of the queue; see `Fault` for what it takes."""
        fault = Fault(kind, method, **more)
        with self._lock:
            self.queue.append(fault)
        return fault

    def error(self, method: str, code: str, **more: Any) -> Fault:
        return self.add("error", method, code=code, **more)

    def http(self, method: str, status: int = 500, **more: Any) -> Fault:
        return self.add("http", method, status=status, **more)

    def ratelimited(self, method: str, retry_after: int = 1, **more: Any) -> Fault:
        return self.add("ratelimited", method, retry_after=retry_after, **more)

    def delay(self, method: str, seconds: float, **more: Any) -> Fault:
        return self.add("delay", method, seconds=seconds, **more)

    def drop_before(self, method: str, **more: Any) -> Fault:
        return self.add("drop_before", method, **more)

    def drop_after(self, method: str, **more: Any) -> Fault:
        return self.add("drop_after", method, **more)

    def hold_before(self, method: str, **more: Any) -> Fault:
        return self.add("hold_before", method, **more)

    def hold_after(self, method: str, **more: Any) -> Fault:
        return self.add("hold_after", method, **more)

    def clear(self) -> None:
        """Take all faults away, and let go of what they hold."""
        with self._lock:
            gone, self.queue = self.queue, []
        for fault in gone:
            fault.release()

    def take(self, method: str, args: dict[str, Any]) -> Fault | None:
        """Return the fault for this call, and count it."""
        channel = args.get("channel") or args.get("channel_id")
        with self._lock:
            for fault in self.queue:
                if not fnmatchcase(method, fault.method) or fault.channel not in (None, channel):
                    continue
                if fault.times is not None and fault.hits >= fault.times:
                    continue
                if fault.where is not None and not fault.where(args):
                    continue
                if self._random.random() >= fault.chance:
                    continue
                fault.hits += 1
                return fault
        return None
