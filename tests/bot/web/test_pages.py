"""Pages of stored copies over a real socket: what is shown to whom, and what never is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest

from bot.ask import Whosaid
from bot.settings import read_settings
from bot.slack.access import Access, audience_of_channel
from bot.slack.calls import PutOff
from bot.slack.config import Rule
from bot.slack.directory import Directory
from bot.web.serve import allowed_by
from corpus.catalogue import ArticleRecord

from .sites import NOON, Site, put, site

SEED = (Path(__file__).parents[3] / "corpus" / "sample" / "000_88a69eeaa2e40b64.txt").read_text("utf-8")
LAWFUL = "The government continues to welcome lawful rallies"
START = SEED.index(LAWFUL)


@pytest.fixture(scope="module")
def sample_site(sample_home: Path) -> Iterator[Site]:
    with site(sample_home) as running:
        yield running


class Seen(HTMLParser):
    """The elements of a page, its text, and what its marks hold."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.marked = ""
        self._open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.text += data
        if "mark" in self._open:
            self.marked += data

    def attribute(self, name: str) -> list[str]:
        return [value or "" for key, value in self.attributes if key == name]


def seed(running: Site) -> ArticleRecord:
    (found,) = running.engine.catalogue.find("000_88a69eeaa2e40b64.txt")
    return found


def test_the_page_of_a_citation_shows_all_of_the_article(sample_site: Site) -> None:
    article = seed(sample_site)
    response = sample_site.get(sample_site.links.page(article.id, 1, START, START + len(LAWFUL), "T1..C1.."))
    page = Seen(response.text)
    assert response.status_code == 200 and page.marked == LAWFUL
    assert page.attribute("id").count("cited") == 1 and not {"script", "img", "iframe", "form"} & set(page.tags)
    for line in filter(None, SEED.splitlines()):
        assert line.strip() in page.text
    assert "undated" in page.text and "From 000_88a69eeaa2e40b64.txt, retrieved" in page.text
    anchors = {href.removeprefix("#") for href in page.attribute("href") if href.startswith("#")}
    assert anchors <= set(page.attribute("id")) and len(anchors) > 10
    assert "An Sokkhoeurn, spokesman, Ministry of Foreign Affairs" in page.text
    assert "Direct speech, said 23 March “The US Department" in page.text and "via US State Department" in page.text


def test_headers_keep_the_page_to_itself(sample_site: Site) -> None:
    article = seed(sample_site)
    link = sample_site.links.page(article.id, 1, 0, 10)
    for response in (sample_site.get(link), sample_site.get("/articles/none"), sample_site.get("/healthz")):
        headers = response.headers
        policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
        assert policy["default-src"] == policy["base-uri"] == policy["form-action"] == "'none'"
        assert policy["frame-ancestors"] == "'none'" and re.fullmatch(r"'sha256-[\w+/]{43}='", policy["style-src"])
        assert headers["x-robots-tag"].startswith("noindex") and headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff" and headers["cache-control"] == "private, no-store"
        assert "server" not in headers
    head = sample_site.get(link, "HEAD")
    assert head.status_code == 200 and head.content == b"" and int(head.headers["content-length"]) > 5000
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert sample_site.get(link, method).status_code == 405


def refused(response: httpx.Response, status: int) -> str:
    assert response.status_code == status and "traceback" not in response.text.lower()
    return response.text


def test_a_bad_link_tells_nothing_of_what_exists(sample_site: Site) -> None:
    article = seed(sample_site)
    link = sample_site.links.page(article.id, 1, START, START + 5, "T1..C1..")
    pages = {
        refused(sample_site.get(altered), 403)
        for altered in (
            f"/articles/{article.id}", "/articles/none", "/articles/", link.replace("sig=", "sig=x"),
            link.replace(article.id, "none"), link.replace("version=1", "version=9"), link.replace("C1", "C2"),
            link.replace(f"span={START}:", "span=0:"), f"{link.partition('#')[0]}&version=1",
            link.replace("until=1", "until=2"),
        )
    }  # fmt: skip
    assert len(pages) == 1 and article.title not in pages.pop()
    refused(sample_site.get("/nothing"), 404)
    try:
        sample_site.void[article.id, "T1..C1.."] = NOON
        assert refused(sample_site.get(link), 403)
        assert sample_site.get(sample_site.links.page(article.id, 1, 0, 5, "T1..C2..")).status_code == 200
        sample_site.clock["now"] = NOON + 32 * 86_400
        refused(
            sample_site.get(sample_site.links.page(article.id, 1, 0, 5, "T1..C2..").replace("made=19", "made=18")), 403
        )
    finally:
        sample_site.void.clear()
        sample_site.clock["now"] = NOON


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def stored(home: Path, *articles: dict[str, str]) -> list[str]:
    with closing(read_settings(home).open_catalogue()) as catalogue:
        return [put(catalogue, **article) for article in articles]  # type: ignore[arg-type]


