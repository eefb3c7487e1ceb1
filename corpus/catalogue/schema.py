"""The catalogue's tables.

`day_first` and `day_last` are proleptic ordinals (``date.toordinal``) of the first and last day that
`published` can mean, so that a partial date takes part in range filters; both null when undated.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

METADATA = MetaData()

META = Table(
    "meta",
    METADATA,
    Column("key", String, primary_key=True),
    Column("value", String, nullable=False),
)

ARTICLES = Table(
    "articles",
    METADATA,
    Column("id", String(16), primary_key=True),
    Column("collection", String, nullable=False, index=True),
    Column("root", String, nullable=False),
    Column("path", String, nullable=False, index=True),
    Column("record", String, nullable=False),
    Column("url", String, index=True),
    Column("current", Integer, nullable=False),
)

VERSIONS = Table(
    "versions",
    METADATA,
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("title", Text, nullable=False),
    Column("outlet", String),
    Column("authors", JSON, nullable=False),
    Column("published", String),
    Column("updated", String),
    Column("day_first", Integer),
    Column("day_last", Integer),
    Column("date_source", String),
    Column("language", String),
    Column("text", Text, nullable=False),
    Column("text_hash", String(64), nullable=False),
    Column("raw_hash", String(64), nullable=False),
    Column("loader", String, nullable=False),
    Column("loader_version", Integer, nullable=False),
    Column("retrieved_at", String, nullable=False),
    Column("indexed", Boolean, nullable=False),
)
Index("ix_versions_pending", VERSIONS.c.indexed)

PASSAGES = Table(
    "passages",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("article_id", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    ForeignKeyConstraint(["article_id", "version"], ["versions.article_id", "versions.number"]),
    Index("ix_passages_article", "article_id", "version"),
    sqlite_autoincrement=True,  # an id is never used again: an index may still hold the old one
)

# Passages that are gone from the catalogue but perhaps not yet from the index: a run that is killed between
# the two leaves them here for the next.
GONE = Table("gone", METADATA, Column("passage_id", Integer, primary_key=True, autoincrement=False))

STATEMENTS = Table(
    "statements",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("article_id", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("spans", JSON, nullable=False),
    Column("established", Boolean, nullable=False),
    Column("name", String),
    Column("role", String),
    Column("affiliation", String),
    Column("via", JSON, nullable=False),
    Column("said", String),
    ForeignKeyConstraint(["article_id", "version"], ["versions.article_id", "versions.number"]),
    Index("ix_statements_article", "article_id", "version"),
    sqlite_autoincrement=True,
)
