"""Building the index from the catalogue: cut, find statements, encode, store, publish.

The catalogue says which articles are pending. A batch is written to the stores first, under ids that
follow from what it holds, and then published in the catalogue, all at once: readers see the old articles or
the new ones. What the new ones replace goes from the stores with the batch after, when the generation before is
out of use. A run that is killed leaves its batch pending, and the next run makes it anew, the same.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np
from threadpoolctl import threadpool_limits

from corpus.catalogue import ArticleRecord, Catalogue
from corpus.catalogue.editions import Gone, IndexedArticle
from corpus.catalogue.records import passage_records, statement_records
from corpus.model import Span, Statement
from corpus.sentences import paragraphs, sentences
from corpus.statements import find_statements, ready
from corpus.statements.quotations import find_quotations
from index.embedding import Encoder, PassageInput, PassageVectors, Vectors
from index.entries import passage_entry, statement_entries
from index.lexical import Entry
from index.manifest import Manifest
from index.passages import PassageSpan, cut, fitting, header
from index.rules import NO_RULES, Rules
from index.sentences import PassageSentences, kept
from index.store import Home, IndexParts

BATCH = 64  # articles whose rows are held in memory between two commits

Progress = Callable[[int, int], None]  # articles, characters done since the last call


@dataclass(slots=True)
class _Batch:
    """What one commit brings."""

    articles: list[IndexedArticle] = field(default_factory=list)
    passages: list[Entry] = field(default_factory=list)
    statements: list[Entry] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    vectors: list[Vectors] = field(default_factory=list)
    sentences: list[tuple[int, PassageSentences]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Article:
    """An article on its way into the index, its statements and vectors perhaps still in the making."""

    record: ArticleRecord
    text: str
    spans: Sequence[PassageSpan]
    statements: Future[list[Statement]]
    vectors: Future[list[PassageVectors]]


class Builder:
    """Brings the index up to the catalogue; the caller holds the writer's lock."""

    def __init__(
        self,
        home: Home,
        catalogue: Catalogue,
        parts: IndexParts,
        encoder: Encoder,
        manifest: Manifest,
        rules: Rules = NO_RULES,
        batch: int = BATCH,
        threads: int = 0,
    ) -> None:
        """Build into the opened `parts` of the edition that `manifest` describes, `batch` articles at once.

        Statements are found in as many articles at a time as there are `threads`; 0 for all cores.
        """
        self._home, self._catalogue, self._parts, self._rules = home, catalogue, parts, rules
        self._batch = batch
        self._edition = catalogue.edition(manifest.edition)
        self._encoder, self._manifest = encoder, manifest
        self._encoding = ThreadPoolExecutor(1)  # the encoder itself spreads an article over the cores
        self._ahead = threads or os.cpu_count() or 1
        self._finding = ThreadPoolExecutor(self._ahead)
        self._tokens = min(manifest.passage_tokens, encoder.max_tokens)

    def run(self, progress: Progress = lambda articles, characters: None) -> int:
        """Index every pending article and return how many there were.

        Raises:
            ModelError: a model that it takes is missing or damaged.
        """
        ready(self._manifest.statements)  # once, before several threads want it
        done = 0
        # numpy's own threads, one set for each of ours, would spend more time waiting for each other than working
        with threadpool_limits(1, user_api="blas"):
            for ids in self._pending():
                self._publish(self._made(ids, progress))
                done += len(ids)
        return done

    def _made(self, ids: Sequence[str], progress: Progress) -> _Batch:
        batch = _Batch()
        texts, articles = self._catalogue.texts(ids), self._catalogue.articles(ids).values()
        for article in self._encoded((article, texts[article.id]) for article in articles):
            self._store(article, batch)
            progress(1, len(article.text))
        return batch

    def renamed(self, digest: str) -> None:
        """Note by which corrections the index of statements was made anew, and have readers look at it."""
        self._manifest = replace(self._manifest.at(self._edition.generation() + 1), speakers=digest)
        self._manifest.write(self._home.index(self._edition.name))
        self._edition.publish(())

    @property
    def parts(self) -> IndexParts:
        """The stores that are written."""
        return self._parts

    def close(self) -> None:
        """Close the index."""
        self._encoding.shutdown(cancel_futures=True)
        self._finding.shutdown(cancel_futures=True)
        self._parts.close()

    def _pending(self) -> Iterator[list[str]]:
        while ids := self._edition.pending(self._batch):
            yield ids

    def _encoded(self, articles: Iterable[tuple[ArticleRecord, str]]) -> Iterator[_Article]:
        """Yield articles that are cut, being encoded and read for statements; the next ones are prepared meanwhile."""
        ahead: deque[_Article] = deque()
        for article, text in articles:
            ahead.append(self._prepared(article, text))
            if len(ahead) > self._ahead:
                yield ahead.popleft()
        yield from ahead

    def _prepared(self, article: ArticleRecord, text: str) -> _Article:
        head = fitting(
            header(article.title, article.outlet, article.published, self._tokens), self._encoder, self._tokens
        )
        spans = cut(text, head, sentences(text), _quotations(text), self._encoder, self._tokens)
        inputs = [_input(text, head, span) for span in spans]
        vectors = self._encoding.submit(self._encoder.encode_passages, inputs)
        statements = self._finding.submit(find_statements, text, self._manifest.statements)
        return _Article(article, text, spans, statements, vectors)

    def _store(self, article: _Article, batch: _Batch) -> None:
        record, text = article.record, article.text
        vectors = article.vectors.result()
        passages = passage_records(record.id, record.version, [span.span for span in article.spans])
        statements = statement_records(record.id, record.version, article.statements.result())
        batch.articles.append(IndexedArticle(record.id, record.version, passages, statements))
        ids = [passage.id for passage in passages]
        batch.ids += ids
        _collect_passages(batch, article, vectors, ids)
        articles, texts = {record.id: record}, {record.id: text}
        batch.statements += statement_entries(statements, articles, texts, self._rules)

    def _publish(self, batch: _Batch) -> None:
        parts, edition = self._parts, self._edition
        gone = edition.gone()
        new = {p.id for article in batch.articles for p in article.passages}
        purge(parts, gone, batch.passages, batch.statements, keep=new)
        if batch.ids:
            parts.vectors.add(batch.ids, kept(np.vstack(batch.vectors)))
            parts.sentences.add(batch.sentences)
        edition.forget_gone(Gone(gone.passages, gone.statements))  # what was removed by hand takes more than this
        # the index may run ahead of the catalogue by one, never behind it
        self._manifest = self._manifest.at(edition.generation() + 1)
        self._manifest.write(self._home.index(edition.name))
        edition.publish(batch.articles)


