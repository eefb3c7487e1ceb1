"""Make the shipped model of a training's checkpoint: int8 graph, heads, tokenizer.

    python -m evals.tagger.export CHECKPOINT FOLDER

The graph is written by the same code as a compiled embedding model's.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from corpus.statements.tagger.heads import HEADS
from corpus.statements.tagger.model import GRAPH, TOKENIZER
from evals.tagger.train import open_network
from index.embedding.export import export, quantise


def write_model(checkpoint: Path, folder: Path, *, exact: bool = False) -> None:
    """Write the model of a checkpoint into `folder`; `exact` keeps the graph in 32-bit numbers."""
    model, tokenizer, heads = open_network()
    state = torch.load(checkpoint, weights_only=True, map_location="cpu")
    model[0].auto_model.load_state_dict(state["transformer"])
    heads.load_state_dict(state["heads"])
    folder.mkdir(parents=True, exist_ok=True)
    plain = folder / "exact.onnx"
    export(model.eval(), plain)
    if exact:
        plain.replace(folder / GRAPH)
    else:
        quantise(plain, folder / GRAPH)
        plain.unlink()
    weights = {name: value.numpy().astype(np.float16) for name, value in heads.state_dict().items()}
    np.savez_compressed(folder / HEADS, **weights)
    tokenizer.save(str(folder / TOKENIZER), pretty=False)


def main(arguments: Sequence[str] | None = None) -> None:
    """Export as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m evals.tagger.export", description=__doc__.partition("\n")[0])
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--exact", action="store_true", help="keep 32-bit numbers")
    options = parser.parse_args(arguments)
    write_model(options.checkpoint, options.folder, exact=options.exact)


if __name__ == "__main__":
    main()
