"""What of an answer's evidence a reader may see now, and the sentences around it.

An answer stands in a channel for weeks. Who looks closer may see less than who asked, an article may be gone since, its
publisher may allow less, its speaker may be hidden: all of it is looked at again, in the catalogue as it is now.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.ask import Whosaid
from bot.model import Answer, Citation
from bot.opened import Opened
from bot.rights import Budget
from bot.slack.render.modals import Passage
from corpus.catalogue import ArticleRecord, Catalogue
from corpus.catalogue.scope import Scope
from corpus.errors import VerificationError
from corpus.model import Span
from corpus.sentences import sentences


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a reader may see of an answer's evidence, in its order.

    `denied` pieces are of articles that are not this reader's to see; `gone` are those whose article or speaker may
    be quoted no more.
    """

    passages: tuple[Passage, ...] = ()
    denied: int = 0
    gone: int = 0


def quotations(answer: Answer) -> tuple[Citation, ...]:
    """Return every citation that an answer shows: its own, or the closest ones of a refusal."""
    return answer.refusal.closest if answer.refusal else answer.citations


def evidence(engine: Whosaid, answer: Answer, scope: Scope, others: bool) -> Evidence:
    """Return what a reader may see of the evidence of `answer`, each piece with the sentences around it.

    Args:
        engine: the home.
        answer: as it was stored.
        scope: what the reader may see.
        others: whether the citations' copies are the reader's to know: the answer was made for this very scope.

    Raises:
        VerificationError: a citation is not what the version that it names says.
    """
    citations = quotations(answer)
    with engine.opener.reading() as opened:
        if opened is None:
            return Evidence(gone=len(citations))
        known = _Known(opened, engine.catalogue, citations)
        there = [citation for citation in citations if known.stands(citation)]
        within = opened.within(scope)
        seen = [citation for citation in there if within is None or known.admitted(citation, within)]
        budget = opened.budget()
        shown = [c for c in seen if budget.take(known.articles[c.article_id], c.end - c.start)]
        return Evidence(
            passages=tuple(known.around(c, budget, others, c.n if answer.citations else None) for c in shown),
            denied=len(there) - len(seen),
            gone=len(citations) - len(there) + len(seen) - len(shown),
        )


def fallen(engine: Whosaid, citations: Sequence[Citation]) -> bool:
    """Tell whether some of these citations may be shown no more: removed, hidden, or by now only to be linked to.

    Of an article that the index does not serve just now it is not said.
    """
    with engine.opener.reading() as opened:
        if opened is None:
            return False
        known = _Known(opened, engine.catalogue, citations)
        return any(one.article_id in known.articles and not known.stands(one) for one in citations)


class _Known:
    """What is known now of the articles that some citations are of; good while `opened` is read."""

    def __init__(self, opened: Opened, catalogue: Catalogue, citations: Sequence[Citation]) -> None:
        self._opened, self._catalogue = opened, catalogue
        ids = {citation.article_id for citation in citations}
        self.articles: dict[str, ArticleRecord] = opened.served.articles(ids, None)
        self._withheld = opened.search.shelf.withheld(self.articles)

    def stands(self, citation: Citation) -> bool:
        """Tell whether the words may be quoted still: not removed, their speaker not hidden, not only linked to."""
        article = self.articles.get(citation.article_id)
        if article is None or self._opened.rights(article) == "link":
            return False
        if citation.version != article.version and self._catalogue.version(article.id, citation.version) is None:
            return False
        return not self._is_withheld(citation, Span(citation.start, citation.end))

    def admitted(self, citation: Citation, scope: Scope) -> bool:
        """Tell whether the scope has the article, as it is known now and as it was when it was cited."""
        article = self.articles[citation.article_id]
        if not scope.admits(article):
            return False
        if citation.version == article.version:
            return True
        cited = self._catalogue.version(article.id, citation.version)
        return cited is not None and scope.admits(cited)

    def around(self, citation: Citation, budget: Budget, others: bool, number: int | None) -> Passage:
        """Return a citation with what may be shown of the sentences around it."""
        article = self.articles[citation.article_id]
        text = self._opened.served.text(article.id, citation.version)
        if text[citation.start : citation.end] != citation.quote:
            raise VerificationError(
                f"the quotation [{citation.n}] differs from version {citation.version} of article {article.id}, so it "
                "is not shown; ask the question again"
            )
        quote = Span(citation.start, citation.end)
        sides = [self._side(citation, article, budget, some) for some in _beside(text, quote)]
        before, after = (side.of(text) if side else "" for side in sides)
        if not others and citation.also_in:
            citation = replace(citation, also_in=())
        return Passage(citation=citation, before=before, after=after, number=number)

    def _side(self, citation: Citation, article: ArticleRecord, budget: Budget, spans: Iterator[Span]) -> Span | None:
        """Return the first of `spans`, widest first, that may be shown, and count it."""
        for span in spans:
            if not self._is_withheld(citation, span) and budget.take(article, span.end - span.start):
                return span
        return None

    def _is_withheld(self, citation: Citation, span: Span) -> bool:
        """Tell whether a hidden speaker's words are in a span of the version cited.

        Where that is not the version served, it is not known where they stand: then nothing around the quotation is
        shown of an article in which somebody is hidden, and the quotation only where none of their words are in it.
        """
        hidden = self._withheld.get(citation.article_id, ())
        if not hidden:
            return False
        if citation.version == self.articles[citation.article_id].version:
            return any(span.overlaps(one) for one in hidden)
        if (span.start, span.end) != (citation.start, citation.end):
            return True
        text = self._opened.search.shelf.texts({citation.article_id})[citation.article_id]
        words = " ".join(citation.quote.split())
        said = [" ".join(one.of(text).split()) for one in hidden]
        return any(words in one or one in words for one in said)


def _beside(text: str, quote: Span) -> tuple[Iterator[Span], Iterator[Span]]:
    """Return the spans before and after a quotation, wider ones first.

    The widest is the rest of the quotation's own sentence and the whole next one; then the rest of its own alone.
    """
    found = sentences(text)
    first = bisect_right([s.end for s in found], quote.start)
    last = bisect_left([s.start for s in found], quote.end) - 1
    before = [found[at].start for at in (first - 1, first) if 0 <= at < len(found)]
    after = [found[at].end for at in (last + 1, last) if 0 <= at < len(found)]
    return (
        (Span(start, quote.start) for start in before if start < quote.start),
        (Span(quote.end, end) for end in after if end > quote.end),
    )
