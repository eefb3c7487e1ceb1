"""The three plots of a report, each with what it says in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from evals.metrics.calibration import ENOUGH
from evals.report.curves import answered, gold_ranks, reliability, risk_coverage
from evals.report.escape import text
from evals.report.svg import Plot
from evals.runs.record import Row, Run

_PARTS = [(at / 4, f"{at * 25}%") for at in range(5)]
_FIRST = 10  # answers from which on a share of wrong ones is drawn; of fewer it leaps about


def plots(run: Run, baseline: Run | None) -> str:
    """Return risk-coverage, reliability and rank plots of a run beside the baseline's, as HTML figures."""
    before = baseline.rows if baseline else ()
    return _risk_coverage(run.rows, before) + _reliability(run.rows) + _ranks(run.rows, before)


def _figure(title: str, picture: str, caption: str, key: str = "") -> str:
    return f'<figure class="plot"><h3>{text(title)}</h3>{picture}{key}<figcaption>{caption}</figcaption></figure>'


def _key(before: Sequence[Row]) -> str:
    entries = [("run", "this run"), *([("base", "baseline")] if before else [])]
    drawn = "".join(f'<li><i class="key {kind}"></i>{name}</li>' for kind, name in entries)
    return f'<ul class="keys" aria-hidden="true">{drawn}</ul>'


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%"


def _risk_coverage(rows: Sequence[Row], before: Sequence[Row]) -> str:
    title, points = "Risk and coverage", risk_coverage(rows)
    if not points:
        return _figure(title, "", "No question was answered.")
    plot = Plot((0, 1), (0, 1))
    plot.axes(_PARTS, _PARTS, ("share of questions answered", "share of answers wrong"))
    for some, kind in ((before, "base"), (rows, "run")):
        if drawn := risk_coverage(some):
            steady = [(p.coverage, p.risk) for p in drawn if p.coverage * len(some) >= _FIRST]
            plot.line(steady, f"line {kind}")
            plot.dot(drawn[-1].coverage, drawn[-1].risk, f"dot {kind}")
    last = points[-1]
    half = next(point for point in points if point.coverage >= last.coverage / 2)
    caption = (
        f"Surest answers first. The dot is the run as it is: {_percent(last.coverage)} of the questions answered, "
        f"{_percent(last.risk)} of the answers wrong; of the surest half of the answers {_percent(half.risk)} are. "
        "An answer to a question that should be refused is a wrong one."
    )
    return _figure(title, plot.drawn(title, caption), text(caption), _key(before))


def _reliability(rows: Sequence[Row]) -> str:
    title, bins, n = "Reliability of confidence", reliability(rows), len(answered(rows))
    if not bins:
        return _figure(title, "", "No question was answered.")
    plot = Plot((0, 1), (0, 1))
    plot.axes(_PARTS, _PARTS, ("confidence", "share of answers right"))
    plot.line([(0, 0), (1, 1)], "line ideal")
    plot.line([(held.confidence, held.right) for held in bins], "line run thin")
    for held in bins:
        plot.dot(held.confidence, held.right, "dot run")
    caption = (
        f"{n:,} answered questions, in {len(bins)} bins of as many each by confidence. On the dashed line confidence "
        "would be the share that is right."
    )
    few = (
        f'<strong class="warning">Fewer than {ENOUGH:,} answered questions: where the dots lie means nothing yet.'
        "</strong> "
    )
    return _figure(title, plot.drawn(title, caption), (few if n < ENOUGH else "") + text(caption))


def _ranks(rows: Sequence[Row], before: Sequence[Row]) -> str:
    title, (counts, missing) = "Rank of the first gold passage", gold_ranks(rows)
    total, last = sum(counts.values()) + missing, max(counts, default=0)
    if not total:
        return _figure(title, "", "No question has gold evidence.")
    shares, lower = _shares(rows, last + 2), _shares(before, last + 2)
    top = max([*shares.values(), *lower.values()]) * 1.12
    step = 0.25 if top > 0.5 else 0.1
    plot = Plot((0.3, last + 2.7), (0, top))
    ticks = [(at * step, _percent(at * step)) for at in range(int(top / step) + 1)]
    plot.axes([*((rank, str(rank)) for rank in counts), (last + 2, "none")], ticks, ("rank", "share of questions"))
    for at, share in lower.items():
        plot.column(at, 0.86, share, "column base")
    for at, share in shares.items():
        plot.column(at, 0.6, share, "column run", str(counts.get(at, missing)))
    caption = (
        f"Of {total:,} questions with evidence {_percent(counts.get(1, 0) / total)} have gold words in the first "
        f"passage, {_percent(missing / total)} in none of the {last or 'no'} retrieved. Numbers count questions."
    )
    return _figure(title, plot.drawn(title, caption), text(caption), _key(before))


def _shares(rows: Sequence[Row], none_at: int) -> dict[int, float]:
    """Return the share of questions with their first gold passage at each rank, those without any at `none_at`."""
    counts, missing = gold_ranks(rows)
    total = sum(counts.values()) + missing
    return {rank: n / total for rank, n in [*counts.items(), (none_at, missing)] if rank <= none_at} if total else {}
