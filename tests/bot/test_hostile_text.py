"""Hostile text in articles, names and questions: shown harmlessly by every command, and exact in JSON."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import date
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cite import csl_json, footnote
from bot.link import link_for, text_fragment, web_address
from bot.model import Answer, Citation
from bot.terminal import to_markdown
from bot.visible import clean, to_json
from corpus.model import Span
from index.facets import Facets
from index.outlets import OutletNames
from index.query import MAX_QUESTION, name_terms, parse

from .conftest import Program

CLEAR, LINK, FLIP, GAP, TAG = "\x1b[2J", "\x1b]8;;http://evil.example\x1b\\", "\u202e", "\u200b", "\U000e0041"
HOSTILE = f"{CLEAR}{LINK}{FLIP}{GAP}{TAG}\x07\x9b31m\u2066"
TITLE = f"Harbour {HOSTILE} [bold]levy[/bold] <!channel> **vote**"
WORDS = f"The harbour levy{GAP} will double{FLIP} before the winter {CLEAR}and no skipper will be asked"
BODY = (
    f"The harbour council met on Monday to talk about the harbour levy.\n\n“{WORDS},” harbour master Silk Ondaver said."
    f"\n\nThe harbour council {HOSTILE} will meet again in June, said {HOSTILE} its clerk."
)
UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f]")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("pay\u200bload", "pay⟨U+200B⟩load"),
        ("ad\u00admin", "ad⟨U+00AD⟩min"),
        ("\ufeffstart", "⟨U+FEFF⟩start"),
        ("a\u2060b\u200cc\u200dd", "a⟨U+2060⟩b⟨U+200C⟩c⟨U+200D⟩d"),
        ("x\U000e0041\U000e0042", "x⟨U+E0041⟩⟨U+E0042⟩"),
        ("a\ufe0fb", "a⟨U+FE0F⟩b"),
        ("\u2067abc\u2069 \u200f", "⟨U+2067⟩abc⟨U+2069⟩ ⟨U+200F⟩"),
        ("\u3164\u2800", "⟨U+3164⟩⟨U+2800⟩"),
        ("\x1b[31m\x7f\x9b\r", "␛[31m��␍"),
    ],
)
def test_what_cannot_be_seen_is_named(text: str, shown: str) -> None:
    assert clean(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "می\u200cخواهم",  # Persian: a non-joiner inside a word
        "क्\u200dष",  # Devanagari: a joiner keeps the half form
        "ශ්\u200dරී",  # Sinhala
        "ក្រុម\u200bប្រឹក្សា",  # Khmer: a word break
        "👩\u200d👩\u200d👧 ❤\ufe0f 1\ufe0f\u20e3 👩🏽\u200d🚒",
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",  # the flag of England
        "葛\U000e0100",
        "naïve “quotes” — 東京, Ελλάδα\tand\nlines",
    ],
)
def test_what_is_spelling_stays(text: str) -> None:
    assert clean(text) == text


@given(st.text())
def test_what_is_shown_has_no_control_and_no_override(text: str) -> None:
    shown = clean(text)
    assert all(char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs") for char in shown)
    assert all(unicodedata.bidirectional(char) not in ("RLO", "LRO", "RLI", "LRI", "FSI", "PDI") for char in shown)
    assert clean(shown) == shown or "\u200d" in shown  # naming one character may part others


@given(st.text(), st.dictionaries(st.text(), st.text()))
def test_json_reads_back_the_same_and_hides_nothing(text: str, fields: dict[str, str]) -> None:
    written = to_json([text, fields])
    assert json.loads(written) == [text, fields]
    assert clean(written) == written and "\n" not in written


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://News.Example/a b", "https://news.example/a%20b"),
        (" http://news.example:8080/x?q=1#top\n", "http://news.example:8080/x?q=1#top"),
        ("https://user:secret@news.example/x", "https://news.example/x"),
        ("https://news.example@evil.example/", "https://evil.example/"),
        ("https://аpple.example/x", "https://xn--pple-43d.example/x"),
        ("https://news.example/\x1b[2J\u202e", "https://news.example/[2J%E2%80%AE"),
        ("http://[2001:db8::1]/x", "http://[2001:db8::1]/x"),
        ("javascript:alert(1)", None),
        ("java\nscript:alert(1)", None),
        ("data:text/html,<script>", None),
        ("file:///etc/passwd", None),
        ("vbscript:x", None),
        ("//evil.example/x", None),
        ("https://evil.example\\@news.example/", None),
        ("https://a b.example/", None),
        ("https://news.example:99999/", None),
        ("https://[::1/", None),
        ("https://", None),
        ("", None),
        (None, None),
    ],
)
def test_links_lead_to_web_pages_only(url: str | None, address: str | None) -> None:
    found = web_address(url)
    assert (found and found.replace("%1B", "")) == address


@given(st.text(max_size=60).map("https://a".__add__) | st.text(max_size=60))
def test_an_address_is_plain_and_safe(url: str) -> None:
    address = web_address(url)
    if address is not None:
        assert address.startswith(("http://", "https://")) and address.isascii()
        assert not re.search(r"[\s\x00-\x1f<>\"]", address) and "@" not in urlsplit(address).netloc
        assert web_address(address) == address


def _citation(**known: object) -> Citation:
    fields: dict[str, object] = {
        "n": 1, "article_id": "a", "version": 1, "title": TITLE, "outlet": HOSTILE, "authors": (HOSTILE,),
        "published": None, "date_source": None, "retrieved_at": None, "url": None, "link": None, "path": "a.txt",
        "quote": WORDS, "start": 0, "end": len(WORDS), "kind": None, "speaker": None, **known,
    }  # fmt: skip
    return Citation(**fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"])
def test_no_form_of_a_citation_links_to_what_is_no_page(url: str) -> None:
    citation = _citation(url=url, link=url)
    answer = Answer(
        id="x", question="q", query={}, answered=True, answer="> x [1]", mode="quoted", confidence=1.0, corpus={},
        citations=(citation,),
    )  # fmt: skip
    assert url not in to_markdown(answer) and url not in footnote(citation)
    assert "URL" not in csl_json([citation])[0]
    assert link_for(url, None, "a", 1, "text", 0, 4) is None


@given(st.text(alphabet="ab .\n“”-\u200b\u00adé\u0301។ក", min_size=1, max_size=120), st.data())
def test_a_fragment_can_be_encoded_whatever_the_text(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    link = text_fragment("https://a.example/x", text, start, end)
    assert link.startswith("https://a.example/x") and link.isascii() and not re.search(r"[\s<>\"]", link)
    directive = link.partition("#:~:text=")[2]
    for term in filter(None, directive.split(",")):
        squeezed = re.sub(r"[\u200b\u00ad]", "", " ".join(text.split()))
        assert " ".join(unquote(term.strip("-")).split()) in " ".join(squeezed.split())


QUESTIONS = st.one_of(
    st.text(max_size=400),
    st.lists(
        st.sampled_from(
            ["what", "did", "the", "they", "he", "Ann Bo", "say", "said", "about", "on", "?", "-", "according to", "’s",
             "since", "before", "between", "May 5", "2041", "last 99999999999 years", "last week", "The Herald",
             "“x y z”", "compare", "response", ":", ",", "\u202e", "ក្រសួង", "February 29"]
        ),
        max_size=30,
    ).map(" ".join),
)  # fmt: skip


@given(QUESTIONS)
def test_any_question_is_understood_somehow(question: str) -> None:
    query = parse(question, OutletNames(["The Herald", "BBC"]), Facets(scope=None), date(2041, 5, 1))
    for span in (*(mention.span for mention in query.mentions), *(period.span for period in query.periods)):
        assert isinstance(span, Span) and 0 <= span.start < span.end <= len(question)
    name_terms(query)
    json.dumps(query.as_json())
    assert query.bare in (True, False) and query.foreign in (True, False)


def test_an_empty_question(whosaid: Program) -> None:
    for question in ("", " \n\t"):
        done = whosaid("ask", question)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == "whosaid: the question is empty; write one, in quotation marks\n"


def test_a_question_of_ten_thousand_characters(whosaid: Program) -> None:
    done = whosaid("ask", f"what did the ministry say about {'assembly ' * 2_000}"[:9_999] + "?")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "whosaid: the question has 10,000 characters, and at most 2,000 are read as one question; ask a shorter one\n"
    )
    assert whosaid("ask", "what did the ministry say? " + "x" * (MAX_QUESTION - 40)).returncode in (0, 3)


def test_a_question_of_stop_words_only(whosaid: Program) -> None:
    for question in ("what did they say about it?", "who said that?", "???"):
        done = whosaid("ask", question, "--json")
        answer = json.loads(done.stdout)
        assert done.returncode == 3 and answer["refusal"]["reason"] == "no_evidence" and not answer["citations"]
        assert answer["refusal"]["message"] == (
            "The question names nobody and nothing to look for; say who is meant, or what it is about."
        )


def test_a_follow_up_of_stop_words_is_about_whom_the_last_question_named(whosaid: Program) -> None:
    done = whosaid("chat", stdin="what did An Sokkhoeurn say about the report?\nwhat did they say about it?\n")
    assert done.returncode == 0 and "names nobody" not in done.stdout


def test_a_question_in_khmer(whosaid: Program) -> None:
    done = whosaid("ask", "តើក្រសួងនិយាយអ្វីអំពីរបាយការណ៍?")
    assert done.returncode == 3
    assert done.stdout == ("The question is not in English, the only language that is read here; ask in English.\n")


@pytest.fixture
def hostile(fresh: Program, tmp_path: Path) -> Program:
    """A home with an article whose every field, and whose file's name, holds what a terminal would obey."""
    folder = tmp_path / "articles"
    folder.mkdir()
    record = {"title": TITLE, "outlet": f"Out{HOSTILE}let", "authors": [f"An{HOSTILE}n Bo"], "text": BODY,
              "url": "javascript:alert(1)", "published": "2041-03-05"}  # fmt: skip
    second = {
        **record,
        "text": BODY.replace("Monday", "Friday") + " The tide was low.",
        "url": "https://user:pw@аpple.example/",
    }
    (folder / f"a{CLEAR}{FLIP}.jsonl").write_text(
        json.dumps(record) + "\n{broken\n" + json.dumps(second) + "\n", "utf-8"
    )
    (folder / f"b{CLEAR}{GAP}.txt").write_bytes(b"\x00\x01\x02" * 100)
    (folder / f"c{FLIP}.md").write_text(f"# {TITLE}\n\n{BODY}\n\nThe third.\n", "utf-8")
    done = fresh("ingest", str(folder), "--collection", f"co{HOSTILE}ll", "--outlet", f"Out{HOSTILE}let")
    assert done.returncode == 1 and "articles" not in done.stdout
    _harmless(done.stdout + done.stderr)
    return fresh


