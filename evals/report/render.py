"""From a run to its page."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from importlib.resources import files
from string import Template

from evals.report.change import Compared
from evals.report.details import details
from evals.report.escape import embedded, text
from evals.report.head import head, title
from evals.report.plots import plots
from evals.report.questions import table
from evals.report.tiles import bars, tiles, whole_table
from evals.runs.record import Run


def render_report(run: Run, baseline: Run | None) -> str:
    """Return the report of a run as one HTML page, held against a baseline where one is given.

    The page asks nothing of any network: style, script and data are in it, and its content security policy lets no
    other in. Figures, plots and the summary of every question are plain HTML and SVG, which need no script; what a
    question opens to is built by the script when it is opened. All text is escaped, and characters that would hide
    or reorder others are named.
    """
    compared = Compared(run, baseline)
    style, script = _asset("style.css"), _asset("report.js")
    return Template(_asset("page.html")).substitute(
        title=text(title(compared)),
        style_hash=_digest(style),
        script_hash=_digest(script),
        style=style,
        script=script,
        head=head(compared),
        tiles=tiles(compared),
        bars=bars(compared),
        plots=plots(run, baseline),
        figures=whole_table(compared),
        questions=table(compared),
        data=embedded(details(compared)),
    )


def _asset(name: str) -> str:
    return (files("evals.report") / "assets" / name).read_text("utf-8")


def _digest(source: str) -> str:
    """Return the digest by which a content security policy knows an inline style or script."""
    return b64encode(hashlib.sha256(source.encode()).digest()).decode()
