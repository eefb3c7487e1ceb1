"""Homes that cannot be used as they are: each is told in one sentence."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from .conftest import Program


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
