"""The bot as a process of its own beside this Slack."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from .fake import FakeSlack

REPOSITORY = Path(__file__).resolve().parents[2]


@contextmanager
def bot_process(slack: FakeSlack, command: Sequence[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run the bot against this Slack, and stop it at the end; what it says goes into a file."""
    environment = {**os.environ, **slack.environment(), "PYTHONUNBUFFERED": "1"}
    with log.open("wb") as said:
        process = subprocess.Popen(
            command,
            env=environment,
            cwd=REPOSITORY,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,  # Ctrl-C is for this process, which then tells the bot to stop
        )
    try:
        yield process
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(30)
        process.kill()
        process.wait()


def prepared(home: Path, articles: Path) -> None:
    """Ingest the sample into a home that has nothing."""
    if (home / "catalogue.sqlite").exists():
        return
    print(f"reading {articles} into {home} ...", flush=True)
    whosaid = [sys.executable, "-m", "bot.cli", "--home", str(home), "ingest", str(articles)]
    subprocess.run(whosaid, cwd=REPOSITORY, check=True, stdout=subprocess.DEVNULL)


def started(slack: FakeSlack, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the bot is connected, or say that it ended."""
    for _ in range(60):
        with suppress(AssertionError):
            return slack.connected(seconds=1.0)
        if process.poll() is not None:
            break
    raise SystemExit(f"the bot did not connect; it said:\n{log.read_text('utf-8', 'replace')}")
