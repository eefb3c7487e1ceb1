"""What is in a file: its format, by content first and name second, and its characters."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Mapping

from corpus.errors import LoadError

HEAD = 65536
"""How many bytes of a file are looked at to tell its format."""

SUPPORTED = "plain text, Markdown, HTML and JSON Lines (each also gzipped)"

_MAGIC = (
    (b"%PDF-", "a PDF"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"PK\x03\x04", "a ZIP archive or office document"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_UTF8_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_PAGE = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_TAG = re.compile(r"<[a-zA-Z!/]")
_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n.*?^(?:---|\.\.\.)[ \t]*\r?$", re.S | re.M)
_KEY = re.compile(r"^[\w-]+[ \t]*:(?:\s|$)", re.M)
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]+)""", re.I)


def detect(head: bytes, name: str, endings: Mapping[str, str]) -> str:
    """Return the format of a file from its first bytes and its name.

    Args:
        head: The first `HEAD` bytes, or all of a shorter file.
        name: The file's name; a trailing ".gz" is not part of its ending.
        endings: The format that each ending of a name stands for.

    Raises:
        LoadError: it is a format that cannot be loaded.
    """
    kind = next((kind for magic, kind in _MAGIC if head.startswith(magic)), None)
    if kind is None and _is_binary(head):
        kind = "binary data"
    if kind is not None:
        raise LoadError(f"could not load {name}: it is {kind}; what can be loaded is {SUPPORTED}")
    text = _peek(head)
    by_content = _by_content(text, whole=len(head) < HEAD)
    if by_content is not None:
        return by_content
    base = name.lower().removesuffix(".gz").rsplit("/", 1)[-1]
    ending = "." + base.rsplit(".", 1)[-1] if "." in base else ""
    by_name = endings.get(ending)
    if by_name == "html" and _TAG.search(text) is None:
        return "text"
    if by_name is None and ending:
        raise LoadError(f"could not load {name}: no format ends in {ending}; what can be loaded is {SUPPORTED}")
    return by_name or "text"


def decode(data: bytes, name: str, *, declared: bool = False) -> str:
    """Return the characters of `data`, without its byte order mark and otherwise untouched.

    UTF-8, or UTF-16 with its mark; else what the page declares (with `declared`); else Windows-1252.

    Raises:
        LoadError: the bytes are not text, or damaged.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _strictly(data[len(mark) :], encoding, name)
    if _is_binary(data):
        raise LoadError(f"could not load {name}: it is binary data; what can be loaded is {SUPPORTED}")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        offset = error.start
    found = _CHARSET.search(data[:4096]) if declared else None
    stated = _known(found[1].decode("ascii", "replace")) if found else None
    if stated is not None and stated != "utf-8":
        return _strictly(data, stated, name)
    good = sum(len(match[0]) for match in _UTF8_SEQUENCE.finditer(data))
    if good > sum(byte > 127 for byte in data) - good:
        # Mostly UTF-8: read as Windows-1252, every quotation mark in it would come out as three letters.
        raise LoadError(f"could not load {name}: it is UTF-8 damaged at byte {offset}; fetch or save it again")
    return _strictly(data, "cp1252", name)


def _strictly(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise LoadError(
            f"could not load {name}: byte {error.start} is neither UTF-8 nor {encoding}; save it as UTF-8"
        ) from error


def _known(label: str) -> str | None:
    """Return Python's name of a character set, reading Latin-1 as browsers do; None if there is none."""
    try:
        encoding = codecs.lookup(label).name
    except LookupError:
        return None
    return "cp1252" if encoding in ("iso8859-1", "ascii") else encoding


def _is_binary(data: bytes) -> bool:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return False
    sample = data[:HEAD]
    return b"\x00" in data or len(_CONTROL.findall(sample)) * 100 > len(sample)


def _peek(head: bytes) -> str:
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, "replace")
    return head.decode("utf-8", "replace")


def _by_content(text: str, *, whole: bool) -> str | None:
    """Return the format that the text itself shows; None where only the name can tell."""
    if _PAGE.match(text):
        return "html"
    matter = _FRONT_MATTER.match(text)
    if matter and _KEY.search(matter[0]):
        return "markdown"
    line, newline, _ = text.lstrip().partition("\n")
    if line.startswith("{"):
        if not newline and not whole:  # a first line longer than what is looked at
            return "jsonl" if re.match(r'\{\s*"', line) else None
        try:
            json.loads(line)
        except (ValueError, RecursionError):
            return None
        return "jsonl"
    return None
