"""Processes that need not import whosaid first: forked off one that has.

Each is a process still, with arguments, environment, folder, streams and exit code of its own. Only the start of the
interpreter and the imports, most of a short command's time, were before. Run as a program this module is the process
that forks.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from pkgutil import walk_packages
from typing import NoReturn

SCRIPT = Path(sys.executable).with_name("whosaid")
WORKS = sys.platform == "linux"  # elsewhere libraries may not survive it
# What commands need, also what they import inside functions; but for torch, which few of them need, and onnxruntime,
# which as a process ends waits for a thread of its own that a fork has not.
PACKAGES = ("corpus", "index", "bot.commands")
MODULES = (
    *("chromadb.api.rust", "chromadb.telemetry.product.posthog", "datasketch", "dateparser", "lxml.html", "numpy"),
    *("tantivy", "tokenizers", "trafilatura"),
)
_SIZE = 8  # bytes of a number that is told


class Forked:
    """A process that was forked off."""

    def __init__(self, told: socket.socket) -> None:
        self._told = told
        self._code: int | None = None
        self.pid = self._number()
        """Its process id, and that of its group."""

    def wait(self, seconds: float | None = None) -> int:
        """Wait for its end; its exit code, or the signal that ended it, less than 0. Raises TimeoutError."""
        if self._code is None:
            self._told.settimeout(seconds)
            self._code = os.waitstatus_to_exitcode(self._number())
            self._told.close()
        return self._code

    def _number(self) -> int:
        told = self._told.recv(_SIZE)
        assert told, "the process that forks has ended; it says why on stderr"
        return int.from_bytes(told, "big")

    def poll(self) -> int | None:
        """Its exit code, or None while it runs."""
        ended = self._code is not None or select.select([self._told], [], [], 0)[0]
        return self.wait() if ended else None

    def terminate(self) -> None:
        """Ask it to end, unless it has ended."""
        self._signal(os.kill, signal.SIGTERM)

    def kill(self) -> None:
        """End it and its group, unless it has ended."""
        self._signal(os.killpg, signal.SIGKILL)

    def _signal(self, send: Callable[[int, int], None], number: int) -> None:
        with contextlib.suppress(ProcessLookupError):  # it may end between the two
            if self.poll() is None:
                send(self.pid, number)


Process = Forked | subprocess.Popen[bytes]
"""What `started` starts."""


class Forks:
    """Starts processes."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Start the process that forks; its imports see this environment."""
        self._asking, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, __file__, str(theirs.fileno())],
                env=environment,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for the tests, which then end this
            )

    def close(self) -> None:
        """End the process that forks."""
        self._asking.close()
        self._process.wait()

    def start(
        self, arguments: Sequence[str], environment: Mapping[str, str], folder: Path, streams: Sequence[int]
    ) -> Forked:
        """Start ``whosaid ARGUMENTS``, or ``python -c CODE ...``, with these streams for stdin, stdout and stderr."""
        request = json.dumps([list(arguments), dict(environment), str(folder)]).encode()
        told, tell = socket.socketpair()
        with tell:
            socket.send_fds(self._asking, [len(request).to_bytes(_SIZE, "big")], [*streams, tell.fileno()])
            self._asking.sendall(request)
        return Forked(told)

    def run(
        self, arguments: Sequence[str], environment: Mapping[str, str], folder: Path, stdin: bytes, seconds: float
    ) -> tuple[int, bytes, bytes]:
        """Run one with pipes to its end; its exit code, stdout and stderr."""
        pipes = [os.pipe() for _ in range(3)]
        theirs, ours = [pipes[0][0], pipes[1][1], pipes[2][1]], [pipes[0][1], pipes[1][0], pipes[2][0]]
        process = self.start(arguments, environment, folder, theirs)
        for pipe in theirs:
            os.close(pipe)
        with ThreadPoolExecutor(2) as reading:
            said = [reading.submit(_all, pipe) for pipe in ours[1:]]
            with contextlib.suppress(BrokenPipeError), open(ours[0], "wb") as writing:
                writing.write(stdin)
            try:
                code = process.wait(seconds)
            except TimeoutError:
                process.kill()
                raise
            return code, said[0].result(), said[1].result()


