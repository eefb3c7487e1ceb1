"""Files made to do harm, and files that simply are no articles: each gets its sentence, and the rest goes on."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from corpus.errors import LoadError
from corpus.loaders import Limits, Loaded, Loading, load, load_bytes
from corpus.loaders.limits import amount
from corpus.printable import printable, shown
from corpus.walk import Source, walk

SMALL = Limits(unpacked_bytes=2**19, ratio=50, ratio_from=2**18, file_bytes=2**18, characters=1000, field_characters=99)
LINE = b'{"body": "The council met."}\n'


@pytest.fixture(scope="module")
def loading() -> Iterator[Loading]:
    with Loading() as opened:
        yield opened


def told(data: bytes, name: str, loading: Loading | None = None) -> tuple[list[str], list[str]]:
    items = list(load_bytes(data, name, loading))
    return (
        [item.document.text for item in items if isinstance(item, Loaded)],
        [str(item) for item in items if isinstance(item, LoadError)],
    )


def limited(data: bytes, name: str, limits: Limits = SMALL) -> tuple[list[str], list[str]]:
    return told(data, name, Loading(limits, isolated=False))


def one_file(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return out.getvalue()


# The named cases of the manual, each with its sentence.


@pytest.mark.parametrize("name", ["empty.txt", "empty.html", "empty.md", "empty", "empty.pdf", "empty.docx"])
def test_an_empty_file(loading: Loading, name: str) -> None:
    expected = f"could not load {name}: no text found; remove it or fetch the article again"
    assert told(b"", name, loading) == ([], [expected])


def test_a_binary_file_named_txt(loading: Loading) -> None:
    (error,) = load_bytes(b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 8, "notes.txt", loading)
    assert str(error).startswith("could not load notes.txt: it is binary data; what can be loaded is PDF, Word (DOCX),")


def test_a_page_without_an_article(loading: Loading) -> None:
    page = (
        b"<!DOCTYPE html><html><head><title>App</title><style>p { color: red }</style></head>"
        b"<body><noscript>JavaScript is needed.</noscript>"
        b"<div id='root'></div><script>render({article: 'none'})</script></body></html>"
    )
    expected = "could not load app.html: no text found; remove it or fetch the article again"
    assert told(page, "app.html", loading) == ([], [expected])


def test_broken_json_in_line_7_of_9(loading: Loading) -> None:
    lines = [json.dumps({"body": f"The council met for the {n}th time."}).encode() for n in range(1, 10)]
    lines[6] = lines[6][:-5]
    texts, (error,) = told(b"\n".join(lines), "feed.jsonl", loading)
    assert texts == [f"The council met for the {n}th time." for n in range(1, 10) if n != 7]
    assert error.startswith("could not load feed.jsonl, line 7: it is not JSON (")
    assert error.endswith("); repair it")


# Limits.


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
@pytest.mark.parametrize("name", ["a.txt", "a.jsonl", "a.html", "a"])
def test_what_unpacks_to_too_much_is_stopped(pack: Callable[[bytes], bytes], name: str) -> None:
    bomb = pack(LINE + b" " * 2**22)
    assert len(bomb) * 200 < 2**22
    texts, (error,) = limited(bomb, f"{name}.x")
    assert error == (
        f"stopped reading {name}.x: its {amount(len(bomb))} unpack to more than 50 times as much, as only a file made "
        "to fill a disk does; unpack it yourself if you trust it"
    )
    assert texts in ([], ["The council met."])


def test_a_bomb_is_not_held_in_memory() -> None:
    bomb = gzip.compress(b'{"body": "' + b"x" * 2**26 + b'"}\n')
    tracemalloc.start()
    try:
        assert limited(bomb, "a.jsonl.gz")[0] == []
        assert tracemalloc.get_traced_memory()[1] < 2**25
    finally:
        tracemalloc.stop()


def test_unpacked_bytes_are_limited_though_each_layer_packs_little() -> None:
    noise = b"".join(LINE[:-3] + b' %d"}\n' % (n * 7919 % 104_729) for n in range(25_000))
    assert len(noise) > 2**19
    packed = gzip.compress(noise)
    texts, (error,) = limited(packed, "a.jsonl.gz")
    assert error == "stopped reading a.jsonl.gz: it unpacks to more than 512 KiB; split it into smaller files"
    assert 10_000 < len(texts) < 25_000


def test_archives_of_bombs_are_stopped_once_for_all_their_members() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0.txt", "The council met.")
        for n in range(1, 9):
            archive.writestr(f"{n}.txt", b" " * 2**22)
            archive.writestr(f"in/{n}.zip", one_file("x.txt", b" " * 2**22))
    for name, data in (("n.zip", out.getvalue()), ("o.zip", one_file("n.zip", out.getvalue()))):
        texts, errors = limited(data, name)
        assert texts == ["The council met."]
        assert len(errors) == 1 and f"stopped reading {name}: it" in errors[0]


def test_a_dictionary_larger_than_memory_is_refused() -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 2**29}]
    packed = lzma.compress(LINE * 10, format=lzma.FORMAT_XZ, filters=filters)
    texts, (error,) = told(packed, "a.jsonl.xz")
    assert texts == [] and error.startswith("could not decompress a.jsonl.xz: Memory usage limit exceeded;")


def test_a_large_file_is_refused_and_a_growing_one_stopped(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(LINE * (2**18 // len(LINE)))
    (source,) = walk([file])
    assert isinstance(source, Source)
    loading = Loading(SMALL, isolated=False)
    items = load(source, loading)
    assert isinstance(next(items), Loaded)
    with file.open("ab") as more:
        more.write(LINE * 1000)
    *_, last = items
    assert str(last) == "stopped reading a.jsonl: it grew beyond 256 KiB; split it"
    (error,) = load(source, loading)
    assert str(error) == "could not load a.jsonl: it has more than 256 KiB; split it into smaller files"


def test_an_article_of_millions_of_characters_is_refused(loading: Loading) -> None:
    words = b"The council met again and again. " * 151_600
    (error,) = load_bytes(words, "book.txt", loading)
    assert str(error) == (
        "could not load book.txt: its text has 5,002,800 characters, more than the 5,000,000 of an article; "
        "split it into articles"
    )
    (item,) = load_bytes(words[: 5 * 10**6], "long.txt", loading)
    assert isinstance(item, Loaded) and len(item.document.text) == 5 * 10**6


def test_fields_of_any_length_are_refused() -> None:
    lines = [
        {"body": "x", "title": "t" * 100},
        {"body": "x", "author": ["Ann Lee", "Bo Li"] * 9 + ["n" * 90]},
        {"body": "y"},
    ]
    texts, errors = limited("\n".join(map(json.dumps, lines)).encode(), "a.jsonl")
    assert texts == ["y"] and len(errors) == 2
    assert errors[0].endswith("its title and other fields have more than 99 characters; shorten them")


def test_names_are_printable_in_every_message() -> None:
    assert printable("plain näme – “x”") == "plain näme – “x”"
    assert printable("a\nb\x1b[0m\x07\u202e\u200b\udcff\U000e0041") == r"a\nb\x1b[0m\x07\u202e\u200b\udcff\U000e0041"
    assert shown("x" * 1000) == "x" * 150 + "…" + "x" * 150
    for data in (b"", b"\x00\x01", gzip.compress(b"x")[:-4], b"PK\x03\x04", b"%PDF-1.4", b"---\na: [\n---\nx"):
        for item in load_bytes(data, "\x1b[2J\r\n\u202e.md"):
            assert str(item).isprintable()


def test_errors_say_nothing_that_a_terminal_obeys() -> None:
    matter = b'---\ntitle: "\x1b[31m\n---\nx'
    for item in load_bytes(matter, "a.md"):
        assert isinstance(item, Loaded) or str(item).isprintable()
