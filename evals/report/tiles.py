"""The figures of a run: tiles, bars by question type, and the whole table, each with its interval and its change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from evals.report.change import PASSED, Compared
from evals.report.escape import interval, number, signed, text
from evals.runs.record import Column, Estimate
from evals.stats.compare import Difference

_FAMILIES = {
    "answer": "Answers",
    "refusal": "Refusals",
    "retrieval": "Retrieval",
    "judged": "Judged by a language model",
    "cost": "Cost",
}
_OVERALL = Column(name=PASSED.name, title=PASSED.title, family=PASSED.family, better="higher")
_PART_OF = ": "  # in the name of a measure of one reason for refusals: "refusal-f1: no_evidence"
_BAR = 100  # per cent of the width: bars are drawn in parts of it, so that they fit any screen


def tiles(compared: Compared) -> str:
    """Return a tile for every measure over all questions, by family; first the share that passed."""
    table, parts = {**compared.run.table.get("all", {}), _OVERALL.name: compared.passed("all")}, list[str]()
    columns = _in_families([_OVERALL, *compared.run.metrics])
    for family, some in groupby((c for c in columns if c.name in table), key=lambda column: column.family):
        found = list(some)
        main = [_tile(compared, column, table[column.name]) for column in found if _PART_OF not in column.name]
        parted = [_tile(compared, column, table[column.name]) for column in found if _PART_OF in column.name]
        if main:
            parts.append(f'<h3>{text(_FAMILIES.get(family, family))}</h3><ul class="tiles">{"".join(main)}</ul>')
        if parted:
            parts.append(f'<details><summary>By reason</summary><ul class="tiles">{"".join(parted)}</ul></details>')
    return "".join(parts)


def _in_families(columns: Iterable[Column]) -> list[Column]:
    order = list(_FAMILIES)
    return sorted(columns, key=lambda column: order.index(column.family) if column.family in order else len(order))


def _tile(compared: Compared, column: Column, found: Estimate) -> str:
    whole = column is _OVERALL
    note = '<p class="fine">answered correctly, or refused where nothing answers</p>' if whole else ""
    scale = _scale([found])
    drawn = (
        f'<svg class="range" width="100%" height="14" aria-hidden="true">{_track()}{_whisker(found, scale, 7)}</svg>'
    )
    return (
        f'<li class="tile{" whole" if whole else ""}"><h4>{text(column.title)}</h4>'
        f'<p class="value">{text(number(found.value, column.unit))}</p>{drawn if scale == 1 else ""}'
        f'<p class="fine">{_bounds(found)} · {found.n:,} questions</p>'
        f"{note}{_changed(compared, 'all', column)}</li>"
    )


def _bounds(found: Estimate) -> str:
    if found.low is None or found.high is None:
        return "too few for an interval"
    return f"95%: {interval(found.low, found.high)}"


def _changed(compared: Compared, group: str, column: Column) -> str:
    """Say how a measure changed against the baseline, in HTML; "" without a baseline."""
    if compared.baseline is None:
        return ""
    change, old = compared.change(group, column.name), _before(compared, group, column)
    if change is None:
        return f'<p class="change">baseline {text(number(old, column.unit))}</p>' if old is not None else ""
    kind, words = judged(change, column.better)
    return (
        f'<p class="change {kind}"><span class="sign">{text(signed(change.value, column.unit))}</span> {words}'
        f'<span class="fine"> 95%: {interval(change.low, change.high)}; '
        f"baseline {text(number(old, column.unit))}</span></p>"
    )


def _before(compared: Compared, group: str, column: Column) -> float | None:
    if column.name == PASSED.name:
        return compared.passed_before(group)
    found = compared.baseline.table.get(group, {}).get(column.name) if compared.baseline else None
    return found.value if found else None


def judged(change: Difference, better: str) -> tuple[str, str]:
    """Return the kind of a change and the words for it; one whose interval holds zero is none that can be told."""
    if change.low is None or change.high is None or change.low <= 0 <= change.high:
        return "same", "no clear change"
    good = (change.value > 0) == (better == "higher")
    return ("better", "better") if good else ("worse", "worse")


def bars(compared: Compared) -> str:
    """Return bars by question type: of what came out as it should, then of every other measure, folded."""
    types = [group for group in compared.members if group.startswith("type: ")]
    first = _chart(compared, _OVERALL, [(group, compared.passed(group)) for group in types])
    others = []
    for column in _in_families(compared.run.metrics):
        found = [(group, compared.run.table.get(group, {}).get(column.name)) for group in types]
        some = [(group, one) for group, one in found if one is not None]
        if len(some) > 1:
            others.append(_chart(compared, column, some))
    more = f"<details><summary>Every other measure by type</summary>{''.join(others)}</details>" if others else ""
    return first + more


def _chart(compared: Compared, column: Column, found: Sequence[tuple[str, Estimate]]) -> str:
    held = compared.baseline is not None
    scale = _scale([one for _, one in found], [_before(compared, group, column) for group, _ in found])
    rows = "".join(_bar(compared, column, group, one, scale) for group, one in found)
    heads = ["type", "", "value", *(["against the baseline"] if held else [])]
    drawn = "".join(f'<th scope="col">{head}</th>' if head else "<td></td>" for head in heads)
    unit = f", {text(column.unit)}" if column.unit else ""
    lower = "; lower is better" if column.better == "lower" else ""
    return (
        f'<table class="bars"><caption>{text(column.title)} by question type{unit}{lower}</caption>'
        f"<thead><tr>{drawn}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _bar(compared: Compared, column: Column, group: str, found: Estimate, scale: float) -> str:
    old = _before(compared, group, column)
    shapes = [_track(), f'<rect class="bar run" x="0" y="3" width="{_part(found.value, scale)}" height="12"/>']
    if old is not None:
        shapes.append(f'<rect class="bar base" x="0" y="17" width="{_part(old, scale)}" height="5"/>')
    shapes.append(_whisker(found, scale, 9, dot=False))
    told = f'<td class="told">{_changed(compared, group, column)}</td>' if compared.baseline else ""
    return (
        f'<tr><th scope="row">{text(group.removeprefix("type: "))} <span class="fine">{found.n:,}</span></th>'
        f'<td class="drawn"><svg width="100%" height="24" aria-hidden="true">{"".join(shapes)}</svg></td>'
        f'<td class="figure">{text(number(found.value, column.unit))} '
        f'<span class="fine">{interval(found.low, found.high)}</span></td>{told}</tr>'
    )


def _scale(found: Iterable[Estimate], more: Iterable[float | None] = ()) -> float:
    """Return the end of an axis from 0 that holds all of these: 1 wherever that is enough."""
    values = [value for one in found for value in (one.value, one.high) if value is not None]
    return max([1.0, *values, *(value for value in more if value is not None)])


def _part(value: float, scale: float) -> str:
    return f"{max(0.0, min(_BAR, _BAR * value / scale)):.2f}%"


def _track() -> str:
    return '<line class="track" x1="0" x2="100%" y1="50%" y2="50%"/>'


def _whisker(found: Estimate, scale: float, level: int, dot: bool = True) -> str:
    """Draw an interval as a line with two ends, and the value on it as a dot."""
    mark = f'<circle class="dot run" cx="{_part(found.value, scale)}" cy="{level}" r="4.5"/>' if dot else ""
    if found.low is None or found.high is None:
        return mark
    low, high = _part(found.low, scale), _part(found.high, scale)
    ends = "".join(
        f'<line class="whisker" x1="{end}" x2="{end}" y1="{level - 4}" y2="{level + 4}"/>' for end in (low, high)
    )
    return f'<line class="whisker" x1="{low}" x2="{high}" y1="{level}" y2="{level}"/>{ends}{mark}'


def whole_table(compared: Compared) -> str:
    """Return the whole table of the run: a row a measure, a column a group."""
    run = compared.run
    groups = [name for name, found in run.table.items() if found]
    heads = "".join(f'<th scope="col">{text(name)}</th>' for name in groups)
    rows = []
    for column in _in_families([_OVERALL, *run.metrics]):
        cells = "".join(_cell(_estimate(compared, name, column), column.unit) for name in groups)
        rows.append(f'<tr><th scope="row">{text(column.title)}</th>{cells}</tr>')
    return (
        '<details><summary>Every figure by group</summary><div class="wide" tabindex="0" role="region" '
        'aria-label="every figure by group">'
        f'<table class="figures"><thead><tr><td></td>{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
        "</div></details>"
    )


def _estimate(compared: Compared, group: str, column: Column) -> Estimate | None:
    if column is _OVERALL:
        return compared.passed(group) if group in compared.members else None
    return compared.run.table[group].get(column.name)


def _cell(found: Estimate | None, unit: str) -> str:
    if found is None:
        return "<td></td>"
    return (
        f'<td>{text(number(found.value, unit))}<span class="fine">{interval(found.low, found.high)}</span>'
        f'<span class="fine">n {found.n:,}</span></td>'
    )
