"""``whosaid status``: what there is, which model runs and how, and whether the index is up to date."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

from bot.cite import show_date
from bot.commands.feeds import summary, told_items
from bot.commands.show import shown_title
from bot.settings import Settings
from bot.visible import one_line, to_json
from corpus.catalogue import Catalogue
from corpus.catalogue.feeds import newest_article
from corpus.errors import ModelError, StaleIndexError
from corpus.outlets import Outlets
from index.manifest import read_manifest
from index.store import Home, open_index


def run(settings: Settings, as_json: bool) -> int:
    """Print the status; return the exit code: 1 where the index cannot answer."""
    home = settings.place()
    if not settings.ingested():  # looking at a home makes no files
        settings = settings.model_copy(update={"catalogue": "sqlite://"})
    with closing(settings.open_catalogue()) as catalogue:
        found = _gather(settings, home, catalogue)
    if as_json:
        print(to_json(found, indent=1))
    else:
        _print(found)
    return 1 if found["index"]["problem"] else 0


def _gather(settings: Settings, home: Home, catalogue: Catalogue) -> dict[str, Any]:
    oldest, newest = catalogue.reach()
    return {
        "home": str(home.folder),
        **catalogue.counts(),
        "collections": catalogue.collections(),
        "outlets": catalogue.outlets(),
        "oldest": oldest,
        "newest": newest,
        "newest_article": _newest(home, catalogue),
        "feeds": summary(catalogue),
        "index": _index(settings, home, catalogue),
        "disk_bytes": sum(f.stat().st_size for f in home.folder.rglob("*") if f.is_file()),
    }


def _newest(home: Home, catalogue: Catalogue) -> dict[str, str | None] | None:
    """Return what is known of the article that was published last, its title as far as it may be shown."""
    found = newest_article(catalogue)
    article = catalogue.articles([found["id"]]).get(found["id"]) if found and found["id"] else None
    if found is None or article is None:
        return None
    return {**found, "title": shown_title(catalogue, article, Outlets.read(home.folder)) or article.where}


def _index(settings: Settings, home: Home, catalogue: Catalogue) -> dict[str, Any]:
    found: dict[str, Any] = {
        "generation": 0,
        "pending": catalogue.count(),
        "passages": 0,
        "statements": 0,
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
        opened.parts.close()
    if not found["pending"]:
        empty = "there is nothing to answer from: no article is here; begin with `whosaid ingest FOLDER`"
        return {**found, "problem": empty}
    if opened is None:
        waiting = f"nothing is indexed yet: {found['pending']} articles wait; run the same `whosaid ingest` again"
        return {**found, "problem": waiting}
    edition = catalogue.edition(opened.edition)
    return {
        **found,
        **edition.counts(),
        "generation": edition.generation(),
        "pending": edition.pending_count(),
        "runtime": opened.encoder.runtime,
        "reason": opened.encoder.reason,
        "agreement": _agreement(home, opened.edition),
    }


def _agreement(home: Home, edition: str) -> dict[str, Any] | None:
    from dataclasses import asdict

    from index.embedding import read_manifest as read_model

    manifest = read_manifest(home.index(edition))
    agreement = read_model(Path(home.models / manifest.fingerprint)).agreement if manifest else None
    return asdict(agreement) if agreement else None


def _print(found: dict[str, Any]) -> None:
    index = found["index"]
    reach = (
        f" ({found['oldest']} to {found['newest']})" if found["oldest"] else " (undated)" if found["articles"] else ""
    )
    print(f"home        {found['home']} ({found['disk_bytes'] / 1e6:.1f} MB)")
    print(f"articles    {found['articles']}{reach}, {found['versions']} versions, {len(found['outlets'])} outlets")
    for name, number in sorted(found["collections"].items()):
        print(f"            {number} in collection {one_line(name)}")
    newest = found["newest_article"]
    if newest:
        outlet = one_line(newest["outlet"] or "outlet not known")
        print(f"newest      {show_date(newest['published'])}: {one_line(newest['title'])} ({outlet})")
    for feed in found["feeds"]:
        print(f"feed        {feed['url']}, last read {feed['succeeded_at'] or 'never'}")
        for line in told_items(feed):
            print(f"            {line}")
        if feed["late"]:
            print(f"            WARNING: it is late{': ' + one_line(feed['problem']) if feed['problem'] else ''}")
    print(f"statements  {index['statements']}")
    print(f"passages    {index['passages']}, vectors in {index['vectors']}, generation {index['generation']}")
    print(f"model       {index['model']} on {index['runtime'] or 'nothing yet'}")
    if index.get("agreement"):
        figures = ", ".join(f"{name} {value:.4g}" for name, value in index["agreement"].items())
        print(f"            likeness to the original: {figures}")
    if index["reason"]:
        print(f"            {index['reason']}")
    if index["pending"] and not index["problem"]:
        print(f"pending     {index['pending']} articles are not in the index: run `whosaid ingest` again")
    print(f"index       {index['problem'] or ('behind' if index['pending'] else 'up to date')}")
