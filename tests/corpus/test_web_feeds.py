"""Feeds of several kinds are read as items; what is none is told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from corpus.errors import LoadError
from corpus.loaders.limits import Limits
from corpus.web.feeds import Feed, FeedReader

from .test_web_stubs import LEAD, STORY

URL = "https://news.example/feed"
WHOLE = "".join(f"<p>{part}</p>" for part in (LEAD, *STORY[:8]))

RSS = f"""<?xml version="1.0" encoding="UTF-8"?>
<!-- made by hand -->
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>The Example &amp; Post</title><link>https://news.example/</link><language>en-GB</language>
<item><title>Rally &lt;b&gt;banned&lt;/b&gt;</title><link>/2041/rally#top</link><guid isPermaLink="false">7</guid>
<pubDate>Tue, 05 Mar 2041 10:00:00 +0100</pubDate><dc:creator>Ann Lee and Bo Ek</dc:creator>
<description>The interior ministry on Tuesday ...</description>
<content:encoded><![CDATA[{WHOLE}]]></content:encoded></item>
<item><title>Short</title><link>https://other.example/short</link>
<description>A summary.</description></item>
<item><title>No link</title><guid isPermaLink="false">9</guid></item>
<item><title>Twice</title><link>https://other.example/short</link></item>
</channel></rss>"""
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Atomic</title><link href="https://a.example/"/>
<id>urn:feed</id><updated>2041-03-06T00:00:00Z</updated>
<entry><title>One</title><id>urn:1</id><link rel="alternate" href="https://a.example/1"/>
<author><name>Ann Lee</name></author>
<published>2041-03-05T10:00:00Z</published><updated>2041-03-06T09:00:00Z</updated>
<content type="html">{WHOLE.replace("<", "&lt;")}</content></entry>
<entry><title>Two</title><id>urn:2</id><link href="https://a.example/2"/><updated>2041-03-06T09:00:00Z</updated>
<content type="html">{WHOLE.replace("<", "&lt;")} &lt;p&gt;[…]&lt;/p&gt;</content></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://r.example/"><title>Réseau</title>
<link>https://r.example/</link></channel><item rdf:about="https://r.example/1"><title>Un</title>
<link>https://r.example/1</link><dc:date>2041-03-05</dc:date><dc:creator>Ève Roux</dc:creator></item></rdf:RDF>"""


@pytest.fixture
def reader() -> Iterator[FeedReader]:
    with FeedReader(isolated=False) as reader:
        yield reader


def read(reader: FeedReader, feed: str) -> Feed:
    return reader.read(feed.encode(), URL)


def test_rss(reader: FeedReader) -> None:
    feed = read(reader, RSS)
    assert (feed.title, feed.page, feed.language) == ("The Example & Post", "https://news.example/", "en-GB")
    first, second = feed.items
    assert (first.key, first.link, first.title) == ("7", "https://news.example/2041/rally", "Rally banned")
    assert first.authors == ("Ann Lee", "Bo Ek")
    assert str(first.published) == "2041-03-05T10:00:00+01:00" and first.updated is None
    assert first.stamp == "Tue, 05 Mar 2041 10:00:00 +0100" and first.content == WHOLE
    assert (second.key, second.title, second.content) == ("https://other.example/short", "Twice", None)
    assert second.published is None and second.stamp is None


def test_atom(reader: FeedReader) -> None:
    feed = read(reader, ATOM)
    assert (feed.title, feed.page, feed.language) == ("Atomic", "https://a.example/", "en")
    first, second = feed.items
    assert (first.key, first.link, first.authors) == ("urn:1", "https://a.example/1", ("Ann Lee",))
    assert (str(first.published), str(first.updated)) == ("2041-03-05T10:00:00Z", "2041-03-06T09:00:00Z")
    assert first.stamp == "2041-03-06T09:00:00Z" and first.content is not None and LEAD in first.content
    assert second.published is None, "when it was changed is not when it was published"
    assert second.content is None, "what is cut off is not the whole"


def test_rdf(reader: FeedReader) -> None:
    feed = read(reader, RDF)
    (item,) = feed.items
    assert (feed.title, item.link, item.authors) == ("Réseau", "https://r.example/1", ("Ève Roux",))
    assert str(item.published) == "2041-03-05"


