"""How much of a file is taken: what is larger, longer or deeper is refused with a sentence, while it streams."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.errors import LoadError


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of one run; the defaults are far above what newsrooms have, and far below what hurts.

    Attributes:
        file_bytes: of one file as it lies on disk.
        unpacked_bytes: of one file in all, with every layer of compression and of archives counted.
        ratio: unpacked bytes for each byte on disk. Prose packs 3 to 10 to 1 and near-copies of one page
            30 to 1; what goes beyond 200 to 1 was made to.
        ratio_from: unpacked bytes below which the ratio does not matter.
        entries: of one archive, folders and skipped ones included.
        depth: how many archives may lie in one another, the outermost counted.
        characters: of one article's text.
        field_characters: of all that is known about one article besides its text.
        errors: told one by one for a file; the rest are counted in one sentence.
        seconds: that the child process may take for one record of a file.
        memory: bytes of address space that the child process may use.
    """

    file_bytes: int = 16 * 2**30
    unpacked_bytes: int = 64 * 2**30
    ratio: int = 200
    ratio_from: int = 64 * 2**20
    entries: int = 100_000
    depth: int = 2
    characters: int = 5_000_000
    field_characters: int = 100_000
    errors: int = 1_000
    seconds: float = 60.0
    memory: int = 2**30


DEFAULT = Limits()
"""The limits of a run that names none."""


class OverLimit(LoadError):
    """A limit of the whole file is reached: nothing more of it is read, whatever archive it is in."""


class Budget:
    """The unpacked bytes of one file, counted over all its layers."""

    def __init__(self, limits: Limits, name: str, size: int) -> None:
        """Begin to count for the file `name`, which takes `size` bytes on disk."""
        self._limits, self._name, self._size, self._taken = limits, name, size, 0

    def take(self, count: int) -> None:
        """Count `count` more bytes.

        Raises:
            OverLimit: they are more than the file may unpack to.
        """
        self._taken += count
        limits = self._limits
        if self._taken > limits.unpacked_bytes:
            raise OverLimit(
                f"stopped reading {self._name}: it unpacks to more than {amount(limits.unpacked_bytes)}; "
                "split it into smaller files"
            )
        if self._taken > limits.ratio_from and self._taken > limits.ratio * self._size:
            raise OverLimit(
                f"stopped reading {self._name}: its {amount(self._size)} unpack to more than {limits.ratio} times "
                "as much, as only a file made to fill a disk does; unpack it yourself if you trust it"
            )


def amount(size: int) -> str:
    """Return a number of bytes in words, rounded down: "64 MiB"."""
    for shift, unit in ((30, "GiB"), (20, "MiB"), (10, "KiB")):
        if size >> shift:
            return f"{size >> shift:,} {unit}"
    return f"{size} bytes"
