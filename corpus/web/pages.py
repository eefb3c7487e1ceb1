"""Pages: from what a server answered to documents, or to a sentence why there is none."""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from corpus.errors import LoadError
from corpus.ingest import Incoming
from corpus.loaders import Loaded, Loading, load_bytes
from corpus.loaders.fields import digest, shortened
from corpus.model import Document, PartialDate
from corpus.web import stubs
from corpus.web.addresses import claimed, shown
from corpus.web.client import Fetched
from corpus.web.robots import Visitor

_ENDINGS = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/markdown": ".md",
    "text/x-markdown": ".md",
    "application/pdf": ".pdf",
    "text/plain": ".txt",
}
_FEED = re.compile(rb"<(?:rss|feed|rdf:rdf)[\s>]")
_PAGES = frozenset({"", "text/html", "application/xhtml+xml"})
_ANSWERS = {
    401: "asks for a name and a password: save the article from a browser and ingest the file",
    402: "asks to be paid for: subscribe and ingest the article as a file",
    403: "is refused to programs or to this place (403): save the article from a browser and ingest the file",
    404: "does not exist (404): check the address",
    410: "is gone for good (410)",
    429: "is not given out for now, as too much was asked for (429): try again later",
    451: "is withheld for legal reasons (451)",
}
_BOMS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of an article before its page is read: it fills what the page does not say."""

    title: str | None = None
    outlet: str | None = None
    authors: tuple[str, ...] = ()
    published: PartialDate | None = None
    updated: PartialDate | None = None
    language: str | None = None


def fetch_article(visitor: Visitor, url: str, loading: Loading | None = None) -> Iterator[Incoming | LoadError]:
    """Yield what is at `url`, usually one article, or an error that says why there is none.

    Nothing is raised for what an address holds: the caller reports the errors and goes on.

    Args:
        visitor: what fetches.
        url: the address.
        loading: the run that it belongs to, as `corpus.loaders.load` has it.
    """
    try:
        yield from read_page(visitor.get(url), Known(), loading)
    except LoadError as error:
        yield error


def read_page(page: Fetched, known: Known, loading: Loading | None = None) -> Iterator[Incoming | LoadError]:
    """Yield the articles of a page that was fetched.

    Raises:
        LoadError: the server did not give it, or it is a consent page, a pay-wall or a check for robots.
    """
    problem = refused(page)
    if problem is not None:
        raise problem
    _refuse_xml(page)
    if page.kind in _PAGES:
        _refuse_gate(page)
    for loaded in read_bytes(page.body, page.url, page.kind, page.charset, loading):
        if isinstance(loaded, LoadError):
            _refuse_stub(page, "")
            yield loaded
            continue
        _refuse_stub(page, loaded.document.text)
        yield Incoming(replace(loaded, document=told(loaded.document, page.url, known)), "", page.url)


def refused(page: Fetched) -> LoadError | None:
    """Return the error for an answer that holds no page, or None where it holds one."""
    if page.status == 200:
        return None
    said = _ANSWERS.get(page.status, f"could not be had: the server answered {page.status}; try again later")
    return LoadError(f"the page at {shown(page.url)} {said}")


def read_bytes(
    body: bytes, url: str, kind: str, charset: str | None, loading: Loading | None
) -> Iterator[Loaded | LoadError]:
    """Yield the documents in `body` as the loaders read them from a file; messages name the URL."""
    bare, ending = shown(url), _ENDINGS.get(kind, "")
    name = bare if bare.endswith(ending) else bare + ending
    marked = _with_mark(body, charset)
    for found in load_bytes(marked, name, loading):
        if isinstance(found, LoadError):
            yield LoadError(str(found).replace(name, bare))
        elif marked is not body and not found.document.record:
            yield replace(found, raw_hash=digest(body))  # of what was sent, not of what it was turned into
        else:
            yield found


def wrapped(content: str, title: str) -> bytes:
    """Return a page around the content of a feed's item."""
    head = f'<meta charset="utf-8"><title>{html.escape(title)}</title>'
    body = f"<article><h1>{html.escape(title)}</h1>\n{content}\n</article>"
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>".encode("utf-8", "replace")


def _with_mark(body: bytes, charset: str | None) -> bytes:
    """Return the bytes so that the loaders heed the server's character set, where it holds and UTF-8 does not."""
    try:
        codec = codecs.lookup(charset or "utf-8").name
    except LookupError:  # a server's slip: the loaders find out by themselves
        return body
    if codec == "utf-8" or body.startswith(_BOMS) or (not codec.startswith("utf") and _is_utf8(body)):
        return body
    try:
        return codecs.BOM_UTF8 + body.decode("cp1252" if codec in ("iso8859-1", "ascii") else codec).encode()
    except (LookupError, UnicodeError):  # declared and wrong, or no character set at all
        return body


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def told(document: Document, url: str, known: Known) -> Document:
    """Return the document with its URL judged, and with what was known before where the page says nothing.

    Args:
        document: what a loader made of it; its URL is a claim.
        url: where it was fetched.
        known: what fills its gaps.
    """
    own = claimed(document.url, url)
    if document.record and own == url:
        own = ""  # one of several in a file: the file's address is not its own
    dated = document.published is not None and document.date_source != "file name"
    made_up = document.title in ("", shortened(document.text))
    return replace(
        document,
        url=own or None,
        title=known.title if known.title and made_up else document.title,
        outlet=document.outlet or known.outlet,
        authors=document.authors or known.authors,
        published=document.published if dated or known.published is None else known.published,
        date_source=document.date_source if dated or known.published is None else "feed",
        updated=document.updated or known.updated,
        language=document.language or known.language,
    )


def _refuse_xml(page: Fetched) -> None:
    """Refuse what is neither page nor text, and would be taken for a text full of tags."""
    head = page.body[:4096].lower()
    if page.kind in ("text/html", "application/xhtml+xml") or b"<html" in head:
        return
    if _FEED.search(head):
        raise LoadError(
            f"the page at {shown(page.url)} is a feed, not an article: follow it with `whosaid feeds add URL`"
        )
    if page.kind.endswith("xml"):
        raise LoadError(f"the page at {shown(page.url)} is XML, which is no article: give the address of its page")


def _refuse_gate(page: Fetched) -> None:
    gate = stubs.led_to_gate(page.asked, page.url)
    if gate is not None:
        raise _stub(page, gate)


def _refuse_stub(page: Fetched, text: str) -> None:
    if page.kind not in _PAGES:
        return
    source = _with_mark(page.body, page.charset).decode("utf-8", "replace")
    found = stubs.recognise(source, text, page.asked, page.url)
    if found is not None:
        raise _stub(page, found)


def _stub(page: Fetched, kind: stubs.Stub) -> LoadError:
    return LoadError(f"the page at {shown(page.url)} {stubs.sentence(kind)}")
