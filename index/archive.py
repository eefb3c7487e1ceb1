"""The file of a backup: a ZIP whose ``backup.json`` lists every other member with its size and digest.

    backup.json              who wrote it, what it holds
    catalogue/TABLE.jsonl    the rows of a table
    index/...                the folder of the edition that served
    model/...                the compiled model that it was made with
    home/...                 what a person wrote by hand

Nothing in it is run when it is read: no pickle, no database but the index's own.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import stat
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from corpus.errors import BackupError

FORMAT = 1  # of the file; a higher number is refused by an older whosaid
_CONTENTS = "backup.json"
_ZIP = b"PK\x03\x04"  # how a ZIP with anything in it begins
_MOST = 20_000  # members
_LISTED = 10_000_000  # bytes of the list
_RATIO, _SPARE = 200, 100_000_000  # how many times as long a file may become, and how much more: no backup is near it
_AT_ONCE = 1 << 20
_NAME = re.compile(
    r"(?:catalogue/[a-z_]{1,40}\.jsonl|home/[a-z]{1,40}\.toml|(?:index|model)(?:/[\w.\-]{1,100}){1,8})", re.ASCII
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a backup says of itself; `members` holds size and SHA-256 of each, by name."""

    format: int
    whosaid: str
    schema: int
    index: int
    articles: int
    made_at: str
    members: dict[str, tuple[int, str]] = field(default_factory=dict)


