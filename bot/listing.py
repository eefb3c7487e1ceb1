"""Sayings with their citations: what the lists of them show, in words, as JSON, as a page and as a picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from bot.cite import one_line, show_date, show_quote
from bot.link import Page
from bot.model import Citation
from bot.opened import Opened
from bot.quoted import Context, citation_of
from bot.rights import notice, pointer
from bot.sayings import Saying
from bot.tell import context_of
from bot.verify import verify
from corpus.catalogue import ArticleRecord
from corpus.model import PartialDate
from index.query import Query

DateIs = Literal["said", "published"]
MANNER = {"direct": "direct speech", "indirect": "reported", "mixed": "reported, in part verbatim"}
_POINTED_AT = 3  # articles of which only a link may be shown that are named


@dataclass(frozen=True, slots=True)
class Entry:
    """A saying, with a citation for each of its pieces; the first names all places where else the words ran."""

    saying: Saying
    citations: tuple[Citation, ...]

    @property
    def cited(self) -> Citation:
        """The first of its citations: all have the same article and speaker."""
        return self.citations[0]

    @property
    def words(self) -> str:
        """What was said, in one line: quoted words in quotation marks, the article's own without."""
        return " … ".join(show_quote(citation) for citation in self.citations)

    @property
    def date(self) -> PartialDate | None:
        """When it was said, else published; None where neither is known to the year."""
        return self.saying.dated

    @property
    def date_is(self) -> DateIs | None:
        """Which of the two `date` is."""
        return None if self.date is None else "said" if self.date == self.saying.said else "published"

    @property
    def when(self) -> str:
        """Both dates in words, as far as they are known: "said 3 March 2041", "published 5 March 2041", "no date"."""
        parts = [f"said {show_date(self.cited.said)}"] if self.cited.said else []
        if self.date_is != "said":
            parts += [f"published {show_date(self.cited.published)}"] if self.cited.published else []
        return ", ".join(parts) or "no date"

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``--json`` prints."""
        return {
            "date": str(self.date) if self.date else None,
            "date_is": self.date_is,
            "kind": self.saying.kind,
            "citations": [asdict(citation) for citation in self.citations],
        }


@dataclass(frozen=True, slots=True)
class Listed:
    """Entries that may be shown, and sentences on what may not."""

    entries: tuple[Entry, ...]
    notes: tuple[str, ...]


def entries_of(opened: Opened, query: Query, sayings: Sequence[Saying], page: Page | None) -> Listed:
    """Return the sayings with their citations, as far as publishers allow; what one output may show is taken in order.

    Args:
        opened: where they are from.
        query: what was asked; its scope bounds the copies that are named.
        sayings: what was found, in the order of their claim to be shown.
        page: gives the addresses of stored copies, where those are served.

    Raises:
        VerificationError: a citation is not what its article says; nothing is shown then.
    """
    budget = opened.budget()
    kept = [saying for saying in sayings if budget.take(saying.article, saying.length)]
    articles = {saying.article.id: saying.article for saying in kept}
    context = context_of(opened, query, articles, page) if articles else Context()
    found, number = list[Entry](), 0
    for saying in kept:
        cited = []
        for piece in saying.pieces:
            number += 1
            unit = replace(saying.unit, span=piece.span, kind=piece.kind)
            cited.append(replace(citation_of(unit, context, number), said=str(saying.said) if saying.said else None))
        cited[0] = replace(cited[0], also_in=_also_in(saying, cited, context))
        found.append(Entry(saying, tuple(cited)))
    verify([citation for entry in found for citation in entry.citations], opened.served.text)
    shown = set(map(id, kept))
    return Listed(tuple(found), _left_out(opened, [saying for saying in sayings if id(saying) not in shown]))


def _also_in(saying: Saying, citations: Sequence[Citation], context: Context) -> tuple[str, ...]:
    """Name where else the words ran: the copies that have all of them, and the articles that have the same alone."""
    copies = [name for name in citations[0].also_in if all(name in citation.also_in for citation in citations)]
    others = [f"{context.outlet(a) or a.where}, {_published(a)}" for a in saying.elsewhere]
    return tuple(dict.fromkeys([*copies, *others]))


def _published(article: ArticleRecord) -> str:
    return show_date(str(article.published) if article.published else None)


def _left_out(opened: Opened, sayings: Sequence[Saying]) -> tuple[str, ...]:
    """Say how many statements are not shown, by outlet, and why."""
    counts: dict[str, int] = {}
    for saying in sayings:
        outlet = opened.rules.outlets.canonical(saying.article.outlet, saying.article.url)
        told = notice(opened.rights(saying.article), outlet)
        counts[told] = counts.get(told, 0) + 1
    return tuple(
        f"{number} more {'is' if number == 1 else 'are'} not shown: {told}." for told, number in counts.items()
    )


def pointers_of(opened: Opened, linked: Iterable[ArticleRecord]) -> tuple[str, ...]:
    """Return a sentence for each of the first few articles of which only a link may be shown."""
    some = list(linked)[:_POINTED_AT]
    texts = opened.search.shelf.texts({article.id for article in some})
    outlets = opened.rules.outlets
    return tuple(pointer(a, outlets.canonical(a.outlet, a.url), texts[a.id]) for a in some)


def where_of(citation: Citation) -> str:
    """Return title, outlet and date of publication in one line."""
    parts = [one_line(citation.title), one_line(citation.outlet or ""), show_date(citation.published)]
    return ", ".join(part for part in parts if part)


def told_dates(first: PartialDate | None, last: PartialDate | None) -> str:
    """Return a span of time in words: "3 March 2041 to 5 May 2042"; "undated" where there is no date."""
    if first is None or last is None:
        return "undated"
    ends = [show_date(str(first)), show_date(str(last))]
    return " to ".join(dict.fromkeys(ends))


def counted(number: int, one: str) -> str:
    """Return a number of things: "1 statement", "1,204 statements"."""
    return f"{number:,} {one}{'' if number == 1 else 's'}"
