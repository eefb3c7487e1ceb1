"""A stateful Slack over real sockets, for tests and for talking to the bot without a workspace."""

from __future__ import annotations

from .faults import Fault, Faults
from .model import Call, Channel, Delivery, Message, Ping, Settings, View
from .people import Nothing, User
from .server import FakeSlack

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
