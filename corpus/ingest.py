"""From files and feeds to the catalogue: load, store, and count what happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from corpus.catalogue import Catalogue, Change, Origin
from corpus.catalogue.records import place
from corpus.errors import LoadError
from corpus.loaders import Loaded, Loading, load
from corpus.model import Document
from corpus.outlet_names import claimed, tidy
from corpus.walk import Source, walk

DEFAULT_COLLECTION = "default"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A document that arrived, and from where: a file `path` below the folder `root`, or a URL with the root ""."""

    loaded: Loaded
    root: str
    path: str


@dataclass(slots=True)
class IngestReport:
    """What one run did: how many articles of each kind of change, and which files it could not use.

    `met` holds the ids of all articles that were read; `pruned` counts those that were taken out because what
    they were read from is gone.
    """

    changes: Counter[str] = field(default_factory=Counter)
    errors: list[LoadError] = field(default_factory=list)
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
        self.characters += other.characters
        self.pruned += other.pruned
        self.met |= other.met

    def line(self) -> str:
        """Return the run in one sentence."""
        if not self.articles and not self.errors:
            return "nothing to load: no files were found"
        parts = [f"{self.changes[kind]} {kind}" for kind in ("new", "changed", "updated") if self.changes[kind]]
        same = self.changes["unchanged"]
        if not parts:
            known = "1 article, as it was" if same == 1 else f"{same} articles, all as they were"
            return f"nothing is new: {known}" + self._rest()
        return ", ".join(parts) + (f", {same} unchanged" if same else "") + self._rest()

    def _rest(self) -> str:
        barred = self.changes["removed"]
        parts = [f"{barred} left out, which you removed" if barred else ""]
        parts += [f"{self.pruned} taken out, whose files are gone" if self.pruned else ""]
        parts += [f"{len(self.errors)} could not be loaded" if self.errors else ""]
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
    stored = _Stored(catalogue, collection, outlet)
    for item in items:
        if isinstance(item, LoadError):
            report.errors.append(item)
        elif _holds_nul(item.loaded.document):
            report.errors.append(_nul(item))
        else:
            change = stored.put(item)
            report.changes[change.kind] += 1
            report.characters += len(item.loaded.document.text)
            report.met.add(change.article_id)
            if change.kind in ("new", "changed", "updated"):
                yield change


class _Stored:
    """Puts the articles of one run, and remembers where it met which URL."""

    def __init__(self, catalogue: Catalogue, collection: str, outlet: str | None) -> None:
        self._catalogue, self._collection, self._outlet = catalogue, collection, outlet
        self._met: dict[int, int] = {}  # hashes, of a URL: of the place where the run met it first

    def put(self, item: Incoming) -> Change:
        loaded, document = item.loaded, item.loaded.document
        # who published it: as it says itself, as whoever ingests it says, or at least whose address it has
        outlet = tidy(document.outlet) or self._outlet or claimed(None, document.url)
        document = replace(document, outlet=outlet)
        origin = Origin(
            collection=self._collection,
            root=item.root,
            path=item.path,
            record=document.record,
            raw_hash=loaded.raw_hash,
            loader=loaded.loader,
            loader_version=loaded.loader_version,
        )
        here = hash((origin.file, origin.record))
        elsewhere = document.url is not None and self._met.setdefault(hash(document.url), here) != here
        return self._catalogue.put(document, origin, same_run=elsewhere)


def _holds_nul(document: Document) -> bool:
    known = (document.title, document.outlet, document.url, document.language, document.record)
    return any("\0" in field for field in (document.text, *known, *document.authors) if field)


def _nul(item: Incoming) -> LoadError:
    record = item.loaded.document.record
    where = f"{item.path}, record {record!r}" if record else item.path
    return LoadError(f"could not load {where}: it holds a NUL character, which no catalogue can store; remove it")
