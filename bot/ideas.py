"""Questions that statements would answer, not tried yet: who said it, on what, in which article.

Only articles are used that the asker may see and whose publisher allows words to be shown; nobody hidden in
``speakers.toml`` is named.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from bot.model import Answer
from bot.opened import Opened
from bot.phrases import is_office
from bot.subjects import Subjects
from bot.topics import Rarity, as_called
from bot.visible import one_line, typed
from corpus.catalogue import ArticleRecord, StatementRecord
from corpus.catalogue.scope import Scope
from corpus.model import Span, Speaker, Statement
from index.facets import Facets
from index.terms import content_words

_FEWEST, _MOST = 5, 60  # words of a statement that a question is made from
_LONGEST = 75  # characters of a question: what fits on a button
_EACH = 6  # questions made from one article
_NEAR = 16  # statements looked at that are on what was asked, and as many by whom it was asked of
_MORE = 0.4  # what e times as many statements add to the weight of a question
_NAME = 4  # words that a hidden name has at most
_WORD = re.compile(r"\w[\w’'.-]*")
_SMALL = re.compile(r"of|and|for|the|in|on|at|d[aeiu]|de[lrn]|v[ao]n|al|bin|l[ae]|[&-]")


@dataclass(frozen=True, slots=True)
class Idea:
    """A question, not tried yet, what it is about, who should answer it, in which article, and how good it seems."""

    question: str
    about: frozenset[str]
    speaker: Speaker
    article: ArticleRecord
    weight: float

    def marks(self) -> Iterator[tuple[str, str]]:
        """Yield what a later question should not have in common with this one."""
        yield "outlet", self.article.outlet or ""
        yield "article", self.article.id
        yield "speaker", (self.speaker.name or "").casefold()
        yield from (("subject", stem) for stem in self.about)


class Maker:
    """Makes questions of what a scope (as `Opened.within` gives it) lets be seen of one generation."""

    def __init__(self, opened: Opened, scope: Scope | None, rarity: Rarity) -> None:
        """Make questions; `rarity` is that of words in the scope."""
        self._opened, self._scope, self._rarity = opened, scope, rarity
        self._read: dict[str, Subjects] = {}

    def of(self, articles: Iterable[ArticleRecord]) -> list[list[Idea]]:
        """Return a few questions on what is said in each article, best first."""
        known = {article.id: article for article in articles if self._opened.may_show(article, 0)}
        said: dict[str, list[StatementRecord]] = {article: [] for article in known}
        for record in self._opened.search.shelf.statements_of(known):
            said[record.article_id].append(record)
        return [_best(self._made(known, records)) for records in said.values()]

    def on_the_same(self, answer: Answer) -> list[Idea]:
        """Return questions on what `answer` is about, to others than it asks about."""
        near = frozenset(content_words(str(answer.query["topic"])))
        asked = content_words(str(answer.query["speaker"] or "")).keys()
        records = self._search(dict.fromkeys(near, 1.0), {"content": 1.0}, {})
        found: dict[str, Idea] = {}
        for idea in self._about(records, near):
            if not asked & content_words(name := idea.speaker.name or "").keys():
                found.setdefault(name.casefold(), idea)
        return list(found.values())

    def by_the_same(self, answer: Answer) -> list[Idea]:
        """Return questions to the speaker that `answer` asks about, on something else."""
        asked = list(content_words(str(answer.query["speaker"] or "")))
        return _best(self._about(self._search({}, {}, {"speaker": asked}), frozenset())) if asked else []

    def around(self, answer: Answer) -> list[Idea]:
        """Return questions on the articles that a refusal names as closest."""
        closest = [citation.article_id for citation in answer.refusal.closest] if answer.refusal else []
        known = self._opened.served.articles(set(closest), self._scope)
        return list(in_turn(self.of(known[article] for article in dict.fromkeys(closest) if article in known)))

    def _search(
        self, terms: dict[str, float], weights: dict[str, float], must: dict[str, list[str]]
    ) -> list[StatementRecord]:
        """Return the statements with these terms that are nearest to them first."""
        shelf, index = self._opened.search.shelf, self._opened.search.statements
        ids = [i for i, _ in index.search(terms, weights, Facets(scope=self._scope), _NEAR, must)]
        known = {record.id: record for record in shelf.statements(ids)}
        return [known[i] for i in ids if i in known]

    def _about(self, records: Sequence[StatementRecord], near: frozenset[str]) -> list[Idea]:
        articles = self._opened.served.articles({record.article_id for record in records}, self._scope)
        known = {i: article for i, article in articles.items() if self._opened.may_show(article, 0)}
        return list(self._made(known, [record for record in records if record.article_id in known], near))

    def _made(
        self, known: Mapping[str, ArticleRecord], records: Sequence[StatementRecord], near: frozenset[str] | None = None
    ) -> Iterator[Idea]:
        made = (self._idea(known[record.article_id], record.statement, near) for record in records)
        return (idea for idea in made if idea is not None)

    def _idea(self, article: ArticleRecord, said: Statement, near: frozenset[str] | None) -> Idea | None:
        """Return the question that a statement answers; None where there is none, or it names somebody hidden."""
        text = self._opened.search.shelf.texts({article.id})[article.id]
        speaker, content = said.speaker, _content(said)
        words = content.of(text)
        if speaker is None or not _is_name(speaker.name, text) or not _FEWEST <= len(words.split()) <= _MOST:
            return None
        if not self._opened.may_show(article, content.end - content.start):
            return None
        who = f"{speaker.name} {speaker.role or ''} {speaker.affiliation or ''}"
        about = self._subjects(article, text).of(words, who, near)
        if about is None or any(_names_hidden(self._opened, article, some) for some in (words, about.words)):
            return None
        asked = f"What did {as_called(speaker.name or '', text)} say about {about.words}?"
        if len(asked) > _LONGEST or asked != one_line(typed(asked)):
            return None
        return Idea(asked, about.stems, speaker, article, about.weight)

    def _subjects(self, article: ArticleRecord, text: str) -> Subjects:
        if article.id not in self._read:
            records = self._opened.search.shelf.statements_of({article.id})
            said = (_content(record.statement).of(text) for record in records)
            self._read[article.id] = Subjects(article.title, text, said, self._rarity)
        return self._read[article.id]


def _best(ideas: Iterable[Idea]) -> list[Idea]:
    """Return the best questions, each once, best first; one that several statements answer is better."""
    found: dict[str, list[Idea]] = {}
    for idea in ideas:
        found.setdefault(idea.question, []).append(idea)
    once = (replace(some[0], weight=some[0].weight + _MORE * math.log(len(some))) for some in found.values())
    return sorted(once, key=lambda idea: -idea.weight)[:_EACH]


def _content(said: Statement) -> Span:
    return max(said.content, key=lambda span: span.end - span.start)


def _is_name(name: str | None, text: str) -> bool:
    """Tell whether these words name somebody: each has a capital, and they are more than an office or a word."""
    words = (name or "").split()
    if not words or is_office(words[-1]):
        return False
    if len(words) == 1 and re.search(rf"(?<!\w){re.escape(words[0].lower())}(?!\w)", text):
        return False  # it only began a sentence
    return all(_SMALL.fullmatch(word) or not word[0].islower() for word in words)


def _names_hidden(opened: Opened, article: ArticleRecord, words: str) -> bool:
    """Tell whether words name somebody whom ``speakers.toml`` hides."""
    rules = opened.rules
    if rules.speakers.empty:
        return False
    outlet = rules.outlets.canonical(article.outlet, article.url)
    parts = _WORD.findall(words)
    names = {" ".join(parts[at : at + size]) for size in range(1, _NAME + 1) for at in range(len(parts))}
    said = (Statement(kind="indirect", content=(Span(0, 1),), speaker=Speaker(name)) for name in names)
    return any(rules.speakers.apply(one, article.id, article.url, article.where, outlet) is None for one in said)


def in_turn(groups: Iterable[Sequence[Idea]]) -> Iterator[Idea]:
    """Yield the first of each group, then the second of each."""
    return (idea for some in zip_longest(*groups) for idea in some if idea is not None)
