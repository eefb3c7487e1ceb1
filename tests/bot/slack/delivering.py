"""Workers that deliver stored words, without an engine, in this process or in one that is killed.

The words of an answer are those of a real article, sentence by sentence; which of them, the question tells:
``{"parts": 2, "blocks": 3, "stream": true, "way": "answer"}``.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from bot.settings import Secrets
from bot.slack.calls import Clients
from bot.slack.config import SlackConfig
from bot.slack.deliver import Delivery, Leases, Place
from bot.slack.model import Job, NewJob, Outcome, Part
from bot.slack.render.blocks import line, rich, words
from bot.slack.store import Store
from bot.slack.worker import Worker
from bot.web.metrics import Metrics
from corpus.errors import JobsError

from ...fake_slack import FakeSlack, Message

ARTICLE = Path(__file__).parents[3] / "corpus" / "sample" / "000_88a69eeaa2e40b64.txt"
SENTENCES = [said for said in ARTICLE.read_text("utf-8").split("\n\n") if said.strip()]
LEASE = 2.0
TEAM = "T0WHOSAID"


def parts_of(text: str) -> list[Part]:
    """Return what a question is answered with."""
    wanted = json.loads(text)
    many, blocks = wanted.get("parts", 1), wanted.get("blocks", 2)
    steps = tuple(range(1, blocks)) if wanted.get("stream") else ()
    made = []
    for number in range(many):
        said = [SENTENCES[(number * blocks + n + wanted.get("from", 0)) % len(SENTENCES)] for n in range(blocks)]
        made.append(Part(blocks=tuple(rich(line(words(one))) for one in said), text="\n".join(said), steps=steps))
    return made


def deliver(store: Store, delivery: Delivery, job: Job) -> Outcome:
    """Answer as the handlers do: the words are stored, then sent."""
    parts = job.parts
    if parts is None:
        delivery.status(job, "is reading the articles")
        parts = parts_of(job.text)
        delivery.keep(job, {"id": uuid4().hex, "answer": "kept"}, parts, {"article"})
    way = json.loads(job.text).get("way", "answer")
    if way == "private":
        for part in parts:
            delivery.ephemeral(job, part, Place(str(job.channel), None))
    elif way == "command":
        root = delivery.root(job, Part(blocks=(), text="the question"))
        delivery.answer(job, parts, Place(str(job.channel), root))
    else:
        delivery.answer(job, parts)
    return "done"


@dataclass(frozen=True)
class Replica:
    """A process of the bot, as far as jobs go: its own leases, calls and threads."""

    store: Store
    delivery: Delivery
    worker: Worker


def replica(
    url: str,
    slack: str,
    token: str,
    handle: Callable[[Store, Delivery, Job], Outcome] = deliver,
    lease: float = LEASE,
    **config: Any,
) -> Replica:
    """Return one that has not started."""
    given: dict[str, Any] = {"slack_bot_token": token, "slack_api_url": slack}
    store, settings, metrics = Store.open(url), SlackConfig.model_validate(config), Metrics()
    delivery = Delivery(
        store, Clients(Secrets(**given), count=metrics.slack_error), settings, Leases(store.jobs, lease)
    )
    worker = Worker(store, delivery, lambda job: handle(store, delivery, job), settings, metrics)
    return Replica(store, delivery, worker)


class Bureau:
    """A fake Slack, a job database, and any number of replicas."""

    def __init__(self, slack: FakeSlack, url: str):
        self.slack = slack
        self.url = url
        self.store = Store.open(url)
        self._replicas: list[Replica] = []

    def replica(self, **how: Any) -> Replica:
        """Return another replica, not started; it is drained at the end."""
        made = replica(self.url, self.slack.url, self.slack.settings.bot_token, **how)
        self._replicas.append(made)
        return made

    def start(self, **how: Any) -> Replica:
        """Start another replica."""
        made = self.replica(**how)
        made.worker.start()
        return made

    def ask(self, channel: str, way: str = "answer", user: str = "U1", **wanted: Any) -> int:
        """Store a question, as a listener does; return the id of its job."""
        person = self.slack.user(user)
        self.slack.channel(channel)
        payload: dict[str, Any] = {}
        if way in ("command", "private"):
            ts, thread, surface = None, None, way
            key = f"{TEAM}:command:{channel}:{len(self.slack.messages())}"
        else:
            ts = thread = person.writes(channel, "a question")
            surface, key = "mention", f"{TEAM}:{channel}:{ts}"
        text = json.dumps({"way": way, **wanted})
        new = NewJob(
            key=key, kind="question", team=TEAM, user=user, channel=channel, ts=ts, thread=thread,
            surface=surface, text=text, payload=payload,
        )  # fmt: skip
        job = self.store.jobs.add(new)
        assert job is not None
        for one in self._replicas:
            one.worker.wake("answer")
        return job

    def shown(self, job: int) -> list[Message]:
        """Return the messages of a job's thread that are the bot's, in order."""
        asked = self.store.jobs.get(job)
        assert asked is not None
        found = self.slack.thread(str(asked.channel), str(asked.thread))
        return [message for message in found if message.bot and message.ts != asked.thread]

    def ended(self, *jobs: int, seconds: float = 20.0) -> None:
        """Wait until jobs have ended; Slack's changes, and a little time, make it look again."""
        until = threading.Event()
        for _ in range(int(seconds / 0.02)):
            if all(self.store.jobs.outcome(job) is not None for job in jobs):
                return
            until.wait(0.02)
        left = [job for job in jobs if self.store.jobs.outcome(job) is None]
        last = [
            f"{call.method} {call.args.get('channel')} {call.error or call.fault}" for call in self.slack.calls()[-15:]
        ]
        raise AssertionError(f"jobs {left} have not ended; the last calls: {last}")

    def close(self) -> None:
        self.slack.faults.clear()
        for one in self._replicas:
            one.worker.drain(5)
            one.store.close()
        self.store.close()


@contextmanager
def bureau(where: Path | str, **settings: Any) -> Iterator[Bureau]:
    """Open a bureau whose job database is at a URL, or in a folder."""
    with FakeSlack(**{"rate_limits": False, **settings}) as slack:
        made = Bureau(slack, where if isinstance(where, str) else f"sqlite:///{where / 'slack.sqlite'}")
        try:
            yield made
        finally:
            made.close()


def said(message: Message) -> list[str]:
    """Return the words of each block of a message; of one without blocks its text."""
    found = []
    for block in message.blocks:
        elements = [piece for part in block.get("elements", ()) for piece in part.get("elements", ())]
        found.append("".join(piece.get("text", "") for piece in elements))
    return found or [message.text]


def wanted(part: Part) -> list[str]:
    """Return the words that a part shows."""
    return [block["elements"][0]["elements"][0]["text"] for block in part.blocks]


def main() -> None:
    """Work until killed: database, Slack, token, number of threads."""
    url, slack, token, workers = sys.argv[1:]
    replica(url, slack, token, workers=int(workers)).worker.start()
    try:
        threading.Event().wait()
    except JobsError:
        sys.exit(1)


if __name__ == "__main__":
    main()
