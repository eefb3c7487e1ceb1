"""The gate, on real answers: of the sample, of a broken index, of speakers taken for one another."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from bot.settings import read_settings
from corpus.errors import UsageError
from evals import baseline as kept
from evals.baseline import Baseline, accepted, faults, loosenings, read_baseline, unexplained, write_baseline
from evals.floors import FLOORS
from evals.gate import BASELINE, Verdict, check, main
from evals.goldset.readers import read_any
from evals.metrics.table import METRICS
from evals.runs.evaluate import Asked, evaluate
from evals.runs.record import Run, write_run
from index.entries import all_passages, passage_entry
from index.lexical import Entry
from index.sentences import PassageSentences
from index.store import IndexParts

from ..bot.homes import ingest, made

GROUPS = ("rail", "fishing", "museum", "cement", "power", "wage")
EACH = 8  # questions of a group
DAY = "2042-06-01"


@pytest.fixture(scope="module")
def gold(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some groups of the sample's questions."""
    rows = [json.loads(line) for line in Path("evals/gold/sample.jsonl").read_text("utf-8").splitlines()]
    some = [row for group in GROUPS for row in [r for r in rows if r["group"] == group][:EACH]]
    file = tmp_path_factory.mktemp("gold") / "some.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in some), "utf-8")
    return file


