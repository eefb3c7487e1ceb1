"""From what was found to what is quoted, or to the reason why nothing is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot import evidence, quoted, refusal
from bot.evidence import Aim, Scored
from bot.expected import expected
from bot.fitted import threshold
from bot.model import Reason
from bot.spoken import Spoken, find_described, find_spoken, several
from bot.taken import alternatives, labels
from bot.units import Sentence, Unit, sentences_of
from corpus.catalogue import ArticleRecord, StatementRecord
from corpus.model import Speaker
from index.hit import Hit
from index.query import Query, name_terms
from index.relevance import Topic
from index.search import Search
from index.sentences import Floats
from index.terms import content_words

OTHERS = 2  # quotations of what others said
CLOSEST = 3  # passages named in a refusal
_ON_TOPIC = "What was said about {}?"  # a question has a better vector than a noun alone
_NEXT_DAY = timedelta(1)  # what was said on a day is often in the paper of the next


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one question came to, before it is put into words: quotations, or a reason to refuse.

    `taken` are those whom the question's speaker was taken to be, where its words leave that open.
    """

    own: Sequence[Scored] = ()
    others: Sequence[Scored] = ()
    reason: Reason | None = None
    closest: Sequence[Scored] = ()
    confidence: float = 0.0
    notes: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()


