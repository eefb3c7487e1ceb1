"""Talk to the bot in a terminal, with no workspace: this Slack, and ``whosaid slack run`` as a process of its own."""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from . import events
from .fake import FakeSlack
from .keyboard import Paper, typed
from .model import View
from .people import Nothing
from .process import REPOSITORY, bot_process, prepared, started
from .screen import Screen

CHANNEL = "C0GENERAL"
HELP = """\
  a line           is a question: you mention the bot in #general (@whosaid, written out, is the mention)
  thread TEXT      write in the last thread, without a mention      dm TEXT   write to the bot directly
  /ask TEXT        the command; /ask private TEXT only you see      claim TEXT  somebody says it, you check it
  click N          click on button N      s N   take suggestion N
  fill NAME = TEXT fill in a field of the modal                   submit  send it        close     close it
  edit TEXT        change your last question       delete   delete it       stop   press Stop
  home, agent      open App Home, the agent view   help, quit"""
ANSWER_SECONDS = 60.0
QUIET_SECONDS = 0.7
_LAST_LINES = 5


class Session:
    """One person at the keyboard."""

    def __init__(
        self, slack: FakeSlack, write: Callable[[str], None], colour: bool, quiet: float, alive: Callable[[], bool]
    ) -> None:
        self._slack, self._write, self._quiet, self._alive = slack, write, quiet, alive
        self._person = slack.user("U0YOU", "you")
        self._last: tuple[str, str] | None = None
        slack.channel(CHANNEL, name="general")
        self.screen = Screen(slack, self._person, write, colour)
        self._filled: tuple[str, dict[str, str]] = "", {}

    def do(self, line: str) -> bool:
        """Do what a line says; False where there is nothing that the bot would react to."""
        if not line.strip().startswith("/"):
            line = re.sub(r"(?i)@whosaid\b", f"<@{self._slack.settings.bot_user}>", line)
        word, _, rest = line.strip().partition(" ")
        if word == "help" or not line.strip():
            self._write(HELP + "\n")
            return False
        try:
            if word == "fill" and rest:
                self._write(f"  {self._fill(rest)}\n")
                return False
            self._act(word, rest.strip(), line.strip())
        except (Nothing, IndexError, ValueError) as error:
            said = str(error) if isinstance(error, Nothing) else "there is no such number"
            self._write(f"  {said}; help lists what there is\n")
            return False
        return True

    def _act(self, word: str, rest: str, line: str) -> None:
        you = self._person
        if word.startswith("/"):
            if word not in self._slack.settings.commands:
                raise Nothing(f"there is no command {word}, only {', '.join(self._slack.settings.commands)}")
            you.asks(line, CHANNEL)
        elif word == "dm":
            self._last = you.dm, you.direct(rest)
        elif word == "claim":
            ts = self._slack.user("U0SOMEBODY", "somebody").writes(CHANNEL, rest)
            you.checks_claim(CHANNEL, ts)
        elif word == "click":
            where, button = self.screen.buttons[_index(rest)]
            you.clicks(where, button.action, button.value)
        elif word == "s" or re.fullmatch(r"s\d+", line):
            self._last = you.dm, you.direct(self.screen.suggested[_index(rest or line[1:])])
        elif word in ("home", "agent") and not rest:
            (you.opens_home if word == "home" else you.opens_agent_view)()
        elif word in ("submit", "close") and not rest:
            self._modal(word)
        elif word in ("thread", "edit", "delete", "stop") and (rest or word in ("delete", "stop")):
            self._on_last(word, rest)
        else:
            mentioned = f"<@{self._slack.settings.bot_user}>" in line
            self._last = CHANNEL, (you.writes if mentioned else you.mentions_bot)(CHANNEL, line)

    def _modal(self, word: str) -> None:
        view = self._open()
        if word == "close":
            self._person.closes(view)
            return
        ident, values = self._filled
        self._person.submits(view, values if ident == view.id else {})

    def _open(self) -> View:
        view = self._person.modal
        if view is None or view.closed:
            raise Nothing("no modal is open")
        return view

    def _fill(self, rest: str) -> str:
        """Fill in a field of the modal by the name that is shown with it, or how its label begins; say what is so."""
        view = self._open()
        name, equals, text = (part.strip() for part in rest.partition("="))
        fields = [block for block in events.every(view.body["blocks"]) if block.get("type") == "input"]
        named = [one for one in fields if one["block_id"] == name] or [
            one for one in fields if one["label"]["text"].casefold().startswith(name.casefold())
        ]
        if not equals or len(named) != 1:
            raise Nothing(f"write fill NAME = TEXT; the fields are {', '.join(one['block_id'] for one in fields)}")
        if self._filled[0] != view.id:
            self._filled = view.id, {}
        self._filled[1][named[0]["block_id"]] = text
        return f"{named[0]['label']['text']}: {text}"

    def _on_last(self, word: str, text: str) -> None:
        if self._last is None:
            raise Nothing("you have not asked anything yet")
        channel, ts = self._last
        if word == "thread":
            if channel == self._person.dm:
                self._person.direct(text, ts)
            else:
                self._person.writes(channel, text, ts)
        elif word == "edit":
            self._person.edits(channel, ts, text)
        elif word == "delete":
            self._person.deletes(channel, ts)
        else:
            self._person.presses_stop(channel, ts)

    def settle(self, since: float) -> None:
        """Wait until the bot has reacted to a line, and has been quiet for a moment."""
        world, end = self._slack.world, since + ANSWER_SECONDS
        with world.changed:
            while (now := time.monotonic()) < end and self._alive():
                said = max(self.screen.changed, *(call.at for call in world.calls[-1:]), since)
                if self.screen.changed > since and now - said >= self._quiet:
                    return
                world.changed.wait(self._quiet / 4)


