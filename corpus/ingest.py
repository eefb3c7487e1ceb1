"""From files to the catalogue: load, store, and count what happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from corpus.catalogue import Catalogue, Change
from corpus.catalogue.store import Origin, article_id
from corpus.errors import LoadError
from corpus.loaders import Loaded, load
from corpus.model import Document
from corpus.walk import Source, walk

DEFAULT_COLLECTION = "default"


@dataclass(slots=True)
class IngestReport:
    """What one run did: how many articles of each kind of change, and which files it could not use."""

    changes: Counter[str] = field(default_factory=Counter)
    errors: list[LoadError] = field(default_factory=list)
    characters: int = 0
    files: int = 0

    @property
    def articles(self) -> int:
        """How many articles were read, changed or not."""
        return sum(self.changes.values())

    def line(self) -> str:
        """Return the run in one sentence."""
        if not self.articles and not self.errors:
            return "nothing to load: no files were found"
        parts = [f"{self.changes[kind]} {kind}" for kind in ("new", "changed", "updated") if self.changes[kind]]
        same = self.changes["unchanged"]
        if not parts:
            known = "1 article, as it was" if same == 1 else f"{same} articles, all as they were"
            return f"nothing is new: {known}" + self._failed()
        return ", ".join(parts) + (f", {same} unchanged" if same else "") + self._failed()

    def _failed(self) -> str:
        return f"; {len(self.errors)} could not be loaded" if self.errors else ""


def ingest(
    catalogue: Catalogue,
    paths: Sequence[Path],
    report: IngestReport,
    collection: str = DEFAULT_COLLECTION,
    outlet: str | None = None,
    on_file: Callable[[Source], None] = lambda source: None,
) -> Iterator[Change]:
    """Put every article under `paths` into the catalogue, yielding what changed as it goes.

    Args:
        catalogue: where the articles go.
        paths: files and folders.
        report: filled in while the run goes on; a file or record that is no use is noted there.
        collection: the collection the articles belong to.
        outlet: who published those articles that do not say so themselves.
        on_file: called when a file is about to be read.

    Raises:
        UsageError: a path does not exist.
    """
    stored = _Stored(catalogue, collection, outlet)
    for source in walk(paths):
        report.files += 1
        on_file(source)
        for loaded in load(source):
            if isinstance(loaded, LoadError):
                report.errors.append(loaded)
            elif _holds_nul(loaded.document):
                report.errors.append(_nul(loaded, source))
            else:
                change = stored.put(loaded, source)
                report.changes[change.kind] += 1
                report.characters += len(loaded.document.text)
                if change.kind != "unchanged":
                    yield change


class _Stored:
    """Puts the articles of one run, and remembers which of them claimed which URL."""

    def __init__(self, catalogue: Catalogue, collection: str, outlet: str | None) -> None:
        self._catalogue, self._collection, self._outlet = catalogue, collection, outlet
        self._claims: dict[str, tuple[int, int]] = {}  # hashes of place and text, by the id that the URL gives

    def put(self, loaded: Loaded, source: Source) -> Change:
        document = loaded.document
        if document.outlet is None and self._outlet is not None:
            document = replace(document, outlet=self._outlet)
        origin = Origin(
            collection=self._collection,
            root=str(source.root),
            path=source.relative,
            record=document.record,
            raw_hash=loaded.raw_hash,
            loader=loaded.loader,
            loader_version=loaded.loader_version,
        )
        if document.url:
            key = article_id(origin, document.url)
            mine = hash((origin.file, origin.record)), hash(document.text)
            place, text = self._claims.setdefault(key, mine)
            # Two places in one run that claim one URL hold one article if their text is one, and two otherwise,
            # or each would replace the other for ever.
            if place != mine[0] and text == mine[1]:
                return Change(kind="unchanged", article_id=key, version=self._catalogue.articles([key])[key].version)
            if place != mine[0]:
                document = replace(document, url=None)
        return self._catalogue.put(document, origin)


def _holds_nul(document: Document) -> bool:
    known = (document.title, document.outlet, document.url, document.language, document.record)
    return any("\0" in field for field in (document.text, *known, *document.authors) if field)


def _nul(loaded: Loaded, source: Source) -> LoadError:
    where = f"{source.relative}, record {loaded.document.record!r}" if loaded.document.record else source.relative
    return LoadError(f"could not load {where}: it holds a NUL character, which no catalogue can store; remove it")
