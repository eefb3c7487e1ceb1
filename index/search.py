"""Search: dense and lexical candidates, fused; one round for each outlet and date that the question names.

The score of a passage is a convex combination of two parts in [0, 1]: the cosine of its best sentence,
and BM25 relative to the round's best. Weights were chosen on MultiHop-RAG's development half (see
docs/retrieval.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from corpus.catalogue import ArticleRecord, PassageRecord, Served, StatementRecord
from corpus.model import Span
from index.copies import without_copies
from index.embedding import Encoder
from index.facets import Facets
from index.hit import Hit
from index.lexical import LexicalIndex
from index.query import Query
from index.relevance import Topic, terms_of
from index.rules import NO_RULES, Rules
from index.sentences import Floats, PassageSentences
from index.shelf import Shelf, fetch
from index.store import IndexParts
from index.terms import content_terms, content_words

DENSE = 100  # candidates from the vector index
WIDEST = 5  # times as many, where the scope is a small part of all
LEXICAL = 60  # candidates a round from the lexical index
SENTENCE, LEXICAL_SHARE = 0.6, 0.4  # weights in the convex combination
ELSEWHERE = 0.5  # worth of a term outside the clause that speaks of a round's outlet
CARRIED = 0.5  # worth of a term that only earlier questions have
SENTENCE_TERMS = 0.2  # worth of the terms that the best sentence of a passage has
SPARE = 10  # hits in hand for those that turn out to be copies
READ = 5  # hits of each round whose words are looked at
FEW = 4  # terms that make a clause
KEPT = 4000  # passages whose vectors stay at hand: about 60 MB
FIELDS = {"title": 0.5, "body": 1.0}


class Search:
    """Finds passages in an opened index."""

    def __init__(self, served: Served, parts: IndexParts, encoder: Encoder, rules: Rules = NO_RULES) -> None:
        self._served, self._parts, self._encoder = served, parts, encoder
        self._kept: dict[int, _Candidate] = {}
        self._vectors: dict[str, Floats] = {}
        self.shelf = Shelf(served, rules)

    def question_vector(self, text: str) -> Floats:
        """Return the unit vector of a question."""
        return self._encoder.encode_question(text)

    def vector_of(self, text: str) -> Floats:
        """Return the unit vector of words that questions may need again, such as a statement's."""
        found = fetch(self._vectors, [text], lambda texts: {one: self.question_vector(one) for one in texts}, KEPT)
        return found[text]

    def count_tokens(self, text: str) -> int:
        """Return how many tokens of the embedding model a text has."""
        return self._encoder.count_tokens(text)

    def passages(self, query: Query, limit: int, vector: Floats | None = None) -> list[Hit]:
        """Return at most `limit` passages, best first; none where the facets admit nothing."""
        vector = self.question_vector(query.whole) if vector is None else vector
        dense = dict(self._parts.vectors.query(vector, self._depth(query.facets)))
        known: dict[int, Hit] = {}
        *narrow, wide = _rounds(query)
        rounds = [(one, self._round(query, one, vector, dense, known)) for one in narrow]
        enough = len({hit.passage.id for _, hits in rounds for hit in hits}) >= limit
        rounds.append((wide, [] if enough else self._round(query, wide, vector, dense, known)))
        return self._distinct(query, _interleave(self._reranked(query, rounds), limit + SPARE))[:limit]

    def admits(self, facets: Facets) -> bool:
        """Tell whether the facets let any article through."""
        some = self._load(self._parts.passages.within(facets, LEXICAL))
        return any(facets.admit(candidate.article) for candidate in some.values())

    def _depth(self, facets: Facets) -> int:
        """Return how many passages to ask the vector index for: more where the scope will leave few of them."""
        if facets.scope is None:
            return DENSE
        return int(DENSE / max(self._parts.passages.share(facets.scope), 1 / WIDEST))

    def _distinct(self, query: Query, hits: list[Hit]) -> list[Hit]:
        """Leave out what a copy says as well; only articles that the filters admit are here to be chosen from."""
        copies = self.shelf.copies({hit.article.id for hit in hits}, query.facets.scope)
        return without_copies(hits, copies, self.shelf.texts({hit.article.id for hit in hits})) if copies else hits

    def _round(
        self, query: Query, one: Round, vector: Floats, dense: Iterable[int], known: dict[int, Hit]
    ) -> list[Hit]:
        """Return the hits of one round, best first; `known` holds those of earlier rounds, scored by meaning."""
        facets = one.facets
        clause = set(content_terms(one.clause) or query.all_terms)
        terms = dict.fromkeys(content_terms(query.carried), CARRIED)
        terms |= {term: 1.0 if term in clause else ELSEWHERE for term in query.all_terms}
        lexical = dict(self._parts.passages.search(terms, FIELDS, facets, LEXICAL))
        if facets.restricted and not lexical:
            return []
        fresh = self._load(i for i in {*dense, *lexical} if i not in known)
        known.update((i, _score(candidate, vector)) for i, candidate in fresh.items())
        some = [
            i
            for i in {*dense, *lexical}
            # what is known of an article may be newer than what the lexical index has of it
            if i in known and (facets.shows if i in lexical else facets.admit)(known[i].article)
        ]
        best = max(lexical.values(), default=0.0) or 1.0
        hits = [_with_words(known[i], lexical.get(i, 0.0) / best) for i in some]
        return sorted(hits, key=lambda hit: (-hit.score, hit.passage.id))

    def _reranked(self, query: Query, rounds: Sequence[tuple[Round, Sequence[Hit]]]) -> list[list[Hit]]:
        """Look at the words of each round's first hits: one sentence that has many of the terms lifts its passage."""
        texts = self.shelf.texts({hit.article.id for _, hits in rounds for hit in hits[:READ]})
        result = []
        for one, hits in rounds:
            topic = Topic(content_words(one.clause) or content_words(query.question))
            lifted = [_lifted(hit, topic, texts[hit.article.id]) for hit in hits[:READ]]
            result.append([*sorted(lifted, key=lambda hit: (-hit.score, hit.passage.id)), *hits[READ:]])
        return result

    def _load(self, ids: Iterable[int]) -> dict[int, _Candidate]:
        return fetch(self._kept, ids, self._read, KEPT)

    def _read(self, ids: list[int]) -> dict[int, _Candidate]:
        passages = self._served.passages(ids)
        articles = self._served.articles({p.article_id for p in passages.values()}, None)
        return {
            i: _Candidate(articles[passages[i].article_id], passages[i], sentences)
            for i, sentences in self._parts.sentences.get(ids).items()
            if i in passages and passages[i].article_id in articles  # else the index runs ahead
        }

    @property
    def statements(self) -> LexicalIndex:
        """The lexical index of statements."""
        return self._parts.statements

    def around(self, statements: Sequence[StatementRecord], vector: Floats) -> list[Hit]:
        """Return the passages that hold these statements, scored by meaning alone, in text order."""
        spans: dict[str, list[Span]] = {}
        for record in statements:
            spans.setdefault(record.article_id, []).append(record.statement.extent)
        passages = [
            passage
            for passage in self._served.passages_of(spans)
            if any(passage.span.overlaps(span) for span in spans[passage.article_id])
        ]
        found = self._load(passage.id for passage in passages)
        return [_score(found[passage.id], vector) for passage in passages if passage.id in found]


