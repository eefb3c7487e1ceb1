"""From files and feeds to the catalogue: load, store, and count what happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from corpus.catalogue import Catalogue, Change, Origin
from corpus.catalogue.identity import Met
from corpus.catalogue.records import place
from corpus.errors import LoadError, Skipped
from corpus.loaders import Loaded, Loading, load
from corpus.model import Document
from corpus.outlet_names import tidy
from corpus.walk import Source, walk

DEFAULT_COLLECTION = "default"
_WAITING = 20_000_000  # characters of a file that wait for its end; of a file of which more has changed, parts do

KINDS = {"new": "new", "changed": "changed", "updated": "known better (the publisher's text is the same)"}
"""The kinds of change that a run tells, in words."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A document that arrived, and from where: a file `path` below the folder `root`, or a URL with the root ""."""

    loaded: Loaded
    root: str
    path: str


@dataclass(slots=True)
class IngestReport:
    """What one run did: how many articles of each kind of change, and which files it could not use.

    `skipped` are what is no article by its nature. `met` holds the ids of all articles that were read; `pruned` counts
    those that were taken out because what they were read from is gone.
    """

    changes: Counter[str] = field(default_factory=Counter)
    errors: list[LoadError] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    characters: int = 0
    pruned: int = 0
    met: set[str] = field(default_factory=set)

    @property
    def articles(self) -> int:
        """How many articles were read, changed or not."""
        return sum(self.changes.values())

    def add(self, other: IngestReport) -> None:
        """Count what another run did as well."""
        self.changes += other.changes
        self.errors += other.errors
        self.skipped += other.skipped
        self.characters += other.characters
        self.pruned += other.pruned
        self.met |= other.met

    def line(self) -> str:
        """Return the run in one sentence."""
        if not self.articles and not self.errors and not self.skipped:
            return "nothing to load: no files were found"
        parts = [f"{self.changes[kind]} {word}" for kind, word in KINDS.items() if self.changes[kind]]
        same = self.changes["unchanged"]
        if not parts:
            known = (
                "1 article, as it was" if same == 1 else f"{same} articles, all as they were" if same else "no article"
            )
            return f"nothing is new: {known}" + self._rest()
        return ", ".join(parts) + (f", {same} unchanged" if same else "") + self._rest()

    def _rest(self) -> str:
        barred = self.changes["removed"]
        parts = [f"{barred} left out, which you removed" if barred else ""]
        parts += [f"{self.pruned} taken out, whose files are gone" if self.pruned else ""]
        parts += [f"{len(self.errors)} could not be loaded" if self.errors else ""]
        parts += [f"{len(self.skipped)} skipped" if self.skipped else ""]
        return "".join(f"; {part}" for part in parts if part)


class Files:
    """The articles in files and folders, read one by one; afterwards it knows what it met."""

    def __init__(self, paths: Sequence[Path], on_file: Callable[[Source], None] = lambda source: None) -> None:
        """Name the files and folders; `on_file` is called when a file is about to be read.

        Raises:
            UsageError: a path does not exist.
        """
        self._sources, self._on_file = walk(paths), on_file
        self.number = 0
        self.whole: set[str] = set()  # paths of the files that were read without an error

    def __iter__(self) -> Iterator[Incoming | LoadError]:
        """Yield what each file holds, and an error for each file or record that is no use."""
        with Loading() as loading:
            for source in self._sources:
                if isinstance(source, LoadError):
                    yield source
                else:
                    yield from self._read(source, loading)

    def _read(self, source: Source, loading: Loading) -> Iterator[Incoming | LoadError]:
        self.number += 1
        self._on_file(source)
        sound = True
        for loaded in load(source, loading):
            if isinstance(loaded, LoadError):
                sound = False
                yield loaded
            else:
                yield Incoming(loaded, str(source.root), source.relative)
        if sound:
            self.whole.add(place(str(source.root), source.relative))


