"""Models other than the default: what compiles, what falls back and why, what cannot be had."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.errors import ModelError
from index.embedding import Encoder, PassageInput, compile_model, open_encoder, read_manifest
from index.embedding.model import find_model
from index.embedding.pooling import POOLINGS, pooled

PROMPTS = {"query": "question: ", "passage": "news: "}


@pytest.fixture(scope="module")
def texts(sample: Path) -> list[str]:
    return [part for file in sorted(sample.glob("*.txt")) for part in file.read_text("utf-8").split("\n\n")]


@pytest.fixture(scope="module")
def transformer(texts: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of two layers with random weights and a tokenizer learned from the sample."""
    import torch
    from tokenizers import BertWordPieceTokenizer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("transformer")
    learner = BertWordPieceTokenizer()
    learner.train_from_iterator(texts, vocab_size=600, show_progress=False)
    learner.save_model(str(folder))
    tokenizer = BertTokenizerFast(vocab=str(folder / "vocab.txt"), model_max_length=128)
    tokenizer.save_pretrained(folder)
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=64, num_hidden_layers=2, num_attention_heads=4,
        intermediate_size=128, max_position_embeddings=128,
        initializer_range=0.3,  # weights great enough for every token, a prompt's too, to show in the vector
    )  # fmt: skip
    BertModel(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def cls_model(transformer: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The little BERT with CLS pooling and prompts of its own."""
    return _saved(transformer, tmp_path_factory.mktemp("cls"), "cls", prompts=PROMPTS)


@pytest.fixture(scope="module")
def dense_model(transformer: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The little BERT with a layer after its pooling, which is more than can be compiled."""
    return _saved(transformer, tmp_path_factory.mktemp("dense"), "mean", dense=True)


def _saved(transformer: Path, folder: Path, pooling: str, dense: bool = False, **options: Any) -> Path:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Dense, Pooling, Transformer

    modules: list[Any] = [Transformer(str(transformer)), Pooling(64, pooling)]
    if dense:
        modules.append(Dense(64, 24))
    SentenceTransformer(modules=modules, device="cpu", **options).save(str(folder))
    return folder


def _original(folder: Path, texts: list[str], prompt: str = "") -> Any:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu")
    return model.encode(texts, prompt=prompt, normalize_embeddings=True)


def _short(encoder: Encoder, texts: list[str]) -> list[str]:
    return [text for text in texts if encoder.passage_tokens("", [text])[0] <= encoder.max_tokens]


@pytest.mark.parametrize(("mode", "least"), [("int8", 0.97), ("fp32", 0.9999)])
def test_a_model_with_its_own_tokenizer_pooling_and_prompts_compiles_and_agrees(
    mode: Any, least: float, cls_model: Path, texts: list[str], tmp_path: Path
) -> None:
    encoder = compile_model(str(cls_model), tmp_path, texts, mode)
    assert encoder.reason is None
    assert (encoder.dimension, encoder.max_tokens) == (64, 128)
    assert read_manifest(tmp_path / encoder.fingerprint).pooling == "cls"
    short = _short(encoder, texts)
    found = np.stack([v.vector for v in encoder.encode_passages([PassageInput("", text) for text in short])])
    assert (found * _original(cls_model, short, "news: ")).sum(1).min() >= least
    asked = encoder.encode_question("who said so?")
    assert asked @ _original(cls_model, ["who said so?"], "question: ")[0] >= least
    assert asked @ _original(cls_model, ["who said so?"])[0] < 0.95  # the prompt does matter


def test_an_explicit_prefix_overrides_the_model_s_own(cls_model: Path, texts: list[str], tmp_path: Path) -> None:
    own = compile_model(str(cls_model), tmp_path, texts, "fp32")
    named = compile_model(str(cls_model), tmp_path, texts, "fp32", question_prefix="", passage_prefix="passage: ")
    assert own.fingerprint != named.fingerprint
    text = "The ministry dismissed the report."
    found = named.encode_passages([PassageInput("", text)])[0].vector
    assert found @ _original(cls_model, [text], "passage: ")[0] == pytest.approx(1, abs=1e-4)
    assert named.encode_question(text) @ _original(cls_model, [text])[0] == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("pooling", POOLINGS)
def test_pooling_is_that_of_sentence_transformers(pooling: Any) -> None:
    import torch
    from sentence_transformers.sentence_transformer.modules import Pooling

    tokens = np.random.default_rng(5).normal(size=(9, 16)).astype(np.float32)
    features = {"token_embeddings": torch.tensor(tokens[None]), "attention_mask": torch.ones(1, 9)}
    wanted = Pooling(16, pooling)(features)["sentence_embedding"][0].numpy()
    assert pooled(tokens, pooling) == pytest.approx(wanted / np.linalg.norm(wanted), abs=1e-5)


def test_a_model_with_another_module_runs_as_it_is_and_says_why(
    dense_model: Path, texts: list[str], tmp_path: Path
) -> None:
    encoder = compile_model(str(dense_model), tmp_path, texts)
    assert encoder.runtime == "sentence-transformers"
    assert "Transformer, Pooling, Dense" in str(encoder.reason)
    assert [f.name for f in (tmp_path / encoder.fingerprint).iterdir()] == ["manifest.json"]
    body = "The ministry dismissed the report."
    found = encoder.encode_passages([PassageInput("", body, ((0, len(body)),))])[0]  # type: ignore[arg-type]
    assert found.sentences.shape == (1, 24)
    assert found.vector @ _original(dense_model, [body])[0] == pytest.approx(1, abs=1e-5)
    # the sentence is the passage but for its special tokens, so the Dense layer must have seen it as well
    assert found.vector @ found.sentences[0] > 0.9


def test_mode_none_runs_the_model_as_it_is(cls_model: Path, tmp_path: Path) -> None:
    encoder = compile_model(str(cls_model), tmp_path, [], "none")
    assert (encoder.runtime, encoder.reason) == ("sentence-transformers", "the settings ask for it")
    asked = encoder.encode_question("who said so?")
    assert asked @ _original(cls_model, ["who said so?"], "question: ")[0] == pytest.approx(1, abs=1e-5)


def test_a_model_whose_files_changed_since_the_build_is_refused(
    transformer: Path, tmp_path: Path, texts: list[str]
) -> None:
    model = _saved(transformer, tmp_path / "model", "mean", dense=True)
    encoder = compile_model(str(model), tmp_path / "models", texts)
    (model / "config_sentence_transformers.json").write_text("{}")
    with pytest.raises(ModelError, match="have changed"):
        open_encoder(tmp_path / "models" / encoder.fingerprint)


def test_a_damaged_compiled_model_is_compiled_again(cls_model: Path, texts: list[str], tmp_path: Path) -> None:
    encoder = compile_model(str(cls_model), tmp_path, texts, "fp32")
    graph = tmp_path / encoder.fingerprint / "model.onnx"
    graph.write_bytes(b"cut short")
    again = compile_model(str(cls_model), tmp_path, texts, "fp32")
    assert again.fingerprint == encoder.fingerprint
    assert graph.stat().st_size > 1000
    assert np.array_equal(again.encode_question("who?"), encoder.encode_question("who?"))


def test_compiling_without_any_text_to_check_on_is_refused(cls_model: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no text to check it on"):
        compile_model(str(cls_model), tmp_path, [" "])
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_missing_or_holds_no_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no such folder"):
        find_model(str(tmp_path / "absent"))
    with pytest.raises(ModelError, match=r"neither modules\.json nor config\.json"):
        find_model(str(tmp_path))


def test_a_hub_name_that_cannot_be_had_is_told(tmp_path: Path) -> None:
    program = (
        "from corpus.errors import ModelError\nfrom index.embedding.model import find_model\n"
        "try:\n    find_model('some-one/some-model')\nexcept ModelError as error:\n    print(error)"
    )
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    assert "cannot get the embedding model 'some-one/some-model'" in done.stdout
    assert "check the name and the network" in done.stdout
