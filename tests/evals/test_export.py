"""Runs as TREC files: other tools compute from them what was computed here."""

from __future__ import annotations

import math
from pathlib import Path

import ir_measures
import pytest
from ir_measures import RR, R, nDCG

from bot.model import Answer, Hit
from corpus.errors import UsageError
from evals.goldset.model import Evidence, Question
from evals.runs.export import export_trec
from evals.runs.record import AskedOf, Held, Made, Row, Run

MADE = Made(
    at="2041-08-02T10:00:00+00:00", whosaid="0", code="c", commit=None, python="3", versions={}, settings={},
    model="m", command="whosaid eval",
    corpus=Held(digest="c", articles=1, oldest=None, newest=None),
    gold=AskedOf(file="some.jsonl", digest="g", questions=1),
)  # fmt: skip

Spans = list[tuple[str, int, int]]
Pieces = list[tuple[str | None, Spans]]


def row(name: str, hits: Spans | None, pieces: Pieces) -> Row:
    """A row with these passages, best first (None: it crashed), and these pieces of evidence with their places."""
    found = [
        Hit(rank=rank, article_id=i, title="", url=None, path=None, start=a, end=b, text="", score=0.5)
        for rank, (i, a, b) in enumerate(hits or (), 1)
    ]
    answer = Answer(
        id="a", question="?", query={}, answered=True, answer="", mode="quoted", confidence=1.0, corpus={},
        hits=tuple(found),
    )  # fmt: skip
    evidence = tuple(Evidence(article=places[0][0], quote=quote) for quote, places in pieces)
    return Row(
        question=Question(id=name, question="?", type="fact", answerable=True, evidence=evidence),
        cluster=name,
        evidence=tuple((quote, tuple(places)) for quote, places in pieces),
        answer={"schema": 1, **answer.as_json()} if hits is not None else None,
        error=None if hits is not None else "KeyError: 'x'",
    )


def refused(name: str) -> Row:
    question = Question(id=name, question="?", type="unanswerable", answerable=False, refusal="no_evidence")
    return Row(question=question, cluster=name, evidence=(), answer=None)


def run(*rows: Row) -> Run:
    return Run(made=MADE, metrics=(), table={}, rows=rows)


FOUND = row(
    "dam 1",  # the passages at ranks 2 and 4 hold a piece, that at 5 one again; a third piece is not found
    [("a", 0, 100), ("b", 0, 100), ("a", 100, 200), ("c", 0, 300), ("c", 250, 400)],
    [
        ("one", [("b", 10, 20)]),
        ("two", [("d", 0, 3), ("c", 260, 263)]),
        ("three", [("e", 7, 12)]),
    ],
)
WHOLE = row("whole", [("x", 0, 50), ("w", 900, 950)], [(None, [("w", 0, 2000)])])
CRASHED = row("crash", None, [("one", [("a", 0, 3)])])
MISSED = row("missed", [("a", 0, 2)], [("one", [("a", 0, 3)])])


def measured(folder: Path, what: str, *metrics: object) -> dict[tuple[str, str], float]:
    qrels = list(ir_measures.read_trec_qrels(str(folder / f"{what}.qrels")))
    results = list(ir_measures.read_trec_run(str(folder / f"{what}.run")))
    found = ir_measures.iter_calc(list(metrics), qrels, results)
    return {(metric.query_id, str(metric.measure)): metric.value for metric in found}


def gain(*ranks: int) -> float:
    return sum(1 / math.log2(rank + 1) for rank in ranks)


def test_other_tools_compute_the_same_from_the_passages(tmp_path: Path) -> None:
    files = export_trec(run(FOUND, refused("none"), WHOLE, CRASHED, MISSED), tmp_path / "trec")
    assert [file.name for file in files] == ["passages.run", "passages.qrels", "articles.run", "articles.qrels"]
    found = measured(tmp_path / "trec", "passages", nDCG @ 10, RR @ 10, R @ 10)
    assert found["dam_1", "nDCG@10"] == pytest.approx(gain(2, 4) / gain(1, 2, 3))
    assert found["dam_1", "RR@10"] == pytest.approx(1 / 2)
    assert found["dam_1", "R@10"] == pytest.approx(2 / 3)
    assert found["whole", "nDCG@10"] == pytest.approx(gain(2) / gain(1))
    assert found["missed", "nDCG@10"] == 0.0
    assert found["crash", "nDCG@10"] == 0.0
    assert not any(name == "none" for name, _ in found)


def test_articles_stand_at_the_rank_of_their_first_passage(tmp_path: Path) -> None:
    export_trec(run(FOUND, MISSED), tmp_path)
    lines = (tmp_path / "articles.run").read_text().splitlines()
    assert lines[:3] == [
        "dam_1 Q0 a 1 1.000000 whosaid",
        "dam_1 Q0 b 2 0.500000 whosaid",
        "dam_1 Q0 c 3 0.333333 whosaid",
    ]
    assert (tmp_path / "articles.qrels").read_text().splitlines()[:3] == ["dam_1 0 b 1", "dam_1 0 c 1", "dam_1 0 e 1"]
    found = measured(tmp_path, "articles", nDCG @ 10)
    assert found["dam_1", "nDCG@10"] == pytest.approx(gain(2, 3) / gain(1, 2, 3))
    assert found["missed", "nDCG@10"] == 1.0  # the article is right, if not the passage


def test_the_lines_are_those_of_trec(tmp_path: Path) -> None:
    export_trec(run(FOUND), tmp_path)
    assert (tmp_path / "passages.run").read_text().splitlines()[1] == "dam_1 Q0 b:0-100 2 0.500000 whosaid"
    assert (tmp_path / "passages.qrels").read_text().splitlines() == [
        "dam_1 0 b:0-100 1",
        "dam_1 0 c:0-300 1",
        "dam_1 0 e:7-12 1",
    ]


def test_what_cannot_be_exported_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no question of this run has evidence"):
        export_trec(run(refused("none")), tmp_path)
    with pytest.raises(UsageError, match="two questions would be called 'dam_1'"):
        export_trec(
            run(FOUND, FOUND.model_copy(update={"question": FOUND.question.model_copy(update={"id": "dam\t1"})})),
            tmp_path,
        )
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"could not write .*passages\.run"):
        export_trec(run(FOUND), tmp_path / "file")
