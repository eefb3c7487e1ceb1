"""Putting a result into an answer: citations with what is known of their articles, refusals, retrieved passages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import uuid4

from bot import quoted, refusal
from bot.evidence import Scored
from bot.link import Page
from bot.model import Answer, Hit
from bot.opened import Opened
from bot.result import Result
from bot.rights import Budget
from bot.runs import joined
from bot.unmatched import Reach
from corpus.catalogue import ArticleRecord
from corpus.model import Statement
from index.facets import Facets
from index.hit import Hit as Found
from index.outlets import OutletNames
from index.query import Query


def told(
    opened: Opened | None,
    query: Query,
    result: Result,
    reach: Reach,
    found: Sequence[Found],
    hits: int,
    page: Page | None,
) -> Answer:
    """Put a result into words.

    Args:
        opened: what the question was answered from; None where nothing was ever published.
        query: the question as understood.
        result: what it came to.
        reach: how far the corpus reaches.
        found: the passages found, best first.
        hits: how many of them to return beside the answer.
        page: gives the addresses of stored copies, where those are served.
    """
    names = opened.names(query.facets.scope) if opened else OutletNames(())
    budget = opened.budget() if opened else None
    own, others, closest = (
        [s for s in some if _fits(s, budget)] for some in (result.own, result.others, result.closest)
    )
    articles = {scored.unit.article.id: scored.unit.article for scored in (*own, *others, *closest)}
    context = quoted.Context()
    if opened and articles:
        context = context_of(opened, query, articles, page)
    mine = quoted.citations_of(joined(own, context.texts), context)
    theirs = quoted.citations_of(others, context, len(mine) + 1)
    declined = None
    if result.reason is not None:
        near = quoted.citations_of(closest, context)
        declined = refusal.refuse(result.reason, query, reach, names, near, result.silent)
    summary = reach.summary
    return Answer(
        id=uuid4().hex[:12],
        question=query.question,
        query={**query.as_json(), "outlets": names.shown(query.outlets), "taken_as": list(result.taken)},
        answered=declined is None,
        answer=declined.message if declined else quoted.markdown(mine, theirs),
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
        citations=(*mine, *theirs),
        hits=tuple(hits_of(opened, found, hits, budget)) if opened and budget and hits else (),
    )


def _fits(scored: Scored, budget: Budget | None) -> bool:
    """Tell whether a quotation may be shown beside those before it, and count it."""
    unit = scored.unit
    return budget is None or budget.take(unit.article, unit.span.end - unit.span.start)


def hits_of(opened: Opened, found: Sequence[Found], most: int, budget: Budget) -> list[Hit]:
    """Return the first retrieved passages as they are shown: with the words that publishers allow.

    A passage in which a hidden speaker says something is left out: it would name and quote whom nobody is to find.
    """
    shelf = opened.search.shelf
    withheld = shelf.withheld({hit.article.id for hit in found})
    seen = [hit for hit in found if not any(hit.passage.span.overlaps(s) for s in withheld.get(hit.article.id, ()))]
    texts = shelf.texts({hit.article.id for hit in seen[:most]})
    spans = [budget.excerpt(hit.article, hit.passage.span) for hit in seen[:most]]
    return [
        Hit(
            rank=rank,
            article_id=hit.article.id,
            title=opened.title(hit.article),
            url=hit.article.url,
            path=hit.article.where,
            start=span.start,
            end=span.end,
            text=span.of(texts[hit.article.id]),
            score=round(hit.score, 4),
        )
        for rank, (hit, span) in enumerate(zip(seen, spans, strict=False), 1)
    ]


def context_of(opened: Opened, query: Query, cited: Mapping[str, ArticleRecord], page: Page | None) -> quoted.Context:
    """Return what citations of these articles, by id, need: texts, titles, and copies that the asker may see."""
    articles = {*cited}
    scope = query.facets.scope
    seen = Facets(scope=scope, as_of=query.facets.as_of)
    near = opened.search.shelf.copies(articles, scope)
    texts = opened.search.shelf.texts({*articles, *(i for some in near.values() for i in some)})
    copies = {
        article: [(copy, texts[i]) for i, copy in some.items() if seen.admit(copy)] for article, some in near.items()
    }
    said: dict[str, list[Statement]] = {}
    for record in opened.search.shelf.statements_of({copy.id for some in copies.values() for copy, _ in some}):
        said.setdefault(record.article_id, []).append(record.statement)
    pages: dict[str, Page] = {}
    if page:
        known = opened.served.articles(articles, scope)
        pages = {i: page for i, article in known.items() if opened.rights(article) != "link"}
    titles = {article.id: opened.title(article) for article in cited.values()}
    return quoted.Context(texts, copies, opened.one_name(scope), pages, titles, said)
