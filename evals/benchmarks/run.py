"""Compare whosaid with the LlamaIndex starter on 60 MultiHop-RAG articles: ``make bench``.

Five rounds, alternating who goes first; every figure is from a process of its own. The table of
medians and ratios is printed and kept in ``last.md``.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from corpus.errors import WhosaidError
from evals.benchmarks.measure import (
    WARM_UP,
    circumstances,
    data_folder,
    read_articles,
    run,
    whosaid,
    write_articles,
    write_questions,
)

ROUNDS = 5
ARTICLES = 60
WARM_QUESTIONS = 50
MIB = 2**20
LAST = Path(__file__).with_name("last.md")

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Material:
    """What both sides are given, as files in a scratch folder."""

    folder: Path
    articles: Path
    characters: int
    one_more: Path
    questions: Path
    cold: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: whose figures are compared, and what the project wants of their ratio."""

    what: str
    ours: str
    starter: str
    shown: Callable[[float], str]
    at_most: float | None = None
    at_least: float | None = None
    aim: float | None = None

    def target(self) -> str:
        """Return the target in words, "" where there is none."""
        if self.at_most is None and self.at_least is None:
            return ""
        bound = f"at most {self.at_most}" if self.at_most is not None else f"at least {self.at_least}"
        return bound + (f" (aim: {self.aim})" if self.aim is not None else "")

    def verdict(self, ratio: float) -> str:
        """Tell whether the ratio is within the target, "" where there is none."""
        if not self.target():
            return ""
        met = ratio <= self.at_most if self.at_most is not None else ratio >= (self.at_least or 0)
        return "met" if met else "missed"


def _seconds(value: float) -> str:
    return f"{value:.2f} s"


def _milliseconds(value: float) -> str:
    return f"{value:.1f} ms"


def _rate(value: float) -> str:
    return f"{value / 1000:.1f} k/s"


def _mebibytes(value: float) -> str:
    return f"{value / MIB:.0f} MiB"


ROWS = (
    Row("`ask`, whole process, cold", "ask_seconds", "ask_seconds", _seconds, at_most=0.25, aim=0.17),
    Row("retrieval, warm, p50", "search_p50", "search_p50", _milliseconds, at_most=0.75),
    Row("retrieval, warm, p95", "search_p95", "search_p95", _milliseconds, at_most=0.75),
    Row("whole quoted answer / bare retrieval, p50", "answer_p50", "search_p50", _milliseconds, at_most=1.5),
    Row("whole quoted answer / bare retrieval, p95", "answer_p95", "search_p95", _milliseconds, at_most=1.5),
    Row("ingest, characters, whole process", "ingest_rate", "ingest_rate", _rate, at_least=3, aim=4),
    Row("the same, the starter's imports and model loading left out", "ingest_rate", "bare_rate", _rate),
    Row("first ingest, which compiles the model, whole process", "first_rate", "ingest_rate", _rate),
    Row("peak memory of `ask`", "ask_peak", "ask_peak", _mebibytes, at_most=0.5),
    Row("peak memory of ingest", "ingest_peak", "ingest_peak", _mebibytes),
)


