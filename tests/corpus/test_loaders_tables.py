"""CSV as spreadsheets and exports write it."""

from __future__ import annotations

import csv
import io
import tempfile
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus.errors import LoadError
from corpus.loaders import Loaded, load
from corpus.walk import walk

QUOTE = "“We welcome lawful rallies,” the minister said."
HEADER = ["id", "Title", "Body", "Source", "Published At", "Author"]
ROWS = [
    [
        "7",
        "Rallies; marches",
        f'{QUOTE}\nHe left, "smiling"; the others stayed.',
        "The Herald",
        "2041-03-05",
        "Ann Lee",
    ],
    ["8", "Vigils", f"{QUOTE}\r\n\r\n  He stayed.  ", "The Herald", "1762169030", "By BO NG and Cy Doe"],
]


def table(*rows: list[str], separator: str = ",", end: str = "\r\n") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator=end).writerows(rows)
    return out.getvalue()


def items(folder: Path, data: str | bytes, name: str = "a.csv") -> list[Loaded | LoadError]:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return list(load(next(walk([path]))))


def loaded(folder: Path, data: str | bytes, name: str = "a.csv") -> list[Loaded]:
    found = items(folder, data, name)
    assert all(isinstance(item, Loaded) for item in found), found
    return [item for item in found if isinstance(item, Loaded)]


def errors(folder: Path, data: str | bytes, name: str = "a.csv") -> list[str]:
    return [str(item) for item in items(folder, data, name) if isinstance(item, LoadError)]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_rows_are_articles(tmp_path: Path, separator: str, encoding: str, end: str) -> None:
    data = table(HEADER, *ROWS, separator=separator, end=end).encode(encoding)
    first, second = loaded(tmp_path, data, "a.tsv" if separator == "\t" else "a.csv")
    assert first.document.text == ROWS[0][2] and second.document.text == ROWS[1][2]
    assert (first.document.title, first.document.outlet, first.document.record) == (
        "Rallies; marches",
        "The Herald",
        "7",
    )
    assert (str(first.document.published), first.document.date_source) == ("2041-03-05", "record")
    assert str(second.document.published) == "2025-11-03T11:23:50+00:00"
    assert (first.document.authors, second.document.authors) == (("Ann Lee",), ("BO NG", "Cy Doe"))
    assert first.loader == "csv"


def test_a_bad_row_is_an_error_with_its_number_and_the_rest_goes_on(tmp_path: Path) -> None:
    data = 'title,body\nA,"Text of A,\nin two lines"\nB\nC,Text of C, unquoted,\n\nD,\nE,"Text of "E"\nF,Text of F,,\n'
    found = items(tmp_path, data)
    assert [item.document.title for item in found if isinstance(item, Loaded)] == ["A", "F"]
    told = [str(item) for item in found if isinstance(item, LoadError)]
    assert told[0] == (
        "could not load a.csv, row 3 (ends in line 4): it has 1 columns where the first row names 2; "
        "put quotation marks around texts that hold separators"
    )
    assert "row 4 (ends in line 5): it has 3 columns" in told[1]
    assert "row 6 (ends in line 7)" in told[2] and "no text found" in told[2]
    assert "row 7 (from line 8): its quotation marks do not pair" in told[3]
    assert len(told) == 4


def test_a_table_without_a_column_of_text_is_refused(tmp_path: Path) -> None:
    sentence = (
        "could not load a.csv: its first row names no column for the text (looked for body, text, content, maintext, "
        "article); name the columns in the first row"
    )
    assert errors(tmp_path, "title,date\nA,2041\n") == [sentence]
    assert errors(tmp_path, f"A,{QUOTE}\n") == [sentence]


@pytest.mark.parametrize("value", ["", "NaN", "null", "None"])
def test_an_empty_cell_is_none_whatever_it_says(tmp_path: Path, value: str) -> None:
    (item,) = loaded(tmp_path, table(["body", "title", "source", "author", "date"], [QUOTE, *[value] * 4]))
    document = item.document
    assert (document.title, document.outlet, document.authors) == (QUOTE, None, ())
    assert (document.published, document.date_source) == (None, None)


def test_the_hash_of_a_row_does_not_depend_on_its_place_or_order(tmp_path: Path) -> None:
    one = loaded(tmp_path, table(HEADER, *ROWS))
    other = loaded(tmp_path, table(HEADER[::-1], *(row[::-1] for row in ROWS[::-1]), separator=";"), "b.csv")
    assert [item.raw_hash for item in one] == [item.raw_hash for item in other[::-1]]
    assert len({item.raw_hash for item in one}) == 2


def test_a_row_in_another_encoding_is_read_or_told(tmp_path: Path) -> None:
    row = b"Nothing but ASCII in this row" * 20 + b",A\n"
    plain = b"body,title\n" + row * 2_000
    *_, last = loaded(
        tmp_path, plain + "“Quoted,” she said in the café,B\n".encode("cp1252").replace(b",\x94", b"\x94")
    )
    assert last.document.text == "“Quoted” she said in the café"
    mixed = plain + "“One” “two”".encode() + b" \x93three,C\nMore,D\n"
    found = items(tmp_path, mixed)
    assert isinstance(found[-2], LoadError) and "row 2002" in str(found[-2]) and "UTF-8 damaged" in str(found[-2])
    assert isinstance(found[-1], Loaded)


def test_a_column_named_twice_counts_once(tmp_path: Path) -> None:
    (item,) = loaded(tmp_path, table(["body", "body", ""], [QUOTE, "x", "0"]))
    assert item.document.text == QUOTE


def test_html_in_a_cell_becomes_text(tmp_path: Path) -> None:
    cell = "<p>&ldquo;We welcome <em>lawful</em>\n rallies,&rdquo; he said.</p><ul><li>One</li><li>Two</li></ul>"
    (item,) = loaded(tmp_path, table(["body", "title"], [cell, "Law &amp; order"]))
    assert item.document.text == "“We welcome lawful rallies,” he said.\n\nOne\nTwo"
    assert item.document.title == "Law & order"


def test_a_large_table_is_read_as_it_comes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["id", "body"])
        for number in range(400):
            writer.writerow([number, f"{number} words " * 4000])
    tracemalloc.start()
    count = sum(isinstance(item, Loaded) for item in load(next(walk([path]))))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 400
    assert path.stat().st_size > 12_000_000 > 2 * peak


PIECES = st.sampled_from(
    [b",", b";", b"\t", b'"', b'""', b"\n", b"\r", b"\r\n", b"body", b"title", b"Words.", b"\x00", b"\xff\xfe"]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(PIECES | st.binary(max_size=8), max_size=30).map(b"".join))
@example(b"body\n" + b'"' * 100_001)
@example(b"body,title\n" + b'"' + b"x,\n" * 50_000)
@example("body\n“".encode("utf-16-le")[:-1])
def test_no_bytes_make_the_loader_raise(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for content in (data, b"body,title\nA,B\n" + data):
            for item in items(Path(folder), content):
                if isinstance(item, LoadError):
                    assert "could not" in str(item)
                else:
                    assert item.document.text.strip() and item.document.title
