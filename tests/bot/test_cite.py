"""Footnotes, CSL-JSON and dates in words, from citations of the sample article."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.cite import clean, csl_json, escape_markdown, footnote, show_date, show_source, unescape_markdown
from bot.model import Citation
from corpus.model import Speaker

SAMPLE = Path(__file__).parents[2] / "corpus" / "sample" / "000_88a69eeaa2e40b64.txt"
TEXT = SAMPLE.read_text(encoding="utf-8")
QUOTE = "unfounded, biased, prejudiced and political in nature"
SPOKESMAN = Speaker("An Sokkhoeurn", "spokesman", "Ministry of Foreign Affairs and International Cooperation")
# The fields of CSL-JSON's schema (citation-style-language/schema, csl-data.json) that are written.
FIELDS = {"type", "id", "title", "container-title", "author", "issued", "accessed", "URL", "note"}


def cite(**known: object) -> Citation:
    start = TEXT.index(QUOTE)
    fields: dict[str, object] = {
        "n": 1,
        "article_id": "88a69eea",
        "version": 2,
        "title": "Ministry dismisses report",
        "outlet": None,
        "authors": (),
        "published": None,
        "date_source": None,
        "url": None,
        "retrieved_at": "2041-04-02T08:30:00.123456+00:00",
        "link": None,
        "path": SAMPLE.name,
        "quote": QUOTE,
        "start": start,
        "end": start + len(QUOTE),
        "kind": "direct",
        "speaker": SPOKESMAN,
        **known,
    }
    return Citation(**fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("2041-03-23", "23 March 2041"),
        ("2041-03-03T23:59:00+07:00", "3 March 2041"),
        ("2041-12", "December 2041"),
        ("2041", "2041"),
        ("--03-23", "23 March"),
        ("--02-29", "29 February"),
        (None, "undated"),
    ],
)
def test_a_date_is_told_as_far_as_it_is_known(value: str | None, words: str) -> None:
    assert show_date(value) == words


@pytest.mark.parametrize("value", ["", "yesterday", "2041-13", "2041-02-30"])
def test_what_is_no_date_is_not_shown_as_one(value: str) -> None:
    with pytest.raises(ValueError):
        show_date(value)


@given(st.dates(dt.date(1000, 1, 1)))
def test_every_day_reads_back(day: dt.date) -> None:
    number, month, year = show_date(day.isoformat()).split(" ")
    assert dt.date(int(year), dt.datetime.strptime(month, "%B").month, int(number)) == day


def test_a_footnote_of_an_undated_file() -> None:
    start = TEXT.index(QUOTE)
    assert footnote(cite(said="--03-23")) == (
        "An Sokkhoeurn, spokesman, Ministry of Foreign Affairs and International Cooperation, said 23 March: "
        f"“{QUOTE}”. Ministry dismisses report. undated. {SAMPLE.name}. "
        f"Version 2, characters {start}–{start + len(QUOTE)}, retrieved 2 April 2041."
    )


def test_a_footnote_of_a_dated_page() -> None:
    note = footnote(
        cite(
            url="https://news.example/a",
            outlet="The Outlet",
            published="2041-03",
            date_source="page metadata",
            authors=("Jane Doe, Reuters",),
            kind="indirect",
            also_in=("Other Outlet",),
            changed_on="2041-03-30",
            via=(Speaker("A rights group"),),
        )
    )
    assert f", quoted by A rights group (reported): {QUOTE}. Jane Doe, Reuters. Ministry" in note
    assert "The Outlet, March 2041 (date from page metadata). https://news.example/a. Also in Other Outlet." in note
    assert (
        "This wording since 30 March 2041; earlier wording: whosaid show 88a69eea --version 1." in note
        and "“" not in note
    )


def test_only_a_known_speaker_is_named() -> None:
    assert footnote(cite(speaker=None)).startswith(f"Speaker not determined: “{QUOTE}”")
    assert footnote(cite(speaker=None, kind=None)).startswith(f"The article: {QUOTE}.")
    source = Speaker(role="two officials familiar with the talks")
    assert footnote(cite(speaker=source)).startswith("two officials familiar with the talks: “")
    assert show_source(cite(title="", outlet="")) == "Untitled. undated"


@pytest.mark.parametrize(
    ("value", "parts"), [("2041", [2041]), ("2041-03", [2041, 3]), ("2041-03-23T10:00:00Z", [2041, 3, 23])]
)
def test_csl_dates_stay_partial(value: str, parts: list[int]) -> None:
    item = csl_json([cite(published=value)])[0]
    assert item["issued"] == {"date-parts": [parts]} and item["accessed"] == {"date-parts": [[2041, 4, 2]]}


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("Doe, Jane", {"family": "Doe", "given": "Jane"}),
        ("O’Brien, Mary-Ann K.", {"family": "O’Brien", "given": "Mary-Ann K."}),
        ("An Sokkhoeurn", {"literal": "An Sokkhoeurn"}),  # which is the family name, the form does not say
        ("Colum Dell, Yardbarker", {"literal": "Colum Dell, Yardbarker"}),
        ("Associated Press", {"literal": "Associated Press"}),
    ],
)
def test_names_are_split_only_where_their_form_says_how(author: str, name: dict[str, str]) -> None:
    assert csl_json([cite(authors=(author,))])[0]["author"] == [name]


def test_csl_items_have_what_is_known_and_one_id_each() -> None:
    other = cite(n=2, start=0, end=13, quote=TEXT[:13], kind=None, speaker=None, url="https://news.example/a")
    items = csl_json([cite(), other, cite(n=3), cite(n=4, url="file:///etc/passwd", version=3)])
    assert len({item["id"] for item in items}) == len(items) == 3
    assert all(set(item) <= FIELDS and item["type"] == "article-newspaper" for item in items)
    assert "issued" not in items[0] and "author" not in items[0] and "URL" not in items[2]
    assert items[1]["URL"] == "https://news.example/a" and QUOTE in items[0]["note"]


def test_the_note_of_a_csl_item_tells_what_csl_has_no_field_for() -> None:
    notice = "Correction: An earlier version misnamed the ministry."
    known = {"also_in": ("Other Outlet, 1 April 2041",), "changed_on": "2041-03-30", "corrections": (notice,)}
    note = csl_json([cite(url=None, path="press/a.txt", **known)])[0]["note"]
    assert "press/a.txt. Also in Other Outlet, 1 April 2041. This wording since 30 March 2041; earlier" in note
    assert note.endswith(f"The publisher's notice: {notice}")
    paged = csl_json([cite(url="https://news.example/a", path="https://news.example/a", **known)])[0]
    assert notice in paged["note"] and "https" not in paged["note"] and paged["URL"] == "https://news.example/a"


@given(text=st.text(), date=st.sampled_from([None, "2041", "2041-03-23", "--03-23"]))
def test_arbitrary_text_gives_one_clean_line(text: str, date: str | None) -> None:
    citation = cite(
        quote=text,
        title=text,
        outlet=text,
        authors=(text,),
        path=text,
        said=date,
        published=date,
        date_source=text,
        speaker=Speaker(text, text, text),
        via=(Speaker(text),),
        also_in=(text,),
    )
    note = footnote(citation)
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", note)
    assert all(isinstance(value, str | list | dict) for value in csl_json([citation])[0].values())


def test_escape_sequences_are_shown_not_obeyed() -> None:
    assert clean("\x1b[31mred\x07 \u202eevil \ud800\tx\r\ny") == "␛[31mred␇ ⟨U+202E⟩evil �\tx\ny"


@given(st.text(st.characters(exclude_categories=("Cc", "Cs"))))
def test_markdown_shows_escaped_text_as_it_is(text: str) -> None:
    assert unescape_markdown(escape_markdown(text)) == text
    line = " ".join(text.split())
    (paragraph,) = MarkdownIt().parseInline(escape_markdown(line))
    assert "".join(token.content for token in paragraph.children or ()) == line
    tokens = {token.type for token in MarkdownIt().parse(escape_markdown(line))}
    assert tokens <= {"paragraph_open", "inline", "paragraph_close"}


@pytest.mark.parametrize("text", ["# a", "1. a", "2041) a", "- a", "+ a", "---", "===", "> a", "[x](y)", "<b>", "&lt;"])
def test_what_means_something_at_a_line_s_beginning_is_escaped(text: str) -> None:
    tokens = MarkdownIt().parse(escape_markdown(text))
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    assert "".join(token.content for token in tokens[1].children or ()) == text
