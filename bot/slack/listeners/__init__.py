"""What the bot listens to: one table, from which the app is wired and the manifest written.

A listener turns a payload into the job that it is, or None; it calls nothing but the job database, so that Slack is
told within its three seconds whatever the workers are doing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from bot.slack import actions
from bot.slack.config import SlackConfig
from bot.slack.listeners import messages, pressed
from bot.slack.listeners.heard import Heard
from bot.slack.model import NewJob

COMMAND: Final = "/ask"

Take = Callable[[Heard], NewJob | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """What is listened to, and what takes it.

    `name` is an event's type, a command, or the id of a shortcut, an action or a modal. `subscriptions` are the event
    types of the manifest that bring an event, each with the scope that Slack asks for it; `needed` tells whether
    they are, with this slack.toml.
    """

    what: Literal["event", "command", "shortcut", "action", "view"]
    name: str
    take: Take
    subscriptions: tuple[tuple[str, str | None, Callable[[SlackConfig], bool]], ...] = ()


def _always(_: SlackConfig) -> bool:
    return True


def _reads_along(config: SlackConfig) -> bool:
    """Tell whether the messages of channels are needed, and not the mentions alone."""
    return config.follow_ups or config.edits or config.deletions


LISTENERS: Final[tuple[Listener, ...]] = (
    Listener(
        what="event",
        name="app_mention",
        take=messages.mention,
        subscriptions=(("app_mention", "app_mentions:read", _always),),
    ),
    Listener(
        what="event",
        name="message",
        take=messages.message,
        subscriptions=(
            ("message.im", "im:history", _always),
            ("message.channels", "channels:history", _reads_along),
            ("message.groups", "groups:history", _reads_along),
            ("message.mpim", "mpim:history", _reads_along),
        ),
    ),
    Listener(
        what="event", name="app_home_opened", take=pressed.opened, subscriptions=(("app_home_opened", None, _always),)
    ),
    Listener(
        what="event",
        name="agent_session_stopped",
        take=pressed.stop,
        subscriptions=(("agent_session_stopped", None, _always),),
    ),
    Listener(what="command", name=COMMAND, take=pressed.ask),
    Listener(what="shortcut", name=actions.CLAIM, take=pressed.claim),
    *(
        Listener(what="action", name=name, take=pressed.click)
        for name in (
            actions.FEEDBACK,
            actions.CONTEXT,
            actions.COPY,
            actions.AGAIN,
            actions.ASK,
            actions.FORGET,
            actions.PAGE,
        )
    ),
    Listener(what="view", name=actions.REASON, take=pressed.submit),
)
