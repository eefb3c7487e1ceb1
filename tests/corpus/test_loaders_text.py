from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from corpus.loaders import Loaded, load
from corpus.model import Document
from corpus.walk import walk

LEAD = (
    "ONDREVA (TNA) -- The Ministry of Information and Media said on Tuesday that the broadcasting licence of "
    "Radio Sundral was under review because it had not filed its ownership papers for two years in a row."
)


def document(folder: Path, text: str, name: str = "article.txt") -> Document:
    path = folder / name
    path.write_bytes(text.encode())
    (item,) = load(next(walk([path])))
    assert isinstance(item, Loaded), item
    return item.document


@given(st.text(min_size=1).map(lambda text: text + "."))
def test_the_text_is_never_changed(text: str) -> None:
    assume(not text.startswith(("\ufeff", "{", "<", "---")) and not any(char < "\t" for char in text))
    assume(sum(char < " " or char == "\x7f" for char in text) * 100 <= len(text))
    with tempfile.TemporaryDirectory() as folder:
        assert document(Path(folder), text).text == text


def test_line_ends_are_kept_and_the_mark_is_dropped(tmp_path: Path) -> None:
    assert document(tmp_path, "\ufeffOne\r\n\r\nTwo\rThree\n\n").text == "One\r\n\r\nTwo\rThree\n\n"


def test_the_seed_article_stands_untouched_and_undated(sample: Path) -> None:
    path = sample / "000_88a69eeaa2e40b64.txt"
    (item,) = load(next(walk([path])))
    assert isinstance(item, Loaded)
    found = item.document
    assert found.text.encode() == path.read_bytes()
    assert found.text.startswith(found.title.removesuffix("…")) and 90 < len(found.title) <= 101
    assert found.title.endswith(" dismay at…")
    # "March 23" and "2021" are in its prose; neither is the day it was published.
    assert (found.published, found.date_source, found.authors, found.outlet) == (None, None, (), None)


@pytest.mark.parametrize(
    ("head", "published"),
    [
        ("Licence under review\n\nApril 30, 2041\n\n", "2041-04-30"),
        ("Licence under review\nWednesday 9 April 2042\n\n", "2042-04-09"),
        ("Licence under review\n\n2041-04-30\n\n", "2041-04-30"),
        ("Licence under review\n\nPublished: 30 April 2041, 10:30 am EST\n\n", "2041-04-30"),
        ("Licence under review\n\nPosted on Tue., April 30th, 2041 at 9:05 p.m.\n\n", "2041-04-30"),
        ("April 30, 2041\n\nLicence under review\n\n", "2041-04-30"),
        ("Licence under review\nJune 2041\n\n", "2041-06"),
        ("Licence under review\n\nONDREVA, 30 April 2041\n\n", "2041-04-30"),
        ("Licence under review\n\nBy Ann Lee | April 30, 2041\n\n", "2041-04-30"),
    ],
)
def test_a_date_line_dates_the_article(tmp_path: Path, head: str, published: str) -> None:
    found = document(tmp_path, head + LEAD)
    assert str(found.published) == published
    assert (found.date_source, found.title) == ("text", "Licence under review")


def test_a_dateline_with_a_year_dates_the_article(tmp_path: Path) -> None:
    prose = LEAD.removeprefix("ONDREVA (TNA) -- ")
    found = document(tmp_path, f"Licence under review\n\nONDREVA, April 30, 2041 (TNA) — {prose}")
    assert (str(found.published), found.date_source) == ("2041-04-30", "text")
    assert document(tmp_path, f"Licence under review\n\nONDREVA, April 30 (TNA) — {prose}").published is None


@pytest.mark.parametrize(
    "text",
    [
        f"Licence under review\n\n{LEAD}\n\nThe station opened on April 30, 2031.",
        f"Remembering the flood of April 30, 2031\n\n{LEAD}",
        f"What happened in April 2031\n\n{LEAD}",
        f"Licence under review\n\n{LEAD}\n\nApril 30, 2031\n\nA letter of that day said more.",
        f"Licence under review\n\nOn April 30, 2031 - a Tuesday - the station opened. {LEAD}",
        "Licence under review\n\nIt closed.\n\nNobody spoke.\n\nWhy?\n\nApril 30, 2031\n\nA letter.",
        f"Licence under review\n\n03/04/2041\n\n{LEAD}",
    ],
)
def test_a_date_in_the_prose_does_not(tmp_path: Path, text: str) -> None:
    assert document(tmp_path, text).published is None


def test_an_update_line_is_no_publication_date(tmp_path: Path) -> None:
    found = document(tmp_path, f"Licence\n\nUpdated: May 2, 2041\n\nPublished: April 30, 2041\n\n{LEAD}")
    assert (str(found.published), str(found.updated)) == ("2041-04-30", "2041-05-02")
    only_updated = document(tmp_path, f"Licence\n\nLast updated May 2, 2041\n\n{LEAD}")
    assert (only_updated.published, str(only_updated.updated)) == (None, "2041-05-02")


def test_the_file_name_is_the_last_resort(tmp_path: Path) -> None:
    found = document(tmp_path, LEAD, "2041-04-30-licence.txt")
    assert (str(found.published), found.date_source) == ("2041-04-30", "file name")
    assert document(tmp_path, f"Licence\n\nMay 2, 2041\n\n{LEAD}", "2041-04-30-x.txt").date_source == "text"
    assert document(tmp_path, LEAD, "2041-13-30-licence.txt").published is None


@pytest.mark.parametrize(
    ("byline", "authors"),
    [
        ("By Ann Lee", ("Ann Lee",)),
        ("BY ANN LEE AND BO NG", ("ANN LEE", "BO NG")),
        ("By: Ann Lee, Bo Ng, and Martin King, Jr.", ("Ann Lee", "Bo Ng", "Martin King, Jr.")),
        ("By Ann Lee, Staff Writer", ("Ann Lee",)),
        ("By the river, nobody spoke.", ()),
    ],
)
def test_a_byline_gives_authors(tmp_path: Path, byline: str, authors: tuple[str, ...]) -> None:
    found = document(tmp_path, f"Licence under review\n{byline}\n\n{LEAD}")
    assert found.authors == authors
    if authors:
        assert found.title == "Licence under review"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"Is the “licence” safe?\n\n{LEAD}", "Is the “licence” safe?"),
        ("The review ended. Nobody was told.\n\nMore.", "The review ended."),
        ("Sen. A. Lee of the U.S. said no. Then she left.", "Sen. A. Lee of the U.S. said no."),
        ("A" * 150, "A" * 100 + "…"),
        ("“Yes,” he said", "“Yes,” he said"),
    ],
)
def test_the_title_is_the_headline_or_the_first_sentence(tmp_path: Path, text: str, title: str) -> None:
    assert document(tmp_path, text).title == title


def test_real_prose_is_hardly_ever_taken_for_a_date_line(shared_data: Path) -> None:
    """PolNeAR's texts carry headline and prose only, so every date or author found there is wrong."""
    paths = sorted((shared_data / "polnear" / "dev" / "text").glob("*.txt"))
    found = [item for path in paths for item in load(next(walk([path])))]
    assert len(found) > 80
    for item in found:
        assert isinstance(item, Loaded)
        assert item.document.authors == () and item.document.date_source in (None, "file name")
        assert 0 < len(item.document.title) <= 160
