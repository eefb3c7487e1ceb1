"""What the lexical indexes hold of passages and of statements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from corpus.catalogue import ArticleRecord, Catalogue, StatementRecord
from corpus.model import Statement
from corpus.people import SpeakerCorrections
from index.corrected import asked_for, correct
from index.lexical import Entry
from index.rules import Rules

_AT_ONCE = 64  # articles in memory


def passage_entry(i: int, article: ArticleRecord, body: str) -> Entry:
    """Return the entry of a passage."""
    return Entry(i, article, {"title": article.title, "outlet": article.outlet or "", "body": body})


def statement_entries(
    records: Iterable[StatementRecord],
    articles: Mapping[str, ArticleRecord],
    texts: Mapping[str, str],
    rules: Rules,
) -> list[Entry]:
    """Return the entries of statements, their speakers as the rules set them right; a hidden speaker's have none."""
    if not rules.speakers.empty:
        records = correct(records, articles, rules.speakers, rules.outlets).statements
    return [
        Entry(r.id, articles[r.article_id], _fields(texts[r.article_id], r.statement, rules.speakers)) for r in records
    ]


def all_passages(catalogue: Catalogue, edition: str) -> Iterator[Entry]:
    """Yield the entry of every passage of an edition."""
    served = catalogue.served(edition)
    for articles, texts in _batches(catalogue, edition):
        for passage in served.passages_of(articles):
            article = articles[passage.article_id]
            yield passage_entry(passage.id, article, passage.span.of(texts[article.id]))


def all_statements(catalogue: Catalogue, edition: str, rules: Rules) -> Iterator[Entry]:
    """Yield the entry of every statement of an edition."""
    served = catalogue.served(edition)
    for articles, texts in _batches(catalogue, edition):
        yield from statement_entries(served.statements_of(articles), articles, texts, rules)


def _batches(catalogue: Catalogue, edition: str) -> Iterator[tuple[dict[str, ArticleRecord], dict[str, str]]]:
    served, ids = catalogue.served(edition), list(catalogue.iterate_ids())
    for at in range(0, len(ids), _AT_ONCE):
        some = ids[at : at + _AT_ONCE]
        yield served.articles(some, None), served.texts(some)


def _fields(text: str, statement: Statement, speakers: SpeakerCorrections) -> dict[str, str]:
    """Return the fields of a statement; its speaker may also be asked for as this sentence names him or her."""
    return {
        "speaker": " ".join([asked_for(statement.speaker, speakers), *(span.of(text) for span in statement.source)]),
        "via": " ".join(asked_for(via, speakers) for via in statement.via),
        "content": " ".join(span.of(text) for span in statement.content),
    }
