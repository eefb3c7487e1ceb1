"""A run, and the comparison of two, as tables for a terminal."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bot.visible import one_line
from evals.runs.anchors import MULTIHOP, SYSTEMS
from evals.runs.compare import Compared
from evals.runs.record import Column, Estimate, Run
from evals.stats.compare import Difference

_WIDTH = 110  # columns of a table where there is no terminal


def for_tables() -> Console:
    """Return a console on stdout: as wide as the terminal, or wide enough for the tables."""
    return Console(width=None if sys.stdout.isatty() else _WIDTH)


def show(run: Run, console: Console) -> None:
    """Print the figures of a run: a row a metric, then those by group, then the failures in numbers."""
    corpus, rows = run.made.corpus, run.rows
    crashed = [row for row in rows if row.answer is None]
    console.print(
        f"{len(rows)} questions of {run.made.gold.file} over {corpus.articles} articles, "
        f"{sum(row.failed for row in rows)} not as they should be",
        highlight=False,
    )
    console.print(_figures(run))
    console.print(_by_group(run))
    if any(row.question.tags and row.question.tags[0] in MULTIHOP for row in rows):
        console.print(_anchors(run))
    for row in crashed:
        console.print(f"crashed: {row.question.id}: {one_line(row.error or '')}", highlight=False, markup=False)


def text_of(found: Estimate, unit: str) -> str:
    """Return a figure with its interval: ``.812 (.77-.85)``."""
    if found.low is None or found.high is None:
        return number(found.value, unit)
    return f"{number(found.value, unit)} ({number(found.low, unit)}–{number(found.high, unit)})"


def number(value: float, unit: str) -> str:
    """Return a number as it is read: three digits of a share, whole milliseconds."""
    if unit == "ms":
        return f"{value:.0f} ms"
    return f"{value:.0f} {unit}" if unit else f"{value:.3f}"


def _table(*names: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for at, name in enumerate(names):
        table.add_column(name, justify="right" if at else "left", no_wrap=at == 0, min_width=5)
    return table


def _figures(run: Run) -> Table:
    table = _table("all questions", "figure (95% interval)", "n")
    family = ""
    for column in run.metrics:
        if (found := run.table["all"].get(column.name)) is None:
            continue
        if column.family != family:
            family = column.family
            table.add_row(f"[bold]{family}[/bold]", "", "")
        table.add_row(
            f"{column.title}{' ↓' if column.better == 'lower' else ''}", text_of(found, column.unit), str(found.n)
        )
    return table


BY_GROUP = {
    "correct": "correct",
    "gold-citation-recall": "gold cited",
    "attribution": "speaker right",
    "over-refusal": "refused wrongly",
    "refusal-recall": "refused rightly",
    "hits@10": "Hits@10",
}
"""The metrics that are shown of each group, and what they are called there."""


def _by_group(run: Run) -> Table:
    columns = {column.name: column for column in run.metrics}
    shown = [name for name in BY_GROUP if any(name in figures for figures in run.table.values())]
    table = _table("group", "n", *(BY_GROUP[name] for name in shown))
    for group, figures in run.table.items():
        if group != "all":
            cells = [number(figures[name].value, columns[name].unit) if name in figures else "" for name in shown]
            table.add_row(group, str(_size(run, group)), *cells)
    return table


def _size(run: Run, group: str) -> int:
    kind, _, name = group.partition(": ")
    questions = [row.question for row in run.rows]
    if kind in ("answerable", "unanswerable"):
        return sum(q.answerable is (kind == "answerable") for q in questions)
    return sum(q.type == name if kind == "type" else name in q.tags for q in questions)


def _anchors(run: Run) -> Table:
    """Return the table of published figures on MultiHop-RAG, with this run as its last row."""
    table = _table("MultiHop-RAG", "MRR@10", "Hits@10", "Hits@4", "evidence recall@10")
    for system, figures in SYSTEMS:
        table.add_row(system, *("" if figure is None else f"{figure:.3f}" for figure in figures))
    own = run.table["all"]
    names = ("multihop-mrr@10", "multihop-hits@10", "multihop-hits@4", "multihop-evidence-recall@10")
    table.add_row("[bold]whosaid, this run[/bold]", *(f"{own[n].value:.3f}" if n in own else "" for n in names))
    return table


def show_compared(found: Sequence[Compared], columns: Sequence[Column], console: Console) -> None:
    """Print the differences between two runs: B minus A, with intervals, and the chance of one as large by luck."""
    units = {column.name: column for column in columns}
    table = _table("metric", "A", "B", "B − A (95% interval)", "p", "n")
    for one in found:
        column, change = units[one.metric], one.difference
        figures = [number(one.before, column.unit), number(one.after, column.unit), _interval(change)]
        table.add_row(column.title, *figures, f"{change.p:.3f}", str(change.n))
    console.print(table)


def _interval(change: Difference) -> str:
    if change.low is None or change.high is None:
        return f"{change.value:+.3f}"
    return f"{change.value:+.3f} ({change.low:+.3f} to {change.high:+.3f})"
