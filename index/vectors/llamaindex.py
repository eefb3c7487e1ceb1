"""Vectors in any LlamaIndex vector store (Qdrant, Milvus, pgvector, ...), named in the settings."""

from __future__ import annotations

import importlib
import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl

from corpus.errors import UsageError
from index.vectors import Vectors

_AT_ONCE = 1000


def open_store(where: str) -> LlamaIndexVectors:
    """Open ``module:Class?argument=value&...``; whole numbers, ``true`` and ``false`` are passed as such.

    Raises:
        UsageError: the class cannot be imported or refuses the arguments.
    """
    module, _, rest = where.partition(":")
    name, _, query = rest.partition("?")
    try:
        store = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        package = module.replace("_", "-").replace(".", "-")
        raise UsageError(
            f"the setting vectors names {where!r}, which cannot be imported ({error}): "
            f"`pip install 'whosaid[llamaindex]' {package}`"
        ) from error
    try:
        return LlamaIndexVectors(store(**{key: _argument(value) for key, value in parse_qsl(query)}))
    except (TypeError, ValueError) as error:
        raise UsageError(
            f"the vector store {module}:{name} refused its arguments {query!r}: {error}; see its page"
        ) from error


class LlamaIndexVectors:
    """A LlamaIndex vector store seen as a `VectorIndex`: one text-less node a passage."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        """See `VectorIndex.add`."""
        from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode

        self.delete(ids)  # a store's own add may keep both of two nodes with one id
        nodes = [
            TextNode(
                id_=_node_id(i),
                text=str(i),  # some stores refuse an empty text
                embedding=vector.tolist(),
                relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=_node_id(i))},
            )
            for i, vector in zip(ids, vectors, strict=True)
        ]
        for at in range(0, len(nodes), _AT_ONCE):
            self._store.add(nodes[at : at + _AT_ONCE])

    def delete(self, ids: Sequence[int]) -> None:
        """See `VectorIndex.delete`."""
        for i in ids:  # each node is its own source document: every store can delete by that
            self._store.delete(_node_id(i))

    def query(self, vector: Vectors, limit: int) -> list[tuple[int, float]]:
        """See `VectorIndex.query`."""
        from llama_index.core.vector_stores import VectorStoreQuery

        found = self._store.query(VectorStoreQuery(query_embedding=vector.tolist(), similarity_top_k=limit))
        ids = found.ids or [node.node_id for node in found.nodes or []]
        return [(int(i.rsplit("-", 1)[1]), float(s)) for i, s in zip(ids, found.similarities or [], strict=True)]

    def count(self) -> None:
        """See `VectorIndex.count`: LlamaIndex has no question for it."""
        return None

    def clear(self) -> None:
        """See `VectorIndex.clear`."""
        with suppress(ValueError):  # Chroma's refuses to clear what is empty; of others, a left-over id harms nobody
            self._store.clear()

    def refill(self, ids: Sequence[int], vectors: Vectors) -> None:
        """See `VectorIndex.refill`."""
        self.clear()
        self.add(ids, vectors)

    def close(self) -> None:
        """See `VectorIndex.close`: LlamaIndex has no call for it."""


def _argument(value: str) -> str | int | bool:
    if value in ("true", "false"):
        return value == "true"
    return int(value) if re.fullmatch(r"-?\d{1,18}", value) else value


def _node_id(passage: int) -> str:
    return f"whosaid-passage-{passage}"
