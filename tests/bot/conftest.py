"""The command line as a user has it, in processes of its own: most are forked, see `forks`, and some are new."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from ..conftest import Once
from .forks import SCRIPT, WORKS, clean, forks, started

PATIENCE = 120  # seconds until a process that hangs fails its test


_LOST = 10
"""Seconds without a word after Ctrl-C: one that comes right before a line is read is lost, and is sent again."""


@dataclass(frozen=True, slots=True)
class Program:
    """``whosaid`` with a home, run in a folder that is nobody's home."""

    home: Path
    folder: Path

    def command(self, *arguments: str) -> list[str]:
        return [str(SCRIPT), "--home", str(self.home), *arguments]

    def environment(self, **more: str) -> dict[str, str]:
        return {**clean(os.environ), **more}

    def __call__(
        self, *arguments: str, stdin: str | bytes = "", env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run with pipes in place of the terminal; stdin is given as it is."""
        command = self.command(*arguments)
        if not WORKS or any(name.startswith("PYTHON") for name in env or {}):  # which Python reads as it starts
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
        process = started(self.command(*arguments)[1:], self.environment(**(env or {})), self.folder, [slave] * 3)
        os.close(slave)
        screen, waiting, limit = b"", list(typed), time.monotonic() + PATIENCE
        seen = 0  # what was waited for before is not waited for again
        interrupted, idle = False, 0
        try:
            while True:
                assert time.monotonic() < limit, screen.decode()
                if not select.select([master], [], [], 1)[0]:
                    idle += 1
                    if interrupted and idle == _LOST:
                        with contextlib.suppress(ProcessLookupError):
                            os.killpg(process.pid, signal.SIGINT)
                    continue
                try:
                    screen += os.read(master, 65536)
                except OSError:  # the other end is closed
                    break
                if waiting and (at := screen.find(waiting[0][0].encode(), seen)) >= 0:
                    seen = at + len(waiting[0][0].encode())
                    os.write(master, waiting.pop(0)[1].encode())
                if interrupt_at and interrupt_at.encode() in screen:
                    os.killpg(process.pid, signal.SIGINT)
                    interrupt_at, interrupted = None, True
            return process.wait(PATIENCE), screen.decode().replace("\r\n", "\n")
        finally:
            process.kill()
            process.wait(PATIENCE)
            os.close(master)


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
