"""Inside the child process: from a feed to records, the feed's own first and then one for each item.

A record is a document, as the child's protocol has it; what a feed says besides goes where a document has room:
of the feed, `title`, `url` (its page) and `language`; of an item, `record` (its key), `url` (its link), `text` (the
whole article as HTML, or nothing) and `date_source` (what it says of its last change, as it stands).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any, BinaryIO

import httpx

from corpus.dates import parse_date
from corpus.errors import LoadError
from corpus.loaders.blocks import clean
from corpus.loaders.bylines import authors_of
from corpus.loaders.fields import Record
from corpus.loaders.reading import Loader
from corpus.model import Document

MOST_ITEMS = 1000
"""Items of one feed that are looked at; feeds have tens."""

FULL = 1000
"""Characters of text from which an item's content is taken for the whole article."""

_LONGEST = 1000  # characters of a title, key or other field
_TAGS = re.compile(r"<[^<>]{0,2000}>")
# How the beginning of an article ends in a feed: an ellipsis, perhaps in brackets, or a call to read on.
_CUT = re.compile(
    r"(?:(?:\.\.\.|…)[\]\)]?|\[\+?\d{1,6} chars\]"
    r"|\b(?:read (?:more|on|the full (?:article|story))|continue reading|weiterlesen|lire la suite|leer más)"
    r"[\s.…»›→>]{0,9})$"
)


def load(stream: BinaryIO, name: str) -> Iterator[Record | LoadError]:
    """Yield the feed and its items; nothing is fetched, whatever it names.

    Args:
        stream: the feed in UTF-8, which it does not need to say.
        name: its address.

    Raises:
        LoadError: it is no feed.
    """
    import feedparser

    # The bytes come as a stream: feedparser takes a string for a file's name or an address that it would open.
    # Its own cleaning of HTML is off; the content goes through the page loader, which keeps the text alone.
    found = feedparser.parse(
        stream,
        response_headers={"content-type": "application/xml; charset=utf-8", "content-location": name},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    version = found.get("version", "")
    if not version and not found["entries"]:
        raise no_feed(name)
    feed, atom = found["feed"], version.startswith("atom")
    title, page, language = _line(feed.get("title")), _link(feed.get("link"), name), _line(feed.get("language"))
    yield Record(Document(text="", title=title or "", url=page, language=language), "")
    for entry in found["entries"][:MOST_ITEMS]:
        item = _item(entry, name, atom)
        if item is not None:
            yield Record(item, "")


PARSERS: dict[str, Loader] = {"feed": Loader(load, 1, ())}
"""What the child process is given."""


def no_feed(url: str) -> LoadError:
    """Return the error for what is no feed."""
    return LoadError(
        f"could not read the feed {url}: it is neither RSS nor Atom; check the address, or take it as a single "
        "page with `whosaid ingest URL`"
    )


def _item(entry: Any, url: str, atom: bool) -> Document | None:
    """Return an entry as a document; None for one that leads nowhere."""
    key = _line(entry.get("id"))
    link = _link(entry.get("link"), url) or _link(key, "")
    if link is None:
        return None
    published = _line(entry.get("published"))
    # Asked for plainly: feedparser gives "published" for an "updated" that is not there, and warns.
    updated = _line(entry["updated"]) if "updated" in entry else None
    return Document(
        text=_content(entry),
        title=_line(entry.get("title")) or "",
        authors=authors_of([name for a in entry.get("authors", ()) if (name := _line(a.get("name")))]),
        # RSS 1.0 has but one date, which is that of publication; Atom's "updated" is not.
        published=parse_date(published if atom else published or updated),
        updated=parse_date(updated),
        date_source=updated or published,
        url=link,
        record=key or link,
    )


def _content(entry: Any) -> str:
    """Return the whole article where the item has it: long enough, and not cut off."""
    found = [part for part in entry.get("content", ()) if part.get("type", "text/html") != "text/plain"]
    content = max((str(part.get("value") or "") for part in found), key=len, default="")
    text = " ".join(_TAGS.sub(" ", content).split())
    return content if len(text) >= FULL and not _CUT.search(text[-60:].lower()) else ""


def _link(value: object, base: str) -> str | None:
    """Return an http or https address, made absolute; None where there is none."""
    if not isinstance(value, str) or not value.strip():
        return None
    try:
        found = httpx.URL(base).join(value.strip()) if base else httpx.URL(value.strip())
    except (httpx.InvalidURL, ValueError):
        return None
    return str(found.copy_with(fragment=None)) if found.scheme in ("http", "https") and found.host else None


def _line(value: object) -> str | None:
    """Return a field on one line, without tags, entities and what cannot be seen."""
    if not isinstance(value, str):
        return None
    return " ".join(clean(unescape(_TAGS.sub("", value[:_LONGEST]))).split()) or None
