"""What is read off a piece's embedding: its tags, and whether it belongs to a given cue. In numpy."""

from __future__ import annotations

from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from corpus.errors import ModelError

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

WINDOW = 254
"""Pieces that the network reads at a time, without the two special tokens."""

OUTSIDE, SOURCE, CONTENT = 0, 1, 2
"""What a piece is to a cue."""

REACH = 64
"""Pieces from a cue beyond which distance makes no more difference."""

HEADS = "heads.npz"

_WEIGHTS = (
    *("tag.weight", "tag.bias", "cue.weight", "cue.bias", "piece.weight", "narrow_cue.weight", "narrow_piece.weight"),
    *("product.weight", "distance.weight", "label.weight", "label.bias"),
)


def distances(begin: Ints, end: Ints, places: Ints) -> Ints:
    """Return how far places are from cues, as row numbers of the distance embeddings.

    Args:
        begin: first piece of each cue, (cues, 1).
        end: one past its last piece, (cues, 1).
        places: pieces, (1, pieces) or (cues, pieces).
    """
    away = np.minimum(places - begin, 0) + np.maximum(places - end + 1, 0)
    found: Ints = np.clip(away, -REACH, REACH) + REACH
    return found


class Heads:
    """The weights of the two heads, as training wrote them (see `evals.tagger.network`)."""

    def __init__(self, folder: Path) -> None:
        try:
            with (folder / HEADS).open("rb") as file, np.load(file, allow_pickle=False) as found:
                self._weights: dict[str, Floats] = {name: found[name].astype(np.float32) for name in _WEIGHTS}
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise ModelError(f"cannot read the statement tagger's {folder / HEADS} ({error}); install again") from error

    def tags(self, pieces: Floats) -> Floats:
        """Return the scores of source, cue and content tags, (pieces, 3, 3), of embeddings (pieces, dimension)."""
        scores = pieces @ self._weights["tag.weight"].T + self._weights["tag.bias"]
        return scores.reshape(len(pieces), 3, 3)

    def belonging(self, pieces: Floats, cues: list[tuple[int, int]]) -> Floats:
        """Return the scores of outside, source and content, (cues, pieces, 3), for each cue's range of pieces."""
        w = self._weights
        cue = np.stack([pieces[begin:end].mean(axis=0) for begin, end in cues])
        each = pieces @ w["piece.weight"].T
        narrow = pieces @ w["narrow_piece.weight"].T
        ranges = np.array(cues, np.int64)
        away = distances(ranges[:, :1], ranges[:, 1:], np.arange(len(pieces))[None, :])
        own = cue @ w["cue.weight"].T + w["cue.bias"]
        product = (cue @ w["narrow_cue.weight"].T)[:, None, :] * narrow[None, :, :]
        hidden = own[:, None, :] + each[None, :, :] + w["distance.weight"][away] + product @ w["product.weight"].T
        scores: Floats = np.maximum(hidden, 0) @ w["label.weight"].T + w["label.bias"]
        return scores
