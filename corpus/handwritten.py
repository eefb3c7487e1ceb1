"""Files that people write by hand in the home folder: TOML tables, checked entry by entry.

What is wrong with one is told in a sentence that names the file, the entry and the field, so that it can be
set right without knowing the format.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import UsageError


@dataclass(frozen=True, slots=True)
class Entry:
    """One ``[[kind]]`` of a file: the `number`-th of its kind, from 1."""

    file: str
    kind: str
    number: int
    fields: Mapping[str, Any]

    def wrong(self, field: str, found: str, remedy: str) -> UsageError:
        """Return the error that says what was found in a field of this entry, and what to do."""
        name = self.fields.get("name", self.fields.get("from"))
        called = f" ({name!r})" if isinstance(name, str) else ""
        return UsageError(f"{self.file}, [[{self.kind}]] {self.number}{called}, field {field!r}: {found}; {remedy}")

    def check_keys(self, allowed: Iterable[str]) -> None:
        """Refuse a field that means nothing.

        Raises:
            UsageError: there is one.
        """
        known = list(allowed)
        for key in self.fields:
            if key not in known:
                raise self.wrong(key, f"there is no such field in a [[{self.kind}]]", f"use {_listed(known)}")

    def text(self, field: str) -> str:
        """Return a field that must be there, on one line.

        Raises:
            UsageError: it is missing, empty, or no text.
        """
        found = self.maybe_text(field)
        if found is None:
            raise self.wrong(field, "it is missing", f'write {field} = "..."')
        return found

    def maybe_text(self, field: str) -> str | None:
        """Return a field's text on one line, None where it is not there.

        Raises:
            UsageError: it is empty, or no text.
        """
        value = self.fields.get(field)
        return None if value is None else self._line(field, value)

    def texts(self, field: str) -> tuple[str, ...]:
        """Return a field that is a text or a list of texts; () where it is not there.

        Raises:
            UsageError: it is something else, or holds an empty text.
        """
        value = self.fields.get(field, [])
        return tuple(self._line(field, item) for item in (value if isinstance(value, list) else [value]))

    def _line(self, field: str, value: object) -> str:
        if not isinstance(value, str):
            raise self.wrong(field, f"found {value!r}, which is no text", "put it in quotation marks")
        line = " ".join(value.split())
        if not line:
            raise self.wrong(field, "it is empty", "write a text or leave the field out")
        return line


def read_entries(file: Path, kinds: Iterable[str]) -> list[Entry]:
    """Return the entries of a file, in its order within each kind; none where there is no such file.

    Raises:
        UsageError: the file cannot be read, is not TOML, or holds what is no entry of these kinds.
    """
    try:
        source = file.read_text("utf-8-sig")  # editors on Windows may begin it with a byte-order mark
    except FileNotFoundError:
        return []
    except UnicodeDecodeError as error:
        raise UsageError(f"cannot read {file}: it is not UTF-8 at byte {error.start}; save it as UTF-8") from error
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror}; make it readable or remove it") from error
    return parse_entries(source, file.name, kinds)


def parse_entries(source: str, file: str, kinds: Iterable[str]) -> list[Entry]:
    """Return the entries of a file's text; `file` is what messages call it.

    Raises:
        UsageError: as `read_entries`.
    """
    known = list(kinds)
    try:
        found = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"cannot read {file}: it is not TOML ({error}); correct that place") from error
    except RecursionError as error:
        raise UsageError(f"cannot read {file}: its lists are nested too deeply; write them flat") from error
    headings = [f"[[{kind}]]" for kind in known]
    entries = []
    for kind, some in found.items():
        if kind not in known:
            raise UsageError(f"{file} has {kind!r}, which means nothing there; its entries are {_listed(headings)}")
        if not isinstance(some, list) or not all(isinstance(one, dict) for one in some):
            raise UsageError(f"{file} has {kind!r} in another form than entries; begin each with [[{kind}]]")
        entries += [Entry(file, kind, number, one) for number, one in enumerate(some, 1)]
    return entries


def digest_of(entries: Iterable[Entry], version: int) -> str:
    """Return what changes when entries do, whatever the comments and the layout; "" without entries.

    `version` is that of the code that applies them: a new reading of the same file is a change too.
    """
    told = [[entry.kind, entry.fields] for entry in entries]
    if not told:
        return ""
    text = json.dumps([version, told], sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
