"""The child process in which untrusted formats are parsed: started when first needed, killed when it hangs.

It holds no secret: its environment is empty, its memory limited, and it may write no file. Both sides speak
in frames (see `frames`). It belongs to the thread that starts it, and dies with it.
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from corpus.errors import LoadError
from corpus.loaders import frames
from corpus.loaders.fields import Record
from corpus.loaders.limits import Limits, amount
from corpus.printable import printable

TABLE = "corpus.loaders:LOADERS"
"""Where the child finds its loaders: a module, and the name of a mapping in it."""

_START_SECONDS = 120.0  # to start Python and import the loaders, on a machine that has much else to do
_CHUNK = 2**16
_HOME = Path(__file__).resolve().parents[2]  # where this package lies
# Isolated mode (-I) heeds neither the environment nor the working folder, so where the package lies is told;
# -B: it may write no files, not even compiled ones.
_FLAGS = ("-I", "-B", "-X", "utf8")
# The package is the parent's own; what else lies beside it goes before nothing.
_CODE = (
    "import sys; sys.path.insert(0, sys.argv[1]); import corpus; del sys.path[0]; sys.path += sys.argv[1:3]; "
    "del sys.argv[1:3]; from corpus.loaders.worker import main; main()"
)


class _DeadError(Exception):
    """The child has ended, or talks nonsense."""


class _StartError(Exception):
    """The child does not start, for which no file can be blamed."""


class Worker:
    """Runs loaders in a child process, one file at a time; for use by one thread."""

    def __init__(self, limits: Limits, table: str = TABLE, path: Path | None = None) -> None:
        """Prepare; nothing is started yet.

        Args:
            limits: the seconds that a record may take, and the child's memory.
            table: the loaders, as ``module:NAME``.
            path: the folder that the module is in; that of this package unless given.
        """
        self._limits, self._table = limits, table
        self._path = path or _HOME
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id while there is a child."""
        return self._process.pid if self._process else None

    def load(self, form: str, name: str, data: bytes) -> Iterator[Record | LoadError]:
        """Yield what the loader of the format `form` makes of `data`; `name` is the file's, for messages.

        A file at which the child hangs, dies or runs out of memory yields an error, and the next file gets
        a new child.
        """
        done = False
        try:
            self._ask(form, name, data)
            while not done:
                answer = self._answer(self._limits.seconds)
                if answer.keys() & {"record", "error"}:
                    yield _made(answer)
                elif answer.get("done") == "well":
                    done = True
                else:
                    yield LoadError(f"could not load {name}: {self._failure(form, answer)}")
                    return
        except TimeoutError:
            yield LoadError(f"could not load {name}: reading it took more than {self._limits.seconds:g} s; remove it")
        except _StartError:
            reason = f"the process that reads {form} files does not start; free memory, or install it anew"
            yield LoadError(f"could not load {name}: {reason}")
        except (_DeadError, OSError):
            yield LoadError(f"could not load {name}: the {form} reader crashed on it; remove or convert it")
        finally:
            if not done:
                self.close()

    def close(self) -> None:
        """End the child, whatever it does; the next file starts another."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()

    def _failure(self, form: str, answer: Mapping[str, Any]) -> str:
        if answer.get("done") == "memory":
            return f"reading it took more than {amount(self._limits.memory)} of memory; split or remove it"
        reason = printable(str(answer.get("reason")))[:200]
        return f"the {form} reader failed on it ({reason}); remove or convert it"

    def _ask(self, form: str, name: str, data: bytes) -> None:
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._start()
        header = frames.packed({"format": form, "name": name, "size": len(data)})
        self._write(header, self._limits.seconds)
        self._write(data, self._limits.seconds)

    def _start(self) -> None:
        limits = (str(self._limits.memory), str(self._limits.seconds))
        try:
            self._process = self._spawned([str(_HOME), str(self._path), self._table, *limits])
            for pipe in (self._process.stdin, self._process.stdout):
                assert pipe is not None
                os.set_blocking(pipe.fileno(), False)
            if self._answer(_START_SECONDS) != frames.READY:
                raise _StartError
        except (_DeadError, OSError) as error:  # TimeoutError is an OSError
            raise _StartError from error

    @staticmethod
    def _spawned(arguments: list[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, *_FLAGS, "-c", _CODE, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            cwd="/",
            env={},
            start_new_session=True,  # Ctrl-C is for the parent, which then ends the child
        )

    def _answer(self, seconds: float) -> Mapping[str, Any]:
        deadline = time.monotonic() + seconds
        try:
            return frames.read_frame(lambda count: self._read(count, deadline))
        except ValueError as error:
            raise _DeadError from error

    def _read(self, count: int, deadline: float) -> bytes:
        assert self._process is not None and self._process.stdout is not None
        pipe = self._process.stdout.fileno()
        _ready(pipe, select.POLLIN, deadline)
        data = os.read(pipe, min(count, _CHUNK * 16))
        if not data:
            raise _DeadError
        return data

    def _write(self, data: bytes, seconds: float) -> None:
        assert self._process is not None and self._process.stdin is not None
        deadline = time.monotonic() + seconds
        pipe, rest = self._process.stdin.fileno(), memoryview(data)
        while rest:
            _ready(pipe, select.POLLOUT, deadline)
            rest = rest[os.write(pipe, rest[:_CHUNK]) :]


def _ready(pipe: int, event: int, deadline: float) -> None:
    """Wait until the pipe can be read or written, or its other end is gone."""
    poll = select.poll()
    poll.register(pipe, event)
    left = deadline - time.monotonic()
    if left <= 0 or not poll.poll(left * 1000):
        raise TimeoutError


def _made(answer: Mapping[str, Any]) -> Record | LoadError:
    """Return the record or error of a frame; it was made by a process that read hostile data, and is checked."""
    if "error" in answer:
        return LoadError(printable(str(answer["error"])))
    try:
        return frames.record_of(answer["record"])
    except (ValueError, TypeError, KeyError) as error:
        raise _DeadError from error
