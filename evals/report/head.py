"""The head of a report: what was run, of what, when and how, and what to beware of."""

from __future__ import annotations

from typing import Any

from evals.report.change import Compared
from evals.report.escape import text
from evals.runs.record import Made

_SHOWN = 12  # characters of a digest


def head(compared: Compared) -> str:
    """Return the facts of the run, and of the baseline where there is one, as HTML."""
    made = compared.run.made
    facts = [
        (
            "gold set",
            f"{made.gold.file} ({made.gold.questions} questions{_filters(made)})",
        ),
        ("corpus", _corpus(made)),
        ("model", made.model + (f"; judge: {made.judge}" if made.judge else "")),
        ("code", _code(made)),
        ("made", _when(made.at)),
        ("command", made.command),
    ]
    if compared.baseline is not None:
        old = compared.baseline.made
        facts.append(("baseline", f"{_when(old.at)}, {_code(old)}, {old.model}: {old.command}"))
    drawn = "".join(_fact(name, value) for name, value in facts)
    return f'<dl class="facts">{drawn}</dl>{_all(made)}{_warnings(compared)}'


def title(compared: Compared) -> str:
    """Return the title of the page, as plain text."""
    return f"Evaluation of {compared.run.made.gold.file}"


def _fact(name: str, value: str) -> str:
    shown = f"<code>{text(value)}</code>" if name == "command" else text(value)
    kind = ' class="long"' if name == "baseline" else ""
    return f"<div{kind}><dt>{name}</dt><dd>{shown}</dd></div>"


def _filters(made: Made) -> str:
    return f"; only {', '.join(made.gold.filters)}" if made.gold.filters else ""


def _corpus(made: Made) -> str:
    corpus = made.corpus
    dates = " to ".join(end for end in (corpus.oldest, corpus.newest) if end)
    parts = [f"{corpus.articles:,} articles", dates, f"digest {corpus.digest[:_SHOWN]}"]
    return ", ".join(part for part in parts if part)


def _code(made: Made) -> str:
    commit = f", commit {made.commit[:_SHOWN]}" if made.commit else ""
    return f"whosaid {made.whosaid}{commit}, digest {made.code[:_SHOWN]}"


def _when(at: str) -> str:
    return at.replace("T", " ").replace("+00:00", " UTC")


def _all(made: Made) -> str:
    """Return settings, versions and whole digests, folded away."""
    held = {
        "python": made.python,
        **{f"corpus {name}": value for name, value in made.corpus.model_dump().items()},
        **{f"gold {name}": value for name, value in made.gold.model_dump().items()},
        "code digest": made.code,
        **{f"setting {name}": value for name, value in made.settings.items()},
        **{f"version of {name}": value for name, value in made.versions.items()},
    }
    rows = "".join(f"<div><dt>{text(name)}</dt><dd>{text(_plain(value))}</dd></div>" for name, value in held.items())
    return f'<details><summary>Settings and versions</summary><dl class="facts small">{rows}</dl></details>'


def _plain(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    return "none" if value is None or value == {} else str(value)


def _warnings(compared: Compared) -> str:
    """Say what makes the figures mean less than they seem to."""
    run, baseline = compared.run, compared.baseline
    found = []
    if crashed := sum(row.answer is None for row in run.rows):
        found.append(
            "1 question crashed; no measure counts it."
            if crashed == 1
            else f"{crashed} questions crashed; no measure counts them."
        )
    if baseline is not None:
        shared, asked = len(compared.before), len(run.rows)
        if shared < asked:
            found.append(f"Changes are over the {shared:,} of {asked:,} questions that the baseline asked too.")
        if run.made.corpus.digest != baseline.made.corpus.digest:
            found.append("The baseline was asked of another corpus: a change may come from the articles alone.")
    return "".join(f'<p class="warning">{text(warning)}</p>' for warning in found)
