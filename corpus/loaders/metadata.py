"""What a web page says about itself: JSON-LD first, then its meta elements, then its visible marks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urljoin

from corpus.dates import parse_date
from corpus.loaders.bylines import authors_of, without_outlet
from corpus.loaders.fields import name_of, plain, title_without_outlet
from corpus.model import PartialDate

_PUBLISHED = (
    *("article:published_time", "og:published_time", "datepublished", "article:published", "og:pubdate"),
    *("pubdate", "publishdate", "publish_date", "publication_date", "published", "parsely-pub-date"),
    *("sailthru.date", "dcterms.issued", "dc.date.issued", "dcterms.date", "dc.date", "dcterms.created"),
    *("datecreated", "article.published", "date", "pdate"),
)
_UPDATED = (
    *("article:modified_time", "og:modified_time", "og:updated_time", "datemodified", "article:modified"),
    *("dcterms.modified", "last-modified", "lastmod"),
)
_AUTHOR = (
    *("author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator"),
    *("byl", "byline"),
)
_OUTLET = ("og:site_name", "dc.publisher", "dcterms.publisher", "application-name")
_TITLE = ("og:title", "twitter:title", "dc.title", "dcterms.title")
_ARTICLE = re.compile(r"Article|Posting|Report|Recipe|Review$")
_NO_DATE = re.compile(r"modif|updat|comment", re.I)


class Page(NamedTuple):
    """A page's own account of itself."""

    title: str | None
    outlet: str | None
    authors: tuple[str, ...]
    published: PartialDate | None
    updated: PartialDate | None
    language: str | None
    url: str | None


def read_page(tree: Any) -> Page:
    """Read a parsed page. A date comes from its metadata or its time elements, never from a guess."""
    meta = _meta(tree)
    linked = _linked(tree)
    outlet = _first_text(meta, _OUTLET[:1]) or plain(name_of(linked.get("publisher")))
    outlet = outlet or _first_text(meta, _OUTLET[1:])
    title = plain(linked.get("headline")) or _first_text(meta, _TITLE) or _headline(tree)
    authors = authors_of(_names(linked.get("author")))
    for key in _AUTHOR:
        authors = authors or authors_of(meta.get(key, ()))
    published = _date(linked.get("datePublished"), meta, _PUBLISHED) or _time(tree)
    updated = _date(linked.get("dateModified"), meta, _UPDATED)
    if published and updated and updated.last() < published.first():
        updated = None
    return Page(
        title=title_without_outlet(title, outlet) if title else None,
        outlet=outlet,
        authors=without_outlet(authors or _marked_authors(tree), outlet),
        published=published,
        updated=updated,
        language=plain(tree.get("lang")) or _first_text(meta, ("content-language", "og:locale")),
        url=_url(tree, meta, linked),
    )


def _meta(tree: Any) -> dict[str, list[str]]:
    """Return the contents of the meta elements, and of elements with an itemprop, by lower-case name."""
    found: dict[str, list[str]] = {}
    for element in tree.iter("meta", "time"):
        value = element.get("content") or element.get("datetime")
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            key = element.get(attribute)
            if key and value and value.strip():
                found.setdefault(key.strip().lower(), []).append(value.strip())
    return found


def _linked(tree: Any) -> Mapping[str, Any]:
    """Return the page's article among its JSON-LD objects, or nothing."""
    scripts = [script.text for script in tree.iter("script") if _is_linked(script)]
    nodes = [node for script in scripts for node in _nodes(_json(script))]
    articles = [node for node in nodes if _ARTICLE.search(str(node.get("@type", "")))]
    dated = [node for node in articles if node.get("datePublished")]
    pages = [node for node in nodes if node.get("datePublished")]
    return next(iter(dated or articles or pages), {})


def _is_linked(script: Any) -> bool:
    return "ld+json" in (script.get("type") or "").lower() and bool(script.text)


