"""From a tree of HTML elements to clean text: paragraphs separated by blank lines."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
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
_FURNITURE = frozenset(("nav", "footer"))
_FURNITURE_ROLES = frozenset(("navigation", "banner", "contentinfo", "search"))
_ARTICLE = frozenset(("article", "main"))
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_LINE = re.compile(r"[^\S\n]+")


class Block(NamedTuple):
    """A paragraph, or a line of the list or table that `group` numbers, and what part it has in its page.

    `tag` is of the element around it, `linked` tells that most of its letters are links', `article` that it
    stands in an element for the article, `furniture` that it stands in one for what surrounds articles.
    """

    text: str
    group: int | None
    tag: str
    linked: bool
    article: bool
    furniture: bool


def clean(text: str) -> str:
    """Return the text as composed Unicode without invisible characters, its spaces single and plain."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    return "\n".join(_LINE.sub(" ", line).strip() for line in text.split("\n")).strip()


def blocks_text(root: Any) -> str:
    """Return the text of an lxml HTML element.

    Paragraphs, headings and quotations are separated by blank lines, the items of a list and the rows
    of a table by line ends. Scripts, media and forms are dropped.
    """
    return joined(blocks_of(root))


def blocks_of(root: Any) -> list[Block]:
    """Return the paragraphs and lines of an lxml HTML element, in order; scripts, media and forms are dropped."""
    writer = _Writer()
    writer.element(root)
    writer.flush()
    return writer.blocks


def joined(blocks: Sequence[Block]) -> str:
    """Return blocks as one text: blank lines between them, line ends between those of one list or table."""
    parts: list[str] = []
    for at, block in enumerate(blocks):
        before = blocks[at - 1] if at else None
        together = before is not None and block.group is not None and block.group == before.group
        parts += ("" if before is None else "\n" if together else "\n\n", block.text)
    return "".join(parts)


class _Writer:
    """Walks the tree and gathers blocks."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._buffer: list[str] = []
        self._lists = 0
        self._group = 0
        self._number = ""
        self._counts: dict[Any, int] = {}
        self._preformatted = False
        self._tags: list[str] = []  # of the blocks that are open
        self._links = self._articles = self._furniture = 0  # how many of them are open
        self._letters = self._linked = 0  # in the buffer

    def element(self, element: Any) -> None:
        """Write what is inside an element; its tail is left to the caller."""
        tag = element.tag if isinstance(element.tag, str) else None
        if tag is None or (_DROPPED.fullmatch(tag) and not _is_page(element)):
            return
        if tag == "br":
            self._buffer.append("\n")
            return
        block = _BLOCK.fullmatch(tag) is not None
        if block:
            self.flush()
            self._tags.append(tag)
        if tag in _LISTS:
            self._group += self._lists == 0
            self._lists += 1
        if tag == "li":
            self._number = self._numbered(element)
        article, furniture = tag in _ARTICLE, self._is_furniture(element)
        self._articles += article
        self._furniture += furniture
        within, self._preformatted = self._preformatted, self._preformatted or tag == "pre"
        self._inside(element)
        if block:
            self.flush()
            self._tags.pop()
        self._preformatted = within
        self._articles -= article
        self._furniture -= furniture
        self._lists -= tag in _LISTS

    def _inside(self, element: Any) -> None:
        link = element.tag == "a"
        self._links += link
        self._write(element.text)
        for child in element:
            if child.tag in ("td", "th") and child.getprevious() is not None:
                self._buffer.append(" | ")
            self.element(child)
            self._write(child.tail)
        self._links -= link

    def _is_furniture(self, element: Any) -> bool:
        if element.tag == "header" and not self._articles:
            return next(element.iter("h1"), None) is None
        return element.tag in _FURNITURE or (element.get("role") or "").strip().lower() in _FURNITURE_ROLES

    def _write(self, text: str | None) -> None:
        if not text:
            return
        self._buffer.append(text if self._preformatted else re.sub(r"\s+", " ", text))
        letters = sum(map(len, text.split()))
        self._letters += letters
        self._linked += letters if self._links else 0

    def flush(self) -> None:
        """End the paragraph that is being written."""
        raw = "".join(self._buffer)
        self._buffer.clear()
        linked = 2 * self._linked > self._letters
        self._letters = self._linked = 0
        text = re.sub(r"\n{2,}", "\n", clean(raw)).strip(" |")
        if text:
            group = self._group if self._lists else None
            tag = self._tags[-1] if self._tags else ""
            place = self._articles > 0, self._furniture > 0
            self.blocks.append(Block(self._number + text, group, tag, linked, *place))
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


def _is_page(element: Any) -> bool:
    """Tell whether a form is no form but goes around a whole page, as some servers' frameworks have it."""
    return element.tag == "form" and next(element.iter("p", "article"), None) is not None
