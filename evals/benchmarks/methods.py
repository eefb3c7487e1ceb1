"""Compare what the statement tagger costs with what the rules cost: a part of ``make bench``.

    python -m evals.benchmarks.methods

Both sides ingest the 60 MultiHop-RAG articles of `evals.benchmarks.run` and answer its questions, and those of the
sample's gold set that name a speaker (the part for development) over the sample. Five rounds, alternating who goes
first; the table of medians and ratios is printed and kept in ``last-methods.md``.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from corpus.errors import WhosaidError
from corpus.model import Method
from evals.benchmarks.measure import circumstances, data_folder, run, whosaid, write_questions
from evals.benchmarks.run import ARTICLES, ROUNDS, Figures, Material, compiled, medians, prepare, warm_answers
from evals.goldset.read import read_gold

LAST = Path(__file__).with_name("last-methods.md")
_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: a figure of both sides, and the most that their ratio may be."""

    what: str
    name: str
    unit: str
    at_most: float | None = None


ROWS = (
    Row("ingest, whole process", "ingest_seconds", "s", 2.2),
    Row("the same, processor time", "ingest_cpu", "s"),
    Row("whole quoted answer, warm, p50", "answer_p50", "ms", 1.2),
    Row("the same, of questions that name a speaker, over the sample", "spoken_p50", "ms", 1.2),
)


def measure(material: Material, method: Method, spoken: Path) -> Figures:
    """Return one side's figures of one round; `spoken` is a file of questions on the sample."""
    home = _home(material, method, "articles")
    ingest = run(whosaid(home, "ingest", str(material.articles)))
    answer = warm_answers(home, material.questions)
    shutil.rmtree(home)
    home = _home(material, method, "sample")
    run(whosaid(home, "ingest", str(_ROOT / "corpus" / "sample")))
    asked = warm_answers(home, spoken)
    shutil.rmtree(home)
    return {
        "ingest_seconds": ingest.seconds,
        "ingest_cpu": ingest.cpu_seconds,
        "answer_p50": answer["p50_ms"],
        "spoken_p50": asked["p50_ms"],
    }


def _home(material: Material, method: Method, name: str) -> Path:
    """Return a new home with the compiled model, in which statements are found by `method`."""
    home = material.folder / f"{name}-{method}"
    shutil.copytree(compiled(material) / "models", home / "models")
    (home / "whosaid.toml").write_text(f"statements = {json.dumps(method)}\n", encoding="utf-8")
    return home


def alternate(material: Material, spoken: Path, rounds: int) -> dict[Method, Figures]:
    """Measure both sides, alternating who goes first; return the medians of each."""
    found: dict[Method, list[Figures]] = {method: [] for method in get_args(Method)}
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}", file=sys.stderr, flush=True)
        for method in found if number % 2 else reversed(found):
            found[method].append(measure(material, method, spoken))
    return {method: medians(figures) for method, figures in found.items()}


def render(tagger: Mapping[str, float], rules: Mapping[str, float]) -> str:
    """Return the comparison as a Markdown table."""
    lines = ["| what | tagger | rules | tagger / rules | target | |", "|---|---|---|---|---|---|"]
    for row in ROWS:
        ratio = tagger[row.name] / rules[row.name]
        target = f"at most {row.at_most}" if row.at_most else ""
        verdict = ("met" if ratio <= row.at_most else "missed") if row.at_most else ""
        cells = (row.what, *(f"{side[row.name]:.1f} {row.unit}" for side in (tagger, rules)), f"{ratio:.2f}")
        lines.append(f"| {' | '.join(cells)} | {target} | {verdict} |")
    return "\n".join(lines)


def main() -> int:
    """Run the comparison, print its table and keep it; return the exit code."""
    try:
        data = data_folder(os.environ, "multihop-rag")
        gold = read_gold(_ROOT / "evals" / "gold" / "sample.jsonl")
        asked = [question.question for question in gold.questions if question.split == "dev" and question.speaker]
        with tempfile.TemporaryDirectory() as scratch:
            material = prepare(data, Path(scratch))
            spoken = write_questions(material.folder / "spoken.txt", asked)
            found = alternate(material, spoken, ROUNDS)
    except WhosaidError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    report = (
        f"# The statement tagger beside the rules\n\n{circumstances()}\n\n"
        f"{ARTICLES} MultiHop-RAG articles, {material.characters:,} characters, and {len(asked)} questions on the "
        f"sample; medians of {ROUNDS} rounds.\n\n{render(found['tagger'], found['rules'])}\n"
    )
    LAST.write_text(report, encoding="utf-8")
    print(report, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