def _json(text: str) -> object:
    """Return the object of a JSON-LD script; a script that does not parse says nothing."""
    inner = text.strip()
    for opening in ("//", "<![CDATA[", "<!--"):
        inner = inner.removeprefix(opening).lstrip()
    for closing in ("]]>", "-->", "//", ";"):
        inner = inner.removesuffix(closing).rstrip()
    try:
        return json.loads(inner, strict=False)
    except (ValueError, RecursionError):
        return None


def _nodes(found: object) -> Iterator[dict[str, Any]]:
    if isinstance(found, list):
        for item in found:
            yield from _nodes(item)
    elif isinstance(found, dict):
        yield found
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _nodes(found.get(key))


def _headline(tree: Any) -> str | None:
    """Return the page's one headline of the first order, else the title of its window."""
    headlines = [plain(element.text_content()) for element in tree.iter("h1")]
    windows = [plain(element.text_content()) for element in tree.iterfind(".//head/title")]
    candidates = [*headlines, *windows] if len(headlines) == 1 else [*windows, *headlines]
    return next((text for text in candidates if text), None)


def _time(tree: Any) -> PartialDate | None:
    """Return the date of the time element that stands by the page's one headline."""
    headlines = list(tree.iter("h1"))
    if len(headlines) != 1:
        return None
    for above in headlines[0].iterancestors():
        if above.tag in ("body", "html"):
            return None
        times = list(above.iter("time"))
        if times:
            own = (time for time in times if not _said_of_other(time))
            dates = [parse_date(time.get("datetime") or time.text_content()) for time in own]
            return dates[0] if dates and len(times) <= 3 else None
    return None


def _said_of_other(time: Any) -> bool:
    marks = " ".join(str(time.get(name) or "") for name in ("class", "itemprop", "id"))
    return _NO_DATE.search(f"{marks} {time.text_content()[:40]}") is not None


def _url(tree: Any, meta: Mapping[str, list[str]], linked: Mapping[str, Any]) -> str | None:
    links = [link for link in tree.iter("link") if (link.get("rel") or "").lower() == "canonical"]
    canonical = [link.get("href") for link in links]
    page = linked.get("mainEntityOfPage")
    stated = [*meta.get("og:url", ()), linked.get("url"), page.get("@id") if isinstance(page, dict) else page]
    base = next((url for url in stated if _absolute(url)), "")
    for url in (*canonical, *stated):
        if not isinstance(url, str):
            continue
        try:
            joined = urljoin(base, url.strip())
        except ValueError:  # a malformed address says nothing
            continue
        if _absolute(joined):
            return joined
    return None


def _absolute(url: object) -> bool:
    return isinstance(url, str) and re.match(r"https?://\w", url) is not None


def _first_text(meta: Mapping[str, list[str]], keys: tuple[str, ...]) -> str | None:
    return next((text for key in keys for value in meta.get(key, ()) if (text := plain(value))), None)


def _date(linked: object, meta: Mapping[str, list[str]], keys: tuple[str, ...]) -> PartialDate | None:
    """Return the first date that the page states, with the hour where it states that elsewhere."""
    stated = (linked, *(value for key in keys for value in meta.get(key, ())))
    dates = [date for value in stated if (date := parse_date(value))]
    if not dates or dates[0].precision == "time":
        return dates[0] if dates else None
    exact = (date for date in dates if date.precision == "time" and date.value.startswith(dates[0].value))
    return next(exact, dates[0])


def _marked_authors(tree: Any) -> tuple[str, ...]:
    """Return the authors that the page marks as such outside its comments."""
    marked = tree.xpath("//*[@rel='author' or @itemprop='author']")
    names: list[str] = []
    for element in marked:
        around = " ".join(f"{above.get('class')} {above.get('id')}" for above in element.iterancestors())
        text = plain(element.text_content())
        if text and len(text) <= 100 and "comment" not in around.lower():
            names.append(text)
    return authors_of(names)


def _names(author: object) -> list[str]:
    """Return the names of JSON-LD authors: strings, objects, or a list of them."""
    return [name for item in (author if isinstance(author, list) else [author]) if (name := name_of(item))]
