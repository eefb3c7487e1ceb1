"""Fetching from a real server: redirects, sizes, times, kinds."""

from __future__ import annotations

import gzip
import logging
import zlib
from collections.abc import Iterator

import pytest

from corpus.errors import LoadError
from corpus.web.addresses import AddressError
from corpus.web.client import Client, Limits

from ..web_site import Answer, Site, serve

OURS = Client(allow_private=True, limits=Limits(size=100_000, seconds=20))


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as site:
        yield site


def test_a_page_comes_with_what_the_server_says_of_it(site: Site) -> None:
    site.page("/a?q=1", "<p>Grüße</p>", "Text/HTML; Charset=UTF-8", ETag='"1"', Last_Modified="yesterday")
    page = OURS.get(f"{site.url}/a?q=1#top")
    assert (page.status, page.kind, page.charset, page.etag, page.modified) == (
        *(200, "text/html", "utf-8"),
        *('"1"', "yesterday"),
    )
    assert page.body.decode() == "<p>Grüße</p>" and page.url == f"{site.url}/a?q=1"
    headers = site.asked[0].headers
    assert headers["user-agent"].startswith("whosaid/") and headers["host"] == f"127.0.0.1:{site.port}"
    assert not {"cookie", "authorization", "referer"} & set(headers)


def test_what_has_not_changed_is_not_sent_again(site: Site) -> None:
    site.page("/a", "text", ETag='"1"', Last_Modified="Tue, 01 Mar 2041 10:00:00 GMT")
    assert OURS.get(f"{site.url}/a", etag='"1"').status == 304
    assert OURS.get(f"{site.url}/a", modified="Tue, 01 Mar 2041 10:00:00 GMT").status == 304
    assert OURS.get(f"{site.url}/a", etag='"2"').status == 200


def test_cookies_are_not_kept(site: Site) -> None:
    site.routes["/a"] = Answer(b"", 302, {"Location": "/b", "Set-Cookie": "id=1; Path=/"})
    site.page("/b", "text", Set_Cookie="id=2; Path=/")
    OURS.get(f"{site.url}/a")
    OURS.get(f"{site.url}/b")
    assert site.paths() == ["/a", "/b", "/b"] and not any("cookie" in asked.headers for asked in site.asked)


def test_the_environment_names_no_proxy(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    site.page("/a", "text")
    assert OURS.get(f"{site.url}/a").body == b"text"


@pytest.mark.parametrize("allow_private", [False, True])
def test_a_private_address_is_refused_unless_allowed(site: Site, allow_private: bool) -> None:
    site.page("/a", "text")
    client = Client(allow_private=allow_private)
    for host in ("127.0.0.1", "localhost"):
        url = f"http://{host}:{site.port}/a"
        if allow_private:
            assert client.get(url).body == b"text"
        else:
            with pytest.raises(AddressError) as told:
                client.get(url)
            assert str(told.value).startswith(f"could not fetch {url}: the host {host} is at ")
            assert str(told.value).endswith(
                "which is not on the public Internet; give --allow-private to fetch from your own network"
            )
    assert bool(site.asked) is allow_private


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("file:///etc/passwd", "it leads to file:/etc/passwd, and only http and https are fetched"),
        ("http://ann:secret@127.0.0.1/", "it leads to http://127.0.0.1/, and the address holds a name or a password"),
        ("http://2130706433/", "the host 2130706433 is a number"),
        ("http://[", "that is no address"),
    ],
)
def test_every_redirect_is_checked(site: Site, location: str, said: str) -> None:
    site.moved("/a", location)
    with pytest.raises(AddressError) as told:
        OURS.get(f"{site.url}/a")
    assert said in str(told.value) and "secret" not in str(told.value)


