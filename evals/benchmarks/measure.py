"""What both sides of a benchmark are measured with, and what they are given."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import distributions
from itertools import islice
from pathlib import Path
from typing import Any

from corpus.errors import UsageError, WhosaidError

WARM_UP = 5
SHOWN_PACKAGES = ("whosaid", "llama-index-core", "chromadb", "torch", "onnxruntime", "tantivy")

# ru_maxrss is in KiB on Linux and in bytes on macOS.
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True)
class Run:
    """One finished process: wall and processor time in seconds, peak resident memory in bytes, what it printed."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    output: str


class BenchmarkError(WhosaidError):
    """A measured process failed: its figures would mean nothing."""


def whosaid(home: Path, *arguments: str) -> list[str]:
    """Return the command line of whosaid over `home`, from the environment that runs this."""
    return [str(Path(sys.executable).parent / "whosaid"), "--home", str(home), *arguments]


def run(command: Sequence[str], *, allowed: tuple[int, ...] = (0,)) -> Run:
    """Run a command to its end and measure it from outside.

    The caller should be small: a child's peak is never less than what its parent held when it started it.

    Args:
        command: the program and its arguments.
        allowed: exit codes that count as success.

    Raises:
        BenchmarkError: it ended with another exit code; the message ends with its last words.
    """
    with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as complaints:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=printed, stderr=complaints)
        # wait4 alone tells the memory of this child; RUSAGE_CHILDREN is the largest of all so far.
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0)
        complaints.seek(0)
        if process.returncode not in allowed:
            last = complaints.read().decode(errors="replace").strip()[-2000:]
            raise BenchmarkError(f"{' '.join(command[:4])} ... ended with {process.returncode}: {last}")
        return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _RSS_UNIT, printed.read().decode())


def latencies(call: Callable[[str], object], questions: Sequence[str]) -> dict[str, float]:
    """Call once for each question; return the count and the p50 and p95 in ms, the first few left out.

    Raises:
        UsageError: there are no more questions than the warm-up takes.
    """
    if len(questions) <= WARM_UP:
        raise UsageError(f"{len(questions)} questions: give more than the {WARM_UP} that warm up")
    for question in questions[:WARM_UP]:
        call(question)
    times = []
    for question in questions[WARM_UP:]:
        began = time.perf_counter()
        call(question)
        times.append((time.perf_counter() - began) * 1000)
    return {"questions": len(times), "p50_ms": percentile(times, 50), "p95_ms": percentile(times, 95)}


def percentile(values: Iterable[float], share: float) -> float:
    """Return the smallest value that at least `share` per cent of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    rank = max(1, -(-len(ordered) * share // 100))
    return ordered[int(rank) - 1]


def own_peak() -> int:
    """Return the peak resident memory of this process, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _RSS_UNIT


def disk_bytes(folder: Path) -> int:
    """Return the bytes of all files under `folder`."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def data_folder(environment: Mapping[str, str], name: str) -> Path:
    """Return the folder of one public data set.

    Raises:
        UsageError: it is not there; the message says how to get it.
    """
    beside = Path(__file__).resolve().parents[3] / "shared" / "data"
    folder = Path(environment.get("WHOSAID_DATA", beside)) / name
    if not folder.is_dir():
        raise UsageError(
            f"the benchmark needs the data set {name}, and {folder} is not a folder: get it as "
            "CONTRIBUTING.md, section Data sets, says, and set WHOSAID_DATA to the folder that holds it"
        )
    return folder


def read_articles(path: Path, limit: int | None = None) -> list[dict[str, Any]]:
    """Return the records of a JSON Lines file, gzipped or not: the first `limit`, or all."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in islice(lines, limit)]


def write_articles(path: Path, records: Iterable[dict[str, Any]]) -> Path:
    """Write records as JSON Lines and return the path."""
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def read_questions(path: Path) -> list[str]:
    """Return the questions of a file, one a line."""
    return path.read_text(encoding="utf-8").splitlines()


def write_questions(path: Path, questions: Iterable[str]) -> Path:
    """Write questions one a line (their own line breaks become spaces) and return the path."""
    path.write_text("".join(" ".join(question.split()) + "\n" for question in questions), encoding="utf-8")
    return path


def silence_progress() -> None:
    """Keep libraries' progress bars and notices out of what is measured and printed."""
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()


def circumstances() -> str:
    """Return the date, the versions and the size of the machine, which the figures are nothing without."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    found = {distribution.name: distribution.version for distribution in distributions()}
    packages = ", ".join(f"{name} {found[name]}" for name in SHOWN_PACKAGES if name in found)
    return (
        f"{dt.date.today()}; {len(os.sched_getaffinity(0))} cores, {memory:.0f} GiB, "
        f"{platform.system()} {platform.machine()}; Python {platform.python_version()}; {packages}."
    )
