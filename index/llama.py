"""Our search as a LlamaIndex retriever, for pipelines that are built of LlamaIndex's parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from corpus.errors import UsageError

try:
    from llama_index.core.base.base_retriever import BaseRetriever
    from llama_index.core.callbacks import CallbackManager
    from llama_index.core.schema import NodeRelationship, NodeWithScore, QueryBundle, RelatedNodeInfo, TextNode
except ModuleNotFoundError as error:
    raise UsageError(
        f"cannot offer the search to LlamaIndex, which is not installed ({error}): `pip install 'whosaid[llamaindex]'`"
    ) from error


class Passage(Protocol):
    """What the retriever needs of a hit; `text` is exactly the article's ``[start:end]``."""

    @property
    def article_id(self) -> str:
        """The article's id in the catalogue."""

    @property
    def title(self) -> str:
        """The article's title."""

    @property
    def url(self) -> str | None:
        """Where the article was published."""

    @property
    def path(self) -> str | None:
        """The file that the article was read from."""

    @property
    def start(self) -> int:
        """Where the passage begins in the article's text, in code points."""

    @property
    def end(self) -> int:
        """Where it ends."""

    @property
    def text(self) -> str:
        """The words of the passage."""

    @property
    def score(self) -> float:
        """How well it answers, in [0, 1] or a little above."""


Search = Callable[[str, int], Sequence[Passage]]  # question, limit

_NOT_FOR_MODELS = ["article_id", "path", "start", "end"]  # an LLM gains nothing by them


class WhosaidRetriever(BaseRetriever):  # type: ignore[misc]
    """A LlamaIndex retriever over our search: ``WhosaidRetriever(Whosaid(home).search)``.

    A node is a passage: its text verbatim, its place in the article as ``start_char_idx`` and ``end_char_idx``,
    the article as its source, title and URL among its metadata.
    """

    def __init__(self, search: Search, limit: int = 10, callback_manager: CallbackManager | None = None) -> None:
        """Offer `search`, asked for at most `limit` passages a question."""
        super().__init__(callback_manager=callback_manager)
        self._search, self._limit = search, limit

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self._search(query_bundle.query_str, self._limit)
        return [NodeWithScore(node=_node(passage), score=passage.score) for passage in found]


def _node(passage: Passage) -> TextNode:
    known = {name: getattr(passage, name) for name in ("article_id", "title", "url", "path", "start", "end")}
    return TextNode(
        id_=f"{passage.article_id}:{passage.start}-{passage.end}",
        text=passage.text,
        start_char_idx=passage.start,
        end_char_idx=passage.end,
        metadata={name: value for name, value in known.items() if value is not None},
        excluded_llm_metadata_keys=_NOT_FOR_MODELS,
        excluded_embed_metadata_keys=_NOT_FOR_MODELS,
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=passage.article_id)},
    )
