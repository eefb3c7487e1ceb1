"""Homes that cannot be used as they are: each is told in one sentence."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from .conftest import Program

# Run by a Python that may read the home, and may not write it; all it needs is imported before.
_DROPPED = """
import os, sys
from corpus.catalogue.engine import open_engine
from corpus.errors import CatalogueError
open_engine("sqlite://").dispose()
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
try:
    open_engine("sqlite:///" + sys.argv[1])
except CatalogueError as error:
    print(error)
"""


@pytest.fixture
def home(fresh: Program, tmp_path: Path) -> Program:
    (tmp_path / "a.txt").write_text("The harbour\n\nDredging begins, the engineer said.")
    assert fresh("ingest", str(tmp_path / "a.txt")).returncode == 0
    return fresh


def edition(program: Program) -> Path:
    return program.home / "index" / (program.home / "index" / "current").read_text().strip()


def newer_catalogue(program: Program) -> None:
    with closing(sqlite3.connect(program.home / "catalogue.sqlite")) as database, database:
        database.execute("UPDATE meta SET value = '99' WHERE key = 'schema'")


def newer_index(program: Program) -> None:
    file = edition(program) / "manifest.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "format": 99, "more": 1}))


def damaged(name: str) -> Callable[[Program], None]:
    def damage(program: Program) -> None:
        (edition(program) / name).write_text("nothing of the kind\n" * 300)

    return damage


def gone(program: Program) -> None:
    edition(program).rename(program.home / "moved")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (newer_catalogue, "it has schema 99 and this whosaid knows 1; upgrade whosaid"),
        (newer_index, "has format 99, this whosaid writes 1"),
        (damaged("manifest.json"), "cannot be understood"),
        (damaged("sentences.sqlite"), "could not open the sentence vectors"),
        (damaged("passages/meta.json"), "could not open the lexical index"),
        (damaged("chroma/chroma.sqlite3"), "could not open the vector store"),
        (gone, "is gone or was never finished"),
    ],
)
def test_a_home_that_cannot_answer_says_why_and_what_to_do(
    home: Program, change: Callable[[Program], None], told: str
) -> None:
    change(home)
    asked = home("ask", "what did the engineer say?")
    assert (asked.returncode, asked.stderr.count("\n")) == (1, 1), asked.stderr
    assert told in asked.stderr and ("--rebuild" in asked.stderr or "upgrade whosaid" in asked.stderr)


def test_a_read_only_home_is_told_as_one() -> None:
    with tempfile.TemporaryDirectory() as name:  # pytest's own folders are closed to other users
        folder = Path(name)
        with closing(sqlite3.connect(folder / "catalogue.sqlite")) as database:
            database.execute("CREATE TABLE meta (key, value)")
        folder.chmod(0o555)
        try:
            ran = subprocess.run(
                [sys.executable, "-c", _DROPPED, str(folder / "catalogue.sqlite")],
                capture_output=True, text=True, timeout=120, check=False,
            )  # fmt: skip
        finally:
            folder.chmod(0o755)
    assert ran.stderr == "" and "catalogue.sqlite: its folder is read-only" in ran.stdout, ran
    assert "copy it to a place that is" in ran.stdout
