"""PDF: the text in reading order, in paragraphs, and what the document says about itself."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO

from corpus.dates import parse_date
from corpus.errors import LoadError
from corpus.loaders.fields import (
    Record,
    date_in_name,
    digest,
    is_blank,
    no_text,
    read_article,
    shortened,
    without_headline,
)
from corpus.loaders.pdf_lines import Line, page_lines
from corpus.loaders.properties import credible_authors, credible_title
from corpus.loaders.reflow import Paragraph, heading, reflow, written
from corpus.loaders.text import read_head
from corpus.model import Document, PartialDate

PAGES = 2000
"""The most pages that one article may have; more is a book or an archive."""

_SILENT = logging.NullHandler()
_DATE = re.compile(r"(?:D:)?(\d{4})(\d\d)?(\d\d)?(?:(\d\d)(\d\d)(\d\d)?)?(?:(Z)|([+-]\d\d)'?(\d\d)?)?")
_UNREADABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd\ue000-\uf8ff]")


def load(stream: BinaryIO, name: str) -> Iterator[Record | LoadError]:
    """Yield the one article of a PDF.

    The date is the one printed above the text; else, as a claim, the day on which the file was made.

    Raises:
        LoadError: the PDF is damaged, encrypted with a password, scanned, or has more than `PAGES` pages.
    """
    data = read_article(stream, name)
    if is_blank(data):
        raise no_text(name)
    with _foreign_errors(name):
        reader = _opened(data, name)
        about = {str(key): str(value) for key, value in (reader.metadata or {}).items()}
        pages = [_lines(page, number, name) for number, page in enumerate(reader.pages, 1)]
    paragraphs = reflow(pages)
    text = written(paragraphs)
    if not any(c.isalnum() for c in text):
        raise _scanned(reader, name) or no_text(name)
    if len(_UNREADABLE.findall(text)) * 10 > len(text):
        raise LoadError(
            f"could not load {name}: its fonts do not tell which letters they draw; run text recognition (OCR) over it"
        )
    yield Record(_document(text, paragraphs, about, name), digest(data))


def _document(text: str, paragraphs: Sequence[Paragraph], about: dict[str, str], name: str) -> Document:
    programs = (about.get("/Producer", ""), about.get("/Creator", ""))
    head = read_head(text)
    title = credible_title(about.get("/Title"), name, programs) or heading(paragraphs) or head.title
    made = None if head.published else _date(about.get("/CreationDate", ""))
    named = None if head.published or made else date_in_name(name)
    return Document(
        text=without_headline(text, title),
        title=title or shortened(text),
        authors=head.authors or credible_authors(about.get("/Author"), programs),
        published=head.published or made or named,
        updated=head.updated,
        date_source="text" if head.published else "PDF metadata" if made else "file name" if named else None,
    )


def _opened(data: bytes, name: str) -> Any:
    """Return a reader of a PDF that can be read without a password, and is not too long."""
    from pypdf import PasswordType, PdfReader

    # Without a handler its remarks on damaged files go to the terminal; what cannot be read is an error of ours.
    log = logging.getLogger("pypdf")
    log.addHandler(_SILENT)
    log.propagate = False
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
        raise LoadError(
            f"could not load {name}: the PDF is encrypted with a password; save it without one and load it again"
        )
    if len(reader.pages) > PAGES:
        raise LoadError(
            f"could not load {name}: it has {len(reader.pages):,} pages, and at most {PAGES:,} are read; "
            "split it into articles"
        )
    return reader


def _lines(page: Any, number: int, name: str) -> list[Line]:
    with _foreign_errors(f"{name}, page {number}"):
        return page_lines(page)


def _scanned(reader: Any, name: str) -> LoadError | None:
    """Return the error for a PDF whose pages are pictures of text, if it is one."""
    with _foreign_errors(name):
        count = sum(_has_picture(page) for page in reader.pages)
    if not count:
        return None
    pages = "its page is a picture" if count == 1 else f"its {count} pages are pictures"
    return LoadError(
        f"could not load {name}: {pages} without text, as scanners make them; "
        "run text recognition (OCR) over it and load the result"
    )


def _has_picture(page: Any) -> bool:
    resources = page.get("/Resources")
    objects = resources.get_object().get("/XObject") if resources is not None else None
    inside = objects.get_object().values() if objects is not None else ()
    return any(found.get_object().get("/Subtype") in ("/Image", "/Form") for found in inside)


def _date(value: str) -> PartialDate | None:
    """Read a date as PDF writes it: D:20410305102030+02'00', cut off where it is not known."""
    match = _DATE.match(value.strip()) if re.match(r"D:|\d{8}", value.strip()) else None
    if match is None:
        return parse_date(value)
    year, month, day, hour, minute, second, utc, hours, minutes = match.groups()
    text = "-".join(part for part in (year, month, day) if part)
    if day and hour:
        text += f"T{hour}:{minute}:{second or '00'}" + (utc or (f"{hours}:{minutes or '00'}" if hours else ""))
    return parse_date(text)


@contextmanager
def _foreign_errors(where: str) -> Iterator[None]:
    """Map what the library raises on damaged data to the project's error; a memory limit is the worker's to tell."""
    try:
        yield
    except (LoadError, MemoryError):
        raise
    except Exception as error:
        # On damaged files it raises its own errors and whatever its parsers meet: lookup, type, value,
        # recursion, decompression and cryptography errors. All of them say the same: the file is damaged.
        raise LoadError(f"could not load {where}: the PDF is damaged; fetch or save it again") from error
