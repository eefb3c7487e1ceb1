"""Tar archives, read forward and in little memory: what `tarfile` trusts of a header is bounded here."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from typing import IO, Any, BinaryIO, NamedTuple

from corpus.errors import LoadError
from corpus.loaders.limits import OverLimit
from corpus.printable import shown

_BLOCK = 512
_LONGEST = 2**20  # bytes of an extended header; a path has 4,096
_SKIP = 2**20

_EXTENDED = (tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE)
_NO_FILES = {
    tarfile.SYMTYPE: "a link",
    tarfile.LNKTYPE: "a link",
    tarfile.CHRTYPE: "a device",
    tarfile.BLKTYPE: "a device",
    tarfile.FIFOTYPE: "a named pipe",
    tarfile.GNUTYPE_SPARSE: "a file with holes",
}
_EMPTY = (*_NO_FILES.keys() - {tarfile.GNUTYPE_SPARSE}, tarfile.DIRTYPE)  # whatever size their header states


class TarEntry(NamedTuple):
    """A file of the archive; `stream` is good until the next entry is asked for. `fault` says what else it is."""

    path: str
    stream: BinaryIO
    fault: str | None


def is_tar(head: bytes, *, named: bool) -> bool:
    """Tell whether a file that begins with `head` is a tar archive; `named` if its name says so.

    The oldest archives carry no mark, only a checksum; it is looked at where the name says tar.
    """
    if head[257:262] == b"ustar":
        return True
    try:
        return named and bool(tarfile.TarInfo.frombuf(head[:_BLOCK], "utf-8", "surrogateescape"))
    except tarfile.HeaderError:
        return False


def tar_entries(stream: IO[bytes]) -> Iterator[TarEntry]:
    """Yield the files of an archive, folders left out, in their order; a file not read to its end is skipped over.

    Raises:
        tarfile.ReadError: the archive is damaged, or ends too soon; what was yielded before is good.
    """
    known: dict[str, str] = {}
    while (header := _header(stream)) is not None:
        size = _size(known.get("size"), header.size)
        if header.type in (*_EXTENDED, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK):
            data = _extension(stream, size)
            if header.type in _EXTENDED:
                known |= _records(data)
            elif header.type == tarfile.GNUTYPE_LONGNAME:
                known["path"] = data.rstrip(b"\0").decode("utf-8", "surrogateescape")
            continue
        path = known.get("path", header.name)
        fault = "a file with holes" if "sparse" in known else _NO_FILES.get(header.type)
        inside = _Part(stream, 0 if header.type in _EMPTY else size, path)
        folder = header.type == tarfile.DIRTYPE or path.endswith("/")
        if not folder and header.type != tarfile.XGLTYPE:
            yield TarEntry(path, io.BufferedReader(inside), fault)
        inside.skip()
        known = {} if header.type != tarfile.XGLTYPE else known


def _header(stream: IO[bytes]) -> tarfile.TarInfo | None:
    """Return the next header, or None at the archive's end, which is a block of zeros."""
    block = stream.read(_BLOCK)
    if not block or not block.strip(b"\0"):
        return None
    if len(block) < _BLOCK:
        raise tarfile.ReadError("it ends in the middle")
    try:
        header = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except (tarfile.HeaderError, ValueError) as error:
        raise tarfile.ReadError(f"a header is damaged ({error})") from error
    if header.size < 0:
        raise tarfile.ReadError("a header is damaged (a negative size)")
    return header


def _size(stated: str | None, size: int) -> int:
    """Return the size that an extended header states, which goes before the header's own."""
    if stated is None:
        return size
    if not (stated.isascii() and stated.isdecimal() and len(stated) < 20):
        raise tarfile.ReadError("a header is damaged (a size that is no number)")
    return int(stated)


def _extension(stream: IO[bytes], size: int) -> bytes:
    """Read the content of an extended header."""
    if size > _LONGEST:
        raise tarfile.ReadError("a header is damaged (longer than any name)")
    part = _Part(stream, size, "a header")
    data = b"".join(iter(lambda: part.read(_SKIP), b""))
    part.skip()
    return data


def _records(data: bytes) -> dict[str, str]:
    """Return the path, the size and the mark of holes that a pax header states.

    Each of its records is the record's length, a blank, key=value and a line end.
    """
    found: dict[str, str] = {}
    at = 0
    while at < len(data):
        digits, blank, _ = data[at : at + 8].partition(b" ")
        length = int(digits) if digits.isdigit() else 0
        record = data[at + len(digits) + 1 : at + length - 1]
        key, equals, value = record.partition(b"=")
        if not (blank and equals):
            raise tarfile.ReadError("a header is damaged (an extended header that cannot be read)")
        if key in (b"path", b"size"):
            found[key.decode()] = value.decode("utf-8", "surrogateescape")
        elif key.startswith(b"GNU.sparse."):
            found["sparse"] = "yes"
        at += length
    return found


class _Part(io.RawIOBase):
    """The next `size` bytes of a stream, and what fills its last block."""

    def __init__(self, stream: IO[bytes], size: int, path: str) -> None:
        self._stream, self._left, self._padding, self._path = stream, size, -size % _BLOCK, path

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        try:
            data = self._stream.read(min(len(buffer), self._left, _SKIP))
        except OverLimit:
            raise
        except LoadError as error:
            raise self._cut() from error
        if not data and self._left and len(buffer):
            raise self._cut()
        self._left -= len(data)
        buffer[: len(data)] = data
        return len(data)

    def _cut(self) -> LoadError:
        return LoadError(f"could not read {shown(self._path)}: the archive is damaged in its middle; fetch it again")

    def skip(self) -> None:
        """Go to where the next header begins."""
        while self._left:
            data = self._stream.read(min(self._left, _SKIP))
            if not data:
                raise tarfile.ReadError("it ends in the middle")
            self._left -= len(data)
        self._stream.read(self._padding)
        self._padding = 0
