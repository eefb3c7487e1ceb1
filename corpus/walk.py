"""Walking the folders and files that a user names: what there is to load, in a fixed order."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import UsageError

_DOCUMENTATION = frozenset({"readme.md", "readme.txt"})


@dataclass(frozen=True, slots=True)
class Source:
    """A file to load: where it is, and its name within the folder that the user named.

    `path` is absolute; `root` is the folder given, or the folder of a file given by itself; `relative`
    is the path below `root` with forward slashes.
    """

    path: Path
    root: Path
    relative: str


def walk(paths: Sequence[Path]) -> Iterator[Source]:
    """Yield the files under `paths`, each once, a folder's in sorted order.

    Hidden files and folders, and the README files that describe a folder, are skipped; a file that is
    named itself is always taken.

    Raises:
        UsageError: a path does not exist (told before any file is yielded), or a folder cannot be listed.
    """
    starts = [Path(os.path.abspath(path.expanduser())) for path in paths]
    for given, start in zip(paths, starts, strict=True):
        if not start.exists():
            raise UsageError(f"cannot load {given}: there is no such file or folder; check the path")
    return _sources(starts)


def _sources(starts: list[Path]) -> Iterator[Source]:
    seen: set[Path] = set()
    for start in starts:
        if start.is_dir():
            for path in _files(start, seen):
                yield Source(path, start, path.relative_to(start).as_posix())
        elif start not in seen:
            seen.add(start)
            yield Source(start, start.parent, start.name)


def _files(folder: Path, seen: set[Path]) -> Iterator[Path]:
    """Yield the files below `folder` that are not in `seen`; a real folder is walked once, so links end."""
    real = folder.resolve()
    if real in seen:
        return
    seen.add(real)
    try:
        inside = sorted(folder.iterdir(), key=lambda path: path.name)
    except OSError as error:
        raise UsageError(f"cannot list {folder}: {error.strerror}; give it read permission") from error
    for path in inside:
        if path.name.startswith("."):
            continue
        if path.is_dir():
            yield from _files(path, seen)
        elif path.is_file() and path.name.lower() not in _DOCUMENTATION and path not in seen:
            seen.add(path)
            yield path
