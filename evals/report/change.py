"""What a report compares: the questions that two runs share, and how each measure of them changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from evals.metrics.base import Metric
from evals.runs.figures import groups
from evals.runs.record import Estimate, Row, Run
from evals.stats.bootstrap import estimate
from evals.stats.compare import Difference, compare

PASSED = Metric(
    name="passed",
    title="Passed",
    family="answer",
    of=lambda case: None,  # read off rows (`Row.failed`), which know what is no longer in a case: that it crashed
)


@dataclass(frozen=True)
class Compared:
    """A run, the baseline it is held against, if any, and what can be said of both."""

    run: Run
    baseline: Run | None

    @cached_property
    def before(self) -> Mapping[str, Row]:
        """The baseline's rows by the id of the question, of those that ask the very same question."""
        old = {row.question.id: row for row in self.baseline.rows} if self.baseline else {}
        return {
            row.question.id: old[row.question.id]
            for row in self.run.rows
            if row.question.id in old and old[row.question.id].question == row.question
        }

    @cached_property
    def members(self) -> Mapping[str, Sequence[Row]]:
        """The rows of each group of the table."""
        rows = self.run.rows
        return {name: [rows[n] for n in some] for name, some in groups([row.question for row in rows]).items()}

    def passed(self, group: str) -> Estimate:
        """Return the share of a group's questions that came out as they should, with its interval."""
        rows = self.members[group]
        return estimate(PASSED, _column([not row.failed for row in rows]), [row.cluster for row in rows])

    def passed_before(self, group: str) -> float | None:
        """Return that share in the baseline, None where it shares no question of the group."""
        old = [self.before[row.question.id] for row in self.members[group] if row.question.id in self.before]
        return sum(not row.failed for row in old) / len(old) if old else None

    def change(self, group: str, name: str) -> Difference | None:
        """Return how a measure, or `PASSED`, changed on the questions of a group on which both runs have it.

        None where there is no such question: no baseline, or a measure that no question has alone.
        """
        pairs = [
            (old, new, row.cluster)
            for row in self.members[group]
            if (before := self.before.get(row.question.id)) is not None
            and (old := _value(before, name)) is not None
            and (new := _value(row, name)) is not None
        ]
        if not pairs:
            return None
        old_values, new_values, clusters = zip(*pairs, strict=True)
        return compare(_column(old_values), _column(new_values), clusters)


def _value(row: Row, name: str) -> float | None:
    return float(not row.failed) if name == PASSED.name else row.figures.get(name)


def _column(values: Sequence[float]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.array(values, dtype=np.float64)[:, None]
