from __future__ import annotations

import gzip
import html
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import LoadError
from corpus.loaders import Loaded, load
from corpus.model import Document
from corpus.walk import walk

BODY = "The minister said on Monday: “We welcome lawful rallies.”\r\n\r\n  He left.  "


def items(folder: Path, *lines: object, name: str = "a.jsonl") -> list[Loaded | LoadError]:
    path = folder / name
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8")
    return list(load(next(walk([path]))))


def document(folder: Path, **fields: Any) -> Document:
    (item,) = items(folder, fields)
    assert isinstance(item, Loaded), item
    return item.document


def test_every_article_of_a_real_collection_has_title_outlet_and_date(shared_data: Path) -> None:
    path = shared_data / "multihop-rag" / "corpus.jsonl"
    found = [item for item in load(next(walk([path]))) if isinstance(item, Loaded)]
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(found) == len(rows) == 609
    for item, row in zip(found, rows, strict=True):
        got = item.document
        assert (got.text, got.url, got.outlet) == (row["body"], row["url"], row["source"])
        assert got.title == " ".join(html.unescape(row["title"]).split())
        assert str(got.published) == row["published_at"][:19].replace(" ", "T") + "Z"
        assert got.date_source == "record"
        if row["author"] is None:
            assert got.authors == ()
        assert all(name in row["author"] for name in got.authors)


@pytest.mark.parametrize("key", ["body", "text", "content", "article", "maintext", "articleBody"])
def test_the_text_is_kept_as_it_stands_under_its_usual_names(tmp_path: Path, key: str) -> None:
    assert document(tmp_path, **{key: BODY}).text == BODY


@pytest.mark.parametrize(
    "key",
    [
        "published_at",
        "publishedAt",
        "date",
        "publish_date",
        "date_publish",
        "published",
        "pubDate",
        "datePublished",
    ],
)
def test_dates_are_found_under_their_usual_names(tmp_path: Path, key: str) -> None:
    found = document(tmp_path, body=BODY, updated_at="2041-03-06", **{key: "2041-03-05 10:00:00"})
    assert (str(found.published), str(found.updated)) == ("2041-03-05T10:00:00", "2041-03-06")


def test_an_undated_record_is_undated(tmp_path: Path) -> None:
    found = document(tmp_path, body=BODY, date="soon", published=True)
    assert (found.published, found.date_source) == (None, None)


@pytest.mark.parametrize(
    ("value", "authors"),
    [
        ("Ann Lee", ("Ann Lee",)),
        ("By Ann Lee and Bo Ng", ("Ann Lee", "Bo Ng")),
        (
            "Cade Metz, Karen Weise, Nico Grant and Mike Isaac",
            ("Cade Metz", "Karen Weise", "Nico Grant", "Mike Isaac"),
        ),
        (["Ann Lee", "By Bo Ng", "Ann Lee"], ("Ann Lee", "Bo Ng")),
        ([{"name": "Ann Lee"}, {"@type": "Person"}], ("Ann Lee",)),
        ("Ann Lee, The Herald", ("Ann Lee",)),
        ("The Herald", ("The Herald",)),
        ("Smith, John", ("Smith, John",)),
        ("https://example.org/ann", ()),
        (None, ()),
        (3.5, ("3.5",)),
    ],
)
def test_authors_in_their_shapes(tmp_path: Path, value: object, authors: tuple[str, ...]) -> None:
    assert document(tmp_path, body=BODY, source="The Herald", author=value).authors == authors


def test_the_other_fields(tmp_path: Path) -> None:
    found = document(
        tmp_path,
        id=17,
        content=BODY,
        headline=" Rallies\n welcome ",
        source={"id": None, "name": "The Herald"},
        link="https://herald.example/a",
        lang="en",
    )
    assert (found.record, found.title, found.outlet) == ("17", "Rallies welcome", "The Herald")
    assert (found.url, found.language) == ("https://herald.example/a", "en")
    assert document(tmp_path, body=BODY).title == "The minister said on Monday: “We welcome lawful rallies.”"


def test_a_bad_record_is_an_error_with_its_line_and_the_rest_goes_on(tmp_path: Path) -> None:
    found = items(
        tmp_path,
        {"id": "a", "body": BODY},
        "",
        {"id": "b", "title": "No text"},
        '{"id": "c", "body": ',
        '["d"]',
        {"id": "e", "body": "  "},
        '{"id": "f", "body": "half \\ud83d of it"}',
        {"id": "g", "body": BODY},
    )
    good = [item.document.record for item in found if isinstance(item, Loaded)]
    errors = [str(item) for item in found if isinstance(item, LoadError)]
    assert good == ["a", "g"]
    expected = ["line 3", "line 4", "line 5", "line 6", "record 'f'"]
    assert len(errors) == len(expected)
    for error, where in zip(errors, expected, strict=True):
        assert error.startswith("could not load a.jsonl, ") and where in error
    assert "no text found" in errors[0] and "not JSON" in errors[1] and "not a JSON object" in errors[2]


def test_records_are_told_apart(tmp_path: Path) -> None:
    found = items(tmp_path, {"id": 1, "body": "A."}, {"url": "https://x.example", "body": "B."}, {"body": "C."})
    found += items(tmp_path, {"id": 1, "body": "A."}, {"id": 1, "body": "B."}, {"id": 1, "body": "C."})
    names = [item.document.record for item in found if isinstance(item, Loaded)]
    assert names == ["1", "https://x.example", "3", "1", "1 (line 2)", "1 (line 3)"]
    assert len({item.raw_hash for item in found if isinstance(item, Loaded)}) == 5


def test_the_hash_is_of_the_line_whatever_ends_it(tmp_path: Path) -> None:
    line = json.dumps({"body": BODY})
    unix, windows = items(tmp_path, line), items(tmp_path, line + "\r", "")
    assert isinstance(unix[0], Loaded) and isinstance(windows[0], Loaded)
    assert unix[0].raw_hash == windows[0].raw_hash


def test_a_large_file_is_read_as_it_comes(tmp_path: Path) -> None:
    path = tmp_path / "large.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=1) as out:
        for number in range(2000):
            out.write(json.dumps({"id": number, "body": f"{number} " * 4000}) + "\n")
    tracemalloc.start()
    count = sum(isinstance(item, Loaded) for item in load(next(walk([path]))))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 2000
    assert peak < 3_000_000  # the file unpacked has 39 M characters
