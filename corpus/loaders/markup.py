"""HTML inside a field of a record: its text, by Python alone, in one pass over it."""

from __future__ import annotations

import html
import re

from corpus.loaders.blocks import clean

_ELEMENT = re.compile(r"</(?:p|div|li|blockquote|h[1-6]|a|em|strong|span)\s{0,9}>|<br\s{0,9}/?>", re.I)
_NAME = re.compile(r"/?([a-zA-Z][a-zA-Z0-9]{0,20})(?![\w.@])")
_PARAGRAPHS = frozenset(
    (
        *("p", "div", "section", "article", "header", "footer", "aside", "main", "blockquote", "pre", "figure", "hr"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "figcaption"),
    )
)
_LINES = frozenset(("br", "li", "tr", "dt", "dd"))
_DROPPED = frozenset(("script", "style", "template", "iframe", "noscript", "svg", "object", "form", "button", "head"))
_COMMENT = "!--"


def is_markup(text: str) -> bool:
    """Tell whether a text is HTML: it closes an element of running text, or breaks a line with one."""
    return _ELEMENT.search(text) is not None


def text_of(markup: str) -> str:
    """Return the text of HTML as clean text: paragraphs separated by blank lines, items and rows by line ends.

    Scripts, styles, forms and comments are dropped. Where nothing but links and emphasis is marked, the line
    ends of the text are kept.
    """
    pieces = markup.split("<")
    marked = [_name(piece) for piece in pieces]
    blocks = any(name in _PARAGRAPHS or name in _LINES for name in marked[1:])
    out = [_prose(pieces[0], blocks)]
    inside = ""  # the element or comment that is being dropped
    for piece, name in zip(pieces[1:], marked[1:], strict=True):
        tag, closed, rest = piece.partition(">")
        if inside:
            if inside == _COMMENT:
                _, closed, rest = piece.partition("-->")
            if closed and (inside == _COMMENT or (name == inside and tag.startswith("/"))):
                inside = ""
                out.append(_prose(rest, blocks))
        elif tag.startswith(_COMMENT) and not tag.endswith("--"):
            inside = _COMMENT
        elif closed and name in _DROPPED and not tag.startswith("/"):
            inside = name
        elif closed and (name or tag.startswith("!")):
            begins = "\n" if name in _LINES and not tag.startswith("/") else " | " if _is_cell(tag) else ""
            out.append("\n\n" if name in _PARAGRAPHS else begins)
            out.append(_prose(rest, blocks))
        else:  # a sign, not a tag
            out.append("<" + _prose(piece, blocks))
    text = clean(html.unescape("".join(out)).replace("\r\n", "\n"))
    lines = re.sub(r"\n{3,}", "\n\n", text).split("\n")
    return "\n".join(line.strip(" |") for line in lines)


def _name(piece: str) -> str:
    found = _NAME.match(piece)
    return found[1].lower() if found else ""


def _prose(text: str, blocks: bool) -> str:
    """Return a piece of text, its line ends as blanks where elements mark the paragraphs."""
    return re.sub(r"\s+", " ", text) if blocks else text


def _is_cell(tag: str) -> bool:
    return re.match(r"t[dh]\b", tag, re.I) is not None
