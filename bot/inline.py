"""The little Markdown that answers are written in: emphasis and [n] marks within a line, quotations and headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from bot.cite import unescape_markdown

Style = Literal["plain", "strong", "em", "mark"]

# Strong and plain emphasis, and marks; a backslash takes any of them its meaning.
_INLINE = re.compile(
    r"(?<!\\)(?:\*\*(?P<strong>\S(?:.{0,400}?\S)??)(?<!\\)\*\*|\*(?P<em>[^\s*](?:.{0,400}?[^\s*])??)(?<!\\)\*"
    r"|(?P<mark>\[\d{1,6}(?:\s{0,9},\s{0,9}\d{1,6}){0,99}\]))"
)
_QUOTED = re.compile(r" {0,3}> ?(.*)")
_HEADING = re.compile(r" {0,3}#{1,6}\s+(.*)")


class Run(NamedTuple):
    """Characters of one style, as they are shown; those of a mark are "[1]" or "[1, 2]"."""

    text: str
    style: Style


def runs(line: str) -> Iterator[Run]:
    """Yield a line's characters with their styles."""
    at = 0
    for match in _INLINE.finditer(line):
        if match.start() > at:
            yield Run(unescape_markdown(line[at : match.start()]), "plain")
        style: Style = "strong" if match["strong"] else "em" if match["em"] else "mark"
        yield Run(unescape_markdown(match[style]), style)
        at = match.end()
    if at < len(line):
        yield Run(unescape_markdown(line[at:]), "plain")


def quoted(line: str) -> str | None:
    """Return what a line of a quotation quotes, None where it is none."""
    match = _QUOTED.fullmatch(line)
    return match[1] if match else None


def heading(line: str) -> str | None:
    """Return a heading's words, None where a line is none."""
    match = _HEADING.fullmatch(line)
    return match[1] if match else None
