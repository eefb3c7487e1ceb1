"""The documentation names every command, option and setting there is, and none that is not."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from bot.cli import app
from bot.settings import Secrets, Settings
from bot.slack.config import Limits, Rule, SlackConfig

ROOT = Path(__file__).resolve().parent.parent
COMMANDS: dict[str, Any] = get_command(app).commands  # type: ignore[attr-defined]


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def options(command: Any) -> list[str]:
    """Its options in order; of a group below the top those of its commands, each once."""
    parts = (getattr(command, "commands", {}).values() if command in COMMANDS.values() else ()) or [command]
    names = [name for part in parts for p in part.params for name in p.opts if name.startswith("--")]
    return [name for name in dict.fromkeys(names) if name != "--help"]


def sections(text: str) -> dict[str, str]:
    """The text below each heading that is a command."""
    parts = re.split(r"(?m)^## `whosaid (\w+)`$", text)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_command_has_its_section_with_every_option_and_an_example() -> None:
    found = sections(read("docs/cli.md"))
    assert sorted(found) == sorted(COMMANDS)
    for name, command in COMMANDS.items():
        assert re.findall(r"(?m)^\| `(--[\w-]+)", found[name]) == options(command), name
        assert re.findall(r"(?m)^\| `([a-z]+)", found[name]) == list(getattr(command, "commands", ())), name
        example = re.search(rf"(?m)^```console\n\$ .*\bwhosaid {name}\b.*\n\S.*\n", found[name])
        assert example is not None, f"docs/cli.md shows no output of {name}"


def test_the_options_before_the_command_are_documented() -> None:
    top = re.split(r"(?m)^## `whosaid", read("docs/cli.md"))[0]
    for option in options(get_command(app)):
        assert f"`{option}" in top


def table() -> str:
    """docs/settings.md's table, made from the settings themselves."""
    rows = ["| setting | default | variable | meaning |", "|---|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = "none" if field.default is None else f"`{field.default}`"
        rows.append(f"| `{name}` | {default} | `WHOSAID_{name.upper()}` | {field.description} |")
    return "\n".join(rows) + "\n"


def test_the_table_of_settings_is_that_of_the_program() -> None:
    assert table() in read("docs/settings.md"), f"put this table into docs/settings.md:\n{table()}"


def keys(model: Any) -> str:
    """docs/slack.md's table of a part of slack.toml, made from it."""
    told = {"True": "`true`", "False": "`false`", "None": "none", "()": "none"}
    rows = ["| key | default | meaning |", "|---|---|---|"]
    for name, field in model.model_fields.items():
        if name not in ("limits", "allow"):
            default = str(field.default)
            rows.append(f"| `{name}` | {told.get(default, f'`{default}`')} | {field.description} |")
    return "\n".join(rows) + "\n"


@pytest.mark.parametrize("model", [SlackConfig, Limits, Rule])
def test_the_tables_of_slack_toml_are_those_of_the_program(model: Any) -> None:
    assert keys(model) in read("docs/slack.md"), f"put this table into docs/slack.md:\n{keys(model)}"


def test_the_table_of_secrets_is_that_of_the_program() -> None:
    rows = ["| variable | meaning |", "|---|---|"]
    rows += [f"| `{name.upper()}` | {field.description} |" for name, field in Secrets.model_fields.items()]
    assert "\n".join(rows) + "\n" in read("docs/slack.md"), "\n".join(rows)


def test_the_example_of_slack_toml_is_one() -> None:
    [example] = re.findall(r"(?ms)^```toml\n(# slack.toml\n.*?)^```", read("docs/slack.md"))
    assert len(SlackConfig.model_validate(tomllib.loads(example)).allow) == 4


def shell_lines(text: str) -> list[str]:
    blocks = re.findall(r"(?ms)^```sh\n(.*?)^```", text)
    return [re.sub(r"(^|\s)#.*", "", line).strip() for block in blocks for line in block.splitlines()]


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "CONTRIBUTING.md",
        "docs/settings.md",
        "docs/cli.md",
        "docs/corpus.md",
        "docs/slack.md",
        "docs/server.md",
    ],
)
def test_commands_shown_to_a_reader_exist(name: str) -> None:
    targets = set(re.findall(r"(?m)^([a-z][\w-]*):(?!=)", read("Makefile")))
    for line in shell_lines(read(name)):
        for words in re.findall(r"(?:^|[\s/])whosaid((?: --(?:home|config) \S+| --debug)*) (\w+)([^|;&#]*)", line):
            assert words[1] in COMMANDS, line
            known = {*options(COMMANDS[words[1]]), "--help"}
            assert set(re.findall(r"(?<!\S)--[\w-]+", re.sub(r"\"[^\"]*\"|'[^']*'", "", words[2]))) <= known, line
        for target in re.findall(r"(?:^|\s)make ([a-z][\w-]*)", line):
            assert target in targets, line


def test_the_readme_shows_the_two_commands_of_a_newcomer() -> None:
    lines = shell_lines(read("README.md"))
    assert any(line.startswith('make ask Q="') for line in lines) and "make test" in lines
