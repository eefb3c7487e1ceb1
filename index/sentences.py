"""Sentence vectors, pooled when a passage was encoded, so that a question encodes nothing but itself.

One record a passage: its own vector and those of its sentences, each as int8 with one float scale
(cosine to the original above .9999), and the sentences' offsets in the article.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
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

    def __init__(self, file: Path, make: bool = True) -> None:
        """Open `file`, which with `make` is made if need be.

        Raises:
            StaleIndexError: it is something else, or not there; or, later, it cannot be read or written.
        """
        self._file = file
        with self._mapped("open"):
            self._db = _open(file, make)

    @contextmanager
    def _mapped(self, what: str) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise StaleIndexError(
                f"could not {what} the sentence vectors {self._file}: {error}; free space where the disk is full, else "
                "build them anew with `whosaid ingest --rebuild`"
            ) from error

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def add(self, rows: Iterable[tuple[int, PassageSentences]]) -> None:
        """Store passages; one that is there already is overwritten."""
        with self._mapped("write"), self._db:
            self._db.executemany("INSERT OR REPLACE INTO sentences VALUES (?, ?)", ((i, _pack(row)) for i, row in rows))

    def delete(self, ids: Sequence[int]) -> None:
        """Forget passages; unknown ones are no error."""
        with self._mapped("write"), self._db:
            self._db.executemany("DELETE FROM sentences WHERE id = ?", ((i,) for i in ids))

    def clear(self) -> None:
        """Forget everything."""
        with self._mapped("clear"), self._db:
            self._db.execute("DELETE FROM sentences")

    def compact(self) -> None:
        """Give back the room of what was deleted: nothing of it stays in the file."""
        with self._mapped("compact"):
            self._db.execute("VACUUM")

    def get(self, ids: Sequence[int]) -> dict[int, PassageSentences]:
        """Return these passages, by id; unknown ones are left out."""
        marks = ",".join("?" * len(ids))
        with self._mapped("read"):
            rows = self._db.execute(f"SELECT id, data FROM sentences WHERE id IN ({marks})", list(ids))
            return {i: _unpack(data) for i, data in rows}

    def passages(self) -> tuple[list[int], Floats]:
        """Return all ids and, a row each, the passages' own vectors, of length 1."""
        with self._mapped("read"):
            rows = [(i, _unpack_first(data)) for i, data in self._db.execute("SELECT id, data FROM sentences")]
        matrix = np.vstack([vector for _, vector in rows]) if rows else np.zeros((0, 1), np.float32)
        return [i for i, _ in rows], _unit(matrix)

    def copy(self, target: Path) -> None:
        """Write all that is stored, as it is now, to the file `target`."""
        with self._mapped("copy"), closing(sqlite3.connect(target)) as database:
            self._db.backup(database)

    def count(self) -> int:
        """Return the number of passages."""
        with self._mapped("read"):
            return int(self._db.execute("SELECT count(*) FROM sentences").fetchone()[0])


def _open(file: Path, make: bool) -> sqlite3.Connection:
    if make:
        file.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(
        f"{file.absolute().as_uri()}?mode={'rwc' if make else 'rw'}", uri=True, check_same_thread=False
    )
    with ExitStack() as failed:
        failed.callback(database.close)
        if make:
            # no log beside the file while nobody writes: a reader needs no room on the disk, nor the right to write
            database.execute("PRAGMA journal_mode=DELETE")
            database.execute("PRAGMA synchronous=NORMAL")
            database.execute("CREATE TABLE IF NOT EXISTS sentences (id INTEGER PRIMARY KEY, data BLOB NOT NULL)")
        else:
            database.execute("SELECT 1 FROM sentences LIMIT 1")
        failed.pop_all()
    return database


def kept(vectors: Floats) -> Floats:
    """Return unit vectors (n, dimension) as they come back from `SentenceStore.passages`: rounded to int8.

    What is put into the vector store is rounded alike, so that one filled anew from here is the same.
    """
    return _unit(np.rint(vectors / _scale(vectors)[:, None]).astype(np.int8).astype(np.float32))


def _unit(matrix: Floats) -> Floats:
    unit: Floats = matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-12)
    return unit


def _scale(matrix: Floats) -> Floats:
    scale: Floats = np.maximum(np.abs(matrix).max(axis=1), 1e-12) / 127
    return scale


def _pack(row: PassageSentences) -> bytes:
    matrix = np.vstack([row.vector[None, :], row.vectors]) if len(row.spans) else row.vector[None, :]
    scale = _scale(matrix)
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


def _unpack_first(data: bytes) -> Floats:
    """Return a passage's own vector, up to its length."""
    number, dimension = np.frombuffer(data, "<i4", 2)
    at = 8 + 12 * int(number) + 4
    return np.frombuffer(data, np.int8, dimension, at).astype(np.float32)
