"""Questions to begin with, and to go on with after a refusal: about what somebody really said, each tried first.

Only questions that the bot answers are offered, by the speaker asked about and in words on what is asked, and only from
articles that the asker may see and whose publisher allows words to be shown. Nobody hidden in ``speakers.toml`` is
named.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from bot.ask import Whosaid
from bot.ideas import Idea, Maker, in_turn
from bot.model import Answer
from bot.opened import Opened
from bot.quoted import same_speaker
from bot.topics import Rarity
from corpus.catalogue import ArticleRecord
from corpus.catalogue.scope import Scope
from corpus.model import Speaker
from index.terms import content_words

_READ = 48  # articles that questions are made from: the newest
_TRIED = 5  # questions tried for each that is wanted
_SCOPES = 100  # whose questions are kept
_AGAIN = {"outlet": 0.5, "article": 1.5, "subject": 1.5, "speaker": 3.0}  # what each time before takes off a weight


@dataclass(slots=True)
class _Ideas:
    """What one generation of the corpus gives to one scope: questions to try, and those that were answered."""

    rarity: Rarity
    left: Iterator[Idea]
    good: list[Idea] = field(default_factory=list)
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
        """Return at most `most` questions that are near to one that was refused; none where nothing was refused.

        In turn, what others said on the same and what the same speaker said on something else; then what is said about
        the passages that the refusal names as closest.
        """
        if answer.refusal is None:
            return []
        with self._engine.opener.reading() as opened:
            if opened is None:
                return []
            maker = Maker(opened, opened.within(scope), self._ideas(opened, scope).rarity)
            ideas = list(in_turn([maker.on_the_same(answer), maker.by_the_same(answer)])) + maker.around(answer)
        found = {idea.question: idea for idea in ideas if idea.question != answer.question}
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

    def _answered(self, idea: Idea, scope: Scope | None) -> bool:
        """Tell whether the question is answered, first of all by the speaker it asks about, on what it asks about."""
        answer = self._engine.ask(idea.question, scope=scope)
        first = answer.citations[0] if answer.answered else None
        if first is None or first.speaker is None or first.speaker.name is None:
            return False
        own = (one.quote for one in answer.citations if one.speaker == first.speaker)
        met = any(idea.about & content_words(quote).keys() for quote in own)
        return met and same_speaker(first.speaker, idea.speaker)


def _read(opened: Opened, scope: Scope | None) -> _Ideas:
    """Read the newest articles of a scope (as `Opened.within` gives it), one of each story."""
    ids = opened.served.newest(scope, _READ)
    known, copies = opened.served.articles(ids, scope), opened.search.shelf.copies(ids, scope)
    stories: list[ArticleRecord] = []
    for article in (known[i] for i in ids):
        if not any(story.id in copies.get(article.id, ()) for story in stories):
            stories.append(article)
    rarity = Rarity(opened.search.shelf.texts(story.id for story in stories).values())
    found = [idea for some in Maker(opened, scope, rarity).of(stories) for idea in some]
    return _Ideas(rarity, iter(_varied(_weighed(found))))


def _weighed(ideas: Sequence[Idea]) -> list[Idea]:
    """Return questions with the standing of their speakers: a full name, an office, in several articles."""
    places: dict[str, set[str]] = {}
    for idea in ideas:
        places.setdefault((idea.speaker.name or "").casefold(), set()).add(idea.article.id)
    return [replace(idea, weight=idea.weight + _standing(idea.speaker, places)) for idea in ideas]


def _standing(speaker: Speaker, places: Mapping[str, set[str]]) -> float:
    name = speaker.name or ""
    known = 1.0 * bool(speaker.role or speaker.affiliation) + 0.5 * (" " in name)
    return known + 0.5 * (len(places[name.casefold()]) > 1)


def _varied(ideas: Sequence[Idea]) -> list[Idea]:
    """Return questions best first, where each before from the same outlet, article or speaker counts against one."""
    left, before, order = sorted(ideas, key=lambda idea: -idea.weight), Counter[tuple[str, str]](), list[Idea]()
    while left:
        best = max(left, key=lambda idea: idea.weight - sum(_AGAIN[key[0]] * before[key] for key in idea.marks()))
        left.remove(best)
        before.update(best.marks())
        order.append(best)
    return order
