"""A whole ingest run: catalogue, then index, under the writer's lock."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from corpus.catalogue import Catalogue
from corpus.errors import UsageError
from corpus.ingest import DEFAULT_COLLECTION, IngestReport, ingest
from corpus.walk import Source
from index.build import Builder
from index.embedding import Encoder, compile_model, open_encoder
from index.manifest import Manifest, check, read_manifest
from index.store import Home, IndexParts, IndexSettings, discard_index, wanted_manifest

_SAMPLE = 200  # texts on which a model is checked when it is compiled
_PUBLISH = 128  # changed articles between two builds, so that memory does not grow with the corpus


@dataclass(frozen=True, slots=True)
class Watcher:
    """Whom an ingest run tells how it goes.

    `file` hears of each file about to be read, `stage` of what takes a while (a sentence), `indexed` of
    the articles and characters indexed since the last call.
    """

    file: Callable[[Source], None] = lambda source: None
    stage: Callable[[str], None] = lambda sentence: None
    indexed: Callable[[int, int], None] = lambda articles, characters: None


@contextmanager
def writing(home: Home) -> Iterator[None]:
    """Hold the writer's lock of `home`.

    Raises:
        UsageError: another process is writing.
    """
    home.folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(home.lock, timeout=0):
            yield
    except Timeout as error:
        raise UsageError(
            f"cannot write to {home.folder}: another whosaid is ingesting into it; wait for it to end"
        ) from error


def run(
    home: Home,
    catalogue: Catalogue,
    settings: IndexSettings,
    paths: Sequence[Path],
    collection: str = DEFAULT_COLLECTION,
    outlet: str | None = None,
    rebuild: bool = False,
    watcher: Watcher = Watcher(),
) -> IngestReport:
    """Ingest `paths` and bring the index up to the catalogue; with `rebuild`, make the index anew first.

    Raises:
        UsageError: a path does not exist, or another process is writing.
        StaleIndexError: the index was made with other settings and `rebuild` is not set.
    """
    report = IngestReport()
    with writing(home):
        session = _Session(home, catalogue, settings, watcher)
        if rebuild:
            session.discard()
        else:
            session.check()
        waiting = 0
        for _change in ingest(catalogue, paths, report, collection, outlet, watcher.file):
            waiting += 1
            if waiting >= _PUBLISH:
                session.build()
                waiting = 0
        session.build()
    return report


class _Session:
    """The index as one run writes it; opened when there is something to write."""

    def __init__(self, home: Home, catalogue: Catalogue, settings: IndexSettings, watcher: Watcher) -> None:
        self._home, self._catalogue, self._settings, self._watcher = home, catalogue, settings, watcher
        self._builder: Builder | None = None

    def check(self) -> None:
        """Refuse to add to an index that was made otherwise."""
        found = read_manifest(self._home.index)
        if found is not None:
            check(
                found, wanted_manifest(self._catalogue, self._settings, found.fingerprint), self._home.index
            )
        elif self._catalogue.generation() > 0:  # the index folder is gone: make it anew
            self._catalogue.unpublish_all()

    def discard(self) -> None:
        """Begin the index anew."""
        discard_index(self._home)
        self._catalogue.unpublish_all()

    def build(self) -> None:
        """Index what is pending."""
        if not self._catalogue.pending(1):
            return
        if self._builder is None:
            encoder = self._encoder()
            parts = IndexParts(self._home.index, self._settings, encoder.dimension)
            if read_manifest(self._home.index) is None:
                parts.clear()  # a vector store elsewhere may hold what an older index put there
            manifest: Manifest = wanted_manifest(self._catalogue, self._settings, encoder.fingerprint)
            self._builder = Builder(self._home, self._catalogue, parts, encoder, manifest)
        self._builder.run(self._watcher.indexed)

    def _encoder(self) -> Encoder:
        settings = self._settings
        found = read_manifest(self._home.index)
        if found is not None and (self._home.models / found.fingerprint).is_dir():
            return open_encoder(self._home.models / found.fingerprint, threads=settings.threads)
        self._watcher.stage(f"preparing the embedding model {settings.model} (once)")
        ids = self._catalogue.pending(_SAMPLE)
        texts = list(self._catalogue.texts(ids).values())
        return compile_model(
            settings.model,
            self._home.models,
            _excerpts(texts),
            settings.runtime,
            question_prefix=settings.question_prefix,
            passage_prefix=settings.passage_prefix,
            threads=settings.threads,
        )


def _excerpts(texts: Sequence[str]) -> list[str]:
    """Return up to `_SAMPLE` excerpts of about a passage's length, spread over the texts."""
    each = max(1, _SAMPLE // max(1, len(texts)))
    return [text[at : at + 1000] for text in texts for at in range(0, min(len(text), 1000 * each), 1000)][
        :_SAMPLE
    ]
