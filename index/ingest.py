"""A whole ingest run: catalogue, then index, under the writer's lock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from corpus.catalogue import Catalogue
from corpus.errors import LoadError
from corpus.ingest import DEFAULT_COLLECTION, Files, Incoming, IngestReport, ingest
from corpus.walk import Source
from index.build import BATCH
from index.lock import writing
from index.removal import prune
from index.session import Session
from index.store import Home, IndexSettings


@dataclass(frozen=True, slots=True)
class Watcher:
    """Whom an ingest run tells how it goes.

    `file` hears of each file about to be read, `stage` of what takes a while (a sentence), `indexed` of
    the articles and characters indexed since the last call.
    """

    file: Callable[[Source], None] = lambda source: None
    stage: Callable[[str], None] = lambda sentence: None
    indexed: Callable[[int, int], None] = lambda articles, characters: None


def run(
    home: Home,
    catalogue: Catalogue,
    settings: IndexSettings,
    paths: Sequence[Path],
    collection: str = DEFAULT_COLLECTION,
    outlet: str | None = None,
    rebuild: bool = False,
    pruning: bool = False,
    watcher: Watcher = Watcher(),
    batch: int = BATCH,
) -> IngestReport:
    """Ingest `paths` and bring the index up to the catalogue.

    Args:
        home: the folder of everything.
        catalogue: its catalogue.
        settings: how the index is made.
        paths: files and folders.
        collection: the collection the articles belong to.
        outlet: who published those articles that do not say so themselves.
        rebuild: make the index anew, beside the one that serves, which it then replaces.
        pruning: take out the articles below the folders in `paths` whose files, or records, are gone.
        watcher: whom to tell how it goes.
        batch: articles that are published at once: more of them take more memory, fewer more time.

    Raises:
        UsageError: a path does not exist, or another process is writing.
        StaleIndexError: the index was made with other settings and `rebuild` is not set.
    """
    files = Files(paths, watcher.file)  # a path that does not exist is told before anything is touched
    with _session(home, catalogue, settings, watcher, batch) as session:
        session.begin(rebuild)
        report = _take(session, catalogue, files, collection, outlet, 2 * batch)
        if pruning:
            report.pruned = prune(session, catalogue, paths, collection, files, report)
        session.finish()
    return report


def take(
    home: Home,
    catalogue: Catalogue,
    settings: IndexSettings,
    items: Iterable[Incoming | LoadError],
    collection: str = DEFAULT_COLLECTION,
    outlet: str | None = None,
    watcher: Watcher = Watcher(),
    batch: int = BATCH,
) -> IngestReport:
    """Ingest what arrives from elsewhere than files; see `run`."""
    with _session(home, catalogue, settings, watcher, batch) as session:
        session.begin(rebuild=False)
        report = _take(session, catalogue, items, collection, outlet, 2 * batch)
        session.finish()
    return report


@contextmanager
def _session(
    home: Home, catalogue: Catalogue, settings: IndexSettings, watcher: Watcher, batch: int
) -> Iterator[Session]:
    session = Session(home, catalogue, settings, watcher.stage, watcher.indexed, batch)
    with writing(home, catalogue), closing(session):
        yield session


def _take(
    session: Session,
    catalogue: Catalogue,
    items: Iterable[Incoming | LoadError],
    collection: str,
    outlet: str | None,
    between: int,  # changed articles between two builds, so that memory does not grow with the corpus
) -> IngestReport:
    report, waiting = IngestReport(), 0
    for _change in ingest(catalogue, items, report, collection, outlet):
        waiting += 1
        if waiting >= between:
            session.build()
            waiting = 0
    return report
