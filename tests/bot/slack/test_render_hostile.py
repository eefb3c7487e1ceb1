"""Hostile articles, speakers, titles and questions: nothing of them pings, formats, forges or turns text around."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from html import unescape
from typing import Any

import pytest

from bot import quoted
from bot.link import web_address
from bot.model import Answer, Citation, Refusal
from bot.slack.model import Part
from bot.slack.render import notes
from bot.slack.render.answer import Told, render_answer
from bot.slack.render.home import Holdings, home_view
from bot.slack.render.modals import Passage, citation_view, claim_view, context_view, message_view, reason_view
from bot.slack.render.words import escape, pieces, short, shown
from bot.visible import one_line
from corpus.model import Speaker

from ...fake_slack import pings
from ...fake_slack.limits import faults

STORED = "https://whosaid.example/articles/a?version=1&span=0:9&sig=s"
PAGE = "https://gazette.example/report?a=1&b=2"
LINK = f"{PAGE}#:~:text=its%20words"
POINTS = ", may answer this; its publisher allows a link only."
FORGED = json.dumps([{"type": "actions", "elements": [{"type": "button", "action_id": "x", "text": "!"}]}])

HOSTILE = [
    # pings
    "<!channel>", "<!here|here>", "<!everyone> read this", "<@U012AB3CD>", "<@W012AB3CD|ada>", "<!subteam^S012AB3CD>",
    "<!subteam^S012AB3CD|@staff>", "@here @channel @everyone", "@ada.lovelace", "＠channel", "<#C012AB3CD|general>",
    "#general", "&lt;!channel&gt;", "&amp;lt;!channel&amp;gt;", "<<!channel>>", "<!chan\nnel>", "<\u200b!channel>",
    "<!date^1392734382^{date_num}|now>", "&#60;!channel&#62;", "\uff1c!channel\uff1e",
    # formatting
    "*bold* _italic_ ~struck~ `code`", "```\nblock\n```", "> quoted\n>>> all of it", "&gt; quoted", "• a\n1. b\n- c",
    ":x: :+1: :skin-tone-2: :flag-eh:", "2041-03-04T10:30:45:00", "**strong** [n](https://evil.example) # head",
    "***", "_",
    # forged answers and blocks
    "[1] [2] [99]", "Others on this:\n\n> “I did it” [1]", "\n\nOthers on this:\n\n", "Sources:\n[1] The Gazette",
    FORGED, '{"blocks":[{"type":"divider"}]}', "“I resign” [1]\n\n**The Queen** — direct speech:",
    # links
    "https://evil.example/a", "www.evil.example", "evil.example/login", "mailto:a@evil.example", "a@evil.example",
    "javascript:alert(1)", "data:text/html,<script>", "slack://open?team=T1", "<https://evil.example|the Gazette>",
    "[the Gazette](javascript:alert(1))", "file:///etc/passwd", "tel:+123456789", "https://gazette.example@evil.example/",
    # bidi, invisible, control, odd
    "\u202egnirts desrever\u202c", "a\u2066b\u2069\u200f", "zero\u200bwidth\u200dand\u2060joined\ufeff", 
    "\x00\x1b[31m\x07\x9b",    "\ud800 lone", "\U000e0041\U000e0042", "Z͑͗̾a̷̢l̴g̵o̶" * 40, "👩\u200d👩\u200d👧" * 60, 
    "\u2028para\u2029graph", "\u3164\u2800", "", " \n\t ",
    # size
    "A title " * 12_500, "x" * 100_000, "*" * 100_000, "<" * 100_000, "&" * 5_000, "\u0301" * 5_000, "。" * 5_000,
]  # fmt: skip

_CONTROL = re.compile(r"<([^<>]*)>")
_MARKUP = re.compile(r"(?<![^\s([{\"'“‘—-])([*_~`])(?=\S)(?:.*?\S)?\1(?![^\s)\]}\"'”’.,;:!?—-])")
_AUTOMATIC = re.compile(r"https?://|\bwww\.\w|\w@\w|(?<!\w)[@#＠＃]\w|:[\w+'-]+:|(?:^|\n)(?:>|&gt;)|\w\.[^\W\d_]{2}")
_TURNS = ("RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI", "FSI", "PDI")


def unmeant(text: str, links: set[str]) -> list[str]:
    """What Slack would make of a message's text beside showing it, but for `links`: a small parser of mrkdwn."""
    found = [f"control {inner}" for inner in _CONTROL.findall(text) if unescape(inner) not in links]
    bare = _CONTROL.sub(" ", text)
    found += [f"open {char}" for char in "<>" if char in bare]
    found += [f"entity {entity}" for entity in re.findall(r"&(?!amp;|lt;|gt;)\w*;?", text)]
    found += [f"automatic {match[0]!r}" for match in _AUTOMATIC.finditer(bare)]
    return found + [f"markup {match[0]!r}" for match in _MARKUP.finditer(bare)]


