"""What a run is asked of: a home as it is, or corpora ingested into a home of the cache."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import bot
import corpus
import index
from bot.settings import Settings
from corpus.catalogue import Catalogue
from corpus.errors import UsageError
from corpus.ingest import DEFAULT_COLLECTION
from index.ingest import Watcher, run

_NAME = 16  # characters of a digest in the name of a folder
_A_DAY = 86_400.0  # seconds


@dataclass(frozen=True, slots=True)
class Part:
    """Articles of a corpus, and the collection that they belong to."""

    path: Path
    collection: str = DEFAULT_COLLECTION


def code_digest(packages: Sequence[ModuleType] = (corpus, index, bot)) -> str:
    """Return the SHA-256 over packages, by default those that answer: modules, fitted weights and word lists."""
    found = hashlib.sha256()
    for package in packages:
        (place,) = package.__path__
        root = Path(place)
        for file in sorted(file for ending in ("*.py", "*.json", "*.txt", "*.tsv*") for file in root.rglob(ending)):
            if "sample" not in file.relative_to(root).parts:
                found.update(f"{package.__name__}/{file.relative_to(root)}\0".encode())
                found.update(file.read_bytes())
    return found.hexdigest()


def corpus_digest(catalogue: Catalogue) -> str:
    """Return the SHA-256 over the articles: what each was made from, and in which collection, whatever their order."""
    lines = sorted(
        f"{record.collection}\0{record.raw_hash}"
        for ids in batches(catalogue.iterate_ids(), 1000)
        for record in catalogue.articles(ids).values()
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def batches(items: Iterable[str], size: int) -> Iterable[list[str]]:
    """Yield the items in lists of at most `size`."""
    some: list[str] = []
    for item in items:
        some.append(item)
        if len(some) == size:
            yield some
            some = []
    if some:
        yield some


def cached_home(parts: Sequence[Part], settings: Settings, tell: Callable[[str], None]) -> Settings:
    """Ingest the parts into a home of the cache, or find what an earlier run ingested; return its settings.

    The home is known by the paths and the code that read them: a change of either makes a new one. What changed
    in the files since is read anew, and what is gone is taken out.

    Raises:
        UsageError: a path does not exist, or a part holds no article.
    """
    for part in parts:
        if not part.path.exists():
            raise UsageError(f"there is no corpus at {part.path}; check --corpus")
    made = json.dumps([[str(p.path.resolve()), p.collection] for p in parts] + [repr(settings.index())])
    family = settings.cache_folder() / "homes" / hashlib.sha256(made.encode()).hexdigest()[:_NAME]
    folder = family / code_digest((corpus, index))[:_NAME]
    for other in family.iterdir() if family.is_dir() else ():
        if other != folder and time.time() - other.stat().st_mtime > _A_DAY:
            shutil.rmtree(other)  # made by code that is no more; a run of today may still read it
    models = settings.cache_folder() / "models"
    models.mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "models").exists():
        (folder / "models").symlink_to(models, target_is_directory=True)
    own = settings.model_copy(update={"home": folder, "catalogue": None, "vectors": "chroma"})
    with closing(own.open_catalogue()) as catalogue:
        for part in parts:
            tell(f"ingesting {part.path}")
            watcher = Watcher(stage=tell)
            report = run(
                own.place(), catalogue, own.index(), [part.path], part.collection, pruning=True, watcher=watcher
            )
            for error in report.errors:
                tell(f"not loaded: {error}")
        if catalogue.count() == 0:
            raise UsageError(f"{parts[0].path} holds no article that could be read; check --corpus")
    return own
