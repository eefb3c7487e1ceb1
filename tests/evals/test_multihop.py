"""The MultiHop-RAG score, against figures worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import UsageError
from evals.multihop import check_hits, main, render, score, table

BODY = (
    "The ministry said lawful rallies would be protected.\n\n"
    "Its spokesman declined to say when. The union called the answer evasive.\n\n"
    "A court had ordered the ministry to reply by Friday."
)
RALLIES = "lawful rallies would be protected"
EVASIVE = "The union called the answer evasive."
COURT = "A court had ordered the ministry"


def answer(question: str, *texts: str, answered: bool = True) -> dict[str, Any]:
    hits = [{"rank": rank, "url": "http://a/1", "text": text} for rank, text in enumerate(texts, 1)]
    return {"question": question, "answered": answered, **({"hits": hits} if hits else {})}


def query(question: str, kind: str, *facts: str) -> dict[str, Any]:
    return {"query": question, "question_type": kind, "evidence_list": [{"fact": fact} for fact in facts]}


def test_the_first_passage_with_any_fact_sets_the_rank_and_every_fact_counts_for_recall() -> None:
    # Of three facts the second passage holds one and the fifth another: 1/2; within four; 2/3 of the facts.
    found = score(["nothing", f"so {RALLIES}", "nothing", "nothing", EVASIVE, EVASIVE], [COURT, EVASIVE, RALLIES])
    assert found.reciprocal_rank == 0.5
    assert found.hit_at_4 == found.hit_at_10 == 1
    assert found.evidence_recall == pytest.approx(2 / 3)


def test_a_fact_at_rank_five_is_no_hit_at_four_and_at_eleven_no_hit_at_all() -> None:
    fifth = score(["-"] * 4 + [RALLIES], [RALLIES])
    assert (fifth.reciprocal_rank, fifth.hit_at_4, fifth.hit_at_10, fifth.evidence_recall) == (0.2, 0, 1, 1)
    eleventh = score(["-"] * 10 + [RALLIES], [RALLIES])
    assert (eleventh.reciprocal_rank, eleventh.hit_at_10, eleventh.evidence_recall) == (0, 0, 0)


def test_spaces_and_newlines_do_not_matter_and_other_characters_do() -> None:
    assert score(["lawful\nrallies  would be protected"], [RALLIES]).hit_at_4 == 1
    assert score(["lawful\trallies would be protected"], [RALLIES]).hit_at_4 == 0
    assert score(["Lawful rallies would be protected"], [RALLIES]).hit_at_4 == 0


def test_rows_are_means_over_groups_and_null_questions_count_for_refusal_only() -> None:
    queries = [
        query("q1", "inference_query", RALLIES, COURT),
        query("q2", "temporal_query", EVASIVE),
        query("q3", "null_query"),
        query("q4", "null_query"),
    ]
    answers = [
        answer("q1", "-", RALLIES),  # 1/2, 1, 1, 1/2
        answer("q2", answered=False),  # nothing at all: 0, 0, 0, 0
        answer("q3", "-", answered=False),
        answer("q4", RALLIES),
    ]
    rows = {row.group: row for row in table(answers, queries)}
    everything = rows["answerable"]
    assert (everything.questions, everything.refused, everything.mrr_at_10) == (2, 0.5, 0.25)
    assert (everything.hits_at_4, everything.hits_at_10, everything.evidence_recall_at_10) == (0.5, 0.5, 0.25)
    assert (rows["null"].questions, rows["null"].refused, rows["null"].mrr_at_10) == (2, 0.5, None)
    assert rows["temporal_query"].refused == 1
    assert "| answerable | 2 | 0.250 | 0.500 | 0.500 | 0.250 | 0.500 |" in render(rows.values())
    assert "| null | 2 |  |  |  |  | 0.500 |" in render(rows.values())


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ([], "0 answers to 1 questions"),
        ([answer("another", RALLIES)], "another question"),
        ([answer("q")], "--hits 10"),
    ],
)
def test_answers_of_another_run_are_refused(answers: list[dict[str, Any]], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        table(answers, [query("q", "inference_query", RALLIES)])


def write(path: Path, *records: dict[str, Any]) -> str:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return str(path)


def run(folder: Path, answered: dict[str, Any], body: str = BODY) -> int:
    return main(
        [
            "--answers", write(folder / "answers.jsonl", answered),
            "--queries", write(folder / "queries.jsonl", query("q", "inference_query", RALLIES, COURT)),
            "--corpus", write(folder / "corpus.jsonl", {"url": "http://a/1", "body": body}),
        ]
    )  # fmt: skip


def test_the_command_prints_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, answer("q", RALLIES)) == 0
    assert "| answerable | 1 | 1.000 | 1.000 | 1.000 | 0.500 | 0.000 |" in capsys.readouterr().out


def test_a_passage_padded_beyond_256_tokens_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # One token a word by the model's vocabulary; its tokenizer file alone would cut both at 128.
    assert run(tmp_path, answer("q", "ministry " * 256), body="ministry " * 300) == 0
    assert run(tmp_path, answer("q", "ministry " * 257), body="ministry " * 300) == 1
    assert "257 tokens, and a passage has at most 256" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("hit", "told"),
    [
        ({"rank": 1, "url": "http://a/1", "text": "unlawful rallies would be banned"}, "must be verbatim"),
        ({"rank": 1, "url": "http://b/2", "text": RALLIES}, "no article of the corpus"),
    ],
)
def test_a_hit_that_is_not_of_the_corpus_is_an_error(hit: dict[str, Any], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        check_hits([{"question": "q", "answered": True, "hits": [hit]}], {"http://a/1": BODY}, len)


def test_a_missing_or_broken_file_is_told_in_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = write(tmp_path / "queries.jsonl", query("q", "inference_query", RALLIES))
    broken = tmp_path / "answers.jsonl"
    broken.write_text("{}\nnot json\n", encoding="utf-8")
    for answers, told in [(str(tmp_path / "none"), "cannot read"), (str(broken), "line 2: not JSON")]:
        assert main(["--answers", answers, "--queries", good, "--corpus", good]) == 1
        assert told in capsys.readouterr().err
