"""Feeds: RSS and Atom, from bytes that were fetched to items; parsed in a child process."""

from __future__ import annotations

import codecs
import re
from contextlib import AbstractContextManager
from dataclasses import dataclass
from io import BytesIO

from corpus.errors import LoadError
from corpus.loaders.isolated import Worker
from corpus.loaders.limits import DEFAULT, Limits
from corpus.model import PartialDate
from corpus.web import feed_items
from corpus.web.addresses import shown

_TABLE = "corpus.web.feed_items:PARSERS"
_DECLARED = re.compile(rb"\s{0,99}<\?xml[^>]{0,200}?encoding\s{0,9}=\s{0,9}[\"']([\w.:-]{1,40})")
_DECLARATION = re.compile(r"\s{0,99}<\?xml[^>]{0,400}\?>")
_PAGE = re.compile(r"<(?:!doctype\s{1,9})?html\b", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of a feed.

    `key` is the item's own id, else its link; `stamp` is what the feed says of its last change (any string);
    `content` is the HTML of the whole article where the feed gives it, else None.
    """

    key: str
    link: str
    title: str | None
    authors: tuple[str, ...]
    published: PartialDate | None
    updated: PartialDate | None
    stamp: str | None
    content: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed: its title, the page it belongs to, its language, and its items in its own order."""

    title: str | None
    page: str | None
    language: str | None
    items: tuple[Item, ...]


class FeedReader(AbstractContextManager["FeedReader"]):
    """Reads feeds in a child process, which the first feed starts and leaving the context ends."""

    def __init__(self, limits: Limits = DEFAULT, *, isolated: bool = True) -> None:
        """Without `isolated`, all is read in this process: for feeds that are known to be harmless."""
        self._worker = Worker(limits, _TABLE) if isolated else None

    def __exit__(self, *_: object) -> None:
        """End the child."""
        if self._worker is not None:
            self._worker.close()

    def read(self, data: bytes, url: str, charset: str | None = None) -> Feed:
        """Return the feed in `data`, which was fetched from `url` with `charset`.

        Raises:
            LoadError: it is no feed, declares a document type, or takes too much time or memory.
        """
        text = _decode(data, charset)
        declaration = _DECLARATION.match(text)
        text = text[declaration.end() :] if declaration else text
        _refuse_declarations(text, url)
        plain = text.encode("utf-8", "replace")
        found = self._worker.load("feed", shown(url), plain) if self._worker else feed_items.load(BytesIO(plain), url)
        records = []
        for record in found:
            if isinstance(record, LoadError):
                raise record
            records.append(record.document)
        feed, *items = records
        made = (
            Item(
                key=item.record,
                link=item.url or "",
                title=item.title or None,
                authors=item.authors,
                published=item.published,
                updated=item.updated,
                stamp=item.date_source,
                content=item.text or None,
            )
            for item in items
        )
        by_key = {item.key: item for item in made}
        return Feed(title=feed.title or None, page=feed.url, language=feed.language, items=tuple(by_key.values()))


def _decode(data: bytes, charset: str | None) -> str:
    """Return the characters once and for all, so that what is checked is what is parsed."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    if data[:2] in (b"<\0", b"\0<"):
        return data.decode("utf-16-le" if data[:1] == b"<" else "utf-16-be", "replace")
    declared = _DECLARED.match(data)
    for name in ("utf-8-sig", charset, declared[1].decode("ascii", "replace") if declared else None):
        try:
            return data.decode(name or "utf-8")
        except (LookupError, UnicodeError):  # the next one, then
            continue
    return data.decode("cp1252", "replace")


def _refuse_declarations(text: str, url: str) -> None:
    """See that the first thing after comments and instructions is an element, as in every feed of today.

    A document type is where entities are declared, and a few of them can grow to gigabytes.
    """
    at = 0
    while (at := text.find("<", at)) >= 0:
        if _PAGE.match(text, at):
            raise feed_items.no_feed(shown(url))
        end = next((end for start, end in (("<?", "?>"), ("<!--", "-->")) if text.startswith(start, at)), None)
        if end is None:
            break
        at = text.find(end, at)
        if at < 0:
            return
    if at >= 0 and text.startswith("<!", at):
        raise LoadError(
            f"could not read the feed {shown(url)}: it declares a document type, in which entities can be hidden "
            "that grow without limit; ask the publisher for a feed without one"
        )
