"""Understanding a question, without a model: who is asked about, on what, in which outlets, when."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from corpus.errors import UsageError
from corpus.model import Span
from index.conversation import follow
from index.facets import Facets
from index.lexical import stems
from index.outlets import OutletMention, OutletNames
from index.periods import Period, find_periods
from index.terms import content_terms
from index.words import word_set

MAX_QUESTION = 2_000
"""Characters; what is longer is a document, not a question, and the patterns of questions are made for less."""

_PUBLICATION = re.compile(
    r"\b(?:articles?|reports?|reporting|pieces?|stor(?:y|ies)|coverage|publications?|newspapers?|sources?|the|an?|by|from|"
    r"in|of|and|both|one|two|several|multiple|various|these|those|other|another|same|recent)\b"
)
_QUOTED = re.compile(r"[\"“”]([^\"“”]{4,200})[\"“”]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question as understood.

    `topic` is what is asked without speaker, outlets and dates; `terms` its stems without function
    words; `speaker` the words that name the speaker and `speaker_terms` their stems. `mentions` and
    `periods` come from the question and guide the search; `facets` bind it: they come from flags, from
    who asks, and from bounds such as "since May". `unknown_outlets` are presented as outlets by
    the question but are not in the catalogue. `carried` is what earlier questions have spoken of, where this one
    leans on them: it tells where to look, not what to quote. `subject` is the topic by which quotations are weighed:
    with what earlier questions were about, where this one says little more than whom it asks. `firm` and `weak` tell
    how far the shape of the question proves that the speaker is asked for (see `index.frames.Frame`). `plain` is the
    question without outlets and dates.
    """

    question: str
    topic: str
    terms: tuple[str, ...]
    all_terms: tuple[str, ...]
    speaker: str | None
    speaker_terms: tuple[str, ...]
    asks_who: bool
    firm: bool
    weak: bool = False
    mentions: tuple[OutletMention, ...]
    periods: tuple[Period, ...]
    phrases: tuple[str, ...]
    unknown_outlets: tuple[str, ...]
    facets: Facets
    carried: str = ""
    subject: str
    plain: str = ""

    @property
    def whole(self) -> str:
        """The question, with what the conversation has spoken of where it leans on that."""
        return f"{self.question} {self.carried}".strip()

    @property
    def outlets(self) -> frozenset[str]:
        """The outlets that the question or a flag names, folded."""
        return self.facets.outlets.union(*(mention.outlets for mention in self.mentions))

    @property
    def foreign(self) -> bool:
        """True where most letters of the question are not Latin: it is in no language that is read here."""
        letters = [unicodedata.name(char, "") for char in self.question if char.isalpha()]
        return 2 * sum(name.startswith("LATIN ") for name in letters) < len(letters)

    @property
    def bare(self) -> bool:
        """True where nothing tells what to look for: no topic, speaker, outlet or date, only words like "they"."""
        return not (
            self.all_terms or self.carried or content_terms(self.speaker or "") or self.mentions or self.periods
        )

    def as_open(self) -> Query:
        """Return the same question as one that names no speaker: for words that turn out to name nobody."""
        plain = self.plain or self.question
        subject = f"{plain} {self.carried}" if self.carried and self.subject != self.topic else plain
        return replace(
            self,
            topic=plain,
            terms=content_terms(plain),
            speaker=None,
            speaker_terms=(),
            asks_who=False,
            weak=False,
            subject=subject,
        )

    def as_json(self) -> dict[str, Any]:
        """Return the ``query`` object of an answer: how the question was understood."""
        since = self.facets.since or min((p.since for p in self.periods if p.since), default=None)
        until = self.facets.until or max((p.until for p in self.periods if p.until), default=None)
        return {
            "topic": self.topic,
            "speaker": self.speaker,
            "outlets": sorted(self.outlets),
            "authors": sorted(self.facets.authors),
            "since": since.isoformat() if since else None,
            "until": until.isoformat() if until else None,
            "phrases": list(self.phrases),
        }


