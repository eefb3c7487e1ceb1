"""Questions to begin with, and to go on with after a refusal: about what somebody really said, each tried first.

Only questions that the bot answers are offered, by the speaker asked about, and only from articles that the asker may
see and whose publisher allows words to be shown. Nobody hidden in ``speakers.toml`` is named.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, zip_longest

from bot.ask import Whosaid
from bot.model import Answer
from bot.opened import Opened
from bot.quoted import same_speaker
from bot.topics import Rarity, as_called, subject
from bot.visible import one_line, typed
from corpus.catalogue import ArticleRecord
from corpus.catalogue.scope import Scope
from corpus.model import Span, Speaker, Statement

_READ = 48  # articles that questions are made from: the newest
_FEWEST, _MOST = 5, 60  # words of a statement that a question is made from
_LONGEST = 75  # characters of a question: what fits on a button
_TRIED = 5  # questions tried for each that is wanted
_EACH = 3  # questions made from one article
_SCOPES = 100  # whose questions are kept
_NAME = 4  # words that a hidden name has at most
_WORD = re.compile(r"\w[\w’'.-]*")


@dataclass(frozen=True, slots=True)
class _Idea:
    """A question, not tried yet, and who should answer it."""

    question: str
    speaker: Speaker


@dataclass(slots=True)
class _Ideas:
    """What one generation of the corpus gives to one scope: questions to try, and those that were answered."""

    rarity: Rarity
    left: Iterator[_Idea]
    good: list[_Idea] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Suggester:
    """Makes questions for a home that is open. Safe to use from several threads."""

    def __init__(self, engine: Whosaid) -> None:
        """Suggest what `engine` answers; nothing is read before the first question is wanted."""
        self._engine = engine
        self._lock = threading.Lock()
        self._at: tuple[str, int] = "", 0
        self._kept: dict[Scope | None, _Ideas] = {}

    def prompts(self, scope: Scope | None, most: int) -> list[str]:
        """Return at most `most` questions on the newest articles of a scope, each of another speaker."""
        with self._engine.opener.reading() as opened:
            if opened is None:
                return []
            ideas = self._ideas(opened, scope)
        with ideas.lock:
            tries = _TRIED * (most - len(ideas.good))
            for _, idea in zip(range(tries), ideas.left, strict=False):
                if not any(same_speaker(idea.speaker, good.speaker) for good in ideas.good):
                    ideas.good += [idea] if self._answered(idea, scope) else []
                if len(ideas.good) >= most:
                    break
            return [idea.question for idea in ideas.good[:most]]

    def near(self, answer: Answer, scope: Scope | None, most: int) -> list[str]:
        """Return at most `most` questions on what a refusal names as closest; none where nothing was refused."""
        if answer.refusal is None or not answer.refusal.closest:
            return []
        with self._engine.opener.reading() as opened:
            if opened is None:
                return []
            places = [(citation.article_id, Span(citation.start, citation.end)) for citation in answer.refusal.closest]
            known = opened.served.articles({article for article, _ in places}, opened.within(scope))
            rarity = self._ideas(opened, scope).rarity
            around = [_of(opened, known[article], place, rarity) for article, place in places if article in known]
        found = {idea.question: idea for idea in _in_turn(around) if idea.question != answer.question}
        good = (idea for idea in islice(found.values(), _TRIED * most) if self._answered(idea, scope))
        return [idea.question for idea in islice(good, most)]

    def _ideas(self, opened: Opened, scope: Scope | None) -> _Ideas:
        """Return what there is to ask in a scope, read at the first call of each generation."""
        with self._lock:
            at = opened.edition, opened.generation
            if self._at != at or len(self._kept) >= _SCOPES:
                self._at, self._kept = at, {}
            if scope not in self._kept:
                self._kept[scope] = _read(opened, opened.within(scope))
            return self._kept[scope]

    def _answered(self, idea: _Idea, scope: Scope | None) -> bool:
        """Tell whether the question is answered, first of all in the words of the speaker it asks about."""
        answer = self._engine.ask(idea.question, scope=scope)
        said = answer.citations[0].speaker if answer.answered else None
        return said is not None and said.name is not None and same_speaker(said, idea.speaker)


def _read(opened: Opened, scope: Scope | None) -> _Ideas:
    """Read the newest articles of a scope (as `Opened.within` gives it), one of each story."""
    ids = opened.served.newest(scope, _READ)
    known, copies = opened.served.articles(ids, scope), opened.search.shelf.copies(ids, scope)
    stories: list[ArticleRecord] = []
    for article in (known[i] for i in ids):
        if not any(story.id in copies.get(article.id, ()) for story in stories):
            stories.append(article)
    rarity = Rarity(opened.search.shelf.texts(story.id for story in stories).values())
    found = list(_in_turn([_of(opened, story, None, rarity) for story in stories]))
    # of whom an article says what he or she is it is surest that somebody speaks there
    found.sort(key=lambda idea: not (idea.speaker.role or idea.speaker.affiliation))
    return _Ideas(rarity, iter(found))


def _of(opened: Opened, article: ArticleRecord, place: Span | None, rarity: Rarity) -> list[_Idea]:
    """Return a few questions on what is said in an article, nearest to `place` first."""
    if not opened.may_show(article, 0):
        return []
    text = opened.search.shelf.texts({article.id})[article.id]
    records = opened.search.shelf.statements_of({article.id})
    said = [record.statement for record in records]
    if place is not None:
        said.sort(key=lambda statement: _distance(statement.extent, place))
    ideas = (_idea(opened, article, text, statement, rarity) for statement in said)
    return list(islice((idea for idea in ideas if idea is not None), _EACH))


def _idea(opened: Opened, article: ArticleRecord, text: str, said: Statement, rarity: Rarity) -> _Idea | None:
    """Return the question that a statement answers; None where it cannot be asked for, or names somebody hidden."""
    speaker, content = said.speaker, max(said.content, key=lambda span: span.end - span.start)
    words = content.of(text)
    if speaker is None or not speaker.name or not _FEWEST <= len(words.split()) <= _MOST:
        return None
    if not opened.may_show(article, content.end - content.start) or _names_hidden(opened, article, words):
        return None
    who = f"{speaker.name} {speaker.role or ''} {speaker.affiliation or ''}"
    about = subject(words, rarity, who, f"{article.title}\n{text}")
    if about is None:
        return None
    asked = f"What did {as_called(speaker.name, text)} say about {about.words}?"
    if len(asked) > _LONGEST or asked != one_line(typed(asked)):
        return None
    return _Idea(asked, speaker)


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


def _distance(one: Span, other: Span) -> int:
    """Return how many characters lie between two spans; 0 where they overlap."""
    return max(0, one.start - other.end, other.start - one.end)


def _in_turn(groups: Iterable[Sequence[_Idea]]) -> Iterator[_Idea]:
    """Yield the first of each group, then the second of each."""
    return (idea for some in zip_longest(*groups) for idea in some if idea is not None)
