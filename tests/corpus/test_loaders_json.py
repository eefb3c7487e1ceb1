"""JSON files: lists of articles, one article, and what programming interfaces wrap around them."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus.errors import LoadError
from corpus.loaders import Loaded, load
from corpus.walk import walk

BODY = "“We welcome lawful rallies,” the minister said."
ARTICLES = [{"id": n, "title": f"Item {n}", "body": f"{BODY} ({n})", "published_at": "2041-03-05"} for n in (1, 2)]


def items(folder: Path, content: Any, name: str = "a.json", **how: Any) -> list[Loaded | LoadError]:
    path = folder / name
    data = content if isinstance(content, str | bytes) else json.dumps(content, **how)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return list(load(next(walk([path]))))


def loaded(folder: Path, content: Any, name: str = "a.json", **how: Any) -> list[Loaded]:
    found = items(folder, content, name, **how)
    assert all(isinstance(item, Loaded) for item in found), found
    return [item for item in found if isinstance(item, Loaded)]


def failure(folder: Path, content: Any, name: str = "a.json") -> str:
    (item,) = items(folder, content, name)
    assert isinstance(item, LoadError), item
    return str(item)


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("key", [None, "articles", "items", "data", "results", "docs"])
@pytest.mark.parametrize("inside", [None, "response"])
def test_a_list_of_articles_bare_or_wrapped(
    tmp_path: Path, indent: int | None, key: str | None, inside: str | None
) -> None:
    content: Any = {"status": "ok", "totalResults": 2, key: ARTICLES} if key else ARTICLES
    content = {inside: content} if inside and key else content
    found = loaded(tmp_path, content, indent=indent)
    assert [item.document.record for item in found] == ["1", "2"]
    assert [item.document.text for item in found] == [article["body"] for article in ARTICLES]
    assert {item.loader for item in found} == {"json"}


@pytest.mark.parametrize("indent", [None, 2])
def test_one_article(tmp_path: Path, indent: int | None) -> None:
    (item,) = loaded(tmp_path, {**ARTICLES[0], "images": [{"url": "x"}]}, indent=indent)
    assert (item.document.text, item.document.title) == (ARTICLES[0]["body"], "Item 1")
    assert str(item.document.published) == "2041-03-05"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
def test_in_other_encodings(tmp_path: Path, encoding: str) -> None:
    found = loaded(tmp_path, json.dumps(ARTICLES, ensure_ascii=False).encode(encoding))
    assert [item.document.text for item in found] == [article["body"] for article in ARTICLES]


def test_the_name_of_the_file_does_not_matter_for_a_list(tmp_path: Path) -> None:
    for name in ("a.jsonl", "a.txt", "a"):
        assert len(loaded(tmp_path, ARTICLES, name, indent=2)) == 2


def test_json_lines_under_the_name_of_json(tmp_path: Path) -> None:
    found = loaded(tmp_path, "\n".join(json.dumps(article) for article in ARTICLES))
    assert [item.loader for item in found] == ["jsonl", "jsonl"]


def test_an_item_that_is_no_article_is_an_error_with_its_place(tmp_path: Path) -> None:
    found = items(tmp_path, [ARTICLES[0], {"title": "No text"}, ARTICLES[1]])
    assert [type(item) for item in found] == [Loaded, LoadError, Loaded]
    assert str(found[1]) == (
        "could not load a.json, article 2 (looked for body, text, content, maintext, article): no text found; "
        "remove it or fetch the article again"
    )


def test_what_holds_no_articles_is_told(tmp_path: Path) -> None:
    assert failure(tmp_path, '[\n{"body":\n}]').endswith(
        "it is not JSON (Expecting value at line 3, column 1); repair it"
    )
    assert "looked for a list under articles, items, data, results, docs, too" in failure(tmp_path, {"rows": ARTICLES})
    assert "nested too deeply" in failure(tmp_path, '[{"body":' + "[" * 100_000)
    assert "no text found" in failure(tmp_path, "  \n")
    assert items(tmp_path, []) == []
    assert "it holds no articles" in failure(tmp_path, "7")


def test_the_hash_is_of_the_fields_however_they_are_written(tmp_path: Path) -> None:
    plain = loaded(tmp_path, ARTICLES)
    other = loaded(
        tmp_path,
        {"articles": [dict(reversed(article.items())) for article in ARTICLES[::-1]]},
        indent=4,
        ensure_ascii=False,
    )
    assert [item.raw_hash for item in plain] == [item.raw_hash for item in other[::-1]]
    assert len({item.raw_hash for item in plain}) == 2


def test_line_7_of_9_is_broken_and_the_other_8_are_taken(tmp_path: Path) -> None:
    lines = [json.dumps({"id": n, "body": f"{BODY} {n}"}) for n in range(1, 10)]
    lines[6] = lines[6][:-20]
    found = items(tmp_path, "\n".join(lines), "a.jsonl")
    assert "".join(item.document.record for item in found if isinstance(item, Loaded)) == "12345689"
    (error,) = (str(item) for item in found if isinstance(item, LoadError))
    assert error == (
        "could not load a.jsonl, line 7: it is not JSON (Unterminated string starting at column 19); repair it"
    )


def dumped(key: str | None, inside: str | None, indent: int | None) -> str:
    content: Any = {"status": "ok", "meta": {"page": [1]}, key: ARTICLES} if key else ARTICLES
    return json.dumps({inside: content} if inside else content, indent=indent)


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize(("key", "inside"), [(None, None), ("articles", None), ("results", "response")])
def test_of_a_list_that_is_cut_off_the_whole_articles_are_taken(
    tmp_path: Path, key: str | None, inside: str | None, indent: int | None
) -> None:
    text = dumped(key, inside, indent)
    whole = loaded(tmp_path, text)
    cut = text[: text.index("Item 2") + 3]
    *taken, error = items(tmp_path, cut)
    assert taken == whole[:1]
    line, column = cut.count("\n") + 1, cut.rindex('"') - cut.rfind("\n")
    assert str(error) == (
        f"could not load a.json, after article 1: it is not JSON (Unterminated string starting at line {line}, "
        f"column {column}); repair it"
    )


@pytest.mark.parametrize(
    ("change", "taken"),
    [
        (lambda text: text[:-1], 2),
        (lambda text: text + "]", 2),
        (lambda text: text.replace("}, {", "} {"), 1),
        (lambda text: text[:-2] + ', "x": ' + "[" * 100_000, 1),
        (lambda text: text.replace(": 2,", ": " + "9" * 5_000 + ","), 1),
    ],
)
def test_what_stands_before_any_damage_is_taken(tmp_path: Path, change: Callable[[str], str], taken: int) -> None:
    text = json.dumps(ARTICLES)
    *found, error = items(tmp_path, change(text))
    assert found == loaded(tmp_path, text)[:taken]
    assert str(error).startswith(f"could not load a.json, after article {taken}: it")


def test_one_article_that_is_cut_off_is_an_error(tmp_path: Path) -> None:
    said = failure(tmp_path, json.dumps({**ARTICLES[0], "items": ARTICLES})[:-5])
    assert said.startswith("could not load a.json: it is not JSON (Unterminated string starting at line 1, column ")


def test_json_lines_in_utf_16(tmp_path: Path) -> None:
    text = "\n".join(json.dumps(article, ensure_ascii=False) for article in ARTICLES)
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        assert len(loaded(tmp_path, text.encode(encoding), "a.jsonl")) == 2


def test_a_json_feed(tmp_path: Path) -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "The Herald",
        "items": [
            {
                "id": "https://herald.example/a",
                "url": "https://herald.example/a",
                "title": "Law &amp; order",
                "content_html": f"<p>{BODY}</p><p>He left.</p>",
                "date_published": "2041-03-05T10:00:00Z",
                "authors": [{"name": "Ann Lee"}],
            }
        ],
    }
    (item,) = loaded(tmp_path, feed, indent=1)
    found = item.document
    assert (found.text, found.title, found.authors) == (f"{BODY}\n\nHe left.", "Law & order", ("Ann Lee",))


KEYS = st.sampled_from(["body", "articles", "data", "title", "author", "date", "id", "source"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10) | st.just(BODY),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["body", "articles", "data", "title", "author", "date", "id", "source"]), inner, max_size=5
        )
    ),
    max_leaves=20,
)


@settings(max_examples=100, deadline=None)
@given(JSON.map(json.dumps).map(str.encode) | st.binary(max_size=50).map(b"[{".__add__))
@example(b'{"articles":' + b"[" * 5_000 + b"]" * 5_000 + b"}")
@example(b'[{"body": "\\ud83d"}]')
@example(b'[{"body": "x", "id": ' + b"9" * 5_000 + b"}]")
def test_no_json_makes_the_loader_raise(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for item in items(Path(folder), data):
            if isinstance(item, Loaded):
                assert item.document.text.strip() and item.document.title
                item.document.text.encode()
            else:
                assert "could not" in str(item)
