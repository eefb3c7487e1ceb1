"""The encoder that answers questions: a compiled model on ONNX Runtime, tokenizers and numpy alone."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.errors import ModelError
from index.embedding.encoder import PassageInput, PassageVectors, Vectors
from index.embedding.manifest import Manifest
from index.embedding.pooling import pooled, sentence_means, sentence_vectors
from index.embedding.tokens import TokenizedPassage, Tokens

GRAPH = "model.onnx"
TOKENIZER = "tokenizer.json"
_ALL_CORES = 0


class OnnxEncoder:
    """An `Encoder` on ONNX Runtime.

    Each text is a run of its own. Measured on two cores with 230-token passages, batches of 1, 2, 4, 8
    and 16 encode 110, 114, 107, 99 and 98 passages a second: a batch only adds padding. A run of its own
    also frees int8 vectors from what would otherwise share their quantisation range, so the same text has
    the same vector wherever it stands. Runs go side by side, one a core; none waits for another.
    """

    reason: str | None = None

    def __init__(self, folder: Path, manifest: Manifest, threads: int = _ALL_CORES) -> None:
        self.name = manifest.name
        self.fingerprint = manifest.fingerprint
        self.runtime = manifest.runtime
        self.dimension = manifest.dimension
        self.max_tokens = manifest.max_tokens
        self._pooling = manifest.pooling
        try:
            tokenizer_json = (folder / TOKENIZER).read_text(encoding="utf-8")
        except OSError as error:
            raise ModelError(
                f"cannot read the tokenizer of the compiled model in {folder} ({error}); build the index again"
            ) from error
        self._tokens = Tokens(tokenizer_json, manifest.max_tokens, manifest.prefixes)
        self._session = _session(folder / GRAPH)
        self._workers = ThreadPoolExecutor(threads or os.cpu_count() or 1)
        self._inputs = frozenset(node.name for node in self._session.get_inputs())

    def count_tokens(self, text: str) -> int:
        """Count the tokens of `text` without special tokens."""
        return self._tokens.count(text)

    def token_offsets(self, text: str) -> list[tuple[int, int]]:
        """Return where each token of `text` is, without special tokens."""
        return self._tokens.offsets(text)

    def passage_tokens(self, header: str, bodies: Sequence[str]) -> list[int]:
        """Count the tokens of passages as they are embedded."""
        return self._tokens.passage_lengths(header, bodies)

    def encode_question(self, text: str) -> Vectors:
        """Return the unit vector of a question."""
        return pooled(self._run(*self._tokens.question(text)), self._pooling)

    def encode_passages(self, passages: Sequence[PassageInput]) -> list[PassageVectors]:
        """Return the vectors of passages; ModelError when one is over `max_tokens`."""
        return list(self._workers.map(self._passage, self._tokens.passages(passages)))

    def _passage(self, passage: TokenizedPassage) -> PassageVectors:
        embeddings = self._run(passage.ids, passage.type_ids)
        vector = pooled(embeddings, self._pooling)
        means = sentence_means(embeddings, passage.sentence_tokens)
        return PassageVectors(vector, sentence_vectors(means, vector))

    def _run(self, ids: npt.NDArray[np.int64], type_ids: npt.NDArray[np.int64]) -> Vectors:
        feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": type_ids}
        feeds = {name: values[None, :] for name, values in feeds.items() if name in self._inputs}
        embeddings: Vectors = self._session.run(None, feeds)[0][0]
        return embeddings


def _session(graph: Path) -> Any:
    """Open the graph; onnxruntime is imported here to keep other commands quick to start."""
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as native

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.log_severity_level = 3
    refusals = (
        native.Fail, native.InvalidArgument, native.InvalidGraph, native.InvalidProtobuf,
        native.NoSuchFile, native.NotImplemented, native.RuntimeException,
    )  # fmt: skip
    try:
        # Measured: the kernel that adds and normalises at once takes five times the time of the two that it replaces,
        # and an eighth of the whole.
        return onnxruntime.InferenceSession(
            graph, options, providers=["CPUExecutionProvider"], disabled_optimizers=["SkipLayerNormFusion"]
        )
    except refusals as error:
        raise ModelError(f"cannot open the compiled model {graph} ({error}); build the index again") from error