def _harmless(output: str) -> None:
    assert not UNSEEN.search(output.replace("\t", "")), UNSEEN.search(output)
    assert not re.search(r"<javascript:|]\(javascript:|8;;javascript:|<https?://user:pw@|8;;https?://user:pw@", output)


def test_no_command_prints_what_a_terminal_obeys(hostile: Program) -> None:
    question = "what did Silk Ondaver say about the harbour levy?"
    asked = hostile("ask", question)
    assert asked.returncode == 0 and "⟨U+202E⟩ before the winter ␛[2Jand" in asked.stdout
    hits = json.loads(hostile("ask", question, "--json", "--hits", "9").stdout)["hits"]
    ids = sorted({hit["article_id"] for hit in hits})
    for arguments in (
        ("ask", question, "--cite", "footnote"),
        ("ask", question, "--cite", "csl-json"),
        ("ask", f"what did {HOSTILE} say about zebras?"),
        ("ask", question, "--collection", f"no{HOSTILE}ne"),
        ("ask", question, "--json", "--hits", "9"),
        ("status",),
        ("status", "--json"),
        *(("show", key) for key in ids),
        *(("show", key, "--json") for key in ids),
        *(("statements", key) for key in ids),
        *(("statements", key, "--json") for key in ids),
        ("show", f"no{HOSTILE}ne"),
        ("who", "the harbour levy"),
        ("who", "the harbour levy", "--json"),
        ("who", f"zebras {HOSTILE}"),
        ("timeline", "Silk Ondaver"),
        ("timeline", "Silk Ondaver", "--json"),
        ("timeline", f"no{HOSTILE}ne", "--about", f"zebras {HOSTILE}"),
    ):
        done = hostile(*arguments)
        if "--json" in arguments:
            done.stdout = done.stdout.replace("javascript:alert(1)", "").replace("user:pw@", "")
        assert done.stdout or done.stderr
        _harmless(done.stdout + done.stderr)
    chat = hostile("chat", stdin=f"{question}\n{HOSTILE}?\n")
    assert "Silk Ondaver" in chat.stdout
    _harmless(chat.stdout + chat.stderr)


def test_json_is_exact_where_people_see_a_name(hostile: Program) -> None:
    answer = json.loads(hostile("ask", "what did Silk Ondaver say about the harbour levy?", "--json").stdout)
    citation = answer["citations"][0]
    assert FLIP in citation["quote"]  # what Markdown and HTML are stored without (escapes, gaps) is not asked for
    stored = json.loads(hostile("show", citation["article_id"], "--json").stdout)
    assert stored["text"][citation["start"] : citation["end"]] == citation["quote"]


def test_on_a_terminal_only_our_own_styles_are_escapes(hostile: Program) -> None:
    code, screen = hostile.terminal("ask", "what did Silk Ondaver say about the harbour levy?")
    assert code == 0 and "␛[2J" in screen
    links = re.findall(r"\x1b\]8;[^;]*;([^\x1b]*)\x1b\\", screen)
    assert all(link.startswith(("https://xn--pple-43d.example", "")) for link in links) and "evil" not in "".join(links)
    bare = re.sub(r"\x1b\]8;[^;]*;[^\x1b]*\x1b\\|\x1b\[[0-9;]*m", "", screen)
    assert not UNSEEN.search(bare.replace("\t", ""))
