"""What a listener is given: a payload of Slack's, who it is for, and the questions known already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bot.slack.config import SlackConfig
from bot.slack.model import Job, Kind, NewJob, Surface

MESSAGES = (None, "file_share", "thread_broadcast")
"""Subtypes of what a person wrote: with a file, or also sent to the channel. Others tell of joins, topics, bots."""


class Jobs(Protocol):
    """The part of the job database that listeners may use; a local look-up each, so that Slack is told in time."""

    def add(self, new: NewJob) -> int | None:
        """Store a job; None where its key is known."""

    def find(self, key: str) -> Job | None:
        """Return the job with this key."""

    def engaged(self, team: str, channel: str, thread: str) -> bool:
        """Tell whether the bot was asked something in this thread."""

    def asked_here(self, team: str, channel: str, thread: str, user: str) -> bool:
        """Tell whether this person asked the bot something in this thread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A payload of Slack's, as Bolt gives it.

    `team` is the workspace that the bot is installed in (the organisation, where it is installed there and the payload
    names no workspace); `bot` the bot's own user id.
    """

    body: Mapping[str, Any]
    team: str
    bot: str
    config: SlackConfig
    jobs: Jobs
    enterprise: str | None = None
    user: str | None = None

    @property
    def event(self) -> Mapping[str, Any]:
        """The event of the Events API."""
        event: Mapping[str, Any] = self.body["event"]
        return event

    @property
    def shared(self) -> bool:
        """Whether people of another organisation may see what comes of it: by the channel, or who clicks is one."""
        return bool(self.body.get("is_ext_shared_channel")) or self._stranger

    @property
    def _stranger(self) -> bool:
        """Whether Slack says that who clicks or opens something is of another organisation (Slack Connect).

        Only clicks, shortcuts and modals tell; those of one organisation's workspaces are no strangers to each other.
        """
        user = self.body.get("user")
        theirs = user.get("team_id") if isinstance(user, Mapping) else None
        if theirs in (None, self.team, self.enterprise):
            return False
        organisation = self.body.get("enterprise") or {}
        return self.enterprise is None or organisation.get("id") != self.enterprise

    def key(self, channel: str, ts: str) -> str:
        """Return the key of the question that this message is, whatever the event that told of it."""
        return f"{self.team}:{channel}:{ts}"

    def job(
        self,
        kind: Kind,
        key: str,
        user: str,
        *,
        channel: str | None = None,
        ts: str | None = None,
        thread: str | None = None,
        surface: Surface | None = None,
        text: str = "",
        payload: Mapping[str, Any] | None = None,
    ) -> NewJob:
        """Return what is stored of this payload; see `NewJob`."""
        return NewJob(
            key=key,
            kind=kind,
            team=self.team,
            user=user,
            channel=channel,
            ts=ts,
            thread=thread,
            surface=surface,
            text=text,
            shared=self.shared,
            enterprise=self.enterprise,
            payload=payload or {},
        )


def of_a_person(message: Mapping[str, Any]) -> str | None:
    """Return who wrote a message; None where it was a bot, a workflow or Slack itself, or nobody was to see it."""
    if message.get("bot_id") or message.get("hidden") or message.get("user") == "USLACKBOT":
        return None
    if message.get("subtype") not in MESSAGES:
        return None
    return message.get("user")
