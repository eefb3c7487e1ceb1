"""The encoder for models that cannot be compiled: sentence-transformers as it is, and slower."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from corpus.errors import ModelError
from index.embedding.encoder import PassageInput, PassageVectors, Vectors, joined
from index.embedding.pooling import sentence_means, sentence_vectors, unit
from index.embedding.tokens import Prefixes, TokenizedPassage, Tokens

RUNTIME = "sentence-transformers"
_UNLIMITED = 512  # tokens, for a model that states no limit of its own
_BATCH = 16


class ReferenceEncoder:
    """An `Encoder` on a loaded SentenceTransformer."""

    runtime = RUNTIME

    def __init__(self, model: Any, name: str, fingerprint: str, prefixes: Prefixes, reason: str | None = None) -> None:
        self.name = name
        self.fingerprint = fingerprint
        self.reason = reason
        self.dimension = int(model.get_embedding_dimension())
        self.max_tokens = token_limit(model)
        self._model = model
        self._prefixes = prefixes
        self._tokens = Tokens(tokenizer_json(model, name), self.max_tokens, prefixes)

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
        found = self._model.encode(text, prompt=self._prefixes.question, show_progress_bar=False)
        return unit(np.asarray(found, np.float32))

    def encode_passages(self, passages: Sequence[PassageInput]) -> list[PassageVectors]:
        """Return the vectors of passages; ModelError when one is over `max_tokens`."""
        tokenized = self._tokens.passages(passages)
        outputs = self._model.encode(
            [joined(p.header, p.body) for p in passages],
            prompt=self._prefixes.passage,
            output_value=None,
            batch_size=_BATCH,
            show_progress_bar=False,
        )
        result = []
        for passage, tokens, output in zip(passages, tokenized, outputs, strict=True):
            vector = unit(_numpy(output["sentence_embedding"]))
            result.append(PassageVectors(vector, self._sentences(passage, tokens, output, vector)))
        return result

    def _sentences(
        self, passage: PassageInput, tokens: TokenizedPassage, output: dict[str, Any], vector: Vectors
    ) -> Vectors:
        if not passage.sentences:
            return np.zeros((0, self.dimension), np.float32)
        after = self._after_pooling()
        if after is None or "token_embeddings" not in output:
            texts = [span.of(passage.body) for span in passage.sentences]
            found = self._model.encode(texts, prompt=self._prefixes.passage, show_progress_bar=False)
            return unit(np.asarray(found, np.float32))
        embeddings = output["token_embeddings"]
        if "attention_mask" in output:
            embeddings = embeddings[output["attention_mask"].bool()]
        means = sentence_means(_numpy(embeddings), tokens.sentence_tokens)
        return sentence_vectors(self._finish(means, after, embeddings), vector)

    def _after_pooling(self) -> list[Any] | None:
        """Return the modules that follow the pooling, or None where token embeddings are not pooled."""
        modules = list(self._model)
        kinds = [type(module).__name__ for module in modules]
        return modules[kinds.index("Pooling") + 1 :] if "Pooling" in kinds else None

    def _finish(self, means: Vectors, modules: list[Any], like: Any) -> Vectors:
        """Bring sentence means into the space of the passage vectors (a Dense layer, say)."""
        if not modules:
            return means
        import torch

        with torch.inference_mode():
            features = {"sentence_embedding": torch.from_numpy(means).to(like.device, like.dtype)}
            for module in modules:
                features = module(features)
        finished = _numpy(features["sentence_embedding"])
        finished[~means.any(axis=1)] = 0  # a bias must not give a sentence without tokens a vector
        return finished


def token_limit(model: Any) -> int:
    """Return the most tokens that the loaded model reads, special tokens included."""
    limit = model.max_seq_length
    return int(limit) if limit is not None and limit < 10**6 else _UNLIMITED


def tokenizer_json(model: Any, name: str) -> str:
    """Return the loaded model's tokenizer in the form of the tokenizers library.

    Raises:
        ModelError: it has none that tells where tokens are.
    """
    from tokenizers import Tokenizer

    tokenizer = getattr(model.tokenizer, "backend_tokenizer", model.tokenizer)
    if not isinstance(tokenizer, Tokenizer):
        raise ModelError(
            f"cannot use the embedding model {name!r}: its tokenizer ({type(tokenizer).__name__}) does not "
            "tell where its tokens are; name a model with a fast tokenizer"
        )
    found: str = tokenizer.to_str()
    return found


def _numpy(tensor: Any) -> Vectors:
    found: Vectors = tensor.detach().float().cpu().numpy()
    return found
