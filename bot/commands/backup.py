"""``whosaid backup``: everything that answers depend on, in one file."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from bot.cite import show_date
from bot.commands.show import open_catalogue
from bot.settings import Settings
from corpus.errors import BackupError, UsageError
from index.archive import read_contents
from index.backup import backup


def run(settings: Settings, file: Path) -> int:
    """Write the backup and say what it holds; return the exit code."""
    target = file.expanduser().absolute()
    before = _replaced(target)
    with closing(open_catalogue(settings)) as catalogue:
        contents = backup(settings.place(), catalogue, settings.index(), target)
    print(f"{target}: {contents.articles} articles, {target.stat().st_size / 1e6:.1f} MB{before}")
    print("It holds the full texts, and no settings: keep whosaid.toml, which may hold keys, yourself.")
    return 0


def _replaced(target: Path) -> str:
    """Return what to say of the backup that this one takes the place of; "" where there is none.

    Raises:
        UsageError: something else is there, which is not to be lost.
    """
    if not target.exists():
        return ""
    try:
        old = read_contents(target)
    except BackupError as error:
        raise UsageError(
            f"cannot write the backup {target}: something is there that is no whole whosaid backup; move it away, or "
            "name another file"
        ) from error
    return f", in place of a backup of {show_date(old.made_at)}"
