"""Backing up a home into one file, while others read, and putting it back, in place of what is there."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

from corpus.catalogue import Catalogue
from corpus.catalogue.dump import SCHEMA, Dump, load, next_generation, settle, tables
from corpus.errors import BackupError, StaleIndexError, UsageError
from corpus.outlets import FILE as OUTLETS
from corpus.people import FILE as SPEAKERS
from index import archive
from index.archive import Contents
from index.lock import writing
from index.manifest import FORMAT, Manifest, check, read_manifest
from index.session import Session, new_edition
from index.store import Home, IndexParts, IndexSettings, open_edition, serving, wanted_manifest
from index.vectors.turns import Turns

BY_HAND = (OUTLETS, SPEAKERS)  # what answers depend on; the settings stay out, as they may hold keys


@dataclass(frozen=True, slots=True)
class Restored:
    """What restoring did: the articles there are now, those left out, and files of the home that were not replaced."""

    articles: int
    removed: int
    kept: tuple[Path, ...]


def backup(home: Home, catalogue: Catalogue, settings: IndexSettings, file: Path) -> Contents:
    """Write catalogue, index, compiled model and hand-written files to `file`, whole or not at all.

    Readers go on meanwhile; writers wait.

    Raises:
        UsageError: another process is writing, or nothing was ever ingested.
        StaleIndexError: the index does not serve.
        BackupError: the file cannot be written.
    """
    with writing(home, catalogue):
        edition = serving(home, catalogue)
        if edition is None or not catalogue.has_published():
            raise UsageError(f"there is nothing to back up in {home.folder}: ingest articles first")
        opened = open_edition(home, catalogue, settings, edition)
        with (
            archive.writing(file) as out,
            tempfile.TemporaryDirectory(prefix=".backup-", dir=home.indexes) as scratch,  # swept after a sudden death
            closing(opened.parts) as parts,
        ):
            folder = Path(scratch)
            _index(home.index(edition), parts, folder)
            out.folder("index", folder)
            out.folder("model", home.models / opened.encoder.fingerprint)
            for name in BY_HAND:
                if (home.folder / name).is_file():
                    out.file(f"home/{name}", home.folder / name)
            with Dump.of(catalogue.engine, edition) as dump:
                for table in tables():
                    out.lines(f"catalogue/{table}.jsonl", dump.lines(table))
            contents = Contents(
                format=archive.FORMAT,
                whosaid=version("whosaid"),
                schema=SCHEMA,
                index=FORMAT,
                articles=catalogue.count(),
                made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            )
            out.finish(contents)
    return contents


def _index(edition: Path, parts: IndexParts, target: Path) -> None:
    """Copy an edition's folder as it would be if nobody had it open."""
    parts.sentences.copy(target / "sentences.sqlite")
    for name in ("passages", "statements"):
        shutil.copytree(edition / name, target / name)
    shutil.copy(edition / "manifest.json", target)
    turns = Turns(edition / "chroma")
    if (edition / "chroma").is_dir():
        with turns.taken():
            if not turns.unfinished():  # else the vectors are had from the sentences' when it is restored
                shutil.copytree(edition / "chroma", target / "chroma")


