"""What an encoder is: the seam between the index and whatever runs the embedding model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from corpus.model import Span

Vectors: TypeAlias = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class PassageInput:
    """One passage as it is embedded: `header` and `body`, joined by a line break.

    `sentences` are spans of `body`.
    """

    header: str
    body: str
    sentences: Sequence[Span] = ()


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """The unit vectors of one passage, all from one forward pass.

    `vector` has shape (dimension,) and is pooled over every token, header included. `sentences`
    has shape (number of sentences, dimension): the mean over the tokens of each sentence. A sentence
    that has no token of its own (invisible characters only) gets the vector of its passage.
    """

    vector: Vectors
    sentences: Vectors


class Encoder(Protocol):
    """An embedding model ready to use. A vector depends on its own text only, not on its neighbours."""

    @property
    def name(self) -> str:
        """The model as the settings name it."""

    @property
    def fingerprint(self) -> str:
        """A hash of the model's files and of how it runs; vectors of another one are not comparable."""

    @property
    def runtime(self) -> str:
        """What runs the model, for people: "ONNX Runtime int8 (compiled)"."""

    @property
    def reason(self) -> str | None:
        """Why the model runs on sentence-transformers; None when it is compiled."""

    @property
    def dimension(self) -> int:
        """The length of a vector."""

    @property
    def max_tokens(self) -> int:
        """The most tokens that a text may have, special tokens included."""

    def count_tokens(self, text: str) -> int:
        """Count the tokens of `text` without special tokens, never truncated."""

    def token_offsets(self, text: str) -> list[tuple[int, int]]:
        """Return where each token of `text` is (code points), without special tokens, never truncated."""

    def passage_tokens(self, header: str, bodies: Sequence[str]) -> list[int]:
        """Count the tokens of passages as they are embedded: prefix, header and special tokens included."""

    def encode_question(self, text: str) -> Vectors:
        """Return the unit vector (dimension,) of a question; one over `max_tokens` is cut off there."""

    def encode_passages(self, passages: Sequence[PassageInput]) -> list[PassageVectors]:
        """Return the vectors of passages, in order.

        Raises:
            ModelError: a passage has more than `max_tokens` tokens, so part of it would be lost.
        """


def joined(header: str, body: str) -> str:
    """Return what is embedded of a passage, before any prefix of the model."""
    return f"{header}\n{body}" if header else body
