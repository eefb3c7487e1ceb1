"""JSON Lines: an article a line, under the field names of the common news collections."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import BinaryIO

from corpus.errors import LoadError
from corpus.loaders import records
from corpus.loaders.charset import decode
from corpus.loaders.fields import LARGEST, Record, digest, too_large


def load(stream: BinaryIO, name: str) -> Iterator[Record | LoadError]:
    """Yield a record a line, read as they come; an error for a line that is no article.

    A record is named by its own id, else its URL, else its line number; where a name comes again, the line
    number is added. The text stays as it stands, unless it is HTML.
    """
    number = 0
    names = records.Names("line")
    for line in _lines(stream, name):
        number += 1
        if not line.strip():
            continue
        where = f"{name}, line {number}"
        try:
            document = records.document(_value(line, where), where)
        except LoadError as error:
            yield error
            continue
        yield Record(names.named(document, number), digest(line.rstrip(b"\r\n")))


def parsed(text: str, where: str, *, one_line: bool = False) -> object:
    """Return a JSON value; with `one_line`, `where` names the line that the text is.

    Raises:
        LoadError: it is not JSON, or nested too deeply.
    """
    try:
        return json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise LoadError(f"could not load {where}: {fault(error, one_line=one_line)}") from error


def fault(error: ValueError | RecursionError, *, one_line: bool = False) -> str:
    """Return what keeps a text from being read as JSON, where in it, and what to do."""
    if isinstance(error, RecursionError):
        return "its JSON is nested too deeply; remove it"
    if not isinstance(error, json.JSONDecodeError):
        return "it is not JSON (a number too long to read); repair it"
    line = "" if one_line else f"line {error.lineno}, "
    reason = error.msg.rstrip(": ").removesuffix(" at")
    return f"it is not JSON ({reason} at {line}column {error.colno}); repair it"


def _value(line: bytes, where: str) -> object:
    return parsed(decode(line, where).rstrip("\r\n"), where, one_line=True)


def _lines(stream: BinaryIO, name: str) -> Iterator[bytes]:
    """Yield the lines of a file in UTF-8 or what ASCII is part of; those of one in UTF-16 as UTF-8.

    Raises:
        LoadError: a line is larger than an article can be.
    """
    number = 0
    while line := stream.readline(LARGEST + 1):
        number += 1
        if len(line) > LARGEST:
            raise too_large(f"{name}, line {number}")
        if number == 1 and b"\x00" in line:
            rest = stream.read(LARGEST + 1 - len(line))
            if len(line) + len(rest) > LARGEST:
                raise LoadError(f"could not load {name}: it is larger than {LARGEST >> 20} MiB; save it as UTF-8")
            yield from decode(line + rest, name).encode("utf-8", "surrogatepass").splitlines(keepends=True)
            return
        yield line
