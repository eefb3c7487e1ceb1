"""Feeds that are followed: what is new is fetched once, what failed again, what left stays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from corpus.catalogue import Catalogue
from corpus.catalogue.feeds import FeedRecord, FeedStore, lateness
from corpus.ingest import IngestReport, ingest
from corpus.loaders import Loading
from corpus.web.client import Client, Limits
from corpus.web.robots import Visitor
from corpus.web.subscriptions import FeedsReport, run_feeds

from ..web_site import Site, serve
from .test_web_feeds import WHOLE
from .test_web_stubs import CONSENT, LEAD, STORY, page, paragraphs

BODY = f"<article><h1>Rally banned</h1>{paragraphs(LEAD, *STORY[:2])}</article>"


class Reader:
    """Follows feeds of a site, into a catalogue of its own."""

    def __init__(self, site: Site, catalogue: Catalogue) -> None:
        self.site, self.catalogue, self.store = site, catalogue, FeedStore(catalogue)
        self.feed = f"{site.url}/feed"

    def offer(self, *items: str, title: str = "The Example", etag: str | None = None) -> None:
        """Let the feed hold these items."""
        body = f'<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>{title}'
        body += f"</title><link>{self.site.url}/</link>{''.join(items)}</channel></rss>"
        self.site.page("/feed", body, "application/rss+xml", **({"ETag": etag} if etag else {}))

    def follow(self, outlet: str | None = None, collection: str = "default") -> None:
        self.store.add(self.feed, collection, outlet, None)

    def run(self, loading: Loading | None = None) -> tuple[IngestReport, FeedsReport]:
        done, fed = IngestReport(), FeedsReport()
        visitor = Visitor(Client(allow_private=True, limits=Limits(seconds=20)), pause=0)
        items = run_feeds(self.store, visitor, self.store.feeds(), fed, loading)
        self.site.asked.clear()
        for _ in ingest(self.catalogue, items, done):
            pass
        return done, fed

    def articles(self) -> list[str]:
        return sorted(self.catalogue.articles(self.catalogue.iterate_ids()))

    def state(self) -> FeedRecord:
        found = self.store.find(self.feed)
        assert found is not None
        return found


@pytest.fixture
def reader(catalogue: Catalogue) -> Iterator[Reader]:
    with serve() as site:
        yield Reader(site, catalogue)


def item(link: str, date: str | None = "Tue, 05 Mar 2041 10:00:00 GMT", content: str = "", more: str = "") -> str:
    dated = f"<pubDate>{date}</pubDate>" if date else ""
    whole = f"<content:encoded><![CDATA[{content}]]></content:encoded>" if content else ""
    described = f"<description>Brief.</description>{dated}{more}{whole}"
    return f"<item><title>Rally banned</title><link>{link}</link>{described}</item>"


def test_a_summary_leads_to_its_page_and_fills_what_that_lacks(reader: Reader) -> None:
    reader.offer(item("/rally", more="<author>Ann Lee</author>"))
    reader.site.page("/rally", page(BODY))
    reader.follow()
    done, fed = reader.run()
    assert dict(done.changes) == {"new": 1} and fed.succeeded == [reader.feed] and not done.errors
    assert [asked.path for asked in reader.site.asked] == ["/robots.txt", "/feed", "/rally"]
    (article,) = reader.catalogue.articles(reader.catalogue.iterate_ids()).values()
    assert (article.url, article.root, article.path) == (f"{reader.site.url}/rally", "", f"{reader.site.url}/rally")
    assert (article.outlet, article.authors, article.title) == ("The Example", ("Ann Lee",), "Rally banned")
    assert (str(article.published), article.date_source) == ("2041-03-05T10:00:00+00:00", "feed")
    assert LEAD in reader.catalogue.text(article.id, 1)
    (kept,) = reader.store.items(reader.feed).values()
    assert kept.article_id == article.id and kept.problem is None


def test_what_the_page_says_wins(reader: Reader) -> None:
    head = '<meta property="og:site_name" content="The Page"><meta name="date" content="2041-03-04">'
    reader.offer(item("/rally"))
    reader.site.page("/rally", page(BODY, head))
    reader.follow(outlet="Ours")
    reader.run()
    (article,) = reader.catalogue.articles(reader.catalogue.iterate_ids()).values()
    assert (article.outlet, str(article.published), article.date_source) == ("The Page", "2041-03-04", "page metadata")


def test_an_outlet_that_the_user_gave_goes_before_the_feeds_title(reader: Reader) -> None:
    reader.offer(item("/rally"))
    reader.site.page("/rally", page(BODY))
    reader.follow(outlet="Ours")
    reader.run()
    assert reader.catalogue.outlets() == {"Ours": 1}


def test_the_whole_article_in_a_feed_is_taken_from_there(reader: Reader) -> None:
    reader.offer(item("/rally", content=f"<script>x()</script>{WHOLE}"))
    reader.follow()
    done, _ = reader.run()
    assert not done.errors and reader.site.paths() == ["/feed"]
    (article,) = reader.catalogue.articles(reader.catalogue.iterate_ids()).values()
    text = reader.catalogue.text(article.id, 1)
    assert STORY[7] in text and "x()" not in text and article.url == f"{reader.site.url}/rally"


def test_a_feed_gives_no_text_to_another_sites_article(reader: Reader) -> None:
    """The title of a feed that gathers from elsewhere is no outlet either."""
    reader.offer(item(f"{reader.site.elsewhere}/rally", content=WHOLE))
    reader.site.page("/rally", page(BODY))
    reader.follow()
    reader.run()
    (article,) = reader.catalogue.articles(reader.catalogue.iterate_ids()).values()
    assert article.url == f"{reader.site.elsewhere}/rally" and article.outlet is None
    assert STORY[7] not in reader.catalogue.text(article.id, 1)


def test_what_is_known_is_left_in_peace(reader: Reader) -> None:
    reader.offer(item("/1"), item("/2"))
    for path in ("/1", "/2"):
        reader.site.page(path, page(BODY.replace("Rally", f"Rally {path}")), ETag=f'"{path}"')
    reader.follow()
    reader.run()
    done, fed = reader.run()
    assert not done.articles and not done.errors and reader.site.paths() == ["/feed"] and fed.succeeded


def test_an_item_that_changed_is_asked_for_with_its_etag(reader: Reader) -> None:
    reader.offer(item("/1"))
    reader.site.page("/1", page(BODY), ETag='"a"')
    reader.follow()
    reader.run()
    reader.offer(item("/1", date="Wed, 06 Mar 2041 10:00:00 GMT"))
    done, _ = reader.run()
    assert reader.site.asked[-1].headers["if-none-match"] == '"a"' and not done.articles
    (kept,) = reader.store.items(reader.feed).values()
    assert kept.updated == "Wed, 06 Mar 2041 10:00:00 GMT" and kept.article_id and kept.etag == '"a"'
    assert reader.run()[0].articles == 0 and reader.site.paths() == ["/feed"]
    reader.offer(item("/1", date="Thu, 07 Mar 2041 10:00:00 GMT"))
    reader.site.page("/1", page(BODY.replace("fourteen", "fifteen")), ETag='"b"')
    done, _ = reader.run()
    assert dict(done.changes) == {"changed": 1} and len(reader.articles()) == 1


def test_a_feed_that_has_not_changed_is_not_sent_again(reader: Reader) -> None:
    reader.offer(item("/1"), etag='"f"')
    reader.site.page("/1", page(BODY))
    reader.follow()
    reader.run()
    before = reader.state()
    done, fed = reader.run()
    assert reader.site.asked[-1].headers["if-none-match"] == '"f"' and fed.succeeded == [reader.feed]
    assert not done.articles and reader.state().etag == before.etag == '"f"' and reader.state().title == "The Example"


def test_items_that_leave_a_feed_stay(reader: Reader) -> None:
    reader.offer(item("/1"))
    reader.site.page("/1", page(BODY))
    reader.follow()
    reader.run()
    reader.offer()
    done, fed = reader.run()
    assert len(reader.articles()) == 1 and fed.succeeded and not done.errors
    reader.offer(item("/1"))
    assert reader.run()[0].articles == 0 and reader.site.paths() == ["/feed"]


def test_an_item_that_fails_is_told_and_tried_again_but_not_for_ever(reader: Reader) -> None:
    reader.offer(item("/1"), item("/2"), etag='"f"')
    reader.site.page("/2", page(BODY))
    reader.follow()
    for number in (1, 2, 3):
        done, fed = reader.run()
        assert [str(error) for error in done.errors] == [
            f"the page at {reader.site.url}/1 does not exist (404): check the address (try {number} of 3)"
        ]
        assert fed.succeeded == [reader.feed] and reader.state().problem is None and len(reader.articles()) == 1
    done, _ = reader.run()
    assert not done.errors and reader.site.paths() == ["/feed"]
    reader.offer(item("/1", date="Wed, 06 Mar 2041 10:00:00 GMT"), item("/2"))
    reader.site.page("/1", page(BODY.replace("Rally", "Rally 1").replace(LEAD, STORY[4])))
    done, _ = reader.run()
    assert dict(done.changes) == {"new": 1}, "the feed says that it has changed"


def test_an_item_that_recovers_is_taken(reader: Reader) -> None:
    reader.offer(item("/1"), etag='"f"')
    reader.site.page("/1", CONSENT)
    reader.follow()
    done, _ = reader.run()
    assert "is a consent page, not the article" in str(done.errors[0]) and not reader.articles()
    reader.site.page("/1", page(BODY))
    done, _ = reader.run()
    assert dict(done.changes) == {"new": 1} and not done.errors


@pytest.mark.parametrize(
    ("body", "kind", "status", "said"),
    [
        ("<html>", "text/html", 200, "it is neither RSS nor Atom"),
        ("<!DOCTYPE rss><rss/>", "text/xml", 200, "it declares a document type"),
        ("gone", "text/html", 410, "is gone for good (410)"),
        ("<rss/>", "image/png", 200, "it is of the type image/png"),
    ],
)
def test_a_feed_that_fails_is_told_and_the_others_go_on(
    reader: Reader, body: str, kind: str, status: int, said: str
) -> None:
    reader.offer(item("/1"))
    reader.site.page("/1", page(BODY))
    reader.site.page("/broken", body, kind, status)
    reader.follow()
    reader.store.add(f"{reader.site.url}/broken", "default", None, None)
    done, fed = reader.run()
    assert fed.succeeded == [reader.feed] and fed.failed == [f"{reader.site.url}/broken"]
    (error,) = done.errors
    broken = reader.store.find(f"{reader.site.url}/broken")
    assert said in str(error) and broken is not None and broken.problem == str(error) and broken.succeeded_at is None
    assert len(reader.articles()) == 1


def test_an_interrupted_run_repeats_what_was_not_stored(reader: Reader) -> None:
    reader.offer(item("/1"), item("/2"), etag='"f"')
    for path in ("/1", "/2"):
        reader.site.page(path, page(BODY.replace(LEAD, STORY[int(path[1])])))
    reader.follow()
    visitor = Visitor(Client(allow_private=True), pause=0)
    items = run_feeds(reader.store, visitor, reader.store.feeds(), FeedsReport())
    next(items)
    items.close()  # type: ignore[attr-defined]
    assert not reader.store.items(reader.feed) and reader.state().succeeded_at is None
    done, _ = reader.run()
    assert dict(done.changes) == {"new": 2}


def test_hostile_pages_and_feeds_are_parsed_in_child_processes(reader: Reader) -> None:
    reader.offer(item("/1"))
    reader.site.page("/1", page(BODY))
    reader.follow()
    with Loading() as loading:
        done, fed = reader.run(loading)
        assert dict(done.changes) == {"new": 1} and fed.succeeded
        assert loading.worker is not None and loading.worker.pid is not None


def test_feeds_are_kept(reader: Reader) -> None:
    assert reader.store.add("https://b.example/feed", "press", "B", 900)
    assert reader.store.add("https://a.example/feed", "default", None, None)
    assert not reader.store.add("https://b.example/feed", "press", "The B", 600), "it is changed, not added"
    first, second = reader.store.feeds()
    assert (first.url, second.outlet, second.every_seconds) == ("https://a.example/feed", "The B", 600)
    assert reader.store.remove("https://a.example/feed") and not reader.store.remove("https://a.example/feed")
    assert [feed.url for feed in reader.store.feeds()] == ["https://b.example/feed"]


def test_for_another_collection_the_items_are_new(reader: Reader) -> None:
    reader.offer(item("/1"), etag='"f"')
    reader.site.page("/1", page(BODY))
    reader.follow()
    reader.run()
    reader.follow(collection="press")
    items = run_feeds(reader.store, Visitor(Client(allow_private=True), pause=0), reader.store.feeds(), FeedsReport())
    assert [change.kind for change in ingest(reader.catalogue, items, IngestReport(), "press")] == ["new"]
    assert reader.catalogue.collections() == {"default": 1, "press": 1}


def test_removing_a_feed_leaves_its_articles(reader: Reader) -> None:
    reader.offer(item("/1"))
    reader.site.page("/1", page(BODY))
    reader.follow()
    reader.run()
    reader.store.remove(reader.feed)
    assert len(reader.articles()) == 1 and not reader.store.items(reader.feed)


@pytest.mark.parametrize(
    ("added", "succeeded", "every", "late"),
    [
        ("2041-03-05T10:00:00+00:00", "2041-03-06T09:31:00+00:00", 900, False),
        ("2041-03-05T10:00:00+00:00", "2041-03-06T09:29:00+00:00", 900, True),
        ("2041-03-05T10:00:00+00:00", "2041-03-05T10:01:00+00:00", None, False),
        ("2041-03-05T09:00:00+00:00", "2041-03-05T09:59:00+00:00", None, True),
        ("2041-03-06T09:50:00+00:00", None, 900, False),
        ("2041-03-06T09:00:00+00:00", None, 900, True),
        ("2041-03-05T09:59:00+00:00", None, None, True),
    ],
)
def test_lateness(added: str, succeeded: str | None, every: int | None, late: bool) -> None:
    feed = FeedRecord(
        url="https://a.example/feed", collection="c", added_at=added, succeeded_at=succeeded, every_seconds=every
    )
    found = lateness([feed], dt.datetime(2041, 3, 6, 10, tzinfo=dt.UTC))
    assert [one.url for one in found] == ([feed.url] if late else [])
