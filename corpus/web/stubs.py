"""Pages that stand where the article should: consent pages, pay-walls, checks for robots.

The signs are general: what the page's metadata says (schema.org's isAccessibleForFree), where the request was led,
and what publishers say to visitors (``stubs.tsv``), where that makes up a short text. A long text is an article
whatever surrounds it, and an article on cookies or subscriptions speaks of them otherwise.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Literal
from urllib.parse import unquote, urlsplit

Stub = Literal["consent", "paid", "robot"]

_SENTENCES: dict[str, str] = {
    "consent": "is a consent page, not the article: save the article from a browser and ingest the file",
    "paid": "is cut off by a pay-wall: only its beginning is there; subscribe and ingest the article as a file",
    "robot": "is a check for robots, not the article: save the article from a browser and ingest the file",
}
_LONG = 2500  # characters of text from which a page is an article, whatever it says
_BRIEF = 1200  # characters up to which a text can be the mere beginning that a pay-wall lets through
_SCANT = 150  # characters up to which a text is no article, and what stands around it tells what it is
_END = 600  # characters at the end of a text, where a pay-wall speaks
_WORD_COUNT = 0.5  # of the words that the page says it has
_GATES: dict[str, Stub] = {
    **dict.fromkeys(("consent", "cookie-consent", "cookieconsent", "collectconsent", "cookiewall"), "consent"),
    **dict.fromkeys(("cookie-wall", "gdpr", "gdpr-consent", "privacy-gate", "privacywall", "zustimmung"), "consent"),
    **dict.fromkeys(("login", "log-in", "signin", "sign-in", "register", "subscribe", "subscription"), "paid"),
    **dict.fromkeys(("paywall", "abo", "abonnement", "abonnieren", "abonnez-vous", "suscripcion"), "paid"),
    **dict.fromkeys(("captcha", "challenge"), "robot"),
}
_FREE = re.compile(r"isAccessibleForFree[\"']?[\s:=]{1,20}(?:content[\s=]{1,9})?[\"']?(false|true)", re.I)
_COUNT = re.compile(r"\"wordCount\"\s{0,9}:\s{0,9}\"?(\d{1,6})")


def sentence(stub: Stub) -> str:
    """Return what to tell of a stub, to follow "the page at URL"."""
    return _SENTENCES[stub]


def recognise(source: str, text: str, asked: str, url: str) -> Stub | None:
    """Tell what stands in the article's place, or None where the article does.

    Args:
        source: the page as it came.
        text: the article's text that was found in it, "" for none.
        asked: the address that was asked for.
        url: the address that it led to.
    """
    gate = led_to_gate(asked, url)
    if gate is not None:
        return gate
    if _says_paid(source):
        short = _falls_short(source, text)
        if short or (short is None and len(text) < _BRIEF):
            return "paid"
    if len(text) >= _LONG:
        return None
    words = _plain(text)
    if len(words) < _SCANT:
        around = _plain(visible(source))
        if len(around) < _LONG:
            words = around
    if len(words) < _BRIEF and _found("robot", words):
        return "robot"
    if asks_consent(words):
        return "consent"
    words = _plain(text)
    if _asks_payment(words[-_END:]) or _found("member", words[-_END:]):
        return "paid"
    # What an article itself says further up, it says about others.
    beside = _asks_payment(_plain(visible(source))) if len(words) < _BRIEF else []
    return "paid" if any(wording not in words for wording in beside) else None


def _asks_payment(words: str) -> list[str]:
    """Return the wordings of a pay-wall, where a way past it is offered as well."""
    return _found("paid", words) if _found("deal", words) else []


def led_to_gate(asked: str, url: str) -> Stub | None:
    """Tell what gate a redirect ended at: a host or a part of the path that is called so, and was not asked for."""
    before, after = _parts(asked), _parts(url)
    return next((_GATES[part] for part in after if part in _GATES and part not in before), None)


def _parts(url: str) -> list[str]:
    try:
        found = urlsplit(url.lower())
    except ValueError:
        return []
    host = (found.hostname or "").split(".")
    return [host[0], *(unquote(part).partition(".")[0] for part in found.path.split("/"))]


def _says_paid(source: str) -> bool:
    """Tell whether the page's metadata says that it is not free; what is said first is said of the article."""
    found = _FREE.search(source)
    return found is not None and found[1].lower() == "false"


def _falls_short(source: str, text: str) -> bool | None:
    """Tell whether the page says that it has far more words than were found; None where it does not say."""
    found = _COUNT.search(source)
    return len(text.split()) < _WORD_COUNT * int(found[1]) if found else None


def asks_consent(words: str) -> bool:
    """Tell whether a text (in lower case, on one line) is a request for consent and little else.

    It takes three different wordings, and that they are close together: an article on the subject quotes some,
    a banner above an article has some, but a tenth of a text they make only where it is nothing else.
    """
    found = _found("consent", words)
    return len(found) >= 3 and 15 * sum(words.count(wording) * len(wording) for wording in found) >= len(words)


def _found(kind: str, words: str) -> list[str]:
    return [wording for wording in wordings(kind) if wording in words]


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("’", "'").split())


def visible(source: str) -> str:
    """Return what a page shows: its text without scripts, styles, and what stands at the edges of every page."""
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = document_fromstring(source.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):  # nothing in it that could be shown
        return ""
    etree.strip_elements(tree, "script", "style", "template", "head", "nav", "header", "footer", with_tail=False)
    return " ".join(" ".join(tree.itertext()).split())


@cache
def wordings(kind: str) -> tuple[str, ...]:
    """Return the wordings of a kind; "member" are those of a pay-wall that stand at the edges of free pages, too."""
    lines = files("corpus.web").joinpath("stubs.tsv").read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return tuple(row[1] for row in rows if row[0] == kind)
