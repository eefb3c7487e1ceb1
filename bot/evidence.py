"""Choosing what to quote: units scored by how well they meet the topic, few of them, never a filler."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce

from bot.expected import Expected
from bot.fitted import fitted, probability
from bot.units import Sentence, Unit, units_of
from corpus.catalogue import StatementRecord
from corpus.model import Span
from index.copies import earlier
from index.relevance import Terms, Topic, terms_of
from index.sentences import Floats

_WORD = re.compile(r"\w+")
MOST = 5  # quotations in an answer
_LEAD = 400  # characters of a text, after its title, that tell what it is about
_KEEP = 0.75  # a further quotation has at least this share of the best one's score
_SURER = 0.1  # and is this much above the floor: one quotation may be a try, a second would be a filler


@dataclass(frozen=True, slots=True)
class Features:
    """How a unit meets what is asked, each figure in [0, 1].

    Weighted shares of the topic's terms: `own`, that the unit has; `related`, counting related words;
    `context`, counting the neighbouring sentences and the title too; `title`, that the title has. Likeness in
    meaning: `topic_cosine` to the topic, `question_cosine` to the whole question. `passage` is the score of
    the passage it stands in, `article` that of its article's best beside the best of all; `direct` is 1 for
    direct speech, `missing` where the question wants a number, a name or a date and the unit has none to give.
    `lead` is the share, counting related words, that title and opening of the article meet.
    """

    own: float
    related: float
    context: float
    title: float
    topic_cosine: float
    question_cosine: float
    passage: float
    article: float
    direct: float
    missing: float
    lead: float


@dataclass(frozen=True, slots=True)
class Scored:
    """A unit with the probability, by its features, that it is what was asked for."""

    unit: Unit
    score: float
    features: Features


def gather(
    sentences: Sequence[Sentence], statements: Iterable[StatementRecord], texts: Mapping[str, str]
) -> list[Unit]:
    """Return the units of all articles that the sentences are of."""
    by_article: dict[str, list[Sentence]] = defaultdict(list)
    for sentence in sentences:
        by_article[sentence.article.id].append(sentence)
    said: dict[str, list[StatementRecord]] = defaultdict(list)
    for record in statements:
        said[record.article_id].append(record)
    return [unit for article, some in by_article.items() for unit in units_of(texts[article], some, said[article])]


@dataclass(frozen=True, slots=True)
class Aim:
    """What units are scored by: the topic as words and as vectors (of the topic, of the whole question).

    `articles` has, for the articles that search found, the score of the best passage beside the best of all.
    """

    topic: Topic
    topic_vector: Floats
    question_vector: Floats
    expected: Expected
    articles: Mapping[str, float] = field(default_factory=dict)


def score(
    units: Sequence[Unit],
    aim: Aim,
    texts: Mapping[str, str],
    weights: str,
    everything: Iterable[StatementRecord] = (),
) -> list[Scored]:
    """Score units by the topic, best first; see `Features` for what counts.

    Args:
        units: what may be quoted.
        aim: what is asked.
        texts: article id -> text.
        weights: "spoken" where all units are of the speaker asked about, else "open".
        everything: all statements of those articles: words that someone else says inside a statement
            ("dismay at the report, which alleged ...") are not the outer speaker's.
    """
    inner: dict[str, list[StatementRecord]] = defaultdict(list)
    for record in everything:
        inner[record.article_id].append(record)
    around = _context(units, texts)
    articles = {unit.article.id: unit.article for unit in units}.values()
    titles = {article.id: aim.topic.exact(terms_of(article.title)) for article in articles}
    leads = {article.id: aim.topic.met(_lead(article.title, texts[article.id])).related for article in articles}
    found = []
    for unit in units:
        words = terms_of(_own_words(unit, texts[unit.article.id], inner[unit.article.id]))
        met = aim.topic.met(words, around[unit.sentence.span, unit.article.id])
        figures = Features(
            own=met.own,
            related=met.related,
            context=met.context,
            title=titles[unit.article.id],
            topic_cosine=max(0.0, float(unit.sentence.vector @ aim.topic_vector)),
            question_cosine=max(0.0, float(unit.sentence.vector @ aim.question_vector)),
            passage=unit.sentence.hit.score,
            article=aim.articles.get(unit.article.id, 0.0),
            direct=float(unit.kind == "direct"),
            missing=float(aim.expected.missing(unit.span.of(texts[unit.article.id]), unit.statement)),
            lead=leads[unit.article.id],
        )
        found.append(Scored(unit, probability(figures, fitted(weights)), figures))
    return sorted(found, key=_best_first)


def _lead(title: str, text: str) -> Terms:
    return terms_of(title) | terms_of(text[: len(title) + _LEAD])


def _best_first(scored: Scored) -> tuple[float, str, Span]:
    return -scored.score, scored.unit.article.id, scored.unit.span


def choose(scored: Sequence[Scored], floor: float, most: int = MOST, keep: float = _KEEP) -> list[Scored]:
    """Take the best units, no two of the same words, down to `floor` and to a share `keep` of the best score."""
    chosen: list[Scored] = []
    for candidate in scored:
        least = max(floor + _SURER, keep * scored[0].score) if chosen and keep else floor
        if candidate.score < least or len(chosen) == most:
            break
        if not any(same_words(candidate.unit, other.unit) for other in chosen):
            chosen.append(candidate)
    return chosen


def once(scored: Sequence[Scored], copies: Mapping[str, Collection[str]], texts: Mapping[str, str]) -> list[Scored]:
    """Return the units, best first, each words that copies of an article share once: from what was published first.

    What ran in several places is no more likely for that, and is not quoted several times.
    """
    taken: list[Scored] = []
    same: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for one in scored:
        article = one.unit.article
        # desks change quotation marks, dashes and apostrophes of what they copy
        words = tuple(_WORD.findall(one.unit.span.of(texts[article.id]).casefold()))
        mine = copies.get(article.id, ())
        at = next((i for i in same[words] if taken[i].unit.article.id in mine), None)
        if at is None:
            same[words].append(len(taken))
            taken.append(one)
        elif earlier(article, taken[at].unit.article):
            taken[at] = one
    return sorted(taken, key=_best_first)


def same_words(one: Unit, other: Unit) -> bool:
    """Tell whether two units share words of an article."""
    return one.article.id == other.article.id and one.span.overlaps(other.span)


def _context(units: Sequence[Unit], texts: Mapping[str, str]) -> dict[tuple[Span, str], Terms]:
    """Return, for each sentence, the terms of its neighbours in the paragraph and of the title."""
    rows: dict[str, list[Span]] = defaultdict(list)
    for unit in units:
        rows[unit.article.id].append(unit.sentence.span)
    found: dict[tuple[Span, str], Terms] = {}
    titles = {unit.article.id: terms_of(unit.article.title) for unit in units}
    for article, spans in rows.items():
        text, ordered = texts[article], sorted(set(spans))
        for at, span in enumerate(ordered):
            near = [s for s in ordered[max(0, at - 1) : at + 2] if s != span and _together(text, s, span)]
            found[span, article] = reduce(Terms.__or__, (terms_of(s.of(text)) for s in near), titles[article])
    return found


def _together(text: str, one: Span, other: Span) -> bool:
    first, second = sorted((one, other))
    return "\n" not in text[first.end : second.start]


def _own_words(unit: Unit, text: str, statements: Sequence[StatementRecord]) -> str:
    """Return the unit's words without what another speaker says inside its statement."""
    if unit.statement is None:
        return unit.span.of(text)
    mine = unit.statement
    content = Span(mine.content[0].start, mine.content[-1].end)
    kept, at = [], unit.span.start
    theirs = (
        span
        for record in statements
        if record.statement.speaker != mine.speaker
        for span in record.statement.content
        if span.overlaps(unit.span) and not (span.start <= content.start and content.end <= span.end)
    )
    for span in sorted(theirs):
        kept.append(text[at : max(at, span.start)])
        at = max(at, min(span.end, unit.span.end))
    return "".join(kept) + text[at : unit.span.end]