@pytest.mark.parametrize(
    ("encoding", "declared", "served"),
    [
        ("utf-8", None, "utf-8"),
        ("iso-8859-1", "ISO-8859-1", None),
        ("iso-8859-1", None, "iso-8859-1"),
        ("cp1252", None, None),
        ("cp1252", "no-such-thing", "rot13"),
        ("utf-16", "utf-16", None),
        ("utf-16-le", None, None),
        ("utf-8-sig", "iso-8859-1", "iso-8859-1"),
    ],
)
def test_encodings(reader: FeedReader, encoding: str, declared: str | None, served: str | None) -> None:
    head = f'<?xml version="1.0" encoding="{declared}"?>\n' if declared else ""
    assert reader.read((head + RDF).encode(encoding), URL, served).items[0].authors == ("Ève Roux",)


def test_a_malformed_feed_is_read_as_far_as_it_goes(reader: FeedReader) -> None:
    feed = read(reader, RSS.replace("</title><link>https://other", "</titel><link>https://other & co<br>"))
    assert feed.items[0].link == "https://news.example/2041/rally"


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "before",
    [
        f'<!DOCTYPE rss [<!ENTITY l0 "ha">{LAUGHS}]>',
        '<!DOCTYPE rss SYSTEM "http://127.0.0.1/a.dtd">',
        "<?pi a?><!-- b --> \n<!doctype rss>",
        '<!ENTITY a "b">',
        '<!DOCTYPE rss [<!ENTITY file SYSTEM "file:///etc/passwd">]>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-7"])
def test_document_types_are_refused_before_parsing(reader: FeedReader, before: str, encoding: str) -> None:
    declaration = f'<?xml version="1.0" encoding="{encoding}"?>'
    body = f"{before}<rss><channel><title>&l9;&file;</title></channel></rss>"
    data = declaration.encode() + body.encode("utf-7") if encoding == "utf-7" else (declaration + body).encode(encoding)
    with pytest.raises(LoadError) as told:
        reader.read(data, URL)
    assert str(told.value).startswith(f"could not read the feed {URL}: it ")


def test_the_sentence_for_a_document_type(reader: FeedReader) -> None:
    with pytest.raises(LoadError) as told:
        read(reader, "<!DOCTYPE rss><rss/>")
    assert str(told.value) == (
        f"could not read the feed {URL}: it declares a document type, in which entities can be hidden "
        "that grow without limit; ask the publisher for a feed without one"
    )


@pytest.mark.parametrize(
    "data",
    [
        *(
            "",
            "hello",
            "{}",
            "<html><body>A page</body></html>",
            "<!DOCTYPE html><html></html>",
            "<?xml",
            "<!--",
            "<a/>",
        ),
        *('<!DOCTYPE html [<!ENTITY a "b">]><rss version="2.0"/>', "\0\0\0\0", "/etc/passwd", "http://127.0.0.1:1/"),
    ],
)
def test_what_is_no_feed(reader: FeedReader, data: str) -> None:
    with pytest.raises(LoadError, match="it is neither RSS nor Atom; check the address, or take it as a single page"):
        read(reader, data)


def test_a_feed_is_read_in_a_child_process() -> None:
    with FeedReader() as reader:
        found = reader.read(RSS.encode(), URL)
        assert found.items[0].content == WHOLE
        with pytest.raises(LoadError, match="neither RSS nor Atom"):
            reader.read(b"<html>", URL)
        assert reader.read(RSS.encode(), URL) == found


def test_a_feed_that_takes_for_ever_is_given_up() -> None:
    slow = "<rss><channel>" + "<item>" * 200_000
    with FeedReader(Limits(seconds=0.05)) as reader, pytest.raises(LoadError, match="could not load"):
        reader.read(slow.encode(), URL)


@pytest.mark.parametrize("unit", ["<", "<a ", "<![CDATA[", "&", "<!--", "<?a ", "]]>", "\n<!ENTITY ", "<item><title>"])
def test_much_of_anything_is_parsed_in_time(unit: str) -> None:
    """Against a generous limit: what is quadratic takes hours."""
    data = b"<rss version='2.0'><channel>" + unit.encode() * (100_000 // len(unit))
    with FeedReader(Limits(seconds=100)) as reader:
        try:
            reader.read(data, URL)
        except LoadError as error:
            assert "neither RSS nor Atom" in str(error)
