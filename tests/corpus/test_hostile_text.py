"""Hostile text: what reads articles stays linear, offsets hold on any text, what a page hides is no evidence."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.dates import find_dates
from corpus.loaders import Loaded, load
from corpus.model import Span
from corpus.sentences import paragraphs, sentences
from corpus.statements import find_statements
from corpus.walk import walk

FUZZ = Path(__file__).parents[1] / "text_fuzz.py"
PIECES = st.sampled_from(
    [*'“”"‘’«».,:;!?()-— \n\t', "\r\n", "\u2028", "\u200b", "\u202e", "\x1b[0m", "\ud800", "said", "he", "that",
     "according to", "Ann Bo", "the ministry", "Mr.", "May 5, 2041", "2041-05-05", "on Monday", "។", "។ក", "é"]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=60).map(" ".join), st.lists(PIECES).map("".join))


@pytest.mark.timeout(900)
def test_what_reads_articles_stays_linear() -> None:
    """50,000 characters of each kind: the square of it would take minutes where seconds are allowed."""
    command = [sys.executable, str(FUZZ), "50000", "30"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=850, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 0, done.stderr
    runs = [json.loads(line) for line in done.stdout.splitlines()]
    assert len({run["function"] for run in runs}) == 10 and len(runs) > 350
    assert [run for run in runs if run["said"] != "ok"] == []


@pytest.mark.timeout(600)
def test_an_article_of_half_a_megabyte_that_never_ends_a_sentence() -> None:
    command = [sys.executable, str(FUZZ), "500000", "60", "that he said", "quoted sentences", "people"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=550, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 0, done.stderr
    assert {json.loads(line)["said"] for line in done.stdout.splitlines()} == {"ok"}


def _in_order(spans: Sequence[Span], text: str) -> bool:
    inside = all(0 <= span.start < span.end <= len(text) for span in spans)
    return inside and all(one.end <= other.start for one, other in pairwise(spans))


@given(TEXTS)
def test_sentences_and_paragraphs_hold_every_visible_character(text: str) -> None:
    for spans in (sentences(text), paragraphs(text)):
        assert _in_order(spans, text)
        left = "".join(text[one.end : other.start] for one, other in pairwise([Span(0, 0), *spans, Span(len(text), 0)]))
        assert not left.strip()
        assert all(span.of(text) == span.of(text).strip() for span in spans)


@given(TEXTS)
@settings(max_examples=150)
def test_the_spans_of_statements_are_inside_the_text(text: str) -> None:
    for statement in find_statements(text):
        assert statement.content
        for span in (*statement.content, *statement.source, *statement.cue):
            assert 0 <= span.start <= span.end <= len(text)


@given(TEXTS)
def test_the_spans_of_dates_are_in_order_and_name_their_dates(text: str) -> None:
    found = find_dates(text)
    assert _in_order([date.span for date in found], text)
    for date in found:
        (again,) = find_dates(date.span.of(text)) or [date]
        assert again.date == date.date


PROSE = (
    "The Ministry of Foreign Affairs on Friday rejected the annual human rights report as “hasty, borrowed and blind "
    "on one side”, and said that its authors had never looked at their own country.",
    "“The authors have a mirror with one side only,” ministry spokesman Hale Teverin said in a statement read to the "
    "press. “In Aurel last year 31 people died in the custody of the police.”",
    "He said that peaceful meetings were welcome in the country “at any hour at which the neighbours are awake”.",
)
INJECTED = (
    "“The minister takes bribes from every contractor in the country,” the minister said on Friday in parliament."
)
HIDDEN = [
    '<p style="display:none">{}</p>',
    '<p style="DISPLAY : None !important">{}</p>',
    '<p style="visibility:hidden">{}</p>',
    "<p hidden>{}</p>",
    '<p hidden="until-found">{}</p>',
    '<p style="font-size:0">{}</p>',
    '<p style="font-size: 0.5px">{}</p>',
    '<p style="opacity:0.0">{}</p>',
    '<p style="position:absolute; left:-9999px">{}</p>',
    '<p style="text-indent:-9999em">{}</p>',
    '<p style="height:0;overflow:hidden">{}</p>',
    '<p style="color:#FFF;background-color:white">{}</p>',
    '<p style="color: transparent">{}</p>',
    "<template><p>{}</p></template>",
    "<noscript><p>{}</p></noscript>",
    "<dialog><p>{}</p></dialog>",
    "<!-- <p>{}</p> -->",
    '<p class="lead gone">{}</p>',
    '<p id="trap">{}</p>',
    '<p class="wide">{}</p>',
    '<div class="far off"><p>{}</p></div>',
    "<p class='twice'>{}</p>",
    '<section style="display:none"><div><p>{}</p></div></section>',
]
SHEET = """<style>/* .lead { display: none } */ @import url("x.css"); .gone { display:none } #trap{visibility:hidden}
@media screen { p.wide { display: none; } } .far.off { position:absolute; top:-5000px }
.twice{display:block} .twice{display:none} </style>"""
SHOWN = [
    "<p>{}</p>",
    '<p class="lead">{}</p>',
    '<p class="print">{}</p>',
    '<p class="far">{}</p>',
    '<p class="again">{}</p>',
    '<p style="display:block;opacity:.9;font-size:12px">{}</p>',
    '<p style="color:white;background-color:black">{}</p>',
    '<p class="gone" style="display:block">{}</p>',
]
SHOWN_SHEET = "<style>@media print { .print { display:none } } .again{display:none} .again{display:block}</style>"


def _body(folder: Path, element: str, sheets: str = SHEET) -> str:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in PROSE[:2])
    page = (
        f"<!DOCTYPE html><html><head><title>Ministry rejects report</title>{sheets}</head><body><article>"
        f"{body}{element.format(INJECTED)}<p>{PROSE[2]}</p></article></body></html>"
    )
    path = folder / "page.html"
    path.write_text(page, encoding="utf-8")
    (item,) = load(next(iter(walk([path]))))  # type: ignore[arg-type]
    assert isinstance(item, Loaded), item
    assert all(paragraph[:60] in item.document.text for paragraph in PROSE)
    return item.document.text


@pytest.mark.parametrize("element", HIDDEN)
def test_what_a_page_hides_is_no_evidence(tmp_path: Path, element: str) -> None:
    text = _body(tmp_path, element)
    assert "bribes" not in text
    assert all("bribes" not in span.of(text) for found in find_statements(text) for span in found.content)


@pytest.mark.parametrize("element", SHOWN)
def test_what_a_page_shows_stays(tmp_path: Path, element: str) -> None:
    assert "bribes" in _body(tmp_path, element, SHEET + SHOWN_SHEET)


@pytest.mark.parametrize("style", ["display:none", "opacity:0", "visibility:hidden"])
def test_an_article_that_a_script_shows_is_read(tmp_path: Path, style: str) -> None:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in PROSE)
    page = f'<html><body style="{style}"><div style="{style}"><article>{body}</article></div></body></html>'
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    (item,) = load(next(iter(walk([tmp_path]))))  # type: ignore[arg-type]
    assert isinstance(item, Loaded) and PROSE[1][:50] in item.document.text
