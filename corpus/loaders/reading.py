"""The way of a file to its documents: through compression and archives, to the loader of its format."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields, replace
from typing import BinaryIO, NamedTuple

from corpus.errors import LoadError
from corpus.loaders import sniff
from corpus.loaders.archives import archive_kind, members
from corpus.loaders.fields import Record, no_text, read_article
from corpus.loaders.isolated import Worker
from corpus.loaders.limits import DEFAULT, Budget, Limits, OverLimit
from corpus.loaders.streams import Unpacked, codec_of, rewound
from corpus.model import Document
from corpus.printable import printable, shown

_SURROGATE = re.compile("[\ud800-\udfff]")
_PACKED = re.compile(r"\.(?:gz|bz2|xz)\Z", re.I)
_PACKED_TAR = re.compile(r"\.(?:tgz|tbz2?|txz)\Z", re.I)


class Loader(NamedTuple):
    """A format: how to read it, in which version, how its files' names end, and where it is read.

    `function` takes the open file (decompressed; it only goes forward) and its name for messages, and yields
    records, or errors for single records; it raises `LoadError` where the whole file is no use. `version`
    goes up whenever the function would make something else of the same bytes. `isolated` formats, whose
    parsers a file can crash, stall or bloat, are read in the child process, one whole file at a time; only
    what Python's own decoders read in time and memory proportional to its size does without.
    """

    function: Callable[[BinaryIO, str], Iterator[Record | LoadError]]
    version: int
    endings: tuple[str, ...]
    isolated: bool = True


@dataclass(frozen=True, slots=True)
class Loaded:
    """A document and what it was made from.

    `raw_hash` is the SHA-256, in hexadecimal, of the record's own bytes (decompressed): the whole
    file, the archive's member, or the line of a JSON Lines file. The document's `record` begins with the
    path of the member where the file is an archive: ``folder/a.html``, ``folder/a.jsonl#3``.
    """

    document: Document
    loader: str
    loader_version: int
    raw_hash: str


class Loading(AbstractContextManager["Loading"]):
    """How the files of one run are loaded: within which limits, and in which child process.

    A context manager; leaving it ends the child, which the first file that needs it starts.
    """

    def __init__(self, limits: Limits = DEFAULT, *, isolated: bool = True) -> None:
        """Without `isolated`, all is read in this process: for files that are known to be harmless."""
        self.limits = limits
        self.worker = Worker(limits) if isolated else None

    def __exit__(self, *_: object) -> None:
        """End the child."""
        self.close()

    def close(self) -> None:
        """End the child."""
        if self.worker is not None:
            self.worker.close()


class Reader:
    """Reads one named file, whatever it is packed in."""

    def __init__(self, loaders: Mapping[str, Loader], loading: Loading, name: str, size: int) -> None:
        """Begin with a file of `size` bytes; `name` is for messages."""
        self._loaders, self._loading, self._limits = loaders, loading, loading.limits
        self._budget = Budget(loading.limits, shown(name), size)
        self._endings = {ending: form for form, loader in loaders.items() for ending in loader.endings}

    def documents(self, stream: BinaryIO, name: str) -> Iterator[Loaded | LoadError]:
        """Yield what the file holds; its errors are told up to the limit and then counted.

        Nothing is raised for what a file holds.
        """
        untold = 0
        told = 0
        for item in self._caught(stream, name):
            if isinstance(item, LoadError):
                told += 1
                if told > self._limits.errors:
                    untold += 1
                    continue
                item = type(item)(printable(str(item)))
            yield item
        if untold:
            yield LoadError(f"could not load {untold:,} more records of {shown(name)} either; repair the file")

    def form(self, stream: BinaryIO, name: str) -> str:
        """Return the format of a file that is no archive.

        Raises:
            LoadError: it is of no format that can be loaded.
        """
        head, _, inner = self._unpacked(stream, name)
        return sniff.detect(head, shown(inner), self._endings)

    def _caught(self, stream: BinaryIO, name: str) -> Iterator[Loaded | LoadError]:
        try:
            yield from self._read(stream, name, ())
        except LoadError as error:
            yield error

    def _read(self, stream: BinaryIO, name: str, within: tuple[str, ...]) -> Iterator[Loaded | LoadError]:
        """Yield what is in a file that is a member of archives: `within` is its path in each, outermost first."""
        head, stream, inner = self._unpacked(stream, name)
        if not head:
            raise no_text(shown(name))
        kind = archive_kind(head, inner)
        if kind is None:
            form = sniff.detect(head, shown(inner), self._endings)
            yield from self._loaded(form, stream, shown(name), "/".join(within))
            return
        if len(within) >= self._limits.depth:
            raise LoadError(f"could not load {shown(name)}: it lies in {len(within)} archives; unpack the outer ones")
        for member in members(kind, stream, shown(name), self._limits, self._budget):
            try:
                if isinstance(member, LoadError):
                    raise member
                for item in self._read(member.stream, member.path, (*within, member.path)):
                    yield type(item)(f"in {shown(name)}: {item}") if isinstance(item, LoadError) else item
            except OverLimit:
                raise
            except LoadError as error:
                yield type(error)(f"in {shown(name)}: {error}")

    def _loaded(self, form: str, stream: BinaryIO, name: str, member: str) -> Iterator[Loaded | LoadError]:
        """Yield what the loader of a format makes of a file, each record named after the archive's `member`."""
        loader, worker = self._loaders[form], self._loading.worker
        if loader.isolated and worker is not None:
            records = worker.load(form, name, read_article(stream, name))
        else:
            records = loader.function(stream, name)
        for record in records:
            if isinstance(record, LoadError):
                yield record
                continue
            document = record.document
            fault = _fault_of(document, self._limits)
            if fault is not None:
                where = f"{name}, record {shown(document.record)!r}" if document.record else name
                yield LoadError(f"could not load {where}: {fault}")
                continue
            if member:
                document = replace(document, record=f"{member}#{document.record}" if document.record else member)
            yield Loaded(document, form, loader.version, record.raw_hash)

    def _unpacked(self, stream: BinaryIO, name: str) -> tuple[bytes, BinaryIO, str]:
        """Return a file's first bytes, its stream and its name, all three unpacked where it is compressed."""
        head = _head(stream)
        codec = codec_of(head)
        if codec is None:
            if stream.seekable():
                stream.seek(0)
                return head, stream, name
            return head, rewound(head, stream), name
        unpacked = io.BufferedReader(Unpacked(rewound(head, stream), codec, shown(name), self._budget))
        head = _head(unpacked)
        if codec_of(head) is not None:
            raise LoadError(f"could not load {shown(name)}: it is compressed twice; unpack it once")
        return head, rewound(head, unpacked), _PACKED.sub("", _PACKED_TAR.sub(".tar", name))


def _head(stream: BinaryIO) -> bytes:
    """Return what the format is told by. Where the file is damaged right after, reading on tells it."""
    parts: list[bytes] = []
    left = sniff.HEAD
    try:
        while left and (data := stream.read1(left)):  # type: ignore[attr-defined]
            parts.append(data)
            left -= len(data)
    except LoadError:
        if not parts:
            raise
    return b"".join(parts)


def _fault_of(document: Document, limits: Limits) -> str | None:
    """Return why a document cannot be kept, or None."""
    known = (getattr(document, field.name) for field in fields(document) if field.name != "text")
    others = [part for value in known for part in (value if isinstance(value, tuple) else (value,))]
    words = [part for part in others if isinstance(part, str)]
    if len(document.text) > limits.characters:
        size = f"{len(document.text):,} characters, more than the {limits.characters:,} of an article"
        return f"its text has {size}; split it into articles"
    if sum(map(len, words)) > limits.field_characters:
        return f"its title and other fields have more than {limits.field_characters:,} characters; shorten them"
    if any(_SURROGATE.search(part) for part in (document.text, *words)):
        return "it holds halves of characters; repair its escapes"
    return None
