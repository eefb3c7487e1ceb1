"""The writer's lock of a home: one process at a time writes, and says who it is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from filelock import FileLock, Timeout

from corpus.catalogue import Catalogue
from corpus.errors import UsageError
from index.store import Home


@contextmanager
def writing(home: Home, catalogue: Catalogue) -> Iterator[None]:
    """Hold the writer's lock of `home`, and that of its catalogue, which other homes may share.

    Raises:
        UsageError: another process is writing.
    """
    home.folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(home.lock)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise UsageError(
            f"cannot write to {home.folder}: another whosaid ({_writer(home)}) is writing to it; wait for it to end, "
            "or end it: what it has done is kept"
        ) from error
    try:
        home.writer.write_text(f"process {os.getpid()}, since {datetime.now().astimezone():%H:%M:%S %Z}", "utf-8")
        with catalogue.writing():
            yield
    finally:
        lock.release()


def _writer(home: Home) -> str:
    """Return what the process that holds the lock said of itself."""
    try:
        return home.writer.read_text("utf-8")
    except (OSError, ValueError):
        return "which did not say who it is"
