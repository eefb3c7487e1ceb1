"""What Slack says of its channels and user groups, kept for five minutes. What it cannot tell is not guessed."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

from bot.slack.calls import PutOff, Refused, Unsure
from corpus.errors import SlackError

SECONDS = 300.0
"""How long an answer of Slack's is believed."""

_MOST = 20_000  # answers that are kept
_NO_GROUP = "no_such_subteam"  # a group of another workspace, in which nobody of this one is
_log = logging.getLogger(__name__)
T = TypeVar("T")


class Call(Protocol):
    """`bot.slack.calls.Clients.call`, for methods that change nothing."""

    def __call__(self, team: str, enterprise: str | None, method: str, /, **args: Any) -> Mapping[str, Any]:
        """Call a method; see `Clients.call` for what it raises."""
        ...


class Unknown(SlackError):
    """Slack could not tell; `until` is when it may be asked again (Unix time), None where asking again is no use."""

    def __init__(self, until: float | None) -> None:
        super().__init__("Slack could not tell who reads a channel or who is in a user group; try again in a minute")
        self.until = until


class Directory:
    """Asks the Web API of a workspace. Safe to use from several threads."""

    def __init__(self, call: Call, now: Callable[[], float] = time.monotonic) -> None:
        """Ask by `call` (of `Clients`); `now` gives seconds."""
        self._call, self._now = call, now
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str], tuple[float, Any]] = {}

    def external(self, team: str, enterprise: str | None, channel: str) -> bool:
        """Tell whether people of other organisations read a channel, or are invited to.

        Raises:
            Unknown: Slack cannot tell.
        """
        return self._known((team, channel), lambda: self._shared(team, enterprise, channel))

    def members(self, team: str, enterprise: str | None, group: str) -> frozenset[str]:
        """Return the ids of the users in a user group; none where the workspace has no such group.

        Raises:
            Unknown: Slack cannot tell.
        """
        return self._known((team, group), lambda: self._users(team, enterprise, group))

    def _known(self, key: tuple[str, str], ask: Callable[[], T]) -> T:
        with self._lock:
            until, value = self._kept.get(key, (0.0, None))
        if until > self._now():
            return value  # type: ignore[no-any-return]
        asked = self._now()
        try:
            fresh = ask()
        except (PutOff, Unsure) as error:
            raise _told(key, Unknown(error.until)) from error
        except SlackError as error:
            raise _told(key, Unknown(None)) from error
        with self._lock:
            if len(self._kept) >= _MOST:
                self._kept.clear()
            self._kept[key] = asked + SECONDS, fresh
        return fresh

    def _shared(self, team: str, enterprise: str | None, channel: str) -> bool:
        found = self._call(team, enterprise, "conversations.info", channel=channel).get("channel")
        if not isinstance(found, Mapping) or found.get("id") != channel:
            raise SlackError("Slack answered conversations.info with another channel, or with none")
        # `is_shared` is also set where it is workspaces of one organisation that share it
        return any(found.get(flag) for flag in ("is_ext_shared", "is_pending_ext_shared", "pending_shared"))

    def _users(self, team: str, enterprise: str | None, group: str) -> frozenset[str]:
        try:
            where = {} if enterprise is None else {"team_id": team}  # which a token of a whole organisation needs
            users = self._call(team, enterprise, "usergroups.users.list", usergroup=group, **where).get("users")
        except Refused as error:
            if error.code == _NO_GROUP:
                return frozenset()
            raise
        if not isinstance(users, list):
            raise SlackError("Slack answered usergroups.users.list without users")
        return frozenset(str(user) for user in users)


def _told(key: tuple[str, str], unknown: Unknown) -> Unknown:
    _log.warning("Slack could not tell of a channel or user group", extra={"team": key[0], "of": key[1]})
    return unknown
