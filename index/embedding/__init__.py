"""Embedding models: found by name, compiled once, then quick to open.

Nothing here imports torch, transformers or sentence-transformers until a model has to be compiled, or
one that cannot be compiled has to run.
"""

from index.embedding.compile import compile_model, open_encoder
from index.embedding.encoder import Encoder, PassageInput, PassageVectors, Vectors
from index.embedding.manifest import Manifest, Mode, read_manifest
from index.embedding.model import DEFAULT_MODEL

__all__ = [
    "DEFAULT_MODEL",
    "Encoder",
    "Manifest",
    "Mode",
    "PassageInput",
    "PassageVectors",
    "Vectors",
    "compile_model",
    "open_encoder",
    "read_manifest",
]
