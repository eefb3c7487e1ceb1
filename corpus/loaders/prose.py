"""Whether what was extracted of a page is an article, and its paragraphs where the extractor ran them together.

For a page on which it finds no article the extractor falls back on all words there are, as one paragraph. What
the page's own elements say then tells articles from navigation, lists of headlines and imprints.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from corpus.loaders.blocks import Block, blocks_of, joined

_STOP = re.compile(r"[.!?…。！？؟۔।॥។။][\"'“”’»)\]]{0,3}\Z")
_LONG = 60  # letters; so long a line is more than a label, whatever it ends with and whatever language it is in
_RIGHTS = re.compile(r"\W{0,9}(?:©|\(c\)|copyright\b)|.{0,200}\ball rights reserved\b", re.I)
_HEADING = re.compile("h[1-6]|caption|figcaption|th")
_AHEAD = 2000  # characters of the run-together text in which a paragraph is looked for


def article_of(text: str, tree: Any) -> str:
    """Return the extracted `text` in paragraphs, or "" where the page it is of holds no article.

    An article has at least one paragraph that is neither a link, nor a heading, nor in what surrounds articles. Words
    that the page's elements do not hold (it keeps its article in its data) are left as they are.

    Args:
        text: what the extractor made of the page.
        tree: the page, as an lxml HTML tree.
    """
    if not text:
        return ""
    page = blocks_of(tree)
    if "\n" not in text:
        found = _refound(text, page)
        if found is None:
            return text
        return joined(found) if any(map(_is_prose, found)) else ""
    prose: dict[str, bool] = {}
    for block in page:
        for line in block.text.split("\n"):
            prose[line] = _is_prose(block) or prose.get(line, False)
    lines = filter(None, text.split("\n"))
    return text if any(prose.get(line, True) for line in lines) else ""


def _is_prose(block: Block) -> bool:
    if block.linked or block.furniture or _HEADING.fullmatch(block.tag) or _RIGHTS.match(block.text):
        return False
    return block.article or _STOP.search(block.text) is not None or len(block.text) >= _LONG


def _refound(text: str, page: Sequence[Block]) -> list[Block] | None:
    """Return the page's own paragraphs that `text` runs together, without links and what surrounds articles.

    None stands for a text most of which is not the page's.
    """
    flat = "".join(text.split())  # where it has blanks is the extractor's choice
    found: list[Block] = []
    at = seen = 0
    for block in page:
        words = "".join(block.text.split())
        start = flat.find(words, at, at + len(words) + _AHEAD)
        if start < 0:
            continue
        at = start + len(words)
        seen += len(words)
        if not (block.linked or block.furniture):
            found.append(block)
    return found if 2 * seen >= len(flat) else None
