"""Vectors in Chroma: embedded in a folder, or a server by URL."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import chromadb
from chromadb.api import ClientAPI
from chromadb.api.models.Collection import Collection
from chromadb.config import Settings
from chromadb.errors import ChromaError

from corpus.errors import StaleIndexError
from index.vectors import Vectors

_NAME = "whosaid-passages"
_AT_ONCE = 4096  # below Chroma's own limit of 5,461 records a call
# ef bounds recall and must not be below the number of neighbours asked for
_HNSW = {"space": "cosine", "ef_search": 300, "ef_construction": 150, "max_neighbors": 24}


class ChromaVectors:
    """A Chroma collection without documents or metadata: ids and vectors only."""

    def __init__(self, folder: Path, url: str | None = None) -> None:
        """Open the collection in `folder`, or on the server at `url`; it is made if need be."""
        self._folder, self._url = folder, url
        self._collection = self._open()

    def _client(self) -> ClientAPI:
        settings = Settings(anonymized_telemetry=False)
        if self._url is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            return chromadb.PersistentClient(path=str(self._folder), settings=settings)
        parts = urlsplit(self._url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return chromadb.HttpClient(
            host=parts.hostname or "localhost", port=port, ssl=parts.scheme == "https", settings=settings
        )

    def _open(self) -> Collection:
        try:
            return self._client().get_or_create_collection(
                _NAME,
                embedding_function=None,
                configuration={"hnsw": _HNSW},  # type: ignore[typeddict-item]
            )
        except (ChromaError, ValueError, OSError) as error:
            where = self._url or self._folder
            raise StaleIndexError(
                f"could not open the vector store {where}: {error}; check that it is there, "
                "or build it anew with `whosaid ingest --rebuild`"
            ) from error

    def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        """See `VectorIndex.add`."""
        for at in range(0, len(ids), _AT_ONCE):
            some = [str(i) for i in ids[at : at + _AT_ONCE]]
            self._collection.upsert(ids=some, embeddings=vectors[at : at + _AT_ONCE])

    def delete(self, ids: Sequence[int]) -> None:
        """See `VectorIndex.delete`."""
        for at in range(0, len(ids), _AT_ONCE):
            self._collection.delete(ids=[str(i) for i in ids[at : at + _AT_ONCE]])

    def query(self, vector: Vectors, limit: int) -> list[tuple[int, float]]:
        """See `VectorIndex.query`."""
        found = self._collection.query(
            query_embeddings=vector[None, :], n_results=limit, include=["distances"]
        )
        distances = (found["distances"] or [[]])[0]
        return [(int(i), 1.0 - float(d)) for i, d in zip(found["ids"][0], distances, strict=True)]

    def count(self) -> int:
        """See `VectorIndex.count`."""
        return int(self._collection.count())

    def clear(self) -> None:
        """See `VectorIndex.clear`."""
        self._client().delete_collection(_NAME)
        self._collection = self._open()

    def reopen(self) -> None:
        """See `VectorIndex.reopen`: an open embedded client never sees another process's vectors."""
        if self._url is None:
            from chromadb.api.shared_system_client import SharedSystemClient

            SharedSystemClient.clear_system_cache()
        self._collection = self._open()
