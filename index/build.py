"""Building the index from the catalogue: cut, find statements, encode, store, publish.

The catalogue says which articles are pending; each published batch opens a new generation. A run that
is killed leaves its batch pending, and the next run makes those articles anew: every write replaces.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from corpus.catalogue import ArticleRecord, Catalogue
from corpus.model import Span, Statement
from corpus.sentences import paragraphs, sentences
from corpus.statements import find_statements
from corpus.statements.quotations import find_quotations
from index.embedding import Encoder, PassageInput, PassageVectors, Vectors
from index.lexical import Entry
from index.manifest import Manifest
from index.passages import PassageSpan, cut, header
from index.sentences import PassageSentences
from index.speakers import speaker_text
from index.store import Home, IndexParts

_BATCH = 64  # articles whose rows are held in memory between two commits

Progress = Callable[[int, int], None]  # articles, characters done since the last call


@dataclass(slots=True)
class _Batch:
    """What one commit brings."""

    articles: list[str] = field(default_factory=list)
    passages: list[Entry] = field(default_factory=list)
    statements: list[Entry] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    vectors: list[Vectors] = field(default_factory=list)
    sentences: list[tuple[int, PassageSentences]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Article:
    """An article on its way into the index; its vectors may still be being made."""

    record: ArticleRecord
    text: str
    spans: Sequence[PassageSpan]
    statements: Sequence[Statement]
    vectors: Future[list[PassageVectors]]


class Builder:
    """Brings the index up to the catalogue; the caller holds the writer's lock."""

    def __init__(self, home: Home, catalogue: Catalogue, parts: IndexParts, encoder: Encoder, manifest: Manifest):
        self._home, self._catalogue, self._parts = home, catalogue, parts
        self._encoder, self._manifest = encoder, manifest
        self._encoding = ThreadPoolExecutor(1)  # the encoder itself spreads an article over the cores
        self._tokens = min(manifest.passage_tokens, encoder.max_tokens)

    def run(self, progress: Progress = lambda articles, characters: None) -> int:
        """Index every pending article and return how many there were."""
        done = 0
        for ids in self._pending():
            batch = _Batch()
            texts = self._catalogue.texts(ids)
            articles = self._catalogue.articles(ids).values()
            for article in self._encoded((article, texts[article.id]) for article in articles):
                self._store(article, batch)
                progress(1, len(article.text))
            self._publish(batch)
            done += len(ids)
        return done

    def close(self) -> None:
        """Close the index."""
        self._encoding.shutdown()
        self._parts.close()

    def _pending(self) -> Iterator[list[str]]:
        while ids := self._catalogue.pending(_BATCH):
            yield ids

    def _encoded(self, articles: Iterable[tuple[ArticleRecord, str]]) -> Iterator[_Article]:
        """Yield articles cut, read for statements and being encoded; the next is prepared meanwhile."""
        ahead: _Article | None = None
        for article, text in articles:
            prepared = self._prepared(article, text)
            if ahead is not None:
                yield ahead
            ahead = prepared
        if ahead is not None:
            yield ahead

    def _prepared(self, article: ArticleRecord, text: str) -> _Article:
        head = header(article.title, article.outlet, article.published, self._tokens)
        spans = cut(text, head, sentences(text), _quotations(text), self._encoder, self._tokens)
        inputs = [_input(text, head, span) for span in spans]
        vectors = self._encoding.submit(self._encoder.encode_passages, inputs)
        return _Article(article, text, spans, find_statements(text), vectors)

    def _store(self, article: _Article, batch: _Batch) -> None:
        record, text, statements = article.record, article.text, article.statements
        vectors = article.vectors.result()
        spans = [span.span for span in article.spans]
        ids, said, _ = self._catalogue.replace_parts(record.id, record.version, spans, statements)
        batch.articles.append(record.id)
        batch.ids += ids
        _collect_passages(batch, article, vectors, ids)
        batch.statements += [
            Entry(i, record, _statement_fields(text, statement)) for i, statement in zip(said, statements, strict=True)
        ]

    def _publish(self, batch: _Batch) -> None:
        parts = self._parts
        gone = self._catalogue.gone()  # of this batch, and of one that was killed before it came to this
        parts.vectors.delete(gone)
        parts.sentences.delete(gone)
        if batch.ids:
            parts.vectors.add(batch.ids, np.vstack(batch.vectors))
            parts.sentences.add(batch.sentences)
        parts.passages.replace(batch.articles, batch.passages)
        parts.statements.replace(batch.articles, batch.statements)
        # the index may run ahead of the catalogue by one, never behind it
        self._manifest = self._manifest.at(self._catalogue.generation() + 1)
        self._manifest.write(self._home.index)
        self._catalogue.published(batch.articles)


def _quotations(text: str) -> list[Span]:
    return [quotation.outer for some in find_quotations(text, paragraphs(text)) for quotation in some]


def _input(text: str, head: str, passage: PassageSpan) -> PassageInput:
    start = passage.span.start
    relative = [Span(s.start - start, s.end - start) for s in passage.sentences]
    return PassageInput(head, passage.span.of(text), relative)


def _collect_passages(batch: _Batch, article: _Article, vectors: Sequence[PassageVectors], ids: Sequence[int]) -> None:
    record, text = article.record, article.text
    fields = {"title": record.title, "outlet": record.outlet or ""}
    for i, passage, vector in zip(ids, article.spans, vectors, strict=True):
        batch.passages.append(Entry(i, record, {**fields, "body": passage.span.of(text)}))
        batch.vectors.append(vector.vector)
        batch.sentences.append((i, PassageSentences(vector.vector, tuple(passage.sentences), vector.sentences)))


def _statement_fields(text: str, statement: Statement) -> dict[str, str]:
    """Return the fields of a statement; its speaker may also be asked for as this sentence names him or her."""
    return {
        "speaker": " ".join([speaker_text(statement.speaker), *(span.of(text) for span in statement.source)]),
        "via": " ".join(speaker_text(v) for v in statement.via),
        "content": " ".join(span.of(text) for span in statement.content),
    }
