"""What holds for every format: the choice among them, decoding, and errors that are values."""

from __future__ import annotations

import gzip
import hashlib
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus.errors import LoadError
from corpus.loaders import LOADERS, Loaded, format_of, load
from corpus.walk import Source, walk

PAGE = b"<!DOCTYPE html>\n<html><head><title>T</title></head><body><article><p>%s</p></article></body></html>"
LEAD = "“We will welcome lawful rallies,” the ministry’s spokesman said in a statement on Monday. " * 5


def put(folder: Path, name: str, data: bytes) -> Source:
    path = folder / name
    path.write_bytes(data)
    return next(walk([path]))


def only(source: Source) -> Loaded:
    (item,) = load(source)
    assert isinstance(item, Loaded), item
    return item


def failure(source: Source) -> str:
    (item,) = load(source)
    assert isinstance(item, LoadError), item
    return str(item)


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.txt", LEAD.encode(), "text"),
        ("a", LEAD.encode(), "text"),
        ("a.md", LEAD.encode(), "markdown"),
        ("a.html", PAGE % LEAD.encode(), "html"),
        ("a.jsonl", b'{"body": "x"}\n', "jsonl"),
        ("a.txt", PAGE % LEAD.encode(), "html"),
        ("a.jsonl", PAGE % LEAD.encode(), "html"),
        ("a.dat", b"<?xml version='1.0'?>\n<!-- x -->\n<HTML lang='en'><body>", "html"),
        ("a.txt", b'{"body": "x"}\n{"body": "y"}\n', "jsonl"),
        ("a.txt", b'{"body": "x"}', "jsonl"),
        ("a.json", b'{"body": "x"}', "json"),
        ("a.json", b'{"body": "x"}\n{"body": "y"}\n', "jsonl"),
        ("a.json", b'{\n  "body": "x"\n}\n', "json"),
        ("a.jsonl", b'[{"body": "x"},\n {"body": "y"}]', "json"),
        ("a.txt", b'{"articles": [{"body": "x"}]}', "json"),
        ("a.txt", b"[Note: this is prose] {and so is this}", "text"),
        ("a.csv", b"title,body\nx,y\n", "csv"),
        ("a.tsv", b"title\tbody\nx\ty\n", "csv"),
        ("a.dat", b"%PDF-1.7\n%abc", "pdf"),
        ("a.txt", b"\r\n%PDF-1.4\n", "pdf"),
        ("a.txt", b"A file that begins with %PDF-1.4 is a PDF.", "text"),
        ("a.txt", LEAD.encode("utf-16-le"), "text"),
        ("a.txt", (PAGE % LEAD.encode()).decode().encode("utf-16-be"), "html"),
        ("a.txt", '{"body": "x"}\n'.encode("utf-16"), "jsonl"),
        ("a.html", b'\xef\xbb\xbf{"body": "x"}\n', "jsonl"),
        ("a.txt", b'{"body": "' + b"x" * 100_000 + b'"}\n', "jsonl"),
        ("a.txt", b"---\ntitle: A\ndate: 2041-03-05\n---\nText", "markdown"),
        ("a.html", b"---\r\nlayout: post\r\n---\r\n<p>Text</p>", "markdown"),
        ("a.txt", b"---\nA rule above, a rule below\n---\nText", "text"),
        ("a.md", b"{% include head.html %}\n\nText", "markdown"),
        ("a.html", LEAD.encode(), "text"),
        ("a.jsonl", b"not json\n", "jsonl"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_the_format_is_decided_by_content_then_name(
    tmp_path: Path, name: str, data: bytes, expected: str, packed: bool
) -> None:
    assert format_of(put(tmp_path, name, gzip.compress(data) if packed else data)) == expected
    if packed:
        assert format_of(put(tmp_path, name + ".gz", gzip.compress(data))) == expected


@pytest.mark.parametrize(
    ("name", "data", "found"),
    [
        ("a.rtf", b"{\\rtf1\\ansi Words}", "an RTF document"),
        ("a.txt", b"\x89PNG\r\n\x1a\n\x00\x00", "a PNG image"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office document"),
        ("a.txt", bytes(range(256)), "binary data"),
        ("a.dat", b"title,body\nx,y\n", "no format ends in .dat"),
    ],
)
def test_an_unsupported_file_is_an_error_that_names_what_is_supported(
    tmp_path: Path, name: str, data: bytes, found: str
) -> None:
    source = put(tmp_path, name, data)
    message = failure(source)
    assert name in message and found in message
    assert "PDF, Word (DOCX), HTML, Markdown, plain text, CSV, JSON and JSON Lines" in message
    with pytest.raises(LoadError, match=r"what can be loaded"):
        format_of(source)


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.csv", "a.json", "a.pdf", "a.docx", "a.jsonl.gz"])
@pytest.mark.parametrize("data", [b"", b" \n\t\n", b"\xef\xbb\xbf\n"])
def test_an_empty_file_has_no_text(tmp_path: Path, name: str, data: bytes) -> None:
    items = list(load(put(tmp_path, name, gzip.compress(data) if name.endswith(".gz") else data)))
    if name.startswith("a.jsonl"):
        assert items == [] or "no text found" in str(items[0]) or "not JSON" in str(items[0])
    else:
        assert "no text found" in str(items[0])


def test_a_page_without_text_is_an_error(tmp_path: Path) -> None:
    assert "no text found" in failure(put(tmp_path, "a.html", b"<html><body><script>x()</script></body></html>"))
    assert "no text found" in failure(put(tmp_path, "a.html", b"<!-- nothing -->"))


def test_damaged_archives_are_errors_and_what_was_read_stays(tmp_path: Path) -> None:
    lines = b"".join(b'{"id": %d, "body": "%s"}\n' % (n, bytes(str(hash(str(n))), "ascii") * 40) for n in range(5000))
    *records, error = load(put(tmp_path, "a.jsonl.gz", gzip.compress(lines)[:-2000]))
    assert records and all(isinstance(record, Loaded) for record in records)
    assert "could not decompress a.jsonl.gz" in str(error)
    assert "could not decompress" in failure(put(tmp_path, "b.txt", b"\x1f\x8bnot really"))


def test_an_unreadable_file_is_an_error(tmp_path: Path) -> None:
    source = put(tmp_path, "a.txt", b"x")
    source.path.unlink()
    assert "could not read a.txt: No such file" in failure(source)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("“Quoted,” she said – €5".encode(), "“Quoted,” she said – €5"),
        ("“Quoted,” she said".encode("utf-8-sig"), "“Quoted,” she said"),
        ("“Quoted,” she said".encode("utf-16"), "“Quoted,” she said"),
        ("“Quoted,” she said – €5".encode("cp1252"), "“Quoted,” she said – €5"),
    ],
)
def test_characters_are_decoded(tmp_path: Path, data: bytes, expected: str) -> None:
    assert only(put(tmp_path, "a.txt", data)).document.text == expected


