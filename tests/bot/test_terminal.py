"""Answers and refusals on a terminal and piped, as text."""

from __future__ import annotations

import io
import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.console import Console

from bot.cite import escape_markdown
from bot.model import Answer, Citation, Refusal
from bot.terminal import render, to_markdown
from bot.verify import verify_answer
from corpus.model import Speaker

SAMPLE = Path(__file__).parents[2] / "corpus" / "sample" / "000_88a69eeaa2e40b64.txt"
TEXT = SAMPLE.read_text(encoding="utf-8")
DIRECT = TEXT[
    TEXT.index("The government continues") : TEXT.index(",” he said.", TEXT.index("The government continues"))
]
REPORTED = TEXT[TEXT.index("the government “greatly") : TEXT.index(", and that many individuals")]
LINK = "https://news.example/a#:~:text=The%20government%20continues"
MARKDOWN = (
    "**An Sokkhoeurn** (Ministry spokesman) — direct speech, in *Ministry dismisses report*, The Outlet, "
    f"23 March 2041:\n\n> “{DIRECT}” [1]\n\nOthers on this:\n\n> {REPORTED} [2]"
)


def cite(n: int, quote: str, **known: object) -> Citation:
    fields: dict[str, object] = {
        "n": n,
        "article_id": "a1",
        "version": 1,
        "title": "Ministry dismisses report",
        "authors": (),
        "outlet": "The Outlet",
        "published": "2041-03-23",
        "date_source": "page metadata",
        "retrieved_at": None,
        "url": "https://news.example/a",
        "link": LINK,
        "path": None,
        "quote": quote,
        "start": TEXT.find(quote),
        "end": TEXT.find(quote) + len(quote),
        "kind": "direct",
        "speaker": Speaker("An Sokkhoeurn"),
        **known,
    }
    return Citation(**fields)  # type: ignore[arg-type]


CITATIONS = (
    cite(1, DIRECT),
    cite(
        2,
        REPORTED,
        kind="indirect",
        published=None,
        link=None,
        url=None,
        path="my articles/a.txt",
        outlet=None,
    ),
)


def make(markdown: str = MARKDOWN, citations: tuple[Citation, ...] = CITATIONS, **known: object) -> Answer:
    fields: dict[str, object] = {
        "id": "x",
        "question": "?",
        "query": {},
        "answered": "refusal" not in known,
        "answer": markdown,
        "mode": "quoted",
        "confidence": 1.0,
        "corpus": {},
        "citations": citations,
        **known,
    }
    return Answer(**fields)  # type: ignore[arg-type]


def refuse(message: str = "The corpus does not say.", *closest: Citation) -> Answer:
    return make("", (), refusal=Refusal(reason="no_evidence", message=message, closest=closest))


def shown(answer: Answer, terminal: bool = True, width: int = 70) -> str:
    """What arrives at the screen or the pipe."""
    file = io.StringIO()
    colours = "truecolor" if terminal else None
    render(answer, Console(file=file, force_terminal=terminal, width=width, color_system=colours))
    return file.getvalue()


