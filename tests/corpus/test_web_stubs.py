"""What stands in an article's place is recognised, and articles are not taken for it."""

from __future__ import annotations

import gzip
import html
from pathlib import Path

import pytest

from corpus.errors import LoadError
from corpus.loaders import Loaded, load_bytes
from corpus.web.stubs import Stub, led_to_gate, recognise

URL = "https://news.example/2041/03/05/rally"
HEAD = '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Rally banned - The Example</title>'
LEAD = (
    "The interior ministry on Tuesday banned a rally that the opposition had called for Saturday in the capital, "
    "saying that the organisers had given nine days' notice where the law asks for fourteen. The organisers said "
    "they would go to court."
)
# Paragraphs of a real article, as many as a test wants.
STORY = [
    part
    for part in (Path(__file__).parents[2] / "corpus/sample/000_88a69eeaa2e40b64.txt").read_text("utf-8").split("\n\n")
    if len(part) > 150
]


def page(body: str, head: str = "") -> str:
    return f"{HEAD}{head}</head><body>{body}</body></html>"


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{html.escape(text)}</p>" for text in texts)


def judged(source: str, asked: str = URL, url: str = URL) -> Stub | None:
    """What is made of a page, with the text that the page loader finds in it."""
    found = next(load_bytes(source.encode(), "page.html"))
    return recognise(source, found.document.text if isinstance(found, Loaded) else "", asked, url)


CONSENT = page(
    "<main><h1>Before you continue</h1>"
    + paragraphs(
        "We and our partners store and/or access information on a device, such as unique IDs in cookies, to process "
        "personal data. You may accept or manage your choices by clicking below, including your right to object "
        "where legitimate interest is used.",
        "We use cookies to deliver personalised ads and content, and to measure how they perform. You can withdraw "
        "consent at any time in your privacy settings.",
    )
    + "<button>Accept all</button><button>Reject all</button><a href='/m'>Manage options</a></main>"
)
EINWILLIGUNG = page(
    "<div><h2>Mit Werbung weiterlesen</h2>"
    + paragraphs(
        "Wir und unsere Partner verwenden Cookies und ähnliche Technologien, um Inhalte und Anzeigen auf Sie "
        "zuzuschneiden. Ihre Einwilligung können Sie jederzeit in den Datenschutzeinstellungen widerrufen.",
        "Einige Partner stützen sich auf ein berechtigtes Interesse.",
    )
    + "<a>Alle akzeptieren</a> <a>Alle ablehnen</a></div>"
)
WALL = page(
    "<article><h1>Rally banned</h1>"
    + paragraphs(LEAD, "Subscribe to continue reading", "Already a subscriber? Log in")
    + "</article>"
)
WALL_BESIDE = page(
    f"<article><h1>Rally banned</h1>{paragraphs(LEAD)}</article>"
    "<div class='gate'><h2>This article is for subscribers only</h2><button>Start your trial</button></div>"
)
MARKED = page(
    f"<article><h1>Rally banned</h1>{paragraphs(LEAD)}</article>",
    '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Rally banned", '
    '"isAccessibleForFree": "False", "hasPart": {"isAccessibleForFree": "False", "cssSelector": ".paid"}}</script>',
)
MICRODATA = page(
    f'<article><meta itemprop="isAccessibleForFree" content="false"/><h1>Rally banned</h1>{paragraphs(LEAD)}</article>'
)
COUNTED = page(
    f"<article><h1>Rally banned</h1>{paragraphs(LEAD, *STORY[:9])}</article>",
    '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": false, "wordCount": 2400}'
    "</script>",
)
SUITE = page(
    "<article><h1>Manifestation interdite</h1>" + paragraphs(LEAD, "Article réservé à nos abonnés") + "</article>"
)
ROBOT = page("<div><h1>Just a moment...</h1><p>Checking your browser. Verify you are human.</p></div>")


@pytest.mark.parametrize(
    ("source", "stub"),
    [
        (CONSENT, "consent"),
        (EINWILLIGUNG, "consent"),
        (WALL, "paid"),
        (WALL_BESIDE, "paid"),
        (MARKED, "paid"),
        (MICRODATA, "paid"),
        (COUNTED, "paid"),
        (SUITE, "paid"),
        (ROBOT, "robot"),
    ],
)
def test_stubs(source: str, stub: Stub) -> None:
    assert judged(source) == stub


