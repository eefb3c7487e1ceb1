"""Ask the questions of a gold set: through `Whosaid.ask`, as everybody does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pydantic import TypeAdapter

from bot.ask import Whosaid
from bot.model import Answer
from bot.visible import to_json
from evals.case import Case, Located, Place
from evals.goldset.model import Question
from evals.runs.cache import Answers
from evals.runs.record import Row

HITS = 10
_ANSWER = TypeAdapter(Answer)


def ask_all(
    engine: Whosaid,
    questions: Sequence[Question],
    evidence: Mapping[str, tuple[Located, ...]],
    answers: Answers,
    workers: int,
    done: Callable[[], None],
) -> list[Row]:
    """Ask every question and return a row each, in order, without figures; one that crashes is a row that says so.

    Args:
        engine: the home that is asked.
        questions: what is asked.
        evidence: by the id of a question, where its evidence stands.
        answers: what was answered before, and where new answers are kept.
        workers: how many questions are asked at once.
        done: called after each question.
    """

    def row(question: Question) -> Row:
        located = evidence.get(question.id, ())
        answer, error = _asked(engine, question, answers)
        done()
        return Row(
            question=question,
            cluster=cluster_of(question),
            evidence=tuple((e.quote, tuple((p.article_id, p.start, p.end) for p in e.places)) for e in located),
            answer=answer,
            error=error,
            gold_hits=_gold_hits(answer, located),
        )

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(row, questions))


def cluster_of(question: Question) -> str:
    """Return what questions on the same articles share: their group, else the first article, else only itself."""
    if question.group:
        return question.group
    first = question.evidence[0] if question.evidence else None
    return f"{first.article} {first.url or ''}".strip() if first else question.id


def cases(rows: Sequence[Row], texts: Mapping[tuple[str, int], str]) -> Iterator[tuple[int, Case]]:
    """Yield the number and the case of every row that has an answer; `texts` are those of the articles cited."""
    for number, row in enumerate(rows):
        if row.answer is not None:
            located = tuple(Located(quote, tuple(Place(*place) for place in places)) for quote, places in row.evidence)
            yield number, Case(row.question, located, answer_of(row.answer), row.cluster, texts)


def _asked(engine: Whosaid, question: Question, answers: Answers) -> tuple[dict[str, Any] | None, str | None]:
    """Return the answer as ``ask --json --hits 10`` prints it, or what went wrong."""
    if (known := answers.get(question)) is not None:
        return known, None
    facets = question.facets
    try:
        answer = engine.ask(
            question.question,
            filters=facets.filters(),
            history=question.history,
            as_of=facets.as_of,
            scope=facets.scope(),
            hits=HITS,
        )
    except Exception as error:  # whatever it is: a question that crashes is a failed row, not a dead run
        return None, f"{type(error).__name__}: {error}"
    found: dict[str, Any] = json.loads(to_json({"hits": [], **answer.as_json()}))
    answers.put(question, found)
    return found, None


def _gold_hits(answer: dict[str, Any] | None, evidence: Sequence[Located]) -> tuple[int, ...]:
    """Return the ranks of the passages that hold a piece of evidence whole."""
    if answer is None:
        return ()
    return tuple(hit.rank for hit in answer_of(answer).hits if any(piece.held_by(hit) for piece in evidence))


def answer_of(found: dict[str, Any]) -> Answer:
    """Return the answer that a JSON object of ``ask --json`` tells."""
    return _ANSWER.validate_python({name: value for name, value in found.items() if name != "schema"})
