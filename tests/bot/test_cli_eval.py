"""``whosaid eval`` as a user runs it: over the sample's own gold set, in processes of its own."""

from __future__ import annotations

import json
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from .conftest import Program

ROOT = Path(__file__).resolve().parents[2]
GOLD = ROOT / "evals" / "gold" / "sample.jsonl"
JUDGE = """
from llama_index.core.llms import CompletionResponse, CustomLLM, LLMMetadata

class Kind(CustomLLM):
    @property
    def metadata(self):
        return LLMMetadata(model_name="kind")

    def complete(self, prompt, formatted=False, **kwargs):
        return CompletionResponse(text="YES" if "YES or NO" in prompt else "5\\nIt says what was asked.")

    def stream_complete(self, prompt, formatted=False, **kwargs):
        yield self.complete(prompt, formatted, **kwargs)
"""


@pytest.fixture
def cache(tmp_path: Path) -> dict[str, str]:
    return {"WHOSAID_CACHE": str(tmp_path / "cache")}


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    """Every eighth question of the sample's gold set."""
    lines = GOLD.read_text("utf-8").splitlines(keepends=True)
    file = tmp_path / "some.jsonl"
    file.write_text("".join(lines[::8]), "utf-8")
    return file


def answers(cache: dict[str, str]) -> list[Any]:
    (file,) = (Path(cache["WHOSAID_CACHE"]) / "answers").glob("*.jsonl")
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_a_run_is_told_kept_compared_and_exported(
    whosaid: Program, gold: Path, cache: dict[str, str], tmp_path: Path
) -> None:
    one, other, page = tmp_path / "one.json", tmp_path / "other.json", tmp_path / "report.html"
    done = whosaid("eval", str(gold), "--out", str(one), "--html", str(page), "--workers", "2", env=cache)
    assert done.returncode == 0, done.stderr
    run = json.loads(one.read_text("utf-8"))
    number = len(gold.read_text("utf-8").splitlines())
    assert f"{number} questions of some.jsonl over 64 articles" in done.stdout and len(run["rows"]) == number
    assert "Correct" in done.stdout and "type: statement" in done.stdout
    assert run["table"]["all"]["verbatim"]["value"] == 1.0
    assert run["made"]["corpus"]["articles"] == 64 and len(run["made"]["gold"]["digest"]) == 64
    assert page.read_text("utf-8").startswith("<!doctype html>")

    again = whosaid("eval", str(gold), "--json", "--baseline", str(one), env=cache)
    assert again.returncode == 0, again.stderr
    other.write_text(again.stdout, "utf-8")
    assert json.loads(again.stdout)["table"] == run["table"]
    assert len(answers(cache)) == number, "what was answered is not asked again"

    compared = whosaid("eval", "compare", str(one), str(other), "--json")
    changes = json.loads(compared.stdout)
    assert {change["difference"]["value"] for change in changes} == {0.0} and len(changes) > 10
    assert {change["difference"]["p"] for change in changes} == {1.0}

    exported = whosaid("eval", "export", str(one), str(tmp_path / "trec"))
    assert exported.returncode == 0 and (tmp_path / "trec" / "passages.run").stat().st_size > 0


def test_what_was_cut_off_goes_on_where_it_stopped(whosaid: Program, gold: Path, cache: dict[str, str]) -> None:
    assert whosaid("eval", str(gold), "--limit", "4", env=cache).returncode == 0
    (file,) = (Path(cache["WHOSAID_CACHE"]) / "answers").glob("*.jsonl")
    whole = file.read_bytes()
    file.write_bytes(whole[:-200])  # as a kill leaves it
    first = answers(cache) if whole[:-200].endswith(b"\n") else [json.loads(x) for x in whole.splitlines()[:3]]
    assert whosaid("eval", str(gold), "--limit", "6", env=cache).returncode == 0
    assert len(answers(cache)) == 6 and answers(cache)[:3] == first[:3]