def parse(
    question: str,
    outlets: OutletNames,
    facets: Facets,
    today: date,
    speaker: str | None = None,
    history: Sequence[str] = (),
) -> Query:
    """Understand `question`.

    Args:
        question: as typed.
        outlets: the names of the outlets in the catalogue.
        facets: what flags and the asker bind already.
        today: the day that "yesterday" counts from.
        speaker: the speaker that a flag names; it goes before the question's own.
        history: the questions before it, oldest first, on which it may lean.

    Raises:
        UsageError: the question is longer than `MAX_QUESTION`.
    """
    if len(question) > MAX_QUESTION:
        raise UsageError(
            f"the question has {len(question):,} characters, and at most {MAX_QUESTION:,} are read as one question; "
            "ask a shorter one"
        )
    mentions = outlets.find(question)
    periods = find_periods(_MONTH.sub(lambda month: month[0].capitalize(), question), today)
    undated = _without(question, [p.span for p in periods])
    turn = follow(undated, history)
    frame = turn.frame
    asked = frame.speaker
    if asked is not None and (mentions or frame.topic == "") and _is_outlet(asked, outlets):
        asked = None
        frame = replace(frame, speaker=None, topic=frame.topic or question)
    topic = _without(frame.topic, [m.span for m in outlets.find(frame.topic)]) or frame.topic
    named = speaker or asked
    return Query(
        question=question,
        topic=topic,
        terms=content_terms(topic),
        all_terms=content_terms(question),
        speaker=named,
        speaker_terms=speaker_terms(named) if named else (),
        asks_who=frame.asks_who and speaker is None,
        firm=frame.firm or speaker is not None,
        weak=frame.weak and speaker is None,
        mentions=tuple(mentions),
        periods=tuple(periods),
        phrases=tuple(phrase.strip() for phrase in _QUOTED.findall(question)),
        unknown_outlets=tuple(outlets.unknown(question)),
        facets=_bind(facets, periods),
        carried=turn.carried,
        subject=replace(turn, frame=replace(frame, topic=topic)).subject,
        plain=_without(undated, [m.span for m in outlets.find(undated)]) or undated,
    )


# Dates are written with a capital; who types a question may leave it out. "March" and "may" are other words too.
_MONTH = re.compile(
    r"\b(?:(?:january|february|april|june|july|august|september|october|november|december)\b"
    r"|(?:march|may)(?=\s\d)|(?<=\d\s)(?:march|may)\b)"
)
_NAME = re.compile(r"(?<![.?!:]\s)(?<!^)\b[A-Z][\w’'-]+")


def name_terms(query: Query) -> tuple[str, ...]:
    """Return the stems of the names in the question: capitalised words inside it that name no outlet."""
    text = query.question
    spans = [mention.span for mention in query.mentions]
    names = [m[0] for m in _NAME.finditer(text) if not any(Span(*m.span()).overlaps(s) for s in spans)]
    outside = " ".join(names)
    for unknown in query.unknown_outlets:
        outside = outside.replace(unknown, " ")
    return content_terms(outside)


_TITLES = frozenset(stems("mr mrs ms dr sir madam"))


def speaker_terms(name: str) -> tuple[str, ...]:
    """Return the stems by which a speaker is sought: no titles, articles and prepositions."""
    words = re.sub(r"^(?:the|an?|our|their)\s+(?=[a-z])", "", name.strip())
    words = re.sub(r"['’]s?\b", "", words)
    found = [
        t for t in stems(words) if t not in _TITLES and t not in ("the", "of", "for", "and", "s", "in", "at", "a", "an")
    ]
    return tuple(dict.fromkeys(found))


def _is_outlet(asked: str, outlets: OutletNames) -> bool:
    """Tell whether the words name an outlet's article rather than a speaker."""
    spans = [mention.span for mention in outlets.find(f"· {asked}")]
    return bool(spans) and not _PUBLICATION.sub("", _without(f"· {asked}", spans)).strip(" ·'\"’s,&")


def _bind(facets: Facets, periods: Sequence[Period]) -> Facets:
    """Take bounds of the question ("since", "before") into the facets, where a flag has not set them."""
    for period in periods:
        if period.bound:
            facets = replace(facets, since=facets.since or period.since, until=facets.until or period.until)
    return facets


_BEFORE_DATE = word_set("in on of during since before after until by from between and the around about early late mid")
_PART_OF_DATE = word_set("end start beginning middle as")


def _without(text: str, spans: Sequence[Span]) -> str:
    """Return `text` without the spans and the prepositions before them: "as of", "at the end of", "since"."""
    kept, at = [], 0
    for span in sorted(spans):
        kept.append(_without_last(text[at : span.start]))
        at = max(at, span.end)
    return re.sub(r"\s+", " ", "".join(kept) + text[at:]).strip(" ,")


def _without_last(text: str) -> str:
    words = text.split() if text[-1:].isspace() else []
    kept, after = len(words), ""
    while kept and ((word := words[kept - 1].lower()) in _BEFORE_DATE or (word in _PART_OF_DATE and after == "of")):
        kept, after = kept - 1, word
    if kept == len(words):
        return text
    return (" " if text[0].isspace() else "") + " ".join(words[:kept]).rstrip(",")
