"""The network that is trained: the embedding model's transformer and two small heads (torch).

One head tags pieces as source, cue and content (begin, inside, outside, each part for itself). The other
tells for a cue and a piece whether the piece is of that cue's source, its content or neither: a layer over
the sum of the cue's mean embedding, the piece's, their distance and a narrow product of both, which is a
low-rank form of the biaffine scorer of Dozat and Manning, "Deep Biaffine Attention for Neural Dependency
Parsing", ICLR 2017. `corpus.statements.tagger.heads` computes the same in numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from corpus.statements.tagger.heads import REACH, distances
from evals.tagger.examples import Window

_HIDDEN = 256
_NARROW = 64
_PAIR_WEIGHT = 0.5


class Heads(torch.nn.Module):  # type: ignore[misc]
    """The two heads on embeddings of `dimension` numbers."""

    def __init__(self, dimension: int) -> None:
        super().__init__()
        self.tag = torch.nn.Linear(dimension, 9)
        self.cue = torch.nn.Linear(dimension, _HIDDEN)
        self.piece = torch.nn.Linear(dimension, _HIDDEN, bias=False)
        self.narrow_cue = torch.nn.Linear(dimension, _NARROW, bias=False)
        self.narrow_piece = torch.nn.Linear(dimension, _NARROW, bias=False)
        self.product = torch.nn.Linear(_NARROW, _HIDDEN, bias=False)
        self.distance = torch.nn.Embedding(2 * REACH + 1, _HIDDEN)
        self.label = torch.nn.Linear(_HIDDEN, 3)
        torch.nn.init.normal_(self.distance.weight, std=0.02)

    def belonging(self, embeddings: Any, rows: Any, mask: Any, away: Any) -> Any:
        """Return scores (cues, pieces, 3).

        Args:
            embeddings: of the windows, (windows, pieces, dimension).
            rows: the window of each cue, (cues,).
            mask: which pieces are the cue, as weights that add up to 1, (cues, pieces).
            away: the distance embedding of each piece, (cues, pieces).
        """
        cue = torch.bmm(mask[:, None, :], embeddings[rows])[:, 0]
        product = self.narrow_cue(cue)[:, None, :] * self.narrow_piece(embeddings)[rows]
        hidden = self.cue(cue)[:, None, :] + self.piece(embeddings)[rows] + self.distance(away) + self.product(product)
        return self.label(torch.relu(hidden))


def loss(transformer: Any, heads: Heads, batch: Sequence[Window], special: tuple[int, int]) -> Any:
    """Return the loss of a batch: cross entropy of tags and of belonging, per piece.

    Args:
        transformer: the embedding model's transformer.
        heads: the heads.
        batch: windows.
        special: the ids that stand first and last in what the transformer reads.
    """
    width = max(window.end - window.start for window in batch)
    ids = torch.zeros(len(batch), width + 2, dtype=torch.long)
    attention = torch.zeros(len(batch), width + 2, dtype=torch.long)
    tags = torch.full((len(batch), width, 3), -100, dtype=torch.long)
    for row, window in enumerate(batch):
        length = window.end - window.start
        ids[row, : length + 2] = torch.tensor(
            [special[0], *window.example.ids[window.start : window.end].tolist(), special[1]]
        )
        attention[row, : length + 2] = 1
        tags[row, :length] = torch.from_numpy(window.example.tags[window.start : window.end])
    with torch.autocast("cpu", torch.bfloat16):
        embeddings = transformer(input_ids=ids, attention_mask=attention).last_hidden_state
    embeddings = embeddings.float()[:, 1:-1]
    count = int(attention.sum()) - 2 * len(batch)
    entropy = torch.nn.functional.cross_entropy
    total = entropy(heads.tag(embeddings).reshape(-1, 3), tags.reshape(-1), reduction="sum") / count
    pairs = _pairs(batch, width)
    if pairs is not None:
        rows, mask, away, labels = pairs
        scores = heads.belonging(embeddings, rows, mask, away)
        total = total + _PAIR_WEIGHT * entropy(scores.reshape(-1, 3), labels.reshape(-1), reduction="sum") / count
    return total


def _pairs(batch: Sequence[Window], width: int) -> tuple[Any, Any, Any, Any] | None:
    rows, ranges, labels = [], [], []
    for row, window in enumerate(batch):
        for (begin, end), marks in zip(window.example.cues, window.example.labels, strict=True):
            if window.start <= begin and end <= window.end:
                rows.append(row)
                ranges.append((begin - window.start, end - window.start))
                label = np.full(width, -100, np.int64)
                label[: window.end - window.start] = marks[window.start : window.end]
                labels.append(label)
    if not rows:
        return None
    found = np.array(ranges, np.int64)
    places = np.arange(width)[None, :]
    mask = ((places >= found[:, :1]) & (places < found[:, 1:])).astype(np.float32)
    mask /= mask.sum(axis=1, keepdims=True)
    away = distances(found[:, :1], found[:, 1:], places)
    return torch.tensor(rows), torch.from_numpy(mask), torch.from_numpy(away), torch.from_numpy(np.stack(labels))
