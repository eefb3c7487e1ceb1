"""Files written by hand: what is wrong is told by file, entry and field."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from corpus.errors import UsageError
from corpus.handwritten import Entry, digest_of, parse_entries, read_entries


def one(source: str) -> Entry:
    (entry,) = parse_entries(source, "things.toml", ["thing"])
    return entry


def test_a_file_that_is_not_there_has_no_entries(tmp_path: Path) -> None:
    assert read_entries(tmp_path / "things.toml", ["thing"]) == []


def test_entries_come_in_order_and_are_numbered(tmp_path: Path) -> None:
    file = tmp_path / "things.toml"
    file.write_bytes(b'\xef\xbb\xbf# with a byte-order mark\r\n[[thing]]\r\nname = "A"\r\n[[thing]]\r\nname = "B"\r\n')
    assert [(e.number, e.text("name")) for e in read_entries(file, ["thing"])] == [(1, "A"), (2, "B")]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"[[thing]\n", "things.toml: it is not TOML"),
        ("[[thing]]\nname = 'M\xfcller'".encode("cp1252"), "it is not UTF-8 at byte 19"),
        (b"[[thong]]\nname = 'A'", "things.toml has 'thong', which means nothing there; its entries are [[thing]]"),
        (b"[thing]\nname = 'A'", "things.toml has 'thing' in another form than entries; begin each with [[thing]]"),
        (b"thing = 3", "begin each with [[thing]]"),
        (b"x = " + b"[" * 5000 + b"]" * 5000, "things.toml: its lists are nested too deeply"),
    ],
)
def test_what_is_no_such_file_is_told_in_one_sentence(content: bytes, told: str, tmp_path: Path) -> None:
    file = tmp_path / "things.toml"
    file.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        read_entries(file, ["thing"])
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_in_its_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "things.toml").mkdir()
    with pytest.raises(UsageError, match=r"cannot read .*things\.toml: .*; make it readable or remove it"):
        read_entries(tmp_path / "things.toml", ["thing"])


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    file = tmp_path / "things.toml"
    file.touch(0o000)
    with pytest.raises(UsageError, match="make it readable or remove it"):
        read_entries(file, ["thing"])


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ("nam = 'A'", "things.toml, [[thing]] 1, field 'nam': there is no such field in a [[thing]]; use name or also"),
        ("", "things.toml, [[thing]] 1, field 'name': it is missing; write name = \"...\""),
        ("name = ' '", "things.toml, [[thing]] 1 (' '), field 'name': it is empty"),
        ("name = 3", "field 'name': found 3, which is no text; put it in quotation marks"),
        ("name = 'A'\nalso = ['B', 4]", "things.toml, [[thing]] 1 ('A'), field 'also': found 4, which is no text"),
        ("name = 'A'\nalso = {x = 'B'}", "field 'also': found {'x': 'B'}, which is no text"),
    ],
)
def test_a_wrong_field_is_told_with_its_entry(fields: str, told: str) -> None:
    entry = one(f"[[thing]]\n{fields}")
    with pytest.raises(UsageError) as caught:
        entry.check_keys(["name", "also"])
        entry.text("name")
        entry.texts("also")
    assert told in str(caught.value)


def test_a_text_may_stand_for_a_list_of_one_and_lines_are_joined() -> None:
    entry = one('[[thing]]\nname = """A\n  B"""\nalso = "C"')
    assert entry.text("name") == "A B"
    assert entry.texts("also") == ("C",)
    assert entry.texts("other") == ()
    assert entry.maybe_text("other") is None


def test_the_digest_changes_with_what_is_said_and_not_with_how_it_is_laid_out() -> None:
    said = digest_of([one("[[thing]]\nname = 'A'\nalso = ['B']")], 1)
    assert said == digest_of([one('# a remark\n[[thing]]\nalso = [\n "B",\n]\nname = "A"')], 1)
    assert said != digest_of([one("[[thing]]\nname = 'A'\nalso = ['C']")], 1)
    assert said != digest_of([one("[[thing]]\nname = 'A'\nalso = ['B']")], 2)
    assert digest_of([], 1) == ""