class Writer:
    """Puts a backup into an opened file."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        self._members: dict[str, tuple[int, str]] = {}

    def file(self, name: str, source: Path) -> None:
        """Add a file."""
        with source.open("rb") as read:
            self._add(name, iter(lambda: read.read(_AT_ONCE), b""))

    def folder(self, name: str, source: Path) -> None:
        """Add the files of a folder, save locks."""
        for file in sorted(source.rglob("*")):
            if file.is_file() and file.suffix != ".lock":
                self.file(f"{name}/{file.relative_to(source).as_posix()}", file)

    def lines(self, name: str, lines: Iterable[str]) -> None:
        """Add lines of text."""
        self._add(name, (line.encode() for line in lines))

    def finish(self, contents: Contents) -> None:
        """Add the list of what was added."""
        told = {**asdict(contents), "members": self._members}
        self._archive.writestr(_CONTENTS, json.dumps(told, indent=1))

    def _add(self, name: str, chunks: Iterable[bytes]) -> None:
        digest, size = hashlib.sha256(), 0
        with self._archive.open(name, "w", force_zip64=True) as member:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                member.write(chunk)
        self._members[name] = size, digest.hexdigest()


@contextmanager
def writing(file: Path) -> Iterator[Writer]:
    """Write a backup to `file`, whole or not at all.

    Raises:
        BackupError: the system does not let it.
    """
    fresh = file.with_name(f".{file.name}.part")
    try:
        try:
            with fresh.open("wb") as raw, ZipFile(raw, "w", ZIP_DEFLATED, compresslevel=1) as archive:
                yield Writer(archive)
            fresh.replace(file)
        finally:
            fresh.unlink(missing_ok=True)
    except OSError as error:
        raise BackupError(
            f"could not write the backup {file}: {error.strerror or error}; nothing was left there: free space or give "
            "access, or name another file"
        ) from error


def read_contents(file: Path) -> Contents:
    """Return what the backup `file` says of itself; its members are not looked at.

    Raises:
        BackupError: it is none, damaged, or of a newer whosaid; or it cannot be read.
    """
    try:
        with ZipFile(file) as archive:
            return _contents(archive, file)
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _unreadable(file, error) from error
    except OSError as error:
        raise BackupError(f"could not read {file}: {error.strerror or error}; check the file") from error


def unpack(file: Path, folder: Path) -> Contents:
    """Check the backup `file` and write its members to `folder`, which must not be there yet.

    Raises:
        BackupError: it is none, damaged, hostile, or of a newer whosaid; or there is no room for it.
    """
    try:
        with ZipFile(file) as archive:
            contents = _contents(archive, file)
            _check(archive, contents, file, folder)
            for name, (size, digest) in contents.members.items():
                with archive.open(name) as member:
                    _extract(member, folder / name, size, digest, file)
            return contents
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _unreadable(file, error) from error
    except OSError as error:
        raise BackupError(
            f"could not restore {file}: {error.strerror or error}; check the file and the room in {folder.parent}"
        ) from error


def _contents(archive: ZipFile, file: Path) -> Contents:
    try:
        if archive.getinfo(_CONTENTS).file_size > _LISTED:
            raise _damaged(file, f"its {_CONTENTS} is too long")
        told: dict[str, Any] = json.loads(archive.read(_CONTENTS))
        if told["format"] > FORMAT:
            raise BackupError(
                f"cannot restore {file}: whosaid {told['whosaid']} wrote it, which is newer than this one; upgrade "
                "whosaid"
            )
        members = {str(name): (int(size), str(digest)) for name, (size, digest) in told.pop("members").items()}
        return Contents(**told, members=members)
    except KeyError as error:
        raise _none(file) from error
    except (ValueError, TypeError, AttributeError) as error:
        raise _damaged(file, f"its {_CONTENTS} cannot be understood") from error


def _check(archive: ZipFile, contents: Contents, file: Path, folder: Path) -> None:
    """See that the file holds what it lists, and nothing that would leave the folder or fill the disk."""
    infos = archive.infolist()
    names = [info.filename for info in infos if info.filename != _CONTENTS]
    if len(names) > _MOST or len(infos) != len({info.filename for info in infos}):
        raise _damaged(file, "it has too many members, or one twice")
    for info in infos:
        if info.filename != _CONTENTS and not _is_plain(info):
            raise _damaged(file, f"it has a member {info.filename[:100]!r}, which no backup has")
    if {*names} != contents.members.keys():
        raise _damaged(file, f"its members are not those that its {_CONTENTS} lists")
    total = sum(size for size, _ in contents.members.values())
    if any(archive.getinfo(name).file_size != size for name, (size, _) in contents.members.items()):
        raise _damaged(file, "a member has another size than it should")
    if total > _RATIO * file.stat().st_size + _SPARE:
        raise _damaged(file, f"it would become {total} bytes")
    folder.parent.mkdir(parents=True, exist_ok=True)
    if total > (free := shutil.disk_usage(folder.parent).free):
        raise BackupError(
            f"could not restore {file}: it takes {total / 1e6:.0f} MB, and {folder.parent} has {free / 1e6:.0f} MB "
            "free; free space and run this again"
        )


def _is_plain(info: ZipInfo) -> bool:
    mode = stat.S_IFMT(info.external_attr >> 16)
    parts = info.filename.split("/")
    plain = mode in (0, stat.S_IFREG) and not info.flag_bits & 1
    return plain and _NAME.fullmatch(info.filename) is not None and not {".", ".."} & set(parts)


def _extract(member: IO[bytes], target: Path, size: int, digest: str, file: Path) -> None:
    found, left = hashlib.sha256(), size
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as out:
        while chunk := member.read(_AT_ONCE):
            left -= len(chunk)
            if left < 0:
                raise _damaged(file, "a member is longer than it should be")
            found.update(chunk)
            out.write(chunk)
    if left or found.hexdigest() != digest:
        raise _damaged(file, f"{target.name} is not what was written")


def _unreadable(file: Path, error: Exception) -> BackupError:
    """Return the error for a file that is no whole ZIP: something else, or a backup that was cut off or damaged."""
    with file.open("rb") as stream:
        head = stream.read(len(_ZIP))
    if head != _ZIP:
        return _none(file)
    return _damaged(file, str(error) if not isinstance(error, BadZipFile) else "it is cut off or was written over")


def _none(file: Path) -> BackupError:
    return BackupError(f"cannot restore {file}: it is no whosaid backup; name a file that `whosaid backup` wrote")


def _damaged(file: Path, reason: str) -> BackupError:
    return BackupError(f"cannot restore {file}: it is damaged ({reason}); take another backup")