def _index(text: str) -> int:
    number = int(text)
    if number < 1:
        raise IndexError
    return number - 1


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def talk(
    slack: FakeSlack,
    lines: Iterable[str],
    colour: bool,
    waiting: bool,
    quiet: float = QUIET_SECONDS,
    alive: Callable[[], bool] = lambda: True,
) -> None:
    """Do line by line what is said, while the bot is `alive`.

    `waiting`: each line only when the bot is `quiet` again after the one before; else a prompt is shown.
    """
    paper = Paper(terminal=not waiting)
    session = Session(slack, paper.write, colour, quiet, alive)
    try:
        paper.ask()
        for line in lines:
            paper.answered(line)
            if line.strip() in ("quit", "exit"):
                return
            since = time.monotonic()
            if session.do(line) and waiting:
                session.settle(since)
            if not alive():
                return
            paper.ask()
    finally:
        session.screen.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fake_slack", description=__doc__, epilog=HELP)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--home", type=Path, help="the folder of catalogue and index; default a temporary one")
    parser.add_argument("--articles", type=Path, default=REPOSITORY / "corpus" / "sample", help="read into a new home")
    parser.add_argument("--log", type=Path, help="keep the bot's log in this file")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="whosaid-slack-") as folder, FakeSlack() as slack:
        home = (given.home or Path(folder)).absolute()
        prepared(home, given.articles.absolute())
        run = [sys.executable, "-m", "bot.cli", "--home", str(home), "slack", "run", "--metrics", "-"]
        log = (given.log or Path(folder) / "bot.log").absolute()
        with bot_process(slack, run, log) as process:
            started(slack, process, log)
            terminal = sys.stdin.isatty()
            _write(f"The bot listens. Type a question, or help.\n{HELP if terminal else ''}\n")
            with suppress(KeyboardInterrupt):
                talk(
                    slack,
                    typed(process),
                    sys.stdout.isatty(),
                    waiting=not terminal,
                    alive=lambda: process.poll() is None,
                )
            if process.poll() is not None:
                said = log.read_text("utf-8", "replace").splitlines()[-_LAST_LINES:]
                raise SystemExit(
                    "\n".join([f"\nthe bot has ended (exit code {process.returncode}); it said last:", *said])
                )
