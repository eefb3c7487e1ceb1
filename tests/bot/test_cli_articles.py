"""``whosaid ingest``, ``show`` and ``status`` as processes."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from .conftest import Program

ARTICLE = "ondreva-ledger/aurelian-report-assembly.html"


@pytest.fixture(scope="module")
def known(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """The article as ``show --json`` prints it."""
    program = Program(sample_home, tmp_path_factory.mktemp("known"))
    found: dict[str, object] = json.loads(program("show", ARTICLE, "--json").stdout)
    return found


def test_show_prints_what_is_known_and_the_text(whosaid: Program, known: dict[str, object]) -> None:
    done = whosaid("show", str(known["id"]))
    head, text = done.stdout.split("\n\n", 1)
    assert done.returncode == 0 and text == f"{known['text']}\n"
    assert [line.split()[0] for line in head.splitlines()] == [
        "title", "outlet", "authors", "published", "url", "file", "id", "retrieved"
    ]  # fmt: skip
    assert "outlet    Ondreva Ledger" in head and str(known["url"]) in head


def test_show_knows_an_article_by_each_of_its_names(whosaid: Program, known: dict[str, object], sample: Path) -> None:
    file = sample / ARTICLE
    names = [
        str(known["id"]),
        str(known["url"]),
        str(file),
        os.path.relpath(file, whosaid.folder),
        ARTICLE,
        f"./{ARTICLE}",
        f"ondreva-ledger//../ondreva-ledger/{file.name}",
        file.name,
    ]
    for name in names:
        done = whosaid("show", name, "--json")
        assert done.returncode == 0, (name, done.stderr)
        assert json.loads(done.stdout)["id"] == known["id"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("no-such-article",), "no article is called 'no-such-article'"),
        (("2041.jsonl",), "'2041.jsonl' names 7 articles"),
        ((ARTICLE, "--span", "9:5"), "--span 9:5 is no part of the text"),
        ((ARTICLE, "--span", "0:9999999"), "is no part of the text"),
        ((ARTICLE, "--span", "all"), "--span all is no part of the text"),
        ((ARTICLE, "--version", "2"), "has versions 1 to 1, not 2"),
    ],
)
def test_show_says_what_it_cannot_show(whosaid: Program, arguments: tuple[str, ...], says: str) -> None:
    done = whosaid("show", *arguments)
    assert (done.returncode, done.stdout) == (2, "") and done.stderr.count("\n") == 1 and says in done.stderr


def test_show_marks_a_span(whosaid: Program, known: dict[str, object]) -> None:
    text = str(known["text"])
    start = text.index("assembly")
    span = f"{start}:{start + 8}"
    assert f"{text[:start]}>>>assembly<<<{text[start + 8 :]}" in whosaid("show", ARTICLE, "--span", span).stdout
    assert "\x1b[7massembly\x1b[0m" in whosaid.terminal("show", ARTICLE, "--span", span)[1]
    found = json.loads(whosaid("show", ARTICLE, "--span", span, "--json").stdout)
    assert (found["span"], found["quote"]) == ([start, start + 8], "assembly")


def test_a_changed_article_keeps_its_earlier_version(fresh: Program, sample: Path) -> None:
    file = fresh.folder / "editor-detained.txt"
    first = (sample / "radio-sundral" / file.name).read_text("utf-8")
    second = first + "\nThe station corrected this report on Friday.\n"
    for text, line in ((first, "1 new ("), (second, "1 changed (")):
        file.write_text(text, "utf-8")
        done = fresh("ingest", file.name)
        assert done.returncode == 0 and done.stdout.startswith(line)
    shown = [json.loads(fresh("show", file.name, "--json", *v).stdout) for v in ((), ("--version", "1"))]
    assert [(s["version"], s["text"]) for s in shown] == [(2, second), (1, first)]


def test_status_plain_and_as_json(whosaid: Program) -> None:
    found = json.loads(whosaid("status", "--json").stdout)
    plain = whosaid("status")
    assert plain.returncode == 0
    assert (found["articles"], found["collections"], found["home"]) == (64, {"default": 64}, str(whosaid.home))
    assert found["index"]["problem"] is None and found["index"]["runtime"] == "ONNX Runtime int8 (compiled)"
    for words in (
        "articles    64 (",
        f"statements  {found['index']['statements']}",
        found["index"]["runtime"],
        "up to date",
    ):
        assert words in plain.stdout


def test_status_says_when_the_index_does_not_fit_the_settings(whosaid: Program) -> None:
    done = whosaid("status", env={"WHOSAID_PASSAGE_TOKENS": "128"})
    assert done.returncode == 1 and "passage_tokens = 256, the settings say 128" in done.stdout
    asked = whosaid("ask", "what is known of the dam?", env={"WHOSAID_PASSAGE_TOKENS": "128"})
    assert asked.returncode == 1 and "--rebuild" in asked.stderr and asked.stderr.count("\n") == 1


def test_ingest_again_changes_nothing(fresh: Program, sample: Path) -> None:
    folder = str(sample / "radio-sundral")
    assert fresh("ingest", folder, "--collection", "radio", "--outlet", "Radio Sundral").stdout.startswith("6 new (")
    before = json.loads(fresh("status", "--json").stdout)
    again = fresh("ingest", folder, "--collection", "radio", "--outlet", "Radio Sundral")
    assert again.returncode == 0 and again.stdout.startswith("nothing is new: 6 articles, all as they were")
    after = json.loads(fresh("status", "--json").stdout)
    assert before["index"] == after["index"] and after["collections"] == {"radio": 6}
    assert after["outlets"] == {"Radio Sundral": 6}
    rebuilt = fresh("ingest", folder, "--collection", "radio", "--outlet", "Radio Sundral", "--rebuild")
    assert rebuilt.returncode == 0
    anew = json.loads(fresh("status", "--json").stdout)
    assert anew["index"]["passages"] == after["index"]["passages"] and anew["index"]["problem"] is None
    scoped = fresh("ask", "who was detained?", "--collection", "radio", "--json")
    assert json.loads(scoped.stdout)["corpus"]["articles"] == 6


def test_a_bad_file_does_not_stop_the_run_and_the_exit_code_tells(fresh: Program, sample: Path) -> None:
    (fresh.folder / "a.jsonl").write_text('{"text": "' + "A minister said so. " * 20 + '"}\n{"text": \n', "utf-8")
    (fresh.folder / "b.gz").write_bytes(b"\x1f\x8bnot a gzip file at all")
    (fresh.folder / "c.txt").write_bytes((sample / "radio-sundral" / "editor-detained.txt").read_bytes())
    done = fresh("ingest", ".")
    assert done.returncode == 1 and done.stdout.startswith("2 new; 2 could not be loaded")
    listed = done.stderr[done.stderr.index("Not loaded:") :].splitlines()
    assert len(listed) == 3 and "a.jsonl" in listed[1] and "b.gz" in listed[2]


def test_nothing_to_ingest(fresh: Program) -> None:
    (fresh.folder / "empty").mkdir()
    empty, missing = fresh("ingest", "empty"), fresh("ingest", "missing")
    assert empty.returncode == 0 and empty.stdout.startswith("nothing to load: no files were found")
    assert missing.returncode == 2 and missing.stdout == ""
    assert missing.stderr == "whosaid: cannot load missing: there is no such file or folder; check the path\n"
    nameless = fresh("ingest", "empty", "--collection", " ")
    assert nameless.returncode == 2 and "--collection" in nameless.stderr