@pytest.fixture(scope="module")
def home(sample: Path, gold: Path, compiled_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of the articles that these questions are about."""
    names = {piece.article for question in read_any(gold).questions for piece in question.evidence}
    articles = tmp_path_factory.mktemp("articles")
    for name in sorted(names):
        (articles / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(sample / name, articles / name)
    folder = made(tmp_path_factory.mktemp("gate") / "home", compiled_model)
    assert not ingest(folder, articles).errors
    return folder


def asked(home: Path, gold: Path) -> Run:
    """Ask the questions of a home, which keeps what it answered for itself."""
    settings = read_settings(home).model_copy(update={"cache": home / "cache"})
    found = read_any(gold)
    return evaluate(settings, Asked(gold=found, questions=found.questions), METRICS)


def copied(home: Path, target: Path) -> Path:
    return shutil.copytree(home, target, symlinks=True, ignore=shutil.ignore_patterns("cache"))


@pytest.fixture(scope="module")
def run(home: Path, gold: Path) -> Run:
    return asked(home, gold)


@pytest.fixture(scope="module")
def baseline(run: Run) -> Baseline:
    return accepted(Baseline(), run, None, DAY)


def wrong(verdicts: Sequence[Verdict]) -> dict[str, str]:
    """What fails, by metric."""
    return {one.wrong.split()[0].rstrip(":"): one.wrong for one in verdicts if one.wrong}


def test_a_run_of_the_same_code_passes(baseline: Baseline, home: Path, gold: Path, tmp_path: Path) -> None:
    again = asked(copied(home, tmp_path / "home"), gold)
    verdicts = check(baseline, again)
    floors = next(iter(baseline.sets.values())).floors
    assert {"statement/correct", "false-speaker/refusal-recall"} <= floors.keys() <= set(FLOORS)
    assert len(verdicts) == len(floors) and not wrong(verdicts)
    assert all("change +0.0000 (+0.0000 to +0.0000)" in one.line for one in verdicts)


def broken(home: Path) -> None:
    """Break an index for good: every vector has its numbers in other places, every passage another's words."""
    settings = read_settings(home)
    edition = settings.place().edition()
    assert edition
    with closing(settings.open_catalogue()) as catalogue:
        entries = list(all_passages(catalogue, edition))
    parts = IndexParts(settings.place().index(edition), settings.index())
    bodies = [entry.fields["body"] for entry in entries]
    mixed: list[Entry] = [
        passage_entry(entry.id, entry.article, body)
        for entry, body in zip(entries, bodies[len(bodies) // 2 :] + bodies, strict=False)
    ]
    parts.passages.rewrite(mixed)
    ids, vectors = parts.sentences.passages()
    parts.vectors.refill(ids, np.roll(vectors, 7, axis=1))
    parts.sentences.add(
        (i, PassageSentences(np.roll(one.vector, 7), one.spans, np.roll(one.vectors, 7, axis=1)))
        for i, one in parts.sentences.get(ids).items()
    )
    parts.close()


def test_a_broken_retriever_fails(baseline: Baseline, home: Path, gold: Path, tmp_path: Path) -> None:
    folder = copied(home, tmp_path / "home")
    broken(folder)
    failed = wrong(check(baseline, asked(folder, gold)))
    assert {"hits@10", "mrr@10", "evidence-recall@10"} <= failed.keys()
    assert "more than the tolerance of 0.01" in failed["hits@10"]


def test_speakers_taken_for_one_another_fail(
    baseline: Baseline, home: Path, gold: Path, run: Run, tmp_path: Path
) -> None:
    folder = copied(home, tmp_path / "home")
    names = sorted({row.question.speaker for row in run.rows if row.question.speaker and row.question.answerable})
    renamed = [f'[[rename]]\nfrom = "{one}"\nto = "{two}"\n' for one, two in zip(names[::2], names[1::2], strict=False)]
    (folder / "speakers.toml").write_text("\n".join(renamed), "utf-8")
    (tmp_path / "none").mkdir()
    ingest(folder, tmp_path / "none")  # nothing new, but statements are made ready under their new names
    failed = wrong(check(baseline, asked(folder, gold)))
    assert "attribution" in failed
    assert not {"hits@10", "mrr@10", "evidence-recall@10", "verbatim"} & failed.keys()


def changed(run: Run, question: int, **update: object) -> Run:
    rows = list(run.rows)
    rows[question] = rows[question].model_copy(update=update)
    return run.model_copy(update={"rows": tuple(rows)})


def test_one_altered_quotation_fails(baseline: Baseline, run: Run) -> None:
    cited = next(n for n, row in enumerate(run.rows) if row.figures.get("verbatim") == 1.0)
    figures = run.rows[cited].figures | {"verbatim": 0.5}
    failed = wrong(check(baseline, changed(run, cited, figures=figures)))
    assert list(failed) == ["verbatim"] and "must be 1" in failed["verbatim"]


def test_crashes_count_as_the_worst_answers(baseline: Baseline, run: Run) -> None:
    crashed = run.model_copy(
        update={"rows": tuple(row.model_copy(update={"answer": None, "figures": {}}) for row in run.rows)}
    )
    assert wrong(check(baseline, crashed)).keys() == next(iter(baseline.sets.values())).floors.keys()
    with pytest.raises(UsageError, match="crashed"):
        accepted(baseline, crashed, "because", DAY)


def test_other_data_needs_another_baseline(baseline: Baseline, run: Run) -> None:
    for part, what in (("gold", "questions"), ("corpus", "articles")):
        others = getattr(run.made, part).model_copy(update={"digest": "0" * 64})
        other = run.model_copy(update={"made": run.made.model_copy(update={part: others})})
        (verdict,) = check(baseline, other)
        assert verdict.wrong and f"the {what} are others" in verdict.wrong
        assert "--accept --reason" in verdict.wrong
        with pytest.raises(UsageError, match="without a reason"):
            accepted(baseline, other, None, DAY)
        assert accepted(baseline, other, "the set grew", DAY).reasons[0].metric == kept.DATA
    (fewer,) = check(baseline, run.model_copy(update={"rows": run.rows[:3]}))
    assert fewer.wrong and "3 questions were asked" in fewer.wrong
    (none,) = check(Baseline(), run)
    assert none.wrong and "has no baseline" in none.wrong


def without(run: Run, metric: str) -> Run:
    rows = tuple(
        row.model_copy(update={"figures": {name: f for name, f in row.figures.items() if name != metric}})
        for row in run.rows
    )
    return run.model_copy(update={"rows": rows})


def test_a_floor_that_vanishes_fails_and_needs_a_reason(baseline: Baseline, run: Run) -> None:
    less = without(run, "mrr@10")
    assert list(wrong(check(baseline, less))) == ["mrr@10"]
    with pytest.raises(UsageError, match=r"mrr@10: [\d.]+ to None"):
        accepted(baseline, less, "  ", DAY)
    new = accepted(baseline, less, "hits say it better", DAY)
    assert (new.reasons[0].metric, new.reasons[0].after, new.reasons[0].reason) == (
        "mrr@10",
        None,
        "hits say it better",
    )
    assert not faults(new) and not unexplained(baseline, new)


def worse(run: Run) -> Run:
    """The run with every third right answer wrong."""
    rows, seen = [], 0
    for row in run.rows:
        seen += row.figures.get("correct") == 1.0
        down = row.figures.get("correct") == 1.0 and seen % 3 == 0
        rows.append(row.model_copy(update={"figures": {**row.figures, "correct": 0.0}}) if down else row)
    return run.model_copy(update={"rows": tuple(rows)})


def test_a_floor_is_lowered_only_with_a_reason_that_is_kept(baseline: Baseline, run: Run) -> None:
    with pytest.raises(UsageError, match="without a reason"):
        accepted(baseline, worse(run), None, DAY)
    lower = accepted(baseline, worse(run), "the questions were too kind", DAY)
    why, of_statements = lower.reasons
    assert of_statements.metric == "statement/correct"
    assert (why.date, why.metric) == (DAY, "correct") and why.before > why.after  # type: ignore[operator]
    assert not wrong(check(lower, worse(run))) and not unexplained(baseline, lower)
    higher = accepted(lower, run, None, DAY)  # up needs none
    assert higher.reasons == lower.reasons and not unexplained(lower, higher)
    silent = lower.model_copy(update={"reasons": ()})
    assert unexplained(baseline, silent) and unexplained(lower, silent)


def test_a_baseline_written_by_hand_is_found_out(baseline: Baseline, run: Run) -> None:
    (name,) = baseline.sets
    one = baseline.sets[name]
    for update in ({"value": 0.1}, {"tolerance": 0.5}):
        floors = {**one.floors, "correct": one.floors["correct"].model_copy(update=update)}
        forged = Baseline(sets={name: one.model_copy(update={"floors": floors})})
        assert faults(forged) and list(loosenings(baseline, forged))
        assert "contradicts itself" in str(check(forged, run)[0].wrong)


def test_the_command(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad, file = tmp_path / "good.json", tmp_path / "bad.json", tmp_path / "baseline.json"
    write_run(run, good)
    write_run(worse(run), bad)
    place = ["--baseline", str(file)]
    assert main(["--run", str(good), *place]) == 1 and "has no baseline" in capsys.readouterr().err
    assert main(["--run", str(good), *place, "--accept"]) == 0
    assert read_baseline(file) == accepted(Baseline(), run, None, DAY)
    assert main(["--run", str(good), *place]) == 0
    capsys.readouterr()
    assert main(["--run", str(bad), *place]) == 1
    out, err = capsys.readouterr()
    assert "fails  correct: " in out and "holds  hits@10: " in out
    assert [line.split()[0] for line in err.splitlines()] == ["correct", "statement/correct"]
    assert err.startswith("correct changed by -0.")
    before = file.read_bytes()
    assert main(["--run", str(bad), *place, "--accept"]) == 1 and file.read_bytes() == before
    assert main(["--run", str(bad), *place, "--accept", "--reason", "a stricter scorer"]) == 0
    assert '"reason": "a stricter scorer"' in file.read_text("utf-8")
    assert main(["--run", str(bad), *place]) == 0
    for arguments in (["--run", str(tmp_path / "none")], ["--run", str(good), "--reason", "why"]):
        with pytest.raises(SystemExit) as stop:
            main([*arguments, *place])
        assert stop.value.code == 2


def test_the_file_is_a_line_a_question(baseline: Baseline, tmp_path: Path) -> None:
    write_baseline(baseline, tmp_path / "baseline.json")
    lines = (tmp_path / "baseline.json").read_text("utf-8").splitlines()
    (one,) = baseline.sets.values()
    assert all(sum(f'"{name}": {{"cluster"' in line for line in lines) == 1 for name in one.questions)


def test_the_committed_baseline_agrees_with_itself() -> None:
    assert BASELINE.is_file(), "evals/baseline.json is missing: python -m evals.gate --accept"
    found = read_baseline(BASELINE)
    assert found.sets and not faults(found)


def test_no_committed_floor_was_lowered_without_a_reason() -> None:
    root = BASELINE.parent.parent
    if not (root / ".git").exists() or shutil.which("git") is None:
        pytest.skip("no history to look at: this is no git checkout")

    def git(*arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True)
        return done.stdout

    commits = git("log", "--first-parent", "--format=%H", "--", "evals/baseline.json").split()
    versions = [Baseline.model_validate_json(git("show", f"{one}:evals/baseline.json")) for one in reversed(commits)]
    versions.append(read_baseline(BASELINE))
    for old, new in pairwise(versions):
        assert not unexplained(old, new)
