"""Socket Mode: envelopes to one of the open websockets in turn, acknowledgements, redelivery."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import random
import socket
import struct
import time
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from .model import JSON, Delivery, Sending
from .world import World

CONNECTIONS = 10
TICKET_SECONDS = 30.0
LOST_SECONDS = 0.25


@dataclass(slots=True, eq=False)
class Connection:
    number: int
    socket: web.WebSocketResponse
    request: web.Request
    opened: float = field(default_factory=time.monotonic)
    leaving: bool = False
    """It was told to reconnect and gets nothing more."""

    @property
    def usable(self) -> bool:
        return not self.leaving and not self.socket.closed and not gone(self.request)

    def abort(self, reset: bool = True) -> None:
        """Lose the socket, without a word of the protocol; not `reset` is closed: slack_sdk takes longer to notice."""
        if self.request.transport is not None:
            line = self.request.transport.get_extra_info("socket")
            if reset and line is not None:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.request.transport.abort()


def gone(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


class Sockets:
    """Lives on the loop of the server; other threads go through `FakeSlack`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._numbers = itertools.count(1)
        self._turns: defaultdict[str, Iterator[int]] = defaultdict(itertools.count)
        self._random = random.Random(world.settings.seed)
        self._free = asyncio.Event()
        self._waiting: dict[str, tuple[Delivery, Sending, asyncio.Event]] = {}
        self.connections: list[Connection] = []

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one websocket."""
        ticket = self._world.triggers.pop(f"ticket:{request.query.get('ticket')}", None)
        if ticket is None or time.monotonic() - ticket[0] > TICKET_SECONDS:
            raise web.HTTPForbidden(text="invalid ticket")
        line = web.WebSocketResponse(autoping=True, timeout=0.2)
        await line.prepare(request)
        connection = Connection(next(self._numbers), line, request)
        if sum(one.usable for one in self.connections) >= CONNECTIONS:
            await self._tell(connection, _disconnect("too_many_websockets"))
            await line.close()
            return line
        self.connections.append(connection)
        try:
            await self._tell(connection, self._hello())
            self._opened()
            with contextlib.suppress(ConnectionError):  # a pong that is owed to a lost socket
                async for message in line:
                    if message.type is WSMsgType.TEXT:
                        self._heard(message.data)
        finally:
            self.connections.remove(connection)
            self._world.change()
        return line

    def _opened(self) -> None:
        self._free.set()
        self._world.change()

    def _hello(self) -> JSON:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": {"host": "applink-fake", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": self._world.settings.app},
        }

    def _heard(self, text: str) -> None:
        """Take an acknowledgement, on whichever connection it comes."""
        try:
            told = json.loads(text)
        except ValueError:
            return
        found = self._waiting.pop(str(told.get("envelope_id")), None)
        if found is None:
            return
        delivery, sending, acked = found
        with self._world.lock:
            sending.acked = time.monotonic()
            delivery.acknowledge(told.get("payload"))
            self._world.change()
        acked.set()

    async def deliver(self, delivery: Delivery) -> None:
        """Send until it is acknowledged; commands and interactions only once, as Slack does."""
        settings = self._world.settings
        most = 1 + settings.retries if delivery.kind == "events_api" else 1
        reason = ""
        for attempt in range(most):
            acked = await self._send(delivery, attempt, reason)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(acked.wait(), settings.ack_seconds)
            if delivery.acked:
                break
            reason = "timeout"
        if not delivery.acked:
            delivery.given_up = True
            self._world.change()
        elif delivery.kind == "events_api" and self._random.random() < settings.redeliver:
            await self._send(delivery, 1, "timeout")

    async def _send(self, delivery: Delivery, attempt: int, reason: str) -> asyncio.Event:
        """Send it once, when there is a connection that takes it."""
        while True:
            connection = await self._next(delivery.event.get("type", delivery.kind))
            envelope = str(uuid.uuid4())
            told: JSON = {"envelope_id": envelope, "payload": delivery.body, "type": delivery.kind}
            told["accepts_response_payload"] = delivery.kind != "events_api"
            if delivery.kind == "events_api":
                told |= {"retry_attempt": attempt, "retry_reason": reason}
            acked = asyncio.Event()
            sending = Sending(envelope, time.monotonic(), connection.number)
            self._waiting[envelope] = delivery, sending, acked
            lost = self._random.random() < self._world.settings.drop_socket
            arrives = not lost or self._random.random() < 0.5
            if arrives and not await self._tell(connection, told):
                del self._waiting[envelope]
                continue
            with self._world.lock:
                delivery.sendings.append(sending)
                self._world.change()
            if lost:
                self._lose(connection, envelope)
            return acked

    def _lose(self, connection: Connection, envelope: str) -> None:
        """Lose a websocket at this envelope: its acknowledgement never comes, those of the ones before it may."""
        self._waiting.pop(envelope, None)
        connection.leaving = True
        asyncio.get_running_loop().call_later(LOST_SECONDS, connection.abort)

    async def _next(self, kind: str) -> Connection:
        """Return the connection whose turn it is, and wait while there is none.

        Each kind has its turns: a mention comes as two events, of which one connection would else get always the same.
        """
        while True:
            usable = [one for one in self.connections if one.usable]
            if usable:
                return usable[next(self._turns[kind]) % len(usable)]
            self._free.clear()
            await self._free.wait()

    async def _tell(self, connection: Connection, told: JSON) -> bool:
        """Send a message; False where the connection is lost."""
        try:
            await connection.socket.send_str(json.dumps(told))
        except (ConnectionError, RuntimeError):
            return False
        return True

    async def disconnect(self, reason: str, close_after: float) -> int:
        """Tell every connection to reconnect, then close them; returns how many."""
        leaving = [one for one in self.connections if one.usable]
        for one in leaving:
            one.leaving = True
            await self._tell(one, _disconnect(reason))
        await asyncio.sleep(close_after)
        for one in leaving:
            with contextlib.suppress(ConnectionError):
                await one.socket.close()
        return len(leaving)

    def drop(self, reset: bool = True) -> int:
        """Lose every connection; returns how many."""
        dropped = list(self.connections)
        for one in dropped:
            one.abort(reset)
        return len(dropped)

    def open(self) -> int:
        return sum(one.usable for one in self.connections)


def _disconnect(reason: str) -> dict[str, Any]:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-fake"}}
