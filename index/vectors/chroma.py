"""Vectors in Chroma: embedded in a folder, or a server by URL."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
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
from index.vectors import Spare, Vectors
from index.vectors.turns import Turns

_NAME, _DATABASE = "whosaid", "chroma.sqlite3"  # in a folder
_ROOM = 1_000_000  # bytes, more than opening takes
_TRIES, _PAUSE = 5, 0.2  # seconds
_AT_ONCE = 4096  # below Chroma's own limit of 5,461 records a call
# ef bounds recall and must not be below the number of neighbours asked for
_HNSW: CreateCollectionConfiguration = {
    "hnsw": {"space": "cosine", "ef_search": 300, "ef_construction": 150, "max_neighbors": 24}
}


class ChromaVectors:
    """A Chroma collection without documents or metadata: ids and vectors only.

    In a folder, several processes take turns (see `index.vectors.turns`). One that only searches has everything in
    memory once it is open, so that others may write, or delete the folder, meanwhile.
    """

    def __init__(
        self, folder: Path, name: str, url: str | None = None, *, make: bool = True, spare: Spare | None = None
    ) -> None:
        """Open the collection `name` on the server at `url`, or, without one, the store in `folder`.

        With `make` it is made if need be, and filled anew from `spare` when it was left half written; without, it is
        only searched, in such a case exactly, through what `spare` gives.

        Raises:
            StaleIndexError: the folder or the server cannot be opened; every method raises it, too.
        """
        self._folder, self._name, self._url = folder, name if url else _NAME, url
        self._turns = None if url else Turns(folder)
        self._exact: tuple[Sequence[int], Vectors] | None = None
        self._spare = None if make or url else spare
        with self._mapped("open"):
            if not make and url is None and not (folder / _DATABASE).is_file():
                raise FileNotFoundError(f"there is no {_DATABASE}")
            self._begin(make, spare)

    def _begin(self, make: bool, spare: Spare | None) -> None:
        """Open the collection; one that only searches tries again, and where nothing can be written does without."""
        for left in reversed(range(1 if make or self._url is not None else _TRIES)):
            try:
                with self._alone():
                    self._open(make, spare)
                return
            except (ChromaError, OSError):
                if make or spare is None or self._url is not None:
                    raise
                if _no_room(self._folder):
                    self._exact = spare()  # Chroma writes as it opens, where one that searches has nothing to write
                    return
                if not left:
                    raise
            time.sleep(_PAUSE)  # another's Chroma may still be writing its graph, after the call that made it

    def _open(self, make: bool, spare: Spare | None) -> None:
        if self._turns is not None and self._turns.unfinished():
            ids, vectors = spare() if spare is not None else ((), np.zeros((0, 1), np.float32))
            if not make:
                self._exact = ids, vectors
                return
            self._refill(ids, vectors)
            self._turns.finished()
            return
        self._client = self._connected()
        if make:
            self._collection = self._opened()
        else:
            self._collection = self._client.get_collection(self._name, embedding_function=None)
            self._warm()

    def _warm(self) -> None:
        """Read the graph into memory, which Chroma else does at the first search, when it may be gone."""
        dimension = self._collection.get_model().dimension
        if self._url is None and dimension:
            some = np.full((1, dimension), dimension**-0.5, np.float32)
            self._collection.query(query_embeddings=some, n_results=1, include=["distances"])

    def _opened(self) -> Collection:
        return self._client.get_or_create_collection(self._name, embedding_function=None, configuration=_HNSW)

    def _alone(self) -> AbstractContextManager[None]:
        return nullcontext() if self._turns is None else self._turns.taken()

    def _writing(self) -> AbstractContextManager[None]:
        return nullcontext() if self._turns is None else self._turns.writing()

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
                f"could not {what} the vector store {self._url or self._folder}: {error}; check that it is there "
                "and that the disk has room, or build it anew with `whosaid ingest --rebuild`"
            ) from error

    def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        """See `VectorIndex.add`."""
        if len(ids):
            with self._mapped("write to"), self._writing():
                self._add(ids, vectors)

    def _add(self, ids: Sequence[int], vectors: Vectors) -> None:
        for at in range(0, len(ids), _AT_ONCE):
            some = [str(i) for i in ids[at : at + _AT_ONCE]]
            self._collection.upsert(ids=some, embeddings=vectors[at : at + _AT_ONCE])

    def delete(self, ids: Sequence[int]) -> None:
        """See `VectorIndex.delete`."""
        if not ids:
            return
        with self._mapped("write to"), self._writing():
            for at in range(0, len(ids), _AT_ONCE):
                self._collection.delete(ids=[str(i) for i in ids[at : at + _AT_ONCE]])

    def query(self, vector: Vectors, limit: int) -> list[tuple[int, float]]:
        """See `VectorIndex.query`."""
        if self._exact is not None:
            return _nearest(*self._exact, vector, limit)
        with self._mapped("search"):
            try:
                found = self._collection.query(
                    query_embeddings=np.asarray(vector)[None, :], n_results=limit, include=["distances"]
                )
            except ChromaError:
                if self._spare is None:
                    raise
                self._exact = self._spare()  # it went to the disk after all, where another is writing
                return _nearest(*self._exact, vector, limit)
        distances = (found["distances"] or [[]])[0]
        return [(int(i), 1.0 - float(d)) for i, d in zip(found["ids"][0], distances, strict=True)]

    def count(self) -> int:
        """See `VectorIndex.count`."""
        if self._exact is not None:
            return len(self._exact[0])
        with self._mapped("read"):
            return int(self._collection.count())

    def clear(self) -> None:
        """See `VectorIndex.clear`."""
        with self._mapped("clear"), self._writing():
            with suppress(NotFoundError):  # gone is what it is to be
                self._client.delete_collection(self._name)
            self._collection = self._opened()

    def refill(self, ids: Sequence[int], vectors: Vectors) -> None:
        """See `VectorIndex.refill`."""
        with self._mapped("write to"), self._writing():
            self._refill(ids, vectors)

    def _refill(self, ids: Sequence[int], vectors: Vectors) -> None:
        if self._url is None:
            shutil.rmtree(self._folder, ignore_errors=True)  # what a writer left who died may not even open
            self._client = self._connected()
        else:
            with suppress(NotFoundError):
                self._client.delete_collection(self._name)
        self._collection = self._opened()
        self._add(ids, vectors)

    def drop(self) -> None:
        """Delete the collection; nothing but `close` may follow."""
        with self._mapped("clear"), self._writing(), suppress(NotFoundError):
            self._client.delete_collection(self._name)

    def close(self) -> None:
        """See `VectorIndex.close`."""
        if self._url is None:
            return  # its close would stop whatever else in this process has the folder open by now
        admin = getattr(self._client, "_admin_client", None)
        sessions = [getattr(getattr(client, "_server", None), "_session", None) for client in (self._client, admin)]
        for session in filter(None, sessions):  # which Chroma itself never closes
            session.close()


def _no_room(folder: Path) -> bool:
    """Tell whether nothing can be written in a folder: its disk is full, or read-only."""
    return shutil.disk_usage(folder).free < _ROOM or not os.access(folder, os.W_OK)


def _nearest(ids: Sequence[int], vectors: Vectors, vector: Vectors, limit: int) -> list[tuple[int, float]]:
    """Return the ids of the nearest vectors by looking at all."""
    if not len(ids):
        return []
    cosines = vectors @ vector
    best = np.argsort(-cosines)[:limit]
    return [(int(ids[i]), float(cosines[i])) for i in best]
