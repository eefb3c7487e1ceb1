"""MultiHop-RAG's questions (Tang and Yang, COLM 2024, arXiv 2401.15391) as gold questions.

Each has `query`, `answer`, `question_type` and an `evidence_list` of facts, which stand verbatim in the article
at their `url`. Questions of the type "null_query" are not answered by the corpus.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from evals.goldset.faults import Faults
from evals.goldset.model import Evidence, Question
from evals.goldset.read import GoldSet, lines_of, parsed, read_bytes, read_sidecar

INFERENCE, NULL = "inference_query", "null_query"
TYPES = (INFERENCE, "comparison_query", "temporal_query", NULL)


def is_multihop(value: Mapping[str, Any]) -> bool:
    """Tell whether a JSON object is a question of MultiHop-RAG."""
    return "query" in value and "question_type" in value


def read_multihop(file: Path) -> GoldSet:
    """Read questions of MultiHop-RAG: a question a line, or one list of them as the set is published.

    All are of the split dev. A question that can be answered has the type "fact" and every fact as evidence, any of
    which counts as a find; one that cannot is expected to be refused for want of evidence. The set's own type is
    a tag. The answer of an inference question, a name, becomes what the answer must include where a fact has it,
    since quoting can then show it; "Yes", "No" and the like are said by no article, and are not asked for.

    Raises:
        GoldError: a question lacks a field, or comes twice.
        UsageError: the file cannot be read.
    """
    data = read_bytes(file)
    faults = Faults(file)
    questions: dict[str, tuple[int, Question]] = {}
    for number, record in _records(data, faults):
        question = _question(record, number, faults)
        if question is None:
            continue
        if question.id in questions:
            first = questions[question.id][0]
            faults.add(f", field id: expected an id of its own, found that of line {first}, {question.id}", number)
        questions[question.id] = number, question
    faults.tell()
    return GoldSet(
        file=file,
        form="multihop-rag",
        questions=tuple(question for _, question in questions.values()),
        digest=hashlib.sha256(data).hexdigest(),
        corpus=read_sidecar(file),
        where={name: f"{file.name}, line {number}" for name, (number, _) in questions.items()},
    )


def _records(data: bytes, faults: Faults) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the questions with their numbers: lines, or places in the list."""
    if data.lstrip().startswith(b"["):
        try:
            yield from enumerate(json.loads(data), 1)
        except ValueError as error:
            faults.add(f"not JSON ({error}); take the file as it was published")
        return
    for number, line in lines_of(data):
        if (record := parsed(line, number, faults)) is not None:
            yield number, record


def _question(record: dict[str, Any], number: int, faults: Faults) -> Question | None:
    wrong = list(_wrong(record))
    for sentence in wrong:
        faults.add(sentence, number)
    if wrong:
        return None
    kind, facts = record["question_type"], [(item["url"], item["fact"]) for item in record["evidence_list"]]
    return Question(
        id=record.get("id") or f"line-{number:04}",
        question=record["query"],
        type="unanswerable" if kind == NULL else "fact",
        split="dev",
        answerable=kind != NULL,
        refusal="no_evidence" if kind == NULL else None,
        evidence=tuple(Evidence(article=url, quote=fact) for url, fact in facts),
        must_include=_must_include(kind, record["answer"], [fact for _, fact in facts]),
        tags=(kind,),
    )


def _wrong(record: Any) -> Iterator[str]:
    """Yield what a question lacks."""
    if not isinstance(record, dict):
        yield "expected an object {...}"
        return
    for name in ("query", "answer"):
        if not isinstance(record.get(name), str) or not record[name]:
            yield f", field {name}: expected some text, found {record.get(name)!r}"
    if not isinstance(record.get("id", ""), str):
        yield f", field id: expected text, found {record['id']!r}"
    kind, evidence = record.get("question_type"), record.get("evidence_list")
    if kind not in TYPES:
        yield f", field question_type: expected one of {', '.join(TYPES)}, found {kind!r}"
    if not isinstance(evidence, list) or bool(evidence) == (kind == NULL):
        yield f", field evidence_list: expected {'no facts' if kind == NULL else 'a list of facts'}"
        return
    for at, item in enumerate(evidence, 1):
        for name in ("fact", "url"):
            if not isinstance(item, dict) or not isinstance(item.get(name), str) or not item[name]:
                yield f", field evidence_list, entry {at}, {name}: expected some text"


def _must_include(kind: str, answer: str, facts: list[str]) -> tuple[tuple[str, ...], ...]:
    """Return the answer as what must be included, where it is a name that a fact has."""
    whole = re.compile(rf"(?<!\w){re.escape(answer)}(?!\w)", re.IGNORECASE)
    named = kind == INFERENCE and any(whole.search(fact) for fact in facts)
    return ((answer,),) if named else ()