@dataclass(frozen=True, slots=True)
class _Candidate:
    article: ArticleRecord
    passage: PassageRecord
    sentences: PassageSentences


def _score(candidate: _Candidate, vector: Floats) -> Hit:
    """Score a candidate by meaning alone."""
    sentences = candidate.sentences
    cosine = float(sentences.vector @ vector)
    best = float((sentences.vectors @ vector).max()) if sentences.spans else cosine
    score = SENTENCE * max(best, 0.0)
    return Hit(candidate.article, candidate.passage, sentences, score, cosine, best, 0.0)


def _with_words(hit: Hit, lexical: float) -> Hit:
    """Return the hit with what the words of a round add."""
    if not lexical:
        return hit
    score = hit.score + LEXICAL_SHARE * lexical
    return Hit(hit.article, hit.passage, hit.sentences, score, hit.cosine, hit.best_sentence, lexical)


@dataclass(frozen=True, slots=True)
class Round:
    """One pass over some of the articles; `clause` is the part of the question that speaks of them, if not all does."""

    facets: Facets
    clause: str = ""


def _lifted(hit: Hit, topic: Topic, text: str) -> Hit:
    met = max((topic.exact(terms_of(span.of(text))) for span in hit.sentences.spans), default=0.0)
    return replace(hit, score=hit.score + SENTENCE_TERMS * met)


def _rounds(query: Query) -> list[Round]:
    """Return a round for every outlet named, with the date that follows it, then one over everything.

    An outlet or a date of the question guides; it does not bind (`query.facets` does), so the last
    round is over all that is admitted.
    """
    base = query.facets
    free = [p for p in query.periods if not p.bound]
    rounds: list[Round] = []
    for at, mention in enumerate(query.mentions):
        end = query.mentions[at + 1].span.start if at + 1 < len(query.mentions) else len(query.question)
        near = [p for p in free if mention.span.end <= p.span.start < end][:1]
        narrow = replace(base, outlets=mention.outlets)
        clause = _clause(query, at)
        rounds += [Round(replace(narrow, since=p.since, until=p.until), clause) for p in near] or [
            Round(narrow, clause)
        ]
    if not rounds:
        rounds = [Round(replace(base, since=p.since, until=p.until)) for p in free]
    return [*dict.fromkeys(rounds), Round(base)]


def _clause(query: Query, at: int) -> str:
    """Return the words between a mention of an outlet and the next; where they are few, with those before it."""
    mentions, text = query.mentions, query.question
    if len(mentions) == 1:
        return ""
    end = mentions[at + 1].span.start if at + 1 < len(mentions) else len(text)
    after = text[mentions[at].span.end : end]
    if len(content_terms(after)) >= FEW:
        return after
    start = mentions[at - 1].span.end if at else 0
    return f"{text[start : mentions[at].span.start]} {after}"


def _interleave(rounds: Sequence[Sequence[Hit]], limit: int) -> list[Hit]:
    """Take the best of each narrow round in turn, the surest round first, then fill up from the last, open one."""
    *narrow, wide = rounds
    narrow = sorted(narrow, key=lambda some: -some[0].score if some else 0.0)
    taken: dict[int, Hit] = {}
    depth = max((len(r) for r in narrow), default=0)
    for rank in range(min(depth, limit)):
        for some in narrow:
            if rank < len(some):
                taken.setdefault(some[rank].passage.id, some[rank])
    for hit in wide:
        taken.setdefault(hit.passage.id, hit)
    return list(taken.values())[:limit]
