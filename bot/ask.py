"""The one function that answers: the command line, chat bots and evaluation runs all call `Whosaid.ask`."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from bot.decide import Decider
from bot.model import Answer, Hit, Reason
from bot.opened import Opened, Opener
from bot.result import Result
from bot.rights import pointers
from bot.settings import Settings, read_settings
from bot.tell import hits_of, told
from bot.unmatched import Reach
from bot.verify import verify_answer
from bot.visible import typed
from bot.web.signing import Links, links_of
from corpus.catalogue import Catalogue, CorpusSummary
from corpus.catalogue.scope import Scope, as_scope
from corpus.errors import StaleIndexError
from index.facets import Facets, fold
from index.hit import Hit as Found
from index.outlets import OutletNames
from index.query import Query, parse
from index.sentences import Floats

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
    """A home folder opened for questions. Safe to keep open while others ingest: it sees what they publish.

    Several threads may ask at once.
    """

    def __init__(self, settings: Settings | Path | str, links: Links | None = None) -> None:
        """Open the home of `settings`, or the one in a folder.

        Args:
            settings: the settings, or a home folder.
            links: signs the links to stored copies; by default what `bot.web.signing.links_of` makes of the settings.

        Raises:
            CatalogueError: the catalogue cannot be opened.
            StaleIndexError: the index does not serve this catalogue with these settings.
            UsageError: links are to be signed, and the secret for it cannot be made or read.
        """
        self._settings = settings if isinstance(settings, Settings) else read_settings(Path(settings))
        self._links = links or links_of(self._settings)
        self._home = self._settings.place()
        self._catalogue = self._settings.open_catalogue()
        self._opener = Opener(self._settings, self._catalogue)
        with self._opener.reading():
            pass  # what is wrong with the index is told at once

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue behind the answers."""
        return self._catalogue

    @property
    def opener(self) -> Opener:
        """What gives a question the state that it is answered from."""
        return self._opener

    def close(self) -> None:
        """Close what is held open."""
        self._opener.close()
        self._catalogue.close()

    def search(self, question: str, limit: int = 10, scope: Scope | frozenset[str] | None = None) -> list[Hit]:
        """Return at most `limit` passages for `question`, best first, without an answer."""
        with self._opener.reading() as opened:
            if opened is None:
                return []
            seen = opened.within(scope)
            query = self._parse(question, Filters(), None, seen, opened.names(seen))
            found = opened.search.passages(query, limit)
            return hits_of(opened, found, limit, opened.budget())

    def prepare(self, opened: Opened, question: str, filters: Filters, limit: int) -> tuple[Query, Floats, list[Found]]:
        """Return a question as understood, its vector, and the passages found: the first steps of `ask`."""
        query = self._parse(question, filters, None, None, opened.names(None))
        vector = opened.search.question_vector(query.whole)
        return query, vector, opened.search.passages(query, limit, vector)

    def ask(
        self,
        question: str,
        *,
        filters: Filters | None = None,
        history: Sequence[str] = (),
        as_of: date | None = None,
        scope: Scope | frozenset[str] | None = None,
        hits: int = 0,
        audience: str = "",
    ) -> Answer:
        """Answer `question` from what the catalogue holds, or say why not.

        Args:
            question: as typed.
            filters: what the asker binds by hand.
            history: earlier questions of the conversation, oldest first, on which this one may lean ("and on the
                budget?", "her answer?").
            as_of: "today" for relative dates; what was published later is hidden.
            scope: what the asker may see; a set is one of collections, None is everything.
            hits: how many retrieved passages to return beside the answer.
            audience: for whom links to stored copies are signed; "" is the owner of the home, who may see all of it.

        Raises:
            VerificationError: a citation is not what its article says; nothing is shown then.
        """
        for _ in range(_TRIES - 1):
            try:
                return self._ask(question, filters or Filters(), history, as_of, scope, hits, audience)
            except StaleIndexError:  # while it was read, a rebuilt index may have taken its place
                if self._opener.current() == self._opener.at():
                    raise
        return self._ask(question, filters or Filters(), history, as_of, scope, hits, audience)

    def _ask(
        self,
        question: str,
        filters: Filters,
        history: Sequence[str],
        as_of: date | None,
        scope: Scope | frozenset[str] | None,
        hits: int,
        audience: str,
    ) -> Answer:
        started = time.perf_counter()
        page = partial(self._links.page, audience=audience) if self._links else None
        with self._opener.reading() as opened:
            seen = opened.within(scope) if opened else as_scope(scope)
            names = opened.names(seen) if opened else OutletNames(())
            query = self._parse(question, filters, as_of, seen, names, history)
            reach = self._reach(opened, query, filters)
            if opened is None or reach.summary.articles == 0:
                reason: Reason = "nothing_matches_filters" if reach.whole.articles else "empty_index"
                answer = told(opened, query, Result(reason=reason), reach, (), 0, page)
            else:
                vector = opened.search.question_vector(query.whole)
                found = opened.search.passages(query, max(hits, READ), vector)
                result = _decided(opened, query, vector, found)
                admitted = bool(found) or opened.search.admits(query.facets)
                answer = told(opened, query, result, replace(reach, admitted=admitted), found, hits, page)
                verify_answer(answer, opened.served.text)
        return replace(answer, question=question, timings={"total": round(time.perf_counter() - started, 4)})

    def _reach(self, opened: Opened | None, query: Query, filters: Filters) -> Reach:
        """Return how far the corpus reaches for the asker."""
        scope = query.facets.scope
        named = {fold(name): name for name in (*filters.outlets, *filters.authors)}
        if opened is not None:
            whole = opened.summary(scope, None)
            if whole.articles:
                summary, spellings = opened.summary(scope, query.facets.as_of), opened.one_name(scope)
                outlets = sorted({spellings.get(name, name) for name in opened.served.outlets(scope)}) if named else ()
                return Reach(summary=summary, whole=whole, typed=named, outlets=outlets)
        return Reach(summary=_NOTHING, whole=_NOTHING, waiting=self._waiting(scope))

    def _waiting(self, scope: Scope | None) -> int:
        """Return how many articles of a scope the catalogue holds; 0 where that cannot be told from collections."""
        if scope is not None and not scope.of_collections:
            return 0
        stored, seen = self._catalogue.collections(), None if scope is None else scope.collections
        return sum(number for name, number in stored.items() if seen is None or name in seen)

    def _parse(
        self,
        question: str,
        filters: Filters,
        as_of: date | None,
        scope: Scope | None,
        names: OutletNames,
        history: Sequence[str] = (),
    ) -> Query:
        question, history = typed(question), [typed(earlier) for earlier in history]
        facets = Facets(
            scope=scope,
            outlets=names.named(filters.outlets),
            authors=frozenset(fold(author) for author in filters.authors),
            since=filters.since,
            until=filters.until,
            as_of=as_of,
        )
        today = as_of or datetime.now(UTC).date()
        return parse(question, names, facets, today, filters.speaker, history)


def _decided(opened: Opened, query: Query, vector: Floats, found: Sequence[Found]) -> Result:
    """Decide from what may be quoted, and say where an article that may not be might answer as well."""
    result = Decider(opened.search, opened.may_show).decide(query, vector, found)
    if not any(opened.rights(hit.article) == "link" for hit in found):
        return result
    linked = Decider(opened.search, lambda a, n: opened.rights(a) == "link").decide(query, vector, found)
    if not linked.own:
        return result
    articles = [scored.unit.article for scored in linked.own]
    texts = opened.search.shelf.texts({article.id for article in articles})
    notes = (*result.notes, *pointers(articles, opened.rules.outlets, texts))
    return replace(result, notes=notes, reason="no_evidence" if result.reason else None)


_NOTHING = CorpusSummary(articles=0, generation=0, oldest=None, newest=None)
_TRIES = 3  # at a question whose index is replaced while it is read