def prepare(data: Path, folder: Path) -> Material:
    """Choose articles from all over the corpus, and answerable questions on them, evenly spaced."""
    corpus = read_articles(data / "corpus.jsonl")
    step = len(corpus) // ARTICLES
    chosen = corpus[::step][:ARTICLES]
    urls = {article["url"] for article in chosen}
    asked = [
        query["query"]
        for query in read_articles(data / "queries-dev.jsonl")
        if any(evidence["url"] in urls for evidence in query["evidence_list"])
    ]
    wanted = WARM_QUESTIONS + WARM_UP
    questions = asked[:: max(1, len(asked) // wanted)][:wanted]
    return Material(
        folder=folder,
        articles=write_articles(folder / "articles.jsonl", chosen),
        characters=sum(len(article["body"]) for article in chosen),
        # An article of neither part makes the compiled model, before ingest with it is timed.
        one_more=write_articles(folder / "one.jsonl", [corpus[1]]),
        questions=write_questions(folder / "questions.txt", questions),
        cold=tuple(questions[:ROUNDS]),
    )


def measure_starter(material: Material, number: int) -> Figures:
    """Return the starter's figures of one round."""
    folder = material.folder / f"starter-{number}"
    starter = [sys.executable, "-m", "evals.benchmarks.starter"]
    ingest = run([*starter, "ingest", str(folder), str(material.articles)])
    ask = run([*starter, "ask", str(folder), material.cold[number % len(material.cold)]])
    warm = json.loads(run([*starter, "warm", str(folder), str(material.questions)]).output)
    shutil.rmtree(folder)
    return {
        "ingest_rate": material.characters / ingest.seconds,
        "bare_rate": material.characters / json.loads(ingest.output)["seconds"],
        "ingest_peak": ingest.peak_bytes,
        "ask_seconds": ask.seconds,
        "ask_peak": ask.peak_bytes,
        "search_p50": warm["p50_ms"],
        "search_p95": warm["p95_ms"],
    }


def measure_ours(material: Material, number: int) -> Figures:
    """Return our figures of one round."""
    first, home = material.folder / f"first-{number}", material.folder / f"home-{number}"
    compiling = run(whosaid(first, "ingest", str(material.articles)))
    shutil.rmtree(first)
    shutil.copytree(compiled(material), home)
    ingest = run(whosaid(home, "ingest", str(material.articles)))
    # A refusal (3) is an answer too.
    ask = run(whosaid(home, "ask", "--", material.cold[number % len(material.cold)]), allowed=(0, 3))
    ours = [sys.executable, "-m", "evals.benchmarks.ours"]
    search = json.loads(run([*ours, "search", str(home), str(material.questions)]).output)
    answer = warm_answers(home, material.questions)
    shutil.rmtree(home)
    return {
        "first_rate": material.characters / compiling.seconds,
        "ingest_rate": material.characters / ingest.seconds,
        "ingest_peak": ingest.peak_bytes,
        "ask_seconds": ask.seconds,
        "ask_peak": ask.peak_bytes,
        "search_p50": search["p50_ms"],
        "search_p95": search["p95_ms"],
        "answer_p50": answer["p50_ms"],
        "answer_p95": answer["p95_ms"],
        "answered": answer["answered"],
    }


def warm_answers(home: Path, questions: Path) -> Figures:
    """Return the p50 and p95, in ms, of whole quoted answers to a file of questions; see `evals.benchmarks.ours`."""
    found: Figures = json.loads(
        run([sys.executable, "-m", "evals.benchmarks.ours", "answer", str(home), str(questions)]).output
    )
    return found


def compiled(material: Material) -> Path:
    """Return a home that holds the compiled model and one article, made at the first call."""
    home = material.folder / "compiled"
    if not home.is_dir():
        run(whosaid(home, "ingest", str(material.one_more)))
    return home


def alternate(material: Material, rounds: int) -> tuple[Figures, Figures]:
    """Measure both sides, alternating who goes first; return the medians, ours and then the starter's."""
    ours: list[Figures] = []
    starter: list[Figures] = []
    sides = [(measure_ours, ours), (measure_starter, starter)]
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}", file=sys.stderr, flush=True)
        for measure, kept in sides if number % 2 else reversed(sides):
            kept.append(measure(material, number))
    return medians(ours), medians(starter)


def medians(rounds: Sequence[Mapping[str, float]]) -> Figures:
    """Return the median of each figure over the rounds."""
    return {name: median(figures[name] for figures in rounds) for name in rounds[0]}


def render(ours: Mapping[str, float], starter: Mapping[str, float]) -> str:
    """Return the comparison as a Markdown table."""
    lines = [
        "| what | whosaid | starter | whosaid / starter | target | |",
        "|---|---|---|---|---|---|",
    ]
    for row in ROWS:
        mine, theirs = ours[row.ours], starter[row.starter]
        cells = (row.what, row.shown(mine), row.shown(theirs), f"{mine / theirs:.2f}")
        lines.append(f"| {' | '.join(cells)} | {row.target()} | {row.verdict(mine / theirs)} |")
    return "\n".join(lines)


def main() -> int:
    """Run the comparison, print its table and keep it; return the exit code."""
    try:
        data = data_folder(os.environ, "multihop-rag")
        with tempfile.TemporaryDirectory() as scratch:
            material = prepare(data, Path(scratch))
            ours, starter = alternate(material, ROUNDS)
    except WhosaidError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    report = (
        f"# whosaid beside the LlamaIndex starter\n\n{circumstances()}\n\n"
        f"{ARTICLES} MultiHop-RAG articles, {material.characters:,} characters; medians of {ROUNDS} rounds. "
        f"whosaid answered {ours['answered']:.0%} of the warm questions and refused the rest.\n\n"
        f"{render(ours, starter)}\n"
    )
    LAST.write_text(report, encoding="utf-8")
    print(report, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
