"""The default model, compiled: it agrees with the original, starts without torch, and loses no text."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import ModelError
from corpus.model import Span
from corpus.sentences import paragraphs, sentences
from index.embedding import DEFAULT_MODEL, Encoder, PassageInput, compile_model, open_encoder, read_manifest
from index.embedding.model import find_model, load
from index.embedding.reference import ReferenceEncoder


@pytest.fixture(scope="module")
def encoder(compiled_model: Path) -> Encoder:
    return open_encoder(compiled_model)


@pytest.fixture(scope="module")
def original() -> ReferenceEncoder:
    source = find_model(DEFAULT_MODEL)
    return ReferenceEncoder(load(source.name, source.folder), source.name, "", source.prefixes)


@pytest.fixture(scope="module")
def passages(sample: Path) -> list[PassageInput]:
    """The paragraphs of the sample articles, each with its sentences."""
    found = []
    for file in sorted(sample.glob("*.txt")):
        text = file.read_text("utf-8")
        for paragraph in paragraphs(text):
            body = paragraph.of(text)[:900]
            found.append(PassageInput("Cambodia\nKhmer Times, 2023-03-24", body, sentences(body)))
    return found


def test_the_compiled_model_agrees_with_the_original(
    encoder: Encoder, original: ReferenceEncoder, passages: list[PassageInput]
) -> None:
    pairs = list(zip(encoder.encode_passages(passages), original.encode_passages(passages), strict=True))
    cosines = np.array([found.vector @ wanted.vector for found, wanted in pairs])
    assert cosines.mean() >= 0.99
    assert cosines.min() >= 0.97
    by_sentence = np.concatenate([(found.sentences * wanted.sentences).sum(1) for found, wanted in pairs])
    assert len(by_sentence) == sum(len(p.sentences) for p in passages)
    assert by_sentence.mean() >= 0.98


def test_vectors_are_of_length_one_and_of_the_stated_shape(encoder: Encoder, passages: list[PassageInput]) -> None:
    question = encoder.encode_question("What did the ministry say about free assembly?")
    assert question.shape == (encoder.dimension,) == (384,)
    assert question.dtype == np.float32
    for passage, found in zip(passages, encoder.encode_passages(passages), strict=True):
        assert found.sentences.shape == (len(passage.sentences), 384)
        lengths = np.linalg.norm([found.vector, *found.sentences, question], axis=1)
        assert lengths == pytest.approx(np.ones(len(lengths)), abs=1e-5)


def test_a_vector_does_not_depend_on_its_neighbours(encoder: Encoder, passages: list[PassageInput]) -> None:
    together = encoder.encode_passages(passages[:6])
    for passage, found in zip(passages[:6], together, strict=True):
        alone = encoder.encode_passages([passage])[0]
        assert np.array_equal(alone.vector, found.vector)
        assert np.array_equal(alone.sentences, found.sentences)


def test_a_sentence_vector_is_that_of_its_own_tokens(original: ReferenceEncoder) -> None:
    body = "The ministry dismissed the report. Rain fell on Phnom Penh."
    spans = sentences(body)
    found = original.encode_passages([PassageInput("Cambodia", body, spans)])[0]
    output = original._model.encode(f"Cambodia\n{body}", output_value=None, show_progress_bar=False)
    words = output["token_embeddings"][2:8].mean(0).numpy()  # the ministry dismissed the report .
    assert found.sentences[0] @ (words / np.linalg.norm(words)) == pytest.approx(1, abs=1e-5)
    about_rain = original.encode_question("weather, rain in Phnom Penh")
    assert found.sentences[1] @ about_rain > found.sentences[0] @ about_rain


def test_a_sentence_without_tokens_gets_the_vector_of_its_passage(encoder: Encoder) -> None:
    found = encoder.encode_passages([PassageInput("", "Seen. \u200b", (Span(0, 5), Span(6, 7)))])[0]
    assert np.array_equal(found.sentences[1], found.vector)
    assert not np.array_equal(found.sentences[0], found.vector)


def test_a_passage_over_the_limit_is_refused_not_truncated(encoder: Encoder, sample: Path) -> None:
    text = next(sample.glob("*.txt")).read_text("utf-8")
    assert encoder.passage_tokens("", [text])[0] > encoder.max_tokens == 256
    with pytest.raises(ModelError, match="the model reads 256"):
        encoder.encode_passages([PassageInput("", text)])


def test_an_overlong_question_is_cut_off_as_the_original_does(
    encoder: Encoder, original: ReferenceEncoder, sample: Path
) -> None:
    text = next(sample.glob("*.txt")).read_text("utf-8")
    assert encoder.encode_question(text) @ original.encode_question(text) >= 0.97


def test_tokens_are_counted_whole_and_located_exactly(encoder: Encoder, sample: Path) -> None:
    text = next(sample.glob("*.txt")).read_text("utf-8")
    offsets = encoder.token_offsets(text)
    assert len(offsets) == encoder.count_tokens(text) > 256
    assert offsets[-1][1] == len(text.rstrip())
    assert "".join(text[start:end] for start, end in offsets) == "".join(text.split())
    assert encoder.passage_tokens("", ["free assembly"]) == [encoder.count_tokens("free assembly") + 2]


def test_answering_a_question_imports_neither_torch_nor_sentence_transformers(compiled_model: Path) -> None:
    program = (
        "import sys, json, pathlib; from index.embedding import open_encoder;"
        "open_encoder(pathlib.Path(sys.argv[1])).encode_question('who said so?');"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'onnx', 'huggingface_hub'};"
        "print(json.dumps(sorted(heavy & set(sys.modules))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(compiled_model)], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == []
    assert done.stderr == ""


def test_the_manifest_tells_how_the_model_was_made(compiled_model: Path, encoder: Encoder) -> None:
    manifest = read_manifest(compiled_model)
    assert (manifest.name, manifest.mode, manifest.reason) == (DEFAULT_MODEL, "int8", None)
    assert manifest.fingerprint == encoder.fingerprint == compiled_model.name
    assert manifest.agreement is not None
    assert manifest.agreement.mean >= 0.99
    assert encoder.runtime == "ONNX Runtime int8 (compiled)"
    assert {file.name for file in compiled_model.iterdir()} == {
        "model.onnx",
        "tokenizer.json",
        "manifest.json",
    }


def test_a_compiled_model_is_used_again(compiled_model: Path) -> None:
    before = (compiled_model / "model.onnx").stat()
    again = compile_model(DEFAULT_MODEL, compiled_model.parent, [])
    assert again.fingerprint == compiled_model.name
    assert (compiled_model / "model.onnx").stat().st_mtime_ns == before.st_mtime_ns


@pytest.mark.parametrize("name", ["manifest.json", "tokenizer.json", "model.onnx"])
def test_a_damaged_compiled_model_is_told_in_one_sentence(name: str, compiled_model: Path, tmp_path: Path) -> None:
    copy = tmp_path / compiled_model.name
    shutil.copytree(compiled_model, copy)
    (copy / name).write_bytes(b"{}")
    with pytest.raises(ModelError, match="build the index again"):
        open_encoder(copy)
