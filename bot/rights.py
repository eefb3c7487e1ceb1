"""What an outlet's publisher allows to be shown: everything, passages, or a link alone.

``outlets.toml`` says which (see `corpus.outlets`). The words of a "link" article are searched, so that an answer can
point to it, but none of them is shown. Of a "passage" article an answer, or any other output, shows at most `PASSAGE`
characters and at most half, so never the whole text. A title of the publisher's is no part of the text; one that
whosaid took from the text, where there was none, is, and is left out. A backup holds everything: it is its owner's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from bot.cite import one_line, show_date
from corpus.catalogue import ArticleRecord
from corpus.errors import UsageError
from corpus.loaders.fields import shortened
from corpus.model import Span
from corpus.outlets import Outlets, Rights

PASSAGE = 2000  # characters, about 300 words
_POINTED_AT = 3  # articles that one answer points to at most


def allowance(rights: Rights, whole: int) -> int:
    """Return how many characters of a text, `whole` characters long, one output may show."""
    return {"full": whole, "passage": min(PASSAGE, whole // 2), "link": 0}[rights]


def quotable(rights: Rights, length: int, whole: int) -> bool:
    """Tell whether `length` characters of an article `whole` characters long may be shown at once; 0: whether any."""
    return rights != "link" and length <= allowance(rights, whole)


class Budget:
    """What one output may still show of each article."""

    def __init__(
        self, rights: Callable[[ArticleRecord], Rights], texts: Callable[[set[str]], Mapping[str, str]]
    ) -> None:
        """Begin an output; `rights` gives an article's, `texts` the stored text of each article by id."""
        self._rights, self._texts = rights, texts
        self._left: dict[str, int] = {}

    def left(self, article: ArticleRecord) -> int | None:
        """Return how many characters may still be shown of an article; None for any number."""
        rights = self._rights(article)
        if rights == "full":
            return None
        if article.id not in self._left:
            self._left[article.id] = allowance(rights, len(self._texts({article.id})[article.id]))
        return self._left[article.id]

    def take(self, article: ArticleRecord, length: int) -> bool:
        """Count characters that are to be shown whole; return whether they may."""
        left = self.left(article)
        if left is None:
            return True
        if length > left:
            return False
        self._left[article.id] = left - length
        return True

    def excerpt(self, article: ArticleRecord, span: Span) -> Span:
        """Return, and count, the part of a passage that may be shown: all of it, its beginning, or none (empty)."""
        left = self.left(article)
        if left is None:
            return span
        shown = Span(span.start, min(span.end, span.start + left))
        self._left[article.id] = left - (shown.end - shown.start)
        return shown


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
    if asked.end - asked.start > allowance(rights, len(text)):
        raise UsageError(
            f"cannot show {asked.end - asked.start:,} of {len(text):,} characters: {notice(rights, outlet)}; ask for a "
            "shorter --span"
        )
    return asked


def notice(rights: Rights, outlet: str | None) -> str:
    """Return what stands in place of words that may not be shown; "" where all may."""
    publisher = f"the publisher of {one_line(outlet)}" if outlet else "its publisher"
    if rights == "link":
        return f"{publisher} allows a link only"
    if rights == "passage":
        return f"{publisher} allows passages of at most {PASSAGE:,} characters, and of at most half the article"
    return ""


def rights_of(article: ArticleRecord, outlets: Outlets) -> Rights:
    """Return what may be shown of an article: the strictest of what its outlet and its site allow."""
    return outlets.rights(article.outlet, article.url)


def from_text(title: str, text: str) -> bool:
    """Tell whether a title is the first words of the text, which an article without a title is named by."""
    if title == shortened(text):
        return True
    line = " ".join(text[: 20 * len(title) + 20].split())
    return title.endswith("…") and line.startswith(title.removesuffix("…"))


def title_of(title: str, rights: Rights, text: Callable[[], str]) -> str:
    """Return the title that may be shown; "" where it is a part of the text, and not all of that may be.

    `text` gives the article's text, where it is needed.
    """
    return title if not title or rights == "full" or not from_text(title, text()) else ""


def pointer(article: ArticleRecord, outlet: str | None, text: str) -> str:
    """Return the sentence that points to an article of which no words may be shown.

    Args:
        article: the article.
        outlet: the one name of who published it.
        text: its text, of which its title must not be a part.
    """
    web = article.url if article.url and article.url.startswith(("http://", "https://")) else None
    what = f"An article of {one_line(outlet)}" if outlet else "An article"
    when = f" of {show_date(str(article.published))}" if article.published else ", undated"
    title = title_of(article.title, "link", lambda: text)
    where = ", ".join(one_line(part) for part in (title, web or article.where) if part)
    return f"{what}{when}, {where}, may answer this; its publisher allows a link only."


def pointers(articles: Iterable[ArticleRecord], outlets: Outlets, texts: Mapping[str, str]) -> tuple[str, ...]:
    """Return a sentence for each of these articles of which only a link may be shown, each once, the first few.

    `texts` holds their texts by id.
    """
    linked = {a.id: a for a in articles if rights_of(a, outlets) == "link"}
    some = list(linked.values())[:_POINTED_AT]
    return tuple(pointer(a, outlets.canonical(a.outlet, a.url), texts[a.id]) for a in some)
