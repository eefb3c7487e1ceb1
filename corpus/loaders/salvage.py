"""A ZIP archive without its list of files, as a broken-off download leaves it: read from file to file."""

from __future__ import annotations

import bz2
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Any, BinaryIO, NamedTuple, cast

from corpus.errors import LoadError
from corpus.loaders.limits import Budget, OverLimit
from corpus.loaders.streams import Counted
from corpus.printable import shown

_HEADER = struct.Struct("<4s5H3L2H")
_FILE, _AFTER = b"PK\x03\x04", b"PK\x07\x08"
_SIZE_FOLLOWS, _UTF8 = 0x8, 0x800
_UNKNOWN = 0xFFFFFFFF  # the size is in an extra field
_CHUNK = 2**16


class Salvaged(NamedTuple):
    """A file of the archive: its name, its flags and method as in its header, and its bytes."""

    path: str
    flags: int
    method: int
    stream: BinaryIO


def salvaged(file: BinaryIO, budget: Budget) -> Iterator[Salvaged]:
    """Yield the files that follow one another from the start of `file`, as far as they do.

    Reading a stream raises LoadError where its file is damaged or cut off; its bytes are charged to `budget`.
    """
    at = 0
    while True:
        file.seek(at)
        header = file.read(_HEADER.size)
        if len(header) < _HEADER.size or not header.startswith(_FILE):
            return
        _, _, flags, method, _, _, check, packed, _, length, more = _HEADER.unpack(header)
        path = file.read(length).decode("utf-8" if flags & _UTF8 else "cp437", "replace")
        size = _size(packed, file.read(more))
        part = _Part(file, at + _HEADER.size + length + more, method, None if flags & _SIZE_FOLLOWS else (size, check))
        counted = Counted(cast(IO[bytes], part), shown(path), budget)
        yield Salvaged(path, flags, method, io.BufferedReader(counted))
        if flags & _SIZE_FOLLOWS:
            try:
                while counted.read(_CHUNK):
                    pass
            except OverLimit:
                raise
            except LoadError:  # told by whoever read it; where the next file begins is not known
                return
        at = part.end


def _size(packed: int, extra: bytes) -> int:
    """Return a file's packed size: the header's, or the one in the extra field for sizes over 4 GiB."""
    while packed == _UNKNOWN and len(extra) >= 4:
        kind, length = struct.unpack_from("<2H", extra)
        if kind == 1 and length >= 16 and len(extra) >= 20:
            return int.from_bytes(extra[12:20], "little")
        extra = extra[4 + length :]
    return packed


class _Part(io.RawIOBase):
    """The content of one file: from `at` on, of a known packed size and checksum or up to where its data ends."""

    def __init__(self, file: BinaryIO, at: int, method: int, known: tuple[int, int] | None) -> None:
        self._file, self._at, self._known = file, at, known
        self._left = known[0] if known else -1  # how many packed bytes there still are; none if negative
        self._check = 0
        self._codec: Any = None
        if method == zipfile.ZIP_DEFLATED:
            self._codec = zlib.decompressobj(wbits=-15)
        elif method == zipfile.ZIP_BZIP2:
            self._codec = bz2.BZ2Decompressor()
        self.end = at + (known[0] if known else 0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        data = b""
        while not data and len(buffer) and not (self._codec is not None and self._codec.eof):
            if self._codec is None and self._left <= 0:
                if self._left < 0:
                    raise zipfile.BadZipFile("its size is not known")
                break
            data = self._next(len(buffer))
            self._check = zlib.crc32(data, self._check)
        if not data and len(buffer):
            self._finish()
        buffer[: len(data)] = data
        return len(data)

    def _next(self, most: int) -> bytes:
        if self._codec is None:
            return self._packed(min(most, self._left))
        if isinstance(self._codec, bz2.BZ2Decompressor):
            return self._codec.decompress(self._packed(_CHUNK) if self._codec.needs_input else b"", most)
        tail = self._codec.unconsumed_tail
        data: bytes = self._codec.decompress(tail or self._packed(_CHUNK), most)
        return data

    def _packed(self, most: int) -> bytes:
        self._file.seek(self._at)
        data = self._file.read(most if self._left < 0 else min(most, self._left))
        if not data:
            raise EOFError("it ends in the middle")
        self._at += len(data)
        self._left -= len(data) if self._left > 0 else 0
        return data

    def _finish(self) -> None:
        """Check the sum, and find where the next file begins."""
        if self._known is not None:
            expected = self._known[1]
        else:
            self._file.seek(self._at - len(self._codec.unused_data))
            trailer = self._file.read(28)
            marked = 4 if trailer.startswith(_AFTER) else 0
            expected = int.from_bytes(trailer[marked : marked + 4], "little")
            sizes = next((n for n in (8, 16) if trailer.startswith(b"PK", marked + 4 + n)), 8)  # 4 or 8 bytes each
            self.end = self._at - len(self._codec.unused_data) + marked + 4 + sizes
        if expected != self._check:
            raise zipfile.BadZipFile("its checksum is wrong")
