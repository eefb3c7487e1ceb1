"""A stateful Slack over real sockets, for tests and for talking to the bot without a workspace."""

from __future__ import annotations

from .fake import FakeSlack
from .faults import Fault, Faults
from .model import Call, Channel, Delivery, Message, Ping, View
from .people import Nothing, User
from .settings import Settings

__all__ = [
    "Call",
    "Channel",
    "Delivery",
    "FakeSlack",
    "Fault",
    "Faults",
    "Message",
    "Nothing",
    "Ping",
    "Settings",
    "User",
    "View",
]
