"""Names and titles in the shapes that feeds, exports and pages have them in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.loaders import Loaded, load_bytes
from corpus.loaders.bylines import authors_of, without_outlet
from corpus.loaders.fields import plain, title_without_outlet
from corpus.loaders.markup import is_markup, text_of
from corpus.model import Document


@pytest.mark.parametrize(
    ("value", "authors"),
    [
        ("Ann Lee", ("Ann Lee",)),
        ("By JANE DOE and John Roe", ("JANE DOE", "John Roe")),
        ("BY ANN LEE", ("ANN LEE",)),
        ("Written by Ann Lee", ("Ann Lee",)),
        ("Author: Ann Lee", ("Ann Lee",)),
        ("By Ann Lee, Bo Ng & Cy Doe", ("Ann Lee", "Bo Ng", "Cy Doe")),
        ("Ann Lee with Bo Ng", ("Ann Lee", "Bo Ng")),
        ("Ann Lee/Bo Ng", ("Ann Lee", "Bo Ng")),
        ("Ann Lee • Bo Ng", ("Ann Lee", "Bo Ng")),
        # agencies, places, jobs, dates
        ("JANE DOE | AP", ("JANE DOE",)),
        ("By JANE DOE, NORTHERN PRESS", ("JANE DOE",)),
        ("Jane Doe (WNA)", ("Jane Doe",)),
        ("Jane Doe - Northern News Agency", ("Jane Doe",)),
        ("By Ann Lee in Aurel and Bo Ng in Ishel", ("Ann Lee", "Bo Ng")),
        ("Ann Lee at the Harbour Stadium", ("Ann Lee",)),
        ("Ann Lee, Aurel", ("Ann Lee",)),
        ("Ann Lee, Senior Political Correspondent", ("Ann Lee",)),
        ("Ann Lee Staff Writer", ("Ann Lee",)),
        ("By Ann Lee\nStaff Writer\n", ("Ann Lee",)),
        ("Ann Lee for The Herald", ("Ann Lee",)),
        ("By Ann Lee March 5, 2041", ("Ann Lee",)),
        ("By Ann Lee | Updated: 5 Mar 2041, 10:20", ("Ann Lee",)),
        ("Ann Lee, 5 Mar 2041", ("Ann Lee",)),
        ("Ann Lee, Jr., Bo Ng", ("Ann Lee, Jr.", "Bo Ng")),
        # addresses and handles
        ("Ann Lee <ann.lee@herald.example>", ("Ann Lee",)),
        ("ann.lee@herald.example (Ann Lee)", ("Ann Lee",)),
        ("Ann Lee @annlee", ("Ann Lee",)),
        ("Ann Lee (@annlee), Bo Ng (@bo_ng)", ("Ann Lee", "Bo Ng")),
        ("ann.lee@herald.example", ()),
        ("@annlee", ()),
        ("https://herald.example/ann", ()),
        # entities and invisible characters
        ("Se&aacute;n O&#39;Hara &amp; Ann Lee", ("Seán O'Hara", "Ann Lee")),
        ("Ann\u00a0Lee\u200b", ("Ann Lee",)),
        ("<a href='/ann'>Ann Lee</a>", ("Ann Lee",)),
        # one name, and none
        ("Northern Press", ("Northern Press",)),
        ("AP", ("AP",)),
        ("Madonna", ("Madonna",)),
        ("Ann Lee and Madonna", ("Ann Lee", "Madonna")),
        ("Smith, John", ("Smith, John",)),
        ("admin", ()),
        ("Staff Reporter", ()),
        ("nan", ()),
        ("", ()),
        ("By", ("By",)),
        ([{"name": "By Ann Lee"}, "Bo Ng"], ("Ann Lee", "Bo Ng")),
        (["Ann Lee, Bo Ng", "Ann Lee"], ("Ann Lee", "Bo Ng")),
        (None, ()),
        (True, ()),
    ],
)
def test_names_in_their_shapes(value: object, authors: tuple[str, ...]) -> None:
    assert authors_of(value) == authors


def test_real_bylines_lose_nothing_but_agencies_and_places(shared_data: Path) -> None:
    rows = [
        json.loads(line)["author"]
        for line in (shared_data / "multihop-rag" / "corpus.jsonl").read_text("utf-8").splitlines()
    ]
    written = [row for row in rows if row]
    assert len(written) > 500
    empty = [row for row in written if not authors_of(row)]
    assert len(empty) <= 0.01 * len(written), empty
    assert not [row for row in written if any(len(name) > 60 or "@" in name for name in authors_of(row))]


def test_the_outlet_after_the_writers_is_left_out() -> None:
    assert without_outlet(authors_of("Ann Lee, The Daily Herald"), "Daily Herald") == ("Ann Lee",)
    assert without_outlet(authors_of("The Daily Herald"), "Daily Herald") == ("The Daily Herald",)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Law &amp; order: &ldquo;welcome&rdquo;", "Law & order: “welcome”"),
        ("Law &amp;amp; order", "Law & order"),
        ("It&#8217;s <em>here</em>", "It’s here"),
        ("It&#8217;s &lt;em&gt;here&lt;/em&gt;", "It’s here"),
        ("A\u00a0rally\u200b,\u2060 a\u00admarch\ufeff", "A rally, amarch"),
        ("Zero\u200dwidth\u200c joiners", "Zerowidth joiners"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        (" Two\r\n lines ", "Two lines"),
        ("x < y and y > z", "x < y and y > z"),
        ("AT&T", "AT&T"),
        (2041, "2041"),
        ("\u200b", None),
        ("", None),
        (["x"], None),
    ],
)
def test_a_field_on_one_plain_line(value: object, expected: str | None) -> None:
    assert plain(value) == expected


@pytest.mark.parametrize(
    ("title", "outlet", "expected"),
    [
        ("A mirror | The Herald", "The Herald", "A mirror"),
        ("A mirror - Herald", "The Herald", "A mirror"),
        ("A mirror – THE HERALD", "Herald", "A mirror"),
        ("The Herald | A mirror", "Herald", "A mirror"),
        ("A mirror | Opinion | The Herald", "The Herald", "A mirror | Opinion"),
        ("A mirror: the Herald", "The Herald", "A mirror: the Herald"),
        ("A mirror | The Post", "The Herald", "A mirror | The Post"),
        ("The Herald", "The Herald", "The Herald"),
        ("A mirror | The Herald", None, "A mirror | The Herald"),
    ],
)
def test_a_title_without_its_outlet(title: str, outlet: str | None, expected: str) -> None:
    assert title_without_outlet(title, outlet) == expected


def record(**fields: object) -> Document:
    (item,) = load_bytes(json.dumps({"body": "Some words.", **fields}).encode(), "a.jsonl")
    assert isinstance(item, Loaded), item
    return item.document


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (2246089230, "2041-03-05T09:40:30+00:00"),
        (2246089230000, "2041-03-05T09:40:30+00:00"),
        ("2246089230", "2041-03-05T09:40:30+00:00"),
        ("2246089230.0", "2041-03-05T09:40:30+00:00"),
        (2246089230.0, "2041-03-05T09:40:30+00:00"),
        ("Tue, 05 Mar 2041 09:40:30 GMT", "2041-03-05T09:40:30+00:00"),
        ("Tue, 05 Mar 2041 09:40:30 -0500", "2041-03-05T09:40:30-05:00"),
        ({"$date": "2041-03-05T09:40:30Z"}, "2041-03-05T09:40:30Z"),
        ("March 2041", "2041-03"),
        ("soon", None),
        ("0000-00-00", None),
        ("", None),
        (True, None),
        ({}, None),
        ([], None),
    ],
)
def test_a_date_is_read_or_there_is_none(value: object, expected: str | None) -> None:
    found = record(published_at=value)
    assert (str(found.published) if found.published else None) == expected
    assert found.date_source == ("record" if expected else None)


def test_the_fields_of_a_record_are_tidied() -> None:
    found = record(title="Law &amp; order | The Herald", source="The&nbsp;Herald", author="BY ANN LEE, The Herald")
    assert (found.title, found.outlet, found.authors) == ("Law & order", "The Herald", ("ANN LEE",))


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One <b>two</b>\nthree.</p>\n<p>Four.</p>", "One two three.\n\nFour."),
        ("One<br>two<br/>three", "One\ntwo\nthree"),
        ("One.\n\nTwo <a href='x'>links</a>.\nThree.", "One.\n\nTwo links.\nThree."),
        ("<div>One<script>alert('<p>x</p>')</script></div><!-- <p>no</p> --><p>Two</p>", "One\n\nTwo"),
        ("<ul><li>One</li><li>Two</li></ul><p>Three</p>", "One\nTwo\n\nThree"),
        ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr></table><p>x</p>", "1 | 2\n3 | 4\n\nx"),
        ("<p>5 < 6 &amp; 7 &gt; 6</p>", "5 < 6 & 7 > 6"),
        ("<p>Unclosed <em>here", "Unclosed here"),
        ("</p><!-- never closed <p>x</p>", ""),
        ("<p>Write to <ann@herald.example></p>", "Write to <ann@herald.example>"),
    ],
)
def test_html_in_a_field_becomes_text(markup: str, text: str) -> None:
    assert text_of(markup) == text


def test_plain_text_is_no_html() -> None:
    for text in ("5 < 6 and 7 > 6", "if a<b: print(a>b)", "Write to <ann@herald.example>", "AT&T &c.", "<3"):
        assert not is_markup(text)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60) | st.text(alphabet="<>/!-pbr &;'\n", max_size=60))
def test_any_text_can_be_a_field(text: str) -> None:
    assert all(name and name == name.strip() for name in authors_of(text))
    found = plain(text)
    assert found is None or (found == " ".join(found.split()) and found)
    assert "\n\n\n" not in text_of(text)


ADVERSARIAL = [
    *("<" * 10**6, "<!--" * 250_000, "<p " * 333_333, " " * 10**6 + "x", "(" * 10**6, "a@" * 500_000, "By " * 333_333),
    *("A, " * 333_333, "&amp;" * 200_000, "| " * 500_000, "and " * 250_000, "\u200d" * 10**6, "-" * 10**6),
]


@pytest.mark.timeout(120)  # linear work takes two seconds, quadratic work a day
@pytest.mark.parametrize("text", ADVERSARIAL, ids=range(len(ADVERSARIAL)))
def test_a_megabyte_made_to_hurt_is_read_in_time(text: str) -> None:
    for read in (authors_of, plain, text_of, is_markup):
        read(text)  # type: ignore[operator]
    assert title_without_outlet(text, "The Herald") == text
