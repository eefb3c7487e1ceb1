"""Putting a result into an answer: citations with what is known of their articles, refusals, retrieved passages."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

from bot import quoted, refusal
from bot.decide import Result
from bot.model import Answer, Hit
from bot.opened import Opened
from bot.rights import excerpt
from corpus.catalogue import CorpusSummary
from index.facets import Facets
from index.hit import Hit as Found
from index.outlets import OutletNames
from index.query import Query


def told(
    opened: Opened | None,
    query: Query,
    result: Result,
    summary: CorpusSummary,
    found: Sequence[Found],
    public_url: str | None,
) -> Answer:
    """Put a result into words.

    Args:
        opened: what the question was answered from; None where nothing was ever ingested.
        query: the question as understood.
        result: what it came to.
        summary: how far the corpus reaches.
        found: the passages to return beside the answer.
        public_url: where stored copies of articles can be read.
    """
    names = opened.names(query.facets.scope) if opened else OutletNames(())
    shown = [*result.own, *result.others, *result.closest]
    articles = {scored.unit.article.id for scored in shown}
    context = _context(opened, query, articles, public_url) if opened and articles else quoted.Context()
    own = quoted.citations_of(result.own, context)
    others = quoted.citations_of(result.others, context, len(own) + 1)
    declined = None
    if result.reason is not None:
        closest = quoted.citations_of(result.closest, context)
        declined = refusal.refuse(result.reason, query, summary, names, closest)
    return Answer(
        id=uuid4().hex[:12],
        question=query.question,
        query={**query.as_json(), "outlets": names.shown(query.outlets)},
        answered=declined is None,
        answer=declined.message if declined else quoted.markdown(own, others),
        mode="quoted",
        confidence=round(result.confidence, 3),
        corpus={
            "articles": summary.articles,
            "generation": summary.generation,
            "oldest": summary.oldest,
            "newest": summary.newest,
        },
        notes=result.notes,
        refusal=declined,
        citations=(*own, *others),
        hits=tuple(hits_of(opened, found)) if opened else (),
    )


def hits_of(opened: Opened, found: Sequence[Found]) -> list[Hit]:
    """Return retrieved passages as they are shown: of an article whose publisher allows a link only, no words."""
    texts = opened.search.shelf.texts({hit.article.id for hit in found})
    spans = [excerpt(opened.rights(hit.article), hit.passage.span) for hit in found]
    return [
        Hit(
            rank=rank,
            article_id=hit.article.id,
            title=hit.article.title,
            url=hit.article.url,
            path=hit.article.where,
            start=span.start,
            end=span.end,
            text=span.of(texts[hit.article.id]),
            score=round(hit.score, 4),
        )
        for rank, (hit, span) in enumerate(zip(found, spans, strict=True), 1)
    ]


def _context(opened: Opened, query: Query, articles: set[str], public_url: str | None) -> quoted.Context:
    """Return what citations of these articles need: their texts, and their copies that the asker may see."""
    scope = query.facets.scope
    seen = Facets(scope=scope, as_of=query.facets.as_of)
    near = opened.search.shelf.copies(articles, scope)
    texts = opened.search.shelf.texts({*articles, *(i for some in near.values() for i in some)})
    copies = {
        article: [(copy, texts[i]) for i, copy in some.items() if seen.admit(copy)] for article, some in near.items()
    }
    pages: dict[str, str] = {}
    if public_url:
        known = opened.served.articles(articles, scope)
        pages = {i: public_url for i, article in known.items() if opened.rights(article) == "full"}
    return quoted.Context(texts, copies, opened.one_name(scope), pages)
