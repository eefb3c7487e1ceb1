"""``whosaid restore``: put a backup in the place of all that the home holds."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

from bot.commands.ingest import open_or_make
from bot.settings import Settings
from corpus.errors import UsageError
from index.backup import restore


def run(settings: Settings, file: Path, sure: bool) -> int:
    """Restore and say what is there now; return the exit code: 1 where the person said no."""
    source = file.expanduser().absolute()
    if not source.is_file():
        raise UsageError(f"cannot restore {file}: there is no such file")
    with closing(open_or_make(settings)) as catalogue:
        there = catalogue.count()
        if there and not sure and not _is_meant(settings.place().folder, there):
            print("whosaid: nothing was restored", file=sys.stderr)
            return 1
        done = restore(settings.place(), catalogue, settings.index(), source, alone=settings.catalogue is None)
    print(f"{done.articles} articles are there now" + (f", in place of {there}" if there else ""))
    if done.removed:
        print(f"{done.removed} of the backup were left out, which you had removed")
    for beside in done.kept:
        print(f"your own {beside.stem} stays; that of the backup is in {beside}")
    return 0


def _is_meant(home: Path, there: int) -> bool:
    """Ask the person at the terminal; without one, `--yes` has to say it."""
    if not sys.stdin.isatty():
        raise UsageError(
            f"{home} holds {there} articles, which restoring would replace, and there is no terminal to ask at: add "
            "--yes to go ahead"
        )
    return input(f"Replace the {there} articles in {home}? [y/N] ").strip().lower() in ("y", "yes")