def test_damaged_utf8_is_not_read_as_windows_1252(tmp_path: Path) -> None:
    data = LEAD.encode()
    assert "UTF-8 damaged at byte" in failure(put(tmp_path, "a.txt", data[:200] + b"\xe2" + data[200:]))


def test_a_page_is_decoded_as_it_declares(tmp_path: Path) -> None:
    words = "Министерство заявило, что мирные собрания приветствуются. " * 8
    page = '<html><head><meta charset="windows-1251"></head><body><article><p>' + words + "</p></article></body></html>"
    assert words.strip() in only(put(tmp_path, "a.html", page.encode("cp1251"))).document.text


def test_each_document_tells_its_loader_and_the_hash_of_its_bytes(tmp_path: Path) -> None:
    data = LEAD.encode()
    plain, packed = only(put(tmp_path, "a.txt", data)), only(put(tmp_path, "b.txt.gz", gzip.compress(data)))
    assert plain.raw_hash == packed.raw_hash == hashlib.sha256(data).hexdigest()
    assert (plain.loader, plain.loader_version) == ("text", LOADERS["text"].version)


def test_every_sample_article_loads(sample: Path) -> None:
    found: dict[str, int] = {}
    for source in walk([sample]):
        for item in load(source):
            assert isinstance(item, Loaded), item
            found[item.loader] = found.get(item.loader, 0) + 1
            assert item.document.title and len(item.document.text) > 500
            assert (item.document.published is None) == (item.document.date_source is None)
            assert "{%" not in item.document.text and "{{" not in item.document.text
    assert set(found) <= set(LOADERS) and "text" in found


NAMES = st.sampled_from(
    [*("2041-03-05-a.txt", "a.md", "a.html", "a.jsonl", "a.jsonl.gz", "a"), *("a.csv", "a.json", "a.pdf", "a.docx")]
)
TRICKY = st.sampled_from(
    [
        *(
            b"---\n",
            b"title: [",
            b"{% raw %}",
            b"{% highlight",
            b"{{ page.date | date: '%",
            b"[^1]:",
            b"<table><td>",
        ),
        *(
            b'{"body": "',
            b'\\ud800"',
            b"}\n",
            b"[[[[",
            b"<html>",
            b"&#0;",
            b"<script type='application/ld+json'>{",
        ),
        *(
            b"\xff\xfe",
            b"\xef\xbb\xbf",
            b"\r",
            b"\x85",
            b"By ",
            b"March 5, 2041\n",
            b"<ol start='x'><li>",
            b"\x00",
        ),
    ]
)


@settings(max_examples=300, deadline=None)
@given(NAMES, st.lists(st.binary(max_size=60) | TRICKY, max_size=12).map(b"".join))
@example("a.jsonl", b"[" * 200_000)
@example("a.md", b">" * 20_000 + b"x")
@example("a.html", b"<div>" * 20_000 + b"x")
@example("a.md", b"---\na: &a [*a]\n---\nx")
@example("a.md", b'---\ntitle: "\\ud800"\n---\nx')
def test_no_bytes_make_a_loader_raise(name: str, data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        items = list(load(put(Path(folder), name, data)))
        packed = list(load(put(Path(folder), name, gzip.compress(data))))
    assert [type(item) for item in items] == [type(item) for item in packed]
    for item in items:
        if isinstance(item, Loaded):
            assert item.document.text.strip() and item.document.title
            item.document.text.encode()
        else:
            assert isinstance(item, LoadError) and "could not" in str(item)
