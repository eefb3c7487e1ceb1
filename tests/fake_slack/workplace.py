"""What a test sees of `FakeSlack`: people, channels, what was posted and called, and waiting for it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from .model import Call, Channel, Delivery, Message, Ping, Workspace
from .people import User
from .posting import Heard, Posted, encoded
from .settings import SCOPES, Settings
from .world import World

if TYPE_CHECKING:
    from .posting import Poster
    from .sockets import Sockets

T = TypeVar("T")


class Workplace:
    """The part of `FakeSlack` that does not listen."""

    settings: Settings
    world: World
    sockets: Sockets
    poster: Poster

    def on_loop(self, coroutine: Coroutine[Any, Any, T], seconds: float = 30.0) -> T:
        raise NotImplementedError

    # who and where

    def user(self, ident: str, name: str | None = None, team: str | None = None) -> User:
        """Return a person, who is hired if need be."""
        with self.world.lock:
            self.world.user_teams.setdefault(ident, team or self.settings.team)
            self.world.names.setdefault(ident, name or ident.lower())
        return User(self.world, ident)

    def channel(self, ident: str, *, bot: bool = True, team: str | None = None, **more: Any) -> Channel:
        """Return a channel, set as told: private, external, archived, name, members; `bot`: whether it is in."""
        channel = self.world.channel_of(ident, team)
        with self.world.lock:
            for name, value in more.items():
                setattr(channel, name, set(value) if name == "members" else value)
            bot_user = self.world.workspaces[channel.team].bot_user
            (channel.members.add if bot else channel.members.discard)(bot_user)
        return channel

    def usergroup(self, ident: str, users: Iterable[str], team: str | None = None) -> None:
        self.world.workspaces[team or self.settings.team].usergroups[ident] = set(users)

    def workspace(self, team: str, token: str | None = None) -> Workspace:
        """Add a workspace where the app is installed, with `token` as its bot's if one is given."""
        with self.world.lock:
            made = self.world.add_workspace(team, team.lower(), f"U{team}BOT", f"B{team}BOT")
            if token is not None:
                self.world.add_token(token, team, "bot")
        return made

    # what is there

    def thread(self, channel: str, ts: str) -> list[Message]:
        """The replies of a thread that everybody sees, oldest first."""
        return self.world.replies_to(channel, ts)

    def messages(self, channel: str | None = None, bot: bool | None = None) -> list[Message]:
        """The messages that are there, oldest first; `bot`: only the app's, or only people's."""
        with self.world.lock:
            found = [m for m in self.world.messages.values() if not m.deleted and channel in (None, m.channel)]
            kept = [m for m in found if bot is None or (m.bot is not None) == bot]
            return sorted(kept, key=lambda message: message.ts)

    def message(self, channel: str, ts: str) -> Message:
        return self.world.messages[channel, ts]

    @property
    def pings(self) -> list[Ping]:
        """Whom the app's messages notified."""
        return self.world.pings

    @property
    def deliveries(self) -> list[Delivery]:
        return self.world.deliveries

    def calls(self, method: str | None = None, **args: Any) -> list[Call]:
        """The calls of the Web API so far, those of a method and with these arguments."""
        with self.world.lock:
            found = [call for call in self.world.calls if method in (None, call.method)]
            return [call for call in found if all(call.args.get(name) == value for name, value in args.items())]

    def ack_seconds(self) -> list[float]:
        """From sending to acknowledgement, of every envelope that was acknowledged."""
        with self.world.lock:
            every = [sending.seconds for delivery in self.world.deliveries for sending in delivery.sendings]
            return [seconds for seconds in every if seconds is not None]

    def wait(self, until: Callable[[], T], seconds: float = 10.0, what: str = "") -> T:
        """Wait until something is so, and return what it says; woken by each change, there is no polling.

        Raises:
            AssertionError: it was not so in time; with the last calls.
        """
        with self.world.changed:
            if self.world.changed.wait_for(lambda: bool(until()), seconds):
                return until()
            last = [f"{call.method} {call.error or call.fault or ''}".strip() for call in self.world.calls[-12:]]
        raise AssertionError(f"waited {seconds} s in vain for {what or 'it'}; the last calls: {last}")

    # Socket Mode

    def connected(self, number: int = 1, seconds: float = 10.0) -> None:
        """Wait until that many websockets are open."""
        self.wait(lambda: self.sockets.open() >= number, seconds, f"{number} open websockets")

    def drop_sockets(self, reset: bool = True) -> int:
        """Lose every websocket, reset or just closed, without a word of the protocol; returns how many."""

        async def drop() -> int:
            return self.sockets.drop(reset)

        return self.on_loop(drop())

    def ask_to_reconnect(self, reason: str = "refresh_requested", close_after: float = 0.5) -> int:
        """Send ``disconnect`` on every websocket, and close them a moment later; returns how many."""
        return self.on_loop(self.sockets.disconnect(reason, close_after))

    def redelivers(self, delivery: Delivery) -> Delivery:
        """Send what was sent once more, as if it were not acknowledged."""
        return self.world.emit(delivery.kind, delivery.body)

    # HTTP mode

    def posts_to(self, url: str | None) -> None:
        """Post events to a request URL from now on, in place of Socket Mode (None: back to it)."""
        self.poster.url = url

    def signed(self, body: bytes | dict[str, Any], kind: str = "events_api", **how: Any) -> Posted:
        """Make a signed request: `age` in seconds, `secret` in place of the right one, `headers` beside."""
        if isinstance(body, bytes):
            return self.poster.signed(body, **how)
        encoded_body, content = encoded(kind, body)
        return self.poster.signed(encoded_body, content, **how)

    def posts(self, posted: Posted, url: str | None = None) -> Heard:
        """Post a request as it is, and return what the app says: a wrong signature, an old one, a replay."""
        return self.on_loop(self.poster.post(posted, url))

    @property
    def posted(self) -> list[Posted]:
        """The requests that were posted, for replays."""
        return self.poster.sent

    # tokens

    def scopes(self, scopes: Iterable[str] = SCOPES, token: str | None = None) -> None:
        """Give a token these scopes."""
        self.world.tokens[token or self.settings.bot_token].scopes = set(scopes)

    def oauth_code(self, team: str, scopes: Iterable[str] = SCOPES) -> str:
        """Return the code that a user who installs the app in `team` comes back with."""
        if team not in self.world.workspaces:
            self.workspace(team)
        code = secrets.token_hex(12)
        self.world.codes[code] = (team, set(scopes))
        return code

    def expire_tokens(self, team: str | None = None) -> None:
        """Let the bot's tokens of a workspace expire now."""
        for token in self.world.tokens.values():
            if token.kind == "bot" and token.team == (team or self.settings.team):
                token.expires = time.time() - 1

    def uninstalls(self, team: str | None = None) -> list[Delivery]:
        """Uninstall the app: its tokens end, and it gets app_uninstalled and tokens_revoked."""
        team = team or self.settings.team
        workspace = self.world.workspaces[team]
        for token in self.world.tokens.values():
            if token.kind == "bot" and token.team == team:
                token.state = "account_inactive"
        revoked: Mapping[str, Any] = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [workspace.bot_user]}}
        return [
            self.world.emit_event(team, {"type": "app_uninstalled", "event_ts": self.world.new_ts()}),
            self.world.emit_event(team, {**revoked, "event_ts": self.world.new_ts()}),
        ]

    def bot_writes(self, channel: str, text: str, thread: str | None = None, bot: str = "B0OTHER") -> str:
        """Another app writes a message; returns its ts."""
        where = self.world.channel_of(channel)
        said = Message(
            where.id, self.world.new_ts(), where.team, "U0OTHERBOT", text, [], thread, bot=bot, app="A0OTHER"
        )
        with self.world.lock:
            self.world.messages[where.id, said.ts] = said
            self.world.emit_message(said)
        return said.ts
