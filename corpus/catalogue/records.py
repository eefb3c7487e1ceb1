"""What the catalogue hands out: plain records, free of the database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from corpus.model import PartialDate, Span, Speaker, Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleRecord:
    """One version of an article with everything known of it, save its text."""

    id: str
    collection: str
    root: str
    path: str
    record: str
    url: str | None
    current: int
    version: int
    title: str
    outlet: str | None
    authors: tuple[str, ...]
    published: PartialDate | None
    updated: PartialDate | None
    date_source: str | None
    language: str | None
    raw_hash: str
    loader: str
    loader_version: int
    retrieved_at: str

    @property
    def file(self) -> str:
        """Where the article was read: the file's path, with ``#record`` for one of several."""
        path = str(PurePath(self.root, self.path))
        return f"{path}#{self.record}" if self.record else path

    @property
    def where(self) -> str:
        """The file as its folder knows it: relative, with ``#record`` for one of several."""
        return f"{self.path}#{self.record}" if self.record else self.path


@dataclass(frozen=True, slots=True)
class PassageRecord:
    """A passage of an article's current version."""

    id: int
    article_id: str
    version: int
    start: int
    end: int

    @property
    def span(self) -> Span:
        """Its characters in the article's text."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class StatementRecord:
    """A statement of an article's current version."""

    id: int
    article_id: str
    version: int
    statement: Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusSummary:
    """How far the corpus (within a scope) reaches."""

    articles: int
    generation: int
    oldest: str | None
    newest: str | None


def statement_row(statement: Statement) -> dict[str, Any]:
    """Return the columns that hold `statement`."""
    speaker = statement.speaker or Speaker()
    return {
        "kind": statement.kind,
        "spans": {
            "source": [list(s) for s in statement.source],
            "cue": [list(s) for s in statement.cue],
            "content": [list(s) for s in statement.content],
        },
        "established": statement.speaker is not None,
        "name": speaker.name,
        "role": speaker.role,
        "affiliation": speaker.affiliation,
        "via": [[v.name, v.role, v.affiliation] for v in statement.via],
        "said": str(statement.said) if statement.said else None,
    }


def statement_of(row: Any) -> Statement:
    """Return the statement that a row of columns holds; the inverse of `statement_row`."""
    spans = {group: tuple(Span(*pair) for pair in pairs) for group, pairs in row.spans.items()}
    return Statement(
        kind=row.kind,
        content=spans["content"],
        source=spans["source"],
        cue=spans["cue"],
        speaker=Speaker(row.name, row.role, row.affiliation) if row.established else None,
        via=tuple(Speaker(*parts) for parts in row.via),
        said=PartialDate(row.said) if row.said else None,
    )
