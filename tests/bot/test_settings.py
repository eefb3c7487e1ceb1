"""Where settings come from, which one wins, and how a wrong one is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.settings import Settings, default_home, read_settings
from corpus.errors import UsageError

from .conftest import Program


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings of the tester's own, and a current folder full of settings that must not be read."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"WHOSAID_{name.upper()}", raising=False)
    trap = tmp_path / "trap"
    trap.mkdir()
    (trap / "whosaid.toml").write_text('passage_tokens = 77\nno_such_setting = "x"\n')
    (trap / ".env").write_text("WHOSAID_PASSAGE_TOKENS=78\n")
    monkeypatch.chdir(trap)


def write(folder: Path, words: str, name: str = "whosaid.toml") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(words, "utf-8")
    return folder / name


def test_without_any_settings_the_defaults_hold(tmp_path: Path) -> None:
    found = read_settings(tmp_path / "home")
    assert found.model_dump(exclude={"home"}) == Settings().model_dump(exclude={"home"})
    assert found.place().folder == tmp_path / "home" and not found.ingested()
    assert read_settings().place().folder == default_home()


def test_the_file_in_the_home_is_read_and_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    write(home, 'passage_tokens = 128\npublic_url = "https://a.example"\n')
    assert read_settings(home).passage_tokens == 128
    monkeypatch.setenv("WHOSAID_HOME", str(home))
    monkeypatch.setenv("WHOSAID_PASSAGE_TOKENS", "192")
    found = read_settings()
    assert (found.passage_tokens, found.public_url) == (192, "https://a.example")
    assert found.place().folder == home


def test_a_file_named_takes_the_place_of_the_home_s(tmp_path: Path) -> None:
    home = tmp_path / "home"
    write(home, "passage_tokens = 128\n")
    other = write(tmp_path, 'threads = 2\nvectors = "http://chroma.example:8000"\n', "other.toml")
    found = read_settings(home, other)
    assert (found.passage_tokens, found.threads) == (256, 2)
    assert found.index().vectors == "http://chroma.example:8000"


def test_an_empty_variable_is_no_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "RUNTIME", "THREADS", "CATALOGUE"):
        monkeypatch.setenv(f"WHOSAID_{name}", "")
    found = read_settings()
    assert found.place().folder == default_home() and found.catalogue is None


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ('runtime = "int4"', "the setting runtime ({file} or WHOSAID_RUNTIME) is wrong: Input should be 'int8', "),
        ("passage_tokens = 7", "the setting passage_tokens ({file} or WHOSAID_PASSAGE_TOKENS) is wrong: "),
        ('colour = "red"', "there is no setting colour, which {file} has"),
        ("runtime = int8", "cannot read the settings in {file}: "),
        ("[index]\nruntime = 1", "there is no setting index, which {file} has"),
    ],
)
def test_a_wrong_setting_is_told_in_one_sentence(tmp_path: Path, words: str, says: str) -> None:
    file = write(tmp_path / "home", words)
    with pytest.raises(UsageError) as raised:
        read_settings(tmp_path / "home")
    assert str(raised.value).startswith(says.format(file=file)) and "\n" not in str(raised.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.toml: there is no such file"):
        read_settings(tmp_path, tmp_path / "nowhere.toml")


def test_the_command_line_obeys_the_same_rules(whosaid: Program) -> None:
    write(whosaid.folder, "passage_tokens = 77\n")
    write(whosaid.folder, "WHOSAID_PASSAGE_TOKENS=78\n", ".env")
    assert whosaid("status").returncode == 0  # neither file was read
    named = whosaid.raw([whosaid.command()[0], "--config", "whosaid.toml", *whosaid.command("status")[1:]])
    assert named.returncode == 1 and "the settings say 77" in named.stdout
    by_variable = whosaid.raw([whosaid.command()[0], "status", "--json"], env={"WHOSAID_HOME": str(whosaid.home)})
    assert json.loads(by_variable.stdout)["home"] == str(whosaid.home)
    wrong = whosaid("status", env={"WHOSAID_RUNTIME": "fast"})
    assert (wrong.returncode, wrong.stdout) == (2, "") and wrong.stderr.count("\n") == 1
    assert wrong.stderr.startswith("whosaid: the setting runtime (") and "WHOSAID_RUNTIME" in wrong.stderr
