"""``whosaid backup``: everything that answers depend on, in one file."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from bot.commands.show import open_catalogue
from bot.settings import Settings
from index.backup import backup


def run(settings: Settings, file: Path) -> int:
    """Write the backup and say what it holds; return the exit code."""
    target = file.expanduser().absolute()
    with closing(open_catalogue(settings)) as catalogue:
        contents = backup(settings.place(), catalogue, settings.index(), target)
    print(f"{target}: {contents.articles} articles, {target.stat().st_size / 1e6:.1f} MB")
    print("It holds the full texts, and no settings: keep whosaid.toml, which may hold keys, yourself.")
    return 0
