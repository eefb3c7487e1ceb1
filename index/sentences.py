"""Sentence vectors, pooled when a passage was encoded, so that a question encodes nothing but itself.

One record a passage: its own vector and those of its sentences, each as int8 with one float scale
(cosine to the original above .9999), and the sentences' offsets in the article.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from corpus.errors import StaleIndexError
from corpus.model import Span

Floats = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True, slots=True)
class PassageSentences:
    """A passage's vector (dimension,), its sentences' spans in the article and their vectors (n, dimension)."""

    vector: Floats
    spans: tuple[Span, ...]
    vectors: Floats


class SentenceStore:
    """An SQLite file of passage id -> `PassageSentences`. One writer at a time, any number of readers."""

    def __init__(self, file: Path) -> None:
        """Open `file`, which is made if need be.

        Raises:
            StaleIndexError: it is something else.
        """
        self._file = file
        self._db = _open(file)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def reopen(self) -> None:
        """See what is there now, should the file have been made anew since."""
        self._db.close()
        self._db = _open(self._file)

    def add(self, rows: Iterable[tuple[int, PassageSentences]]) -> None:
        """Store passages; one that is there already is overwritten."""
        with self._db:
            self._db.executemany("INSERT OR REPLACE INTO sentences VALUES (?, ?)", ((i, _pack(row)) for i, row in rows))

    def delete(self, ids: Sequence[int]) -> None:
        """Forget passages; unknown ones are no error."""
        with self._db:
            self._db.executemany("DELETE FROM sentences WHERE id = ?", ((i,) for i in ids))

    def clear(self) -> None:
        """Forget everything."""
        with self._db:
            self._db.execute("DELETE FROM sentences")

    def get(self, ids: Sequence[int]) -> dict[int, PassageSentences]:
        """Return these passages, by id; unknown ones are left out."""
        marks = ",".join("?" * len(ids))
        rows = self._db.execute(f"SELECT id, data FROM sentences WHERE id IN ({marks})", list(ids))
        return {i: _unpack(data) for i, data in rows}

    def count(self) -> int:
        """Return the number of passages."""
        return int(self._db.execute("SELECT count(*) FROM sentences").fetchone()[0])


def _open(file: Path) -> sqlite3.Connection:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(file, check_same_thread=False)
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=NORMAL")
        database.execute("CREATE TABLE IF NOT EXISTS sentences (id INTEGER PRIMARY KEY, data BLOB NOT NULL)")
    except (sqlite3.Error, OSError) as error:
        raise StaleIndexError(
            f"could not open the sentence vectors {file}: {error}; build them anew with `whosaid ingest --rebuild`"
        ) from error
    return database


def _pack(row: PassageSentences) -> bytes:
    matrix = np.vstack([row.vector[None, :], row.vectors]) if len(row.spans) else row.vector[None, :]
    scale = np.maximum(np.abs(matrix).max(axis=1), 1e-12) / 127
    small = np.rint(matrix / scale[:, None]).astype(np.int8)
    shape = np.array([len(row.spans), matrix.shape[1]], dtype="<i4")
    spans = np.array(row.spans, dtype="<i4").reshape(-1, 2)
    return b"".join((shape.tobytes(), spans.tobytes(), scale.astype("<f4").tobytes(), small.tobytes()))


def _unpack(data: bytes) -> PassageSentences:
    number, dimension = np.frombuffer(data, "<i4", 2)
    at = 8
    spans = np.frombuffer(data, "<i4", 2 * number, at).reshape(-1, 2)
    at += 8 * int(number)
    scale = np.frombuffer(data, "<f4", number + 1, at)
    at += 4 * (int(number) + 1)
    matrix = np.frombuffer(data, np.int8, (number + 1) * dimension, at).reshape(number + 1, dimension)
    floats = matrix.astype(np.float32)
    floats *= scale[:, None]
    return PassageSentences(floats[0], tuple(Span(*pair) for pair in spans.tolist()), floats[1:])
