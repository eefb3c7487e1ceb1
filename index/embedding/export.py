"""A loaded sentence-transformers model to an ONNX graph, exact or in int8."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from index.embedding.pooling import POOLINGS

_OPSET = 17
_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
_OUTPUT = "token_embeddings"


def obstacle(model: Any, has_prefix: bool) -> str | None:
    """Say why the loaded model cannot be compiled; None where nothing stands against it."""
    modules = list(model)
    kinds = [type(module).__name__ for module in modules]
    own = all(type(module).__module__.startswith("sentence_transformers.") for module in modules)
    if not own or kinds not in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"]):
        return f"its modules are {', '.join(kinds)}, and only Transformer, Pooling, Normalize can be compiled"
    transformer, pooling = modules[:2]
    if pooling.pooling_mode not in POOLINGS:
        return f"its pooling is {pooling.pooling_mode!r}, and several at once cannot be compiled"
    if not pooling.include_prompt and has_prefix:
        return "its pooling leaves the prompt out"
    if transformer.query_expansion is not None:
        return "it expands queries"
    if transformer.modality_config.get("text", {}).get("method_output_name") != "last_hidden_state":
        return "its transformer does not return the last hidden state for a text"
    return None


def input_names(model: Any) -> list[str]:
    """Return the inputs that the tokenizer of the loaded model makes, in the order of the graph."""
    features = model.preprocess(["one text"])
    return [name for name in _INPUTS if name in features]


def export(model: Any, path: Path) -> None:
    """Write the transformer of the loaded model as an ONNX graph: tokens in, token embeddings out."""
    import torch

    class LastHiddenState(torch.nn.Module):  # type: ignore[misc]
        def __init__(self, transformer: Any, names: list[str]) -> None:
            super().__init__()
            self.transformer, self.names = transformer, names

        def forward(self, *inputs: Any) -> Any:
            named = dict(zip(self.names, inputs, strict=True))
            return self.transformer(**named).last_hidden_state

    names = input_names(model)
    transformer = model[0].auto_model.to("cpu").float()
    # the plain form of attention is the one whose pattern ONNX Runtime fuses
    transformer.set_attn_implementation("eager")
    features = model.preprocess(["two texts of unequal length", "for the trace"])
    axes = {0: "batch", 1: "sequence"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracing exporter deprecates itself and warns of every constant
        torch.onnx.export(
            LastHiddenState(transformer, names).eval(),
            tuple(features[name].to("cpu") for name in names),
            str(path),
            input_names=names,
            output_names=[_OUTPUT],
            dynamic_axes={name: axes for name in (*names, _OUTPUT)},
            opset_version=_OPSET,
            dynamo=False,
        )


def quantise(path: Path, target: Path) -> None:
    """Write the graph with int8 weights.

    Per channel, because one scale for a whole matrix costs a tenth of the cosine; in seven bits, because
    processors without VNNI overflow on eight.
    """
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.quant_utils import add_pre_process_metadata

    graph = onnx.load(str(path))
    add_pre_process_metadata(graph)  # else a hint about pre-processing, useless here, goes to the root logger
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        quantize_dynamic(graph, str(target), per_channel=True, reduce_range=True, weight_type=QuantType.QInt8)
