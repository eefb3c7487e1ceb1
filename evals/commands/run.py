"""``whosaid eval GOLD``: ask, measure, print, and write what was asked for."""

from __future__ import annotations

import importlib
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.settings import Settings
from bot.terminal import bar
from bot.visible import one_line
from corpus.errors import UsageError
from evals.goldset.read import GoldSet
from evals.goldset.readers import read_any
from evals.metrics.base import Metric
from evals.metrics.table import METRICS
from evals.runs.corpus import Part
from evals.runs.evaluate import Asked, Watcher, chosen, evaluate
from evals.runs.record import Run, read_run, write_run
from evals.runs.tell import for_tables, show, show_compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The flags of ``eval``, as typed."""

    corpus: tuple[Path, ...] = ()
    json: bool = False
    out: Path | None = None
    html: Path | None = None
    baseline: Path | None = None
    filters: tuple[str, ...] = ()
    workers: int = 1
    limit: int | None = None
    judge: str | None = None


def run(settings: Settings, gold: Path, options: Options) -> int:
    """Run the evaluation; return 0 when it was finished, however the answers are."""
    found = read_any(gold)
    baseline = read_run(options.baseline) if options.baseline else None  # what is wrong with it is told at once
    metrics = (*METRICS, *_judged(options.judge)) if options.judge else METRICS
    asked = Asked(
        gold=found,
        questions=chosen(found.questions, options.filters, options.limit),
        filters=options.filters,
        parts=parts_of(settings, found, options.corpus),
        judge=options.judge,
    )
    with _Shown() as shown:
        made = evaluate(settings, asked, metrics, options.workers, shown.watcher())
    _write(made, baseline, options)
    return 0


def parts_of(settings: Settings, gold: GoldSet, corpus: tuple[Path, ...]) -> tuple[Part, ...]:
    """Return what is to be ingested: what --corpus names; else, where no home is named, the set's own corpus."""
    if corpus:
        return tuple(Part(path) for path in corpus)
    return () if settings.home is not None else gold.corpus


def _write(made: Run, baseline: Run | None, options: Options) -> None:
    """Print and write the run, as asked for."""
    if options.out:
        write_run(made, options.out)
    if options.html:
        from evals.report import render_report

        try:
            options.html.write_text(render_report(made, baseline), "utf-8")
        except OSError as error:
            raise UsageError(
                f"could not write the report {options.html}: {error.strerror}; check the folder"
            ) from error
    if options.json:
        print(made.model_dump_json(indent=1))
        return
    console = for_tables()
    show(made, console)
    if baseline:
        from evals.runs.compare import compare_runs

        console.print(f"A: {options.baseline}, B: this run", highlight=False, markup=False)
        show_compared(compare_runs(baseline, made), made.metrics, console)


def _judged(name: str) -> tuple[Metric, ...]:
    """Return the metrics that a language model judges, with the model that ``MODULE:NAME`` is, or makes."""
    from evals.metrics.judged import judged

    module, _, attribute = name.partition(":")
    try:
        model: Any = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise UsageError(
            f"cannot take {name!r} for a judge: {error}; write MODULE:NAME of a LlamaIndex LLM, which "
            "`pip install 'whosaid[llamaindex]'` brings"
        ) from error
    return judged(model() if callable(model) else model, name)


class _Shown(ExitStack):
    """Progress on stderr: a bar on a terminal, else a line for each stage."""

    def __enter__(self) -> _Shown:
        super().__enter__()
        self._bar: Progress | None = None
        if sys.stderr.isatty():
            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            self._bar = self.enter_context(bar(*columns, transient=True))
            self._task = self._bar.add_task("", total=None)
        return self

    def watcher(self) -> Watcher:
        """Return what the run tells."""
        return Watcher(stage=self._stage, begin=self._begin, done=self._done)

    def _stage(self, sentence: str) -> None:
        if self._bar:
            self._bar.update(self._task, description=one_line(sentence), total=None, completed=0)
        else:
            print(one_line(sentence), file=sys.stderr, flush=True)

    def _begin(self, questions: int) -> None:
        self._stage(f"asking {questions} questions")
        if self._bar:
            self._bar.update(self._task, total=questions)

    def _done(self) -> None:
        if self._bar:
            self._bar.advance(self._task)
