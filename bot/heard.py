"""What a speaker said, scored by a topic, and beside it what others say in the articles on that topic."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot import evidence
from bot.evidence import Aim, Scored
from bot.quoted import same_speaker
from bot.spoken import Spoken
from bot.units import Sentence, Unit, sentences_of
from corpus.catalogue import ArticleRecord, StatementRecord
from corpus.model import Speaker
from index.hit import Hit
from index.query import Query
from index.search import Search

_NEXT_DAY = timedelta(1)  # what was said on a day is often in the paper of the next


@dataclass(frozen=True, slots=True)
class Heard:
    """The speaker's statements (`mine`) and, from the articles found, everybody else's, each best first."""

    mine: Sequence[Scored]
    theirs: Sequence[Scored]
    texts: Mapping[str, str]


class Listener:
    """Reads passages for one question at a time: sentences that may be shown, and statements in them, scored."""

    def __init__(self, search: Search, may: Callable[[ArticleRecord, int], bool]) -> None:
        """Read what `search` finds; `may` tells whether that many characters of an article may be shown."""
        self._search, self._may = search, may

    def heard(self, query: Query, aim: Aim, spoken: Spoken, found: Sequence[Hit]) -> Heard:
        """Return a speaker's statements and what others say in the articles found, scored by the topic."""
        records = spoken.own or spoken.relayed
        hits = self._search.around(records, aim.topic_vector)
        hits = [hit for hit in hits if query.facets.shows(hit.article)]  # see `Search`: the lexical index may be behind
        texts, topical = self.texts([*hits, *found]), {hit.article.id for hit in found}
        sentences = self.sentences(_once([*hits, *found]))
        statements = self._search.shelf.statements_of(texts)
        units = [u for u in evidence.gather(sentences, records, texts) if u.statement and in_periods(u, query)]
        mine = self.scored(query, units, aim, texts, "spoken", statements)
        known = {record.id for record in records}
        near = [sentence for sentence in sentences if sentence.article.id in topical]
        others = evidence.gather(near, [r for r in statements if r.id not in known], texts)
        theirs = self.scored(query, self._not_by(units, others), aim, texts, "spoken", statements)
        return Heard(mine, theirs, texts)

    def _not_by(self, mine: Sequence[Unit], units: Sequence[Unit]) -> list[Unit]:
        """Return what others say: other sentences, by speakers who are, or may be, none of those who said `mine`."""
        sentences = {(unit.article.id, unit.sentence.span) for unit in mine}
        speakers = {speaker for unit in mine if (speaker := speaker_of(unit)) and speaker.name}
        people = self._search.shelf.people()
        known = {id(one) for unit in mine if (one := people.of(unit.article.id, speaker_of(unit))) is not None}
        found = []
        for unit in units:
            speaker = speaker_of(unit)
            if speaker is None or (unit.article.id, unit.sentence.span) in sentences:
                continue
            same = id(people.of(unit.article.id, speaker)) in known
            if not same and not (speaker.name and any(same_speaker(speaker, one) for one in speakers)):
                found.append(unit)
        return found

    def scored(
        self,
        query: Query,
        units: Sequence[Unit],
        aim: Aim,
        texts: Mapping[str, str],
        weights: str,
        said: Iterable[StatementRecord] = (),
    ) -> list[Scored]:
        """Return the units scored (see `evidence.score`), best first; words that copies share once, from the first."""
        scored = evidence.score(units, aim, texts, weights, said)
        copies = self._search.shelf.copies(texts, query.facets.scope)
        return evidence.once(scored, copies, texts) if copies else scored

    def sentences(self, hits: Sequence[Hit]) -> list[Sentence]:
        """Return the sentences of passages that may be shown and that no hidden speaker has said."""
        withheld = self._search.shelf.withheld({hit.article.id for hit in hits})
        return [
            sentence
            for sentence in sentences_of(hits)
            if self._may(sentence.article, sentence.span.end - sentence.span.start)
            and not any(sentence.span.overlaps(span) for span in withheld.get(sentence.article.id, ()))
        ]

    def texts(self, found: Sequence[Hit]) -> dict[str, str]:
        """Return the texts of the articles that passages are of."""
        return self._search.shelf.texts({hit.article.id for hit in found})


def speaker_of(unit: Unit) -> Speaker | None:
    """Return who says a unit; None where nobody does, or nobody knows."""
    return unit.statement.speaker if unit.statement else None


def in_periods(unit: Unit, query: Query) -> bool:
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


def _once(hits: Sequence[Hit]) -> list[Hit]:
    """Return each passage once."""
    return list({hit.passage.id: hit for hit in reversed(hits)}.values())
