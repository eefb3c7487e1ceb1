"""Feeds and pages by the command line, against a real site."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.commands.feeds import add, due, interval, list_, remove, repeat, run, seconds_of, summary, turn
from bot.commands.ingest import run as ingest
from bot.commands.status import run as status
from bot.settings import CATALOGUE, Settings
from corpus.catalogue.feeds import FeedRecord, FeedStore
from corpus.errors import UsageError
from index.lock import writing

from ..web_site import Site, serve
from .conftest import Program

STORY = (Path(__file__).parents[2] / "corpus/sample/000_88a69eeaa2e40b64.txt").read_text("utf-8").split("\n\n")
BODY = "".join(f"<p>{part}</p>" for part in STORY)
PAGE = f"<!DOCTYPE html><html><head><title>From the site</title></head><body><article>{BODY}</article></body></html>"
ITEM = "<item><title>From the feed</title><link>{link}</link><pubDate>Tue, 05 Mar 2024 10:00:00 GMT</pubDate></item>"
FEED = "<rss version='2.0'><channel><title>The Example</title><link>/</link>{items}</channel></rss>"


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as site:
        site.page("/rally", PAGE)
        site.page("/feed", FEED.format(items=ITEM.format(link="/rally")), "application/rss+xml")
        yield site


@pytest.fixture
def settings(fresh: Program) -> Settings:
    """The settings of a home of this test alone; the commands run in this process, which saves their start."""
    return Settings(home=fresh.home)


def state(settings: Settings) -> dict[str, Any]:
    """The one feed that is followed."""
    with closing(settings.open_catalogue()) as catalogue:
        (feed,) = summary(catalogue)
    return feed


def test_a_feed_from_beginning_to_end(settings: Settings, site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"{site.url}/feed"
    assert add(settings, f"{url}#top", "press", None, "15m") == 0
    assert f"following {url}, for the collection press" in capsys.readouterr().out
    assert list_(settings, False) == 0
    assert capsys.readouterr().out == f"{url}\n  collection press, every 15m\n  last read never\n"
    assert not site.asked

    assert run(settings, None, True) == 0
    assert capsys.readouterr().out.startswith("feed read: 1 new (")
    assert [asked.path for asked in site.asked] == ["/robots.txt", "/feed", "/rally"]
    with closing(settings.open_catalogue()) as catalogue:
        (article,) = catalogue.find(f"{site.url}/rally")
        assert (article.outlet, article.date_source, article.collection) == ("The Example", "feed", "press")
        assert STORY[2] in catalogue.text(article.id, 1)

    status(settings, True)
    found = json.loads(capsys.readouterr().out)
    feed = state(settings)
    assert found["feeds"] == [feed] and feed["succeeded_at"] and not feed["late"] and feed["problem"] is None
    assert found["newest_article"]["title"] == "From the site"
    status(settings, False)
    shown = capsys.readouterr().out
    assert "newest      5 March 2024: From the site (The Example)\n" in shown
    assert f"feed        {url}, last read {feed['succeeded_at']}\n" in shown and "WARNING" not in shown

    assert run(settings, None, True) == 0
    assert capsys.readouterr().out.startswith("feed read: nothing new (")
    assert remove(settings, url) == 0
    said = capsys.readouterr().out
    assert said == f"no longer following {url}; its articles stay (`whosaid remove` erases an article)\n"
    list_(settings, True)
    assert json.loads(capsys.readouterr().out) == []
    with closing(settings.open_catalogue()) as catalogue:
        assert catalogue.count() == 1


def test_private_addresses_are_refused_unless_allowed(
    fresh: Program, settings: Settings, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    add(settings, f"{site.url}/feed", "default", None, None)
    done = fresh("feeds", "run")
    assert done.returncode == 1 and done.stdout.startswith("feed not read: nothing new; 1 could not be loaded (")
    assert "is not on the public Internet; give --allow-private" in done.stderr
    assert ingest(settings, [f"{site.url}/rally"], "default", None, False, False, False) == 1
    assert "is not on the public Internet; give --allow-private" in capsys.readouterr().err
    assert not site.asked
    feed = state(settings)
    assert feed["succeeded_at"] is None and "not on the public Internet" in feed["problem"]


def test_one_feed_fails_and_the_others_go_on(
    settings: Settings, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    add(settings, f"{site.url}/feed", "default", None, None)
    add(settings, f"{site.elsewhere}/gone", "other", None, None)
    capsys.readouterr()
    assert run(settings, None, True) == 0
    said = capsys.readouterr()
    assert said.out.startswith("1 of 2 feeds read: 1 new; 1 could not be loaded (")
    assert f"Not loaded:\n  the page at {site.elsewhere}/gone does not exist (404)" in said.err
    list_(settings, False)
    assert f"  last failure: the page at {site.elsewhere}/gone does" in capsys.readouterr().out


def test_status_warns_of_a_feed_that_is_late(
    settings: Settings, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"{site.url}/feed"
    add(settings, url, "default", None, "15m")
    hour = (datetime.now(UTC) - timedelta(hours=1)).isoformat(timespec="seconds")
    with closing(sqlite3.connect(settings.place().folder / CATALOGUE)) as catalogue, catalogue:
        changed = catalogue.execute("UPDATE feeds SET succeeded_at = ?, problem = 'the house is down'", [hour])
        assert changed.rowcount == 1
    assert state(settings)["late"]
    status(settings, False)
    said = f"feed        {url}, last read {hour}\n            WARNING: it is late: the house is down\n"
    assert said in capsys.readouterr().out
    list_(settings, False)
    assert f"  last read {hour} (WARNING: late)\n" in capsys.readouterr().out


def test_pages_and_files_are_ingested_together(
    settings: Settings, site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_text(f"Another story\n\n{STORY[3]} {STORY[5]}")
    given = [f"{site.url}/rally", str(tmp_path / "a.txt"), f"{site.url}/none"]
    assert ingest(settings, given, "default", None, False, False, True) == 1
    said = capsys.readouterr()
    assert said.out.startswith("2 new; 1 could not be loaded (")
    assert f"  the page at {site.url}/none does not exist (404): check the address\n" in said.err
    with closing(settings.open_catalogue()) as catalogue:
        (article,) = catalogue.find(f"{site.url}/rally")
    assert article.file == article.url == f"{site.url}/rally"


def test_running_again_and_again_until_interrupted(fresh: Program, settings: Settings, site: Site) -> None:
    add(settings, f"{site.url}/feed", "default", None, None)
    given = ("feeds", "run", "--every", "15m", "--allow-private")
    code, screen = fresh.terminal(*given, interrupt_at="Ctrl-C ends")
    assert code == 130 and "feed read: 1 new (" in screen and "Traceback" not in screen
    with closing(settings.open_catalogue()) as catalogue:
        assert catalogue.count() == 1


def test_a_turn_that_cannot_write_is_told_and_the_next_is_taken(
    settings: Settings, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    add(settings, f"{site.url}/feed", "default", None, None)
    with closing(settings.open_catalogue()) as catalogue, writing(settings.place(), catalogue):
        turn(settings, 900, True)
    assert "another whosaid" in capsys.readouterr().err and not site.asked
    turn(settings, 900, True)
    assert "feed read: 1 new (" in capsys.readouterr().out


def followed(settings: Settings) -> FeedRecord:
    with closing(settings.open_catalogue()) as catalogue:
        (feed,) = FeedStore(catalogue).feeds()
    return feed


def test_what_is_not_given_of_a_followed_feed_stays(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    url = "https://a.example/rss"
    add(settings, url, "press", "The Ledger", "15m")
    capsys.readouterr()
    assert add(settings, url, None, None, "2h") == 0
    said = capsys.readouterr().out
    assert "interval every 2h (was every 15m); as before, collection press, outlet The Ledger" in said
    feed = followed(settings)
    assert (feed.collection, feed.outlet, feed.every_seconds) == ("press", "The Ledger", 7200)
    add(settings, url, None, "", None)
    assert "outlet not said (was The Ledger)" in capsys.readouterr().out
    assert followed(settings).outlet is None
    add(settings, url, None, None, None)
    assert "nothing has changed; as before, collection press" in capsys.readouterr().out


def test_items_that_were_given_up_are_told_later(
    settings: Settings, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.page("/feed", FEED.format(items=ITEM.format(link="/gone")), "application/rss+xml")
    add(settings, f"{site.url}/feed", "default", None, None)
    for left in ("1 to be tried again", "1 to be tried again", "1 given up", "1 given up"):
        run(settings, None, True)
        capsys.readouterr()
        list_(settings, False)
        told = f"items without an article: {left}; the last: the page at {site.url}/gone does not exist (404)"
        assert told in capsys.readouterr().out
        status(settings, False)
        assert told in capsys.readouterr().out
    list_(settings, True)
    (feed,) = json.loads(capsys.readouterr().out)
    assert (feed["items"]["given_up"], feed["items"]["waiting"]) == (1, 0)
    assert feed["items"]["problem"].endswith("(try 3 of 3)")


def test_what_robots_txt_forbids_waits_for_it_without_using_up_tries(
    settings: Settings, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.page("/robots.txt", "User-agent: *\nDisallow: /rally\n", "text/plain")
    add(settings, f"{site.url}/feed", "default", None, None)
    capsys.readouterr()
    for turn_ in range(5):
        run(settings, None, True)
        assert ("robots.txt does not allow it" in capsys.readouterr().err) is (turn_ == 0), "told once"
    assert state(settings)["items"]["waiting"] == 1
    site.page("/robots.txt", "User-agent: *\nAllow: /\n", "text/plain")
    run(settings, None, True)
    assert capsys.readouterr().out.startswith("feed read: 1 new (")
    assert state(settings)["items"] == {"given_up": 0, "waiting": 0, "problem": None}


def test_an_item_that_waits_and_leaves_the_feed_is_given_up(settings: Settings, site: Site) -> None:
    site.page("/feed", FEED.format(items=ITEM.format(link="/gone")), "application/rss+xml")
    add(settings, f"{site.url}/feed", "default", None, None)
    run(settings, None, True)
    site.page("/feed", FEED.format(items=ITEM.format(link="/rally")), "application/rss+xml")
    run(settings, None, True)
    assert (state(settings)["items"]["given_up"], state(settings)["items"]["waiting"]) == (1, 0)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            lambda s: add(s, "https://ann:secret@a.example/", "c", None, None),
            "cannot follow https://a.example/: the ad",
        ),
        (lambda s: add(s, "file:///etc/passwd", "c", None, None), "only http and https are fetched, not file"),
        (lambda s: add(s, "https://a.example/", "c", None, "5"), "--every 5 is no interval from a minute to 30 days"),
        (lambda s: add(s, "https://a.example/", " ", None, None), "give --collection a word"),
        (lambda s: remove(s, "https://a.example/rss"), "the feed https://a.example/rss is not followed"),
        (lambda s: run(s, None, False), "no feed is followed; begin with `whosaid feeds add URL`"),
        (lambda s: run(s, "15m", False), "no feed is followed; begin with `whosaid feeds add URL`"),
    ],
)
def test_what_cannot_be_done_as_asked(settings: Settings, call: Callable[[Settings], int], said: str) -> None:
    with pytest.raises(UsageError) as told:
        call(settings)
    assert said in str(told.value) and "secret" not in str(told.value)
    assert not (settings.place().folder / CATALOGUE).exists(), "asking makes no files"


@pytest.mark.parametrize(("every", "seconds"), [("60s", 60), ("15m", 900), ("2h", 7200), ("1d", 86400), (" 90 S", 90)])
def test_intervals(every: str, seconds: int) -> None:
    assert seconds_of(every) == seconds
    assert seconds_of(interval(seconds)) == seconds


@pytest.mark.parametrize("every", ["", "15", "m", "59s", "0m", "-5m", "31d", "1.5h", "15 min", "9" * 100 + "d"])
def test_what_is_no_interval(every: str) -> None:
    with pytest.raises(UsageError, match="is no interval from a minute to 30 days"):
        seconds_of(every)


def test_turns_never_overlap_and_one_that_is_long_delays_the_next() -> None:
    now: list[float] = [0.0]
    log: list[tuple[str, float]] = []

    def one() -> None:
        log.append(("turn", now[0]))
        now[0] += (5, 70, 10)[len([entry for entry in log if entry[0] == "turn"]) - 1]

    def sleep(seconds: float) -> None:
        log.append(("sleep", seconds))
        now[0] += seconds
        if len(log) == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        repeat(one, 60, sleep, lambda: now[0])
    assert log == [("turn", 0), ("sleep", 55), ("turn", 60), ("sleep", 0), ("turn", 130), ("sleep", 50)]


def test_whose_turn_it_is() -> None:
    at = datetime(2041, 3, 5, 10, tzinfo=UTC)

    def feed(minutes: int | None, every: int | None) -> FeedRecord:
        tried = None if minutes is None else (at - timedelta(minutes=minutes)).isoformat(timespec="seconds")
        return FeedRecord(url="u", collection="c", added_at="", tried_at=tried, every_seconds=every)

    assert len(due([feed(None, 3600), feed(15, None), feed(15, 900), feed(60, 3600), feed(55, 3600)], 900, at)) == 5
    assert not due([feed(15, 3600), feed(45, 3600)], 900, at)
