"""What commands tell, and the exit codes that scheduled jobs go by."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from .conftest import Program

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
STORY = "Harbour to close\n\nThe harbour will close in May, said the harbour master Ann Lee.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as a newsroom has it: an article, and what lies beside it."""
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a.txt").write_text(STORY)
    (folder / "photo.png").write_bytes(PNG)
    (folder / "photo").write_bytes(PNG)
    (folder / "style.css").write_text("p { margin: 0 }")
    (folder / "passwords.txt").symlink_to("/etc/passwd")
    os.mkfifo(folder / "pipe")
    return folder


def test_what_is_no_article_by_nature_fails_no_scheduled_ingest(fresh: Program, folder: Path) -> None:
    done = fresh("ingest", str(folder))
    assert (done.returncode, done.stdout.split(" (")[0]) == (0, "1 new; 5 skipped"), done.stderr
    heading, *lines = done.stderr.splitlines()[-6:]
    assert heading == "Skipped, as no articles:"
    names = [line.split(":")[0] for line in lines]
    assert names == [f"  skipped {name}" for name in ("passwords.txt", "photo", "photo.png", "pipe", "style.css")]

    (folder / "b.html").write_bytes(PNG)
    (folder / "c.docx").write_bytes(b"PK\x03\x04 and no more")
    again = fresh("ingest", str(folder))
    assert again.returncode == 1 and "; 2 could not be loaded; 5 skipped (" in again.stdout
    assert "could not load b.html: it is a PNG image" in again.stderr


def test_an_index_is_made_anew_without_naming_the_articles_again(fresh: Program, folder: Path) -> None:
    assert fresh("ingest", str(folder / "a.txt")).returncode == 0
    done = fresh("ingest", "--rebuild")
    assert done.returncode == 0 and done.stdout.startswith("the whole index was made anew (")
    both = fresh("ingest", "--rebuild", str(folder / "a.txt"))
    assert both.stdout.startswith("the whole index was made anew\nnothing is new: 1 article, as it was (")
    nothing = fresh("ingest")
    assert nothing.returncode == 2 and "name files, folders or addresses" in nothing.stderr


def test_the_status_of_a_home_that_cannot_answer_is_an_error(fresh: Program, folder: Path) -> None:
    done = fresh("status")
    assert done.returncode == 1 and "articles    0, 0 versions" in done.stdout
    assert "index       there is nothing to answer from: no article is here; begin with `whosaid" in done.stdout
    assert json.loads(fresh("status", "--json").stdout)["index"]["problem"]
    assert [file.name for file in fresh.home.iterdir()] == ["models"], "looking makes no files"
    assert fresh("feeds", "add", "https://a.example/rss").returncode == 0
    assert fresh("status").returncode == 1, "a home that only follows feeds"
    fresh("ingest", str(folder / "a.txt"))
    assert fresh("status").returncode == 0


def test_the_newest_title_of_a_link_only_article_is_not_its_text(fresh: Program, tmp_path: Path) -> None:
    row = {"body": "The harbour will close in May, said Ann Lee.", "source": "The Ledger", "date": "2041-03-05"}
    (tmp_path / "n.jsonl").write_text(json.dumps(row))
    fresh("ingest", str(tmp_path / "n.jsonl"))
    assert "The harbour will close" in fresh("status").stdout
    (fresh.home / "outlets.toml").write_text('[[outlet]]\nname = "The Ledger"\nrights = "link"\n')
    assert "harbour" not in fresh("status").stdout + fresh("status", "--json").stdout


def test_questions_from_a_file_that_is_no_text(whosaid: Program) -> None:
    (whosaid.folder / "binary").write_bytes(b"\xff\xfe\x00\x9d" * 50)
    done = whosaid("ask", "--from", "binary")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == ("whosaid: cannot read the questions in binary: it is not text in UTF-8; save it as such\n")


def test_a_question_of_control_characters_is_empty(whosaid: Program) -> None:
    done = whosaid("ask", "\x07\x1b")
    assert done.returncode == 2 and "the question is empty" in done.stderr


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("ingest",), ("PDF", "DOCX", "archive", "whose records in a file", "addresses of pages")),
        (("ask",), ("may be given several times",)),
        (("feeds", "list"), ("Example: whosaid feeds list",)),
        (("feeds", "remove"), ("Example: whosaid feeds remove https://",)),
    ],
)
def test_help_says_what_a_command_takes(whosaid: Program, command: tuple[str, ...], words: tuple[str, ...]) -> None:
    said = " ".join(whosaid(*command, "--help", env={"COLUMNS": "200"}).stdout.replace("│", " ").split())
    assert all(word in said for word in words), said
