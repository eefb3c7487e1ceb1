"""The one function that answers: the command line, chat bots and evaluation runs all call `Whosaid.ask`."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

from bot import evidence, quoted, refusal
from bot.cite import show_speaker
from bot.evidence import Aim, Scored
from bot.fitted import threshold
from bot.model import Answer, Citation, Hit, Reason, Refusal
from bot.settings import Settings, read_settings
from bot.spoken import Spoken, find_described, find_spoken
from bot.units import Unit, sentences_of
from bot.verify import verify_answer
from corpus.catalogue import Catalogue, CorpusSummary
from corpus.model import Speaker
from index.facets import Facets, fold
from index.outlets import OutletNames
from index.query import Query, content_terms, content_words, name_terms, parse
from index.relevance import Topic
from index.search import Hit as Found
from index.search import Search
from index.sentences import Floats
from index.store import open_index

READ = 10  # passages from which a question without a speaker is answered
OTHERS = 2  # quotations of what others said
CLOSEST = 3  # passages named in a refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the asker binds by hand: who published, who wrote, who spoke, published when (inclusive)."""

    outlets: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    speaker: str | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class _Result:
    """What one question came to, before it is put into words."""

    own: Sequence[Scored] = ()
    others: Sequence[Scored] = ()
    reason: Reason | None = None
    closest: Sequence[Scored] = ()
    confidence: float = 0.0
    notes: tuple[str, ...] = ()


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
        self._catalogue = Catalogue.open(self._settings.catalogue_url())
        self._generation = -1
        self._search: Search | None = None
        self._refresh()

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue behind the answers."""
        return self._catalogue

    def close(self) -> None:
        """Close what is held open."""
        self._catalogue.close()

    def search(self, question: str, limit: int = 10, scope: frozenset[str] | None = None) -> list[Hit]:
        """Return at most `limit` passages for `question`, best first, without an answer."""
        self._refresh()
        if self._search is None:
            return []
        query = self._parse(question, Filters(), None, scope)
        return _hits(found := self._search.passages(query, limit), self._texts(found))

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
        summary = self._catalogue.summary(scope, as_of.toordinal() if as_of else None)
        found: list[Found] = []
        if self._search is None or summary.articles == 0:
            result = _Result(reason="empty_index")
        else:
            vector = self._search.question_vector(query.question)
            found = self._search.passages(query, max(hits, READ), vector)
            result = self._answer(self._search, query, vector, found)
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
            if self._search is not None:
                parts.refresh()
            self._search = Search(self._catalogue, parts, encoder)
        self._outlets = OutletNames(self._catalogue.outlets())
        self._generation = generation

    def _parse(
        self,
        question: str,
        filters: Filters,
        as_of: date | None,
        scope: frozenset[str] | None,
        history: Sequence[str] = (),
    ) -> Query:
        facets = Facets(
            scope=scope,
            outlets=self._outlets.named(filters.outlets),
            authors=frozenset(fold(author) for author in filters.authors),
            since=filters.since,
            until=filters.until,
            as_of=as_of,
        )
        today = as_of or datetime.now(UTC).date()
        query = parse(question, self._outlets, facets, today, filters.speaker)
        if query.speaker is None and history and len(query.terms) <= _SHORT_FOLLOW_UP:
            earlier = parse(history[-1], self._outlets, facets, today)
            if earlier.speaker is not None:
                query = parse(question, self._outlets, facets, today, earlier.speaker)
        return query

    def _answer(self, search: Search, query: Query, vector: Floats, found: Sequence[Found]) -> _Result:
        if query.facets.restricted and not found:
            return _Result(reason="nothing_matches_filters")
        aim = Aim(Topic(content_words(query.topic)), vector, vector)
        if query.speaker is not None:
            aim = replace(aim, topic_vector=search.question_vector(query.topic or query.question))
            spoken = find_spoken(query, search.statements, self._catalogue)
            result = self._spoken(search, query, aim, spoken, found)
            if result.own:
                return result
            described = find_described(query, search.statements, self._catalogue)
            other = self._spoken(search, query, aim, described, found)
            if other.own or (not spoken.records and other.reason == "nothing_matches_filters"):
                return other
            if spoken.records:
                return result
            if query.firm:
                return _Result(reason="unknown_speaker", closest=self._closest(aim, found))
        return self._open(query, vector, found)

    def _spoken(
        self, search: Search, query: Query, aim: Aim, spoken: Spoken, found: Sequence[Found]
    ) -> _Result:
        """Answer from the statements of the speaker that the question names."""
        records = spoken.own or spoken.relayed
        if not records:
            return _Result(reason="unknown_speaker")
        hits = search.around(records, aim.topic_vector)
        texts = self._texts(hits)
        units = [u for u in evidence.gather(sentences_of(hits), records, texts) if u.statement is not None]
        dated = [unit for unit in units if _in_periods(unit, query)]
        if not dated:
            return _Result(reason="nothing_matches_filters", closest=self._closest(aim, found))
        scored = evidence.score(dated, aim, texts, self._catalogue.statements_of(texts))
        chosen = evidence.choose(scored, 0.0 if aim.topic.empty else threshold("spoken"))
        if not chosen:
            return _Result(reason="speaker_silent", closest=scored[:CLOSEST])
        others = self._others(aim, found, spoken)
        return _Result(
            quoted.grouped(chosen), others, confidence=chosen[0].score, notes=_taken_as(query, chosen)
        )

    def _others(self, aim: Aim, found: Sequence[Found], spoken: Spoken) -> list[Scored]:
        """Return what others said on the same, where it meets the topic as well."""
        speakers = {record.statement.speaker for record in spoken.own}
        texts = self._texts(found)
        statements = self._catalogue.statements_of(texts)
        units = [
            unit
            for unit in evidence.gather(sentences_of(found), statements, texts)
            if unit.statement is not None
            and unit.statement.speaker is not None
            and unit.statement.speaker not in speakers
        ]
        scored = evidence.score(units, aim, texts, statements)
        return quoted.grouped(evidence.choose(scored, threshold("others"), OTHERS))

    def _open(self, query: Query, vector: Floats, found: Sequence[Found]) -> _Result:
        """Answer a question that names no speaker from the passages found."""
        texts = self._texts(found)
        aim = Aim(Topic(content_words(query.topic) or content_words(query.question)), vector, vector)
        statements = self._catalogue.statements_of(texts)
        units = evidence.gather(sentences_of(found), statements, texts)
        if query.asks_who:
            units = [u for u in units if u.statement is not None and u.statement.speaker is not None]
        scored = evidence.score(units, aim, texts)
        figures = refusal.measure(query, name_terms(query), found, scored, texts)
        confidence = refusal.confidence(figures)
        chosen = evidence.choose(scored, 0.0)
        if confidence < threshold("answerable") or not chosen:
            return _Result(reason="no_evidence", closest=scored[:CLOSEST], confidence=confidence)
        return _Result(quoted.grouped(chosen), confidence=confidence)

    def _closest(self, aim: Aim, found: Sequence[Found]) -> list[Scored]:
        texts = self._texts(found)
        units = evidence.gather(sentences_of(found), self._catalogue.statements_of(texts), texts)
        return evidence.score(units, aim, texts)[:CLOSEST]

    def _texts(self, found: Sequence[Found]) -> dict[str, str]:
        return self._catalogue.texts({hit.article.id for hit in found})

    def _told(self, query: Query, result: _Result, summary: CorpusSummary, found: Sequence[Found]) -> Answer:
        """Put a result into words."""
        shown = [*result.own, *result.others, *result.closest]
        texts = self._catalogue.texts({scored.unit.article.id for scored in shown})
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


def _in_periods(unit: Unit, query: Query) -> bool:
    """Tell whether the words were published, or said, in a period that the question names."""
    periods = [p for p in query.periods if not p.bound]
    if not periods:
        return True
    said = unit.statement.said if unit.statement else None
    dates = [d for d in (unit.article.published, said) if d is not None and not d.yearless]
    return any(
        (p.since is None or d.last() >= p.since) and (p.until is None or d.first() <= p.until)
        for p in periods
        for d in dates
    )


def _taken_as(query: Query, chosen: Sequence[Scored]) -> tuple[str, ...]:
    """Say whom the question's speaker was taken to be, where the words leave that open."""
    asked = set(content_terms(query.speaker or ""))
    names = dict.fromkeys(
        label
        for scored in chosen
        if scored.unit.statement and (label := _whole(scored.unit.statement.speaker))
    )
    if len(names) == 1 and set(content_terms(next(iter(names)))) <= asked:
        return ()
    return (f"{query.speaker} was taken to be: {'; '.join(names)}.",) if names else ()


def _whole(speaker: Speaker | None) -> str:
    return show_speaker(speaker) if speaker else ""


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
