"""The seam behind which passage vectors are kept: Chroma, or any LlamaIndex vector store by setting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

Vectors = np.ndarray[Any, np.dtype[np.float32]]
Spare = Callable[[], tuple[Sequence[int], Vectors]]
"""Gives all ids and vectors anew, from elsewhere: as near to those that were stored as matters to a search."""


class VectorIndex(Protocol):
    """Unit vectors by passage id, found by cosine similarity. One writer at a time."""

    def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Store one vector (a row) for each id; an id that is there already is overwritten."""

    def delete(self, ids: Sequence[int]) -> None:
        """Forget these ids; unknown ones are no error."""

    def query(self, vector: Vectors, limit: int) -> list[tuple[int, float]]:
        """Return at most `limit` ids, nearest by cosine first, each with how near it is.

        That is the cosine, or, with a LlamaIndex store, the store's own measure of it.
        """

    def count(self) -> int | None:
        """Return the number of stored vectors; None where the store cannot tell."""

    def clear(self) -> None:
        """Forget everything."""

    def refill(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Hold these and nothing else."""

    def close(self) -> None:
        """Give back what is held open; nothing else may follow."""


def open_vectors(where: str, folder: Path, name: str, *, make: bool = True, spare: Spare | None = None) -> VectorIndex:
    """Open the vector index that the setting names.

    Args:
        where: ``chroma`` (embedded, in `folder`), ``http(s)://host:port`` (a Chroma server), or
            ``module:Class`` of a LlamaIndex vector store, with arguments as a query string
            (``llama_index.vector_stores.qdrant:QdrantVectorStore?url=...&collection_name=...``).
        folder: where an embedded index lives.
        name: the collection's name, which tells one index from another on a server they share; a LlamaIndex
            store has it from its own arguments.
        make: whether it is to be written, and made if need be; else it is only searched, and sees what was
            there when it was opened.
        spare: where vectors are had from when those of an embedded index were left half written.

    Raises:
        UsageError: the setting has none of these forms.
        StaleIndexError: the store cannot be opened.
    """
    from corpus.errors import UsageError

    if where == "chroma" or where.startswith(("http://", "https://")):
        from index.vectors.chroma import ChromaVectors

        return ChromaVectors(folder, name, None if where == "chroma" else where, make=make, spare=spare)
    if ":" in where:
        from index.vectors.llamaindex import open_store

        return open_store(where)
    raise UsageError(
        f"the setting vectors = {where!r} names no vector store: write chroma, the http:// URL of a Chroma "
        "server, or module:Class of a LlamaIndex vector store"
    )


def drop_vectors(where: str, folder: Path, name: str) -> None:
    """Delete the vectors `name` from the store that the setting names, for good; see `open_vectors`.

    An embedded store goes with its folder. A LlamaIndex store is shared by an index and the one that replaces it.
    """
    if where.startswith(("http://", "https://")):
        from index.vectors.chroma import ChromaVectors

        vectors = ChromaVectors(folder, name, where)
        vectors.drop()
        vectors.close()
