"""Vectors in Chroma: embedded in a folder, or a server by URL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import chromadb
import httpx
import numpy as np
from chromadb.api import ClientAPI
from chromadb.api.collection_configuration import CreateCollectionConfiguration
from chromadb.api.models.Collection import Collection
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings
from chromadb.errors import ChromaError, NotFoundError

from corpus.errors import StaleIndexError
from index.vectors import Vectors

_AT_ONCE = 4096  # below Chroma's own limit of 5,461 records a call
# ef bounds recall and must not be below the number of neighbours asked for
_HNSW: CreateCollectionConfiguration = {
    "hnsw": {"space": "cosine", "ef_search": 300, "ef_construction": 150, "max_neighbors": 24}
}


class ChromaVectors:
    """A Chroma collection without documents or metadata: ids and vectors only."""

    def __init__(self, folder: Path, name: str, url: str | None = None) -> None:
        """Open the collection `name` in `folder`, or on the server at `url`; it is made if need be.

        Raises:
            StaleIndexError: the folder or the server cannot be opened; every method raises it, too.
        """
        self._folder, self._name, self._url = folder, name, url
        with self._mapped("open"):
            self._client = self._connected()
        self._collection = self._opened()

    def _opened(self) -> Collection:
        with self._mapped("open"):
            return self._client.get_or_create_collection(self._name, embedding_function=None, configuration=_HNSW)

    def _connected(self) -> ClientAPI:
        settings = Settings(anonymized_telemetry=False)
        if self._url is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            # Chroma hands out one system a path for the life of the process; it never sees what others wrote,
            # nor that the folder was made anew.
            SharedSystemClient.clear_system_cache()
            return chromadb.PersistentClient(path=str(self._folder), settings=settings)
        parts = urlsplit(self._url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return chromadb.HttpClient(
            host=parts.hostname or "localhost", port=port, ssl=parts.scheme == "https", settings=settings
        )

    @contextmanager
    def _mapped(self, what: str) -> Iterator[None]:
        try:
            yield
        except (ChromaError, httpx.HTTPError, ValueError, OSError) as error:
            raise StaleIndexError(
                f"could not {what} the vector store {self._url or self._folder}: {error}; check that it is there, "
                "or build it anew with `whosaid ingest --rebuild`"
            ) from error

    def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        """See `VectorIndex.add`."""
        with self._mapped("write to"):
            for at in range(0, len(ids), _AT_ONCE):
                some = [str(i) for i in ids[at : at + _AT_ONCE]]
                self._collection.upsert(ids=some, embeddings=vectors[at : at + _AT_ONCE])

    def delete(self, ids: Sequence[int]) -> None:
        """See `VectorIndex.delete`."""
        with self._mapped("write to"):
            for at in range(0, len(ids), _AT_ONCE):
                self._collection.delete(ids=[str(i) for i in ids[at : at + _AT_ONCE]])

    def query(self, vector: Vectors, limit: int) -> list[tuple[int, float]]:
        """See `VectorIndex.query`."""
        with self._mapped("search"):
            found = self._collection.query(
                query_embeddings=np.asarray(vector)[None, :], n_results=limit, include=["distances"]
            )
        distances = (found["distances"] or [[]])[0]
        return [(int(i), 1.0 - float(d)) for i, d in zip(found["ids"][0], distances, strict=True)]

    def count(self) -> int:
        """See `VectorIndex.count`."""
        with self._mapped("read"):
            return int(self._collection.count())

    def clear(self) -> None:
        """See `VectorIndex.clear`."""
        with self._mapped("clear"), suppress(NotFoundError):  # gone is what it is to be
            self._client.delete_collection(self._name)
        self._collection = self._opened()

    def reopen(self) -> None:
        """See `VectorIndex.reopen`: an open embedded client never sees another process's vectors."""
        if self._url is None:
            with self._mapped("open"):
                self._client = self._connected()
        self._collection = self._opened()

    def close(self) -> None:
        """See `VectorIndex.close`."""
        if self._url is None:
            return  # its close would stop whatever else in this process has the folder open by now
        admin = getattr(self._client, "_admin_client", None)
        sessions = [getattr(getattr(client, "_server", None), "_session", None) for client in (self._client, admin)]
        for session in filter(None, sessions):  # which Chroma itself never closes
            session.close()
