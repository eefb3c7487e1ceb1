"""Terminals and pipes: colour, wrapping, Ctrl-C, closed pipes, chat, the bar, completion."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.progress import BarColumn

from bot.terminal import bar
from bot.visible import Guarded

from .conftest import PATIENCE, Program

SPOKEN = "what did Hale Teverin say about assembly?"
COLOUR = re.compile(r"\x1b\[(?:\d+;)*3[0-7]m")
COLOUR_OF_BAR = re.compile(r"\x1b\[38;5;\d+m━")
STYLES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b\]8;[^\x1b]*\x1b\\")


def test_a_terminal_gets_colour_links_and_wrapped_lines(whosaid: Program) -> None:
    code, screen = whosaid.terminal("ask", SPOKEN)
    assert code == 0 and COLOUR.search(screen) and "\x1b]8;" in screen
    lines = STYLES.sub("", screen).splitlines()
    assert max(map(len, lines)) <= 100
    piped = whosaid("ask", SPOKEN).stdout
    assert "".join(STYLES.sub("", screen).split()) == "".join(piped.split())


def test_no_color_takes_the_colour_away(whosaid: Program) -> None:
    code, screen = whosaid.terminal("ask", SPOKEN, env={"NO_COLOR": "1"})
    assert code == 0 and not COLOUR.search(screen) and "Sources:" in screen


@pytest.mark.parametrize("arguments", [("status",), ("show", "000_88a69eeaa2e40b64.txt", "--span", "0:40")])
def test_pipes_get_no_colour(whosaid: Program, arguments: tuple[str, ...]) -> None:
    done = whosaid(*arguments)
    assert done.returncode == 0 and "\x1b" not in done.stdout and done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask", SPOKEN),
        ("ask", "--from", "-", "--json"),
        ("show", "ondreva-ledger/aurelian-report-assembly.html"),
        ("statements", "ondreva-ledger/aurelian-report-assembly.html"),
        ("status",),
    ],
)
def test_a_closed_pipe_is_quiet(whosaid: Program, arguments: tuple[str, ...]) -> None:
    """The reader takes one line and goes, as ``head -1`` does."""
    process = subprocess.Popen(
        whosaid.command(*arguments),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=whosaid.folder,
        env=whosaid.environment(PYTHONUNBUFFERED="1"),
        text=True,
    )
    assert process.stdin and process.stdout and process.stderr
    process.stdin.write(f"{SPOKEN}\n" * 3)
    process.stdin.close()
    assert process.stdout.readline()
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert (process.wait(PATIENCE), errors) == (0, "")


def test_a_pipe_that_is_closed_from_the_start_is_quiet(whosaid: Program) -> None:
    script = '"$0" "$@" | true; exit "${PIPESTATUS[0]}"'
    done = whosaid.raw(["bash", "-c", script, *whosaid.command("ask", SPOKEN)])
    assert (done.returncode, done.stderr) == (0, "")
    closed = whosaid.raw(["bash", "-c", '"$0" "$@" >&-', *whosaid.command("ask", SPOKEN)])
    assert "Traceback" not in closed.stderr and closed.stderr.count("\n") <= 1


def test_ctrl_c_ends_with_130_and_no_traceback(whosaid: Program) -> None:
    code, screen = whosaid.terminal("chat", interrupt_at="Ctrl-D ends.")
    assert code == 130 and "Traceback" not in screen


def test_chat_on_a_terminal_follows_up(whosaid: Program) -> None:
    first, then = "what did Brack Hollomen say about the dam?", "what about the gate?"
    code, screen = whosaid.terminal("chat", typed=[("? ", f"{first}\n"), ("\n? ", f"{then}\n"), ("\n? ", "\x04")])
    assert code == 0 and "Traceback" not in screen
    second = STYLES.sub("", screen).split(then)[1]
    assert "Brack Hollomen" in second


def test_chat_through_a_pipe_follows_up_and_names_the_questions(whosaid: Program) -> None:
    questions = ["what did Brack Hollomen say about the dam?", "", "what about the gate?"]
    done = whosaid("chat", stdin="\n".join(questions))
    assert done.returncode == 0 and done.stderr == "" and "\x1b" not in done.stdout
    assert done.stdout.startswith(f"? {questions[0]}\n\n")
    second = done.stdout.split(f"\n? {questions[2]}\n\n")[1]
    assert "Brack Hollomen" in second
    alone = whosaid("chat", stdin=questions[2])
    assert alone.stdout.split("\n\n", 1)[1].strip() != second.strip()


def test_chat_refuses_an_unknown_collection(whosaid: Program) -> None:
    done = whosaid("chat", "--collection", "nowhere", stdin="x\n")
    assert done.returncode == 2 and "there is no collection 'nowhere'" in done.stderr


def test_ingest_shows_a_bar_on_a_terminal_and_lines_elsewhere(fresh: Program, sample: Path) -> None:
    folder = str(sample / "radio-sundral")
    code, screen = fresh.terminal("ingest", folder)
    assert code == 0 and "━" in screen and "6 articles" in screen and "characters/s" in screen
    # What draws the bar reaches the terminal: lines are erased and drawn anew, and no escape stands there to be read.
    assert "\x1b[2K" in screen and COLOUR_OF_BAR.search(screen) and "␛" not in screen and "␍" not in screen
    assert STYLES.sub("", screen).rstrip().splitlines()[-1].startswith("6 new (")
    again = fresh("ingest", folder)
    assert again.returncode == 0 and "\x1b" not in again.stdout + again.stderr and "━" not in again.stderr
    assert again.stdout.startswith("nothing is new: 6 articles, all as they were (")


def test_what_is_printed_while_a_bar_is_shown_cannot_steer_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    guards = Guarded(terminal), Guarded(terminal)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr("sys.stdout", guards[0])
    monkeypatch.setattr("sys.stderr", guards[1])
    with bar(BarColumn()) as progress:
        progress.add_task("")
        print("\x1b[31mred\x1b[2J \u202eflipped", file=sys.stderr)
        print("\x1b]8;;https://evil.example\x1b\\here")
    said = terminal.getvalue()
    assert "␛[31mred␛[2J ⟨U+202E⟩flipped" in said and "␛]8;;https://evil.example" in said
    assert not re.search(r"\x1b(\[31m|\[2J|\])", said) and "\x1b[2K" in said
    assert (sys.stdout, sys.stderr) == guards


def test_ctrl_c_during_ingest_keeps_what_is_done(fresh: Program, sample: Path) -> None:
    code, screen = fresh.terminal("ingest", str(sample), interrupt_at="articles,")
    assert code == 130 and "whosaid: interrupted" in screen and "Traceback" not in screen
    again = fresh("ingest", str(sample))
    assert again.returncode == 0, again.stderr
    status = fresh("status").stdout
    assert "articles    64 (" in status and "up to date" in status


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_printed_and_completes(whosaid: Program, shell: str) -> None:
    done = whosaid.raw(["whosaid", "--show-completion", shell], env={"PATH": _path(whosaid)})
    assert done.returncode == 0 and "_WHOSAID_COMPLETE" in done.stdout and done.stderr == ""
    words = {"COMP_WORDS": "whosaid sta", "COMP_CWORD": "1", "_WHOSAID_COMPLETE": "complete_bash"}
    names = whosaid.raw(["whosaid"], env={"PATH": _path(whosaid), **words})
    assert names.stdout.split() == ["statements", "status"] or names.stdout.split() == ["status", "statements"]


def _path(program: Program) -> str:
    return f"{Path(program.command()[0]).parent}:/usr/bin:/bin"
