"""What the loaders share: records, and the fields of a document in the shapes that the world gives them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePosixPath
from typing import BinaryIO, NamedTuple, TypeVar

from corpus.dates import parse_date
from corpus.errors import LoadError
from corpus.model import Document, PartialDate

_T = TypeVar("_T")

LARGEST = 64 * 2**20
"""The most bytes that one article may have; more is an archive, not an article."""

_TITLE_LENGTH = 100
_FILE_DATE = re.compile(r"(?<!\d)(\d{4})([-_.])(\d\d?)\2(\d\d?)(?!\d)")
_BY = re.compile(r"(?:(?:written|reported|story)\s+)?by\b[:\s]\s*", re.I)
_BETWEEN = re.compile(r"\s*;\s*|\s*\|\s*|\s*,?\s+(?:and|AND|&)\s+|\s*,(?!\s*(?:Jr|Sr|MD|PhD|II|III)\b)\s*")
_NOT_A_NAME = re.compile(
    r"@|://|^\W*$|^(?:null|none|nan|unknown|n/a|admin|staff)$"
    r"|(?i:\b(?:writer|reporter|editor|correspondent|contributor|columnist|producer)s?$)"
)
_STOP = re.compile(r"[.!?][\"”’)]*\s+(?=[\"“‘(]?[A-Z])")
_ABBREVIATION = re.compile(r"(?:\b[A-Z]|\b[A-Z][a-z]{1,3}|\b(?:a|p)\.m|\b(?:Capt|Maj|Prof|Sept|Assn|Corp))$")


class Record(NamedTuple):
    """A document and the SHA-256, in hexadecimal, of the bytes it was made from."""

    document: Document
    raw_hash: str


def digest(data: bytes) -> str:
    """Return the SHA-256 of `data` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def read_article(stream: BinaryIO, name: str) -> bytes:
    """Read a file that is one article.

    Raises:
        LoadError: it is larger than an article can be.
    """
    data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise too_large(name)
    return data


def too_large(where: str) -> LoadError:
    """Return the error for a file or record larger than an article can be."""
    return LoadError(f"could not load {where}: it is larger than {LARGEST >> 20} MiB; split it into articles")


def no_text(where: str) -> LoadError:
    """Return the error for a file or record without text."""
    return LoadError(f"could not load {where}: no text found; remove it or fetch the article again")


def first(fields: Mapping[str, object], keys: Iterable[str], read: Callable[[object], _T | None]) -> _T | None:
    """Return what `read` makes of the first of `keys` that holds something for it."""
    return next((found for key in keys if (found := read(fields.get(key)))), None)


def one_line(value: object) -> str | None:
    """Return a field's text on one line, or None where it holds none."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    return (" ".join(value.split()) or None) if isinstance(value, str) else None


def name_of(value: object) -> str | None:
    """Return the name in a field that is a string or an object with a name."""
    if isinstance(value, dict):
        value = value.get("name") or value.get("title")
    if isinstance(value, list | tuple):
        value = value[0] if value else None
        return None if isinstance(value, list | tuple) else name_of(value)
    return one_line(value)


def authors_of(value: object) -> tuple[str, ...]:
    """Return the names in an author field: "A and B", "By A", a list, objects with a name.

    Addresses, links and bare job titles are left out; each name comes once, in order.
    """
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | dict):
        return tuple(dict.fromkeys(name for item in value for name in authors_of_one(item)))
    return authors_of_one(value)


def authors_of_one(value: object) -> tuple[str, ...]:
    """Return the names in one string, or in one object with a name."""
    line = None if isinstance(value, list | tuple) else name_of(value)
    if line is None:
        return ()
    line = _BY.sub("", line, count=1) if _BY.match(line) else line
    names = [name if name.endswith(("Jr.", "Sr.")) else name.strip(" ,.") for name in _BETWEEN.split(line)]
    if "," in line and len(names) == 2 and not any(" " in name for name in names):
        names = [line]  # "Smith, John"
    return tuple(dict.fromkeys(name for name in names if not _NOT_A_NAME.search(name)))


def without_outlet(authors: tuple[str, ...], outlet: str | None) -> tuple[str, ...]:
    """Leave out the outlet that a byline puts after its writers ("Ann Lee, The Herald")."""
    if outlet is None or len(authors) < 2:
        return authors
    return tuple(name for name in authors if outlet.lower() not in name.lower()) or authors


def shortened(text: str, length: int = _TITLE_LENGTH) -> str:
    """Return the first sentence of `text`, cut at a word with "…" where longer than `length` characters."""
    line = " ".join(text[: length * 20].split())
    for stop in _STOP.finditer(line):
        if not (line[stop.start()] == "." and _ABBREVIATION.search(line, 0, stop.start())):
            line = line[: stop.end()].rstrip()
            break
    if len(line) <= length:
        return line
    cut = line[: length + 1].rsplit(" ", 1)[0] if " " in line[: length + 1] else line[:length]
    return cut.rstrip(" ,;:–—-") + "…"


def without_headline(text: str, title: str | None) -> str:
    """Drop the headline where the body opens with it, as some pages and some writers have it."""
    first, _, rest = text.partition("\n\n")
    return rest if rest and title is not None and first.casefold() == title.casefold() else text


def date_in_name(name: str) -> PartialDate | None:
    """Return the date in a file's name (2041-03-05-title.md), if it has one."""
    match = _FILE_DATE.search(PurePosixPath(name).name)
    return parse_date(f"{match[1]}-{match[3]}-{match[4]}") if match else None
