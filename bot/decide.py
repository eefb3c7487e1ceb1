"""From what was found to what is quoted, or to the reason why nothing is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot import evidence, quoted, refusal, silence
from bot.evidence import Aim, Scored
from bot.expected import expected
from bot.fitted import fitted, probability, threshold
from bot.heard import Heard, Listener, speaker_of
from bot.matters import Matters
from bot.result import Result, Silent
from bot.runs import WORDS, with_runs
from bot.sides import together, varied
from bot.spoken import Spoken, find_described, find_spoken, parties
from bot.taken import alternatives, labels
from corpus.catalogue import ArticleRecord
from index.hit import Hit
from index.query import Query, name_terms
from index.relevance import Topic
from index.search import Search
from index.sentences import Floats
from index.terms import content_words

OTHERS = 2  # quotations of what others said
CLOSEST = 3  # passages named in a refusal
_KEEP = 0.5  # share of the best one's score that another quotation of the same speaker has
_KEEP_WHO = 0.6  # the same where it is asked who says something, and others may have said it too
_LESS = 0.4  # share of the usual certainty that is asked for one of several sides, of a date, and in a conversation


class Decider:
    """Weighs the evidence for one question."""

    def __init__(self, search: Search, may: Callable[[ArticleRecord, int], bool] = lambda article, length: True):
        """Weigh what `search` finds; `may` tells whether that many characters of an article may be shown."""
        self._search, self._may = search, may
        self._listener = Listener(search, may)

    def decide(self, query: Query, vector: Floats, found: Sequence[Hit]) -> Result:
        """Return what answers `query`.

        Args:
            query: the question as understood.
            vector: its vector.
            found: the passages found for it, best first.
        """
        if query.foreign or query.bare:
            return Result(reason="no_evidence")
        if query.facets.restricted and not found and not self._search.admits(query.facets):
            return Result(reason="nothing_matches_filters")
        found = [hit for hit in found if self._may(hit.article, 0)]
        if query.speaker is None:
            return (self._who if query.asks_who else self._open)(query, vector, found)
        aim = self._aim(query, vector, found)
        parts = parties(query, self._search.statements, self._search.shelf)
        if parts:
            sides = [(part, self._of(part, aim, found, len(parts))) for part in parts]
            if any(result.own for _, result in sides):
                return together(query, sides)
        result = self._of(query, aim, found)
        unknown = result.reason == "unknown_speaker" and not query.firm
        if unknown or (query.weak and not result.own):
            return self._open(query.as_open(), vector, found)
        return self._elsewhere(query, result)

    def _elsewhere(self, query: Query, result: Result) -> Result:
        """Tell a speaker whom nobody quotes from one who is quoted, though in no article that the filters admit."""
        if result.reason != "unknown_speaker" or not query.facets.restricted:
            return result
        anywhere = replace(query, facets=query.facets.unrestricted())
        for find in (find_spoken, find_described):
            if records := find(anywhere, self._search.statements, self._search.shelf).records:
                return replace(result, reason="nothing_matches_filters", silent=Silent(len(records)))
        return result

    def _of(self, query: Query, aim: Aim, found: Sequence[Hit], sides: int = 1) -> Result:
        """Answer from the speaker who is called what the question says, else from one who fits the description."""
        spoken = find_spoken(query, self._search.statements, self._search.shelf)
        result, heard = self._spoken(query, aim, spoken, found, sides)
        if result.own:
            return result
        described = find_described(query, self._search.statements, self._search.shelf)
        if described.records and not {r.id for r in described.records} <= {r.id for r in spoken.records}:
            other, also = self._spoken(query, aim, described, found, sides)
            if other.own or not spoken.records:
                result, heard, spoken = other, also, described
        if result.reason == "speaker_silent" and heard is not None:
            return self._silent(query, result, spoken, heard)
        return result if result.own else replace(result, closest=self._closest(query, aim, found))

    def _aim(self, query: Query, vector: Floats, found: Sequence[Hit]) -> Aim:
        of_topic = self._search.question_vector(query.subject) if query.subject else vector
        return Aim(Topic(content_words(query.subject)), of_topic, vector, expected(query.question), _relative(found))

    def weigh_spoken(
        self, query: Query, vector: Floats, spoken: Spoken, found: Sequence[Hit]
    ) -> tuple[Sequence[Scored], silence.Figures | None]:
        """Return the speaker's statements, scored by the topic, and how well they meet it; None for no statement."""
        aim = self._aim(query, vector, found)
        heard = self._listener.heard(query, aim, spoken, found)
        return heard.mine, self._measure(aim, heard) if heard.mine else None

    def _measure(self, aim: Aim, heard: Heard) -> silence.Figures:
        return silence.measure(heard.mine, heard.theirs, aim, heard.texts, self._search.vector_of)

    def _spoken(
        self, query: Query, aim: Aim, spoken: Spoken, found: Sequence[Hit], sides: int
    ) -> tuple[Result, Heard | None]:
        """Answer from the statements of the speaker that the question names, one of so many sides."""
        if not spoken.records:
            return Result(reason="unknown_speaker"), None
        heard = self._listener.heard(query, aim, spoken, found)
        if not heard.mine:
            return Result(reason="nothing_matches_filters"), heard
        confidence = 1.0 if aim.topic.empty else silence.confidence(self._measure(aim, heard))
        easy = sides > 1 or query.periods or query.carried
        if confidence < threshold("spoke") * (_LESS if easy else 1.0):
            return Result(reason="speaker_silent", confidence=confidence), heard
        chosen = evidence.choose(heard.mine, 0.0, keep=_KEEP)
        chosen.sort(key=lambda scored: scored.unit.statement in spoken.former)  # who holds the office goes before
        own = with_runs(chosen, heard.mine, heard.texts, evidence.MOST // sides + (sides > 1), WORDS // sides)
        speakers = [speaker_of(scored.unit) for scored in own]
        called = "; ".join(labels(query.speaker or "", speakers))
        result = Result(
            own=quoted.grouped(own),
            others=self._others(query, aim, heard, spoken, own) if sides == 1 else (),
            confidence=confidence,
            notes=(f"{query.speaker} was taken to be: {called}.",) if called else (),
            taken=alternatives(query.speaker or "", speakers),
        )
        return result, heard

    def _silent(self, query: Query, result: Result, spoken: Spoken, heard: Heard) -> Result:
        """Tell what a silent speaker did speak of and who spoke on the topic."""
        others = evidence.choose(varied(heard.theirs, CLOSEST), threshold("others"), CLOSEST, _KEEP)
        names = dict.fromkeys(name for one in others if (name := quoted.called(speaker_of(one.unit))))
        matters = Matters(self._search.shelf, self._may).of(heard.mine, query.speaker or "")
        silent = Silent(len(spoken.records), matters, tuple(names))
        return replace(result, closest=others or _distinct(heard.mine), silent=silent)

    def _others(self, query: Query, aim: Aim, heard: Heard, spoken: Spoken, own: Sequence[Scored]) -> list[Scored]:
        """Return what others said on the same: through the speaker first, then anywhere, where it meets the topic."""
        through: list[Scored] = []
        if spoken.own and spoken.relayed:
            relayed = self._listener.heard(query, aim, Spoken((), spoken.relayed), ()).mine
            through = evidence.choose(relayed, threshold("spoken"), OTHERS)
        elsewhere = evidence.choose(heard.theirs, threshold("others"), OTHERS)
        new = [s for s in (*through, *elsewhere) if not any(evidence.same_words(s.unit, o.unit) for o in own)]
        return quoted.grouped(evidence.choose(new, 0.0, OTHERS, keep=0.0))

    def weigh_open(self, query: Query, vector: Floats, found: Sequence[Hit]) -> tuple[list[Scored], refusal.Figures]:
        """Return the sentences of the passages found, scored, and how well they meet the question."""
        texts = self._listener.texts(found)
        topic = Topic(content_words(query.subject) or content_words(query.question))
        aim = Aim(topic, vector, vector, expected(query.question), _relative(found))
        sentences = self._listener.sentences(found)
        units = evidence.gather(sentences, self._search.shelf.statements_of(texts), texts)
        scored = self._listener.scored(query, units, aim, texts, "open")
        return scored, refusal.measure(query, name_terms(query), found, scored, texts)

    def weigh_who(self, query: Query, vector: Floats, found: Sequence[Hit]) -> list[Scored]:
        """Return what anybody whom the articles name says in the passages found, best first.

        Each is scored as what a speaker says on the topic and as what answers the question, and counts by the mean.
        """
        texts = self._listener.texts(found)
        statements, sentences = self._search.shelf.statements_of(texts), self._listener.sentences(found)
        units = [u for u in evidence.gather(sentences, statements, texts) if speaker_of(u)]
        aim = self._aim(query, vector, found)
        scored = self._listener.scored(query, units, aim, texts, "spoken", statements)
        both = [replace(s, score=(s.score + probability(s.features, fitted("open"))) / 2) for s in scored]
        return sorted(both, key=lambda s: -s.score)

    def _who(self, query: Query, vector: Floats, found: Sequence[Hit]) -> Result:
        """Answer a question for the speaker of some words."""
        scored = self.weigh_who(query, vector, found)
        chosen = evidence.choose(varied(scored, len(scored)), threshold("who"), keep=_KEEP_WHO)
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
        own = with_runs(evidence.choose(scored, 0.0), scored, self._listener.texts(found), evidence.MOST)
        return Result(own=quoted.grouped(own), confidence=confidence)

    def _closest(self, query: Query, aim: Aim, found: Sequence[Hit]) -> list[Scored]:
        texts = self._listener.texts(found)
        units = evidence.gather(self._listener.sentences(found), self._search.shelf.statements_of(texts), texts)
        return _distinct(self._listener.scored(query, units, aim, texts, "open"))


def _relative(found: Sequence[Hit]) -> dict[str, float]:
    """Return, by article, the score of its best passage beside the best of all."""
    best = max((hit.score for hit in found), default=0.0) or 1.0
    scores: dict[str, float] = {}
    for hit in found:
        scores[hit.article.id] = max(hit.score / best, scores.get(hit.article.id, 0.0))
    return scores


def _distinct(scored: Sequence[Scored]) -> list[Scored]:
    return evidence.choose(scored, 0.0, CLOSEST, keep=0.0)
