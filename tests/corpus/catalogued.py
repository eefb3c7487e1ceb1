"""Documents and places for the catalogue's tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from corpus.catalogue import Origin
from corpus.model import Document, PartialDate

PARIS = Document(
    text="“We will not wait,” the minister said.\n\nShe spoke in Zürich 🗞.",
    title="Minister speaks",
    outlet="The Gazette",
    authors=("Ana Ruiz", "B. Okoro"),
    published=PartialDate("2023-03-23"),
    date_source="front matter",
    language="en",
)

NO_FOLDER = "/nowhere/news"
"""A folder that does not exist: what was read there is gone."""


def origin(path: str = "a.txt", root: str = NO_FOLDER, collection: str = "default", **more: Any) -> Origin:
    """Where a document was read; `record`, `raw_hash`, `loader` and `loader_version` may be given too."""
    known: dict[str, Any] = {"record": "", "raw_hash": "0" * 64, "loader": "text", "loader_version": 1, **more}
    return Origin(collection=collection, root=root, path=path, **known)


def but(document: Document = PARIS, **changes: Any) -> Document:
    """The document with other fields."""
    return replace(document, **changes)
