"""The lexical half: BM25 over passages and over statements, by tantivy.

tantivy takes one writer and any number of readers; `reload` is called by whoever knows that a new
generation was published, since its own watcher lags.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import tantivy

from corpus.catalogue import ArticleRecord
from corpus.catalogue.scope import Scope
from corpus.errors import StaleIndexError
from index.facets import UNDATED, Facets, fold

PASSAGE_FIELDS = ("title", "outlet", "body")
STATEMENT_FIELDS = ("speaker", "via", "content")
_ANALYSER = "whosaid"
_AT_ONCE = 1000  # ids in one query
_COUNTS = 50_000  # counts that are kept
_HEAP = 64_000_000  # bytes the writer may buffer before it writes a segment


@lru_cache(maxsize=1)
def _analyser() -> Any:
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for step in (
        tantivy.Filter.remove_long(60),
        tantivy.Filter.lowercase(),
        tantivy.Filter.ascii_fold(),
        tantivy.Filter.stemmer("english"),
    ):
        builder = builder.filter(step)
    return builder.build()


def stems(text: str) -> list[str]:
    """Return the index terms of `text`: lower case, ASCII-folded, English stems (Snowball)."""
    return list(_analyser().analyze(text))


@dataclass(frozen=True, slots=True)
class Entry:
    """One document of a lexical index: its id, the article it belongs to, and its text by field."""

    id: int
    article: ArticleRecord
    fields: Mapping[str, str]


class LexicalIndex:
    """A tantivy index in a folder, with the facets of the article beside the text fields."""

    def __init__(self, folder: Path, fields: Sequence[str], make: bool = True) -> None:
        """Open the index in `folder`, which with `make` is made if need be.

        Raises:
            StaleIndexError: the folder holds something else, or nothing; or, later, it cannot be written.
        """
        self._schema, self._folder, self._tidy = _schema(fields), folder, False
        with self._mapped("open"):
            if make:
                folder.mkdir(parents=True, exist_ok=True)
            elif not (folder / "meta.json").is_file():
                raise FileNotFoundError("there is no meta.json")
            self._index = tantivy.Index(self._schema, path=str(folder))
        self._index.register_tokenizer(_ANALYSER, _analyser())
        self._counts: dict[tuple[Any, ...], int] = {}  # since the last reload

    @contextmanager
    def _mapped(self, what: str) -> Iterator[None]:
        try:
            yield
        except (ValueError, OSError, RuntimeError) as error:
            reason = " ".join(str(error).split())
            raise StaleIndexError(
                f"could not {what} the lexical index {self._folder}: {reason}; if another process is writing it, try "
                "again later; free space where the disk is full; else build it anew with `whosaid ingest --rebuild`"
            ) from error

    def write(self, entries: Sequence[Entry], gone: Sequence[int] = ()) -> None:
        """Store `entries`, in place of those with the same ids, forget those that are `gone`, and commit."""
        with self._mapped("write"):
            writer = self._index.writer(heap_size=_HEAP, num_threads=1)
            if not self._tidy:  # files of a run that was killed before it committed bear the names of those to come
                writer.garbage_collect_files()
                self._tidy = True
            old = [*gone, *(entry.id for entry in entries)]
            for at in range(0, len(old), _AT_ONCE):
                some = tantivy.Query.term_set_query(self._schema, "id", old[at : at + _AT_ONCE])
                writer.delete_documents_by_query(some)
            for entry in entries:
                writer.add_document(_document(entry))
            writer.commit()
            writer.wait_merging_threads()

    def clear(self) -> None:
        """Forget everything, on the disk too."""
        self.rewrite(())

    def rewrite(self, entries: Iterable[Entry]) -> None:
        """Make `entries` all that there is: nothing of what was deleted before stays in a file."""
        with self._mapped("write"):
            writer = self._index.writer(heap_size=_HEAP, num_threads=1)
            writer.garbage_collect_files()  # see `write`
            writer.delete_all_documents()
            for entry in entries:
                writer.add_document(_document(entry))
            writer.commit()
            writer.garbage_collect_files()
            writer.wait_merging_threads()

    def reload(self) -> None:
        """See what was committed since."""
        self._index.reload()
        self._counts.clear()

    def count(self) -> int:
        """Return the number of documents."""
        return int(self._index.searcher().num_docs)

    def search(
        self,
        terms: Mapping[str, float],
        weights: Mapping[str, float],
        facets: Facets,
        limit: int,
        must: Mapping[str, Sequence[str]] | None = None,
    ) -> list[tuple[int, float]]:
        """Return at most `limit` ids with their BM25 score, best first; words are as rare as they are in the scope.

        Args:
            terms: stemmed terms with what each is worth; each is sought in every field of `weights`.
            weights: factor of each field.
            facets: what the article must satisfy.
            limit: how many at most.
            must: terms that have to occur in a field, all of them; they count in the score too.
        """
        searcher = self._index.searcher()
        should = [
            tantivy.Query.boost_query(
                tantivy.Query.term_query(self._schema, field, term, "freq"),
                weight * worth * self._rarity(searcher, field, term, facets.scope),
            )
            for field, weight in weights.items()
            for term, worth in terms.items()
        ]
        needed = [
            tantivy.Query.term_query(self._schema, field, term, "freq")
            for field, some in (must or {}).items()
            for term in dict.fromkeys(some)
        ]
        if not should and not needed:
            return []
        clauses = [(tantivy.Occur.Must, query) for query in needed]
        if should:
            text = tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in should])
            clauses.append((tantivy.Occur.Should if needed else tantivy.Occur.Must, text))
        clauses += [(tantivy.Occur.Must, query) for query in self._facet_queries(facets)]
        found = searcher.search(tantivy.Query.boolean_query(clauses), limit, count=False).hits
        ids = searcher.fast_field_values("id", [address for _, address in found])
        return [(int(i), float(score)) for i, (score, _) in zip(ids, found, strict=True)]

    def within(self, facets: Facets, limit: int) -> list[int]:
        """Return the ids of at most `limit` documents of articles that satisfy the facets."""
        searcher, every = self._index.searcher(), tantivy.Query.all_query()
        clauses = [(tantivy.Occur.Must, query) for query in (every, *self._facet_queries(facets))]
        found = searcher.search(tantivy.Query.boolean_query(clauses), limit, count=False).hits
        return [int(i) for i in searcher.fast_field_values("id", [address for _, address in found])]

    def share(self, scope: Scope | None) -> float:
        """Return which share of the documents the scope holds, in [0, 1]; 0 where there are none."""
        searcher = self._index.searcher()
        return self._counted(searcher, scope) / searcher.num_docs if searcher.num_docs else 0.0

    def _rarity(self, searcher: Any, field: str, term: str, scope: Scope | None) -> float:
        """Return by what the weight of a term has to be multiplied for BM25 to know of the scope alone.

        tantivy takes the inverse document frequency, ln(1 + (N - n + 0.5) / (n + 0.5)), over all documents; collections
        that the asker may not see would move the ranks of those that he may.
        """
        if scope is None or (seen := self._counted(searcher, scope)) == searcher.num_docs:
            return 1.0
        everywhere = _idf(searcher.num_docs, int(searcher.doc_freq(field, term)))
        return _idf(seen, self._counted(searcher, scope, field, term)) / everywhere

    def _counted(self, searcher: Any, scope: Scope | None, *term: str) -> int:
        """Return how many documents of the scope there are, or have the term (a field and a stem)."""
        if scope is None or scope.everything:
            return int(searcher.num_docs)
        key = (scope, *term)
        if (known := self._counts.get(key)) is None:
            clauses = [(tantivy.Occur.Must, inside) for inside in self._scope_queries(scope)]
            if term:
                clauses.append((tantivy.Occur.Must, tantivy.Query.term_query(self._schema, *term, "basic")))
            known = int(searcher.search(tantivy.Query.boolean_query(clauses), 1).count)
            if len(self._counts) >= _COUNTS:
                self._counts.clear()
            self._counts[key] = known
        return known

    def _facet_queries(self, facets: Facets) -> list[Any]:
        schema, silent = self._schema, tantivy.Query.const_score_query
        queries = []
        if facets.scope is not None:
            queries += self._scope_queries(facets.scope)
        if facets.outlets:
            queries.append(tantivy.Query.term_set_query(schema, "outlet_name", sorted(facets.outlets)))
        if facets.authors:
            names = [tantivy.Query.regex_query(schema, "author", _naming(name)) for name in sorted(facets.authors)]
            queries.append(tantivy.Query.boolean_query([(tantivy.Occur.Should, name) for name in names]))
        if facets.since or facets.until:
            queries.append(self._days("day_last", facets.since or date.min, None))
        if facets.until:
            queries.append(self._days("day_first", None, facets.until))
        if facets.as_of:
            queries.append(self._days("day_first", None, facets.as_of))
        return [silent(query, 0.0) for query in queries]

    def _scope_queries(self, scope: Scope) -> list[Any]:
        """Return what the documents of a scope must all meet: none where it is everything."""
        schema, queries = self._schema, []
        if scope.collections is not None:
            queries.append(tantivy.Query.term_set_query(schema, "collection", sorted(scope.collections)))
        if scope.outlets is not None:
            names = sorted({fold(outlet) for outlet in scope.outlets} - {""})  # which is that of articles without one
            queries.append(tantivy.Query.term_set_query(schema, "outlet_name", names))
        if scope.since or scope.until:
            queries.append(self._days("day_first", scope.since or date.min, None))
        if scope.until:
            queries.append(self._days("day_last", None, scope.until))
        return queries

    def _days(self, field: str, lower: date | None, upper: date | None) -> Any:
        first, last = (day.toordinal() if day else None for day in (lower, upper))
        return tantivy.Query.range_query(self._schema, field, tantivy.FieldType.Integer, first, last)


def _idf(documents: int, having: int) -> float:
    """Return BM25's inverse document frequency as tantivy takes it; `having` may run ahead of deletions."""
    return math.log(1 + (max(documents - having, 0) + 0.5) / (having + 0.5))


