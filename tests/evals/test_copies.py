"""The measure of copies: figures worked out by hand, pairs that are what they say, and the floor on real articles."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from corpus.errors import UsageError
from evals.copies import catalogue, found, halves, main, read, report, score
from evals.copies_pairs import Article, Pair, article, make_pairs


def pair(copies: bool, kind: str = "edited") -> Pair:
    return Pair(kind, copies, "a", "b", ("http://a", "http://b"))


def record(n: int, body: str) -> dict[str, str]:
    return {"url": f"http://a/{n}", "title": f"Title {n}", "published_at": "2041-03-05", "body": body}


def test_precision_and_recall_by_hand() -> None:
    pairs = [pair(True), pair(True), pair(True), pair(False), pair(False)]
    counted = score(pairs, [True, True, False, True, False])
    assert (counted.pairs, counted.copies, counted.found, counted.right) == (5, 3, 3, 2)
    assert counted.precision == pytest.approx(2 / 3) and counted.recall == pytest.approx(2 / 3)
    assert (score([], []).precision, score([], []).recall) == (1.0, 1.0)


def test_the_report_names_each_pair_taken_wrongly() -> None:
    lines = list(report("dev", [pair(True), pair(False, "template")], [False, False]))
    assert lines[0] == "dev: 2 pairs, 1 copies: precision 1.000 (0/0), recall 0.000 (0/1)"
    assert lines[1] == "  wrong: edited http://a http://b"
    assert lines[2] == "  right by kind: edited 0/1, template 1/1"


def test_a_half_holds_each_text_once_and_equal_texts_meet_in_one_half() -> None:
    articles = [article(record(n, f"The dam number {n % 20} is safe.")) for n in range(40)]
    dev, test = halves(articles)
    assert len(dev) + len(test) == 20 and dev and test
    assert {a.body for a in dev}.isdisjoint(a.body for a in test)


def test_a_file_is_read_gzipped_or_not_and_a_bad_line_is_named(tmp_path: Path) -> None:
    line = json.dumps(record(1, "The dam is safe."))
    plain, packed = tmp_path / "a.jsonl", tmp_path / "a.jsonl.gz"
    plain.write_text(line + "\n", "utf-8")
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert read(plain) == read(packed) == [article(json.loads(line))]
    plain.write_text(line + "\n{}\n", "utf-8")
    with pytest.raises(UsageError, match=r"a\.jsonl:2: no article"):
        read(plain)
    with pytest.raises(UsageError, match="cannot read"):
        read(tmp_path / "none.jsonl")


def test_too_few_articles_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "few.jsonl"
    bodies = "\n\n".join(f"The dam at Sorn was opened in the year {n} by the minister." for n in range(12))
    file.write_text("".join(json.dumps(record(n, f"{bodies} {n}")) + "\n" for n in range(8)), "utf-8")
    assert main([str(file)]) == 1
    assert "cannot make 200 pairs" in capsys.readouterr().err


def test_a_catalogue_of_texts_is_grouped(sample: Path) -> None:
    texts = [file.read_text("utf-8") for file in sorted((sample / "talmerian-news-agency").glob("*.txt"))]
    whole = catalogue([*texts, texts[3].upper(), texts[5] + "\n\nMore follows."])
    last = len(texts) + 1
    assert sorted(whole.groups) == [[3, last - 1], [last, 5]]
    assert whole.most_candidates == 1 and whole.candidates == 4 / (len(texts) + 2)


@pytest.fixture(scope="module")
def some(shared_data: Path) -> list[Article]:
    """A third of the articles: enough to make pairs of, and quick."""
    return read(shared_data / "scale" / "articles.jsonl.gz")[:3400]


def test_pairs_of_real_articles_are_told_apart(some: list[Article]) -> None:
    pairs = make_pairs(some, 7)
    kinds = Counter((one.kind, one.copies) for one in pairs)
    assert kinds == {
        ("truncated", True): 40,
        ("re_headlined", True): 40,
        ("edited", True): 40,
        ("boilerplate", False): 13,
        ("template", False): 13,
        ("same_event", False): 40,
        ("follow_up", False): 14,
    }
    assert all(one.a != one.b for one in pairs if not one.copies)
    figures = score(pairs, [found(one) for one in pairs])
    assert figures.precision >= 0.98 and figures.recall >= 0.95
