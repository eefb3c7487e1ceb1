"""``whosaid remove``: erase articles for good, name the copies that remain, and take a removal back."""

from __future__ import annotations

import sys
from contextlib import closing

from bot.cite import one_line, show_date
from bot.commands.show import find, open_catalogue, shown_title
from bot.settings import Settings
from corpus.catalogue import ArticleRecord, Catalogue
from corpus.errors import UsageError
from corpus.outlets import Outlets
from index.removal import remove, restore


def run(settings: Settings, keys: list[str], lift: bool, listing: bool, sure: bool) -> int:
    """Do as asked and print what was done; return the exit code: 1 where the person said no."""
    if not keys and not listing:
        raise UsageError("no article to remove; name it by id, URL or file, or use --list to see what was removed")
    with closing(open_catalogue(settings)) as catalogue:
        if listing:
            for stone in catalogue.removals.tombstones():
                print(f"{stone.article_id}  removed {show_date(stone.removed_at)}: {one_line(stone.where)}")
            return 0
        if lift:
            return _restore(settings, catalogue, keys)
        outlets = Outlets.read(settings.place().folder)
        articles = {article.id: article for article in (find(catalogue, key) for key in keys)}
        # before they are gone: which title may be shown depends on the text
        names = {key: _named(one, shown_title(catalogue, one, outlets)) for key, one in articles.items()}
        if not sure and not _is_meant([*names.values()]):
            print("whosaid: nothing was removed", file=sys.stderr)
            return 1
        for removed in remove(settings.place(), catalogue, settings.index(), [*articles.values()]):
            print(f"removed {names[removed.article.id]}, with {removed.article.current} version(s) of its text")
            for copy in removed.copies:
                print(f"  a copy remains: {_named(copy, shown_title(catalogue, copy, outlets))}")
    print("Later ingests leave it out until `whosaid remove --restore`. Backups made before may still hold it.")
    return 0


def _restore(settings: Settings, catalogue: Catalogue, keys: list[str]) -> int:
    for key in keys:
        for stone in restore(settings.place(), catalogue, key):
            print(f"{one_line(stone.where)} may come back with the next ingest")
    return 0


def _named(article: ArticleRecord, title: str) -> str:
    return f"{article.id} {one_line(title) or 'Untitled'} ({one_line(article.where)})"


def _is_meant(names: list[str]) -> bool:
    """Ask the person at the terminal; without one, `--yes` has to say it."""
    if not sys.stdin.isatty():
        raise UsageError("removing cannot be undone and there is no terminal to ask at: add --yes to go ahead")
    for name in names:
        print(name)
    return input("Erase for good, with all versions? [y/N] ").strip().lower() in ("y", "yes")
