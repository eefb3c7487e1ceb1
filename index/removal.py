"""Taking articles out of catalogue and index: those whose files are gone, and those that a person names."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from corpus.catalogue import ArticleRecord, Catalogue
from corpus.catalogue.read import at_path, readings
from corpus.catalogue.records import Tombstone, place
from corpus.errors import UsageError
from corpus.ingest import Files, IngestReport
from index.lock import writing
from index.session import Session
from index.store import Home, IndexSettings


@dataclass(frozen=True, slots=True)
class Removed:
    """An article that was erased, and the copies of it that remain."""

    article: ArticleRecord
    copies: tuple[ArticleRecord, ...]


def prune(
    session: Session,
    catalogue: Catalogue,
    paths: Sequence[Path],
    collection: str,
    files: Files,
    report: IngestReport,
) -> int:
    """Take out the articles below the folders in `paths` whose file, or record in a file, is gone.

    What is there but could not be read, or is skipped, stays. Returns how many were taken out.

    Raises:
        UsageError: the run found no file at all: the folder may be a disk that is not mounted.
    """
    if not files.number:
        named = ", ".join(str(path) for path in paths)
        raise UsageError(
            f"cannot prune {named}: no file was found there, as when a disk is not mounted; to take its articles out "
            "all the same, use `whosaid remove`"
        )
    doomed: list[str] = []
    for folder in paths:
        for article, root, path, _record in catalogue.removals.below(os.path.abspath(folder.expanduser()), collection):
            file = place(root, path)
            if article not in report.met and (file in files.whole or not os.path.lexists(file)):
                doomed.append(article)
    if doomed:
        session.remove(list(dict.fromkeys(doomed)), tombstone=False)
    return len(set(doomed))


def remove(
    home: Home, catalogue: Catalogue, settings: IndexSettings, articles: Sequence[ArticleRecord]
) -> list[Removed]:
    """Erase articles with all their versions, leave tombstones, and name the copies that remain.

    Raises:
        UsageError: another process is writing.
        StaleIndexError: the index does not belong to this catalogue or these settings.
    """
    with writing(home, catalogue), closing(Session(home, catalogue, settings)) as session:
        ids = {article.id for article in articles}
        removed = [
            Removed(article, tuple(copy for copy in catalogue.copies(article.id) if copy.id not in ids))
            for article in articles
        ]
        session.begin(rebuild=False)
        session.remove([article.id for article in articles], tombstone=True)
    return removed


def restore(home: Home, catalogue: Catalogue, key: str) -> list[Tombstone]:
    """Lift the tombstones that `key` names; the next ingest brings the articles back.

    Args:
        home: the folder of everything.
        catalogue: its catalogue.
        key: an id, a URL, or any spelling of a path, as `Catalogue.find` takes it; of a file of several articles,
            without ``#record``, all are meant.

    Raises:
        UsageError: no removed article is called that, or another process is writing.
    """
    with writing(home, catalogue):
        found = named(catalogue.removals.tombstones(), key)
        if not found:
            raise UsageError(
                f"cannot restore {key!r}: no removed article has this id, URL or path; see `whosaid remove --list`"
            )
        for stone in found:
            catalogue.removals.lift(stone.article_id)
    return found


def named(stones: Sequence[Tombstone], key: str) -> list[Tombstone]:
    """Return the tombstones that `key` names; see `restore`."""
    if exact := [stone for stone in stones if key in (stone.article_id, stone.url)]:
        return exact
    for path, record in readings(key):
        if found := at_path(path, [stone for stone in stones if record in (None, stone.record)]):
            return found
    return []
