"""The index as one run writes it: the edition it adds to, or a new one that takes its place."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from contextlib import closing
from dataclasses import replace
from itertools import islice
from uuid import uuid4

from corpus.catalogue import Catalogue
from corpus.errors import StaleIndexError
from corpus.statements import ready
from index.build import BATCH, Builder, Progress, purge
from index.embedding import Encoder, compile_model, open_encoder
from index.entries import all_passages, all_statements
from index.manifest import Manifest, check, read_manifest
from index.rules import Rules
from index.store import Home, IndexParts, IndexSettings, drop, open_edition, serving, wanted_manifest
from index.vectors.refill import refill

_SAMPLE = 200  # texts on which a model is checked when it is compiled


class Session:
    """What one run does to the index; its stores are opened when there is something to write."""

    def __init__(
        self,
        home: Home,
        catalogue: Catalogue,
        settings: IndexSettings,
        stage: Callable[[str], None] = lambda sentence: None,
        progress: Progress = lambda articles, characters: None,
        batch: int = BATCH,
    ) -> None:
        """See `index.ingest.run` for the arguments; the caller holds the writer's lock."""
        self._home, self._catalogue, self._settings = home, catalogue, settings
        self._rules = Rules.read(home.folder)
        self._stage, self._progress, self._batch = stage, progress, batch
        self._builder: Builder | None = None
        self._encoder: Encoder | None = None
        self._edition, self._fresh = "", True  # the edition that is written; whether this run made it
        self._replaces: str | None = None  # the edition whose place a fresh one takes
        self._beside = False  # whether that one answers until the fresh one is done

    def begin(self, rebuild: bool) -> None:
        """See that what there is can be added to, or that there is nothing, or begin anew beside it.

        Raises:
            StaleIndexError: the index was made with other settings and `rebuild` is not set.
        """
        now = serving(self._home, self._catalogue)
        if now is not None and now != self._home.edition():
            self._home.serve(now)  # a run that restored a backup was killed before it could
        published = self._catalogue.published(now) if now is not None else 0
        found = read_manifest(self._home.index(now)) if now is not None and published and not rebuild else None
        self._sweep({now} if published else set())
        if found is None or now is None:
            self._replaces, self._beside = now, rebuild and published > 0
            if self._catalogue.count():
                self._compiled()  # a model that cannot be had is told before anything is begun
                ready(self._settings.statements)
            self._edition = new_edition()
            return
        wanted = wanted_manifest(self._catalogue, self._settings, found.fingerprint, now, published)
        check(found, wanted, self._home.index(now))
        self._edition, self._fresh = now, False
        if self._catalogue.edition(now).gone().erased:  # by a run that was killed, or through another home
            self._erase()
        if found.speakers != self._rules.speakers.digest:
            self._renamed()

    def _renamed(self) -> None:
        """Make the lexical index of statements anew, by the names that speakers have now."""
        self._stage("speakers.toml has changed: making the index of statements anew")
        builder = self._opened()
        builder.parts.statements.rewrite(all_statements(self._catalogue, self._edition, self._rules))
        builder.renamed(self._rules.speakers.digest)

    def build(self) -> None:
        """Index what is pending."""
        if self._fresh:
            if not self._catalogue.count():
                return
            # first, so that the rows of a run that is killed can be traced
            self._home.index(self._edition).mkdir(parents=True, exist_ok=True)
            if not self._beside:
                self._home.serve(self._edition)  # from its first part on
        elif not self._catalogue.edition(self._edition).pending(1):
            return
        self._opened().run(self._progress)

    def remove(self, articles: Sequence[str], tombstone: bool) -> None:
        """Erase articles from catalogue and index; see `Removals.remove`.

        With `tombstone` nothing of them stays in a file of the index: the lexical ones are written anew.
        """
        self._catalogue.removals.remove(articles, tombstone)
        if self._home.edition() != self._edition:  # what is being made anew loses them with its next part
            if tombstone:
                self._catalogue.removals.scrub()
        elif tombstone:
            self._erase()
        else:
            edition = self._catalogue.edition(self._edition)
            gone = edition.gone()
            purge(self._opened().parts, gone)
            edition.forget_gone(gone)

    def _erase(self) -> None:
        """Let nothing of what is gone stay in a file."""
        edition, parts = self._catalogue.edition(self._edition), self._opened().parts
        gone = edition.gone()
        parts.vectors.delete(gone.passages)
        parts.sentences.delete(gone.passages)
        parts.passages.rewrite(all_passages(self._catalogue, self._edition))
        parts.statements.rewrite(all_statements(self._catalogue, self._edition, self._rules))
        parts.sentences.compact()
        if self._settings.vectors == "chroma":
            self.close()  # this process knows what is to be forgotten; another writes the store, and it is opened again
            refill(self._home.index(self._edition) / "chroma", self._home.index(self._edition) / "sentences.sqlite")
        scrubbed = self._catalogue.removals.scrub()  # else the next run tries again
        edition.forget_gone(replace(gone, erased=gone.erased and scrubbed))

    def finish(self) -> None:
        """Index what is pending and let a new edition serve; the old one goes when the new one has answered."""
        self.build()
        if not self._fresh or self._builder is None:
            return
        self.close()
        opened = open_edition(self._home, self._catalogue, self._settings, self._edition)
        with closing(opened.parts) as parts:
            parts.vectors.query(opened.encoder.encode_question("What was said?"), 1)
        self._home.serve(self._edition)
        self._sweep({self._edition}, self._replaces)

    @property
    def edition(self) -> str:
        """The name of the edition that is being written."""
        return self._edition

    def close(self) -> None:
        """Close what is held open."""
        if self._builder is not None:
            self._builder.close()
            self._builder = None

    def _opened(self) -> Builder:
        """Return the builder of this run's edition, opened at the first call."""
        if self._builder is None:
            folder = self._home.index(self._edition)
            found = read_manifest(folder)
            encoder = self._compiled() if found is None else self._encoder_of(found)
            generation = self._catalogue.edition(self._edition).generation()
            manifest = replace(
                wanted_manifest(self._catalogue, self._settings, encoder.fingerprint, self._edition, generation),
                speakers=found.speakers if found else self._rules.speakers.digest,
            )
            parts = IndexParts(folder, self._settings)
            if found is None:
                parts.clear()  # a store elsewhere may hold an older index
            self._builder = Builder(
                self._home,
                self._catalogue,
                parts,
                encoder,
                manifest,
                self._rules,
                self._batch,
                self._settings.threads,
            )
        return self._builder

    def _sweep(self, kept: Set[str | None], *more: str | None) -> None:
        """Delete the editions of this home, and `more`, but those that are `kept`: replaced, or never finished."""
        for name in {*self._home.editions(), *more} - kept:
            if name is not None:
                self._catalogue.edition(name).drop()
                drop(self._settings, self._home, name)
        self._home.discard_left()

    def _encoder_of(self, found: Manifest) -> Encoder:
        """Return the encoder that the index was made with."""
        folder = self._home.models / found.fingerprint
        encoder = open_encoder(folder, threads=self._settings.threads) if folder.is_dir() else self._compiled()
        if encoder.fingerprint != found.fingerprint:
            raise StaleIndexError(
                f"the index in {self._home.indexes} was made with other files of the model {found.model}, and what was "
                f"compiled of them is gone from {self._home.models}: build it anew with `whosaid ingest --rebuild`"
            )
        return encoder

    def _compiled(self) -> Encoder:
        """Return the encoder that the settings want, compiled if it is not yet."""
        if self._encoder is not None:
            return self._encoder
        settings = self._settings
        self._stage(f"preparing the embedding model {settings.model} (once)")
        self._encoder = compile_model(
            settings.model,
            self._home.models,
            _excerpts(self._sample()),
            settings.runtime,
            question_prefix=settings.question_prefix,
            passage_prefix=settings.passage_prefix,
            threads=settings.threads,
        )
        return self._encoder

    def _sample(self) -> list[str]:
        """Return texts of the corpus to check a compiled model on."""
        return list(self._catalogue.texts(islice(self._catalogue.iterate_ids(), _SAMPLE)).values())


def new_edition() -> str:
    """Return a name for an edition, which no other has."""
    return uuid4().hex[:12]


def _excerpts(texts: Sequence[str]) -> list[str]:
    """Return up to `_SAMPLE` excerpts of about a passage's length, spread over the texts."""
    each = max(1, _SAMPLE // max(1, len(texts)))
    return [text[at : at + 1000] for text in texts for at in range(0, min(len(text), 1000 * each), 1000)][:_SAMPLE]
