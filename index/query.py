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
from index.facets import Facets
from index.frames import read_frame
from index.lexical import stems
from index.outlets import OutletMention, OutletNames
from index.periods import Period, find_periods

MAX_QUESTION = 2_000
"""Characters; what is longer is a document, not a question, and the patterns of questions are made for less."""

_PUBLICATION = re.compile(
    r"\b(?:articles?|reports?|reporting|pieces?|stor(?:y|ies)|coverage|publications?|newspapers?|sources?|the|an?|by|from|"
    r"in|of|and|both|one|two|several|multiple|various|these|those|other|another|same|recent)\b"
)
_QUOTED = re.compile(r"[\"“”]([^\"“”]{4,200})[\"“”]")
_STOP = frozenset(
    stems(
        "a about above after again against all also am among an and any are as at be because been before being "
        "between both but by can could did do does doing during each either else even ever few for from further had "
        "has have having he her here hers him his how i if in into is it its just like may me might more most must my "
        "no nor not of off on once only or other our out over own per rather said same say says she should so some "
        "such than that the their them then there these they this those through to too under until up upon us very "
        "was we were what when where whether which while who whom whose why will with within without would yet you "
        "your s t d ll m re ve anyone anybody anything someone something corpus article articles report reports "
        "reported according news published mention mentioned tell told exactly recently"
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question as understood.

    `topic` is what is asked without speaker, outlets and dates; `terms` its stems without function
    words; `speaker` the words that name the speaker and `speaker_terms` their stems. `mentions` and
    `periods` come from the question and guide the search; `facets` bind it: they come from flags, from
    who asks, and from bounds such as "since May". `unknown_outlets` are presented as outlets by
    the question but are not in the catalogue.
    """

    question: str
    topic: str
    terms: tuple[str, ...]
    all_terms: tuple[str, ...]
    speaker: str | None
    speaker_terms: tuple[str, ...]
    asks_who: bool
    firm: bool
    mentions: tuple[OutletMention, ...]
    periods: tuple[Period, ...]
    phrases: tuple[str, ...]
    unknown_outlets: tuple[str, ...]
    facets: Facets

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
        return not (self.all_terms or content_terms(self.speaker or "") or self.mentions or self.periods)

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


def parse(question: str, outlets: OutletNames, facets: Facets, today: date, speaker: str | None = None) -> Query:
    """Understand `question`.

    Args:
        question: as typed.
        outlets: the names of the outlets in the catalogue.
        facets: what flags and the asker bind already.
        today: the day that "yesterday" counts from.
        speaker: the speaker that a flag names; it goes before the question's own.

    Raises:
        UsageError: the question is longer than `MAX_QUESTION`.
    """
    if len(question) > MAX_QUESTION:
        raise UsageError(
            f"the question has {len(question):,} characters, and at most {MAX_QUESTION:,} are read as one question; "
            "ask a shorter one"
        )
    mentions = outlets.find(question)
    periods = find_periods(question, today)
    frame = read_frame(_without(question, [p.span for p in periods]))
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
        mentions=tuple(mentions),
        periods=tuple(periods),
        phrases=tuple(phrase.strip() for phrase in _QUOTED.findall(question)),
        unknown_outlets=tuple(outlets.unknown(question)),
        facets=_bind(facets, periods),
    )


def content_words(text: str) -> dict[str, str]:
    """Return stem -> lower-case word for the words of `text` that carry meaning, in order."""
    found: dict[str, str] = {}
    for word in _WORD.findall(text.lower()):
        for term in stems(word):
            if term not in _STOP and (len(term) > 1 or term.isdigit()):
                found.setdefault(term, word)
    return found


def content_terms(text: str) -> tuple[str, ...]:
    """Return the stems of `text` that carry meaning, each once, in order."""
    return tuple(content_words(text))


_WORD = re.compile(r"\w+")
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


def _without(text: str, spans: Sequence[Span]) -> str:
    kept, at = [], 0
    for span in sorted(spans):
        kept.append(
            re.sub(
                r"(?:\b(?:in|on|of|during|since|before|after|until|by|from|between|and|the|around|about|early|late|mid)\s+)+$",
                "",
                text[at : span.start],
            )
        )
        at = max(at, span.end)
    return re.sub(r"\s+", " ", "".join(kept) + text[at:]).strip(" ,")
