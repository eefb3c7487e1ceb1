"""The keyboard of who talks to the bot in a terminal: a prompt that stays below what comes, and the lines typed."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from collections.abc import Iterator
from threading import Lock

PROMPT = "you> "
_LOOK_SECONDS = 0.3  # how often it is asked whether the bot still runs


class Paper:
    """Standard output, which on a terminal ends in a prompt while a line is awaited."""

    def __init__(self, terminal: bool) -> None:
        self._terminal, self._asking, self._lock = terminal, False, Lock()

    def write(self, text: str) -> None:
        """Write above the prompt, if one is shown."""
        with self._lock:
            sys.stdout.write(f"\r\x1b[K{text}{PROMPT}" if self._asking else text)
            sys.stdout.flush()

    def ask(self) -> None:
        """Show the prompt; without a terminal each line is shown when it is done (`answered`)."""
        if self._terminal:
            self.write(PROMPT)
            self._asking = True

    def answered(self, line: str) -> None:
        """A line was typed: on a terminal it stands there."""
        self._asking = False
        if not self._terminal:
            self.write(f"{PROMPT}{line.rstrip()}\n")


def typed(process: subprocess.Popen[bytes], stdin: int = 0) -> Iterator[str]:
    """Yield lines until there are no more, or the bot's process has ended."""
    rest = b""
    while process.poll() is None:
        if not select.select([stdin], [], [], _LOOK_SECONDS)[0]:
            continue
        got = os.read(stdin, 65536)
        *lines, rest = (rest + got).split(b"\n")
        yield from (line.decode("utf-8", "replace") for line in lines)
        if not got:
            if rest:
                yield rest.decode("utf-8", "replace")
            return