def test_only_the_questions_that_are_asked_for(whosaid: Program, cache: dict[str, str]) -> None:
    chosen = ["--filter", "type=speaker", "--filter", "type=contrast", "--filter", "split=dev"]
    done = whosaid("eval", "run", str(GOLD), "--json", *chosen, env=cache)
    rows = json.loads(done.stdout)["rows"]
    assert {row["question"]["type"] for row in rows} == {"speaker", "contrast"}
    assert {row["question"]["split"] for row in rows} == {"dev"}
    for wrong in ("colour=red", "split"):
        refused = whosaid("eval", str(GOLD), "--filter", wrong, env=cache)
        assert refused.returncode == 2 and "write KEY=VALUE" in refused.stderr
    nothing = whosaid("eval", str(GOLD), "--filter", "tag=no such", env=cache)
    assert nothing.returncode == 2 and "no question is left" in nothing.stderr


def test_evidence_that_is_not_there_is_told_a_line_each(
    whosaid: Program, cache: dict[str, str], tmp_path: Path
) -> None:
    rows = [json.loads(line) for line in GOLD.read_text("utf-8").splitlines()[:3]]
    rows[0]["evidence"][0]["quote"] = rows[0]["evidence"][0]["quote"].replace("lawful", "unlawful")
    rows[1]["evidence"][0]["article"] = "no-such.txt"
    wrong = tmp_path / "wrong.jsonl"
    wrong.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    done = whosaid("eval", str(wrong), env=cache)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    told = done.stderr.splitlines()
    assert any("wrong.jsonl, line 1" in line and "welcome lawful rallies" in line for line in told), told
    assert any("wrong.jsonl, line 2" in line and "no-such.txt" in line for line in told), told


def test_a_set_is_drafted_extended_and_run_over_its_own_corpus(
    fresh: Program, sample: Path, compiled_model: Path, tmp_path: Path
) -> None:
    """As docs/evaluation.md tells it, with no home at all."""
    cache = tmp_path / "cache"
    cache.mkdir()
    (cache / "models").symlink_to(compiled_model.parent, target_is_directory=True)
    env, script = {"WHOSAID_CACHE": str(cache)}, fresh.command()[0]
    mine, part = tmp_path / "mine.jsonl", sample / "talmerian-news-agency"

    def eval_(*arguments: str) -> CompletedProcess[str]:
        return fresh.raw([script, "eval", *arguments], env=env)

    drafted = eval_("new", str(mine), "--corpus", str(part), "--questions", "10")
    assert drafted.returncode == 0 and "10 draft questions" in drafted.stdout, drafted.stderr
    assert eval_("new", str(mine)).returncode == 2, "nothing is overwritten"
    added = eval_(
        "add", "who says the dam will hold?", "--article", "2041-08-02-ishel-flood-sorn-dam.txt",
        "--quote", "The dam is safe.", "--speaker", "Brack Hollomen", "--type", "speaker",
        "--must-include", "safe|sound", "--gold", str(mine),
    )  # fmt: skip
    assert added.returncode == 0 and "mine-" in added.stdout, added.stderr
    wrong = eval_("add", "and?", "--article", "x", "--gold", str(mine))
    assert wrong.returncode == 2 and "each quotation its article" in wrong.stderr
    done = eval_(str(mine), "--json")
    assert done.returncode == 0, done.stderr
    run = json.loads(done.stdout)
    assert len(run["rows"]) == 11 and run["made"]["corpus"]["articles"] == 15


def test_a_language_model_judges_and_is_named(whosaid: Program, cache: dict[str, str], tmp_path: Path) -> None:
    """The whole way, by LlamaIndex's own protocol; a judge that is none is told in a sentence."""
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "my_judge.py").write_text(JUDGE, "utf-8")
    env = {**cache, "PYTHONPATH": str(tmp_path / "modules")}
    done = whosaid("eval", str(GOLD), "--limit", "2", "--judge", "my_judge:Kind", "--json", env=env)
    assert done.returncode == 0, done.stderr
    run = json.loads(done.stdout)
    figures = run["table"]["all"]
    assert (figures["judged-correct"]["value"], figures["judged-faithful"]["value"]) == (1.0, 1.0)
    assert run["made"]["judge"] == "my_judge:Kind"
    assert "judged by my_judge:Kind" in next(m["title"] for m in run["metrics"] if m["name"] == "judged-correct")
    for wrong in ("my_judge:Nobody", "no_such_module:Kind", "my_judge"):
        refused = whosaid("eval", str(GOLD), "--limit", "2", "--judge", wrong, env=env)
        assert refused.returncode == 2 and "write MODULE:NAME" in refused.stderr, refused.stderr
