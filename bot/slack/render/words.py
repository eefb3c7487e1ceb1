"""Words of others made fit for Slack: visible, short enough, cut between sentences, harmless outside blocks."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from bot.link import web_address
from bot.model import Citation
from bot.visible import one_line
from corpus.model import Speaker
from corpus.sentences import sentences

TITLE, NAME, NOTICE, QUESTION = 150, 120, 500, 300  # characters shown of each, at most
QUOTE = 6000  # characters of one quotation; longer than any that a person would read in a message
URL = 2000  # characters of an address that is made a link

_LOOKED_AT = 8  # times the length: what white space may take before a text of 100 kB is looked at no further
# Word joiners have no width, are no space, and nothing in Slack's markup.
_JOINER = "\u2060"
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": f"{_JOINER}&gt;"}  # at a line's beginning even &gt; makes a quotation
_ACTIVE = re.compile(
    r"(?P<markup>[*_~`]+)|(?P<entity>[&<>])|(?P<name>[@#＠＃])(?=\w)"
    r"|(?P<colon>:)(?=[\w+'’-]{1,100}:|//)|(?P<dot>(?<=\w)\.)(?=[^\W\d_]{2})"
)


def shown(text: str, most: int) -> str:
    """Return `text` in one visible line of at most `most` characters, cut at a word with "…" where it is longer."""
    line = one_line(text[: most * _LOOKED_AT])
    if len(line) <= most and len(text) <= most * _LOOKED_AT:
        return line
    cut = line[:most]
    head = cut.rpartition(" ")[0] if " " in cut[most // 2 :] else cut[:-1]
    return _whole(head, line[len(head) :]).rstrip(" ,;:–—-") + "…"


def _whole(head: str, rest: str) -> str:
    """Take back from a cut text what would tear a character apart: accents, joiners, skin tones."""
    at, following = len(head), rest[:1]
    while at and following and (_joined(following) or head[at - 1] == "\u200d"):
        at, following = at - 1, head[at - 1]
    return head[:at]


def _joined(char: str) -> bool:
    return unicodedata.category(char)[0] == "M" or char in "\u200c\u200d" or "\U0001f3fb" <= char <= "\U0001f3ff"


def pieces(text: str, most: int) -> list[str]:
    """Return a line cut between sentences into pieces of at most `most` characters, in words where one is too long."""
    found: list[str] = []
    for span in sentences(text) or ():
        sentence = span.of(text)
        if found and len(found[-1]) + 1 + len(sentence) <= most:
            found[-1] += f" {sentence}"
            continue
        while len(sentence) > most:
            head = sentence[:most].rpartition(" ")[0] or _whole(sentence[:most], sentence[most:]) or sentence[:most]
            found.append(head)
            sentence = sentence[len(head) :].lstrip()
        found += [sentence] if sentence else []
    return found or [text]


def address(url: str | None) -> str | None:
    """Return the address of the web that may be made a link; None where `url` is none, or is too long for one."""
    found = web_address(url)
    return found if found and len(found) <= URL else None


def passage_link(citation: Citation) -> str | None:
    """Return the link to the words on the article's own page, to the page where none is short enough; else None."""
    own = address(citation.url)
    return (address(citation.link) or own) if own else None


def short(citation: Citation) -> Citation:
    """Return a citation with everything but the quoted words short enough to be shown."""
    return replace(
        citation,
        title=shown(citation.title, TITLE),
        outlet=shown(citation.outlet, NAME) if citation.outlet else citation.outlet,
        authors=tuple(shown(author, NAME) for author in citation.authors[:10]),
        speaker=_short_speaker(citation.speaker) if citation.speaker else None,
        via=tuple(_short_speaker(speaker) for speaker in citation.via[:3]),
        also_in=tuple(shown(copy, NAME) for copy in citation.also_in[:10]),
        corrections=tuple(shown(notice, NOTICE) for notice in citation.corrections[:3]),
    )


def _short_speaker(speaker: Speaker) -> Speaker:
    return Speaker(*(shown(part, NAME) if part else part for part in (speaker.name, speaker.role, speaker.affiliation)))


def escape(text: str) -> str:
    """Return `text` such that a message's text shows its characters, and they do nothing.

    ``& < >`` become entities, as Slack's reference has it: nothing is a mention or a link then. What Slack may make
    of the rest (bold, emoji, names of people and channels, addresses) is parted by characters without width. Line
    breaks stay.
    """
    return _ACTIVE.sub(_harmless, text)


def _harmless(match: re.Match[str]) -> str:
    found = match[0]
    if match["entity"]:
        return _ENTITIES[found]
    return f"{_JOINER}{found}{_JOINER}" if match["markup"] else f"{found}{_JOINER}"


def bare_link(url: str) -> str:
    """Return an address, which `address` gave, as a link in a message's text."""
    return f"<{url.replace('&', '&amp;')}>"
