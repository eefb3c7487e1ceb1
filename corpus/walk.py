"""Walking the folders and files that a user names: what there is to load, in a fixed order."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from corpus.errors import LoadError, Skipped, UsageError
from corpus.printable import shown

_DOCUMENTATION = frozenset({"readme.md", "readme.txt"})
_MACOS = "__MACOSX"  # what macOS adds to an archive, beside the files
_SPECIAL = {stat.S_IFIFO: "a named pipe", stat.S_IFSOCK: "a socket", stat.S_IFDIR: "a folder"}


@dataclass(frozen=True, slots=True)
class Source:
    """A file to load: where it is, and its name within the folder that the user named.

    `path` is absolute, and no link; `root` is the folder given, or the folder of a file given by itself;
    `relative` is the path below `root` with forward slashes.
    """

    path: Path
    root: Path
    relative: str


def walk(paths: Sequence[Path]) -> Iterator[Source | LoadError]:
    """Yield the files under `paths`, each once, a folder's in sorted order, and an error for what cannot be read.

    Hidden files and folders, and the README files that describe a folder, are left out without a word; a
    file that is named itself is always taken, hidden or a link. Links below a folder are never followed:
    what one leads to is walked under its own name, or is outside or hidden and must not come in, which is
    reported as `Skipped`, as pipes, sockets and devices are. Links that lead nowhere, folders that cannot be listed
    and names that are no UTF-8 are errors.

    Raises:
        UsageError: a path does not exist (told before any file is yielded).
    """
    starts = [Path(os.path.abspath(path.expanduser())) for path in paths]
    for given, start in zip(paths, starts, strict=True):
        if not start.exists():
            raise UsageError(f"cannot load {shown(str(given))}: there is no such file or folder; check the path")
    return _Walk(starts).sources()


def is_article_name(path: str) -> bool:
    """Tell whether what has this path below a folder, or in an archive, is to be loaded as far as names go."""
    parts = [part for part in path.split("/") if part not in ("", ".", "..")]
    hidden = any(part.startswith(".") or part == _MACOS for part in parts)
    return not hidden and not (parts and parts[-1].lower() in _DOCUMENTATION)


def special_kind(mode: int) -> str | None:
    """Return what a file that is no regular one is ("a named pipe"), by its `st_mode`; None for a regular one."""
    return None if stat.S_ISREG(mode) else _SPECIAL.get(stat.S_IFMT(mode), "a device")


class _Place(NamedTuple):
    """What a folder lists: its path, its path with the links above it resolved, its own `st_mode`."""

    path: Path
    real: Path
    mode: int


def _listed(root: Path, folder: _Place) -> Iterator[_Place | LoadError]:
    """Yield what is in a folder and not hidden, in sorted order."""
    name = folder.path.relative_to(root).as_posix() if folder.path != root else str(root)
    try:
        with os.scandir(folder.path) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError as error:
        yield LoadError(f"could not list {shown(name)}: {error.strerror}; give the folder read permission")
        return
    for entry in entries:
        path = folder.path / entry.name
        relative = path.relative_to(root).as_posix()
        if not is_article_name(relative):
            continue
        try:
            yield _Place(path, folder.real / entry.name, entry.stat(follow_symlinks=False).st_mode)
        except OSError as error:
            yield LoadError(f"could not read {shown(relative)}: {error.strerror}; check it and its permissions")


class _Walk:
    """One walk; remembers the files and folders it has been to, under their real paths."""

    def __init__(self, starts: Sequence[Path]) -> None:
        self._starts = starts
        self._roots = [start.resolve() for start in starts]
        self._seen: set[Path] = set()

    def sources(self) -> Iterator[Source | LoadError]:
        for start, real in zip(self._starts, self._roots, strict=True):
            if real.is_dir():
                yield from self._below(start, real)
            elif real not in self._seen:
                self._seen.add(real)
                yield _source(real, start.parent, start.name)

    def _below(self, root: Path, real: Path) -> Iterator[Source | LoadError]:
        """Yield what is below `root`, which really is at `real`; folders may lie deeper than calls may."""
        within: list[Iterator[_Place | LoadError]] = [iter([_Place(root, real, stat.S_IFDIR)])]
        while within:
            place = next(within[-1], None)
            if place is None:
                within.pop()
            elif isinstance(place, LoadError):
                yield place
            elif not stat.S_ISDIR(place.mode):
                yield from self._file(root, *place)
            elif place.real not in self._seen:
                self._seen.add(place.real)
                within.append(_listed(root, place))

    def _file(self, root: Path, path: Path, real: Path, mode: int) -> Iterator[Source | LoadError]:
        relative = path.relative_to(root).as_posix()
        special = special_kind(mode)
        if stat.S_ISLNK(mode):
            refused = self._refused(path, relative)
            if refused is not None:
                yield refused
        elif special is not None:
            yield Skipped(f"skipped {shown(relative)}: it is {special}, not a file; remove it")
        elif real not in self._seen:
            self._seen.add(real)
            yield _source(path, root, relative)

    def _refused(self, link: Path, relative: str) -> LoadError | None:
        """Return why what a link leads to is not loaded; None where it is, under its own name."""
        skipped = f"skipped {shown(relative)}: it is a link"
        try:
            target = link.resolve(strict=True)
        except (OSError, RuntimeError):  # RuntimeError: links in a circle
            return LoadError(f"{skipped} that leads nowhere; remove it")
        inside = [target.relative_to(root).parts for root in self._roots if target.is_relative_to(root)]
        if not inside:
            return Skipped(f"{skipped} that leads out of the folder; name what it leads to, if it is to be loaded")
        if all(any(part.startswith(".") for part in parts) for parts in inside):
            return Skipped(f"{skipped} to a hidden file; name that file, if it is to be loaded")
        return None


def _source(path: Path, root: Path, relative: str) -> Source | LoadError:
    """Return the file, or an error where its name cannot be stored."""
    try:
        str(root / relative).encode()
    except UnicodeEncodeError:
        return LoadError(f"could not load {shown(relative)}: its name is not UTF-8; rename it")
    return Source(path, root, relative)
