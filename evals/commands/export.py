"""``whosaid eval export``: a run as files of the TREC formats."""

from __future__ import annotations

from pathlib import Path

from evals.runs.export import export_trec
from evals.runs.record import read_run


def run(run_file: Path, folder: Path) -> int:
    """Write the files and name them; return 0."""
    for file in export_trec(read_run(run_file), folder):
        print(file)
    return 0
