"""Gold sets in the formats they come in, told apart by what they hold."""

from __future__ import annotations

import json
from pathlib import Path

from corpus.errors import UsageError
from evals.goldset.read import GoldSet, lines_of, read_bytes, read_gold
from evals.goldset.readers.beir import CORPUS, QUERIES, is_beir, read_beir
from evals.goldset.readers.multihop import is_multihop, read_multihop


def read_any(path: Path) -> GoldSet:
    """Read a gold set: this project's JSON Lines, questions of MultiHop-RAG, or a folder of BEIR.

    Raises:
        GoldError: lines of it are wrong.
        UsageError: it cannot be read, or is none of these.
    """
    if path.is_dir():
        if is_beir(path):
            return read_beir(path)
        raise UsageError(f"the folder {path} is no gold set: it has no {CORPUS} and {QUERIES}, as BEIR's have")
    return read_multihop(path) if _is_multihop(read_bytes(path)) else read_gold(path)


def _is_multihop(data: bytes) -> bool:
    """Tell by its first question what a file holds; one that is none is told by the reader of our own format."""
    try:
        first = json.loads(data)[0] if data.lstrip().startswith(b"[") else json.loads(next(lines_of(data))[1])
    except (ValueError, RecursionError, IndexError, StopIteration):
        return False
    return isinstance(first, dict) and is_multihop(first)
