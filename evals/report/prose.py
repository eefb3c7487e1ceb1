"""The Markdown of an answer as pieces of plain text, so that a page can show it without ever reading markup."""

from __future__ import annotations

import re

from bot.cite import unescape_markdown
from bot.visible import clean

Piece = tuple[str, str]
"""A style ("", "strong", "em" or "mark", which is a citation mark such as [1]) and its characters."""

Block = tuple[str, list[Piece]]
"""What a paragraph is ("p", or "quote") and its pieces, line breaks in them."""

_INLINE = re.compile(
    r"(?<!\\)(?:\*\*(?P<strong>\S(?:.{0,400}?\S)??)(?<!\\)\*\*|\*(?P<em>[^\s*](?:.{0,400}?[^\s*])??)(?<!\\)\*"
    r"|(?P<mark>\[\d{1,6}(?:\s{0,9},\s{0,9}\d{1,6}){0,99}\]))"
)
_QUOTED = re.compile(r" {0,3}> ?(.*)")


def blocks(markdown: str) -> list[Block]:
    """Return the paragraphs and quotations of an answer: emphasis and citation marks told apart, escapes undone."""
    found: list[Block] = []
    for paragraph in re.split(r"\n\s*\n", clean(markdown).strip("\n")):
        kind, pieces = "", list[Piece]()
        for line in paragraph.split("\n"):
            quoted = _QUOTED.fullmatch(line)
            this = "quote" if quoted else "p"
            if pieces and this != kind:
                found.append((kind, pieces))
                pieces = []
            elif pieces:
                pieces.append(("", "\n"))
            kind = this
            pieces.extend(_pieces(quoted[1] if quoted else line))
        if pieces:
            found.append((kind, pieces))
    return found


def _pieces(line: str) -> list[Piece]:
    found, at = list[Piece](), 0
    for match in _INLINE.finditer(line):
        kind = match.lastgroup or ""
        found += [("", unescape_markdown(line[at : match.start()])), (kind, unescape_markdown(match[kind]))]
        at = match.end()
    return [piece for piece in [*found, ("", unescape_markdown(line[at:]))] if piece[1]]
