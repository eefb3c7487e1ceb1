"""The sample articles are what their README says, and the questions on them rest on their words."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from corpus.loaders import Loaded, load
from corpus.walk import Source, walk
from evals.goldset.model import TYPES, Question

SEED = "000_88a69eeaa2e40b64.txt"
SEED_SHA256 = "1caac8d3ae9bcb8dceaf56e8e7938095b25f8056d7770b5468aaf97a4f7e978d"
GOLD = Path(__file__).resolve().parents[2] / "evals" / "gold" / "sample.jsonl"


@pytest.fixture(scope="module")
def gold() -> list[dict[str, Any]]:
    return [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]


def decoded(path: Path) -> str:
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")


@pytest.fixture(scope="module")
def texts(sample: Path) -> dict[tuple[str, str | None], str]:
    """What is stored of each article, by the path of its file and, where a file holds several, its URL."""
    found: dict[tuple[str, str | None], str] = {}
    for source in walk([sample]):
        assert isinstance(source, Source)
        for loaded in load(source):
            assert isinstance(loaded, Loaded)
            url = loaded.document.url if ".jsonl" in source.relative else None
            found[source.relative, url] = loaded.document.text
    return found


def articles(sample: Path) -> set[str]:
    files = (p for p in sample.rglob("*") if p.is_file() and p.name != "README.md")
    return {p.relative_to(sample).as_posix() for p in files}


def test_the_seed_article_is_as_it_came(sample: Path) -> None:
    assert hashlib.sha256((sample / SEED).read_bytes()).hexdigest() == SEED_SHA256


def test_the_readme_says_at_the_top_that_the_rest_is_fictional(sample: Path) -> None:
    top = "\n".join((sample / "README.md").read_text(encoding="utf-8").splitlines()[:5])
    assert "except the seed article is fictional" in top


def test_the_readme_names_files_that_are_there_and_leaves_none_out(sample: Path) -> None:
    readme = (sample / "README.md").read_text(encoding="utf-8")
    named = {n for n in re.findall(r"`([^`\s]+\.(?:txt|md|html|jsonl)(?:\.gz)?)`", readme) if "evals/" not in n}
    assert named == articles(sample)


def test_fictional_articles_are_dated_where_nobody_takes_them_for_news(sample: Path) -> None:
    for name in articles(sample) - {SEED}:
        recent = re.findall(r"\b20[0-2]\d-\d\d-\d\d\b", name + decoded(sample / name))
        assert not recent, name


def test_every_format_is_there(sample: Path) -> None:
    kinds = {
        "".join(Path(name).suffixes[-2:]) if name.endswith(".gz") else Path(name).suffix for name in articles(sample)
    }
    assert kinds == {".txt", ".md", ".html", ".jsonl", ".txt.gz", ".html.gz", ".jsonl.gz"}


def test_every_question_is_one(gold: list[dict[str, Any]]) -> None:
    for row in gold:
        Question.model_validate_json(json.dumps(row))
        assert row["answerable"] is bool(row["must_include"]), row["id"]
        if row["type"] != "follow-up":
            assert (row["type"] in {"false-speaker", "unanswerable"}) is not row["answerable"], row["id"]


def test_there_are_enough_of_each_kind_to_report_on(gold: list[dict[str, Any]]) -> None:
    kinds = Counter(row["type"] for row in gold if row["split"] == "test")
    near = sum("near-miss" in row["tags"] for row in gold if row["split"] == "test")
    assert kinds["statement"] >= 60 and min(kinds["false-speaker"], kinds["follow-up"], near) >= 40, kinds
    assert set(kinds) == set(TYPES) and len(gold) >= 350


def test_ids_and_questions_are_unique(gold: list[dict[str, Any]]) -> None:
    asked = {(row["question"].casefold(), *row["history"]) for row in gold}
    assert len({row["id"] for row in gold}) == len(asked) == len(gold)


def test_a_follow_up_comes_after_questions_of_the_set(gold: list[dict[str, Any]]) -> None:
    """A chain is asked from its first turn on: each turn but the last is a question with the history before it."""
    asked = {(*row["history"], row["question"]) for row in gold}
    for row in gold:
        if row["history"]:
            assert tuple(row["history"]) in asked, row["id"]
            assert len(row["history"]) <= 3, row["id"]


def test_an_article_is_asked_about_in_one_split_only(gold: list[dict[str, Any]]) -> None:
    splits: dict[tuple[str, str | None], set[str]] = {}
    for row in gold:
        for piece in row["evidence"]:
            splits.setdefault((piece["article"], piece.get("url")), set()).add(row["split"])
    assert [article for article, found in splits.items() if len(found) > 1] == []


def test_every_quotation_is_in_its_article_on_one_line(
    gold: list[dict[str, Any]], texts: dict[tuple[str, str | None], str]
) -> None:
    for row in gold:
        for piece in row["evidence"]:
            assert "\n" not in piece["quote"] and piece["quote"].strip() == piece["quote"], row["id"]
            assert piece["quote"] in texts[piece["article"], piece.get("url")], row["id"]


def test_what_an_answer_must_hold_is_in_the_evidence(
    gold: list[dict[str, Any]], texts: dict[tuple[str, str | None], str]
) -> None:
    for row in gold:
        text = "\n".join(texts[p["article"], p.get("url")] for p in row["evidence"]).casefold()
        for group in row["must_include"]:
            assert any(alternative.casefold() in text for alternative in group), (row["id"], group)
