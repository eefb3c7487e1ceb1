"""The floors that a change must not go below: ``evals/baseline.json``, its rules, and what may change in it.

For each gold set the file has the digests of the questions and of the articles on which it was measured, the
circumstances of the run, a floor for each of `FLOORS`, and for each question the figures of these metrics, so that the
next run is compared with it question by question. `reasons` says why a floor was ever lowered; it only grows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus.errors import UsageError
from evals.floors import DIGITS, FLOORS, SAME, Floor, figures_of
from evals.runs.record import Run

DATA = "data"
"""What stands for a metric in a reason why the questions or the articles are others than before."""

STATEMENTS = "statements"
"""What stands for the gold set in a reason why a floor of statements found was lowered."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Asked(_Frozen):
    """One question: the cluster that it belongs to, and its figure for each floor that it counts for."""

    cluster: str
    figures: dict[str, float]


class Measured(_Frozen):
    """What was measured on one gold set; the digests tell of which questions and articles."""

    gold: str = Field(min_length=1)
    corpus: str = Field(min_length=1)
    made: dict[str, Any]
    floors: dict[str, Floor]
    questions: dict[str, Asked]


class Why(_Frozen):
    """Why the floor of a metric of a set was lowered: from what to what (None: it has none any more), and when."""

    date: str
    set: str
    metric: str
    before: float | str = Field(alias="from")
    after: float | str | None = Field(alias="to")
    reason: str = Field(min_length=1)


class Baseline(_Frozen):
    """The file: what was measured, by the name of the gold set, and why floors were lowered, oldest first.

    `statements` are the floors of statements as found in articles (see `evals.gate_statements`).
    """

    schema_: Literal[1] = 1
    sets: dict[str, Measured] = {}
    statements: dict[str, Floor] = {}
    reasons: tuple[Why, ...] = ()


def set_name(run: Run) -> str:
    """Return what a run's gold set is called in the file: its file's name and the filters."""
    return " ".join([run.made.gold.file, *run.made.gold.filters])


def measured(run: Run) -> Measured:
    """Return the floors that a run sets; a metric that the run lacks gets none."""
    better = {column.name: column.better for column in run.metrics}
    questions = {
        row.question.id: Asked(
            cluster=row.cluster, figures={name: round(value, DIGITS) for name, value in figures_of(row).items()}
        )
        for row in run.rows
    }
    names = [name for name in FLOORS if any(name in one.figures for one in questions.values())]
    floors = {
        name: Floor(
            value=_mean(questions, name),
            better=better[name.rpartition("/")[2]],
            tolerance=FLOORS[name].tolerance,
            least=FLOORS[name].least,
        )
        for name in names
    }
    return Measured(
        gold=run.made.gold.digest,
        corpus=run.made.corpus.digest,
        made=run.made.model_dump(mode="json", exclude={"command", "gold", "corpus"}),
        floors=floors,
        questions=questions,
    )


def accepted(baseline: Baseline, run: Run, reason: str | None, date: str) -> Baseline:
    """Return the baseline with a run's floors in place of those of its set.

    Raises:
        UsageError: a floor is lowered, is gone, or is measured on other data, and no reason is given.
    """
    crashed = [row.question.id for row in run.rows if row.answer is None]
    if crashed:
        raise UsageError(f"cannot accept a run in which {len(crashed)} questions crashed, first {crashed[0]}: mend it")
    name = set_name(run)
    sets = dict(sorted({**baseline.sets, name: measured(run)}.items()))
    return explained(baseline, baseline.model_copy(update={"sets": sets}), reason, date)


def explained(baseline: Baseline, new: Baseline, reason: str | None, date: str) -> Baseline:
    """Return `new`, with the reason for each floor that it lowers.

    Raises:
        UsageError: a floor is lowered, is gone, or is measured on other data, and no reason is given.
    """
    loosened = list(loosenings(baseline, new))
    if not loosened:
        return new
    if not (reason or "").strip():
        told = "; ".join(f"{one.set}, {one.metric}: {one.before} to {one.after}" for one in loosened)
        raise UsageError(f"a floor is not lowered without a reason ({told}): say why with --reason")
    why = tuple(one.model_copy(update={"date": date, "reason": reason}) for one in loosened)
    return new.model_copy(update={"reasons": (*baseline.reasons, *why)})


