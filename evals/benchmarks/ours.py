"""Our warm questions, timed inside one process; the cold ones and ingest are timed as the command line is.

python -m evals.benchmarks.ours search HOME QUESTIONS.txt   # retrieval: {"questions", "p50_ms", "p95_ms"}
python -m evals.benchmarks.ours answer HOME QUESTIONS.txt   # the whole quoted answer
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from bot.ask import Whosaid
from evals.benchmarks.measure import latencies, own_peak, read_questions

LIMIT = 10


def search(home: Path, questions: list[str]) -> dict[str, float]:
    """Time retrieval of ten passages for each question, after the first few."""
    engine = Whosaid(home)
    return {
        **latencies(lambda question: engine.search(question, limit=LIMIT), questions),
        "peak_bytes": own_peak(),
    }


def answer(home: Path, questions: list[str]) -> dict[str, float]:
    """Time the whole quoted answer to each question, and tell what share was answered rather than refused."""
    engine = Whosaid(home)
    answered: list[bool] = []
    timed = latencies(lambda question: answered.append(engine.ask(question).answered), questions)
    return {**timed, "answered": sum(answered) / len(answered), "peak_bytes": own_peak()}


def main() -> None:
    """Time one thing and print its result."""
    parser = argparse.ArgumentParser(prog="python -m evals.benchmarks.ours", description=__doc__)
    parser.add_argument("what", choices=["search", "answer"])
    parser.add_argument("home", type=Path)
    parser.add_argument("questions", type=Path)
    options = parser.parse_args()
    timed = (search if options.what == "search" else answer)(options.home, read_questions(options.questions))
    print(json.dumps(timed))


if __name__ == "__main__":
    main()