def _all(pipe: int) -> bytes:
    with open(pipe, "rb") as stream:
        return stream.read()


def clean(environment: Mapping[str, str]) -> dict[str, str]:
    """Return a tester's environment without what would change an output."""
    ours = ("WHOSAID_", "_WHOSAID_", "FORCE_COLOR", "NO_COLOR", "CLICOLOR", "TTY_", "COLUMNS", "LINES")
    kept = {name: value for name, value in environment.items() if not name.startswith(ours)}
    return {**kept, "TERM": "xterm-256color", "PYTHONUTF8": "1"}


def started(arguments: Sequence[str], environment: Mapping[str, str], folder: Path, streams: Sequence[int]) -> Process:
    """Start a process as `Forks.start` does, in a session of its own; a new one where forking does not work."""
    if WORKS:
        return forks().start(arguments, environment, folder, streams)
    stdin, stdout, stderr = streams
    return subprocess.Popen(
        [sys.executable if arguments[0] == "-c" else str(SCRIPT), *arguments],
        stdin=stdin, stdout=stdout, stderr=stderr, cwd=folder, env=dict(environment), start_new_session=True,
        # A tester started in the background ignores Ctrl-C, and its children with it; a terminal's do not.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip


@cache
def forks() -> Forks:
    """The one that this test process has."""
    started = Forks(clean(os.environ))
    atexit.register(started.close)
    return started


def _serve(asked: socket.socket) -> None:
    """Fork at each request, and tell its process id and status; returns in each new process."""
    ended, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake)
    running: dict[int, socket.socket] = {}
    while True:
        ready, _, _ = select.select([asked, ended], [], [])
        if asked in ready:
            size, streams, *_ = socket.recv_fds(asked, _SIZE, 4)
            if not size:
                os._exit(0)
            request = asked.recv(int.from_bytes(size, "big"), socket.MSG_WAITALL)
            if not (process := os.fork()):
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for inherited in (asked, *running.values()):
                    inherited.close()
                for pipe in (ended, wake, streams.pop()):
                    os.close(pipe)
                _become(*json.loads(request), streams)
                return
            running[process] = socket.socket(fileno=streams.pop())
            running[process].send(process.to_bytes(_SIZE, "big"))
            for stream in streams:
                os.close(stream)
        if ended in ready:
            os.read(ended, 4096)
        while running and (found := os.waitpid(-1, os.WNOHANG))[0]:
            with running.pop(found[0]) as tell, contextlib.suppress(BrokenPipeError):
                tell.send(found[1].to_bytes(_SIZE, "big"))


def _become(arguments: list[str], environment: dict[str, str], folder: str, streams: list[int]) -> None:
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115
    sys.stdout = sys.__stdout__ = open(1, "w", encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115
    sys.stderr = sys.__stderr__ = open(2, "w", 1, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    sys.argv = [str(SCRIPT), *arguments]


def _ready() -> None:
    """Import what commands import, and keep the collector from what all of them share."""
    for name in MODULES:
        importlib.import_module(name)
    for package in map(importlib.import_module, PACKAGES):
        for found in walk_packages(package.__path__, f"{package.__name__}."):
            if "llama" not in found.name:  # an extra, and slow
                importlib.import_module(found.name)
    gc.collect()
    gc.freeze()


def _run() -> None:
    if sys.argv[1:2] == ["-c"]:
        code = sys.argv[2]
        sys.argv[:3] = ["-c"]
        exec(code, {"__name__": "__main__"})
    else:
        from bot.cli import main

        main()


def _end(code: int) -> NoReturn:
    """End as Python does, but for taking to pieces what was imported, which takes longer than many commands."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    sys.path[0] = str(SCRIPT.parent)
    _ready()
    _serve(socket.socket(fileno=int(sys.argv[1])))
    try:
        _run()
    except SystemExit as ended:
        if isinstance(ended.code, int):
            _end(ended.code)
        raise
    _end(0)