FIRST = "The bridge was safe, the mayor said.\n\n“We looked twice,” Ann Smith said.\n\nIt opened in May."
SECOND = FIRST.replace("May", "June") + "\n\nCorrection: an earlier version of this article gave the wrong month."


def test_versions_copies_and_corrections_within_what_the_audience_may_see(home: Path) -> None:
    long = FIRST + "\n\n" + SEED
    kept = {"outlet": "The Ledger", "title": "The bridge", "published": "2041-03", "path": "one.txt"}
    one, again, _, hidden = stored(
        home,
        {"text": FIRST + "\n\n" + SEED, **kept},
        {"text": SECOND + "\n\n" + SEED, **kept},
        {"text": long, "path": "two.txt", "outlet": "The Copyist", "published": "2041-03-02"},
        {"text": long, "path": "three.txt", "outlet": "The Secret Copyist", "collection": "closed"},
    )
    assert one == again

    def allowed(audience: str, article: ArticleRecord) -> bool:
        return audience == "" or article.collection != "closed"

    with site(home, allowed) as running:
        response = running.get(running.links.page(one, 2, 0, 10, "T1..C1.."))
        page = Seen(response.text)
        assert "Stored copy, version 2 of 2" in page.text and "The Ledger · March 2041" in page.text
        assert "The publisher’s correction: Correction: an earlier version" in page.text
        assert "the text changed between" in page.text
        assert "The Copyist, 2 March 2041" in page.text and "Secret" not in page.text
        links = [href for href in page.attribute("href") if "/articles/" in href]
        assert [f"/{one}?version=1" in link for link in links].count(True) == 1 and len(links) == 2
        earlier = Seen(running.get(links[0]).text)
        assert "It opened in May." in earlier.text and "has a later version" in earlier.text and not earlier.marked
        assert "“We looked twice,”" in earlier.text and "Direct speech “We looked twice" in earlier.text
        assert "The Copyist" in Seen(running.get(links[1]).text).text
        assert "The Secret Copyist" in Seen(running.get(running.links.page(one, 2, 0, 10)).text).text
        refused(running.get(running.links.page(hidden, 1, 0, 10, "T1..C1..")), 403)
        until = {re.search(r"until=(\d+)", link)[1] for link in links}  # type: ignore[index]
        running.clock["now"] += 5 * 86_400  # who clicks on never gets a longer life
        page = Seen(running.get(links[0]).text)
        assert {re.search(r"until=(\d+)", href)[1] for href in page.attribute("href") if "until=" in href} == until  # type: ignore[index]
        running.engine.catalogue.removals.remove([one], tombstone=True)
        refused(running.get(links[0]), 410)
        assert b'whosaid_pages_total{status="410"} 1.0' in running.metrics.shown()


def test_a_link_shows_what_its_channel_may_see_when_it_is_opened(home: Path) -> None:
    """By slack.toml as it is: a link of one channel opens nothing of the other's, nor does its page tell of it."""
    one, two = stored(
        home,
        {"text": SEED, "path": "one.txt", "collection": "open", "outlet": "The Ledger"},
        {"text": SEED, "path": "two.txt", "collection": "closed", "outlet": "The Closed Ledger"},
    )
    unknown = [False]

    def call(team: str, enterprise: str | None, method: str, /, **args: object) -> dict[str, object]:
        if unknown[0]:
            raise PutOff(2e9)
        return {"channel": {"id": args["channel"], "is_ext_shared": args["channel"] == "C9"}}

    rules = [
        Rule(channels=("C1", "C9"), collections=("open",)),
        Rule(channels=("C2",), outlets=("The Closed Ledger",)),
        Rule(nothing=True),
    ]
    with closing(Whosaid(home)) as engine:
        allowed = allowed_by(Access(rules, Directory(call, now=lambda: 0.0)), engine)
        with site(home, allowed) as running:

            def status(article: str, channel: str) -> int:
                audience = audience_of_channel("T1", channel) if channel else ""
                return running.get(running.links.page(article, 1, 0, 10, audience)).status_code

            unknown[0] = True
            assert status(one, "C1") == 503 and status(one, "") == 200
            unknown[0] = False
            assert [status(one, channel) for channel in ("C1", "C2", "C3", "C9", "")] == [200, 403, 403, 403, 200]
            assert [status(two, channel) for channel in ("C1", "C2", "C3", "C9", "")] == [403, 200, 403, 403, 200]
            page = running.get(running.links.page(one, 1, 0, 10, audience_of_channel("T1", "C1"))).text
            assert "Closed" not in page and two not in page
            assert running.get(running.links.page(one, 1, 0, 10, "of another time")).status_code == 403