def loosenings(old: Baseline, new: Baseline) -> Iterator[Why]:
    """Yield what needs a reason: each floor that is looser or gone, and each set that is on other data."""
    for name, before in old.sets.items():
        after = new.sets.get(name)
        digests = [f"{one.gold[:12]} over {one.corpus[:12]}" if one else None for one in (before, after)]
        if digests[0] is not None and digests[0] != digests[1]:
            yield _needed(name, DATA, digests[0], digests[1])
        yield from _looser(name, before.floors, after.floors if after else {})
    yield from _looser(STATEMENTS, old.statements, new.statements)


def _looser(name: str, before: Mapping[str, Floor], after: Mapping[str, Floor]) -> Iterator[Why]:
    for metric, floor in before.items():
        now = after.get(metric)
        if now is None or now.looser(floor):
            yield _needed(name, metric, floor.value, now.value if now else None)


def unexplained(old: Baseline, new: Baseline) -> list[str]:
    """Return a sentence for each floor that `new` lowers and gives no new reason for, and for reasons taken out."""
    if new.reasons[: len(old.reasons)] != old.reasons:
        return ["reasons that were given before are gone or changed: put them back"]
    given = {(why.set, why.metric, why.after) for why in new.reasons[len(old.reasons) :]}
    return [
        f"{one.set}: the floor of {one.metric} went from {one.before} to {one.after} without a reason in `reasons`"
        for one in loosenings(old, new)
        if (one.set, one.metric, one.after) not in given
    ]


def faults(baseline: Baseline) -> list[str]:
    """Return a sentence for each thing in the file that does not agree with the rest of it, or with `FLOORS`."""
    found = []
    for name, one in baseline.sets.items():
        for metric, rule in FLOORS.items():
            floor = one.floors.get(metric)
            if floor is None and "/" in metric and not any(metric in asked.figures for asked in one.questions.values()):
                continue  # a set without such questions
            if floor is None:
                explained = any((why.set, why.metric, why.after) == (name, metric, None) for why in baseline.reasons)
                found += [] if explained else [f"{name}: {metric} has no floor, and `reasons` does not say why"]
            elif (floor.tolerance, floor.least) != rule:
                found.append(f"{name}: {metric} was accepted under another tolerance than the gate's: accept it anew")
            elif abs(floor.value - _mean(one.questions, metric)) > SAME:
                found.append(f"{name}: {metric} is {floor.value}, and its questions make it something else")
    return found


def read_baseline(file: Path) -> Baseline:
    """Read the file; one that is not there is empty.

    Raises:
        UsageError: it cannot be read, or is no baseline.
    """
    try:
        return Baseline.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return Baseline()
    except OSError as error:
        raise UsageError(f"could not read {file}: {error.strerror}; check its permissions") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise UsageError(f"{file} is no baseline: {where}: {first['msg']}; restore it, or accept a run anew") from error


def write_baseline(baseline: Baseline, file: Path) -> None:
    """Write the file, a line a floor, a reason and a question, so that changes of it can be read.

    Raises:
        UsageError: it cannot be written.
    """
    text = _lines(baseline.model_dump(mode="json", by_alias=True), 4)
    try:
        file.write_text(text + "\n", "utf-8")
    except OSError as error:
        raise UsageError(f"could not write {file}: {error.strerror}; check the folder") from error


def _needed(name: str, metric: str, before: float | str, after: float | str | None) -> Why:
    return Why.model_validate({"date": "", "set": name, "metric": metric, "from": before, "to": after, "reason": "?"})


def _mean(questions: Mapping[str, Asked], metric: str) -> float:
    figures = [one.figures[metric] for one in questions.values() if metric in one.figures]
    return round(sum(figures) / len(figures), DIGITS) if figures else float("nan")


def _lines(value: Any, depth: int, indent: str = "") -> str:
    """Return JSON with objects and lists broken into lines down to a depth."""
    if depth == 0 or not isinstance(value, dict | list) or not value:
        return json.dumps(value, ensure_ascii=False)
    inner = f"{indent} "
    if isinstance(value, dict):
        parts = [f"{json.dumps(k, ensure_ascii=False)}: {_lines(v, depth - 1, inner)}" for k, v in value.items()]
    else:
        parts = [json.dumps(item, ensure_ascii=False) for item in value]
    opening, closing = ("{", "}") if isinstance(value, dict) else ("[", "]")
    return f"{opening}\n" + ",\n".join(inner + part for part in parts) + f"\n{indent}{closing}"
