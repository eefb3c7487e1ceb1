"""From files to documents: one function a format, and the choice among them by content and by name."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple, cast

from corpus.errors import LoadError
from corpus.loaders import html, jsonl, markdown, sniff, text
from corpus.loaders.fields import Record
from corpus.model import Document
from corpus.walk import Source

_SURROGATE = re.compile("[\ud800-\udfff]")

__all__ = ["LOADERS", "Loaded", "Loader", "format_of", "load"]


class Loader(NamedTuple):
    """A format: how to read it, in which version, and how its files' names end.

    `function` takes the open file (decompressed) and its name for messages, and yields records, or
    errors for single records; it raises `LoadError` where the whole file is no use. `version` goes
    up whenever the function would make something else of the same bytes.
    """

    function: Callable[[BinaryIO, str], Iterator[Record | LoadError]]
    version: int
    endings: tuple[str, ...]


LOADERS: dict[str, Loader] = {
    "text": Loader(text.load, 1, (".txt", ".text")),
    "markdown": Loader(markdown.load, 1, (".md", ".markdown", ".mdown", ".mkd")),
    "html": Loader(html.load, 1, (".html", ".htm", ".xhtml")),
    "jsonl": Loader(jsonl.load, 1, (".jsonl", ".ndjson", ".jl")),
}


@dataclass(frozen=True, slots=True)
class Loaded:
    """A document and what it was made from.

    `raw_hash` is the SHA-256, in hexadecimal, of the record's own bytes (decompressed): the whole
    file, or the line of a JSON Lines file.
    """

    document: Document
    loader: str
    loader_version: int
    raw_hash: str


def format_of(source: Source) -> str:
    """Return the name of the loader that reads `source`, judged by its content and its name.

    Raises:
        LoadError: the file cannot be opened, or is of no format that can be loaded.
    """
    with _foreign_errors(source.relative), _opened(source) as stream:
        return _format(stream, source.relative)


def load(source: Source) -> Iterator[Loaded | LoadError]:
    """Yield the documents of a file, and an error for each record, or for the file, that is no use.

    Nothing is raised for what a file holds: the caller reports the errors and goes on.
    """
    name = source.relative
    try:
        with _foreign_errors(name), _opened(source) as stream:
            form = _format(stream, name)
            loader = LOADERS[form]
            for record in loader.function(stream, name):
                if isinstance(record, LoadError):
                    yield record
                elif _half_characters(record.document):
                    where = f"{name}, record {record.document.record!a}" if record.document.record else name
                    yield LoadError(f"could not load {where}: it holds halves of characters; repair its escapes")
                else:
                    yield Loaded(record.document, form, loader.version, record.raw_hash)
    except LoadError as error:
        yield error


def _half_characters(document: Document) -> bool:
    """Tell whether a field holds a lone surrogate, which an escape can write and nothing can store."""
    fields = (
        document.text,
        document.title,
        document.outlet,
        document.language,
        document.url,
        document.record,
    )
    return any(_SURROGATE.search(field) for field in (*fields, *document.authors) if field)


@contextmanager
def _opened(source: Source) -> Iterator[BinaryIO]:
    """Open the file for reading, decompressed where it is compressed, whatever its name says."""
    with source.path.open("rb") as raw:
        packed = raw.peek(2)[:2] == b"\x1f\x8b"
        with gzip.GzipFile(fileobj=raw) if packed else raw as stream:
            yield cast(BinaryIO, stream)


def _format(stream: BinaryIO, name: str) -> str:
    """Decide the format and leave the stream at its start."""
    head = stream.read(sniff.HEAD)
    stream.seek(0)
    return sniff.detect(head, name, {end: form for form, (_, _, ends) in LOADERS.items() for end in ends})


@contextmanager
def _foreign_errors(name: str) -> Iterator[None]:
    """Map what reading and decompressing raise to the project's error."""
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise LoadError(f"could not decompress {name}: {error}; fetch or compress the file again") from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise LoadError(f"could not read {name}: {reason}; check the file and its permissions") from error
