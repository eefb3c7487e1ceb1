"""The run file: what was asked, answered and measured, and what is needed to do it again."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from corpus.errors import UsageError
from evals.goldset.model import Question


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Estimate(_Frozen):
    """A figure with its 95% bootstrap interval, over `n` cases; `low` and `high` are None where there are too few."""

    value: float
    low: float | None
    high: float | None
    n: int


class Column(_Frozen):
    """What a metric is, for whoever reads the file without this code."""

    name: str
    title: str
    family: str
    better: Literal["higher", "lower"]
    unit: str = ""


class Row(_Frozen):
    """One question of a run.

    `answer` is the object that ``ask --json --hits 10`` prints, None where the question crashed, and then `error` says
    why. `evidence` has, for each piece of gold evidence, its quotation (None: the whole article) and the places
    [article id, start, end] where it stands. `gold_hits` has the ranks (from 1) of the retrieved passages that hold
    gold evidence. `figures` has the value of every metric that says something about this case alone.
    """

    question: Question
    cluster: str
    evidence: tuple[tuple[str | None, tuple[tuple[str, int, int], ...]], ...]
    answer: dict[str, Any] | None
    error: str | None = None
    gold_hits: tuple[int, ...] = ()
    figures: dict[str, float] = {}

    @property
    def failed(self) -> bool:
        """True where the answer is not what it should be: a crash, a wrong refusal or answer, or an incorrect one."""
        if self.answer is None:
            return True
        if self.answer["answered"] != self.question.answerable:
            return True
        return self.question.answerable and self.figures.get("correct", 1.0) < 1.0


class AskedOf(_Frozen):
    """What was asked: the gold set's file (its name alone), its SHA-256, how many questions, and what they were."""

    file: str
    digest: str
    questions: int
    filters: tuple[str, ...] = ()


class Held(_Frozen):
    """The corpus that was asked: the SHA-256 of its articles, how many, and from when to when."""

    digest: str
    articles: int
    oldest: str | None
    newest: str | None


class Made(_Frozen):
    """What is needed to make the run again."""

    at: str
    whosaid: str
    code: str  # digest of the packages that answer
    commit: str | None
    python: str
    versions: dict[str, str]
    settings: dict[str, Any]
    model: str
    corpus: Held
    gold: AskedOf
    command: str
    judge: str | None = None


class Run(_Frozen):
    """A run. `table` has the estimates by group of questions, then by metric.

    Groups: "all", "answerable", "unanswerable", "type: statement" for each type, "tag: near-miss" for each tag.
    """

    schema_: Literal[1] = 1
    made: Made
    metrics: tuple[Column, ...]
    table: dict[str, dict[str, Estimate]]
    rows: tuple[Row, ...]


def write_run(run: Run, file: Path) -> None:
    """Write a run as JSON.

    Raises:
        UsageError: the file cannot be written.
    """
    try:
        file.write_text(run.model_dump_json(indent=1) + "\n", "utf-8")
    except OSError as error:
        raise UsageError(f"could not write the run {file}: {error.strerror}; check the folder") from error


def read_run(file: Path) -> Run:
    """Read a run.

    Raises:
        UsageError: the file cannot be read, or holds no run.
    """
    try:
        return Run.model_validate_json(file.read_bytes())
    except OSError as error:
        raise UsageError(f"could not read the run {file}: {error.strerror}; check the path") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise UsageError(
            f"{file} holds no run of this version: {where}: {first['msg']}; make it with `whosaid eval GOLD --out`"
        ) from error
