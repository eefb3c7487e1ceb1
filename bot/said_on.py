"""What was said on a topic, or by a speaker: all of it, where an answer quotes the few best.

What is on a topic is told by the score that answers are chosen by (`bot.evidence`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property

from bot import evidence
from bot.ask import Filters
from bot.evidence import Aim
from bot.expected import expected
from bot.fitted import threshold
from bot.opened import Opened
from bot.sayings import Saying, by_statement, once, together
from bot.units import Unit, sentences_of
from corpus.catalogue import ArticleRecord, StatementRecord
from corpus.catalogue.scope import Scope
from index.facets import Facets, fold
from index.hit import Hit
from index.query import Query, parse, speaker_terms
from index.relevance import Topic
from index.terms import content_terms, content_words
from index.wordnet import related

READ = 60  # passages whose statements are looked at
LISTED = 1000  # statements that are looked at for their words
# The probability, by the weights of a named speaker's statements, from which a saying is on the topic among what
# everybody said. Chosen on 305 of them judged by hand, on 26 topics: of what is counted 86% are, and 77% of what is on
# the topic is counted. Of a speaker who is asked about all is shown that an answer could quote.
COUNTED = 0.55
_BEST = 0.6  # of the likeliest saying, where anybody spoke on the topic at all
_NEAR = 0.5  # worth of a word near in meaning in the first search
_ASKED = {
    (True, True): "what did {speaker} say about {topic}?",
    (True, False): "what did {speaker} say?",
    (False, True): "What was said about {topic}?",
}


@dataclass(frozen=True, slots=True)
class Sayings:
    """What was found: what may be shown, likeliest first, and the articles with more of which only a link may be."""

    shown: tuple[Saying, ...] = ()
    linked: tuple[ArticleRecord, ...] = ()


def understand(opened: Opened, topic: str, speaker: str | None, filters: Filters, scope: Scope | None) -> Query:
    """Return what is asked for: a topic ("" for any), a speaker (None for anybody), and what binds them.

    Raises:
        UsageError: it is longer than a question may be.
    """
    names = opened.names(scope)
    facets = Facets(
        scope=scope,
        outlets=names.named(filters.outlets),
        authors=frozenset(fold(author) for author in filters.authors),
        since=filters.since,
        until=filters.until,
    )
    asked = _ASKED[speaker is not None, bool(topic)].format(speaker=speaker, topic=topic)
    query = parse(asked, names, facets, datetime.now(UTC).date(), speaker)
    return replace(  # which words are the topic, and which the speaker, is known here and need not be guessed
        query,
        topic=topic,
        subject=topic,
        terms=content_terms(topic),
        speaker=speaker,
        speaker_terms=speaker_terms(speaker) if speaker else (),
        asks_who=False,
    )


class Finder:
    """Finds what was said, in an opened home, for one query."""

    def __init__(self, opened: Opened, query: Query) -> None:
        """Look on the topic of `query`, within its facets."""
        self._opened, self._search, self._query = opened, opened.search, query
        self._vector = self._search.question_vector(_ASKED[False, True].format(topic=query.subject))

    def on_topic(self) -> Sayings:
        """Return what anybody said on the topic."""
        words = content_words(self._query.topic).values()
        near = {term: _NEAR for word in words for term in content_terms(" ".join(related(word)))}
        terms = {**near, **dict.fromkeys(self._query.terms, 1.0)}
        shelf = self._search.shelf
        listed = self._search.statements.search(terms, {"content": 1.0}, self._query.facets, LISTED)
        records = {record.id: record for record in shelf.statements([i for i, _ in listed])}
        for record in shelf.statements_of({hit.article.id for hit in self._passages}):
            if any(_holds(hit, record) for hit in self._passages):
                records[record.id] = record
        found = self.among(list(records.values()), COUNTED)
        return found if found.shown and found.shown[0].score >= _BEST else Sayings(linked=found.linked)

    @cached_property
    def _passages(self) -> list[Hit]:
        return self._search.passages(self._query, READ, self._vector) if self._query.topic else []

    def among(self, records: Sequence[StatementRecord], least: float | None = None) -> Sayings:
        """Return what of these statements is on the topic, if one is asked for: from the probability `least` on.

        By default that is the one from which an answer quotes.
        """
        least = threshold("spoken") if least is None else least
        hits = self._search.around(records, self._vector)
        hits = [hit for hit in hits if self._query.facets.admit(hit.article)]  # the lexical index may be behind
        texts = self._search.shelf.texts({hit.article.id for hit in hits})
        scores = self._scored(self._units(hits, records, texts), texts)
        linked = {a.id: a for unit, score in scores if self._is_linked(a := unit.article) and score >= least}
        seen = [(u, score) for u, score in scores if self._opened.may_show(u.article, u.span.end - u.span.start)]
        sayings = together(by_statement(seen, texts, least), texts)
        copies = self._search.shelf.copies(texts, self._query.facets.scope)
        return Sayings(tuple(once(sayings, texts, copies)), tuple(linked.values()))

    def _is_linked(self, article: ArticleRecord) -> bool:
        return self._opened.rights(article) == "link"

    def _units(self, hits: Sequence[Hit], records: Sequence[StatementRecord], texts: Mapping[str, str]) -> list[Unit]:
        """Return what may be quoted of the statements, but for sentences in which a hidden speaker says something."""
        withheld = self._search.shelf.withheld(texts)
        sentences = [
            sentence
            for sentence in sentences_of(hits)
            if not any(sentence.span.overlaps(span) for span in withheld.get(sentence.article.id, ()))
        ]
        return [unit for unit in evidence.gather(sentences, records, texts) if unit.statement is not None]

    def _scored(self, units: Sequence[Unit], texts: Mapping[str, str]) -> list[tuple[Unit, float]]:
        """Return the units with their probability to be on the topic."""
        query = self._query
        if not query.topic:
            return [(unit, 1.0) for unit in units]
        best = max((hit.score for hit in self._passages), default=0.0) or 1.0
        articles: dict[str, float] = {}
        for hit in self._passages:
            articles[hit.article.id] = max(hit.score / best, articles.get(hit.article.id, 0.0))
        topic = Topic(content_words(query.subject))
        aim = Aim(topic, self._vector, self._vector, expected(query.question), articles)
        scored = evidence.score(units, aim, texts, "spoken", self._search.shelf.statements_of(texts))
        return [(one.unit, one.score) for one in scored]


def _holds(hit: Hit, record: StatementRecord) -> bool:
    return hit.article.id == record.article_id and hit.passage.span.overlaps(record.statement.extent)
