"""Archives: the files in a ZIP or tar archive, one after another, none of them ever written to disk."""

from __future__ import annotations

import io
import re
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import PurePosixPath
from typing import IO, BinaryIO, Literal, NamedTuple, cast

from corpus.errors import LoadError
from corpus.loaders.limits import Budget, Limits, amount
from corpus.loaders.salvage import salvaged
from corpus.loaders.sniff import package
from corpus.loaders.streams import FOREIGN, Counted
from corpus.loaders.tar import is_tar, tar_entries
from corpus.printable import printable, shown
from corpus.walk import is_article_name

ArchiveKind = Literal["zip", "tar"]

_DIRECTORY = 2**26  # bytes of a ZIP's list of files, which is read whole
_NESTED = 2**26  # bytes of a ZIP inside an archive, which must be held in memory to be read
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)
_ENCRYPTED = 0x1
_DRIVE = re.compile(r"[A-Za-z]:")


class Member(NamedTuple):
    """A file in an archive: its path there, and its bytes, good until the next member is asked for."""

    path: str
    stream: BinaryIO


class _Entry(NamedTuple):
    """What an archive lists: a path, why it cannot be taken if so, and how its bytes are had."""

    path: str
    fault: str | None
    open: Callable[[], BinaryIO]


def archive_kind(head: bytes, name: str) -> ArchiveKind | None:
    """Return what kind of archive begins with `head`, or None; an office document is none."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip" if package(head, PurePosixPath(name).suffix.lower()) is None else None
    return "tar" if is_tar(head, named=name.lower().endswith(".tar")) else None


def members(
    kind: ArchiveKind, stream: BinaryIO, name: str, limits: Limits, budget: Budget
) -> Iterator[Member | LoadError]:
    """Yield the files of the archive `stream`, and an error for each that cannot be taken.

    Folders, and hidden and documentation files as in a folder that is walked, are left out without a word.

    Args:
        kind: what `archive_kind` found.
        stream: the archive; a ZIP that cannot be sought in is held in memory.
        name: the archive's name, for messages.
        limits: how many entries are looked at.
        budget: to which the bytes of a ZIP's members are charged; those of a tar archive already were
            when the archive was unpacked.

    Raises:
        OverLimit: the budget is spent.
        LoadError: the archive is damaged; what was yielded before is good.
    """
    entries = _zip_entries(stream, name, budget) if kind == "zip" else _tar_entries(stream, name)
    seen: set[str] = set()
    for count, entry in enumerate(entries, 1):
        if count > limits.entries:
            raise LoadError(f"stopped reading {name}: it has more than {limits.entries:,} entries; split it")
        path = entry.path.removeprefix("./")
        if not is_article_name(path.replace("\\", "/")):
            continue
        fault = _fault_of(path, seen) or entry.fault
        seen.add(path)
        if fault is not None:
            yield LoadError(f"could not load {shown(entry.path)}: {fault}")
            continue
        try:
            stream = entry.open()
        except FOREIGN as error:
            yield LoadError(f"could not load {shown(path)}: {_reason(error)}; fetch or pack the archive again")
            continue
        with stream:
            yield Member(path, stream)


def _fault_of(path: str, seen: set[str]) -> str | None:
    """Return why a member of this name is not taken, or None."""
    parts = re.split(r"[/\\]", path)
    if not path:
        return "it has no name; pack the archive anew"
    if ".." in parts or parts[0] == "" or _DRIVE.match(path):
        return "its path leads out of the archive; pack it anew"
    if path in seen:
        return "the archive holds another file of this name; rename one of them"
    if printable(path) != path:
        return "its name holds characters that cannot be shown; rename it"
    return None


def _tar_entries(stream: BinaryIO, name: str) -> Iterator[_Entry]:
    try:
        for entry in tar_entries(stream):
            fault = f"it is {entry.fault}, not a file; pack the file itself" if entry.fault else None
            yield _Entry(entry.path, fault, partial(_same, entry.stream))
    except tarfile.ReadError as error:
        raise _broken_off(name, str(error)) from error


def _zip_entries(stream: BinaryIO, name: str, budget: Budget) -> Iterator[_Entry]:
    """Yield what a ZIP lists; where its list, which comes last, is missing or damaged, the files that are there."""
    file = stream if stream.seekable() else _held(stream, name)
    try:
        archive = zipfile.ZipFile(cast(IO[bytes], _Guarded(file)))
    except FOREIGN as error:
        for part in salvaged(file, budget):
            if not part.path.endswith("/"):
                yield _Entry(part.path, _zip_fault(part.flags, part.method), partial(_same, part.stream))
        raise _broken_off(name, _reason(error)) from error
    with archive:
        for info in archive.infolist():
            if not info.is_dir():
                fault = _zip_fault(info.flag_bits, info.compress_type)
                yield _Entry(info.filename, fault, partial(_zip_member, archive, info, budget))


def _zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget) -> BinaryIO:
    return io.BufferedReader(Counted(archive.open(info), shown(info.filename), budget))


def _zip_fault(flags: int, method: int) -> str | None:
    if flags & _ENCRYPTED:
        return "it is encrypted; unpack the archive with its password"
    return None if method in _METHODS else f"it is compressed by method {method}; pack it with deflate"


def _same(stream: BinaryIO) -> BinaryIO:
    return stream


def _broken_off(name: str, reason: str) -> LoadError:
    return LoadError(f"could not read the rest of {name}: {reason}; fetch or pack the archive again")


def _held(stream: IO[bytes], name: str) -> BinaryIO:
    data = stream.read(_NESTED + 1)
    if len(data) > _NESTED:
        raise LoadError(f"could not load {name}: inside an archive a ZIP may have {amount(_NESTED)}; unpack it first")
    return io.BytesIO(data)


def _reason(error: BaseException) -> str:
    return printable(" ".join(str(error).split())) or type(error).__name__


class _Guarded(io.RawIOBase):
    """A file of which nobody reads more than a ZIP's list of files may have in one go."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > _DIRECTORY:
            raise zipfile.BadZipFile("its list of files is too long")
        return self._file.read(_DIRECTORY if size is None or size < 0 else size)