def bare(output: str) -> str:
    """The output without the sequences that rich writes for styles and links."""
    return re.sub(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\", "", output)


def test_the_answer_below_passes_the_gate() -> None:
    verify_answer(make(), lambda article_id, version: TEXT)


def test_a_terminal_shows_notes_answer_and_sources_wrapped() -> None:
    output = shown(make(notes=("understood as: speaker An Sokkhoeurn",)))
    lines = bare(output).splitlines()
    assert lines[0] == "Note: understood as: speaker An Sokkhoeurn"
    assert all(len(line.rstrip()) <= 70 for line in lines) and "\x1b[1m" in output
    flat = " ".join(bare(output).split())
    assert f"“{DIRECT}” [1]" in flat and f"{REPORTED} [2]" in flat and "*" not in flat
    assert flat.index("Others on this:") < flat.index("Sources:") < flat.index("[1] Ministry dismisses report.")
    assert "]8;" in output and f";{LINK}\x1b\\" in output  # a link that the terminal opens
    start = CITATIONS[1].start
    assert f"[2] Ministry dismisses report. undated. my articles/a.txt (characters {start}–" in flat


def test_a_pipe_gets_the_same_bare_and_in_whole_lines() -> None:
    output = shown(make(), terminal=False)
    assert output.split() == bare(shown(make())).split() and "\x1b" not in output
    lines = output.splitlines()
    assert lines[0].startswith("An Sokkhoeurn (Ministry spokesman) — direct speech, in Ministry dismisses")
    assert f"    “{DIRECT}” [1]" in lines and f"    {REPORTED} [2]" in lines
    assert all(line == line.rstrip() for line in lines)
    assert f"[1] Ministry dismisses report. The Outlet, 23 March 2041. {LINK} (characters " in output


def test_a_publisher_s_notice_has_a_line_of_its_own_once_for_each_article() -> None:
    notice = "Correction: An earlier version misnamed the ministry."
    of_one = [cite(n, quote, corrections=(notice,)) for n, quote in enumerate((DIRECT, REPORTED), 1)]
    other = cite(3, DIRECT, article_id="b2", corrections=(notice,))
    answer = make(citations=(*of_one, other))
    lines = shown(answer, terminal=False).splitlines()
    told = [at for at, line in enumerate(lines) if notice in line]
    assert [lines[at] for at in told] == [f"    The publisher's notice: {notice}"] * 2
    assert [lines[at - 1][:3] for at in told] == ["[1]", "[3]"]
    assert to_markdown(answer).count("\n\nThe publisher's notice: Correction") == 2
    assert shown(refuse("No.", *of_one), terminal=False).count(notice) == 1


def test_what_markdown_would_escape_comes_through_a_pipe_as_it_is() -> None:
    path = "my_articles/*a*_[1].txt"
    answer = make(f"> {escape_markdown(REPORTED)} [1]", (cite(1, REPORTED, link=None, url=None, path=path),))
    assert f" {path} (characters " in shown(answer, terminal=False)
    assert " my\\_articles/\\*a\\*\\_\\[1\\].txt (characters " in to_markdown(answer)


def test_markdown_has_each_quotation_and_source_in_a_block_of_its_own() -> None:
    output = to_markdown(make())
    assert f"> “{DIRECT}” [1]\n" in output and max(map(len, output.splitlines())) > 100
    assert f"\n[1] Ministry dismisses report. The Outlet, 23 March 2041. <{LINK}> (characters " in output


def test_a_refusal_is_told_with_what_came_closest() -> None:
    passage = cite(1, TEXT[:60], kind=None, speaker=None)
    answer = refuse("The corpus does not say.", CITATIONS[0], passage)
    flat = " ".join(bare(shown(answer, width=200)).split())
    assert flat.startswith("The corpus does not say. Closest passages (not an answer): An Sokkhoeurn: “")
    assert f" {TEXT[:60].strip()} Ministry dismisses report." in flat and f"“{TEXT[:60]}" not in flat
    assert "Closest passages (not an answer):\n\n**An Sokkhoeurn:**\n\n> “" in to_markdown(answer)
    assert "Closest" not in to_markdown(refuse()) + shown(refuse())


def test_markup_in_an_article_is_shown_as_it_is() -> None:
    words = "[red]a[/red] [link=x]b[/link] :smile: *c* _d_ <b>e</b> [f](javascript:g) \\h `i` ![j](k)"
    answer = make(
        f"**{escape_markdown(words)}** in *{escape_markdown(words)}*:\n\n> “{escape_markdown(words)}” [1]",
        (cite(1, words, title=words, outlet=words),),
        notes=(words,),
    )
    assert bare(shown(answer, width=400)).count(words) == shown(answer, terminal=False).count(words) == 6
    tokens = [t.type for b in MarkdownIt().parse(to_markdown(answer)) for t in b.children or ()]
    assert tokens.count("link_open") == 1 and not {"image", "html_inline", "code_inline"} & set(tokens)


def test_the_answer_s_own_escapes_are_not_emphasis() -> None:
    assert "2 * 3 * 4 and **bold** \\*" in bare(shown(make(r"2 * 3 * 4 and \*\*bold\*\* \\\*", ())))


@settings(deadline=None)
@given(text=st.text(st.characters()), web=st.booleans(), width=st.integers(20, 120))
def test_arbitrary_text_is_survived_and_cannot_steer_the_terminal(text: str, web: bool, width: int) -> None:
    citation = cite(
        1,
        text,
        title=text,
        outlet=text,
        link=f"https://news.example/{text}" if web else text,
        speaker=Speaker(text, text, text),
        also_in=(text,),
    )
    for answer in (make(text, (citation,), notes=(text,)), refuse(text, citation)):
        for terminal in (True, False):
            output = shown(answer, terminal, width)
            assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", bare(output))
            output.encode()  # lone surrogates would not reach a pipe
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", to_markdown(answer))
