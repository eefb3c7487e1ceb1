"""What a speaker is quoted on, in a few words of the articles: for who asks about something else."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from bot.evidence import Scored
from bot.phrases import is_plural
from bot.subjects import Subjects
from bot.topics import Rarity
from corpus.catalogue import ArticleRecord
from corpus.model import Span, Statement
from index.shelf import Shelf

_MOST = 3  # matters that are named
_ARTICLES, _EACH = 6, 8  # articles that are read, the newest, and statements in each


class Matters:
    """Names what statements are about, from articles that may be shown."""

    def __init__(self, shelf: Shelf, may: Callable[[ArticleRecord, int], bool]) -> None:
        """Read articles from `shelf`; `may` tells whether that many characters of one may be shown."""
        self._shelf, self._may = shelf, may

    def of(self, said: Sequence[Scored], asked: str) -> tuple[str, ...]:
        """Return at most three matters that these statements are about, those of several first.

        Args:
            said: the speaker's words.
            asked: how the question names the speaker, which is no matter.
        """
        by_article: dict[str, list[Scored]] = defaultdict(list)
        for one in said:
            by_article[one.unit.article.id].append(one)
        articles = {i: some[0].unit.article for i, some in by_article.items()}
        newest = sorted(
            (i for i in articles if self._may(articles[i], 0)), key=lambda i: _day(articles[i]), reverse=True
        )
        texts = self._shelf.texts(newest[:_ARTICLES])
        rarity = Rarity(texts.values())
        counts: Counter[str] = Counter()
        weights: dict[str, float] = {}
        stems: dict[str, frozenset[str]] = {}
        for article in newest[:_ARTICLES]:
            text = texts[article]
            contents = [
                _content(one.unit.statement).of(text) for one in by_article[article][:_EACH] if one.unit.statement
            ]
            subjects = Subjects(articles[article].title, text, contents, rarity)
            for content in dict.fromkeys(contents):
                subject = subjects.of(content, _without(by_article[article][0], asked))
                if subject is not None and _names_one(subject.words):
                    counts[subject.words] += 1
                    weights[subject.words] = max(subject.weight, weights.get(subject.words, 0.0))
                    stems[subject.words] = subject.stems
        named: list[str] = []
        for words in sorted(counts, key=lambda words: (-counts[words], -weights[words], words)):
            if not any(stems[words] & stems[other] for other in named):
                named.append(words)
        return tuple(named[:_MOST])


def _names_one(words: str) -> bool:
    """Tell whether words name a matter where no question says what is meant: no lone word in the singular."""
    return " " in words or not words.islower() or is_plural(words)


def _day(article: ArticleRecord) -> str:
    return str(article.published or "")


def _content(said: Statement) -> Span:
    return max(said.content, key=lambda span: span.end - span.start)


def _without(one: Scored, asked: str) -> str:
    speaker = one.unit.statement.speaker if one.unit.statement else None
    known = (speaker.name, speaker.role, speaker.affiliation) if speaker else ()
    return " ".join(part for part in (asked, *known) if part)
