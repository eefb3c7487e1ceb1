"""What an outlet's publisher allows to be shown: everything, passages, or a link alone.

``outlets.toml`` says which (see `corpus.outlets`). The words of a "link" article are searched, so that an answer can
point to it, but none of them is shown, its title apart. Of a "passage" article quotations and passages are shown,
each of at most `PASSAGE` characters, and never the whole text. A backup holds everything: it is its owner's.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.cite import one_line, show_date
from corpus.catalogue import ArticleRecord
from corpus.errors import UsageError
from corpus.model import Span
from corpus.outlets import Outlets, Rights

PASSAGE = 2000  # characters, about 300 words
_POINTED_AT = 3  # articles that one answer points to at most


def quotable(rights: Rights, length: int = 0) -> bool:
    """Tell whether words of an article, `length` characters of them, may be shown as a quotation or a passage."""
    return rights == "full" or (rights == "passage" and length <= PASSAGE)


def excerpt(rights: Rights, span: Span) -> Span:
    """Return the part of a passage that may be shown: all of it, its beginning, or none (an empty span)."""
    if rights == "full":
        return span
    return Span(span.start, min(span.end, span.start + PASSAGE) if rights == "passage" else span.start)


def showable(rights: Rights, text: str, asked: Span | None, outlet: str | None) -> Span | None:
    """Return what may be printed of an article's text: all, the passage asked for, or None for nothing of it.

    Args:
        rights: of its outlet.
        text: the stored text.
        asked: the passage that was asked for, if one was.
        outlet: who published it, for the message.

    Raises:
        UsageError: passages are allowed, and the one asked for is longer than a passage.
    """
    if rights == "full":
        return Span(0, len(text))
    if rights == "link" or asked is None:
        return None
    if asked.end - asked.start > PASSAGE:
        raise UsageError(
            f"cannot show {asked.end - asked.start:,} characters: {notice(rights, outlet)}; ask for a shorter --span"
        )
    return asked


def notice(rights: Rights, outlet: str | None) -> str:
    """Return what stands in place of words that may not be shown; "" where all may."""
    publisher = f"the publisher of {one_line(outlet)}" if outlet else "its publisher"
    if rights == "link":
        return f"{publisher} allows a link only"
    return f"{publisher} allows passages of at most {PASSAGE:,} characters" if rights == "passage" else ""


def rights_of(article: ArticleRecord, outlets: Outlets) -> Rights:
    """Return what may be shown of an article: the strictest of what its outlet and its site allow."""
    return outlets.rights(article.outlet, article.url)


def pointer(article: ArticleRecord, outlet: str | None) -> str:
    """Return the sentence that points to an article of which no words may be shown; `outlet` is its one name."""
    web = article.url if article.url and article.url.startswith(("http://", "https://")) else None
    what = f"An article of {one_line(outlet)}" if outlet else "An article"
    when = f" of {show_date(str(article.published))}" if article.published else ", undated"
    where = ", ".join(one_line(part) for part in (article.title, web or article.where) if part)
    return f"{what}{when}, {where}, may answer this; its publisher allows a link only."


def pointers(articles: Iterable[ArticleRecord], outlets: Outlets) -> tuple[str, ...]:
    """Return a sentence for each of these articles of which only a link may be shown, each once, the first few."""
    linked = {a.id: a for a in articles if rights_of(a, outlets) == "link"}
    return tuple(pointer(a, outlets.canonical(a.outlet, a.url)) for a in list(linked.values())[:_POINTED_AT])
