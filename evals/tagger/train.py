"""Train the statement tagger on PolNeAR's train part.

    python -m evals.tagger.train --data DIR --out FOLDER [--seed N] [--epochs 3]

DIR holds PolNeAR's ``train`` folder. A tenth of its articles, drawn with the seed, is held out for choosing;
``dev`` is never read. FOLDER gets ``epoch-N.pt`` after each epoch; an interrupted training resumes
after its last one. `python -m evals.tagger.export` makes the shipped model of such a file.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer

from evals.polnear import read_gold
from evals.tagger.examples import batches, make_example
from evals.tagger.network import Heads, loss
from index.embedding.model import find_model, load
from index.embedding.reference import tokenizer_json

HELD_OUT = 0.1
_BATCH = 8
_RATE, _HEAD_RATE = 2e-4, 1e-3
_WARM_UP = 0.06
_DECAY = 0.01
_LONGEST_STEP = 1.0  # norm of a gradient


def split(data: Path, seed: int) -> tuple[list[str], list[str]]:
    """Return the names of the articles to train on and of those held out."""
    names = sorted(name for name, _, _ in read_gold(data / "train"))
    random.Random(seed).shuffle(names)
    kept = round(len(names) * HELD_OUT)
    return sorted(names[kept:]), sorted(names[:kept])


def open_network() -> tuple[Any, Any, Heads]:
    """Return the embedded default model, loaded, its tokenizer (never truncating) and new heads for it."""
    source = find_model()
    model = load(source.name, source.folder)
    tokenizer = Tokenizer.from_str(tokenizer_json(model, source.name))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return model, tokenizer, Heads(int(model.get_embedding_dimension()))


def train(data: Path, out: Path, seed: int, epochs: int) -> None:
    """Train for some epochs over all train articles that are not held out, leaving a file for each."""
    torch.manual_seed(seed)
    out.mkdir(parents=True, exist_ok=True)
    model, tokenizer, heads = open_network()
    transformer = model[0].auto_model.float()
    _quiet(transformer)
    chosen = frozenset(split(data, seed)[0])
    examples = [make_example(tokenizer, *row) for row in read_gold(data / "train") if row[0] in chosen]
    special = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    plan = [batches(examples, _BATCH, random.Random(f"{seed} {epoch}")) for epoch in range(epochs)]
    optimiser, schedule = _optimiser(transformer, heads, sum(map(len, plan)))
    done = _resume(out, transformer, heads, optimiser, schedule)
    for epoch in range(done, epochs):
        _epoch(transformer, heads, plan[epoch], optimiser, schedule, special)
        state = {
            "epoch": epoch + 1,
            "transformer": transformer.state_dict(),
            "heads": heads.state_dict(),
            "optimiser": optimiser.state_dict(),
            "schedule": schedule.state_dict(),
        }
        torch.save(state, out / f"epoch-{epoch + 1}.pt")


def _quiet(transformer: Any) -> None:
    """No dropout, and word embeddings as they are: most are never seen here."""
    for module in transformer.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
        if hasattr(module, "dropout_prob"):
            module.dropout_prob = 0.0
    transformer.embeddings.word_embeddings.weight.requires_grad_(False)
    transformer.train()


def _optimiser(transformer: Any, heads: Heads, steps: int) -> tuple[Any, Any]:
    groups = [
        {"params": [p for p in transformer.parameters() if p.requires_grad], "lr": _RATE},
        {"params": list(heads.parameters()), "lr": _HEAD_RATE},
    ]
    optimiser = torch.optim.AdamW(groups, weight_decay=_DECAY)
    warm = max(1, round(steps * _WARM_UP))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / warm, max(0.0, (steps - step) / (steps - warm)))
    )
    return optimiser, schedule


def _resume(out: Path, transformer: Any, heads: Heads, optimiser: Any, schedule: Any) -> int:
    files = sorted(out.glob("epoch-*.pt"), key=lambda path: int(path.stem.partition("-")[2]))
    if not files:
        return 0
    state = torch.load(files[-1], weights_only=True)
    transformer.load_state_dict(state["transformer"])
    heads.load_state_dict(state["heads"])
    optimiser.load_state_dict(state["optimiser"])
    schedule.load_state_dict(state["schedule"])
    return int(state["epoch"])


def _epoch(
    transformer: Any, heads: Heads, plan: list[list[Any]], optimiser: Any, schedule: Any, special: tuple[int, int]
) -> None:
    begun, pieces, running = time.perf_counter(), 0, 0.0
    for step, batch in enumerate(plan, 1):
        value = loss(transformer, heads, batch, special)
        optimiser.zero_grad(set_to_none=True)
        value.backward()
        torch.nn.utils.clip_grad_norm_([p for g in optimiser.param_groups for p in g["params"]], _LONGEST_STEP)
        optimiser.step()
        schedule.step()
        pieces += sum(window.end - window.start for window in batch)
        running += float(value.detach())
        if step % 20 == 0 or step == len(plan):
            speed = pieces / (time.perf_counter() - begun)
            print(f"step {step} of {len(plan)}: loss {running / 20:.3f}, {speed:,.0f} pieces a second", flush=True)
            running = 0.0


def main(arguments: Sequence[str] | None = None) -> None:
    """Train as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m evals.tagger.train", description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="PolNeAR: a folder with train/")
    parser.add_argument("--out", type=Path, required=True, help="where the checkpoints go")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=3)
    options = parser.parse_args(arguments)
    train(options.data, options.out, options.seed, options.epochs)


if __name__ == "__main__":
    main()