def ingest(
    catalogue: Catalogue,
    items: Iterable[Incoming | LoadError],
    report: IngestReport,
    collection: str = DEFAULT_COLLECTION,
    outlet: str | None = None,
) -> Iterator[Change]:
    """Put every article of `items` into the catalogue, yielding what changed as it goes.

    Args:
        catalogue: where the articles go.
        items: what arrives, from `Files` or from the web.
        report: filled in while the run goes on; a file or record that is no use is noted there.
        collection: the collection the articles belong to.
        outlet: who published those articles that do not say so themselves.
    """
    stored = _Stored(catalogue, collection, outlet, report)
    for item in items:
        if isinstance(item, Skipped):
            report.skipped.append(item)
        elif isinstance(item, LoadError):
            report.errors.append(item)
        elif _holds_nul(item.loaded.document):
            report.errors.append(_nul(item))
        else:
            yield from stored.take(item)
    yield from stored.rest()
    catalogue.end_run()


class _Stored:
    """Puts the articles of one run, and remembers where it met which URL, and which articles in the file at hand.

    What may be a later form of the article at its place waits until its file is read: a line further down may hold
    that article unchanged, since another was put in before it.
    """

    def __init__(self, catalogue: Catalogue, collection: str, outlet: str | None, report: IngestReport) -> None:
        self._catalogue, self._collection, self._outlet, self._report = catalogue, collection, outlet, report
        self._urls: dict[int, int] = {}  # hashes, of a URL: of the place where the run met it first
        self._file: str | None = None
        self._articles: set[str] = set()  # of the file, as far as they were met
        self._waiting: list[tuple[Document, Origin]] = []
        self._characters = 0  # of the texts that wait

    def take(self, item: Incoming) -> Iterator[Change]:
        """Put an article, unless it has to wait, and yield what changed."""
        loaded, document = item.loaded, item.loaded.document
        # who published it: as it says itself, or as whoever ingests it says
        document = replace(document, outlet=tidy(document.outlet) or self._outlet)
        origin = Origin(
            collection=self._collection,
            root=item.root,
            path=item.path,
            record=document.record,
            raw_hash=loaded.raw_hash,
            loader=loaded.loader,
            loader_version=loaded.loader_version,
        )
        if origin.file != self._file:
            yield from self.rest()
            self._file, self._articles = origin.file, set()
        change = self._catalogue.offer(document, origin, self._met(document, origin, more=True))
        if change is not None:
            yield from self._noted(document, change)
            return
        self._waiting.append((document, origin))
        self._characters += len(document.text)
        if self._characters > _WAITING:
            yield from self.rest()

    def rest(self) -> Iterator[Change]:
        """Put what has waited, in the order of its arrival, and yield what changed."""
        waiting, self._waiting, self._characters = self._waiting, [], 0
        for document, origin in waiting:
            yield from self._noted(document, self._catalogue.put(document, origin, self._met(document, origin)))

    def _met(self, document: Document, origin: Origin, more: bool = False) -> Met:
        here = hash((origin.file, origin.record))
        elsewhere = document.url is not None and self._urls.setdefault(hash(document.url), here) != here
        return Met(elsewhere, self._articles, more)

    def _noted(self, document: Document, change: Change) -> Iterator[Change]:
        self._articles.add(change.article_id)
        self._report.changes[change.kind] += 1
        self._report.characters += len(document.text)
        self._report.met.add(change.article_id)
        if change.kind in ("new", "changed", "updated"):
            yield change


def _holds_nul(document: Document) -> bool:
    known = (document.title, document.outlet, document.url, document.language, document.record)
    return any("\0" in field for field in (document.text, *known, *document.authors) if field)


def _nul(item: Incoming) -> LoadError:
    record = item.loaded.document.record
    where = f"{item.path}, record {record!r}" if record else item.path
    return LoadError(f"could not load {where}: it holds a NUL character, which no catalogue can store; remove it")
