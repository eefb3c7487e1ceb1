"""From a model's name to an encoder that starts in a fraction of a second, made once and checked.

A compiled model is a folder named by its fingerprint: ``model.onnx``, ``tokenizer.json`` and
``manifest.json``. A model that cannot be compiled, or whose compiled vectors differ too much from the
original's, has a folder with the manifest only, which says why, and runs on sentence-transformers.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from corpus.errors import ModelError
from index.embedding.encoder import Encoder, PassageInput
from index.embedding.export import export, obstacle, quantise
from index.embedding.manifest import Agreement, Manifest, Mode, read_manifest
from index.embedding.model import Source, find_model, load
from index.embedding.onnx import GRAPH, TOKENIZER, OnnxEncoder
from index.embedding.reference import RUNTIME, ReferenceEncoder, token_limit, tokenizer_json

CHECK_TEXTS = 200
LEAST_MEAN = 0.99
LEAST = 0.97

_RECIPE = 1  # raise it when the same model would compile to other vectors
_RUNTIMES: dict[Mode, str] = {
    "int8": "ONNX Runtime int8 (compiled)",
    "fp32": "ONNX Runtime fp32",
    "none": RUNTIME,
}
_LIBRARIES = ("onnxruntime", "onnx", "torch", "transformers", "sentence-transformers", "tokenizers")
_EXPORT_FAILS = (
    RuntimeError, ValueError, TypeError, AttributeError, KeyError, IndexError, AssertionError, ModelError
)  # fmt: skip


def compile_model(
    name: str,
    folder: Path,
    sample_texts: Sequence[str],
    mode: Mode = "int8",
    *,
    question_prefix: str | None = None,
    passage_prefix: str | None = None,
    threads: int = 0,
) -> Encoder:
    """Return the encoder of a model, compiling it on first use.

    Args:
        name: the default model's name, a folder, or a name on the hub.
        folder: where compiled models are kept; this one goes to ``folder / encoder.fingerprint``.
        sample_texts: passages of the corpus; up to 200 of them check the compiled model.
        mode: "int8", "fp32" (exact, slower), or "none" (sentence-transformers as it is).
        question_prefix: what to put before a question; None for what the model itself says.
        passage_prefix: what to put before a passage; None for what the model itself says.
        threads: cores to use, 0 for all.

    Raises:
        ModelError: the model cannot be found or loaded, or there is no text to check it on.
    """
    source = find_model(name, question_prefix, passage_prefix)
    target = folder / _fingerprint(source, mode)
    if target.exists():
        try:
            return open_encoder(target, threads)
        except ModelError:
            shutil.rmtree(target)  # damaged; what is wrong with the model itself shows again below
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".compiling-") as work:
        made = Path(work) / target.name
        made.mkdir()
        _compile(source, mode, sample_texts, made)
        made.replace(target)
    return open_encoder(target, threads)


def open_encoder(folder: Path, threads: int = 0) -> Encoder:
    """Open what `compile_model` made; a compiled model opens without torch or sentence-transformers.

    Args:
        folder: the folder of one compiled model.
        threads: cores to use, 0 for all.

    Raises:
        ModelError: the folder holds no compiled model, or its model is gone or has changed.
    """
    manifest = read_manifest(folder)
    if manifest.reason is None:
        return OnnxEncoder(folder, manifest, threads)
    source = find_model(manifest.name, manifest.prefixes.question, manifest.prefixes.passage)
    if source.digest != manifest.source:
        raise ModelError(
            f"cannot open the embedding model {manifest.name!r}: its files in {source.folder} have changed "
            "since the index was built; build the index again"
        )
    model = load(source.name, source.folder)
    return ReferenceEncoder(model, manifest.name, manifest.fingerprint, manifest.prefixes, manifest.reason)


def _fingerprint(source: Source, mode: Mode) -> str:
    options = [source.digest, mode, _RECIPE, source.prefixes.question, source.prefixes.passage]
    return hashlib.sha256(json.dumps(options).encode()).hexdigest()[:20]


def _compile(source: Source, mode: Mode, texts: Sequence[str], work: Path) -> None:
    """Fill the folder `work` with the compiled model, or with the reason why there is none."""
    from importlib.metadata import version

    model = load(source.name, source.folder)
    manifest = Manifest(
        name=source.name,
        path=str(source.folder),
        source=source.digest,
        fingerprint=work.name,
        mode=mode,
        runtime=_RUNTIMES[mode],
        reason="the settings ask for it" if mode == "none" else None,
        dimension=int(model.get_embedding_dimension()),
        max_tokens=token_limit(model),
        pooling="mean",
        prefixes=source.prefixes,
        agreement=None,
        versions={library: version(library) for library in _LIBRARIES},
    )
    if manifest.reason is None:
        manifest = _compiled(model, manifest, texts, work)
    if manifest.reason is not None:
        manifest = replace(manifest, runtime=RUNTIME)
        for name in (GRAPH, TOKENIZER):
            (work / name).unlink(missing_ok=True)
    manifest.write(work)


def _compiled(model: Any, manifest: Manifest, texts: Sequence[str], work: Path) -> Manifest:
    prefixes = manifest.prefixes
    reason = obstacle(model, bool(prefixes.question or prefixes.passage))
    if reason is not None:
        return replace(manifest, reason=reason)
    if not any(text.strip() for text in texts):
        raise ModelError(
            f"cannot compile the embedding model {manifest.name!r}: there is no text to check it on; add articles first"
        )
    manifest = replace(manifest, pooling=model[1].pooling_mode)
    (work / TOKENIZER).write_text(tokenizer_json(model, manifest.name), encoding="utf-8")
    reference = ReferenceEncoder(model, manifest.name, manifest.fingerprint, prefixes)
    passages = _sample(reference, texts)
    wanted = np.stack([found.vector for found in reference.encode_passages(passages)])
    try:
        _write_graph(model, manifest.mode, work)
        encoder = OnnxEncoder(work, manifest)
        found = np.stack([vectors.vector for vectors in encoder.encode_passages(passages)])
    except _EXPORT_FAILS as error:
        told = (str(error).strip() or type(error).__name__).splitlines()[0]
        return replace(manifest, reason=f"it could not be exported ({told})")
    cosines = (found * wanted).sum(axis=1)
    agreement = Agreement(texts=len(passages), mean=float(cosines.mean()), least=float(cosines.min()))
    return replace(manifest, agreement=agreement, reason=_disagreement(agreement, manifest.mode))


def _write_graph(model: Any, mode: Mode, work: Path) -> None:
    exact = work / "exact.onnx"
    export(model, exact)
    if mode == "int8":
        quantise(exact, work / GRAPH)
        exact.unlink()
    else:
        exact.replace(work / GRAPH)


def _sample(encoder: Encoder, texts: Sequence[str]) -> list[PassageInput]:
    """Take up to 200 texts, evenly spread, each cut to what the model reads."""
    filled = [text for text in texts if text.strip()]
    step = max(len(filled) / CHECK_TEXTS, 1)
    chosen = [filled[int(i * step)] for i in range(min(len(filled), CHECK_TEXTS))]
    passages = []
    for text in chosen:
        offsets = encoder.token_offsets(text)
        keep = len(offsets)
        while keep > 1 and encoder.passage_tokens("", [text])[0] > encoder.max_tokens:
            keep = min(keep, encoder.max_tokens) - 4
            text = text[: offsets[max(keep, 1) - 1][1]]
        passages.append(PassageInput("", text))
    return passages


def _disagreement(agreement: Agreement, mode: Mode) -> str | None:
    if agreement.mean >= LEAST_MEAN and agreement.least >= LEAST:
        return None
    advice = "; fp32 would be exact" if mode == "int8" else ""
    return (
        f"its {mode} vectors differ from the original's (cosine {agreement.mean:.3f} on average, "
        f"{agreement.least:.3f} at least, over {agreement.texts} passages){advice}"
    )