BANNER = (
    "<div class='cookies'><p>We use cookies. See our cookie policy and cookie settings.</p><button>Accept all</button>"
    "<button>Reject all</button></div>"
)
ON_COOKIES = [
    "The data protection authority fined a publisher 40,000 euros on Monday because its pages offered a button to "
    'accept all cookies and none to reject all of them. "We use cookies as everybody does," its lawyer said.',
    "A study of 400 sites found that nine in ten readers accept whatever is asked of them, most within two seconds, "
    "and that one in a hundred reads what the site's partners do with what they learn.",
    "The publisher has a month to appeal. It has changed its pages since, a spokeswoman said, and asks for nothing "
    "now before a reader has seen the article that brought them there.",
]
ON_PAYWALLS = [
    "Three regional papers put up a pay-wall this week. Readers who have used up their free articles this month are "
    "asked to subscribe to continue reading, at nine crowns a month.",
    *STORY[:3],
]


@pytest.mark.parametrize(
    "source",
    [
        page(f"<article><h1>Rally banned</h1>{paragraphs(LEAD)}</article>"),
        page(f"{BANNER}<article><h1>Rally banned</h1>{paragraphs(LEAD, LEAD)}</article>"),
        page(f"<article><h1>Fine for cookies</h1>{paragraphs(*ON_COOKIES)}</article>"),
        page(f"<article><h1>Pay-walls</h1>{paragraphs(*ON_PAYWALLS)}</article>"),
        page(
            "<nav><a>Subscribe</a> <a>Already a subscriber? Log in</a></nav>"
            f"<article><h1>Rally banned</h1>{paragraphs(LEAD)}</article>"
            "<footer>Subscribe to continue reading our best work</footer>"
        ),
        MARKED.replace('"isAccessibleForFree": "False"', '"isAccessibleForFree": "True"', 1),
        MARKED.replace(paragraphs(LEAD), paragraphs(LEAD, *STORY[:6])),
        COUNTED.replace("2400", "500"),
        page(
            f"<article><h1>Rally banned</h1>{paragraphs(LEAD, LEAD)}</article>"
            "<noscript>Please enable JavaScript to view the comments.</noscript>"
        ),
    ],
)
def test_articles(source: str) -> None:
    assert judged(source) is None


@pytest.mark.parametrize(
    ("url", "gate"),
    [
        ("https://consent.news.example/collect?to=rally", "consent"),
        ("https://news.example/consent?to=rally", "consent"),
        ("https://news.example/account/login.php?to=rally", "paid"),
        ("https://shop.news.example/subscribe", "paid"),
        ("https://news.example/2041/03/05/age-of-consent-raised", None),
        ("https://news.example/2041/03/05/how-to-subscribe", None),
        ("https://www.news.example/2041/03/05/rally/", None),
    ],
)
def test_where_a_redirect_ends(url: str, gate: Stub | None) -> None:
    assert led_to_gate(URL, url) == gate
    assert led_to_gate(url, url) is None


def test_no_real_page_is_taken_for_a_stub(shared_data: Path) -> None:
    files = sorted((shared_data / "html" / "pages").glob("*.html.gz"))
    assert len(files) == 45
    for file in files:
        source = gzip.decompress(file.read_bytes())
        for found in load_bytes(source, "page.html"):
            assert not isinstance(found, LoadError), found
            text = source.decode("utf-8", "replace")
            assert recognise(text, found.document.text, URL, URL) is None, found.document.title


def test_no_sample_page_is_taken_for_a_stub(sample: Path) -> None:
    files = sorted(sample.rglob("*.html"))
    assert files
    assert [judged(file.read_text("utf-8")) for file in files] == [None] * len(files)


@pytest.mark.parametrize("unit", ["<", "<p>", "isAccessibleForFree ", '"wordCount" ', "we use cookies ", "<!--"])
def test_a_megabyte_of_anything_is_judged_in_time(unit: str) -> None:
    recognise(unit * (10**6 // len(unit)), "", URL, URL)
