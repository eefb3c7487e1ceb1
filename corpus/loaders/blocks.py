"""From a tree of HTML elements to clean text: paragraphs separated by blank lines."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, NamedTuple

_BLOCK = re.compile(
    "address|article|aside|blockquote|body|caption|center|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|"
    "h[1-6]|header|hr|html|li|main|nav|ol|p|pre|section|summary|table|tbody|tfoot|thead|tr|ul"
)
_DROPPED = re.compile(
    "audio|button|canvas|embed|form|head|iframe|img|input|link|map|math|meta|noscript|object|picture|script|"
    "select|source|style|svg|template|textarea|title|track|video"
)
_LISTS = frozenset(("ul", "ol", "dl", "table"))
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_LINE = re.compile(r"[^\S\n]+")


class _Block(NamedTuple):
    """A paragraph, or a line of the list or table that `group` numbers."""

    text: str
    group: int | None


def clean(text: str) -> str:
    """Return the text as composed Unicode without invisible characters, its spaces single and plain."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    return "\n".join(_LINE.sub(" ", line).strip() for line in text.split("\n")).strip()


def blocks_text(root: Any) -> str:
    """Return the text of an lxml HTML element.

    Paragraphs, headings and quotations are separated by blank lines, the items of a list and the rows
    of a table by line ends. Scripts, media and forms are dropped.
    """
    writer = _Writer()
    writer.element(root)
    writer.flush()
    parts: list[str] = []
    for at, block in enumerate(writer.blocks):
        before = writer.blocks[at - 1] if at else None
        joined = before is not None and block.group is not None and block.group == before.group
        parts += ("" if before is None else "\n" if joined else "\n\n", block.text)
    return "".join(parts)


class _Writer:
    """Walks the tree and gathers blocks."""

    def __init__(self) -> None:
        self.blocks: list[_Block] = []
        self._buffer: list[str] = []
        self._lists = 0
        self._group = 0
        self._number = ""
        self._counts: dict[Any, int] = {}
        self._preformatted = False

    def element(self, element: Any) -> None:
        """Write what is inside an element; its tail is left to the caller."""
        tag = element.tag if isinstance(element.tag, str) else None
        if tag is None or _DROPPED.fullmatch(tag):
            return
        if tag == "br":
            self._buffer.append("\n")
            return
        block = _BLOCK.fullmatch(tag) is not None
        if block:
            self.flush()
        if tag in _LISTS:
            self._group += self._lists == 0
            self._lists += 1
        if tag == "li":
            self._number = self._numbered(element)
        within, self._preformatted = self._preformatted, self._preformatted or tag == "pre"
        self._write(element.text)
        for child in element:
            if child.tag in ("td", "th") and child.getprevious() is not None:
                self._buffer.append(" | ")
            self.element(child)
            self._write(child.tail)
        if block:
            self.flush()
        self._preformatted = within
        self._lists -= tag in _LISTS

    def _write(self, text: str | None) -> None:
        if text:
            self._buffer.append(text if self._preformatted else re.sub(r"\s+", " ", text))

    def flush(self) -> None:
        """End the paragraph that is being written."""
        raw = "".join(self._buffer)
        self._buffer.clear()
        text = re.sub(r"\n{2,}", "\n", clean(raw)).strip(" |")
        if text:
            self.blocks.append(_Block(self._number + text, self._group if self._lists else None))
            self._number = ""

    def _numbered(self, item: Any) -> str:
        """Return the number that an item of an ordered list shows, such as "2. "."""
        parent = item.getparent()
        if parent is None or parent.tag != "ol":
            return ""
        start = parent.get("start") or "1"
        number = self._counts.get(parent, int(start) if start.isdecimal() and len(start) < 10 else 1)
        self._counts[parent] = number + 1
        return f"{number}. "
