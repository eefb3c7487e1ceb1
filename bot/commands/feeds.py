"""``whosaid feeds``: follow RSS and Atom feeds, and fetch what is new in them, once or again and again."""

from __future__ import annotations

import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.cite import one_line
from bot.settings import Settings
from bot.visible import to_json
from corpus.catalogue import Catalogue
from corpus.catalogue.feeds import FeedRecord, FeedStore, Unread, lateness
from corpus.errors import UsageError, WhosaidError
from corpus.ingest import DEFAULT_COLLECTION, KINDS, IngestReport
from index.ingest import Watcher

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_SOONEST, _LATEST = 60, 30 * 86400  # seconds


def add(settings: Settings, url: str, collection: str | None, outlet: str | None, every: str | None) -> int:
    """Follow a feed, or change how it is followed; nothing is fetched yet.

    Of a feed that is followed already, what is None stays as it was; an empty outlet takes it away.
    """
    from bot.commands.ingest import open_or_make

    if collection is not None and not collection.strip():
        raise UsageError("cannot follow a feed for a collection without a name; give --collection a word")
    address = _address(url)
    seconds = seconds_of(every) if every else None
    with closing(open_or_make(settings)) as catalogue:
        store = FeedStore(catalogue)
        before = store.find(address)
        kept = before or FeedRecord(url=address, collection=DEFAULT_COLLECTION, added_at="")
        store.add(
            address,
            kept.collection if collection is None else collection,
            kept.outlet if outlet is None else outlet.strip() or None,
            kept.every_seconds if seconds is None else seconds,
        )
        after = store.find(address)
    assert after is not None
    if before is None:
        print(f"following {address}, for the collection {after.collection}; `whosaid feeds run` fetches what is new")
        return 0
    how = list(zip(("collection", "outlet", "interval"), _how(before), _how(after), strict=True))
    changes = ", ".join(f"{name} {new} (was {old})" for name, old, new in how if old != new)
    same = ", ".join(f"{name} {new}" for name, old, new in how if old == new)
    print(f"{address} is followed already: {changes or 'nothing has changed'}{f'; as before, {same}' if same else ''}")
    return 0


def _how(feed: FeedRecord) -> tuple[str, str, str]:
    """Return how a feed is followed, in words."""
    every = f"every {interval(feed.every_seconds)}" if feed.every_seconds else "not said"
    return one_line(feed.collection), one_line(feed.outlet or "not said"), every


def list_(settings: Settings, as_json: bool) -> int:
    """Print the feeds that are followed, and how they fare."""
    feeds = _followed(settings)
    late = {feed.url for feed in lateness(feeds, datetime.now(UTC))}
    unread = _unread(settings)
    if as_json:
        told = [{**asdict(feed), "late": feed.url in late, "items": asdict(unread[feed.url])} for feed in feeds]
        print(to_json(told, indent=1))
        return 0
    if not feeds:
        print("no feed is followed; begin with `whosaid feeds add URL`")
    for feed in feeds:
        print("\n".join(_lines(feed, feed.url in late, asdict(unread[feed.url]))))
    return 0


def remove(settings: Settings, url: str) -> int:
    """Follow a feed no more; its articles stay."""
    address = _address(url)
    found = {feed.url for feed in _followed(settings)}
    if address not in found:
        raise UsageError(f"the feed {address} is not followed; `whosaid feeds list` shows those that are")
    with closing(settings.open_catalogue()) as catalogue:
        FeedStore(catalogue).remove(address)
    print(f"no longer following {address}; its articles stay (`whosaid remove` erases an article)")
    return 0


def run(settings: Settings, every: str | None, allow_private: bool) -> int:
    """Fetch what is new, once, or with `every` until Ctrl-C; return the exit code: 1 where every feed failed."""
    if every is None:
        return _once(settings, _some(settings), allow_private)
    seconds = seconds_of(every)
    _some(settings)
    repeat(lambda: turn(settings, seconds, allow_private), seconds)
    return 0


