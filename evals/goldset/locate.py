"""Where the evidence of gold questions stands in a corpus, and what of it does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.ask import Whosaid
from corpus.catalogue import ArticleRecord
from corpus.model import Span
from evals.case import Located, Place
from evals.goldset.articles import Articles, articles_of
from evals.goldset.faults import MOST, GoldError
from evals.goldset.model import Evidence, Question
from evals.goldset.nearest import differences, likeness, nearest

Collections = frozenset[str] | None
"""Those in which a question is asked; None for all."""

_NAMED = 5  # articles that are listed where a name has several
_SEARCHED = 20  # articles in which a quotation is looked for when it is not where it should be
_SHOWN = 200  # characters of a text that are shown


@dataclass(frozen=True, slots=True)
class Evidences:
    """The evidence that was found, by the id of its question, and what is wrong with the other questions.

    A question stands in one of the two: `located` has every piece of its evidence, in order (none for a
    question that cannot be answered), or `problems` says of each piece that was not found why not.
    """

    located: dict[str, tuple[Located, ...]] = field(default_factory=dict)
    problems: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def tell(self) -> None:
        """Raise the problems, where there are any.

        Raises:
            GoldError: some evidence does not stand in the corpus.
        """
        if self.problems:
            raise GoldError([sentence for some in self.problems.values() for sentence in some])


def locate(
    questions: Sequence[Question], engine: Whosaid, scope: Collections = None, where: Mapping[str, str] | None = None
) -> Evidences:
    """Find the places of all evidence in what a home serves now.

    Every occurrence of a quotation in its article is a place, and every one in a copy of that article. The place of
    evidence that is a whole article is all of its text, and that of each copy which has all of it.

    Args:
        questions: whose evidence is sought; of a question bound to collections, only within those.
        engine: the home.
        scope: the collections in which the questions are asked; None for all.
        where: how a problem names a question, by its id (see `GoldSet.where`); else by the id.

    Raises:
        UsageError: nothing was ingested into the home yet.
    """
    found = Evidences()
    with articles_of(engine) as articles:
        for question in questions:
            finder = _Finder(articles, engine, _within(scope, question.facets.scope()), len(found.problems) < MOST)
            pieces, problems = list[Located](), list[str]()
            for number, evidence in enumerate(question.evidence, 1):
                piece = finder.find(evidence)
                if isinstance(piece, Located):
                    pieces.append(piece)
                else:
                    name = (where or {}).get(question.id, f"question {question.id}")
                    problems.append(f"{name}, field evidence, entry {number}: {piece}")
            if problems:
                found.problems[question.id] = tuple(problems)
            else:
                found.located[question.id] = tuple(pieces)
    return found


def find_evidence(evidence: Evidence, articles: Articles, engine: Whosaid, scope: Collections = None) -> Located:
    """Return the places of one piece of evidence.

    Raises:
        GoldError: it does not stand in the corpus.
    """
    piece = _Finder(articles, engine, scope, True).find(evidence)
    if isinstance(piece, Located):
        return piece
    raise GoldError([piece])


def _within(one: Collections, other: Collections) -> Collections:
    return other if one is None else one if other is None else one & other


@dataclass(frozen=True, slots=True)
class _Finder:
    """Finds evidence in a scope; `thorough` is False where so much is wrong that nobody reads what would be nearest."""

    articles: Articles
    engine: Whosaid
    scope: Collections
    thorough: bool

    def find(self, evidence: Evidence) -> Located | str:
        """Return the places, or a sentence on what is wrong."""
        known = self.articles.named(evidence.article, evidence.url)
        some = [record for record in known if self.scope is None or record.collection in self.scope]
        if not some:
            return self._unknown(evidence, known)
        texts = self.articles.texts({record.id for record in some})
        holders = [record for record in some if (evidence.quote or "") in texts[record.id]]
        if not holders:
            return self._not_verbatim(evidence, some, texts)
        first, *others = holders
        copies = self.articles.copies(first.id, self.scope)
        if not {record.id for record in others} <= set(copies):
            return f"{_called(evidence)} names {len(holders)} articles{_listed(holders)}; give the URL or the id of one"
        quote = texts[first.id] if evidence.quote is None else evidence.quote
        texts |= self.articles.texts(copies)
        ids = [first.id, *copies]
        return Located(evidence.quote, tuple(Place(i, *span) for i in ids for span in _occurrences(quote, texts[i])))

    def _unknown(self, evidence: Evidence, known: Sequence[ArticleRecord]) -> str:
        """Say that an article is not there, or not where the question is asked."""
        if known:
            held = ", ".join(sorted({record.collection for record in known}))
            asked = ", ".join(sorted(self.scope or ()))
            return f"{_called(evidence)} is in the collection {held}, and the question is asked in {asked}"
        sentence = f"no article of the corpus is called {_called(evidence)}"
        if not self.thorough:
            return sentence
        of_file = self.articles.named(evidence.article) if evidence.url else []
        near = [record.where for record in of_file[:_NAMED]] or self.articles.like(evidence.article)
        sentence += f"; the nearest names are {', '.join(near)}" if near else "; no name is like it"
        return sentence + self._elsewhere(evidence)

    def _not_verbatim(self, evidence: Evidence, some: Sequence[ArticleRecord], texts: Mapping[str, str]) -> str:
        """Say where a text comes nearest to the quotation, and in what the two differ."""
        assert evidence.quote is not None  # all of an article always stands in it
        sentence = f"{_shown(evidence.quote)} does not stand in {_called(evidence)} word for word"
        if not self.thorough:
            return sentence
        elsewhere, near = self._elsewhere(evidence), list[tuple[float, ArticleRecord, Span]]()
        for record in some[:_SEARCHED]:
            if span := nearest(evidence.quote, texts[record.id]):
                near.append((likeness(evidence.quote, span.of(texts[record.id])), record, span))
        if not near:
            return f"{sentence}, nor does anything like it{elsewhere}"
        _, record, span = max(near, key=lambda one: one[0])
        found = span.of(texts[record.id])
        place = f"{record.where}, " if len(some) > 1 else ""
        parts = "".join(f"; {part}" for part in differences(evidence.quote, found))
        return f"{sentence}; nearest is {place}characters {span.start}-{span.end}: {_shown(found)}{parts}{elsewhere}"

    def _elsewhere(self, evidence: Evidence) -> str:
        """Name an article that does hold the quotation, if the search finds one."""
        if evidence.quote is None:
            return ""
        hits = self.engine.search(evidence.quote[:1000], _NAMED, self.scope)
        texts = self.articles.texts({hit.article_id for hit in hits})
        holder = next((i for hit in hits if evidence.quote in texts.get(i := hit.article_id, "")), None)
        return f"; the quotation stands in {self.articles.records[holder].where}" if holder else ""


def _occurrences(quote: str, text: str) -> Iterator[Span]:
    at = text.find(quote)
    while at >= 0:
        yield Span(at, at + len(quote))
        at = text.find(quote, at + 1)


def _called(evidence: Evidence) -> str:
    return f"{evidence.article!r}" + (f" with the URL {evidence.url}" if evidence.url else "")


def _listed(records: Sequence[ArticleRecord]) -> str:
    names = [f"{record.where} ({record.id})" for record in records[:_NAMED]]
    return f": {', '.join(names)}{', ...' if len(records) > _NAMED else ''}"


def _shown(text: str) -> str:
    """Return a text on one line for a message: a line break is shown as a sign, so that a message stays a line."""
    line = text.replace("\r", "").replace("\n", "⏎")
    return f"“{line if len(line) <= _SHOWN else line[:_SHOWN] + '...'}”"
