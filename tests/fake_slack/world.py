"""Everything that this Slack knows, behind one lock; what changes it wakes who waits."""

from __future__ import annotations

import copy
import itertools
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from . import events, pings
from .model import JSON, Call, Channel, Delivery, Message, Ping, Refused, ResponseUrl, Token, View, Workspace
from .settings import SCOPES, Settings


class World:
    """The state. Read and change it with `lock` held; `change()` after a change."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.workspaces: dict[str, Workspace] = {}
        self.tokens: dict[str, Token] = {}
        self.codes: dict[str, tuple[str, set[str]]] = {}
        self.channels: dict[str, Channel] = {}
        self.names: dict[str, str] = {}
        self.user_teams: dict[str, str] = {}
        self.messages: dict[tuple[str, str], Message] = {}
        self.ephemeral: list[Message] = []
        self.views: dict[str, View] = {}
        self.modals: dict[str, list[str]] = {}
        """The stack of open modals of each user, the top one last."""
        self.homes: dict[str, str] = {}
        self.statuses: list[JSON] = []
        self.prompts: list[JSON] = []
        self.calls: list[Call] = []
        self.pings: list[Ping] = []
        self.deliveries: list[Delivery] = []
        self.response_urls: dict[str, ResponseUrl] = {}
        self.triggers: dict[str, tuple[float, str]] = {}
        self.used_triggers: set[str] = set()
        self.address = ""
        self.send: Callable[[Delivery], None] = lambda delivery: None
        self._last_ts = 0
        self._numbers = itertools.count(1)
        self.add_workspace(settings.team, settings.team_name, settings.bot_user, settings.bot)
        self.add_token(settings.bot_token, settings.team, "bot")
        self.add_token(settings.app_token, settings.team, "app", {"connections:write"})

    def change(self) -> None:
        """Wake who waits for something."""
        with self.lock:
            self.changed.notify_all()

    # ids

    def new_ts(self) -> str:
        """Return a message's ts: Unix time in microseconds, never the same or an earlier one."""
        with self.lock:
            self._last_ts = max(self._last_ts + 1, time.time_ns() // 1000)
            return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def new_id(self, prefix: str) -> str:
        return f"{prefix}{next(self._numbers):08d}"

    def new_trigger(self, user: str) -> str:
        trigger = f"{next(self._numbers)}.{next(self._numbers)}.{secrets.token_hex(16)}"
        self.triggers[trigger] = (time.monotonic(), user)
        return trigger

    def new_response_url(self, channel: str, user: str, message: str | None = None, thread: str | None = None) -> str:
        key = secrets.token_urlsafe(18)
        self.response_urls[key] = ResponseUrl(channel, user, message, time.monotonic(), thread)
        return f"{self.address}/respond/{key}"

    # workspaces, tokens, channels, people

    def add_workspace(self, team: str, name: str, bot_user: str, bot: str) -> Workspace:
        self.workspaces[team] = Workspace(team, name, bot_user, bot)
        self.names[bot_user] = self.settings.bot_name
        self.user_teams[bot_user] = team
        return self.workspaces[team]

    def add_token(self, value: str, team: str, kind: str, scopes: Iterable[str] = SCOPES) -> Token:
        self.tokens[value] = Token(value, team, kind, set(scopes))
        return self.tokens[value]

    def channel_of(self, ident: str, team: str | None = None) -> Channel:
        """Return a channel, made public and joined by the bot if it is new."""
        with self.lock:
            if ident not in self.channels:
                team = team or self.settings.team
                bot = self.workspaces[team].bot_user
                self.channels[ident] = Channel(ident, team, ident.lower(), members={bot})
            return self.channels[ident]

    def direct_of(self, user: str) -> Channel:
        """Return the direct message channel of a user and the bot."""
        with self.lock:
            team = self.user_teams.get(user, self.settings.team)
            ident = f"D{user[1:]}"
            if ident not in self.channels:
                members = {user, self.workspaces[team].bot_user}
                self.channels[ident] = Channel(ident, team, "directmessage", im=user, members=members)
            return self.channels[ident]

    def find_channel(self, ident: Any, team: str, joined: bool = True) -> Channel:
        """Return the channel that a call names.

        Raises:
            Refused: the workspace has none, it is archived, or the bot is not in it.
        """
        channel = self.channels.get(str(ident))
        if channel is None and str(ident) in self.user_teams and not str(ident).startswith("D"):
            channel = self.direct_of(str(ident))  # a user's id stands for the direct message
        if channel is None or channel.team != team:
            raise Refused("channel_not_found")
        if joined and self.workspaces[team].bot_user not in channel.members:
            raise Refused("channel_not_found" if channel.private else "not_in_channel")
        if joined and channel.archived:
            raise Refused("is_archived")
        return channel

    # messages

    def post(self, message: Message, linked: bool = False) -> Message:
        """Put a message into its channel, or show it to one user."""
        message.blocks = self.with_ids(message.blocks)
        with self.lock:
            if message.ephemeral_to:
                self.ephemeral.append(message)
            else:
                self.messages[message.channel, message.ts] = message
            self.note_pings(message, linked)
            if message.bot and not message.ephemeral_to and self.settings.echo:
                self.emit_message(message)
            self.change()
        return message

    def note_pings(self, message: Message, linked: bool = False) -> None:
        """Record whom a message of the bot notifies now and did not before."""
        if not message.bot:
            return
        known = {(ping.kind, ping.target) for ping in self.pings if (ping.channel, ping.ts) == _key(message)}
        for kind, target in pings.of(message.text, message.blocks, linked):
            if (kind, target) not in known:
                self.pings.append(Ping(message.channel, message.ts, kind, target))

    def rewrite(self, message: Message, by: str, text: str | None, blocks: list[JSON] | None) -> JSON:
        """Change a message; returns what it was."""
        before = copy.deepcopy(message.as_json())
        message.versions.append({"text": message.text, "blocks": message.blocks})
        if text is not None:
            message.text = text
        if blocks is not None:
            message.blocks = self.with_ids(blocks)
        message.edited = {"user": by, "ts": f"{int(time.time())}.000000"}
        self.note_pings(message)
        return before

    def find_message(self, channel: str, ts: Any) -> Message:
        """Return a message that is not deleted.

        Raises:
            Refused: message_not_found.
        """
        message = self.messages.get((channel, str(ts)))
        if message is None or message.deleted:
            raise Refused("message_not_found")
        return message

    def replies_to(self, channel: str, ts: str) -> list[Message]:
        """Return the replies of a thread that are there, oldest first, its root not among them."""
        with self.lock:
            found = [m for m in self.messages.values() if m.channel == channel and m.thread == ts and not m.deleted]
            return sorted(found, key=lambda message: message.ts)

    def root_of(self, channel: str, ts: str) -> str:
        """Return the root of the thread that a message is in.

        Raises:
            Refused: thread_not_found. A deleted root is still one.
        """
        message = self.messages.get((channel, ts))
        if message is None:
            raise Refused("thread_not_found")
        return message.thread or message.ts

    def with_ids(self, blocks: list[JSON]) -> list[JSON]:
        """Return blocks as Slack keeps them: every block and element with an id."""
        kept = copy.deepcopy(blocks)
        for block in kept:
            block.setdefault("block_id", self.new_id("b"))
            for element in events.elements_of(block):
                element.setdefault("action_id", self.new_id("a"))
            if "child_blocks" in block:
                block["child_blocks"] = self.with_ids(block["child_blocks"])
        return kept

    # what goes to the app

    def emit(self, kind: str, body: JSON, on_answer: Callable[[Any], None] | None = None) -> Delivery:
        """Send something on its way to the app."""
        with self.lock:
            delivery = Delivery(kind, body, time.monotonic(), on_answer=on_answer)
            self.deliveries.append(delivery)
            self.send(delivery)
            self.change()
        return delivery

    def emit_event(self, team: str, event: JSON, external: bool = False) -> Delivery:
        workspace = self.workspaces[team]
        return self.emit(
            "events_api", events.callback(self.settings.app, workspace, event, self.new_id("Ev"), external)
        )

    def emit_message(self, message: Message) -> Delivery:
        channel = self.channels[message.channel]
        return self.emit_event(channel.team, events.message(message, channel), channel.external)

    def emit_changed(self, message: Message, before: JSON) -> Delivery:
        channel = self.channels[message.channel]
        event = events.changed(message, before, channel, self.new_ts())
        return self.emit_event(channel.team, event, channel.external)

    def delete(self, message: Message) -> None:
        """Delete a message, and tell the app; a root with replies leaves a tombstone."""
        channel = self.channels[message.channel]
        before = copy.deepcopy(message.as_json())
        message.deleted = True
        if self.replies_to(message.channel, message.ts):
            self.emit_changed(message, before)
        else:
            event = events.deleted(message.ts, before, channel, self.new_ts())
            self.emit_event(channel.team, event, channel.external)
        self.change()


def _key(message: Message) -> tuple[str, str]:
    return message.channel, message.ts