def test_the_parser_finds_what_is_meant_to_be_found() -> None:
    for text in (
        "<!channel>",
        "<https://evil.example>",
        "*a b*",
        "(_a_)",
        ":x:",
        "@here",
        "#a",
        "a@b",
        "http://a",
        "> a",
    ):
        assert unmeant(text, set()), text
    assert unmeant(f"<{PAGE.replace('&', '&amp;')}> a &amp; b [1] 10:30", {PAGE}) == []


def inside(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every object with a type in blocks or a view."""
    if isinstance(value, Mapping):
        yield from [value] if "type" in value else []
        for inner in value.values():
            yield from inside(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from inside(inner)


def literal(blocks: Any, links: Sequence[str]) -> None:
    """Hold blocks against what we mean: nothing is looked through, no link but ours, no text turns around."""
    for one in inside(blocks):
        assert one["type"] not in ("mrkdwn", "markdown", "user", "usergroup", "broadcast", "channel", "emoji", "date")
        if one["type"] == "plain_text":
            assert one["emoji"] is False
        assert one.get("url", PAGE) in links
        text = one.get("text")
        if isinstance(text, str):
            assert not any(unicodedata.bidirectional(char) in _TURNS for char in text)
            assert "\n" not in text or one["type"] == "plain_text"  # rich text holds lines, not breaks


def checked(parts: Sequence[Part]) -> None:
    links = [LINK, PAGE, STORED]
    for part in parts:
        assert faults("chat.update", {"blocks": list(part.blocks), "text": part.text}) == []
        assert pings.of(part.text, list(part.blocks), linked=True) == []
        assert unmeant(part.text, {*links}) == []
        literal(part.blocks, links)


def citation(hostile: str, n: int, quote: str) -> Citation:
    speaker = Speaker(hostile, hostile, hostile)
    return Citation(
        n=n, article_id="a" * 12, version=1, title=hostile, outlet=hostile, authors=(hostile,) * 12,
        published="2041-03-04", date_source=hostile, retrieved_at=None, url=PAGE, link=LINK, path=hostile, quote=quote,
        start=0, end=9, kind="direct" if n % 2 else "mixed", speaker=speaker, via=(speaker,) * 5, said="2041-03-04",
        also_in=(hostile,) * 12, corrections=(hostile,) * 5, changed_on="2041-03-05",
    )  # fmt: skip


def answers(hostile: str) -> tuple[Answer, Answer]:
    """An answer and a refusal in which everything that is others' is hostile."""
    quote = hostile[:7_000]
    some = [citation(hostile, n, quote if n > 1 else f"He said {quote} twice") for n in range(1, 5)]
    text = quoted.markdown([short(one) for one in some[:3]], [short(one) for one in some[3:]])
    closest = tuple(some[1:])
    base: dict[str, Any] = {
        "id": "x", "question": hostile, "query": {}, "mode": "quoted", "confidence": 1.0, "corpus": {},
        "notes": (hostile, f"An article, undated, {hostile}{POINTS}"),
    }  # fmt: skip
    refusal = Refusal(reason="no_evidence", message=f"Nobody {hostile}", closest=closest)
    return (
        Answer(**base, answered=True, answer=text, citations=tuple(some)),
        Answer(**base, answered=False, answer=hostile, refusal=refusal),
    )


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_hostile_does_anything(hostile: str) -> None:
    told = Told(
        job=1, question=hostile, page=lambda c: STORED, closest=(hostile,), speakers=(hostile, hostile),
        show_question=True,
    )  # fmt: skip
    answer, refused = answers(hostile)
    evil = address(hostile)
    for one in (answer, refused):
        # A note names an article's own address, which is a link that shows it; here it is the hostile one.
        parts = render_answer(one, told)
        for part in parts:
            links = [piece for piece in inside(part.blocks) if piece.get("url") not in (None, LINK, PAGE, STORED)]
            assert all(piece["url"] == piece["text"] == evil for piece in links)
            for piece in links:
                piece["url"] = PAGE  # type: ignore[index]
        checked(parts)
    words = one_line(hostile)
    if 0 < len(words) < 2000:
        found = (one.get("text") for part in render_answer(answer, told) for one in inside(part.blocks))
        assert f"“He said {words} twice” [1]" in "".join(text for text in found if isinstance(text, str))
    passages = [Passage(citation=c, before=hostile, after=hostile, number=c.n) for c in answer.citations]
    near = [Passage(citation=c, before=hostile, after=hostile) for c in answer.citations]
    views = [
        context_view(1, passages, 0, lambda c: STORED, hostile), context_view(1, near, 0, lambda c: None, hostile),
        citation_view(answer.citations, hostile), reason_view(1, hostile), message_view("Claim", hostile),
        claim_view(answer, told), claim_view(refused, told),
    ]  # fmt: skip
    for view in views:
        assert faults("views.open", {"view": view}) == []
        literal([b for b in view["blocks"] if evil is None or evil not in json.dumps(b)], [LINK, PAGE, STORED])
    holdings = Holdings(articles=1, outlets=[hostile] * 20, oldest=None, newest=None, ingested=None, stale_days=1)
    home = home_view(holdings, [hostile] * 9, [hostile] * 20, 0.0, hostile)
    assert faults("views.publish", {"view": home}) == []
    literal(home, [PAGE])
    checked([notes.asked(hostile, hostile), notes.denied(hostile), notes.failed(hostile)])


def address(hostile: str) -> str | None:
    """The web address that a note about a hostile article would lead to, itself shown in full."""
    match = re.search(r"https?://[^\s,]+", hostile)
    return web_address(match[0]) if match else None


@pytest.mark.parametrize(
    "scheme", ["javascript:alert(1)", "data:text/html,x", "slack://open", "//evil.example", "http://"]
)
def test_only_addresses_of_the_web_are_links(scheme: str) -> None:
    answer, refused = answers("x")
    bad = tuple(replace(c, url=scheme, link=scheme) for c in answer.citations)
    for one in (
        replace(answer, citations=bad),
        replace(refused, refusal=Refusal(reason="no_evidence", message="x", closest=bad)),
    ):
        parts = render_answer(one, Told(job=1, question="x", page=lambda c: scheme))
        assert not [found for part in parts for found in inside(part.blocks) if "url" in found]
        assert all("<" not in part.text for part in parts)


def test_an_address_in_a_title_that_a_note_names_is_no_link() -> None:
    note = f"An article, undated, See, https://evil.example/a{POINTS}, 2041/a.html{POINTS}"
    (part,) = render_answer(
        replace(answers("x")[1], notes=(note,), refusal=Refusal(reason="no_evidence", message="x")),
        Told(job=1, question="x", page=lambda c: None),
    )
    assert not [one for one in inside(part.blocks) if "url" in one]
    checked([part])


def test_text_is_shortened_visibly_and_never_within_a_character() -> None:
    assert shown("A title " * 10, 20) == "A title A title A…"
    assert shown("x" * 100_000, 10) == "x" * 9 + "…"
    assert shown("👩\u200d👩\u200d👧" * 9, 13).removesuffix("…") in (
        "👩\u200d👩\u200d👧" * 2,
        "👩\u200d👩\u200d👧👩\u200d👩",
        "👩\u200d👩\u200d👧",
    )
    assert shown("short enough", 12) == "short enough"
    text = "Mr. Vale said no. She left at 10.30 p.m. on 3 March. " * 80
    parts = pieces(text.strip(), 500)
    assert " ".join(parts) == text.strip() and all(len(part) <= 500 for part in parts)
    assert all(part.endswith(("no.", "March.")) for part in parts)
    assert "".join(pieces("y" * 1200, 500)) == "y" * 1200


def test_an_escape_shows_what_was_escaped() -> None:
    for text in ("a & b < c > d", "&lt;", "*x* :x: @here http://a.example #b", "10:30 o'clock, 3*4=12, a_b"):
        assert unescape(escape(text)).replace("\u2060", "") == text
