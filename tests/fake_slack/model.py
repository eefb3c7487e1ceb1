"""What the fake keeps: workspaces, channels, messages, views, calls, deliveries."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

JSON = dict[str, Any]


class Answer(NamedTuple):
    """What the caller of a method is told."""

    body: JSON
    status: int = 200
    headers: Mapping[str, str] = {}
    scopes: str = ""


class Refused(Exception):
    """Slack's answer is ``ok: false``."""

    def __init__(self, code: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.headers = dict(headers or {})
        self.more = more

    def answer(self) -> Answer:
        return Answer({"ok": False, "error": self.code, **self.more}, self.status, self.headers)


@dataclass(slots=True)
class Workspace:
    id: str
    name: str
    bot_user: str
    bot: str
    usergroups: dict[str, set[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Token:
    value: str
    team: str
    kind: str
    """bot or app"""
    scopes: set[str]
    expires: float | None = None
    refresh: str | None = None
    state: str = "active"
    """active, token_revoked, account_inactive"""


@dataclass(slots=True)
class Channel:
    id: str
    team: str
    name: str
    private: bool = False
    external: bool = False
    archived: bool = False
    im: str | None = None
    """The user of a direct message with the bot."""
    members: set[str] = field(default_factory=set)

    @property
    def kind(self) -> str:
        """``channel_type`` in events."""
        return "im" if self.im else "group" if self.private else "channel"


@dataclass(slots=True)
class Stream:
    started: float
    state: str = "open"
    """open, stopped, dead (its time was over), stopped_by_user"""
    bytes: int = 0


@dataclass(slots=True)
class Message:
    channel: str
    ts: str
    team: str
    user: str
    text: str
    blocks: list[JSON] = field(default_factory=list)
    thread: str | None = None
    bot: str | None = None
    """bot_id of who posted it."""
    app: str | None = None
    metadata: JSON | None = None
    ephemeral_to: str | None = None
    client_msg_id: str | None = None
    edited: JSON | None = None
    deleted: bool = False
    stream: Stream | None = None
    reactions: dict[str, set[str]] = field(default_factory=dict)
    posted: float = field(default_factory=time.time)
    versions: list[JSON] = field(default_factory=list)
    """What it said before each edit: text and blocks."""
    unfurl: JSON = field(default_factory=dict)
    """unfurl_links and unfurl_media as they were posted."""

    def as_json(self, metadata: bool = False, replies: list[Message] | None = None) -> JSON:
        """Return it as Slack tells it."""
        told: JSON = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text, "team": self.team}
        if self.client_msg_id:
            told["client_msg_id"] = self.client_msg_id
        if self.blocks:
            told["blocks"] = self.blocks
        if self.bot:
            told |= {"bot_id": self.bot, "app_id": self.app}
        if self.deleted:
            told |= {"subtype": "tombstone", "text": "This message was deleted.", "user": "USLACKBOT", "hidden": True}
            told.pop("blocks", None)
        if self.edited:
            told["edited"] = self.edited
        if self.thread or replies:
            told["thread_ts"] = self.thread or self.ts
        if replies:
            told |= {"reply_count": len(replies), "latest_reply": replies[-1].ts}
        if self.reactions:
            told["reactions"] = [
                {"name": name, "users": sorted(users), "count": len(users)} for name, users in self.reactions.items()
            ]
        if self.metadata and metadata:
            told["metadata"] = self.metadata
        return told


@dataclass(slots=True)
class View:
    id: str
    team: str
    user: str
    body: JSON
    """As the app gave it."""
    hash: str
    root: str
    previous: str | None = None
    closed: bool = False

    def as_json(self, bot: str, app: str, state: JSON | None = None) -> JSON:
        """Return it as Slack tells it."""
        return {
            "id": self.id,
            "team_id": self.team,
            "app_id": app,
            "app_installed_team_id": self.team,
            "bot_id": bot,
            "callback_id": "",
            "private_metadata": "",
            "external_id": "",
            "title": None,
            "close": None,
            "submit": None,
            "clear_on_close": False,
            "notify_on_close": False,
            **self.body,
            "hash": self.hash,
            "root_view_id": self.root,
            "previous_view_id": self.previous,
            "state": {"values": state or {}},
        }


@dataclass(slots=True)
class Call:
    """A call of the Web API, with what came of it; `response` is None while it runs or when it was never told."""

    method: str
    args: JSON
    token: str | None
    team: str | None
    at: float
    response: JSON | None = None
    status: int | None = None
    fault: str | None = None
    """The fault that the test had put in its way."""

    @property
    def ok(self) -> bool:
        return bool(self.response and self.response.get("ok"))

    @property
    def error(self) -> str | None:
        return self.response.get("error") if self.response else None


@dataclass(slots=True)
class Ping:
    """Somebody's phone buzzed because of the bot. `kind`: user, usergroup, channel, here, everyone."""

    channel: str
    ts: str
    kind: str
    target: str


@dataclass(slots=True)
class Sending:
    """One envelope of a delivery, or one HTTP request."""

    envelope: str
    at: float
    connection: int | None
    acked: float | None = None
    """When it was acknowledged; HTTP: when the answer came."""
    status: int | None = None

    @property
    def seconds(self) -> float | None:
        """From sending to acknowledgement."""
        return None if self.acked is None else self.acked - self.at


@dataclass(slots=True)
class Delivery:
    """An event, a command or an interaction on its way to the app."""

    kind: str
    """events_api, slash_commands, interactive"""
    body: JSON
    created: float
    sendings: list[Sending] = field(default_factory=list)
    answer: Any = None
    """The payload that came with the acknowledgement."""
    acked: bool = False
    given_up: bool = False
    refused: str | None = None
    """Why what the app answered could not be shown."""
    on_answer: Callable[[Any], None] | None = None
    """What the user sees when the app answers with the acknowledgement."""

    @property
    def event(self) -> JSON:
        found: JSON = self.body.get("event", {})
        return found

    def acknowledge(self, answer: Any) -> None:
        """Take the app's acknowledgement, the first one."""
        if self.acked:
            return
        self.acked, self.answer = True, answer
        if self.on_answer is not None:
            try:
                self.on_answer(answer)
            except Refused as refused:
                self.refused = refused.code


@dataclass(slots=True)
class ResponseUrl:
    channel: str
    user: str
    message: str | None
    """ts of the message whose button gave the address"""
    created: float
    thread: str | None = None
    uses: int = 0