def restore(home: Home, catalogue: Catalogue, settings: IndexSettings, file: Path, alone: bool) -> Restored:
    """Put what `file` holds in the place of all that the home holds; what was removed by hand stays removed.

    What is there answers until the new has been opened and asked. Vectors in a store elsewhere, which no backup
    holds, are filled in from the index's own copy.

    Args:
        home: the folder of everything.
        catalogue: its catalogue.
        settings: how the index must have been made.
        file: the backup.
        alone: whether no other home can share the catalogue.

    Raises:
        UsageError: another process is writing, or other homes answer from the catalogue.
        BackupError: the file is no backup, damaged, or of a newer whosaid.
        StaleIndexError: its index was made with other settings.
    """
    with writing(home, catalogue):
        edition, replaced = new_edition(), serving(home, catalogue)
        unpacked = home.indexes / f".{edition}"
        try:
            contents = archive.unpack(file, unpacked)
            _known(contents, file)
            manifest = _manifest(unpacked / "index", catalogue, settings, edition)
            _take_model(unpacked / "model", home.models / manifest.fingerprint)
            (unpacked / "index").rename(home.index(edition))
            _fill(home, settings, edition, unpacked)
            manifest.write(home.index(edition))
            mine: Collection[str] | None = None if alone else {*home.editions(), *([replaced] if replaced else [])}
            removed = load(
                catalogue.engine,
                partial(_lines, unpacked / "catalogue"),
                edition,
                manifest.generation,
                home.edition(),
                mine,
            )
            kept = _by_hand(unpacked / "home", home.folder)
        finally:
            shutil.rmtree(unpacked, ignore_errors=True)
        home.serve(edition)
        settle(catalogue.engine)
        with closing(Session(home, catalogue, settings)) as session:
            session.begin(rebuild=False)  # which deletes the old index, and what was removed from the new
        return Restored(catalogue.count(), removed, kept)


def _known(contents: Contents, file: Path) -> None:
    """See that this whosaid knows what the file holds."""
    if contents.schema > SCHEMA or contents.index > FORMAT:
        raise BackupError(
            f"cannot restore {file}: whosaid {contents.whosaid} wrote it, which is newer than this one; upgrade whosaid"
        )
    missing = {f"catalogue/{table}.jsonl" for table in tables()} - contents.members.keys()
    if missing or contents.schema < SCHEMA:
        raise BackupError(f"cannot restore {file}: it lacks {min(missing, default='tables')}; take another backup")


def _manifest(index: Path, catalogue: Catalogue, settings: IndexSettings, edition: str) -> Manifest:
    """Return the manifest that the index has in this home."""
    found = read_manifest(index)
    if found is None:
        raise BackupError("cannot restore the backup: its index has no manifest; take another backup")
    generation = max(next_generation(catalogue.engine), found.generation)  # in an empty home, answers say the same
    wanted = wanted_manifest(catalogue, settings, found.fingerprint, edition, generation)
    mine = replace(found, catalogue=wanted.catalogue, edition=edition, generation=generation, vectors=wanted.vectors)
    check(mine, wanted, index)
    return mine


def _take_model(unpacked: Path, target: Path) -> None:
    if not target.is_dir() and unpacked.is_dir():
        target.parent.mkdir(parents=True, exist_ok=True)
        unpacked.rename(target)


def _fill(home: Home, settings: IndexSettings, edition: str, unpacked: Path) -> None:
    """Open the new index as its readers will and ask it; fill its vectors in where the backup does not hold them."""
    folder = home.index(edition)
    if settings.vectors != "chroma" or not (folder / "chroma").is_dir():
        shutil.rmtree(folder / "chroma", ignore_errors=True)
        with closing(IndexParts(folder, settings)) as parts:
            parts.vectors.refill(*parts.sentences.passages())
    with closing(IndexParts(folder, settings, make=False)) as parts:
        ids, vectors = parts.sentences.passages()
        wanted = sum(1 for _ in _lines(unpacked / "catalogue", "passages"))
        if len(ids) < wanted or (ids and not parts.vectors.query(vectors[0], 1)):
            raise StaleIndexError(f"the index of the backup holds {len(ids)} of {wanted} passages; take another backup")


def _lines(folder: Path, table: str) -> Iterator[str]:
    with (folder / f"{table}.jsonl").open(encoding="utf-8") as lines:
        yield from lines


def _by_hand(unpacked: Path, home: Path) -> tuple[Path, ...]:
    """Take over hand-written files; one that differs from the home's own is put beside that. Return those."""
    kept = []
    for name in BY_HAND:
        old, new = home / name, unpacked / name
        if new.is_file() and (not old.exists() or old.read_bytes() != new.read_bytes()):
            beside = home / f"{name}.restored" if old.exists() else old
            new.replace(beside)
            kept += [beside] if beside != old else []
    return tuple(kept)