def purge(
    parts: IndexParts,
    gone: Gone,
    passages: Sequence[Entry] = (),
    statements: Sequence[Entry] = (),
    keep: Set[int] = frozenset(),
) -> None:
    """Take what is gone out of the stores; the lexical ones, which commit once, take what is new as well.

    Args:
        parts: the stores.
        gone: what the catalogue no longer has.
        passages: new entries of the passages' lexical index.
        statements: new entries of the statements' one.
        keep: passages that are written again right after.
    """
    ids = [i for i in gone.passages if i not in keep]
    parts.vectors.delete(ids)
    parts.sentences.delete(ids)
    parts.passages.write(passages, ids)
    parts.statements.write(statements, gone.statements)


def _quotations(text: str) -> list[Span]:
    return [quotation.outer for some in find_quotations(text, paragraphs(text)) for quotation in some]


def _input(text: str, head: str, passage: PassageSpan) -> PassageInput:
    start = passage.span.start
    relative = [Span(s.start - start, s.end - start) for s in passage.sentences]
    return PassageInput(head, passage.span.of(text), relative)


def _collect_passages(batch: _Batch, article: _Article, vectors: Sequence[PassageVectors], ids: Sequence[int]) -> None:
    for i, passage, vector in zip(ids, article.spans, vectors, strict=True):
        batch.passages.append(passage_entry(i, article.record, passage.span.of(article.text)))
        batch.vectors.append(vector.vector)
        batch.sentences.append((i, PassageSentences(vector.vector, tuple(passage.sentences), vector.sentences)))
