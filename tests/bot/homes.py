"""Homes made for one test: articles as JSON Lines, ingested as ``whosaid ingest`` does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from bot.ask import Whosaid
from bot.settings import read_settings
from corpus.ingest import IngestReport
from index.ingest import run


def records(file: Path, *articles: dict[str, Any]) -> Path:
    """Write articles as JSON Lines."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(article) + "\n" for article in articles), "utf-8")
    return file


def ingest(home: Path, *paths: Path, **how: Any) -> IngestReport:
    """Ingest into a home."""
    settings = read_settings(home)
    with closing(settings.open_catalogue()) as catalogue:
        return run(settings.place(), catalogue, settings.index(), paths, **how)


def made(home: Path, model: Path) -> Path:
    """Make an empty home that has the compiled model."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "models").symlink_to(model.parent, target_is_directory=True)
    return home


def ingested(home: Path, model: Path, **collections: Sequence[Path]) -> Whosaid:
    """Make a home of these paths, by collection, and open it for questions."""
    made(home, model)
    for collection, paths in collections.items():
        assert not ingest(home, *paths, collection=collection).errors
    return Whosaid(home)
