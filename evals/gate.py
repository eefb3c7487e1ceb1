"""The gate: fails where a run is worse than what was accepted, by more than chance and the tolerance explain.

    python -m evals.gate [--run RUN.json] [--baseline evals/baseline.json]
    python -m evals.gate --accept [--reason "..."] [--run RUN.json]

Without ``--run`` the sample's gold set is asked. Exit code 0: every floor holds; 1: one sentence for each that does
not; 2: wrong usage. A floor does not hold where the 95% interval of the change, paired by question and clustered by
article (`evals.stats.compare`), lies wholly beyond the tolerance on the bad side, where the value is below the
least that it may be, where the run lacks the metric, or where the questions or the articles are others than
those of the baseline. A question that crashed counts as answered as badly as can be. ``--accept`` writes the run's
floors into the baseline, and refuses to lower one without a reason.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from bot.settings import read_settings
from corpus.errors import UsageError, WhosaidError
from evals.baseline import Baseline, Measured, accepted, faults, read_baseline, set_name, write_baseline
from evals.floors import figures_of
from evals.goldset.readers import read_any
from evals.metrics.table import METRICS
from evals.runs.evaluate import Asked, Watcher, evaluate
from evals.runs.record import Row, Run, read_run
from evals.stats.compare import compare

BASELINE = Path(__file__).with_name("baseline.json")
GOLD = Path(__file__).with_name("gold") / "sample.jsonl"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says of one floor: a line of figures, and what is wrong in a sentence, None where it holds."""

    line: str
    wrong: str | None = None


def check(baseline: Baseline, run: Run) -> list[Verdict]:
    """Return a verdict for each floor of the run's gold set, or a single one where they cannot be compared."""
    name = set_name(run)
    if wrong := faults(baseline):
        return [Verdict("baseline", f"the baseline contradicts itself: {'; '.join(wrong)}")]
    old = baseline.sets.get(name)
    if old is None:
        return [Verdict(name, f"{name} has no baseline: make one with --accept")]
    if (run.made.gold.digest, run.made.corpus.digest) != (old.gold, old.corpus):
        what = "questions" if run.made.gold.digest != old.gold else "articles"
        return [Verdict(name, f"{name}: the {what} are others than those of the baseline: {_ANEW}")]
    if {row.question.id for row in run.rows} != old.questions.keys():
        asked = f"{len(run.rows)} questions were asked, and the baseline has {len(old.questions)}"
        return [Verdict(name, f"{name}: {asked}, or others: ask all of them, without --limit")]
    return [_verdict(old, metric, run.rows) for metric in old.floors]


def make_run(tell: Callable[[str], None]) -> Run:
    """Ask the sample's questions of the sample, as ``whosaid eval`` does, and return the run.

    Raises:
        WhosaidError: the set or its corpus cannot be read.
    """
    gold = read_any(GOLD)
    asked = Asked(gold=gold, questions=gold.questions, parts=gold.corpus)
    return evaluate(read_settings(), asked, METRICS, watcher=Watcher(stage=tell))


def main(arguments: Sequence[str] | None = None) -> int:
    """Check, or accept, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m evals.gate", description=__doc__.partition("\n")[0])
    parser.add_argument("--run", type=Path, help="a run file; else the sample's questions are asked")
    parser.add_argument("--baseline", type=Path, default=BASELINE, help="the file of floors (evals/baseline.json)")
    parser.add_argument("--accept", action="store_true", help="write the run's floors into the baseline")
    parser.add_argument("--reason", help="why a floor may be lowered")
    options = parser.parse_args(arguments)
    if options.reason is not None and not options.accept:
        parser.error("--reason goes with --accept")
    try:
        baseline = read_baseline(options.baseline)
        run = read_run(options.run) if options.run else make_run(lambda line: print(line, file=sys.stderr))
        if options.accept:
            return _accept(baseline, run, options.reason, options.baseline)
    except UsageError as error:
        parser.error(str(error))
    except WhosaidError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    verdicts = check(baseline, run)
    for verdict in verdicts:
        print(f"{'fails' if verdict.wrong else 'holds'}  {verdict.line}")
    for verdict in verdicts:
        if verdict.wrong:
            print(verdict.wrong, file=sys.stderr)
    return int(any(verdict.wrong for verdict in verdicts))


_ANEW = "accept a new one with --accept --reason"


def _accept(baseline: Baseline, run: Run, reason: str | None, file: Path) -> int:
    try:
        new = accepted(baseline, run, reason, datetime.now(UTC).date().isoformat())
    except UsageError as error:
        print(error, file=sys.stderr)
        return 1
    write_baseline(new, file)
    for metric, floor in new.sets[set_name(run)].floors.items():
        print(f"{metric}: {floor.value:.4f}, tolerance {floor.tolerance}")
    for why in new.reasons[len(baseline.reasons) :]:
        print(f"lowered: {why.metric} from {why.before} to {why.after}: {why.reason}")
    return 0


def _verdict(old: Measured, metric: str, rows: Sequence[Row]) -> Verdict:
    """Compare one metric question by question."""
    floor = old.floors[metric]
    worst = 0.0 if floor.better == "higher" else 1.0
    pairs, current = [], []
    for row in rows:
        before = old.questions[row.question.id].figures.get(metric)
        after = figures_of(row).get(metric)
        if row.answer is None and before is not None:
            after = worst
        if after is not None:
            current.append(after)
            if before is not None:
                pairs.append((before, after, row.cluster))
    if not pairs:
        had = sum(metric in one.figures for one in old.questions.values())
        told = f"{metric}: no question has a figure for it, where {had} had one: mend it, or {_ANEW}"
        return Verdict(f"{metric}: {floor.value:.4f}, then none", told)
    value = float(np.mean(current))
    a, b = (np.array([[pair[side]] for pair in pairs], dtype=np.float64) for side in (0, 1))
    change = compare(a, b, [cluster for _, _, cluster in pairs])
    low, high = (change.value if bound is None else bound for bound in (change.low, change.high))
    line = f"{metric}: {floor.value:.4f}, then {value:.4f}; change {change.value:+.4f} ({low:+.4f} to {high:+.4f})"
    sign = 1 if floor.better == "higher" else -1
    if floor.least is not None and sign * (value - floor.least) < 0:
        return Verdict(line, f"{metric} is {value:.4f}, and must be {floor.least:g}: find out what broke it")
    if (high if sign > 0 else -low) < -floor.tolerance:
        told = f"changed by {change.value:+.4f} ({low:+.4f} to {high:+.4f}) on {change.n} questions"
        return Verdict(line, f"{metric} {told}, more than the tolerance of {floor.tolerance:g}: mend it, or {_ANEW}")
    return Verdict(line)


if __name__ == "__main__":
    sys.exit(main())
