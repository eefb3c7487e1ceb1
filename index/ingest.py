"""A whole ingest run: catalogue, then index, under the writer's lock."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from filelock import FileLock, Timeout

from corpus.catalogue import Catalogue
from corpus.errors import StaleIndexError, UsageError
from corpus.ingest import DEFAULT_COLLECTION, IngestReport, ingest
from corpus.walk import Source, walk
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
        walk(paths)  # a path that does not exist is told before anything is touched
        session = _Session(home, catalogue, settings, watcher)
        session.begin(rebuild)
        waiting = 0
        with closing(session):
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

    def begin(self, rebuild: bool) -> None:
        """See that what there is can be added to, or that there is nothing."""
        found = None if rebuild else read_manifest(self._home.index)
        if found is not None:
            check(found, wanted_manifest(self._catalogue, self._settings, found.fingerprint), self._home.index)
        elif rebuild or self._catalogue.generation() > 0:
            if self._catalogue.count():
                self._compiled()  # a model that cannot be had is told while the old index is still there
            self._catalogue.unpublish_all()
            discard_index(self._home)

    def build(self) -> None:
        """Index what is pending."""
        if not self._catalogue.pending(1):
            return
        if self._builder is None:
            found = read_manifest(self._home.index)
            encoder = self._compiled() if found is None else self._encoder_of(found)
            manifest = wanted_manifest(self._catalogue, self._settings, encoder.fingerprint)
            parts = IndexParts(self._home.index, self._settings, manifest.catalogue)
            if found is None:
                parts.clear()  # a run that was killed may have begun it; a store elsewhere may hold an older one
            self._builder = Builder(self._home, self._catalogue, parts, encoder, manifest)
        self._builder.run(self._watcher.indexed)

    def close(self) -> None:
        """Close what is held open."""
        if self._builder is not None:
            self._builder.close()

    def _encoder_of(self, found: Manifest) -> Encoder:
        """Return the encoder that the index was made with."""
        folder = self._home.models / found.fingerprint
        encoder = open_encoder(folder, threads=self._settings.threads) if folder.is_dir() else self._compiled()
        if encoder.fingerprint != found.fingerprint:
            raise StaleIndexError(
                f"the index in {self._home.index} was made with other files of the model {found.model}, and what was "
                f"compiled of them is gone from {self._home.models}: build it anew with `whosaid ingest --rebuild`"
            )
        return encoder

    def _compiled(self) -> Encoder:
        """Return the encoder that the settings want, compiled if it is not yet."""
        settings = self._settings
        self._watcher.stage(f"preparing the embedding model {settings.model} (once)")
        return compile_model(
            settings.model,
            self._home.models,
            _excerpts(self._sample()),
            settings.runtime,
            question_prefix=settings.question_prefix,
            passage_prefix=settings.passage_prefix,
            threads=settings.threads,
        )

    def _sample(self) -> list[str]:
        """Return texts of the corpus to check a compiled model on."""
        ids = self._catalogue.pending(_SAMPLE) or list(islice(self._catalogue.iterate_ids(), _SAMPLE))
        return list(self._catalogue.texts(ids).values())


def _excerpts(texts: Sequence[str]) -> list[str]:
    """Return up to `_SAMPLE` excerpts of about a passage's length, spread over the texts."""
    each = max(1, _SAMPLE // max(1, len(texts)))
    return [text[at : at + 1000] for text in texts for at in range(0, min(len(text), 1000 * each), 1000)][:_SAMPLE]
