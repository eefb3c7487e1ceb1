"""Pages from a real server: articles, refusals, and what a page may claim."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from corpus.errors import LoadError
from corpus.ingest import Incoming
from corpus.web.client import Client, Limits
from corpus.web.pages import fetch_article
from corpus.web.robots import Visitor

from ..web_site import Answer, Site, serve
from .test_web_stubs import CONSENT, LEAD, WALL, page, paragraphs

BODY = f"<article><h1>Rally banned</h1>{paragraphs(LEAD, LEAD)}</article>"


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as site:
        yield site


@pytest.fixture
def visitor() -> Visitor:
    return Visitor(Client(allow_private=True, limits=Limits(seconds=20)), pause=0)


def article(visitor: Visitor, url: str) -> Incoming:
    (found,) = fetch_article(visitor, url)
    assert isinstance(found, Incoming), found
    return found


def refusal(visitor: Visitor, url: str) -> str:
    (found,) = fetch_article(visitor, url)
    assert isinstance(found, LoadError), found
    return str(found)


def test_a_page_becomes_an_article(site: Site, visitor: Visitor) -> None:
    head = (
        '<meta property="article:published_time" content="2041-03-05T10:00:00Z"><meta name="author" content="Ann Lee">'
    )
    site.page("/rally", page(BODY, head))
    found = article(visitor, f"{site.url}/rally")
    document = found.loaded.document
    assert (found.root, found.path, document.url) == ("", f"{site.url}/rally", f"{site.url}/rally")
    assert (str(document.published), document.date_source) == ("2041-03-05T10:00:00Z", "page metadata")
    assert document.authors == ("Ann Lee",) and LEAD in document.text


@pytest.mark.parametrize(
    ("canonical", "kept"),
    [
        ("{here}/2041/rally", "{here}/2041/rally"),
        ("/2041/rally", "{here}/2041/rally"),
        ("{here}/", "{here}/rally?from=feed"),
        ("{elsewhere}/2041/rally", "{here}/rally?from=feed"),
        ("https://other.example/rally", "{here}/rally?from=feed"),
    ],
)
def test_a_canonical_url_holds_on_its_own_site(site: Site, visitor: Visitor, canonical: str, kept: str) -> None:
    link = canonical.format(here=site.url, elsewhere=site.elsewhere)
    own = f'<meta property="og:url" content="{site.url}/other">' if canonical.startswith("/") else ""
    site.page("/rally?from=feed", page(BODY, f'<link rel="canonical" href="{link}">{own}'))
    found = article(visitor, f"{site.url}/rally?from=feed")
    assert found.loaded.document.url == kept.format(here=site.url)
    assert found.path == f"{site.url}/rally?from=feed"


def test_the_page_is_where_it_was_found(site: Site, visitor: Visitor) -> None:
    site.moved("/short", f"{site.elsewhere}/rally")
    site.page("/rally", page(BODY))
    found = article(visitor, f"{site.url}/short")
    assert found.path == found.loaded.document.url == f"{site.elsewhere}/rally"


def test_other_formats_than_pages(site: Site, visitor: Visitor) -> None:
    site.page("/a", f"Rally banned\n\n{LEAD}\n", "text/plain")
    lines = json.dumps({"text": LEAD, "url": f"{site.url}/1"}), json.dumps({"text": f"Two. {LEAD}"})
    site.page("/b.jsonl", "\n".join(lines), "application/json")
    assert article(visitor, f"{site.url}/a").loaded.loader == "text"
    found = [item for item in fetch_article(visitor, f"{site.url}/b.jsonl") if isinstance(item, Incoming)]
    assert [item.loaded.document.url for item in found] == [f"{site.url}/1", None]


@pytest.mark.parametrize(("kind", "encoding"), [("text/html; charset=windows-1251", "cp1251"), ("text/html", "utf-8")])
def test_the_servers_character_set_is_heeded(site: Site, visitor: Visitor, kind: str, encoding: str) -> None:
    text = "Министерство внутренних дел запретило митинг, который оппозиция назначила на субботу в столице. " * 5
    source = page(f"<article><h1>Митинг</h1><p>{text}</p></article>").replace('<meta charset="utf-8">', "")
    site.page("/a", source.encode(encoding), kind)
    assert "Министерство внутренних дел" in article(visitor, f"{site.url}/a").loaded.document.text


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "asks for a name and a password"),
        (402, "asks to be paid for: subscribe and ingest the article as a file"),
        (403, "is refused to programs or to this place (403)"),
        (404, "does not exist (404): check the address"),
        (410, "is gone for good (410)"),
        (429, "is not given out for now, as too much was asked for (429): try again later"),
        (451, "is withheld for legal reasons (451)"),
        (500, "could not be had: the server answered 500; try again later"),
    ],
)
def test_answers_that_hold_no_page(site: Site, visitor: Visitor, status: int, said: str) -> None:
    site.page("/a", page(BODY), status=status)
    assert refusal(visitor, f"{site.url}/a").startswith(f"the page at {site.url}/a {said}")


def test_stubs_are_refused(site: Site, visitor: Visitor) -> None:
    site.page("/a", CONSENT)
    site.page("/b", WALL)
    site.moved("/c", "/consent?to=c")
    site.page("/consent?to=c", page(BODY))
    assert refusal(visitor, f"{site.url}/a") == (
        f"the page at {site.url}/a is a consent page, not the article: "
        "save the article from a browser and ingest the file"
    )
    assert refusal(visitor, f"{site.url}/b") == (
        f"the page at {site.url}/b is cut off by a pay-wall: only its beginning is there; "
        "subscribe and ingest the article as a file"
    )
    assert "is a consent page" in refusal(visitor, f"{site.url}/c")


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        ("<?xml version='1.0'?>\n<rss version='2.0'></rss>", "application/rss+xml", "is a feed, not an article"),
        ("<feed xmlns='http://www.w3.org/2005/Atom'/>", "", "is a feed, not an article: follow it with `whosaid feeds"),
        ("<sitemapindex/>", "text/xml", "is XML, which is no article: give the address of its page"),
    ],
)
def test_xml_is_not_taken_for_a_text(site: Site, visitor: Visitor, body: str, kind: str, said: str) -> None:
    site.page("/a", body, kind)
    assert refusal(visitor, f"{site.url}/a").startswith(f"the page at {site.url}/a {said}")


def test_xhtml_is_a_page(site: Site, visitor: Visitor) -> None:
    site.page("/a", page(BODY), "application/xhtml+xml")
    site.page("/b", page(BODY), "application/xml")
    assert all(LEAD in article(visitor, site.url + path).loaded.document.text for path in ("/a", "/b"))


def test_a_pdf_is_an_article(site: Site, visitor: Visitor) -> None:
    site.page("/a?id=1", pdf(LEAD), "application/pdf")
    found = article(visitor, f"{site.url}/a?id=1")
    assert found.loaded.loader == "pdf" and "interior ministry" in found.loaded.document.text


def pdf(text: str) -> bytes:
    """A PDF of one page, a line every 60 characters."""
    lines = [text[at : at + 60] for at in range(0, len(text), 60)]
    shown = " ".join(f"({line}) Tj T*" for line in lines)
    content = f"BT /F1 12 Tf 14 TL 50 700 Td {shown} ET".encode()
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources "
        b"<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
    ]
    made, at = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        at.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in at)
    tail = b"trailer << /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(made)
    return made + b"xref\n0 5\n0000000000 65535 f \n" + table + tail


def test_a_page_without_an_article_names_its_address(site: Site, visitor: Visitor) -> None:
    site.page("/a", page("<div></div>"))
    assert refusal(visitor, f"{site.url}/a").startswith(f"could not load {site.url}/a: no text found")


class TestRobots:
    def test_its_rules_are_obeyed(self, site: Site, visitor: Visitor) -> None:
        site.page("/robots.txt", "User-agent: *\nDisallow: /no/*/print$\nDisallow: /private\n", "text/plain")
        site.page("/no/1", page(BODY))
        article(visitor, f"{site.url}/no/1")
        for path in ("/no/1/print", "/private/a"):
            assert refusal(visitor, site.url + path) == (
                f"could not fetch {site.url}{path}: the site's robots.txt does not allow it; ask the site"
            )
        assert site.paths() == ["/no/1"] and len(site.asked) == 2, "robots.txt is read once"

    def test_rules_may_address_us(self, site: Site, visitor: Visitor) -> None:
        site.page("/robots.txt", "User-agent: *\nAllow: /\n\nUser-agent: whosaid\nDisallow: /\n", "text/plain")
        assert "does not allow it" in refusal(visitor, f"{site.url}/a")

    @pytest.mark.parametrize("status", [401, 403, 404, 410])
    def test_none_allows_everything(self, site: Site, visitor: Visitor, status: int) -> None:
        site.routes["/robots.txt"] = Answer(b"Disallow: /", status)
        site.page("/a", page(BODY))
        article(visitor, f"{site.url}/a")

    @pytest.mark.parametrize("status", [429, 500, 503])
    def test_one_that_cannot_be_had_allows_nothing_for_now(self, site: Site, visitor: Visitor, status: int) -> None:
        site.routes["/robots.txt"] = Answer(b"", status)
        for _ in range(2):
            said = refusal(visitor, f"{site.url}/a")
            assert f"its site's robots.txt cannot be read (the server answered {status}); try again later" in said
        assert len(site.asked) == 1

    def test_the_site_that_is_redirected_to_is_asked_as_well(self, site: Site, visitor: Visitor) -> None:
        site.moved("/open", f"{site.elsewhere}/closed")
        site.page("/robots.txt", "User-agent: *\nDisallow: /closed\n", "text/plain")
        assert "does not allow it" in refusal(visitor, f"{site.url}/open")
        assert [asked.path for asked in site.asked] == ["/robots.txt", "/open", "/robots.txt"]

    def test_a_host_that_wants_peace_gets_it(self, site: Site, visitor: Visitor) -> None:
        site.page("/a", "", status=429, Retry_After="3600")
        assert "(429)" in refusal(visitor, f"{site.url}/a")
        said = refusal(visitor, f"{site.url}/b")
        assert "it answered 429, and asked to be left alone for now (it says: after '3600'); try again later" in said
        assert site.paths() == ["/a"]

    def test_a_pause_lies_between_two_requests_to_a_host(self, site: Site) -> None:
        slept: list[float] = []
        visitor = Visitor(Client(allow_private=True), pause=60, sleep=slept.append)
        site.moved("/a", "/b")
        site.moved("/b", f"{site.elsewhere}/c")
        site.page("/c", page(BODY))
        article(visitor, f"{site.url}/a")
        hosts = [asked.headers["host"] for asked in site.asked]
        assert [asked.path for asked in site.asked] == ["/robots.txt", "/a", "/b", "/robots.txt", "/c"]
        assert len(slept) == 3 and all(0 < pause <= 60 for pause in slept) and len(set(hosts)) == 2

    @pytest.mark.parametrize(("delay", "pause"), [("20", 20), ("86400", 30), ("nonsense", 10)])
    def test_a_crawl_delay_is_heeded_up_to_a_bound(self, site: Site, delay: str, pause: int) -> None:
        slept: list[float] = []
        visitor = Visitor(Client(allow_private=True), pause=10, sleep=slept.append)
        site.page("/robots.txt", f"User-agent: *\nCrawl-delay: {delay}\n", "text/plain")
        site.page("/a", page(BODY))
        article(visitor, f"{site.url}/a")
        assert len(slept) == 1 and pause - 10 < slept[0] <= pause
