"""Measure whosaid at 1,000 and 10,000 articles: ``make bench-scale``.

The questions are made of headlines among the first 1,000 articles, so that both sizes hold what is asked
for. The table is printed and kept in ``last-scale.md``.
"""

from __future__ import annotations

import gzip
import json
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from corpus.errors import UsageError, WhosaidError
from evals.benchmarks.measure import (
    WARM_UP,
    circumstances,
    data_folder,
    disk_bytes,
    run,
    whosaid,
    write_questions,
)

SIZES = (1_000, 10_000)
WARM_QUESTIONS = 100
GROWTH_AT_MOST = 2.0
MIB = 2**20
LAST = Path(__file__).with_name("last-scale.md")


@dataclass(frozen=True, slots=True)
class Scale:
    """What was measured at one size: characters a second, milliseconds, bytes."""

    articles: int
    characters: int
    ingest_rate: float
    ingest_peak: int
    search: Mapping[str, float]
    answer: Mapping[str, float]
    disk: int


def cut(source: Path, size: int, target: Path) -> tuple[int, list[str]]:
    """Copy the first `size` articles of a gzipped JSON Lines file; return their characters and their titles.

    Line by line, since what this process holds would count as its children's memory.

    Raises:
        UsageError: the file holds fewer articles.
    """
    characters, titles = 0, []
    with gzip.open(source, "rt", encoding="utf-8") as lines, target.open("w", encoding="utf-8") as kept:
        for line in islice(lines, size):
            article = json.loads(line)
            characters += len(article["body"])
            titles.append(article["title"])
            kept.write(line)
    if len(titles) < size:
        raise UsageError(f"{source} holds {len(titles)} articles, fewer than {size}: get the whole set")
    return characters, titles


def questions(titles: Sequence[str]) -> list[str]:
    """Return a question on each of some evenly spaced headlines."""
    wanted = WARM_QUESTIONS + WARM_UP
    named = [title for title in titles if title]
    return [f"What was said about {title}?" for title in named[:: max(1, len(named) // wanted)][:wanted]]


def measure(source: Path, size: int, asked: Path, folder: Path) -> Scale:
    """Ingest the first `size` articles into a new home under `folder`, ask, and tell what it took."""
    home, articles = folder / f"home-{size}", folder / f"articles-{size}.jsonl"
    characters, _ = cut(source, size, articles)
    ingest = run(whosaid(home, "ingest", str(articles)))
    ours = [sys.executable, "-m", "evals.benchmarks.ours"]
    return Scale(
        articles=size,
        characters=characters,
        ingest_rate=characters / ingest.seconds,
        ingest_peak=ingest.peak_bytes,
        search=json.loads(run([*ours, "search", str(home), str(asked)]).output),
        answer=json.loads(run([*ours, "answer", str(home), str(asked)]).output),
        disk=disk_bytes(home),
    )


def render(scales: Sequence[Scale]) -> str:
    """Return a Markdown table, a column a size, and the growth of the warm p50 beside its target."""

    def row(name: str, cells: Sequence[str]) -> str:
        return f"| {name} | {' | '.join(cells)} |"

    growth = scales[-1].search["p50_ms"] / scales[0].search["p50_ms"]
    return "\n".join(
        [
            row("articles", [f"{s.articles:,}" for s in scales]),
            row("---", ["---"] * len(scales)),
            row("characters", [f"{s.characters / 1e6:.1f} M" for s in scales]),
            row("ingest, compiling included", [f"{s.ingest_rate / 1000:.1f} k/s" for s in scales]),
            row("peak memory of ingest", [f"{s.ingest_peak / MIB:.0f} MiB" for s in scales]),
            row("retrieval, warm, p50", [f"{s.search['p50_ms']:.1f} ms" for s in scales]),
            row("retrieval, warm, p95", [f"{s.search['p95_ms']:.1f} ms" for s in scales]),
            row("whole quoted answer, warm, p50", [f"{s.answer['p50_ms']:.1f} ms" for s in scales]),
            row("whole quoted answer, warm, p95", [f"{s.answer['p95_ms']:.1f} ms" for s in scales]),
            row("peak memory of answering", [f"{s.answer['peak_bytes'] / MIB:.0f} MiB" for s in scales]),
            row("disk", [f"{s.disk / MIB:.0f} MiB" for s in scales]),
            "",
            f"Retrieval p50 at {scales[-1].articles:,} / at {scales[0].articles:,} articles: {growth:.2f}; "
            f"target at most {GROWTH_AT_MOST:g}: {'met' if growth <= GROWTH_AT_MOST else 'missed'}.",
        ]
    )


def main() -> int:
    """Measure every size, print the table and keep it; return the exit code."""
    try:
        source = data_folder(os.environ, "scale") / "articles.jsonl.gz"
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            _, titles = cut(source, min(SIZES), folder / "titles.jsonl")
            asked = write_questions(folder / "questions.txt", questions(titles))
            scales = []
            for size in SIZES:
                print(f"{size:,} articles", file=sys.stderr, flush=True)
                scales.append(measure(source, size, asked, folder))
                print(f"{scales[-1]}", file=sys.stderr, flush=True)
    except WhosaidError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    report = f"# whosaid as the corpus grows\n\n{circumstances()}\n\n{render(scales)}\n"
    LAST.write_text(report, encoding="utf-8")
    print(report, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
