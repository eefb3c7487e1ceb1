"""Several processes at one embedded vector store, which was made for one.

Chroma keeps its graph in files that it overwrites in place: a process that opens them meanwhile, or one that is
killed meanwhile, makes them worthless. So processes take turns: to write, and to open, which reads everything into
memory. A mark stands while somebody writes; who finds it in his own turn knows that the writer died.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from corpus.errors import StaleIndexError

_PATIENCE = 300.0  # seconds: longer than anybody writes at once


class Turns:
    """Turns at the store in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = FileLock(f"{folder}.lock")
        self._mark = folder.parent / f"{folder.name}.unfinished"

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Keep the others away.

        Raises:
            StaleIndexError: another process has kept this one waiting for minutes, or the folder cannot be written.
        """
        try:
            self._lock.acquire(timeout=_PATIENCE)
        except Timeout as error:
            raise StaleIndexError(
                f"could not open the vector store {self._folder}: another process has held it for {_PATIENCE:.0f} "
                "seconds; see whether a whosaid hangs, and end it"
            ) from error
        try:
            yield
        finally:
            self._lock.release()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Keep the others away and the mark up; it stays up when the block fails."""
        with self.taken():
            self._mark.touch()
            yield
            self.finished()

    def finished(self) -> None:
        """Take the mark down, in one's own turn."""
        self._mark.unlink(missing_ok=True)

    def unfinished(self) -> bool:
        """Tell, in one's own turn, whether somebody died while writing."""
        return self._mark.exists()