def _sorted_words(name: str) -> str:
    """Return the words of a name as they are indexed: sorted, each between spaces."""
    return "".join(f" {word} " for word in sorted(set(fold(name).split())))


def _naming(name: str) -> str:
    """Return the pattern of those `_sorted_words` that hold every word of a folded name."""
    words = sorted(set(name.split()))
    return ".*" + "".join(f" {_escaped(word)} .*" for word in words)


def _escaped(word: str) -> str:
    return re.sub(r"[^\w\s]", lambda match: "\\" + match[0] if match[0].isascii() else match[0], word)


def _schema(fields: Sequence[str]) -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("id", stored=False, indexed=True, fast=True)
    for name in ("article", "collection", "outlet_name", "author"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("day_first", "day_last"):
        builder.add_integer_field(name, indexed=True, fast=True)
    for name in fields:
        builder.add_text_field(name, tokenizer_name=_ANALYSER, index_option="freq")
    return builder.build()


def _document(entry: Entry) -> Any:
    article = entry.article
    first = article.published.first().toordinal() if article.published else UNDATED
    last = article.published.last().toordinal() if article.published else UNDATED
    document = tantivy.Document()
    document.add_unsigned("id", entry.id)
    document.add_text("article", article.id)
    document.add_text("collection", article.collection)
    document.add_text("outlet_name", fold(article.outlet or ""))
    for author in article.authors:
        document.add_text("author", _sorted_words(author))
    document.add_integer("day_first", first)
    document.add_integer("day_last", last)
    for field, text in entry.fields.items():
        document.add_text(field, text)
    return document
