"""Talk to the bot in a terminal, with no workspace: this Slack, and ``whosaid slack run`` as a process of its own."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from .fake import FakeSlack
from .people import Nothing
from .screen import Screen

REPOSITORY = Path(__file__).resolve().parents[2]
CHANNEL = "C0GENERAL"
HELP = """\
  a line           is a question: you mention the bot in #general
  thread TEXT      write in the last thread, without a mention      dm TEXT   write to the bot directly
  /ask TEXT        the command; /ask private TEXT only you see      claim TEXT  somebody says it, you check it
  click N          click on button N      s N   take suggestion N   submit TEXT  send the modal      close   close it
  edit TEXT        change your last question       delete   delete it       stop   press Stop
  home, agent      open App Home, the agent view   help, quit"""
ANSWER_SECONDS = 60.0
QUIET_SECONDS = 0.7


class Session:
    """One person at the keyboard."""

    def __init__(self, slack: FakeSlack, colour: bool, quiet: float) -> None:
        self._slack, self._quiet = slack, quiet
        self._person = slack.user("U0YOU", "you")
        self._last: tuple[str, str] | None = None
        slack.channel(CHANNEL, name="general")
        self.screen = Screen(slack, self._person, _write, colour)

    def do(self, line: str) -> bool:
        """Do what a line says; False where there is nothing that the bot would react to."""
        word, _, rest = line.strip().partition(" ")
        if word == "help" or not line.strip():
            _write(HELP + "\n")
            return False
        try:
            self._act(word, rest.strip(), line.strip())
        except (Nothing, IndexError, ValueError) as error:
            said = str(error) if isinstance(error, Nothing) else "there is no such number"
            _write(f"  {said}; help lists what there is\n")
            return False
        return True

    def _act(self, word: str, rest: str, line: str) -> None:
        you = self._person
        if word.startswith("/"):
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
        elif word in ("submit", "close"):
            self._modal(word, rest)
        elif word in ("thread", "edit", "delete", "stop") and (rest or word in ("delete", "stop")):
            self._on_last(word, rest)
        else:
            self._last = CHANNEL, you.mentions_bot(CHANNEL, line)

    def _modal(self, word: str, text: str) -> None:
        view = self._person.modal
        if view is None:
            raise Nothing("no modal is open")
        if word == "close":
            self._person.closes(view)
            return
        fields = [block["block_id"] for block in view.body["blocks"] if block["type"] == "input"]
        self._person.submits(view, dict.fromkeys(fields[-1:], text) if text else {})

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
            while (now := time.monotonic()) < end:
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


@contextmanager
def bot_process(slack: FakeSlack, command: Sequence[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run the bot against this Slack, and stop it at the end; what it says goes into a file."""
    environment = {**os.environ, **slack.environment(), "PYTHONUNBUFFERED": "1"}
    with log.open("wb") as said:
        process = subprocess.Popen(
            command,
            env=environment,
            cwd=REPOSITORY,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,  # Ctrl-C is for this process, which then tells the bot to stop
        )
    try:
        yield process
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(30)
        process.kill()
        process.wait()


def prepared(home: Path, articles: Path) -> None:
    """Ingest the sample into a home that has nothing."""
    if (home / "catalogue.sqlite").exists():
        return
    _write(f"reading {articles} into {home} ...\n")
    whosaid = [sys.executable, "-m", "bot.cli", "--home", str(home), "ingest", str(articles)]
    subprocess.run(whosaid, cwd=REPOSITORY, check=True, stdout=subprocess.DEVNULL)


def talk(slack: FakeSlack, lines: Iterable[str], colour: bool, waiting: bool, quiet: float = QUIET_SECONDS) -> None:
    """Do line by line what is said; `waiting`: each line only when the bot is `quiet` again after the one before."""
    session = Session(slack, colour, quiet)
    try:
        for line in lines:
            if waiting:
                _write(f"> {line.rstrip()}\n")
            if line.strip() in ("quit", "exit"):
                return
            since = time.monotonic()
            if session.do(line) and waiting:
                session.settle(since)
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
            _started(slack, process, log)
            terminal = sys.stdin.isatty()
            _write(f"The bot listens. Type a question, or help.\n{HELP if terminal else ''}\n")
            with suppress(KeyboardInterrupt):
                talk(slack, sys.stdin, sys.stdout.isatty(), waiting=not terminal)


def _started(slack: FakeSlack, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the bot is connected, or say that it ended."""
    for _ in range(60):
        with suppress(AssertionError):
            return slack.connected(seconds=1.0)
        if process.poll() is not None:
            break
    raise SystemExit(f"the bot did not connect; it said:\n{log.read_text('utf-8', 'replace')}")
