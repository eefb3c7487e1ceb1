"""The report of a run: one HTML file that asks nothing of any network and trusts nothing that it shows."""

from evals.report.render import render_report as render_report