def repeat(
    one: Callable[[], None],
    seconds: float,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Take one turn every so many seconds, until interrupted.

    A turn that takes longer than that delays the next; two never run at once.
    """
    while True:
        started = clock()
        one()
        left = max(0.0, started + seconds - clock())
        print(f"next at {datetime.now() + timedelta(seconds=left):%H:%M:%S}; Ctrl-C ends", flush=True)
        sleep(left)


def seconds_of(every: str) -> int:
    """Return the seconds of an interval: 90s, 15m, 2h, 1d.

    Raises:
        UsageError: it is none, or shorter than a minute, or longer than 30 days.
    """
    match = re.fullmatch(r"(\d{1,7})\s?([smhd])", every.strip().lower())
    seconds = int(match[1]) * _UNITS[match[2]] if match else 0
    if not _SOONEST <= seconds <= _LATEST:
        raise UsageError(f"--every {every} is no interval from a minute to 30 days; write 15m, 2h or 1d")
    return seconds


def due(feeds: Sequence[FeedRecord], seconds: int, at: datetime) -> list[FeedRecord]:
    """Return the feeds whose turn it is, where one comes every so many seconds: a feed's own interval may be longer.

    A feed is taken a little early rather than left for the next turn.
    """
    early = seconds / 2
    return [
        feed
        for feed in feeds
        if feed.tried_at is None
        or feed.every_seconds is None
        or (at - datetime.fromisoformat(feed.tried_at)).total_seconds() + early >= feed.every_seconds
    ]


def turn(settings: Settings, seconds: int, allow_private: bool) -> None:
    """Run the feeds whose turn it is; what stops this turn is told, and the next may fare better."""
    try:
        feeds = due(_followed(settings), seconds, datetime.now(UTC))
        if feeds:
            _once(settings, feeds, allow_private)
    except WhosaidError as error:
        print(f"whosaid: {error}", file=sys.stderr, flush=True)


def _once(settings: Settings, feeds: Sequence[FeedRecord], allow_private: bool) -> int:
    from bot.commands.fetching import fetch_feeds

    watcher = Watcher(stage=lambda sentence: print(sentence, file=sys.stderr, flush=True))
    started = time.perf_counter()
    with closing(settings.open_catalogue()) as catalogue:
        report, fed = fetch_feeds(settings, catalogue, feeds, allow_private, watcher)
    number = len(fed.succeeded)
    done = f"{number} of {len(feeds)} feeds read" if len(feeds) > 1 else "feed read" if number else "feed not read"
    print(f"{done}: {_told(report)} ({time.perf_counter() - started:.1f} s)", flush=True)
    if report.errors:
        print("Not loaded:", file=sys.stderr)
        for error in report.errors:
            print(f"  {error}", file=sys.stderr, flush=True)
    return 0 if number else 1


def _told(report: IngestReport) -> str:
    kinds = {**KINDS, "unchanged": "unchanged", "removed": "left out, which you removed"}
    parts = [f"{report.changes[kind]} {word}" for kind, word in kinds.items() if report.changes[kind]]
    failed = f"; {len(report.errors)} could not be loaded" if report.errors else ""
    return (", ".join(parts) or "nothing new") + failed


def _some(settings: Settings) -> list[FeedRecord]:
    feeds = _followed(settings)
    if not feeds:
        raise UsageError("no feed is followed; begin with `whosaid feeds add URL`")
    return feeds


def _followed(settings: Settings) -> list[FeedRecord]:
    """Return the feeds; asking in a home without a catalogue makes none."""
    if not settings.ingested():
        return []
    with closing(settings.open_catalogue()) as catalogue:
        return FeedStore(catalogue).feeds()


def _unread(settings: Settings) -> defaultdict[str, Unread]:
    """Return what became of the items of each feed that became no article."""
    found = defaultdict[str, Unread](Unread)
    if settings.ingested():
        with closing(settings.open_catalogue()) as catalogue:
            found.update(FeedStore(catalogue).unread())
    return found


def _address(url: str) -> str:
    from corpus.web.addresses import AddressError, normalised, shown

    try:
        return str(normalised(url))
    except AddressError as error:
        raise UsageError(f"cannot follow {shown(url)}: {error}") from error


def _lines(feed: FeedRecord, late: bool, items: Mapping[str, Any]) -> list[str]:
    named = [one_line(feed.title)] if feed.title else []
    named += [f"outlet {one_line(feed.outlet)}"] if feed.outlet else []
    named += [f"collection {one_line(feed.collection)}"]
    named += [f"every {interval(feed.every_seconds)}"] if feed.every_seconds else []
    lines = [
        feed.url,
        f"  {', '.join(named)}",
        f"  last read {feed.succeeded_at or 'never'}{' (WARNING: late)' if late else ''}",
    ]
    lines += [f"  last failure: {one_line(feed.problem)}"] if feed.problem else []
    return [*lines, *(f"  {line}" for line in told_items({"items": items}))]


def told_items(feed: Mapping[str, Any]) -> list[str]:
    """Say of a feed, as `summary` has it, how many items became no article, and why the last of them did not."""
    items = feed["items"]
    parts = [f"{items['given_up']} given up"] if items["given_up"] else []
    parts += [f"{items['waiting']} to be tried again"] if items["waiting"] else []
    return [f"items without an article: {', '.join(parts)}; the last: {one_line(items['problem'])}"] if parts else []


def interval(seconds: int) -> str:
    """Return an interval as `seconds_of` reads it, in the largest unit that fits."""
    unit = next(unit for unit in "dhms" if seconds % _UNITS[unit] == 0)
    return f"{seconds // _UNITS[unit]}{unit}"


def summary(catalogue: Catalogue) -> list[dict[str, Any]]:
    """Return for each feed when it was last read, what failed, whether it is late, and what became of its items."""
    store = FeedStore(catalogue)
    feeds, unread = store.feeds(), store.unread()
    late = {feed.url for feed in lateness(feeds, datetime.now(UTC))}
    return [
        {
            "url": feed.url,
            "succeeded_at": feed.succeeded_at,
            "problem": feed.problem,
            "late": feed.url in late,
            "items": asdict(unread.get(feed.url, Unread())),
        }
        for feed in feeds
    ]
