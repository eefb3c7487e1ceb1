"""Sentence vectors: what is stored comes back, near enough to be the same."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import StaleIndexError
from corpus.model import Span
from index.embedding import PassageInput, open_encoder
from index.embedding.pooling import unit
from index.sentences import PassageSentences, SentenceStore


def row(seed: int, sentences: int, dimension: int = 384) -> PassageSentences:
    values = np.random.default_rng(seed).normal(size=(sentences + 1, dimension)).astype(np.float32)
    vectors = unit(values)
    spans = tuple(Span(100 * i, 100 * i + 90) for i in range(sentences))
    return PassageSentences(vectors[0], spans, vectors[1:])


def cosines(one: PassageSentences, two: PassageSentences) -> list[float]:
    mine, theirs = np.vstack([one.vector, one.vectors]), np.vstack([two.vector, two.vectors])
    lengths = np.linalg.norm(mine, axis=1) * np.linalg.norm(theirs, axis=1)
    return list((mine * theirs).sum(axis=1) / lengths)


def test_vectors_come_back_almost_exactly(tmp_path: Path) -> None:
    rows = {i: row(i, i % 7, 384 if i % 2 else 1024) for i in range(1, 40)}
    with closing(SentenceStore(tmp_path / "s.sqlite")) as store:
        store.add(rows.items())
        found = store.get([*rows])
    assert found.keys() == rows.keys()
    for i, wanted in rows.items():
        assert found[i].spans == wanted.spans
        assert found[i].vectors.shape == wanted.vectors.shape
        assert min(cosines(found[i], wanted)) > 0.9999


def test_real_vectors_come_back_almost_exactly(tmp_path: Path, compiled_model: Path, sample: Path) -> None:
    encoder = open_encoder(compiled_model)
    text = next(iter(sorted(sample.glob("*.txt")))).read_text("utf-8")[:600]
    spans = (Span(0, 200), Span(200, 420), Span(420, len(text)))
    (vectors,) = encoder.encode_passages([PassageInput("A title\nAn outlet", text, spans)])
    wanted = PassageSentences(vectors.vector, spans, vectors.sentences)
    with closing(SentenceStore(tmp_path / "s.sqlite")) as store:
        store.add([(1, wanted)])
        assert min(cosines(store.get([1])[1], wanted)) > 0.9999


def test_a_vector_of_zeros_stays_one(tmp_path: Path) -> None:
    nothing = PassageSentences(np.zeros(8, np.float32), (Span(0, 1),), np.zeros((1, 8), np.float32))
    with closing(SentenceStore(tmp_path / "s.sqlite")) as store:
        store.add([(1, nothing)])
        assert not store.get([1])[1].vectors.any()


def test_rows_are_overwritten_deleted_and_cleared(tmp_path: Path) -> None:
    with closing(SentenceStore(tmp_path / "s.sqlite")) as store:
        assert (store.get([1]), store.get([]), store.count()) == ({}, {}, 0)
        store.add((i, row(i, 2)) for i in range(5))
        store.add([(2, row(77, 3))])
        assert len(store.get([2])[2].spans) == 3
        store.delete([0, 4, 99])
        store.delete([])
        assert (store.get([0, 1, 2, 3, 4]).keys(), store.count()) == ({1, 2, 3}, 3)
        store.clear()
        assert store.count() == 0


def test_an_open_store_sees_what_another_writes_and_outlives_its_file(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    with closing(SentenceStore(folder / "s.sqlite")) as writer:
        writer.add([(1, row(1, 1))])
        with closing(SentenceStore(folder / "s.sqlite", make=False)) as reader:
            writer.add([(2, row(2, 1))])
            assert reader.get([1, 2]).keys() == {1, 2}
            shutil.rmtree(folder)
            assert reader.get([1, 2]).keys() == {1, 2}


def test_a_reader_makes_no_file(tmp_path: Path) -> None:
    with pytest.raises(StaleIndexError, match="could not open"):
        SentenceStore(tmp_path / "s.sqlite", make=False)
    assert not (tmp_path / "s.sqlite").exists()


def test_all_passages_vectors_and_a_copy_of_the_store(tmp_path: Path) -> None:
    rows = {i: row(i, i % 4) for i in range(1, 30)}
    with closing(SentenceStore(tmp_path / "s.sqlite")) as store:
        assert store.passages()[0] == []
        store.add(rows.items())
        ids, vectors = store.passages()
        store.copy(tmp_path / "copy.sqlite")
    assert sorted(ids) == sorted(rows)
    for i, vector in zip(ids, vectors, strict=True):
        assert float(vector @ rows[i].vector) > 0.9999 and abs(float(vector @ vector) - 1) < 1e-5
    with closing(SentenceStore(tmp_path / "copy.sqlite", make=False)) as copied:
        assert copied.count() == len(rows)


def test_words_of_what_was_deleted_leave_the_file_when_it_is_compacted(tmp_path: Path) -> None:
    file = tmp_path / "s.sqlite"
    odd = PassageSentences(np.zeros(8, np.float32), (Span(0x5A5A5A5A, 0x5B5B5B5B),), np.zeros((1, 8), np.float32))
    with closing(SentenceStore(file)) as store:
        store.add([(1, odd), (2, row(2, 2))])
        store.delete([1])
        store.compact()
        stored = b"".join(part.read_bytes() for part in tmp_path.iterdir())
        assert b"ZZZZ[[[[" not in stored and store.get([2]).keys() == {2}


def test_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "s.sqlite").write_text("no database, but longer than a header is\n" * 100)
    with pytest.raises(StaleIndexError, match="--rebuild"):
        SentenceStore(tmp_path / "s.sqlite")
    (tmp_path / "file").write_text("")
    with pytest.raises(StaleIndexError, match="could not open"):
        SentenceStore(tmp_path / "file" / "s.sqlite")
