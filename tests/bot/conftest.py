"""The command line as a user has it, in processes of its own: most are forked, see `forks`, and some are new."""

from __future__ import annotations

import atexit
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from ..conftest import Once
from .forks import SCRIPT, Forks

OURS = ("WHOSAID_", "_WHOSAID_", "FORCE_COLOR", "NO_COLOR", "CLICOLOR", "TTY_", "COLUMNS", "LINES")
PATIENCE = 120  # seconds until a process that hangs fails its test
FORKING = sys.platform == "linux"  # elsewhere libraries may not survive it


def environment() -> dict[str, str]:
    """The tester's own environment, without what would change an output."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return {**kept, "TERM": "xterm-256color", "PYTHONUTF8": "1"}


@cache
def forks() -> Forks:
    """What forks off commands for this test process."""
    started = Forks(environment())
    atexit.register(started.close)
    return started


@dataclass(frozen=True, slots=True)
class Program:
    """``whosaid`` with a home, run in a folder that is nobody's home."""

    home: Path
    folder: Path

    def command(self, *arguments: str) -> list[str]:
        return [str(SCRIPT), "--home", str(self.home), *arguments]

    def environment(self, **more: str) -> dict[str, str]:
        return {**environment(), **more}

    def __call__(
        self, *arguments: str, stdin: str | bytes = "", env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run with pipes in place of the terminal; stdin is given as it is."""
        command = self.command(*arguments)
        if not FORKING or any(name.startswith("PYTHON") for name in env or {}):  # which Python reads as it starts
            return self.raw(command, stdin, env)
        given = stdin.encode() if isinstance(stdin, str) else stdin
        done = forks().run(command[1:], self.environment(**(env or {})), self.folder, given, PATIENCE)
        return subprocess.CompletedProcess(command, done[0], done[1].decode(), done[2].decode())

    def raw(
        self, command: Sequence[str], stdin: str | bytes = "", env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run any command with pipes, as a new process."""
        done = subprocess.run(
            command,
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            capture_output=True,
            timeout=PATIENCE,
            cwd=self.folder,
            env=self.environment(**(env or {})),
            check=False,
        )
        return subprocess.CompletedProcess(command, done.returncode, done.stdout.decode(), done.stderr.decode())

    def terminal(
        self,
        *arguments: str,
        typed: Sequence[tuple[str, str]] = (),
        interrupt_at: str | None = None,
        env: dict[str, str] | None = None,
    ) -> tuple[int, str]:
        """Run on a terminal of 100 columns: each pair is what to wait for and what to type then.

        With `interrupt_at` Ctrl-C is sent when those words have appeared. Returns exit code and screen.
        """
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 100, 0, 0))
        group, wait = self._started(self.command(*arguments), self.environment(**(env or {})), slave)
        os.close(slave)
        screen, waiting, limit = b"", list(typed), time.monotonic() + PATIENCE
        seen = 0  # what was waited for before is not waited for again
        try:
            while True:
                assert time.monotonic() < limit, screen.decode()
                if not select.select([master], [], [], 1)[0]:
                    continue
                try:
                    screen += os.read(master, 65536)
                except OSError:  # the other end is closed
                    break
                if waiting and (at := screen.find(waiting[0][0].encode(), seen)) >= 0:
                    seen = at + len(waiting[0][0].encode())
                    os.write(master, waiting.pop(0)[1].encode())
                if interrupt_at and interrupt_at.encode() in screen:
                    os.killpg(group, signal.SIGINT)
                    interrupt_at = None
            return wait(), screen.decode().replace("\r\n", "\n")
        except BaseException:
            os.killpg(group, signal.SIGKILL)
            wait()
            raise
        finally:
            os.close(master)

    def _started(
        self, command: Sequence[str], environment: dict[str, str], stream: int
    ) -> tuple[int, Callable[[], int]]:
        """Start a command with a stream of which it reads, and to which it writes; its group, and what waits for it."""
        if FORKING:
            return forks().start(command[1:], environment, self.folder, [stream] * 3), forks().wait
        process = subprocess.Popen(
            command, stdin=stream, stdout=stream, stderr=stream, cwd=self.folder, env=environment,
            start_new_session=True,
            # A tester started in the background ignores Ctrl-C, and its children with it; a terminal's do not.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )  # fmt: skip
        return process.pid, process.wait


@pytest.fixture(scope="session")
def sample_home(sample: Path, compiled_model: Path, once: Once, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home into which the sample was ingested by the command line; tests only read it."""

    def ingested(home: Path) -> None:
        (home / "models").symlink_to(compiled_model.parent, target_is_directory=True)
        program = Program(home, tmp_path_factory.mktemp("elsewhere"))
        done = program.raw(program.command("ingest", str(sample)))
        assert done.returncode == 0, done.stderr
        (home / "models").unlink()

    home = once("home", ingested)
    (home / "models").symlink_to(compiled_model.parent, target_is_directory=True)
    return home


@pytest.fixture
def whosaid(sample_home: Path, tmp_path: Path) -> Program:
    """``whosaid`` over the sample."""
    return Program(sample_home, tmp_path)


@pytest.fixture
def fresh(compiled_model: Path, tmp_path: Path) -> Program:
    """``whosaid`` with a home of this test alone, empty but for the compiled model."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "models").symlink_to(compiled_model.parent, target_is_directory=True)
    (tmp_path / "here").mkdir()
    return Program(home, tmp_path / "here")
