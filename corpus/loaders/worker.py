"""The child's side of `isolated`: read a request, run the loader, answer; until the parent closes the pipe."""

from __future__ import annotations

import importlib
import io
import math
import os
import resource
import signal
import sys
from collections.abc import Callable, Mapping
from typing import Any

from corpus.errors import LoadError
from corpus.loaders.frames import READY, exactly, fields_of, packed, read_frame

_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG
_NO_MEMORY = 2  # libxml2's XML_ERR_NO_MEMORY


def main() -> None:
    """Serve the parent: ``worker module:NAME BYTES SECONDS`` (loaders, limit of memory, time for a record)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _die_with_the_parent()
    table, memory, seconds = sys.argv[1:]
    requests, answers = _pipes()
    loaders = _table(table)
    _limit("RLIMIT_AS", int(memory))
    _limit("RLIMIT_FSIZE", 0)
    _limit("RLIMIT_CORE", 0)

    def send(content: Mapping[str, Any]) -> None:
        rest = memoryview(packed(content))
        while rest:
            rest = rest[os.write(answers, rest) :]

    def receive(count: int) -> bytes:
        data = os.read(requests, min(count, 2**20))
        if not data:  # the parent is gone or done
            raise SystemExit
        return data

    send(READY)
    while True:
        request = read_frame(receive)
        data = exactly(receive, request["size"])
        _allow(float(seconds))
        send({"done": "well"} if (failed := _load(loaders, request, data, send)) is None else failed)
        if failed is not None:
            raise SystemExit


def _load(
    loaders: Mapping[str, Any], request: Mapping[str, Any], data: bytes, send: Callable[[Mapping[str, Any]], None]
) -> Mapping[str, Any] | None:
    """Load one file; return None, or how it failed. Whatever a parser raises ends this process, not the ingest."""
    try:
        for item in loaders[request["format"]].function(io.BytesIO(data), request["name"]):
            send({"error": str(item)} if isinstance(item, LoadError) else {"record": fields_of(item)})
    except LoadError as error:
        send({"error": str(error)})
    except MemoryError:
        return {"done": "memory"}
    except Exception as error:
        if getattr(error, "code", None) == _NO_MEMORY:  # how lxml tells it
            return {"done": "memory"}
        return {"done": "failed", "reason": type(error).__name__}
    return None


def _table(name: str) -> Mapping[str, Any]:
    module, _, attribute = name.partition(":")
    table: Mapping[str, Any] = getattr(importlib.import_module(module), attribute)
    return table


def _pipes() -> tuple[int, int]:
    """Return the descriptors to read from and to write to, with nothing left for a library to print on."""
    requests, answers = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    return requests, answers


def _limit(name: str, value: int) -> None:
    """Set a limit for good, where the system has it: macOS refuses one of address space."""
    try:
        resource.setrlimit(getattr(resource, name), (value, value))
    except (AttributeError, ValueError, OSError):
        return  # the parent's limit of time remains


def _allow(seconds: float) -> None:
    """Let the process compute for so long from now, should the parent that keeps the time be gone."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    total = math.ceil(used.ru_utime + used.ru_stime + 2 * seconds + 1)
    resource.setrlimit(resource.RLIMIT_CPU, (total, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _die_with_the_parent() -> None:
    """Ask Linux to kill this process when its parent dies, even in the middle of a file."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)
