"""Texts to tokens: the model's own tokenizer, never truncating, with character offsets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from corpus.errors import ModelError
from corpus.model import Span
from index.embedding.encoder import PassageInput, joined


@dataclass(frozen=True, slots=True)
class Prefixes:
    """What a model wants put before a text ("query: ", "passage: "); "" where it wants nothing."""

    question: str = ""
    passage: str = ""


@dataclass(frozen=True, slots=True)
class TokenizedPassage:
    """A passage in tokens: ids with special tokens, and for each sentence the tokens it consists of.

    `sentence_tokens` has shape (number of sentences, number of tokens).
    """

    ids: npt.NDArray[np.int64]
    type_ids: npt.NDArray[np.int64]
    sentence_tokens: npt.NDArray[np.bool_]


class Tokens:
    """A tokenizer with the prefixes and the length limit of its model."""

    def __init__(self, tokenizer_json: str, max_tokens: int, prefixes: Prefixes) -> None:
        try:
            self._tokenizer = Tokenizer.from_str(tokenizer_json)
        except Exception as error:  # the library raises nothing narrower
            raise ModelError(f"cannot read the embedding model's tokenizer ({error}); build the index again") from error
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self.max_tokens = max_tokens
        self._prefixes = prefixes

    def count(self, text: str) -> int:
        """Count the tokens of `text` without special tokens."""
        return len(self._tokenizer.encode(text, add_special_tokens=False))

    def offsets(self, text: str) -> list[tuple[int, int]]:
        """Return where each token of `text` is, without special tokens."""
        offsets: list[tuple[int, int]] = self._tokenizer.encode(text, add_special_tokens=False).offsets
        return offsets

    def passage_lengths(self, header: str, bodies: Sequence[str]) -> list[int]:
        """Count the tokens of each passage as embedded."""
        texts = [self._prefixes.passage + joined(header, body) for body in bodies]
        return [len(found) for found in self._tokenizer.encode_batch_fast(texts)]

    def question(self, text: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return ids and type ids of a question; the tokens over the limit are dropped from its end."""
        whole = self._prefixes.question + text
        found = self._tokenizer.encode(whole)
        if len(found) > self.max_tokens:
            special = self._tokenizer.num_special_tokens_to_add(False)
            words = self._tokenizer.encode(whole, add_special_tokens=False)
            words.truncate(self.max_tokens - special)
            found = self._tokenizer.post_process(words)
        return np.array(found.ids, np.int64), np.array(found.type_ids, np.int64)

    def passages(self, passages: Sequence[PassageInput]) -> list[TokenizedPassage]:
        """Tokenize passages, refusing (ModelError) one that the model could not read to its end."""
        texts = [self._prefixes.passage + joined(p.header, p.body) for p in passages]
        result = []
        for passage, text, found in zip(passages, texts, self._tokenizer.encode_batch(texts), strict=True):
            if len(found) > self.max_tokens:
                raise ModelError(
                    f"cannot embed a passage of {len(found)} tokens, header included: the model reads "
                    f"{self.max_tokens}; cut it shorter (it begins {passage.body[:60]!r})"
                )
            shift = len(text) - len(passage.body)
            result.append(
                TokenizedPassage(
                    np.array(found.ids, np.int64),
                    np.array(found.type_ids, np.int64),
                    _membership(np.array(found.offsets, np.int64), passage.sentences, shift),
                )
            )
        return result


def _membership(offsets: npt.NDArray[np.int64], sentences: Sequence[Span], shift: int) -> npt.NDArray[np.bool_]:
    """Tell which tokens share a character with which sentence; special tokens cover no character."""
    starts, ends = offsets[:, 0] - shift, offsets[:, 1] - shift
    spans = np.array(sentences, np.int64).reshape(-1, 2)
    result: npt.NDArray[np.bool_] = (starts < spans[:, 1:]) & (ends > spans[:, :1]) & (ends > starts)
    return result
