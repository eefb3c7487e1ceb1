"""The one function that answers: the command line, chat bots and evaluation runs all call `Whosaid.ask`."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

from bot import quoted, refusal
from bot.decide import Decider, Result
from bot.model import Answer, Citation, Hit, Refusal
from bot.settings import Settings, read_settings
from bot.verify import verify_answer
from corpus.catalogue import Catalogue, CorpusSummary
from corpus.errors import StaleIndexError
from index.facets import Facets, fold
from index.outlets import OutletNames
from index.query import Query, parse
from index.search import Hit as Found
from index.search import Search
from index.sentences import Floats
from index.store import IndexParts, open_index

READ = 10  # passages from which a question without a speaker is answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the asker binds by hand: who published, who wrote, who spoke, published when (inclusive)."""

    outlets: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    speaker: str | None = None
    since: date | None = None
    until: date | None = None


class Whosaid:
    """A home folder opened for questions. Safe to keep open while others ingest: it sees what they publish."""

    def __init__(self, settings: Settings | Path | str) -> None:
        """Open the home of `settings`, or the one in a folder.

        Raises:
            CatalogueError: the catalogue cannot be opened.
            StaleIndexError: the index does not serve this catalogue with these settings.
        """
        self._settings = settings if isinstance(settings, Settings) else read_settings(Path(settings))
        self._home = self._settings.place()
        self._catalogue = self._settings.open_catalogue()
        self._generation = -1
        self._search: Search | None = None
        self._parts: IndexParts | None = None
        self._refresh()

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue behind the answers."""
        return self._catalogue

    def close(self) -> None:
        """Close what is held open."""
        if self._parts is not None:
            self._parts.close()
        self._catalogue.close()

    def search(self, question: str, limit: int = 10, scope: frozenset[str] | None = None) -> list[Hit]:
        """Return at most `limit` passages for `question`, best first, without an answer."""
        self._refresh()
        if self._search is None:
            return []
        query = self._parse(question, Filters(), None, scope)
        return _hits(found := self._search.passages(query, limit), self._texts(found))

    def prepare(self, question: str, filters: Filters, limit: int) -> tuple[Query, Floats, list[Found], Search]:
        """Return a question as understood, its vector, the passages found, and where: the first steps of `ask`.

        Raises:
            StaleIndexError: nothing was ingested yet.
        """
        self._refresh()
        if self._search is None:
            raise StaleIndexError(f"there is no index in {self._home.index}: run `whosaid ingest FOLDER` first")
        query = self._parse(question, filters, None, None)
        vector = self._search.question_vector(query.question)
        return query, vector, self._search.passages(query, limit, vector), self._search

    def ask(
        self,
        question: str,
        *,
        filters: Filters | None = None,
        history: Sequence[str] = (),
        as_of: date | None = None,
        scope: frozenset[str] | None = None,
        hits: int = 0,
    ) -> Answer:
        """Answer `question` from what the catalogue holds, or say why not.

        Args:
            question: as typed.
            filters: what the asker binds by hand.
            history: earlier questions of the conversation, oldest first; the last one lends its speaker
                to a question that names none but refers to one ("and on the budget?").
            as_of: "today" for relative dates; what was published later is hidden.
            scope: the collections that the asker may see; None for all.
            hits: how many retrieved passages to return beside the answer.

        Raises:
            VerificationError: a citation is not what its article says; nothing is shown then.
        """
        started = time.perf_counter()
        self._refresh()
        query = self._parse(question, filters or Filters(), as_of, scope, history)
        summary = self._summary(scope, as_of)
        found: list[Found] = []
        if self._search is None or summary.articles == 0:
            result = Result(reason="empty_index")
        else:
            vector = self._search.question_vector(query.question)
            found = self._search.passages(query, max(hits, READ), vector)
            result = Decider(self._search, self._catalogue).decide(query, vector, found)
        answer = self._told(query, result, summary, found[:hits])
        verify_answer(answer, self._catalogue.text)
        return replace(answer, timings={"total": round(time.perf_counter() - started, 4)})

    def _refresh(self) -> None:
        """Open the index, and open it anew when another process has published."""
        generation = self._catalogue.generation()
        if generation == self._generation:
            return
        opened = open_index(self._home, self._catalogue, self._settings.index())
        if opened is not None:
            parts, encoder = opened
            if self._parts is not None:
                self._parts.close()
            self._parts = parts
            self._search = Search(self._catalogue, parts, encoder)
        self._outlets: dict[frozenset[str] | None, OutletNames] = {}
        self._summaries: dict[tuple[frozenset[str] | None, date | None], CorpusSummary] = {}
        self._generation = generation

    def _summary(self, scope: frozenset[str] | None, as_of: date | None) -> CorpusSummary:
        """Return how far the scope reaches; counting is slow, so once a generation."""
        key = scope, as_of
        if key not in self._summaries:
            self._summaries[key] = self._catalogue.summary(scope, as_of.toordinal() if as_of else None)
        return self._summaries[key]

    def _names(self, scope: frozenset[str] | None) -> OutletNames:
        """Return the outlets that the scope knows; another collection's are nobody's business."""
        if scope not in self._outlets:
            self._outlets[scope] = OutletNames(self._catalogue.outlets(scope))
        return self._outlets[scope]

    def _parse(
        self,
        question: str,
        filters: Filters,
        as_of: date | None,
        scope: frozenset[str] | None,
        history: Sequence[str] = (),
    ) -> Query:
        names = self._names(scope)
        facets = Facets(
            scope=scope,
            outlets=names.named(filters.outlets),
            authors=frozenset(fold(author) for author in filters.authors),
            since=filters.since,
            until=filters.until,
            as_of=as_of,
        )
        today = as_of or datetime.now(UTC).date()
        query = parse(question, names, facets, today, filters.speaker)
        if query.speaker is None and history and len(query.terms) <= _SHORT_FOLLOW_UP:
            earlier = parse(history[-1], names, facets, today)
            if earlier.speaker is not None:
                query = parse(question, names, facets, today, earlier.speaker)
        return query

    def _texts(self, found: Sequence[Found]) -> dict[str, str]:
        return self._search.shelf.texts({hit.article.id for hit in found}) if self._search else {}

    def _told(self, query: Query, result: Result, summary: CorpusSummary, found: Sequence[Found]) -> Answer:
        """Put a result into words."""
        shown = [*result.own, *result.others, *result.closest]
        texts = self._search.shelf.texts({scored.unit.article.id for scored in shown}) if self._search else {}
        url = self._settings.public_url
        own = quoted.citations_of(result.own, texts, url)
        others = quoted.citations_of(result.others, texts, url, len(own) + 1)
        declined: Refusal | None = None
        if result.reason is not None:
            closest: list[Citation] = quoted.citations_of(result.closest, texts, url)
            declined = refusal.refuse(result.reason, query, summary, closest)
        return Answer(
            id=uuid4().hex[:12],
            question=query.question,
            query=query.as_json(),
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
            hits=tuple(_hits(found, self._texts(found))),
        )


_SHORT_FOLLOW_UP = 4  # terms up to which a question without a speaker may lean on the one before


def _hits(found: Sequence[Found], texts: dict[str, str]) -> list[Hit]:
    return [
        Hit(
            rank=rank,
            article_id=hit.article.id,
            title=hit.article.title,
            url=hit.article.url,
            path=hit.article.where,
            start=hit.passage.start,
            end=hit.passage.end,
            text=hit.passage.span.of(texts[hit.article.id]),
            score=round(hit.score, 4),
        )
        for rank, hit in enumerate(found, 1)
    ]