@pytest.mark.parametrize("rights", ["passage", "link"])
def test_the_publishers_rights_hold(home: Path, rights: str) -> None:
    (home / "outlets.toml").write_text(f'[[outlet]]\nname = "The Ledger"\nrights = "{rights}"\n')
    (one,) = stored(
        home, {"text": SEED, "outlet": "The Ledger", "url": "https://ledger.example/a", "title": f"{SEED[:57]}…"}
    )
    with site(home) as running:
        page = Seen(running.get(running.links.page(one, 1, START, START + len(LAWFUL))).text)
        assert "allows passages" in page.text if rights == "passage" else "allows a link only" in page.text
        assert page.marked == (LAWFUL if rights == "passage" else "") and "https://ledger.example/a" in page.text
        words = [line for line in SEED.splitlines() if line and line in page.text]
        assert words == [] and "Who says what" not in page.text and SEED[:30] not in page.text
        assert not [href for href in page.attribute("href") if "/articles/" in href]
        long = Seen(running.get(running.links.page(one, 1, 0, len(SEED) - 10)).text)
        assert not long.marked and SEED[100:140] not in long.text and "publisher of The Ledger" in long.text


def test_hidden_speakers_are_withheld_in_every_version(home: Path) -> None:
    (home / "speakers.toml").write_text('[[hide]]\nname = "Ann Smith"\n')
    (one,) = stored(home, {"text": FIRST})
    with site(home) as running:
        page = Seen(running.get(running.links.page(one, 1, FIRST.index("We looked"), FIRST.index(" twice"))).text)
        assert "Smith" not in page.text and "looked" not in page.text and page.marked == "[withheld]"
        assert "The bridge was safe" in page.text and "It opened in May." in page.text


HOSTILE = (
    '<script>document.title="owned"</script> "><img src=x onerror=alert(1)> </style><style>*{display:none}</style>\n\n'
    "\u202etxet desrever\u202c ‮ &lt;b&gt; \x1b[31m red \x00 </article></main><h1>forged</h1>\n\n"
    '“<a href="javascript:alert(1)">click</a>,” said <b>An Sokkhoeurn</b>.\n\n' + "word " * 20_000
)


def test_hostile_text_is_only_text(home: Path) -> None:
    known = {
        "title": '</title><script>alert(1)</script>\u202e"x' * 3, "outlet": '"><svg onload=alert(1)>',
        "language": 'en" onload="x', "url": "javascript:alert(1)", "path": '"><b>.txt',
    }  # fmt: skip
    (one,) = stored(home, {"text": HOSTILE, **known})
    with site(home) as running:
        response = running.get(running.links.page(one, 1, 5, len(HOSTILE) - 50))
        page = Seen(response.text)
    assert response.status_code == 200 and page.tags.count("style") == page.tags.count("title") == 1
    assert not {"script", "img", "svg", "b"} & set(page.tags) and page.tags.count("h1") == 1
    assert all(
        name in {"charset", "name", "content", "lang", "dir", "class", "id", "href", "rel"}
        for name, _ in page.attributes
    )
    assert not [href for href in page.attribute("href") if not href.startswith(("#", "http://127.0.0.1"))]
    assert "\u202e" not in response.text and "\x1b" not in response.text and "⟨U+202E⟩txet" in page.text
    assert '<script>document.title="owned"</script>' in page.text


def test_the_command_line_answers_with_links_that_open(sample_home: Path) -> None:
    """An article without an address of its own is linked to its page; the link is the same all day and opens it."""
    with site(sample_home) as running, closing(Whosaid(read_settings(sample_home), running.links)) as engine:
        one, two = (engine.ask("what did the ministry say about free assembly?") for _ in range(2))
        links = [citation.link for citation in one.citations if citation.url is None]
        assert links and links == [citation.link for citation in two.citations if citation.url is None]
        for citation in one.citations:
            if citation.url is None:
                page = Seen(running.get(str(citation.link)).text)
                assert page.marked == citation.quote
        other = engine.ask("what did the ministry say about free assembly?", audience="T1..C1..")
        assert all("for=T1..C1.." in str(c.link) for c in other.citations if c.url is None)
