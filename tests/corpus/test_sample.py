"""The sample articles are what their README says, and the questions on them rest on their words."""

from __future__ import annotations

import gzip
import hashlib
import html
import json
import re
from pathlib import Path
from typing import Any

import pytest

SEED = "000_88a69eeaa2e40b64.txt"
SEED_SHA256 = "1caac8d3ae9bcb8dceaf56e8e7938095b25f8056d7770b5468aaf97a4f7e978d"
GOLD = Path(__file__).resolve().parents[2] / "evals" / "gold" / "sample.jsonl"
FIELDS = {
    "id": str,
    "question": str,
    "type": str,
    "split": str,
    "answerable": bool,
    "refusal": (str, type(None)),
    "speaker": (str, type(None)),
    "history": list,
    "facets": dict,
    "evidence": list,
    "must_include": list,
    "must_not_attribute_to": list,
}
TYPES = {"statement", "fact", "speaker", "contrast", "dated", "follow-up", "false-speaker", "unanswerable"}
REFUSALS = {"no_evidence", "speaker_silent", "unknown_speaker", "nothing_matches_filters", "empty_index"}


@pytest.fixture(scope="module")
def gold() -> list[dict[str, Any]]:
    return [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]


def decoded(path: Path) -> str:
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")


def readable(path: Path, url: str | None) -> str:
    """What a reader sees: bodies of the records (of `url`, when given), pages without tags, else the file."""
    text = decoded(path)
    name = path.name.removesuffix(".gz")
    if name.endswith(".jsonl"):
        records = [json.loads(line) for line in text.splitlines()]
        wanted = [r for r in records if url is None or url in (r.get("url"), r.get("link"))]
        return "\n".join(r.get("body") or r.get("text") or r["content"] for r in wanted)
    if name.endswith(".html"):
        body = re.sub(r"<script.*?</script>", "", text[text.index("<body") :], flags=re.S)
        return html.unescape(re.sub(r"<[^>]+>", "", body))
    return text


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


def test_every_question_has_its_fields(gold: list[dict[str, Any]]) -> None:
    for row in gold:
        assert set(row) == set(FIELDS), row["id"]
        assert all(isinstance(row[field], kind) for field, kind in FIELDS.items()), row["id"]
        assert row["type"] in TYPES and row["split"] in {"dev", "test"}, row["id"]
        assert all(isinstance(g, list) and g and all(isinstance(a, str) for a in g) for g in row["must_include"])


def test_a_question_is_either_answerable_with_evidence_or_refused_with_a_reason(
    gold: list[dict[str, Any]],
) -> None:
    for row in gold:
        if row["answerable"]:
            assert row["evidence"] and row["must_include"] and row["refusal"] is None, row["id"]
        else:
            assert not row["evidence"] and row["refusal"] in REFUSALS, row["id"]
        assert (row["type"] in {"false-speaker", "unanswerable"}) is not row["answerable"], row["id"]


def test_ids_and_questions_are_unique(gold: list[dict[str, Any]]) -> None:
    assert len({row["id"] for row in gold}) == len({row["question"].casefold() for row in gold}) == len(gold)


def test_an_article_is_asked_about_in_one_split_only(gold: list[dict[str, Any]]) -> None:
    splits: dict[tuple[str, str | None], set[str]] = {}
    for row in gold:
        for piece in row["evidence"]:
            splits.setdefault((piece["article"], piece.get("url")), set()).add(row["split"])
    assert [article for article, found in splits.items() if len(found) > 1] == []


def test_every_quotation_is_in_its_article_on_one_line(gold: list[dict[str, Any]], sample: Path) -> None:
    names = articles(sample)
    for row in gold:
        for piece in row["evidence"]:
            assert piece["article"] in names, row["id"]
            assert "\n" not in piece["quote"] and piece["quote"].strip() == piece["quote"], row["id"]
            assert piece["quote"] in readable(sample / piece["article"], piece.get("url")), row["id"]
            if ".jsonl" in piece["article"]:
                assert piece["url"], row["id"]


def test_what_an_answer_must_hold_is_in_the_evidence(gold: list[dict[str, Any]], sample: Path) -> None:
    for row in gold:
        text = "\n".join(readable(sample / p["article"], p.get("url")) for p in row["evidence"]).casefold()
        for group in row["must_include"]:
            assert any(alternative.casefold() in text for alternative in group), (row["id"], group)
