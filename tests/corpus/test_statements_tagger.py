"""The shipped tagger on the article the project began with, and how scores become spans."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from corpus.errors import ModelError
from corpus.model import Statement
from corpus.statements import find_statements
from corpus.statements.tagger import SHIPPED, Network, shipped
from corpus.statements.tagger.spans import best_runs


@pytest.fixture(scope="module")
def text(sample: Path) -> str:
    return (sample / "000_88a69eeaa2e40b64.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def found(text: str) -> list[Statement]:
    return find_statements(text, "tagger")


@pytest.mark.parametrize("words", ["blatantly exposes a double standard", "The narrative on Cambodia is not balanced"])
def test_the_ministrys_words_are_its_spokesmans(text: str, found: list[Statement], words: str) -> None:
    saying = [s for s in found if any(words in span.of(text) for span in s.content)]
    assert saying and all(s.speaker and s.speaker.affiliation and "Ministry" in s.speaker.affiliation for s in saying)


def test_spans_are_whole_words_of_the_text_and_cues_are_no_content(text: str, found: list[Statement]) -> None:
    assert found
    for statement in found:
        for span in (*statement.source, *statement.cue, *statement.content):
            assert 0 <= span.start < span.end <= len(text)
            assert not (text[span.start - 1 : span.start].isalnum() and text[span.start].isalnum())
            assert not (text[span.end - 1].isalnum() and text[span.end : span.end + 1].isalnum())
        assert not any(cue.overlaps(span) for cue in statement.cue for span in statement.content)


def test_the_windows_of_a_long_text_lose_nothing(text: str) -> None:
    reading = shipped().read(text)
    assert {place for start, end in reading.windows for place in range(start, end)} == set(range(len(reading.words)))
    assert len(reading.tags) == len(reading.words)


@pytest.mark.parametrize("text", ["", " \n ", "…", "\u200b", "Said.", "“" * 600])
def test_texts_with_nothing_in_them(text: str) -> None:
    assert all(span.end <= len(text) for s in find_statements(text, "tagger") for span in s.content)


def test_a_gap_in_a_run_has_to_pay_for_itself() -> None:
    odds = np.array([-9.0, 3.0, 3.0, -0.5, 3.0, -9.0], np.float32)
    assert best_runs(odds, 1.0) == [(1, 5)]
    assert best_runs(odds, 0.1) == [(1, 3), (4, 5)]
    assert best_runs(odds, 20.0) == []


def test_a_folder_without_a_model_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="statement tagger"):
        Network(tmp_path)


@pytest.mark.parametrize("name", ["heads.npz", "model.onnx", "tokenizer.json"])
@pytest.mark.parametrize("kept", [0, 1000])
def test_a_file_cut_off_is_named(tmp_path: Path, name: str, kept: int) -> None:
    for file in SHIPPED.iterdir():
        (tmp_path / file.name).symlink_to(file)
    (tmp_path / name).unlink()
    (tmp_path / name).write_bytes((SHIPPED / name).read_bytes()[:kept])
    with pytest.raises(ModelError, match=rf"the statement tagger's .*{name}.*; install again") as caught:
        Network(tmp_path)
    assert "\n" not in str(caught.value)
