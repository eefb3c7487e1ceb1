"""A corpus dealt over folders, one for each collection, so that a scope can hide some of its articles."""

from __future__ import annotations

import gzip
import hashlib
import re
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from pathlib import Path
from random import Random

from corpus.copies import Shingles, signature
from corpus.errors import LoadError, UsageError
from corpus.loaders import Loaded, Loading, load
from corpus.model import Document
from corpus.walk import Source, walk

GZIP = ".gz"
_PART = re.compile(r"part-\d{2,}")


@dataclass(frozen=True)
class Unit:
    """What is dealt as one: a file, or a line of a JSON Lines file (`line`, without its end).

    `part` is the number of the collection it was dealt to.
    """

    source: Source
    documents: tuple[Document, ...]
    line: bytes | None
    part: int = -1

    @property
    def path(self) -> str:
        """The path of the file below the folder that was named."""
        return self.source.relative

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Return the articles' texts as words are looked for in them (see `plain`)."""
        return tuple(plain(document.text) for document in self.documents)


def plain(text: str) -> str:
    """Return `text` in lower case with single spaces, so that line breaks do not hide words that stand in it."""
    return " ".join(text.casefold().split())


def read_units(path: Path) -> tuple[list[Unit], list[LoadError]]:
    """Return what is to be dealt of the files at `path`, and what could not be loaded.

    The lines of a JSON Lines file, gzipped or not, are dealt one by one; any other file of several stays whole.

    Raises:
        UsageError: there is no such path, or no article.
    """
    units: list[Unit] = []
    errors: list[LoadError] = []
    with Loading() as loading:
        for source in walk([path]):
            if isinstance(source, LoadError):
                errors.append(source)
                continue
            found: list[Loaded] = []
            for item in load(source, loading):
                if isinstance(item, LoadError):
                    errors.append(item)
                else:
                    found.append(item)
            units += _units(source, found)
    if not units:
        raise UsageError(f"looked for articles in {path} and found none: name a corpus that `whosaid ingest` can read")
    return units, errors


def deal(units: Sequence[Unit], parts: int, seed: int) -> list[Unit]:
    """Return the units with their parts: at random, as many articles in each as can be, copies in the same one.

    Raises:
        UsageError: there are fewer articles than parts.
    """
    together = list(_together(units))
    if len(together) < parts:
        raise UsageError(
            f"could not deal {len(together)} articles over {parts} parts: one would be empty; give fewer --parts"
        )
    Random(seed).shuffle(together)
    counts = [0] * parts
    where: dict[int, int] = {}
    for members in together:
        part = counts.index(min(counts))
        counts[part] += sum(len(units[member].documents) for member in members)
        where.update((member, part) for member in members)
    return [Unit(unit.source, unit.documents, unit.line, where[number]) for number, unit in enumerate(units)]


def part_name(part: int) -> str:
    """Return what a part is called, as a folder and as a collection."""
    return f"part-{part:02}"


def write_parts(units: Sequence[Unit], folder: Path) -> None:
    """Write each unit into the folder of its part, under the path that it had.

    Raises:
        UsageError: the folder holds something else than parts that were written before, or cannot be written.
    """
    lines: dict[Path, list[bytes]] = defaultdict(list)
    try:
        _clear(folder)
        for unit in units:
            file = folder / part_name(unit.part) / unit.path
            file.parent.mkdir(parents=True, exist_ok=True)
            if unit.line is None:
                shutil.copy2(unit.source.path, file)
            else:
                lines[file].append(unit.line)
        for file, some in lines.items():
            data = b"".join(line + b"\n" for line in some)
            file.write_bytes(gzip.compress(data, mtime=0) if file.suffix == GZIP else data)
    except OSError as error:
        raise UsageError(f"could not write the articles into {folder}: {error.strerror}; check the folder") from error


def _clear(folder: Path) -> None:
    """Delete the parts that were written before."""
    old = list(folder.iterdir()) if folder.is_dir() else []
    if other := next((file for file in old if not _PART.fullmatch(file.name)), None):
        raise UsageError(f"{folder} holds {other.name}, which is no part of a corpus dealt before: name another --out")
    for part in old:
        shutil.rmtree(part)


def _units(source: Source, found: Sequence[Loaded]) -> Iterator[Unit]:
    documents = tuple(item.document for item in found)
    lines = _lines(source) if len(found) > 1 and {item.loader for item in found} == {"jsonl"} else {}
    if lines and all(item.raw_hash in lines for item in found):
        yield from (Unit(source, (item.document,), lines[item.raw_hash]) for item in found)
    elif documents:
        yield Unit(source, documents, None)


def _lines(source: Source) -> dict[str, bytes]:
    """Return the lines of a file by what the loader calls their hash; none where it is packed otherwise."""
    try:
        data = source.path.read_bytes()
        if source.path.suffix == GZIP:
            data = gzip.decompress(data)
    except (OSError, EOFError):
        return {}
    lines = (line.rstrip(b"\r\n") for line in data.split(b"\n"))
    return {hashlib.sha256(line).hexdigest(): line for line in lines}


def _together(units: Sequence[Unit]) -> Iterable[list[int]]:
    """Return the numbers of the units that hold copies of the same articles, in a fixed order."""
    shingles = {
        (n, m): (signature(d.text), Shingles.of(d.text)) for n, u in enumerate(units) for m, d in enumerate(u.documents)
    }
    near: dict[int | str, list[tuple[int, int]]] = defaultdict(list)
    for place, (sign, _) in shingles.items():
        near[sign.exact].append(place)
        for band in sign.bands:
            near[band].append(place)
    leader = list(range(len(units)))

    def find(unit: int) -> int:
        while leader[unit] != unit:
            unit = leader[unit]
        return unit

    for places in near.values():
        for one, other in combinations(places, 2):
            ends = sorted((find(one[0]), find(other[0])))
            if ends[0] != ends[1] and shingles[one][1].similar(shingles[other][1]):
                leader[ends[1]] = ends[0]
    groups: dict[int, list[int]] = defaultdict(list)
    for unit in range(len(units)):
        groups[find(unit)].append(unit)
    return groups.values()