class Decider:
    """Weighs the evidence for one question."""

    def __init__(self, search: Search, may: Callable[[ArticleRecord, int], bool] = lambda article, length: True):
        """Weigh what `search` finds; `may` tells whether that many characters of an article may be shown."""
        self._search, self._may = search, may

    def decide(self, query: Query, vector: Floats, found: Sequence[Hit]) -> Result:
        """Return what answers `query`.

        Args:
            query: the question as understood.
            vector: its vector.
            found: the passages found for it, best first.
        """
        if query.foreign or query.bare:
            return Result(reason="no_evidence")
        if query.facets.restricted and not found:
            return Result(reason="nothing_matches_filters")
        found = [hit for hit in found if self._may(hit.article, 0)]
        if query.speaker is None:
            return (self._who if query.asks_who else self._open)(query, vector, found)
        aim = self._aim(query, vector, found)
        result = self._of(query, aim, found)
        if result.reason == "unknown_speaker" and len(parts := several(query)) > 1:
            return _together(query, [(part, self._of(part, aim, found)) for part in parts])
        if result.reason == "unknown_speaker" and not query.firm:
            return self._open(query, vector, found)
        return result

    def _of(self, query: Query, aim: Aim, found: Sequence[Hit]) -> Result:
        """Answer from the speaker who is called what the question says, else from one who fits the description."""
        spoken = find_spoken(query, self._search.statements, self._search.shelf)
        result = self._spoken(query, aim, spoken, found)
        if result.own:
            return result
        described = find_described(query, self._search.statements, self._search.shelf)
        other = self._spoken(query, aim, described, found)
        return other if other.own or not spoken.records else result

    def _aim(self, query: Query, vector: Floats, found: Sequence[Hit]) -> Aim:
        of_topic = self._search.question_vector(_ON_TOPIC.format(query.subject)) if query.subject else vector
        return Aim(Topic(content_words(query.subject)), of_topic, vector, expected(query.question), _relative(found))

    def weigh_spoken(self, query: Query, vector: Floats, spoken: Spoken, found: Sequence[Hit]) -> list[Scored]:
        """Return the speaker's statements, scored by the topic, best first."""
        return self._weighed(query, self._aim(query, vector, found), spoken)

    def _weighed(self, query: Query, aim: Aim, spoken: Spoken) -> list[Scored]:
        records = spoken.own or spoken.relayed
        hits = self._search.around(records, aim.topic_vector)
        hits = [hit for hit in hits if query.facets.shows(hit.article)]  # see `Search`: the lexical index may be behind
        texts = self._texts(hits)
        units = [u for u in evidence.gather(self._sentences(hits), records, texts) if u.statement is not None]
        dated = [unit for unit in units if _in_periods(unit, query)]
        return self._scored(query, dated, aim, texts, "spoken", self._search.shelf.statements_of(texts))

    def _spoken(self, query: Query, aim: Aim, spoken: Spoken, found: Sequence[Hit]) -> Result:
        """Answer from the statements of the speaker that the question names."""
        if not spoken.records:
            return Result(reason="unknown_speaker", closest=self._closest(query, aim, found))
        scored = self._weighed(query, aim, spoken)
        if not scored:
            return Result(reason="nothing_matches_filters", closest=self._closest(query, aim, found))
        chosen = evidence.choose(scored, 0.0 if aim.topic.empty else threshold("spoken"))
        if not chosen:
            return Result(reason="speaker_silent", closest=_distinct(scored), confidence=scored[0].score)
        speakers = [_speaker(scored.unit) for scored in chosen]
        called = "; ".join(labels(query.speaker or "", speakers))
        return Result(
            own=quoted.grouped(chosen),
            others=self._others(query, aim, found, spoken, chosen),
            confidence=chosen[0].score,
            notes=(f"{query.speaker} was taken to be: {called}.",) if called else (),
            taken=alternatives(query.speaker or "", speakers),
        )

    def _others(
        self, query: Query, aim: Aim, found: Sequence[Hit], spoken: Spoken, own: Sequence[Scored]
    ) -> list[Scored]:
        """Return what others said on the same: through the speaker first, then anywhere, where it meets the topic."""
        through: list[Scored] = []
        if spoken.own and spoken.relayed:
            relayed = self._weighed(query, aim, Spoken((), spoken.relayed))
            through = evidence.choose(relayed, threshold("spoken"), OTHERS)
        speakers = {record.statement.speaker for record in spoken.own}
        texts = self._texts(found)
        statements = self._search.shelf.statements_of(texts)
        units = [
            unit
            for unit in evidence.gather(self._sentences(found), statements, texts)
            if _speaker(unit) and _speaker(unit) not in speakers
        ]
        scored = self._scored(query, units, aim, texts, "spoken", statements)
        elsewhere = evidence.choose(scored, threshold("others"), OTHERS)
        new = [s for s in (*through, *elsewhere) if not any(evidence.same_words(s.unit, o.unit) for o in own)]
        return quoted.grouped(evidence.choose(new, 0.0, OTHERS, keep=0.0))

    def weigh_open(self, query: Query, vector: Floats, found: Sequence[Hit]) -> tuple[list[Scored], refusal.Figures]:
        """Return the sentences of the passages found, scored, and how well they meet the question."""
        texts = self._texts(found)
        topic = Topic(content_words(query.subject) or content_words(query.question))
        aim = Aim(topic, vector, vector, expected(query.question), _relative(found))
        units = evidence.gather(self._sentences(found), self._search.shelf.statements_of(texts), texts)
        scored = self._scored(query, units, aim, texts, "open")
        return scored, refusal.measure(query, name_terms(query), found, scored, texts)

    def weigh_who(self, query: Query, vector: Floats, found: Sequence[Hit]) -> list[Scored]:
        """Return what anybody whom the articles name says in the passages found, scored, best first."""
        texts = self._texts(found)
        statements = self._search.shelf.statements_of(texts)
        units = [u for u in evidence.gather(self._sentences(found), statements, texts) if _speaker(u)]
        return self._scored(query, units, self._aim(query, vector, found), texts, "spoken", statements)

    def _who(self, query: Query, vector: Floats, found: Sequence[Hit]) -> Result:
        """Answer a question for the speaker of some words."""
        scored = self.weigh_who(query, vector, found)
        chosen = evidence.choose(scored, threshold("spoken"))
        confidence = scored[0].score if scored else 0.0
        if not chosen:
            return Result(reason="no_evidence", closest=_distinct(scored), confidence=confidence)
        return Result(own=quoted.grouped(chosen), confidence=confidence)

    def _open(self, query: Query, vector: Floats, found: Sequence[Hit]) -> Result:
        """Answer a question that names no speaker from the passages found."""
        scored, figures = self.weigh_open(query, vector, found)
        confidence = refusal.confidence(figures)
        if confidence < threshold("answerable") or not scored:
            return Result(reason="no_evidence", closest=_distinct(scored), confidence=confidence)
        return Result(own=quoted.grouped(evidence.choose(scored, 0.0)), confidence=confidence)

    def _closest(self, query: Query, aim: Aim, found: Sequence[Hit]) -> list[Scored]:
        texts = self._texts(found)
        units = evidence.gather(self._sentences(found), self._search.shelf.statements_of(texts), texts)
        return _distinct(self._scored(query, units, aim, texts, "open"))

    def _scored(
        self,
        query: Query,
        units: Sequence[Unit],
        aim: Aim,
        texts: dict[str, str],
        weights: str,
        *said: list[StatementRecord],
    ) -> list[Scored]:
        """Return the units scored (see `evidence.score`), best first; words that copies share once, from the first."""
        scored = evidence.score(units, aim, texts, weights, *said)
        copies = self._search.shelf.copies(texts, query.facets.scope)
        return evidence.once(scored, copies, texts) if copies else scored

    def _sentences(self, hits: Sequence[Hit]) -> list[Sentence]:
        """Return the sentences of passages that may be shown and that no hidden speaker has said."""
        withheld = self._search.shelf.withheld({hit.article.id for hit in hits})
        return [
            sentence
            for sentence in sentences_of(hits)
            if self._may(sentence.article, sentence.span.end - sentence.span.start)
            and not any(sentence.span.overlaps(span) for span in withheld.get(sentence.article.id, ()))
        ]

    def _texts(self, found: Sequence[Hit]) -> dict[str, str]:
        return self._search.shelf.texts({hit.article.id for hit in found})


