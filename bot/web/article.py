"""What the page of a stored copy may show to the holder of a link: gathered here, drawn in `bot.web.page`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bot.cite import one_line, show_date
from bot.link import web_address
from bot.opened import Opener
from bot.rights import notice, quotable, title_of
from bot.web.signing import Links, Ticket
from corpus.catalogue import ArticleRecord, Catalogue, StatementRecord
from corpus.errors import StaleIndexError, WhosaidError
from corpus.model import Method, Span, Statement
from corpus.outlets import Rights
from index.corrected import Corrected, correct
from index.rules import Rules

Allowed = Callable[[str, ArticleRecord], bool]
"""Tells whether an audience (of a link) may see an article now."""


class PageError(WhosaidError):
    """There is nothing to show: `status` is what HTTP calls it."""

    def __init__(self, status: int) -> None:
        """Say so with an HTTP status."""
        super().__init__(f"no page: status {status}")
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version in the list of an article's: its link is None where it is the one shown, or may not be."""

    number: int
    told: str
    link: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A copy of the article, in words, with its link where it may be read in full."""

    told: str
    link: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One version of an article, as far as it may be shown.

    `text` is the stored text, of which only `part` may be shown (None: nothing) and nothing in `withheld`: words of
    speakers whom nobody is to find. `marked` are the cited characters. `statements` may be shown in full.
    """

    article: ArticleRecord
    outlet: str | None
    title: str
    address: str | None
    text: str
    part: Span | None
    marked: Span | None
    withheld: tuple[Span, ...]
    notice: str
    corrections: tuple[str, ...]
    statements: tuple[Statement, ...]
    versions: tuple[Version, ...]
    copies: tuple[Copy, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """The stored copies of a home, shown by signed links."""

    catalogue: Catalogue
    opener: Opener
    home: Path
    links: Links
    allowed: Allowed

    def view(self, ticket: Ticket) -> View:
        """Return what a link shows.

        Raises:
            PageError: the link's audience may not see the article any more, or the article is gone.
            UsageError: ``outlets.toml`` or ``speakers.toml`` is wrong.
        """
        versions = self.catalogue.versions(ticket.article_id)
        article = next((one for one in versions if one.version == ticket.version), None)
        if article is None:
            raise PageError(410)
        if not self.allowed(ticket.audience, article):
            raise PageError(403)
        try:
            text = self.catalogue.text(article.id, article.version)
        except KeyError as error:  # removed since the line above
            raise PageError(410) from error
        rules = Rules.read(self.home)
        rights = rules.outlets.rights(article.outlet, article.url)
        outlet = rules.outlets.canonical(article.outlet, article.url)
        marked = _within(ticket.span, text)
        part = _shown(rights, text, marked)
        found = self._statements(article, text, rules)
        withheld = tuple(sorted(found.withheld.get(article.id, ())))
        return View(
            article=article,
            outlet=outlet,
            title=title_of(article.title, rights, lambda: text),
            address=web_address(article.url),
            text=text,
            part=part,
            marked=marked,
            withheld=withheld,
            notice=notice(rights, outlet),
            corrections=_corrections(article, text, rights, withheld),
            statements=_inside(found.statements, part, withheld),
            versions=self._versions(ticket, versions, rules),
            copies=self._copies(ticket, article, rules),
        )

    def _statements(self, article: ArticleRecord, text: str, rules: Rules) -> Corrected:
        """Return the statements of a version, speakers set right: as the index has them, else found anew."""
        records: list[StatementRecord] = []
        try:
            edition, _ = self.opener.current()
        except StaleIndexError:
            edition = None
        served = self.catalogue.served(edition) if edition else None
        indexed = served.articles([article.id], None).get(article.id) if served else None
        if served and indexed and indexed.version == article.version:
            records = served.statements_of([article.id])
        else:
            found = enumerate(_found(text, self.opener.method))
            records = [StatementRecord(n, article.id, article.version, statement) for n, statement in found]
        return correct(records, {article.id: article}, rules.speakers, rules.outlets)

    def _versions(self, ticket: Ticket, versions: list[ArticleRecord], rules: Rules) -> tuple[Version, ...]:
        """List the versions that the audience may see; those that may be read whole with their links."""
        seen = [one for one in versions if one.version == ticket.version or self.allowed(ticket.audience, one)]
        whole = [rules.outlets.rights(one.outlet, one.url) == "full" for one in seen]
        return tuple(
            Version(
                number=one.version,
                told=_history(one, before),
                link=self.links.beside(ticket, one.id, one.version) if full and one.version != ticket.version else None,
            )
            for one, before, full in zip(seen, [None, *seen], whole, strict=False)
        )

    def _copies(self, ticket: Ticket, article: ArticleRecord, rules: Rules) -> tuple[Copy, ...]:
        """List the copies that the audience may see, oldest first."""
        found = [copy for copy in self.catalogue.copies(article.id) if self.allowed(ticket.audience, copy)]
        listed = []
        for copy in sorted(found, key=lambda one: (str(one.published or "~"), one.id)):
            name = rules.outlets.canonical(copy.outlet, copy.url) or copy.where
            full = rules.outlets.rights(copy.outlet, copy.url) == "full"
            link = self.links.beside(ticket, copy.id, copy.version) if full else None
            day = show_date(str(copy.published) if copy.published else None)
            listed.append(Copy(told=f"{one_line(name)}, {day}", link=link))
        return tuple(listed)


@lru_cache(maxsize=16)  # a long text takes the tagger seconds, and a page may be opened again and again
def _found(text: str, method: Method) -> tuple[Statement, ...]:
    from corpus.statements import find_statements

    return tuple(find_statements(text, method))


def _within(span: Span | None, text: str) -> Span | None:
    """Return the part of a span that the text has; None where it has none of it."""
    if span is None:
        return None
    cut = Span(min(span.start, len(text)), min(span.end, len(text)))
    return cut if cut.start < cut.end else None


def _shown(rights: Rights, text: str, marked: Span | None) -> Span | None:
    """Return what of the text may be shown: all, the cited passage, or nothing."""
    if rights == "full":
        return Span(0, len(text))
    return marked if marked and quotable(rights, marked.end - marked.start, len(text)) else None


def _corrections(article: ArticleRecord, text: str, rights: Rights, withheld: tuple[Span, ...]) -> tuple[str, ...]:
    spans = article.corrections if rights != "link" else ()
    return tuple(span.of(text) for span in spans if not any(span.overlaps(other) for other in withheld))


def _inside(records: list[StatementRecord], part: Span | None, withheld: tuple[Span, ...]) -> tuple[Statement, ...]:
    """Return the statements of which every word may be shown, in the order of the text."""
    if part is None:
        return ()
    seen = [
        record.statement
        for record in records
        if all(part.start <= span.start and span.end <= part.end for span in record.statement.content)
        and not any(span.overlaps(other) for span in record.statement.content for other in withheld)
    ]
    return tuple(sorted(seen, key=lambda statement: statement.content[0]))


def _history(version: ArticleRecord, before: ArticleRecord | None) -> str:
    """Say when a version was read, and whether the publisher changed the text before it."""
    told = f"retrieved {show_date(version.retrieved_at)}"
    if version.changed_before is None or (before and before.changed_before == version.changed_before):
        return told
    after = show_date(version.changed_after or version.changed_before)
    return f"{told}; the text changed between {after} and {show_date(version.changed_before)}"
