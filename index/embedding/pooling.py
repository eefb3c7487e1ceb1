"""Token embeddings to unit vectors, as sentence-transformers' Pooling and Normalize do it."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from index.embedding.encoder import Vectors

Pooling: TypeAlias = Literal["mean", "cls", "max", "lasttoken", "weightedmean", "mean_sqrt_len_tokens"]
POOLINGS: tuple[str, ...] = get_args(Pooling)


def unit(vectors: Vectors) -> Vectors:
    """Scale vectors (last axis) to length 1; a zero vector stays zero."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Vectors = (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
    return scaled


def pooled(tokens: Vectors, pooling: Pooling) -> Vectors:
    """Return the unit vector of one text from its token embeddings (tokens, dimension), unpadded."""
    if pooling == "cls":
        return unit(tokens[0])
    if pooling == "lasttoken":
        return unit(tokens[-1])
    if pooling == "max":
        return unit(tokens.max(axis=0))
    if pooling == "weightedmean":
        return unit(np.arange(1, len(tokens) + 1, dtype=np.float32) @ tokens)
    return unit(tokens.sum(axis=0))  # mean and mean_sqrt_len_tokens differ in length only


def sentence_means(tokens: Vectors, membership: npt.NDArray[np.bool_]) -> Vectors:
    """Return the mean of each sentence's token embeddings, (sentences, dimension), not scaled.

    A sentence without tokens gets zeros.
    """
    means = np.zeros((len(membership), tokens.shape[1]), np.float32)
    for row, mine in enumerate(membership):
        (places,) = mine.nonzero()
        if len(places):  # neighbours all: a slice is many times cheaper than a matrix product
            tokens[places[0] : places[-1] + 1].mean(axis=0, out=means[row])
    return means


def sentence_vectors(means: Vectors, passage: Vectors) -> Vectors:
    """Scale sentence means to unit vectors; one of zeros becomes the vector of its passage."""
    empty = ~means.any(axis=1, keepdims=True)
    return np.where(empty, passage, unit(means)).astype(np.float32)
