"""``whosaid statements``: one JSON object an article, offsets into its stored text, whatever its file is like."""

from __future__ import annotations

import codecs
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from bot.commands import statements
from bot.settings import Settings
from corpus.errors import UsageError

from .conftest import Program

ARTICLE = "ondreva-ledger/aurelian-report-assembly.html"
SAID = "Mayor Zoë Čapek said on Monday that the bridge would be closed.\n\n“Nobody will cross it,” she said.\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a home in which nothing is."""
    return Settings(home=tmp_path / "home", statements="rules")


def rows(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_form_of_an_object(sample: Path, settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    file = sample / "000_88a69eeaa2e40b64.txt"
    assert statements.run(settings, [str(file)], True, None) == 0
    [row] = rows(capsys)
    assert (list(row), row["path"]) == (["path", "statements"], str(file))
    text = file.read_text("utf-8")
    for one in row["statements"]:
        assert list(one) == ["source", "cue", "content", "kind", "speaker", "via", "said"]
        assert one["kind"] in ("direct", "indirect", "mixed") and one["content"]
        assert one["speaker"] is None or list(one["speaker"]) == ["name", "role", "affiliation"]
        for start, end in (*one["source"], *one["cue"], *one["content"]):
            assert 0 <= start < end <= len(text)
    welcomed = next(
        one
        for one in row["statements"]
        if any("continues to welcome lawful rallies" in text[start:end] for start, end in one["content"])
    )
    assert welcomed["speaker"]["name"] == "An Sokkhoeurn" and welcomed["speaker"]["role"] == "spokesman"
    assert [text[start:end] for start, end in welcomed["cue"]] != []


@pytest.mark.parametrize(
    "data",
    [
        SAID.encode(),
        codecs.BOM_UTF8 + SAID.encode(),
        SAID.replace("\n", "\r\n").encode(),
        codecs.BOM_UTF16_LE + SAID.encode("utf-16-le"),
        SAID.encode("cp1250"),
        ("\n\n\t" + SAID + " \n").encode(),
    ],
    ids=["plain", "bom", "crlf", "utf-16", "cp1250", "blank"],
)
def test_offsets_count_the_characters_of_the_file(
    data: bytes, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_bytes(data)
    encoding = "utf-16" if data.startswith(codecs.BOM_UTF16_LE) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode("cp1250")
    assert statements.run(settings, [str(tmp_path / "a.txt")], True, None) == 0
    [row] = rows(capsys)
    found = [[text[start:end] for start, end in one["content"]] for one in row["statements"]]
    assert found == [["that the bridge would be closed"], ["Nobody will cross it"]]
    assert [text[s:e] for s, e in row["statements"][0]["source"]] == ["Mayor Zoë Čapek"]


def test_folders_files_and_records_in_their_order(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "news" / "more"
    folder.mkdir(parents=True)
    (folder / "b.txt").write_text(SAID, "utf-8")
    (tmp_path / "news" / "dull.txt").write_text("It rained on Monday, and on Tuesday it did not.\n", "utf-8")
    (tmp_path / "news" / "empty.txt").write_text("", "utf-8")
    records = [{"title": f"No {n}", "body": SAID, "url": f"https://news.example/{n}"} for n in (1, 2)]
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress("".join(json.dumps(r) + "\n" for r in records).encode()))
    assert statements.run(settings, ["a.jsonl.gz", "news", "news/more/b.txt"], True, None) == 1
    out, err = capsys.readouterr()
    found = [json.loads(line) for line in out.splitlines()]
    assert [row["path"].partition("#")[0] for row in found] == ["a.jsonl.gz"] * 2 + ["news/dull.txt", "news/more/b.txt"]
    assert [(row["record"], row["title"]) for row in found[:2]] == [
        (row["path"].partition("#")[2], f"No {n}") for n, row in enumerate(found[:2], 1)
    ]
    assert found[0]["url"] == "https://news.example/1" and found[2] == {"path": "news/dull.txt", "statements": []}
    assert err.count("\n") == 1 and "empty.txt" in err


def test_what_is_no_article(settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "photo.jpg").write_bytes(bytes(range(256)) * 8)
    assert statements.run(settings, [str(tmp_path / "photo.jpg")], False, None) == 1
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("whosaid: skipped photo.jpg: it is a picture")
    (tmp_path / "a.txt").write_text(SAID, "utf-8")
    assert statements.run(settings, [str(tmp_path)], False, None) == 0, "beside an article it is only told"
    assert "skipped photo.jpg" in capsys.readouterr().err
    with pytest.raises(UsageError, match="there is nothing in"):
        statements.run(settings, [str(tmp_path / "a.txt"), "no-such-article"], False, None)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("keys", [[""], [" "], ["a.txt", ""]])
def test_an_empty_name_is_not_the_current_folder(
    keys: list[str], settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text(SAID, "utf-8")
    with pytest.raises(UsageError, match="an empty name was given"):
        statements.run(settings, keys, False, None)


def test_a_stored_article_and_its_file_say_the_same(
    sample_home: Path, sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = Settings(home=sample_home)
    assert statements.run(home, [ARTICLE, str(sample / ARTICLE)], True, "rules") == 0
    by_name, by_file = rows(capsys)
    assert by_name["statements"] == by_file["statements"] and len(by_file["statements"]) > 10
    assert (by_name["path"], by_name["version"]) == (ARTICLE, 1)


def test_statements_are_readable_by_either_method(whosaid: Program, sample: Path) -> None:
    file = str(sample / "000_88a69eeaa2e40b64.txt")
    listed = [whosaid("statements", file, *by).stdout for by in ((), ("--by", "rules"))]
    assert listed[0] != listed[1], "the tagger is the default"
    for lines in listed:
        assert "An Sokkhoeurn, spokesman" in lines and "continues to welcome lawful rallies" in lines
        name, *rest = lines.splitlines()
        assert name == file and sum(line.startswith("    ") for line in rest) == len(rest) / 2
