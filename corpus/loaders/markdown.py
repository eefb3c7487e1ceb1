"""Markdown, with the YAML front matter and the Liquid tags of Jekyll sites: the text a reader sees."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

import yaml

from corpus.dates import parse_date
from corpus.errors import LoadError
from corpus.loaders.blocks import blocks_text, clean
from corpus.loaders.bylines import authors_of, without_outlet
from corpus.loaders.charset import decode
from corpus.loaders.fields import (
    Record,
    date_in_name,
    digest,
    first,
    name_of,
    no_text,
    one_line,
    plain,
    read_article,
    shortened,
    title_without_outlet,
    without_headline,
)
from corpus.loaders.liquid import render
from corpus.model import Document

_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.S | re.M)
_PUBLISHED = ("date", "published", "published_at", "publish_date", "date_published", "pubdate")
_UPDATED = ("last_modified_at", "updated", "updated_at", "last_modified", "modified", "lastmod")
_OUTLET = ("outlet", "source", "publication", "publisher")
_AUTHORS = ("authors", "author", "byline")
_URL = ("canonical_url", "url", "permalink")
_LANGUAGE = ("lang", "language", "locale")
# kramdown: attribute lists ({: .class}) and options, the table of contents, footnotes.
_ATTRIBUTES = re.compile(r"\{::?[^{}\n]*\}")
_CONTENTS = re.compile(r"^[ \t]*[*+-][ \t]+\S+[ \t]*\n[ \t]*\{:\s*toc\s*\}", re.M)
_FOOTNOTE = re.compile(r"\[\^(?P<label>[^\]\s]{1,100})\](?P<colon>:[ \t]*)?")
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def load(stream: BinaryIO, name: str) -> Iterator[Record | LoadError]:
    """Yield the one article of a Markdown file.

    Raises:
        LoadError: the file holds no text, or a front matter that cannot be read.
    """
    data = read_article(stream, name)
    matter, source = _split(decode(data, name), name)
    published = first(matter, _PUBLISHED, parse_date)
    outlet = first(matter, _OUTLET, name_of)
    named = None if published else date_in_name(name)
    heading, text = _text(render(source, {**matter, "date": published or named}))
    if not text:
        raise no_text(name)
    stated = plain(matter.get("title"))
    title = title_without_outlet(stated, outlet) if stated else heading
    document = Document(
        text=without_headline(text, title),
        title=title or shortened(text),
        outlet=outlet,
        authors=without_outlet(first(matter, _AUTHORS, authors_of) or (), outlet),
        published=published or named,
        updated=first(matter, _UPDATED, parse_date),
        date_source="front matter" if published else "file name" if named else None,
        language=first(matter, _LANGUAGE, one_line),
        url=first(matter, _URL, _address),
    )
    yield Record(document, digest(data))


def _split(text: str, name: str) -> tuple[Mapping[str, Any], str]:
    """Return the front matter's fields, by lower-case name, and the Markdown below it."""
    match = _FRONT_MATTER.match(text)
    if match is None:
        return {}, text
    try:
        fields = yaml.safe_load(match["yaml"])
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = " ".join(str(getattr(error, "problem", None) or error).split())
        raise LoadError(f"could not read the front matter of {name}: {reason}; repair its YAML") from error
    if fields is not None and not isinstance(fields, dict):
        raise LoadError(f"could not read the front matter of {name}: it has no fields; write 'name: value'")
    return {str(key).lower(): value for key, value in (fields or {}).items()}, text[match.end() :]


def _address(value: object) -> str | None:
    """Return a whole address; a permalink is often only the path within the site."""
    line = one_line(value)
    return line if line and re.match(r"https?://", line) else None


def _text(source: str) -> tuple[str | None, str]:
    """Return the first heading, where the text opens with one, and the text."""
    from lxml.html import fragment_fromstring
    from markdown_it import MarkdownIt

    source = _ATTRIBUTES.sub("", _CONTENTS.sub("", source))
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    markup = parser.render(_footnotes(source))
    if not markup.strip():
        return None, ""
    root = fragment_fromstring(markup, create_parent="div")
    opens = len(root) > 0 and not (root.text or "").strip() and root[0].tag in ("h1", "h2")
    return one_line(clean(root[0].text_content())) if opens else None, blocks_text(root)


def _footnotes(source: str) -> str:
    """Number the footnotes, in the text and before each note, as a page shows them."""
    numbers: dict[str, int] = {}

    def numbered(match: re.Match[str]) -> str:
        number = numbers.setdefault(match["label"], len(numbers) + 1)
        mark = str(number).translate(_SUPERSCRIPT)
        return f"\n\n{mark} " if match["colon"] else mark

    return _FOOTNOTE.sub(numbered, source)
