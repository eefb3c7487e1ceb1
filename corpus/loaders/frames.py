"""What the ingesting process and the child that parses say to each other.

A frame is the length of its content in four bytes, most significant first, and a JSON object. A request is a
frame with the format, the name and the size of a file, followed by that many bytes; the answer is a frame for
each record and each error, and one that says that the file is done, and how.
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import cache
from typing import Any

from corpus.loaders.fields import Record
from corpus.model import Document, PartialDate

READY: Mapping[str, Any] = {"ready": True}
"""The child's first frame."""

_LENGTH = 4
_LARGEST = 2**28  # bytes of a frame: a record of the largest file, every letter of it escaped


def packed(content: Mapping[str, Any]) -> bytes:
    """Return a frame. Halves of characters pass, so that they are refused in one place."""
    data = json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return len(data).to_bytes(_LENGTH, "big") + data


def read_frame(read: Callable[[int], bytes]) -> Mapping[str, Any]:
    """Return the next frame; `read` returns at least one and at most so many bytes.

    Raises:
        ValueError: it is no frame.
    """
    size = int.from_bytes(exactly(read, _LENGTH), "big")
    if size > _LARGEST:
        raise ValueError(f"a frame of {size} bytes")
    found = json.loads(exactly(read, size).decode("utf-8", "surrogatepass"))
    if not isinstance(found, dict):
        raise ValueError("a frame that holds no object")
    return found


def exactly(read: Callable[[int], bytes], count: int) -> bytes:
    """Return `count` bytes; `read` returns at least one and at most so many."""
    parts = []
    while count:
        parts.append(read(count))
        count -= len(parts[-1])
    return b"".join(parts)


def fields_of(record: Record) -> Mapping[str, Any]:
    """Return a record as JSON has it."""
    document = record.document
    known = {field.name: getattr(document, field.name) for field in fields(document)}
    dates = {name: {"date": value.value} for name, value in known.items() if isinstance(value, PartialDate)}
    return {"document": {**known, **dates}, "raw_hash": record.raw_hash}


def record_of(found: Mapping[str, Any]) -> Record:
    """Return the record that `fields_of` wrote.

    Raises:
        ValueError, TypeError, KeyError: it has other fields, or other things in them.
    """
    known = {name: _value(value) for name, value in found["document"].items()}
    wanted = _types()
    for name, value in known.items():
        if not _fits(value, wanted[name]):
            raise TypeError(f"{name} is {value!r:.80}")
    if not isinstance(found["raw_hash"], str):
        raise TypeError("the hash is no string")
    return Record(Document(**known), found["raw_hash"])


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        return PartialDate(value["date"])
    return tuple(_value(item) for item in value) if isinstance(value, list) else value


@cache
def _types() -> Mapping[str, Any]:
    return typing.get_type_hints(Document)


def _fits(value: Any, wanted: Any) -> bool:
    """Tell whether a value is of a type as `Document` states it: a class, a union, a tuple of many."""
    origin, inner = typing.get_origin(wanted), typing.get_args(wanted)
    if origin in (types.UnionType, typing.Union):
        return any(_fits(value, one) for one in inner)
    if origin is tuple:
        return isinstance(value, tuple) and all(_fits(item, inner[0]) for item in value)
    return isinstance(value, wanted) if isinstance(wanted, type) else value in inner
