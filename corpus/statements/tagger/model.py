"""The tagger's network on ONNX Runtime: a text to scores of its word pieces, window by window."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from corpus.errors import ModelError
from corpus.sentences import sentences
from corpus.statements.tagger.heads import WINDOW, Floats, Heads, Ints

GRAPH = "model.onnx"
TOKENIZER = "tokenizer.json"

_SPECIAL = "[CLS]", "[SEP]"  # what stands first and last in a window
_TWICE = (24, 90)
"""The fewest and the most pieces that two windows share: the second one begins with a sentence, where it can."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as the network reads it, in pieces.

    `offsets` (pieces, 2) are characters; `words` (pieces,) numbers the words that the pieces make up;
    `tags` (pieces, 3, 3) are the log probabilities of outside, begin, inside for source, cue and content.
    `windows` are ranges of pieces, each with its `embeddings` (pieces of it, dimension).
    """

    offsets: Ints
    words: Ints
    tags: Floats
    windows: list[tuple[int, int]]
    embeddings: list[Floats]

    def window_of(self, begin: int, end: int) -> int:
        """Return the number of the window that shows most on both sides of a range of pieces."""
        last = self.windows[-1][1]
        return max(
            range(len(self.windows)),
            key=lambda i: min(
                begin - self.windows[i][0] if self.windows[i][0] else WINDOW,
                self.windows[i][1] - end if self.windows[i][1] < last else WINDOW,
            ),
        )


class Network:
    """The network in a folder that `evals.tagger.export` made.

    Raises:
        ModelError: the folder does not hold one.
    """

    def __init__(self, folder: Path) -> None:
        try:
            self._tokenizer = Tokenizer.from_str((folder / TOKENIZER).read_text(encoding="utf-8"))
        except Exception as error:  # the library raises nothing narrower
            raise ModelError(
                f"cannot read the statement tagger's {folder / TOKENIZER} ({error}); install again"
            ) from error
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._first, self._last = (np.array([self._tokenizer.token_to_id(mark)], np.int64) for mark in _SPECIAL)
        self.heads = Heads(folder)
        self._session = _session(folder / GRAPH)
        self._inputs = frozenset(node.name for node in self._session.get_inputs())

    def read(self, text: str) -> Reading:
        """Run the network over a whole text; a text without words has no windows."""
        found = self._tokenizer.encode(text, add_special_tokens=False)
        ids = np.array(found.ids, np.int64)
        offsets = np.array(found.offsets, np.int64).reshape(-1, 2)
        windows = _windows(len(ids), np.searchsorted(offsets[:, 0], [span.start for span in sentences(text)]))
        embeddings = [self._embed(ids[start:end]) for start, end in windows]
        return Reading(
            offsets,
            np.array(found.word_ids, np.int64),
            self._tags(windows, embeddings),
            windows,
            embeddings,
        )

    def _embed(self, ids: Ints) -> Floats:
        whole = np.concatenate((self._first, ids, self._last))[None, :]
        feeds = {"input_ids": whole, "attention_mask": np.ones_like(whole), "token_type_ids": np.zeros_like(whole)}
        feeds = {name: values for name, values in feeds.items() if name in self._inputs}
        embeddings: Floats = self._session.run(None, feeds)[0][0, 1:-1]
        return embeddings

    def _tags(self, windows: list[tuple[int, int]], embeddings: list[Floats]) -> Floats:
        """Score every piece in the window that shows most on both sides of it."""
        parts = []
        for number, ((start, end), pieces) in enumerate(zip(windows, embeddings, strict=True)):
            low = start if number == 0 else (windows[number - 1][1] + start) // 2
            high = end if number + 1 == len(windows) else (end + windows[number + 1][0]) // 2
            parts.append(self.heads.tags(pieces[low - start : high - start]))
        return log_softmax(np.concatenate(parts)) if parts else np.zeros((0, 3, 3), np.float32)


def log_softmax(scores: Floats) -> Floats:
    """Return the logarithms of the probabilities that scores stand for, over the last axis."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    found: Floats = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return found


def _windows(pieces: int, openings: Ints) -> list[tuple[int, int]]:
    """Return the ranges of pieces that are read at a time, of a text whose sentences begin at `openings`."""
    least, most = _TWICE
    found = [(0, min(WINDOW, pieces))] if pieces else []
    while found and (end := found[-1][1]) < pieces:
        latest = int(np.searchsorted(openings, end - least, side="right")) - 1
        start = max(int(openings[latest]), end - most) if latest >= 0 else end - most
        found.append((start, min(start + WINDOW, pieces)))
    return found


def _session(graph: Path) -> Any:
    """Open the graph; onnxruntime is imported here to keep other commands quick to start."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.log_severity_level = 3
    try:
        # Measured: the kernel that adds and normalises at once takes five times the time of the two that it replaces.
        return onnxruntime.InferenceSession(
            graph, options, providers=["CPUExecutionProvider"], disabled_optimizers=["SkipLayerNormFusion"]
        )
    except Exception as error:  # a dozen kinds of its own, with no common one
        raise ModelError(f"cannot open the statement tagger's {graph} ({error}); install again") from error
