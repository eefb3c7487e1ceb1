"""The bot under load and faults, as processes of its own: every question answered, none twice, none lost."""

from __future__ import annotations

import json
import os
import shutil
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ...fake_slack import FakeSlack, Message
from ..conftest import Program
from ..forks import Process, started

CHANNELS = [f"C{n:02}" for n in range(10)]
PEOPLE = [f"U{n:02}" for n in range(20)]
QUESTIONS = [
    "what did the ministry say about free assembly?",
    "what did the minister say about the budget?",
    "who called the dam safe?",
    "what did Brack Hollomen say about the Sorn Dam?",
    "what did the union say about the railway strike?",
    "what did the zookeeper say about penguins?",
    "when was Jarrow Ferry emptied?",
]
PATIENCE = 150  # seconds
SETTINGS = "too_late_minutes = 60\ntakeover_seconds = 30\n[limits]\nuser_a_minute = 1000\nchannel_a_minute = 1000\n"


class Replicas:
    """Bots over one home and one job database."""

    def __init__(self, whosaid: Program, slack: FakeSlack, jobs: str | None, http: bool) -> None:
        self.whosaid, self.slack, self.http = whosaid, slack, http
        self.environment = whosaid.environment(**slack.environment(), **({"WHOSAID_JOBS": jobs} if jobs else {}))
        self.running: list[Process] = []
        self.log = whosaid.folder / "log"

    def start(self) -> Process:
        """Start one, and wait until Slack reaches it; in HTTP mode Slack then calls it alone."""
        port = _free_port()
        how = ["--http", "--port", str(port)] if self.http else []
        command = self.whosaid.command("slack", "run", *how, "--metrics", "-")
        before = sum(one.poll() is None for one in self.running)
        process = in_background(command, self.environment, self.log)
        self.running.append(process)
        if self.http:
            self.slack.posts_to(f"http://127.0.0.1:{port}/slack/events")
            _listens(port, process)
        else:
            self.slack.connected(before + 1, PATIENCE)
        return process

    def stop(self) -> None:
        for process in self.running:
            process.terminate()
        for process in self.running:
            process.wait(60)


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def in_background(command: list[str], environment: dict[str, str], log: Path) -> Process:
    """Start ``whosaid``; what it prints is added to the log."""
    with log.open("ab") as out, open(os.devnull) as nothing:
        return started(command[1:], environment, log.parent, [nothing.fileno(), out.fileno(), out.fileno()])


def _listens(port: int, process: Process) -> None:
    """Wait until somebody listens at a port."""
    for _ in range(PATIENCE * 20):
        assert process.poll() is None, "the bot ended"
        with socket.socket() as trying:
            trying.settimeout(1)
            if trying.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the bot does not listen")


@contextmanager
def bots(whosaid: Program, slack: FakeSlack, jobs: str | None = None, http: bool = False) -> Iterator[Replicas]:
    """Give bots that are stopped at the end; what they logged is shown where the test fails."""
    replicas = Replicas(whosaid, slack, jobs, http)
    try:
        yield replicas
    except BaseException:
        print(replicas.log.read_text("utf-8", errors="replace")[-6000:] if replicas.log.exists() else "no log")
        raise
    finally:
        replicas.stop()


@pytest.fixture
def busy(sample_home: Path, tmp_path: Path) -> Program:
    """A copy of the sample's home that another process may write to, with limits out of the way."""
    home, here = tmp_path / "home", tmp_path / "here"
    shutil.copytree(sample_home, home, symlinks=True)
    (home / "slack.toml").write_text(SETTINGS, "utf-8")
    here.mkdir()
    return Program(home, here)


def jobs_of(messages: list[Message]) -> list[int]:
    """The jobs whose first part these messages are."""
    told = [message.metadata["event_payload"] for message in messages if message.metadata]
    return [payload["job"] for payload in told if payload["part"] == 0]


def ask_all(slack: FakeSlack, number: int) -> dict[tuple[str, str], str]:
    """Ask as many questions at once as told, over all channels; what was asked, by channel and time stamp."""
    asked = {}
    for n in range(number):
        channel, question = CHANNELS[n % len(CHANNELS)], QUESTIONS[n % len(QUESTIONS)]
        asked[channel, slack.user(PEOPLE[n % len(PEOPLE)]).mentions_bot(channel, question)] = question
    return asked


def answered(slack: FakeSlack) -> int:
    return sum(bool(message.metadata) and not message.ephemeral_to for message in slack.messages(bot=True))


def check_each_once(slack: FakeSlack, asked: dict[tuple[str, str], str]) -> None:
    """Each question has one answer, whole and in its thread, and nothing else was said."""
    every: list[int] = []
    for (channel, ts), question in asked.items():
        replies = [message for message in slack.thread(channel, ts) if message.bot is not None]
        jobs = jobs_of(replies)
        assert len(jobs) == 1, f"{len(jobs)} answers to {question!r} in {channel}: {[m.text[:60] for m in replies]}"
        parts = [message.metadata["event_payload"]["part"] for message in replies if message.metadata]
        assert sorted(parts) == list(range(len(parts))) and len(parts) == len(replies)
        assert not any(message.stream and message.stream.state == "open" for message in replies)
        whole = json.dumps([message.blocks or message.text for message in replies])
        assert ("lawful rallies" in whole) == (question == QUESTIONS[0]), whole[:300]
        every += jobs
    assert max(Counter(every).values()) == 1
    posted = {(message.channel, message.thread) for message in slack.messages(bot=True)}
    assert posted <= set(asked) and not slack.pings


@pytest.mark.parametrize(
    ("http", "database", "questions"), [(False, "sqlite", 100), (True, "postgresql", 50)], ids=["socket", "http"]
)
def test_every_question_is_answered_once_whatever_breaks(
    busy: Program,
    sample: Path,
    http: bool,
    database: str,
    questions: int,
    request: pytest.FixtureRequest,
) -> None:
    made: Callable[[str], str] | None = request.getfixturevalue("postgresql") if database == "postgresql" else None
    with (
        FakeSlack(rate_speed=60, redeliver=0.2, drop_socket=0 if http else 0.01) as slack,
        bots(busy, slack, made("load") if made else None, http) as replicas,
    ):
        first = replicas.start()
        replicas.start()
        slack.faults.ratelimited("chat.*", retry_after=1, times=None, chance=0.05)
        slack.faults.drop_before("*", times=None, chance=0.025)
        slack.faults.drop_after("*", times=None, chance=0.025)
        command = busy.command("ingest", str(sample), "--collection", "again")
        ingest = in_background(command, busy.environment(), busy.folder / "ingest.log")
        try:
            asked = ask_all(slack, questions)
            slack.wait(lambda: answered(slack) >= questions // 4, PATIENCE, "a quarter of the answers")
            first.kill()  # -9, in the middle of it
            if http:
                replicas.start()
            slack.wait(lambda: answered(slack) >= questions, PATIENCE, "all answers")
        finally:
            assert ingest.wait(PATIENCE) == 0
        slack.faults.clear()
        replicas.stop()  # what was begun is finished, and nobody is left to say more
        check_each_once(slack, asked)
        waited = sorted(slack.ack_seconds())
        # three seconds is when Slack sends again; how much sooner it is, a machine that does nothing else can tell
        assert waited and waited[int(len(waited) * 0.99)] < 3.0, waited[-10:]
