"""Choose how spans are read off the network's scores, on the articles that training held out.

    python -m evals.tagger.choose --data DIR --model FOLDER [--seed N]

Prints the figures of `evals.attribution_spans` for one change of `Choices` after the other, from the shipped
ones on, keeping each that is better in content and source (F1), until none is.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from corpus.statements.tagger import Choices, Network
from corpus.statements.tagger.model import Reading
from corpus.statements.tagger.spans import CHOSEN, decode
from evals.attribution_spans import Tally, add
from evals.polnear import Marked, read_gold
from evals.tagger.train import split

_TRIED: dict[str, tuple[float, ...]] = {
    "cue": (0.4, 0.5, 0.55, 0.6, 0.65, 0.7),
    "cue_edge": (0.2, 0.3, 0.4, 0.5),
    "switch": (0.3, 0.6, 1.0, 2.0),
    "content": (-0.5, 0.0, 0.5, 1.0),
    "source": (0.02, 0.05, 0.1, 0.2),
    "edge": (0.2, 0.3, 0.4, 0.5, 0.6),
    "same": (0.5, 0.65, 0.8, 0.95),
    "least": (0.0, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4),
}

Read = list[tuple[str, Reading, list[Marked]]]


def read_articles(network: Network, data: Path, names: Sequence[str], part: str = "train") -> Read:
    """Run the network over the articles of a part that are among `names`."""
    wanted = frozenset(names)
    return [(text, network.read(text), gold) for name, text, gold in read_gold(data / part) if name in wanted]


def score(network: Network, articles: Read, choices: Choices) -> Tally:
    """Score the network's own spans, without what the rules add."""
    tally = Tally()
    for text, reading, gold in articles:
        found = decode(network, text, reading, choices)
        add(tally, [Marked(each.source, (each.cue,), each.content) for each in found], gold)
    return tally


def choose(network: Network, articles: Read, choices: Choices) -> Choices:
    """Return the best choices found by changing one at a time."""
    best, value = choices, 0.0
    while True:
        before = value
        for name, values in _TRIED.items():
            for tried in values:
                changed = replace(best, **{name: tried})
                tally = score(network, articles, changed)
                if (made := tally.f1(tally.linked)) > value + 1e-6:
                    best, value = changed, made
                    print(f"{name}={tried}: content {tally.f1(tally.content):.3f}, with source {made:.3f}", flush=True)
        if value == before:
            return best


def main(arguments: Sequence[str] | None = None) -> None:
    """Choose as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m evals.tagger.choose", description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="PolNeAR: a folder with train/")
    parser.add_argument("--model", type=Path, required=True, help="what evals.tagger.export made")
    parser.add_argument("--seed", type=int, default=0, help="the training's")
    options = parser.parse_args(arguments)
    network = Network(options.model)
    articles = read_articles(network, options.data, split(options.data, options.seed)[1])
    print(choose(network, articles, CHOSEN))


if __name__ == "__main__":
    main()