def test_the_address_of_a_redirect_is_checked_when_it_is_connected_to(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first host counts as public for this test; what it leads to must not profit from that."""
    import corpus.web.addresses as addresses

    true = addresses.is_public
    site.moved("/a", f"http://127.0.0.2:{site.port}/inside")
    monkeypatch.setattr(addresses, "is_public", lambda address: str(address) == "127.0.0.1" or true(address))
    with pytest.raises(AddressError, match=r"it leads to http://127\.0\.0\.2:\d+/inside, and the host 127"):
        Client().get(f"{site.url}/a")
    assert site.paths() == ["/a"]


def test_a_redirect_to_a_link_local_address_is_refused_on_ones_own_network_too(site: Site) -> None:
    site.moved("/a", "http://169.254.169.254/latest/meta-data/")
    with pytest.raises(
        AddressError, match=r"it leads to http://169\.254\.169\.254/latest/meta-data/, and the host 169"
    ):
        OURS.get(f"{site.url}/a")


def test_redirects_are_followed_and_end(site: Site) -> None:
    for number in range(5):
        site.moved(f"/{number}", f"{number + 1}", status=(301, 302, 303, 307, 308)[number])
    site.page("/5", "text")
    page = OURS.get(f"{site.url}/0")
    assert (page.asked, page.url, page.body) == (f"{site.url}/0", f"{site.url}/5", b"text")
    site.moved("/5", "/0")
    with pytest.raises(LoadError, match=r"/0: it redirects more than 5 times$"):
        OURS.get(f"{site.url}/0")


def test_a_redirect_without_a_place_is_an_answer(site: Site) -> None:
    site.routes["/a"] = Answer(b"", 302)
    assert OURS.get(f"{site.url}/a").status == 302


@pytest.mark.parametrize("size", [100_000, 100_001])
def test_a_body_has_a_limit(site: Site, size: int) -> None:
    site.page("/a", b"x" * size)
    site.packed("/b", b"x" * size)
    small = Client(allow_private=True, limits=Limits(size=100_000))
    for path in ("/a", "/b"):
        if size <= 100_000:
            assert len(small.get(f"{site.url}{path}").body) == size
        else:
            with pytest.raises(LoadError, match="it has more than 97 KiB, which no article has"):
                small.get(f"{site.url}{path}")


def test_a_body_without_end_is_cut_off(site: Site) -> None:
    def flood(handler: object) -> None:
        write = handler.wfile.write  # type: ignore[attr-defined]
        write(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while not site.over.is_set():
            write(b"x" * 65536)

    site.routes["/a"] = flood
    with pytest.raises(LoadError, match="it has more than"):
        OURS.get(f"{site.url}/a")


def test_a_gzip_bomb_is_never_held_in_memory(site: Site) -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join([packer.compress(b"\0" * 2**20) for _ in range(300)]) + packer.flush()
    assert len(bomb) < 400_000
    site.routes["/a"] = Answer(bomb, 200, {"Content-Type": "text/html", "Content-Encoding": "gzip"})
    import tracemalloc

    tracemalloc.start()
    try:
        with pytest.raises(LoadError, match="it has more than"):
            OURS.get(f"{site.url}/a")
        assert tracemalloc.get_traced_memory()[1] < 20 * 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("body", "packing", "said"),
    [
        (b"plain", "gzip", "it cannot be decompressed"),
        (gzip.compress(b"text" * 100, mtime=0)[:-12], "gzip", "it breaks off before its end"),
        (b"text", "br", "it comes compressed as 'br', which was not asked for"),
    ],
    ids=("not gzip", "cut off", "brotli"),
)
def test_damaged_and_strange_compression(site: Site, body: bytes, packing: str, said: str) -> None:
    site.routes["/a"] = Answer(body, 200, {"Content-Type": "text/html", "Content-Encoding": packing})
    with pytest.raises(LoadError, match=said):
        OURS.get(f"{site.url}/a")


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nX-Long: ",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n",
    ],
)
def test_who_drips_is_left_in_the_end(site: Site, head: bytes) -> None:
    """Each byte comes well within the limit of one wait; the limit of the whole is what ends it."""
    site.routes["/a"] = site.drips(head)
    quick = Client(allow_private=True, limits=Limits(seconds=0.5, wait=60))
    with pytest.raises(LoadError, match="it took too long"):
        quick.get(f"{site.url}/a")


def test_who_says_nothing_is_left_sooner(site: Site) -> None:
    site.routes["/a"] = lambda handler: site.over.wait(60) and None
    with pytest.raises(LoadError, match="it took too long"):
        Client(allow_private=True, limits=Limits(wait=0.2)).get(f"{site.url}/a")


@pytest.mark.parametrize("kind", ["image/png", "video/mp4", "application/octet-stream", "application/zip", "text/css"])
def test_kinds_that_are_not_read(site: Site, kind: str) -> None:
    site.page("/a", "text", kind)
    with pytest.raises(LoadError, match=f"it is of the type {kind}; what is read is HTML, XML"):
        OURS.get(f"{site.url}/a")
    assert OURS.get(f"{site.url}/a", any_kind=True).body == b"text"


@pytest.mark.parametrize(
    "kind", ["application/rss+xml", "application/atom+xml; charset=x", "application/json", "text/xml", ""]
)
def test_kinds_that_are(site: Site, kind: str) -> None:
    site.page("/a", "text", kind)
    assert OURS.get(f"{site.url}/a").body == b"text"


def test_nonsense_in_place_of_http(site: Site) -> None:
    site.routes["/a"] = lambda handler: handler.wfile.write(b"220 mail.example ESMTP\r\n") and None
    with pytest.raises(LoadError, match="the connection failed"):
        OURS.get(f"{site.url}/a")


def test_a_server_that_is_not_there() -> None:
    with serve() as gone:
        url = gone.url
    with pytest.raises(LoadError, match="the connection failed"):
        OURS.get(url)


def test_nothing_secret_is_logged(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    site.page("/a", "text")
    OURS.get(f"{site.url}/a")
    assert caplog.records
    with pytest.raises(AddressError):
        OURS.get(f"http://ann:secret@127.0.0.1:{site.port}/a")
    assert not [record for record in caplog.records if "secret" in record.getMessage()]
