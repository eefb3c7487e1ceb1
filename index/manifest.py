"""What an index was made of, kept beside it: a search never mixes models, settings or catalogues."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from corpus.errors import StaleIndexError
from corpus.model import Method

FORMAT = 1  # of everything in the index folder; a higher number makes older folders stale
_REBUILD = "build it anew with `whosaid ingest --rebuild`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The build arguments of an index and the generation of the catalogue that it has reached."""

    format: int
    catalogue: str
    edition: str
    generation: int
    model: str
    fingerprint: str
    runtime: str
    question_prefix: str | None
    passage_prefix: str | None
    passage_tokens: int
    vectors: str
    statements: Method = "rules"  # as before there was another way to find them
    speakers: str = ""  # digest of the corrections that the index of statements was made with

    def at(self, generation: int) -> Manifest:
        """Return the manifest at another generation."""
        return replace(self, generation=generation)

    def write(self, folder: Path) -> None:
        """Store it in `folder`, whole or not at all."""
        folder.mkdir(parents=True, exist_ok=True)
        fresh = folder / "manifest.json.new"
        fresh.write_text(json.dumps(asdict(self), indent=1) + "\n", "utf-8")
        fresh.replace(folder / "manifest.json")


def read_manifest(folder: Path) -> Manifest | None:
    """Return the manifest in `folder`, None where there is no index.

    Raises:
        StaleIndexError: another version of whosaid wrote it, or it is damaged.
    """
    file = folder / "manifest.json"
    if not file.exists():
        return None
    try:
        told = json.loads(file.read_text("utf-8"))
        made = told["format"]
        found = Manifest(**told) if made == FORMAT else None
    except (ValueError, TypeError, KeyError, OSError) as error:
        raise StaleIndexError(f"the index in {folder} cannot be understood ({error}): {_REBUILD}") from error
    if found is None:
        raise StaleIndexError(f"the index in {folder} has format {made}, this whosaid writes {FORMAT}: {_REBUILD}")
    return found


def check(found: Manifest, wanted: Manifest, folder: Path) -> None:
    """Refuse an index that was not made from this catalogue with these settings.

    Raises:
        StaleIndexError: it says which of the two differs and what to do.
    """
    for what in ("model", "runtime", "question_prefix", "passage_prefix", "passage_tokens", "statements", "vectors"):
        mine, theirs = getattr(wanted, what), getattr(found, what)
        if mine != theirs:
            raise StaleIndexError(
                f"the index in {folder} was made with {what} = {theirs!r}, the settings say {mine!r}: "
                f"{_REBUILD}, or set {what} back"
            )
    if found.catalogue != wanted.catalogue:
        raise StaleIndexError(f"the index in {folder} belongs to another catalogue: {_REBUILD}")
    if found.generation < wanted.generation:
        raise StaleIndexError(
            f"the index in {folder} is at generation {found.generation}, older than its catalogue at "
            f"{wanted.generation}: {_REBUILD}"
        )
