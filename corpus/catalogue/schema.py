"""The catalogue's tables.

`day_first` and `day_last` are proleptic ordinals (``date.toordinal``) of the first and last day that
`published` can mean, so that a partial date takes part in range filters; both null when undated. Times are ISO 8601
in UTC. An *edition* is one index made from the catalogue: passages and statements belong to one, so that an index can
be rebuilt beside the one that serves, and several homes can share a catalogue.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
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
    Column("collection", String, nullable=False),
    Column("root", String, nullable=False),  # the folder that was named; "" where `path` is a URL
    Column("path", String, nullable=False),
    Column("record", String, nullable=False),
    Column("url", String),
    Column("current", Integer, nullable=False),
    Column("replaced", Boolean, nullable=False, default=False),  # its place was found to hold another article
    # each put looks an article up by these; an index of collections alone would tempt a planner to scan one
    Index("ix_articles_place", "path", "record", "collection"),
    Index("ix_articles_url", "url", "collection"),
)

# URLs that dissimilar files of one run claimed: they name none of them.
DISPUTED = Table(
    "disputed",
    METADATA,
    Column("collection", String, primary_key=True),
    Column("url", String, primary_key=True),
)

# Which articles the run under way gave a URL, or did not give one that another has. Empty when no run is under way;
# one that was killed still is.
CLAIMED = Table(
    "claimed",
    METADATA,
    Column("collection", String, primary_key=True),
    Column("url", String, primary_key=True),
    Column("article_id", String(16), primary_key=True),
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
    Column("seen_at", String, nullable=False),  # when this text was last met, to the day
    Column("changed_after", String),  # the last change of the text lies between these two
    Column("changed_before", String),
    Column("corrections", JSON, nullable=False),  # spans of the publisher's own notices in the text
)

EDITIONS = Table(
    "editions",
    METADATA,
    Column("name", String(32), primary_key=True),
    Column("generation", Integer, nullable=False),  # goes up with every change, so that readers look again
    Column("published", Integer, nullable=False),  # the generation that the stores must have reached
)

INDEXED = Table(
    "indexed",
    METADATA,
    Column("edition", ForeignKey("editions.name"), primary_key=True),
    Column("article_id", ForeignKey("articles.id"), primary_key=True, index=True),
    Column("version", Integer, nullable=False),
    Column("stale", Boolean, nullable=False),  # what is put before its passages has changed since
)

PASSAGES = Table(
    "passages",
    METADATA,
    Column("edition", ForeignKey("editions.name"), primary_key=True),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("article_id", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    ForeignKeyConstraint(["article_id", "version"], ["versions.article_id", "versions.number"]),
    Index("ix_passages_article", "article_id", "edition"),
)

STATEMENTS = Table(
    "statements",
    METADATA,
    Column("edition", ForeignKey("editions.name"), primary_key=True),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("article_id", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("spans", JSON, nullable=False),
    Column("established", Boolean, nullable=False),
    Column("name", String),
    Column("role", String),
    Column("affiliation", String),
    Column("via", JSON, nullable=False),
    Column("said", String),
    ForeignKeyConstraint(["article_id", "version"], ["versions.article_id", "versions.number"]),
    Index("ix_statements_article", "article_id", "edition"),
)

# Passages and statements that an edition no longer has, but its stores may: they go with the next generation.
# The kind ERASED, with the id 0, says that some of them were removed by hand, and must leave the stores' files too.
ERASED = "erased"
GONE = Table(
    "gone",
    METADATA,
    Column("edition", ForeignKey("editions.name"), primary_key=True),
    Column("kind", String, primary_key=True),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
)

# What a person removed: enough to know it again, and a later form of it (`likeness.Outline`); none of its words.
TOMBSTONES = Table(
    "tombstones",
    METADATA,
    Column("article_id", String(16), primary_key=True),
    Column("collection", String, nullable=False),
    Column("root", String, nullable=False),
    Column("path", String, nullable=False),
    Column("record", String, nullable=False),
    Column("url", String),
    Column("text_hash", String(64), nullable=False, index=True),
    Column("outline", JSON, nullable=False),
    Column("removed_at", String, nullable=False),
)

# Copies: each article's normalised text by its hash; bands by which near ones are found; the pairs that are near.
SIGNATURES = Table(
    "signatures",
    METADATA,
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("exact", String(64), nullable=False, index=True),
)
BANDS = Table(
    "bands",
    METADATA,
    Column("band", BigInteger, primary_key=True, autoincrement=False),
    Column("exact", String(64), primary_key=True, index=True),
)
NEAR = Table(
    "near",
    METADATA,
    Column("one", String(64), primary_key=True),
    Column("other", String(64), primary_key=True, index=True),
)

FEEDS = Table(
    "feeds",
    METADATA,
    Column("url", String, primary_key=True),
    Column("collection", String, nullable=False),
    Column("title", String),
    Column("outlet", String),
    Column("added_at", String, nullable=False),
    Column("etag", String),
    Column("modified", String),
    Column("tried_at", String),
    Column("succeeded_at", String),
    Column("problem", String),
    Column("every_seconds", Integer),
)
FEED_ITEMS = Table(
    "feed_items",
    METADATA,
    Column("feed_url", String, primary_key=True),
    Column("key", String, primary_key=True),  # the item's own id, else its link
    Column("link", String, nullable=False),
    Column("updated", String),
    Column("etag", String),
    Column("modified", String),
    Column("fetched_at", String, nullable=False),
    Column("article_id", String(16)),
    Column("problem", String),
)
