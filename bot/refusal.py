"""Saying that the corpus does not say: when, and in which words.

Whether what was found answers the question is judged by a logistic function of a few figures that
need no model. Its weights come from ``python -m evals.calibrate`` (see docs/retrieval.md), which fits them on the
answerable and the unanswerable questions of development sets.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

from bot.evidence import Scored
from bot.fitted import fitted, probability
from bot.model import Citation, Reason, Refusal
from bot.result import Silent
from bot.unmatched import Reach, empty, reach_of, restrictions, unmatched
from index.hit import Hit
from index.outlets import OutletNames
from index.query import Query
from index.relevance import NONE, Terms, Topic, terms_of
from index.terms import content_words

_QUOTES = re.compile(r"[\"“”„«»]|(?<!\w)['‘’]|['‘’](?!\w)")
_PASSAGES = 4  # that together should hold what a question speaks of


@dataclass(frozen=True, slots=True)
class Figures:
    """What is known of how well the evidence meets the question, each about 0 to 1.

    `unit`: probability of the best quotation; `related`: weighted share of the question's terms that it
    meets; `passage`: likeness in meaning of the best passage; `one` and `together`: weighted share of the terms that
    stand in the best passage and in the first few; `names`: share of the question's names that stand
    in the first few; `foreign`: share of the outlets named that are not in the catalogue; `missing`: 1 where
    the best quotation has nothing of the kind (number, name, date) that the question wants.
    """

    unit: float
    related: float
    passage: float
    one: float
    together: float
    names: float
    foreign: float
    missing: float


def measure(
    query: Query, names: Sequence[str], hits: Sequence[Hit], scored: Sequence[Scored], texts: dict[str, str]
) -> Figures:
    """Return the figures of what was found; `names` are the terms of the names in the question."""
    topic = Topic(content_words(query.question))
    some = [
        terms_of(hit.passage.span.of(texts[hit.article.id])) | terms_of(hit.article.title) for hit in hits[:_PASSAGES]
    ]
    union = reduce(Terms.__or__, some, NONE)
    named = len(query.unknown_outlets) + len({m.outlets for m in query.mentions})
    return Figures(
        unit=scored[0].score if scored else 0.0,
        related=scored[0].features.related if scored else 0.0,
        passage=max((hit.cosine for hit in hits), default=0.0),
        one=max((topic.exact(terms) for terms in some), default=0.0),
        together=topic.exact(union),
        names=sum(name in union.stems for name in names) / len(names) if names else 1.0,
        foreign=len(query.unknown_outlets) / named if named else 0.0,
        missing=scored[0].features.missing if scored else 1.0,
    )


def confidence(figures: Figures) -> float:
    """Return the probability, in 0..1, that what was found answers the question."""
    return probability(figures, fitted("answerable"))


def refuse(
    reason: Reason,
    query: Query,
    reach: Reach,
    names: OutletNames,
    closest: Sequence[Citation] = (),
    silent: Silent | None = None,
) -> Refusal:
    """Return the refusal, which says why and how far the corpus reaches.

    Args:
        reason: why nothing is answered.
        query: the question as understood.
        reach: how far the corpus reaches.
        names: the outlets it knows.
        closest: what came closest; where a speaker is silent, what others said on the topic.
        silent: what is known of that speaker.
    """
    return Refusal(reason=reason, message=_message(reason, query, reach, names, silent), closest=tuple(closest))


def _message(reason: Reason, query: Query, about: Reach, names: OutletNames, silent: Silent | None) -> str:
    reach = reach_of(about.summary, about.whole)
    if not about.summary.articles:
        return empty(about, query.facets.as_of)
    if query.foreign:
        return "The question is not in English, the only language that is read here; ask in English."
    if query.bare:
        return "The question names nobody and nothing to look for; say who is meant, or what it is about."
    asked = restrictions(query, about, names) if query.facets.restricted else ""
    if reason == "unknown_speaker":
        return f"Nobody by the name of {_plain(query.speaker)} is quoted in {reach}."
    if reason == "speaker_silent":
        on = f" on {_plain(query.topic)}" if query.topic else ""
        return f"No statement by {_plain(query.speaker)}{on}{asked} was found in {reach}; {_elsewhere(silent, asked)}"
    if reason == "nothing_matches_filters":
        if not about.admitted or query.speaker is None:
            return unmatched(query, about, names)
        asked = restrictions(query, about, names)
        known = "; other articles here quote this speaker. There" if silent is not None else "; there"
        return f"No statement by {_plain(query.speaker)}{asked} was found{known} are {reach}."
    if query.unknown_outlets:
        named = " or ".join(_plain(name) for name in query.unknown_outlets)
        return f"No answer{asked} was found in {reach}, which has nothing published by {named}."
    return f"No statement that answers this{asked} was found in {reach}."


def _elsewhere(silent: Silent | None, asked: str) -> str:
    """Say how often a silent speaker is quoted in what is asked for, on what, and who spoke on the topic instead."""
    if silent is None or not silent.statements:
        return "this speaker is quoted on other matters."
    number = "1 other statement" if silent.statements == 1 else f"{silent.statements:,} other statements"
    matters = f", on {_listed([_plain(matter) for matter in silent.on])}" if silent.on else ""
    others = f" Others spoke on it: {_listed([_plain(name) for name in silent.others])}." if silent.others else ""
    return f"{number} by this speaker{asked} {'is' if silent.statements == 1 else 'are'} here{matters}.{others}"


def _listed(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


def _plain(words: str | None) -> str:
    """Return words of the question without quotation marks: what stands in those is an article's."""
    return _QUOTES.sub("", words or "")