def _speaker(unit: Unit) -> Speaker | None:
    return unit.statement.speaker if unit.statement else None


def _relative(found: Sequence[Hit]) -> dict[str, float]:
    """Return, by article, the score of its best passage beside the best of all."""
    best = max((hit.score for hit in found), default=0.0) or 1.0
    scores: dict[str, float] = {}
    for hit in found:
        scores[hit.article.id] = max(hit.score / best, scores.get(hit.article.id, 0.0))
    return scores


def _together(query: Query, parts: Sequence[tuple[Query, Result]]) -> Result:
    """Return what several speakers said, a few quotations each; a note names those of whom there is nothing."""
    heard = [(part, result) for part, result in parts if result.own]
    if not heard:
        reasons = [result.reason for _, result in parts]
        known = next((result for _, result in parts if result.reason != "unknown_speaker"), parts[0][1])
        return known if "unknown_speaker" not in reasons else replace(known, reason="unknown_speaker")
    each = max(1, evidence.MOST // len(heard))
    own = [scored for _, result in heard for scored in result.own[:each]]
    silent = [part.speaker for part, result in parts if not result.own]
    on = f" on {query.topic}" if query.topic else ""
    missing = tuple(f"No statement by {name}{on} was found." for name in silent)
    notes = tuple(note for _, result in heard for note in result.notes)
    distinct = evidence.choose(sorted(own, key=lambda s: -s.score), 0.0, keep=0.0)
    return Result(
        own=quoted.grouped([scored for scored in own if scored in distinct]),
        confidence=min(result.confidence for _, result in heard),
        notes=(*notes, *missing),
    )


def _distinct(scored: Sequence[Scored]) -> list[Scored]:
    return evidence.choose(scored, 0.0, CLOSEST, keep=0.0)


def _in_periods(unit: Unit, query: Query) -> bool:
    """Tell whether the words were published, or said, in a period that the question names."""
    periods = [p for p in query.periods if not p.bound]
    if not periods:
        return True
    said = unit.statement.said if unit.statement else None
    known = ((unit.article.published, _NEXT_DAY), (said, timedelta(0)))
    dates = [(d, late) for d, late in known if d is not None and not d.yearless]
    return any(
        (p.since is None or d.last() >= p.since) and (p.until is None or d.first() <= p.until + late)
        for p in periods
        for d, late in dates
    )
