"""``whosaid`` in processes of its own that need not import it first: forked off one that has.

A command is a process still, with arguments, environment, folder, streams and exit code of its own, and ends as Python
ends. Only the start of the interpreter and the imports, most of a short command's time, were before. Run as a program
this module is the process that forks.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from pkgutil import walk_packages
from typing import NoReturn

SCRIPT = Path(sys.executable).with_name("whosaid")
# What commands need, also what they import inside functions; but for torch, which few of them need, and onnxruntime,
# which as a process ends waits for a thread of its own that a fork has not.
PACKAGES = ("corpus", "index", "bot.commands")
MODULES = (
    *("chromadb.api.rust", "chromadb.telemetry.product.posthog", "dateparser", "lxml.html", "numpy", "tantivy"),
    *("tokenizers", "trafilatura"),
)


class Forks:
    """Starts ``whosaid``, one command after another."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Start the process that forks; its imports see this environment."""
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, __file__, str(theirs.fileno())],
                env=environment,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for the tests, which then end this
            )
        self._said = self._socket.makefile("r", encoding="ascii")

    def close(self) -> None:
        """End the process that forks."""
        self._said.close()
        self._socket.close()
        self._process.wait()

    def start(self, arguments: Sequence[str], environment: Mapping[str, str], folder: Path, streams: list[int]) -> int:
        """Start a command with stdin, stdout and stderr; its process id, which is that of its group too."""
        request = json.dumps([list(arguments), dict(environment), str(folder)]).encode()
        socket.send_fds(self._socket, [len(request).to_bytes(4, "big")], streams)
        self._socket.sendall(request)
        return self._number()

    def wait(self) -> int:
        """Wait for the command that was started last; its exit code, or that of its signal less than 0."""
        return os.waitstatus_to_exitcode(self._number())

    def _number(self) -> int:
        line = self._said.readline()
        assert line, "the process that forks has ended, see what it wrote to stderr"
        return int(line)

    def run(
        self, arguments: Sequence[str], environment: Mapping[str, str], folder: Path, stdin: bytes, seconds: float
    ) -> tuple[int, bytes, bytes]:
        """Run a command with pipes; exit code, stdout and stderr."""
        (theirs_in, ours_in), (out, theirs_out), (err, theirs_err) = os.pipe(), os.pipe(), os.pipe()
        with ThreadPoolExecutor(2) as reading:
            said = [reading.submit(_all, pipe) for pipe in (out, err)]
            theirs = [theirs_in, theirs_out, theirs_err]
            command = self.start(arguments, environment, folder, theirs)
            for pipe in theirs:
                os.close(pipe)
            with contextlib.suppress(BrokenPipeError), open(ours_in, "wb") as pipe_in:
                pipe_in.write(stdin)
            try:
                found = [one.result(seconds) for one in said]
            except TimeoutError:
                os.killpg(command, signal.SIGKILL)
                raise
            finally:
                code = self.wait()
        return code, found[0], found[1]


def _all(pipe: int) -> bytes:
    with open(pipe, "rb") as stream:
        return stream.read()


def _serve(connection: socket.socket) -> None:
    """Fork at each request and tell process id and status; returns in each command's process."""
    while True:
        size, streams, *_ = socket.recv_fds(connection, 4, 3)
        if not size:
            os._exit(0)
        request = b""
        while len(request) < int.from_bytes(size, "big"):
            request += connection.recv(int.from_bytes(size, "big") - len(request))
        if not (command := os.fork()):
            connection.close()
            _become(*json.loads(request), streams)
            return
        for stream in streams:
            os.close(stream)
        connection.sendall(b"%d\n" % command)
        connection.sendall(b"%d\n" % os.waitpid(command, 0)[1])


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
            importlib.import_module(found.name)
    gc.collect()
    gc.freeze()


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
    from bot.cli import main

    try:
        main()
    except SystemExit as ended:
        _end(int(ended.code or 0))
