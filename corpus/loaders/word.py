"""Word documents (DOCX): paragraphs, headings, lists and tables as they read with all changes accepted."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from corpus.dates import parse_date
from corpus.errors import LoadError
from corpus.loaders.blocks import blocks_text
from corpus.loaders.fields import (
    LARGEST,
    Record,
    date_in_name,
    digest,
    is_blank,
    no_text,
    one_line,
    read_article,
    shortened,
    without_headline,
)
from corpus.loaders.properties import credible_authors, credible_title
from corpus.loaders.text import read_head
from corpus.loaders.word_body import Styles, body, local
from corpus.model import Document, PartialDate

_MAIN = "word/document.xml"
_RATIO = 200  # unpacked bytes for each packed one; documents have 5 to 50
_RATIO_FROM = 2**20
_ENTRIES = 10_000
_TEMPLATE = ("2013-12-23T23:15:00Z", "1601-01-01T00:00:00Z")  # the dates that files made by programs begin with
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, KeyError)


def load(stream: BinaryIO, name: str) -> Iterator[Record | LoadError]:
    """Yield the one article of a DOCX file.

    Deleted text, comments, headers, footers, notes and hidden text are left out. The date is the one printed
    above the text; else, as a claim, the day on which the document was made.

    Raises:
        LoadError: the file is no DOCX, damaged, holds no text, or unpacks to more than an article can be.
    """
    data = read_article(stream, name)
    if is_blank(data):
        raise no_text(name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = _parts(archive, name)
    except _BROKEN as error:
        raise LoadError(f"could not load {name}: the DOCX is damaged; fetch or save it again") from error
    about = _properties(parts.get("docProps/core.xml"), name)
    styles = Styles.of(*(_tree(parts.get(f"word/{part}.xml"), name) for part in ("styles", "numbering")))
    tree, title = body(_tree(parts[_MAIN], name), styles)
    text = blocks_text(tree)
    if not text:
        raise no_text(name)
    yield Record(_document(text, one_line(title), about, name), digest(data))


def _document(text: str, heading: str | None, about: Mapping[str, str], name: str) -> Document:
    head = read_head(text)
    title = credible_title(about.get("title"), name) or heading or head.title
    made = None if head.published else _date(about.get("created"))
    named = None if head.published or made else date_in_name(name)
    published = head.published or made or named
    updated = head.updated or (_date(about.get("modified")) if made else None)
    if published and updated and updated.last() < published.first():
        updated = None
    return Document(
        text=without_headline(text, title),
        title=title or shortened(text),
        authors=head.authors or credible_authors(about.get("creator")),
        published=published,
        updated=updated,
        date_source="text" if head.published else "document properties" if made else "file name" if named else None,
        language=about.get("language"),
    )


def _parts(archive: zipfile.ZipFile, name: str) -> dict[str, bytes]:
    """Return the parts of the document that are read, unpacked within bounds.

    Raises:
        LoadError: there is no document in it, or it is out of bounds.
    """
    entries = {info.filename.lstrip("/"): info for info in archive.infolist()}
    if len(entries) > _ENTRIES:
        raise LoadError(f"could not load {name}: it has {len(entries):,} parts, as no document has; fetch it again")
    if _MAIN not in entries:
        raise LoadError(f"could not load {name}: it has no {_MAIN}, so it is no Word document; save it as DOCX")
    found: dict[str, bytes] = {}
    left = LARGEST
    for part in (_MAIN, "word/styles.xml", "word/numbering.xml", "docProps/core.xml"):
        info = entries.get(part)
        if info is None:
            continue
        with archive.open(info) as opened:
            content = opened.read(left + 1)
        packed = max(info.compress_size, 1)
        if len(content) > left or (len(content) > _RATIO_FROM and len(content) > _RATIO * packed):
            raise LoadError(
                f"could not load {name}: it unpacks to more than {_RATIO} times its size or {LARGEST >> 20} MiB, "
                "as no article does; open it and save its text"
            )
        left -= len(content)
        found[part] = content
    return found


def _tree(content: bytes | None, name: str) -> Any:
    """Parse a part: no entities, no document types, no network.

    Raises:
        LoadError: it is not well-formed XML, or declares a document type.
    """
    if content is None:
        return None
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise LoadError(f"could not load {name}: the XML of the DOCX is damaged; fetch or save it again") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise LoadError(
            f"could not load {name}: its XML declares a document type, as no word processor does; save it as DOCX again"
        )
    return root


def _properties(content: bytes | None, name: str) -> dict[str, str]:
    """Return the document's core properties by their local names: title, creator, created, modified."""
    root = _tree(content, name)
    if root is None:
        return {}
    return {local(element): element.text.strip() for element in root if element.text and element.text.strip()}


def _date(value: str | None) -> PartialDate | None:
    return None if value in _TEMPLATE else parse_date(value)
