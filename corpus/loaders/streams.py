"""Streams of bytes that only go forward: opened with care, unpacked and counted while they are read."""

from __future__ import annotations

import bz2
import io
import lzma
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO

from corpus.errors import LoadError
from corpus.loaders.limits import Budget, Limits, OverLimit, amount
from corpus.printable import shown
from corpus.walk import Source, special_kind

_CHUNK = 2**16
_MOST = 2**20  # bytes unpacked at once, whatever is asked for
_XZ_MEMORY = 128 * 2**20  # what a decompressor may allocate; "xz -9" asks for 65 MiB

FOREIGN = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, RuntimeError, ValueError)
"""What decompressors and archive readers raise on damaged data (NotImplementedError is a RuntimeError)."""


@contextmanager
def opened(source: Source, limits: Limits) -> Iterator[tuple[BinaryIO, int]]:
    """Open a regular file and yield it with its size in bytes.

    What took the file's place since it was listed does no harm: a named pipe does not block, a link is not
    followed, nor is one that a folder above it became.

    Raises:
        LoadError: it cannot be opened, is no regular file, has left its folder, or is larger than `limits` allow.
    """
    path, name = source.path, shown(source.relative)
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags | getattr(os, "O_CLOEXEC", 0))
    except OSError as error:
        raise unreadable(name, error) from error
    with os.fdopen(descriptor, "rb", buffering=0) as raw:
        found = os.fstat(raw.fileno())
        special = special_kind(found.st_mode)
        if special:
            raise LoadError(f"could not load {name}: it is {special}, not a file; remove it")
        if path == source.root / source.relative and not _within(path, source.root, found):
            raise LoadError(f"could not load {name}: it was moved out of its folder meanwhile; ingest it again")
        if found.st_size > limits.file_bytes:
            raise LoadError(
                f"could not load {name}: it has more than {amount(limits.file_bytes)}; split it into smaller files"
            )
        yield io.BufferedReader(_Growing(raw, name, limits.file_bytes), _CHUNK), found.st_size


def _within(path: Path, root: Path, found: os.stat_result) -> bool:
    """Tell whether the file that was opened lies below `root`, and in no hidden folder there, links resolved."""
    try:
        real = path.resolve(strict=True)
        inside = real.relative_to(root.resolve()).parts
        return os.path.samestat(os.lstat(real), found) and (len(inside) == 1 or not _hidden(inside))
    except (OSError, RuntimeError, ValueError):
        return False


def _hidden(parts: tuple[str, ...]) -> bool:
    return any(part.startswith(".") for part in parts)


def unreadable(name: str, error: OSError) -> LoadError:
    """Return the error for a file that the system does not let us read."""
    reason = error.strerror or type(error).__name__
    return LoadError(f"could not read {name}: {reason}; check the file and its permissions")


def rewound(head: bytes, rest: IO[bytes]) -> BinaryIO:
    """Return a buffered stream of `head` and then `rest`."""
    return io.BufferedReader(_Rewound(head, rest), _CHUNK)


def codec_of(head: bytes) -> Callable[[], Any] | None:
    """Return what makes a decompressor for data that begins with `head`, or None where it is not packed."""
    if head.startswith(b"\x1f\x8b"):
        return _Gzip
    if head.startswith(b"BZh") and head[4:10] in (b"1AY&SY", b"\x17rE8P\x90"):
        return bz2.BZ2Decompressor
    if head.startswith(b"\xfd7zXZ\x00"):
        return lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)
    return None


class Counted(io.RawIOBase):
    """A stream whose bytes are charged to a budget, and whose errors are ours."""

    def __init__(self, stream: IO[bytes], name: str, budget: Budget) -> None:
        """Read `stream`; `name` is for messages."""
        self._stream, self._name, self._budget = stream, name, budget
        self._broken: LoadError | None = None

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Read some bytes.

        Raises:
            OverLimit: the budget is spent.
            LoadError: the data is damaged.
        """
        if self._broken is not None:
            raise self._broken
        try:
            data = self._read(min(len(buffer), _MOST)) if len(buffer) else b""
        except FOREIGN as error:
            self._broken = damaged(self._name, error)
            raise self._broken from error
        self._budget.take(len(data))
        buffer[: len(data)] = data
        return len(data)

    def _read(self, most: int) -> bytes:
        return self._stream.read(most)


class Unpacked(Counted):
    """The content of a compressed stream, of one member or several in a row (as ``cat a.gz b.gz`` makes)."""

    def __init__(self, stream: IO[bytes], codec: Callable[[], Any], name: str, budget: Budget) -> None:
        """Unpack `stream` with the decompressors that `codec` makes; `name` is for messages."""
        super().__init__(stream, name, budget)
        self._make, self._codec, self._waiting = codec, codec(), b""

    def _read(self, most: int) -> bytes:
        while True:
            if self._codec is None and not self._next():
                return b""
            data: bytes = self._codec.decompress(self._input(), most)
            if self._codec.eof:
                self._waiting, self._codec = self._codec.unused_data, None
            if data:
                return data

    def _input(self) -> bytes:
        """Return packed bytes for the decompressor, or none where it has enough."""
        if not self._codec.needs_input:
            return b""
        packed, self._waiting = self._waiting or self._stream.read(_CHUNK), b""
        if not packed:
            raise EOFError("it ends in the middle")
        return packed

    def _next(self) -> bool:
        """Begin the next member; False at the end. Zeros between members are padding."""
        while not (packed := self._waiting.lstrip(b"\0")):
            self._waiting = self._stream.read(_CHUNK)
            if not self._waiting:
                return False
        self._waiting, self._codec = packed, self._make()
        return True


def damaged(name: str, error: BaseException) -> LoadError:
    """Return the error for data that cannot be unpacked."""
    reason = " ".join(str(error).split()) or type(error).__name__
    return LoadError(f"could not decompress {name}: {reason}; fetch or compress the file again")


class _Gzip:
    """zlib's decompressor with the interface of those of bz2 and lzma."""

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(wbits=31)

    def decompress(self, data: bytes, most: int) -> bytes:
        return self._inflate.decompress(self._inflate.unconsumed_tail + data, most)

    @property
    def needs_input(self) -> bool:
        return not self._inflate.unconsumed_tail

    @property
    def eof(self) -> bool:
        return self._inflate.eof

    @property
    def unused_data(self) -> bytes:
        return self._inflate.unused_data


class _Rewound(io.RawIOBase):
    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head, self._rest = memoryview(head), rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        if self._head:
            data = self._head[: len(buffer)]
            self._head = self._head[len(data) :]
        else:
            data = memoryview(self._rest.read(len(buffer)))
        buffer[: len(data)] = data
        return len(data)


class _Growing(io.RawIOBase):
    """A file of which no more than `most` bytes are read, should it grow under the reader."""

    def __init__(self, raw: io.RawIOBase, name: str, most: int) -> None:
        self._raw, self._name, self._most = raw, name, most

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._raw.seek(offset, whence)

    def tell(self) -> int:
        return self._raw.tell()

    def readinto(self, buffer: Any, /) -> int:
        try:
            count = self._raw.readinto(buffer) or 0
        except OSError as error:
            raise unreadable(self._name, error) from error
        if self._raw.tell() > self._most:
            raise OverLimit(f"stopped reading {self._name}: it grew beyond {amount(self._most)}; split it")
        return count
