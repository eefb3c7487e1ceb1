"""What the catalogue hands out: plain records, free of the database."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Literal

from corpus.model import PartialDate, Span, Speaker, Statement

_OF_RECORDS = ("jsonl", "json", "csv")  # the loaders whose records may have ids
_NUMBER = re.compile(r"\d+|.* \((?:line|row|article) \d+\)", re.DOTALL)

ChangeKind = Literal["new", "changed", "updated", "unchanged", "removed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What putting a document did: a new article, a new version of its text, new metadata, nothing.

    "removed" is an article that a person had removed before: nothing was stored, and `version` is 0.
    """

    kind: ChangeKind
    article_id: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a document came from; `record` names it inside a file of several.

    `root` is the folder that was named and `path` the file below it; from the web, `root` is "" and `path` the URL.
    """

    collection: str
    root: str
    path: str
    record: str
    raw_hash: str
    loader: str
    loader_version: int

    @property
    def file(self) -> str:
        """The path of the file: the same whether its folder was named, one above it, or it alone."""
        return place(self.root, self.path)

    @property
    def is_named(self) -> bool:
        """Whether the record has a name of its own in its file; see `is_name`."""
        return is_name(self.record, self.loader)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleRecord:
    """One version of an article with everything known of it, save its text.

    `changed_after` and `changed_before` are the times between which the text last changed, both None where
    it never did; `corrections` are the spans of the publisher's own notices of correction. `replaced` says that where
    it was read another article is read by now.
    """

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
    seen_at: str
    changed_after: str | None
    changed_before: str | None
    corrections: tuple[Span, ...]
    replaced: bool = False

    @property
    def file(self) -> str:
        """Where the article was read: the file's path or the URL, with ``#record`` for one of several."""
        path = place(self.root, self.path)
        return f"{path}#{self.record}" if self.record else path

    @property
    def where(self) -> str:
        """The file as its folder knows it: relative, with ``#record`` for one of several."""
        return f"{self.path}#{self.record}" if self.record else self.path


@dataclass(frozen=True, slots=True)
class PassageRecord:
    """A passage of the version of an article that an edition serves."""

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
    """A statement of the version of an article that an edition serves."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """An article that a person removed, without anything of what it said."""

    article_id: str
    collection: str
    root: str
    path: str
    record: str
    url: str | None
    removed_at: str

    @property
    def where(self) -> str:
        """Where it had been read, and the URL that it had."""
        path = f"{self.path}#{self.record}" if self.record else self.path
        return path if self.url in (None, self.path) else f"{path}, {self.url}"


def place(root: str, path: str) -> str:
    """Return the whole path of a file, or the URL as it is."""
    return str(PurePath(root, path)) if root else path


def is_name(record: str, loader: str) -> bool:
    """Tell whether what a record is called is its id or URL: neither its number in the file nor a path in an archive.

    An id that is a number counts for none: tables number their rows anew when they are written.
    """
    return loader in _OF_RECORDS and bool(record) and _NUMBER.fullmatch(record.rsplit("#", 1)[-1]) is None


def paths_of(origin: Origin) -> list[str]:
    """Return every `path` that the place of `origin` may be known by, as its folder was named; longest first."""
    if not origin.root:
        return [origin.path]
    parts = origin.file.split("/")
    return ["/".join(parts[at:]) for at in range(1, len(parts))]


def passage_records(article: str, version: int, spans: Sequence[Span]) -> list[PassageRecord]:
    """Return passages with their ids, which follow from what they are: the same however often they are made."""
    return [PassageRecord(_id(article, version, "passage", *span), article, version, *span) for span in spans]


def statement_records(article: str, version: int, statements: Sequence[Statement]) -> list[StatementRecord]:
    """Return statements with their ids, in the given order; see `passage_records`."""
    return [
        StatementRecord(_id(article, version, "statement", at, *s.extent), article, version, s)
        for at, s in enumerate(statements)
    ]


def _id(*parts: object) -> int:
    """Return 63 bits of a hash: a positive number for every database, store and language."""
    key = "\x1f".join(map(str, parts)).encode()
    return int.from_bytes(hashlib.sha256(key).digest()[:8], "big") >> 1


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


def article_of(row: Any) -> ArticleRecord:
    """Return the record of a row that joins an article with one of its versions."""
    return ArticleRecord(
        id=row.id,
        collection=row.collection,
        root=row.root,
        path=row.path,
        record=row.record,
        url=row.url,
        current=row.current,
        version=row.number,
        title=row.title,
        outlet=row.outlet,
        authors=tuple(row.authors),
        published=PartialDate(row.published) if row.published else None,
        updated=PartialDate(row.updated) if row.updated else None,
        date_source=row.date_source,
        language=row.language,
        raw_hash=row.raw_hash,
        loader=row.loader,
        loader_version=row.loader_version,
        retrieved_at=row.retrieved_at,
        seen_at=row.seen_at,
        changed_after=row.changed_after,
        changed_before=row.changed_before,
        corrections=tuple(Span(*pair) for pair in row.corrections),
        replaced=row.replaced,
    )
