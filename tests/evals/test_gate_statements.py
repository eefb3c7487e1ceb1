"""The gate of statements: what is measured, what fails, what is accepted."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.errors import UsageError
from evals.baseline import Baseline, faults, read_baseline, unexplained
from evals.gate import BASELINE
from evals.gate_statements import TOLERANCE, accepted, check, figures, main

DAY = "2026-11-23"
FOUND = {"speakers/sample": 0.9, "polnear-dev/content-f1": 0.78}


def test_a_fall_beyond_the_tolerance_fails_and_needs_a_reason() -> None:
    baseline = accepted(Baseline(), FOUND, None, DAY)
    assert not check(baseline, FOUND) and not check(baseline, {"speakers/sample": 0.9 - TOLERANCE / 2})
    fallen = FOUND | {"speakers/sample": 0.85}
    (wrong,) = check(baseline, fallen)
    assert wrong.startswith("speakers/sample is 0.8500") and "floor of 0.9000" in wrong
    with pytest.raises(UsageError, match=r"speakers/sample: 0\.9 to 0\.85"):
        accepted(baseline, fallen, None, DAY)
    lower = accepted(baseline, fallen, "the set grew", DAY)
    assert lower.reasons[0].metric == "speakers/sample" and not unexplained(baseline, lower)
    assert unexplained(baseline, lower.model_copy(update={"reasons": ()}))


def test_what_is_not_measured_keeps_its_floor() -> None:
    baseline = accepted(Baseline(), FOUND, None, DAY)
    part = accepted(baseline, {"speakers/sample": 0.95}, None, DAY)
    assert {name: floor.value for name, floor in part.statements.items()} == FOUND | {"speakers/sample": 0.95}
    assert check(Baseline(), FOUND)[0].endswith("--accept")


def test_the_sample_alone_is_measured_where_the_data_are_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = dict(figures(tmp_path))
    assert list(found) == ["speakers/sample"] and 0.7 < found["speakers/sample"] <= 1
    assert capsys.readouterr().err.count("not measured") == 2
    with pytest.raises(SystemExit):
        main(["--data", str(tmp_path), "--reason", "none"])


def test_the_floors_of_the_project_are_there() -> None:
    baseline = read_baseline(BASELINE)
    assert not faults(baseline)
    assert baseline.statements.keys() == {
        "polnear-dev/content-f1",
        "polnear-dev/content-and-source-f1",
        "speakers/sample",
        "speakers/news",
    }
