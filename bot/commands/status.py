"""``whosaid status``: what there is, which model runs and how, and whether the index is up to date."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

from bot.commands.show import open_catalogue
from bot.settings import Settings
from corpus.catalogue import Catalogue
from corpus.errors import ModelError, StaleIndexError
from index.manifest import read_manifest
from index.store import Home, open_index


def run(settings: Settings, as_json: bool) -> int:
    """Print the status; return the exit code: 1 where the index cannot answer."""
    home = settings.place()
    with closing(open_catalogue(settings)) as catalogue:
        found = _gather(settings, home, catalogue)
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        _print(found)
    return 1 if found["index"]["problem"] else 0


def _gather(settings: Settings, home: Home, catalogue: Catalogue) -> dict[str, Any]:
    summary = catalogue.summary(None)
    return {
        "home": str(home.folder),
        **catalogue.counts(),
        "collections": catalogue.collections(),
        "outlets": catalogue.outlets(),
        "oldest": summary.oldest,
        "newest": summary.newest,
        "index": _index(settings, home, catalogue),
        "disk_bytes": sum(f.stat().st_size for f in home.folder.rglob("*") if f.is_file()),
    }


def _index(settings: Settings, home: Home, catalogue: Catalogue) -> dict[str, Any]:
    found: dict[str, Any] = {
        "generation": catalogue.generation(),
        "pending": catalogue.pending_count(),
        "model": settings.model,
        "runtime": None,
        "reason": None,
        "vectors": settings.vectors,
        "problem": None,
    }
    try:
        opened = open_index(home, catalogue, settings.index())
    except (StaleIndexError, ModelError) as error:
        return {**found, "problem": str(error)}
    if opened is not None:
        parts, encoder = opened
        parts.close()
        found |= {"runtime": encoder.runtime, "reason": encoder.reason, "agreement": _agreement(home)}
    return found


def _agreement(home: Home) -> dict[str, Any] | None:
    from dataclasses import asdict

    from index.embedding import read_manifest as read_model

    manifest = read_manifest(home.index)
    agreement = read_model(Path(home.models / manifest.fingerprint)).agreement if manifest else None
    return asdict(agreement) if agreement else None


def _print(found: dict[str, Any]) -> None:
    index = found["index"]
    reach = f"{found['oldest']} to {found['newest']}" if found["oldest"] else "undated"
    print(f"home        {found['home']} ({found['disk_bytes'] / 1e6:.1f} MB)")
    print(f"articles    {found['articles']} ({reach}), {found['versions']} versions, {len(found['outlets'])} outlets")
    for name, number in sorted(found["collections"].items()):
        print(f"            {number} in collection {name}")
    print(f"statements  {found['statements']}")
    print(f"passages    {found['passages']}, vectors in {index['vectors']}, generation {index['generation']}")
    print(f"model       {index['model']} on {index['runtime'] or 'nothing yet'}")
    if index.get("agreement"):
        figures = ", ".join(f"{name} {value:.4g}" for name, value in index["agreement"].items())
        print(f"            likeness to the original: {figures}")
    if index["reason"]:
        print(f"            {index['reason']}")
    if index["pending"]:
        print(f"pending     {index['pending']} articles are not in the index: run `whosaid ingest` again")
    print(f"index       {index['problem'] or 'up to date' if not index['pending'] else 'behind'}")
