"""What goes through the Slack bot, as data: jobs in, message parts out.

A listener turns a payload of Slack's into a `NewJob`, which is stored before Slack is told that it came. A worker
claims the `Job`, a handler does it, and what is to be seen goes out as `Part`s of a message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["question", "claim", "edit", "delete", "click", "submit", "home", "prompts", "stop"]
"""What a job is: a question; a message to check (its shortcut); the question was edited or deleted; a button; a modal
that was sent; the App Home or the agent view was opened; the Stop button of the agent view."""

Surface = Literal["mention", "direct", "thread", "command", "private"]
"""Where a question was asked: a mention in a channel, a direct message or the agent view, a thread that the bot is
engaged in, ``/ask``, ``/ask private``."""

Lane = Literal["answer", "quick"]
"""Questions wait in the answer lane; what a person waits for with a finger on the button never waits behind them."""

Outcome = Literal["done", "failed", "dropped", "cancelled"]
"""How a job ended: answered; not, and the asker was told; not, too late to tell; stopped or deleted by the asker."""

LANES: Mapping[Kind, Lane] = {
    "question": "answer",
    "edit": "answer",
    "claim": "quick",
    "delete": "quick",
    "click": "quick",
    "submit": "quick",
    "home": "quick",
    "prompts": "quick",
    "stop": "quick",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """What a listener stores.

    `key` is what makes it one job, however often and in whichever event it comes: of a question ``team:channel:ts``.
    `channel` is None only where Slack has none (App Home). `ts` is the message it is about; `thread` the root of the
    thread where the answer goes. `text` is the question without the mention of the bot. `shared` says that the event
    told of an external channel. `payload` is what the kind needs beside (trigger_id, response_url, action, value,
    view), and nothing more of Slack's.
    """

    key: str
    kind: Kind
    team: str
    user: str
    channel: str | None = None
    ts: str | None = None
    thread: str | None = None
    surface: Surface | None = None
    text: str = field(default="", repr=False)  # nobody's words, and no response_url, get into a log by a repr
    shared: bool = False
    enterprise: str | None = None
    payload: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def lane(self) -> Lane:
        """Where it waits."""
        return LANES[self.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job(NewJob):
    """A stored job, claimed by a worker.

    `id` also goes into the metadata of every message that the job posts. `created` is Unix time; `attempts` counts the
    claims, this one included. `answer` is the stored Answer (``Answer.as_json``) and `parts` what was made of it, once
    they were: a worker that takes the job over goes on with the same words.
    """

    id: int
    created: float
    attempts: int
    answer: Mapping[str, Any] | None = field(default=None, repr=False)
    parts: Sequence[Part] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One message of an answer: its blocks, and the plain text for notifications and for where blocks are refused.

    `steps` are the numbers of blocks after which a streamed message may pause: (2, 4) for the first two blocks, then
    the next two; what is after the last step comes at the stop (buttons, sources). Empty: it is not streamed.
    """

    blocks: tuple[Mapping[str, Any], ...]
    text: str
    steps: tuple[int, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return what is stored."""
        return {"blocks": list(self.blocks), "text": self.text, "steps": list(self.steps)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Part:
        """Read what was stored."""
        return cls(blocks=tuple(stored["blocks"]), text=stored["text"], steps=tuple(stored["steps"]))


How = Literal["post", "stream", "ephemeral", "modal"]
"""By which way a message goes out. What is ephemeral or a modal cannot be found again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A message of a job that was posted, or was about to be (`ts` None): part 0 is the first of the answer.

    Part -1 is the root message that the bot posts for ``/ask``.
    """

    job: int
    part: int
    how: How
    team: str
    channel: str
    ts: str | None
    intended: float
