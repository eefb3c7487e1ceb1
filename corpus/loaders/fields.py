"""What the loaders share: records, and the fields of a document in the shapes that the world gives them."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePosixPath
from typing import BinaryIO, NamedTuple, TypeVar

from corpus.dates import parse_date
from corpus.errors import LoadError
from corpus.loaders.blocks import clean
from corpus.model import Document, PartialDate

_T = TypeVar("_T")

LARGEST = 64 * 2**20
"""The most bytes that one article may have; more is an archive, not an article."""

_TITLE_LENGTH = 100
_FILE_DATE = re.compile(r"(?<!\d)(\d{4})([-_.])(\d\d?)\2(\d\d?)(?!\d)")
_TAG = re.compile(
    r"</?(?:a|abbr|b|br|cite|div|em|font|h[1-6]|i|mark|p|q|s|small|span|strong|sub|sup|u|wbr)(?:[\s/][^<>]{0,500})?>",
    re.I,
)
_ESCAPED_TWICE = re.compile(r"&(?:amp|quot|apos|nbsp|[lr][sd]quo|[nm]dash|hellip|#\d{2,5}|#x[\da-f]{2,5});", re.I)
_JOINERS = re.compile("(?<![^\x00-\x7f])[\u200c\u200d]{1,9}|[\u200c\u200d]{1,9}(?![^\x00-\x7f])")
_SEPARATORS = "|–—:·•»-"
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


def is_blank(data: bytes) -> bool:
    """Tell whether a file holds nothing but white space, or a byte order mark."""
    return not data.removeprefix(b"\xef\xbb\xbf").strip()


def too_large(where: str) -> LoadError:
    """Return the error for a file or record larger than an article can be."""
    return LoadError(f"could not load {where}: it is larger than {LARGEST >> 20} MiB; split it into articles")


def no_text(where: str) -> LoadError:
    """Return the error for a file or record without text."""
    return LoadError(f"could not load {where}: no text found; remove it or fetch the article again")


def first(fields: Mapping[str, object], keys: Iterable[str], read: Callable[[object], _T | None]) -> _T | None:
    """Return what `read` makes of the first of `keys` that holds something for it."""
    return next((found for key in keys if (found := read(fields.get(key)))), None)


def plain(value: object) -> str | None:
    """Return a field's text on one line: entities and inline tags resolved, invisible characters left out."""
    line = one_line(value)
    if line is None or (line.isascii() and line.isprintable() and "&" not in line and "<" not in line):
        return line
    line = html.unescape(line)
    if _ESCAPED_TWICE.search(line):
        line = html.unescape(line)
    return " ".join(clean(_JOINERS.sub("", _TAG.sub("", line))).split()) or None


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
    return plain(value)


def title_without_outlet(title: str, outlet: str | None) -> str:
    """Drop the outlet's name that sites put after a title, or before it, with a stroke between."""
    if outlet is None:
        return title
    bare = outlet.casefold().removeprefix("the ")
    for sign in _SEPARATORS:
        before, stroke, after = title.rpartition(f" {sign} ")
        if stroke and after.casefold().removeprefix("the ") == bare:
            return before.rstrip()
        before, stroke, after = title.partition(f" {sign} ")
        if stroke and before.casefold().removeprefix("the ") == bare:
            return after.lstrip()
    return title


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
