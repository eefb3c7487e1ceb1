"""``whosaid eval compare``: two runs over the same questions."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from bot.visible import to_json
from evals.runs.compare import compare_runs
from evals.runs.record import read_run
from evals.runs.tell import for_tables, show_compared


def run(before: Path, after: Path, json: bool) -> int:
    """Print how B differs from A; return 0."""
    one, other = read_run(before), read_run(after)
    found = compare_runs(one, other)
    if json:
        print(to_json([asdict(change) for change in found]))
    else:
        show_compared(found, other.metrics, for_tables())
    return 0
