"""Floors: which metrics have one, how far each may fall, and a question's figure for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from evals.runs.record import Row


class Rule(NamedTuple):
    """How far a metric may fall before the gate fails, and what its value must be at least, whatever it was."""

    tolerance: float
    least: float | None = None


FLOORS: Mapping[str, Rule] = {
    "correct": Rule(0.01),
    "attribution": Rule(0.01),
    "verbatim": Rule(0.0, least=1.0),
    "refusal-recall": Rule(0.01),
    "over-refusal": Rule(0.01),
    "hits@10": Rule(0.01),
    "mrr@10": Rule(0.01),
    "evidence-recall@10": Rule(0.01),
    "statement/correct": Rule(0.01),
    "statement/attribution-any": Rule(0.01),
    "statement/over-refusal": Rule(0.01),
    "false-speaker/refusal-recall": Rule(0.01),
}
"""The metrics that have floors, by their names in a run, some of one type of question alone ("TYPE/METRIC").

All of them have a value for a question alone.
"""

DIGITS = 4
"""To which figures are kept."""
SAME = 10**-DIGITS / 2
"""Within which two figures are the same."""


class Floor(BaseModel):
    """A metric's mean over the questions that have a figure for it, and the rule that it was accepted under."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: float
    better: Literal["higher", "lower"]
    tolerance: float
    least: float | None = None

    def looser(self, than: Floor) -> bool:
        """Tell whether this floor lets something through that the other does not."""
        sign = 1 if self.better == "higher" else -1
        lower = sign * (than.value - self.value) > SAME
        least = than.least is not None and (self.least is None or sign * (than.least - self.least) > 0)
        return lower or least or self.tolerance > than.tolerance


def figures_of(row: Row) -> dict[str, float]:
    """Return a question's figure for each of `FLOORS` that it counts for."""
    found = {}
    for name in FLOORS:
        type_, _, metric = name.rpartition("/")
        if metric in row.figures and type_ in ("", row.question.type):
            found[name] = row.figures[metric]
    return found
