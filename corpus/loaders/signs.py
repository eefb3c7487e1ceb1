"""What bytes themselves show of their encoding: byte order marks, UTF-16 without one, and that they are no text."""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import NamedTuple

SAMPLE = 65536
"""How many bytes of a file are judged."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16's mark, which it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_STRAY = 8  # control characters that any text may have: what programs that make text of PDF leave in it
_SHARE = 20  # one control character in so many is a share that texts have, too; compressed data has one in nine


class Encoding(NamedTuple):
    """An encoding that the bytes show: its `name`, as Python has it, and how many of them are its `mark`."""

    name: str
    mark: int


def encoding_shown(data: bytes) -> Encoding | None:
    """Return the encoding that the bytes themselves show; None for UTF-8 without a mark and for all others."""
    found = _marked(data)
    sample = data[:SAMPLE]
    wide = b"\x00" in data or (_controls(data) * 100 > len(sample) and not _begins_utf8(sample))
    return _unmarked_utf16(data) if found is None and wide else found


def is_binary(data: bytes) -> bool:
    """Tell whether the bytes are no text: they hold a NUL or many control characters, and are no UTF-16."""
    return encoding_shown(data) is None and _is_strange(data)


def tried(data: bytes, encoding: str | None) -> str | None:
    """Return the characters of `data`, or None where it is not in `encoding` or none is named."""
    try:
        return data.decode(encoding) if encoding else None
    except UnicodeDecodeError:
        return None


def _is_strange(data: bytes) -> bool:
    """Tell whether the bytes hold what no text of single bytes, and no UTF-8, has: not just a few stray controls."""
    controls = _controls(data)
    return b"\x00" in data or (controls > _STRAY and controls * _SHARE > len(data[:SAMPLE]))


def _begins_utf8(sample: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return False
    return True


def _controls(data: bytes) -> int:
    return len(_CONTROL.findall(data, 0, SAMPLE))


def _marked(data: bytes) -> Encoding | None:
    return next((Encoding(name, len(mark)) for mark, name in _BOMS if data.startswith(mark)), None)


def _unmarked_utf16(data: bytes) -> Encoding | None:
    """Return the byte order of UTF-16 without a mark, where it makes clean text of bytes that are none else.

    The half of the bytes that holds fewer different values holds the high ones: they name the script.
    """
    if len(data) < 4:
        return None
    sample = data[:SAMPLE]
    order = "utf-16-le" if len(set(sample[1::2])) < len(set(sample[::2])) else "utf-16-be"
    whole = sample[: len(sample) & ~1]
    text = tried(whole, order) or tried(whole[:-2], order)
    if not text or not any(stop in text for stop in " \n。、"):
        return None
    strange = sum(unicodedata.category(c) in ("Cc", "Cn", "Co") and c not in "\t\r\n\f" for c in text)
    plain = sum(c.isalnum() for c in text)
    return Encoding(order, 0) if strange * 100 <= len(text) <= 2 * plain else None
