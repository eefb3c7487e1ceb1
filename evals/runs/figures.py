"""From answers to figures: every metric of every case, and the table of estimates by group of questions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from evals.goldset.model import Question
from evals.metrics.base import Figures, Metric
from evals.runs.record import Column, Estimate, Row
from evals.runs.run import cases
from evals.stats.bootstrap import estimate

Texts = Mapping[tuple[str, int], str]
"""The texts of articles, by id and version."""

Measured = dict[str, dict[int, tuple[float, ...]]]
"""By metric, then by the number of a row: the figures of its case. Rows about which it says nothing are left out."""


def columns(metrics: Sequence[Metric]) -> tuple[Column, ...]:
    """Return what the metrics are, for the run file."""
    return tuple(Column(name=m.name, title=m.title, family=m.family, better=m.better, unit=m.unit) for m in metrics)


def measure(rows: Sequence[Row], metrics: Sequence[Metric], texts: Texts) -> Measured:
    """Return what each metric says about each case; a question that crashed has nothing of what is counted."""
    found: Measured = {metric.name: {} for metric in metrics}
    for number, row in enumerate(rows):
        if row.answer is None and row.question.answerable:
            found.update({m.name: {**found[m.name], number: (0.0,)} for m in metrics if _is_lost(m)})
    for number, case in cases(rows, texts):
        for metric in metrics:
            if (figures := metric.of(case)) is not None:
                found[metric.name][number] = figures
    return found


def _is_lost(metric: Metric) -> bool:
    """Tell whether a question that crashed has nothing of what the metric counts."""
    return metric.per_case and metric.better == "higher" and metric.family in ("answer", "retrieval")


def with_figures(rows: Sequence[Row], metrics: Sequence[Metric], measured: Measured) -> tuple[Row, ...]:
    """Return the rows with the values that metrics give to a case alone."""
    own = [metric.name for metric in metrics if metric.per_case]
    return tuple(
        row.model_copy(update={"figures": {name: measured[name][n][0] for name in own if n in measured[name]}})
        for n, row in enumerate(rows)
    )


def tabulate(rows: Sequence[Row], metrics: Sequence[Metric], measured: Measured) -> dict[str, dict[str, Estimate]]:
    """Return the estimates by group, then by metric, of all that can be told."""
    clusters = [row.cluster for row in rows]
    table: dict[str, dict[str, Estimate]] = {}
    for group, members in groups([row.question for row in rows]).items():
        found = {}
        for metric in metrics:
            some = [n for n in members if n in measured[metric.name]]
            if not some:
                continue
            figures: Figures = np.array([measured[metric.name][n] for n in some], dtype=np.float64)
            one = estimate(metric, figures, [clusters[n] for n in some])
            if not math.isnan(one.value):
                found[metric.name] = one
        table[group] = found
    return table


def groups(questions: Sequence[Question]) -> dict[str, list[int]]:
    """Return the numbers of the questions of each group that is reported: all, by answerability, by type and by tag."""
    found: dict[str, list[int]] = {"all": list(range(len(questions)))}
    for name, answerable in (("answerable", True), ("unanswerable", False)):
        found[name] = [n for n, q in enumerate(questions) if q.answerable is answerable]
    for type_ in dict.fromkeys(q.type for q in questions):
        found[f"type: {type_}"] = [n for n, q in enumerate(questions) if q.type == type_]
    for tag in dict.fromkeys(tag for q in questions for tag in q.tags):
        found[f"tag: {tag}"] = [n for n, q in enumerate(questions) if tag in q.tags]
    return {name: members for name, members in found.items() if members}
