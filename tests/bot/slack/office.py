"""The bot at work on a fake Slack: real listeners, job database, worker, handlers and engine, over real sockets."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

from slack_bolt.adapter.socket_mode import SocketModeHandler

from bot.ask import Whosaid
from bot.settings import Secrets, read_settings
from bot.slack import actions
from bot.slack.app import make_app
from bot.slack.calls import Clients
from bot.slack.config import SlackConfig
from bot.slack.desk import Desk
from bot.slack.handlers import handled
from bot.slack.model import Job
from bot.slack.store import Store
from bot.slack.worker import Worker
from bot.web.metrics import Metrics
from bot.web.signing import Links

from ...fake_slack import FakeSlack, Message, User, View

PAGES = "https://copies.example"
_MARKS = dict.fromkeys(map(ord, '"“”'))
LOADING = "Looking it up"
PATIENCE = 10.0


@dataclass(frozen=True)
class Office:
    """A fake Slack with the bot in it."""

    slack: FakeSlack
    desk: Desk
    jobs: Path

    def answers(self, channel: str, thread: str, number: int = 1) -> list[Message]:
        """Wait until the bot has said so much in a thread; what it says is told whole."""
        self.slack.wait(lambda: len(self.said(channel, thread)) >= number, what=f"{number} answers")
        self.idle()
        return self.said(channel, thread)

    def said(self, channel: str, thread: str | None) -> list[Message]:
        """What the bot has said in a thread."""
        return [message for message in self.slack.thread(channel, thread or "") if message.bot]

    def stored(self) -> None:
        """Wait until everything that was sent is acknowledged: by then it is a job."""
        self.slack.wait(lambda: all(one.acked for one in self.slack.deliveries), what="acknowledgements")

    def idle(self) -> None:
        """Wait until everything that was sent is acknowledged, and every job has ended."""
        self.stored()
        until = time.monotonic() + PATIENCE
        while self._unfinished():  # that a job has ended makes no sound
            assert time.monotonic() < until, "jobs did not end"
            time.sleep(0.01)

    def window(self, user: User) -> View:
        """Wait until a person's window is filled, and return it."""
        view = self.slack.wait(lambda: user.modal if user.modal and LOADING not in told(user.modal) else None)
        assert view is not None
        return view

    def job(self, message: Message) -> Job:
        """The question that a message answers."""
        sent = self.desk.store.messages.at(self.slack.settings.team, message.channel, message.ts)
        job = self.desk.store.jobs.get(sent.job) if sent else None
        assert job is not None
        return job

    def answer(self, message: Message) -> Mapping[str, Any]:
        """The stored answer that a message shows."""
        found = self.job(message).answer
        assert found is not None
        return found

    def speakers(self, message: Message) -> list[str]:
        """Who is quoted, in order."""
        speakers = [citation["speaker"] for citation in self.answer(message)["citations"]]
        return list(dict.fromkeys(speaker["name"] for speaker in speakers if speaker and speaker["name"]))

    def thumb(self, message: Message, good: bool) -> str:
        """The value of a thumb under an answer."""
        return actions.pack(actions.Value(job=self.job(message).id, good=good)) or ""

    def _unfinished(self) -> int:
        with closing(sqlite3.connect(self.jobs)) as database:
            found: int = database.execute("SELECT count(*) FROM slack_jobs WHERE outcome IS NULL").fetchone()[0]
        return found


def line(text: str) -> str:
    """Spaces and quotation marks aside: those of direct speech are set anew."""
    return " ".join(text.translate(_MARKS).split())


def told(where: Message | View | None) -> str:
    """Return every word of a message or view that a person can see, links and hidden values with them."""
    assert where is not None
    return _words(where.blocks if isinstance(where, Message) else where.body)


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(_words(inner) for inner in value.values())
    return " ".join(map(_words, value)) if isinstance(value, list) else str(value)


def _close(handler: SocketModeHandler, slack: FakeSlack) -> None:
    """Close the connection; the SDK would listen on it for seconds more."""
    closing = Thread(target=handler.close)
    closing.start()
    slack.drop_sockets()
    closing.join()


@contextmanager
def at_work(home: Path, jobs: Path, **config: Any) -> Iterator[Office]:
    """Let the bot work with a home; `config` is slack.toml."""
    with ExitStack() as stack:
        slack = stack.enter_context(FakeSlack(rate_limits=False))
        slack.settings.shortcut = actions.CLAIM
        given: dict[str, Any] = {
            "slack_bot_token": slack.settings.bot_token,
            "slack_signing_secret": slack.settings.signing_secret,
            "slack_api_url": slack.url,
        }
        secrets, settings = Secrets(**given), SlackConfig.model_validate(config)
        store = stack.enter_context(closing(Store.open(f"sqlite:///{jobs}")))
        links = Links(b"a secret of these tests alone", PAGES)
        engine = stack.enter_context(closing(Whosaid(read_settings(home), links)))
        clients = Clients(secrets)
        desk = Desk.over(engine, store, clients, settings, links, Metrics())
        handle = partial(handled, desk)
        worker = Worker(store, desk.delivery, handle, settings, desk.metrics)
        worker.start()
        stack.callback(worker.drain, 5)
        handler = SocketModeHandler(make_app(secrets, settings, store.jobs, worker.wake), slack.settings.app_token)
        handler.connect()
        stack.callback(_close, handler, slack)
        slack.connected()
        yield Office(slack, desk, jobs)
