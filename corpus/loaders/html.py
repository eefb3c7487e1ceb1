"""HTML pages: the article's body without what surrounds it, and what the page says about itself."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from corpus.errors import LoadError
from corpus.loaders.blocks import blocks_text
from corpus.loaders.charset import decode
from corpus.loaders.fields import (
    Record,
    date_in_name,
    digest,
    no_text,
    read_article,
    shortened,
    without_headline,
)
from corpus.loaders.hidden import drop_hidden
from corpus.loaders.metadata import read_page
from corpus.loaders.prose import article_of
from corpus.model import Document

# The extractor's names of elements, which are TEI's, as HTML's.
_TEI = {"head": "h2", "quote": "blockquote", "item": "li", "row": "tr", "cell": "td", "lb": "br", "ab": "p"}

_SILENT = logging.NullHandler()

# What XML has no place for, so that the extractor gives a page up over one of them. Pages made from PDF have them.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_BREAKS = "\x0b\x0c"  # the ends of lines and pages: words stand on both sides
_REFERENCE = re.compile(r"&#(?:[xX](?P<hex>[\da-fA-F]{1,9})(?![\da-fA-F])|(?P<number>\d{1,9})(?!\d));?")


def load(stream: BinaryIO, name: str) -> Iterator[Record | LoadError]:
    """Yield the one article of a page.

    Raises:
        LoadError: the page holds no article text, or is not HTML.
    """
    data = read_article(stream, name)
    tree = _tree(decode(data, name, declared=True), name)
    page = read_page(tree)
    drop_hidden(tree)
    text = without_headline(article_of(_body(tree), tree), page.title)
    if not text:
        raise no_text(name)
    named = None if page.published else date_in_name(name)
    document = Document(
        text=text,
        title=page.title or shortened(text),
        outlet=page.outlet,
        authors=page.authors,
        published=page.published or named,
        updated=page.updated,
        date_source="page metadata" if page.published else "file name" if named else None,
        language=page.language,
        url=page.url,
    )
    yield Record(document, digest(data))


def _tree(text: str, name: str) -> Any:
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    # The encoding given here wins over what the page declares, which was heeded when it was decoded.
    parser = HTMLParser(encoding="utf-8", collect_ids=False, remove_comments=True, remove_pis=True)
    try:
        return document_fromstring(_without_controls(text).encode(), parser=parser)
    except etree.ParserError as error:  # nothing but comments and white space
        raise no_text(name) from error


def _without_controls(text: str) -> str:
    """Return a page without control characters but tabs and line ends, written out or as character references."""
    return _CONTROL.sub(_blank, _REFERENCE.sub(_resolved, text) if "&#" in text else text)


def _blank(control: re.Match[str]) -> str:
    return " " if control[0] in _BREAKS else ""


def _resolved(reference: re.Match[str]) -> str:
    """Return the control character that a reference stands for; any other reference as it is."""
    code = int(reference["hex"], 16) if reference["hex"] else int(reference["number"])
    found = _CONTROL.fullmatch(chr(code)) if code < 0x10000 else None
    return found[0] if found else reference[0]


def _body(tree: Any) -> str:
    """Return the article's text, comments and page furniture left out."""
    from trafilatura import bare_extraction

    # Without a handler its complaints about pages without text go to the terminal; ours are errors.
    logging.getLogger("trafilatura").addHandler(_SILENT)
    found = bare_extraction(tree, include_comments=False, with_metadata=False)
    if found is None or found.body is None:
        return ""
    body = found.body
    for element in body.iter("*"):
        if element.tag == "list":
            element.tag = "ol" if element.get("rend") == "ol" else "ul"
        elif element.tag in _TEI:  # a tag that damage has given an odd name cannot be set again
            element.tag = _TEI[element.tag]
    return blocks_text(body)
