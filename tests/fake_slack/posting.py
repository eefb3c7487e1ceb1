"""HTTP mode: what Socket Mode carries, posted to the app's request URL, signed, and retried."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import random
import time
import uuid
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

import aiohttp

from .model import JSON, Delivery, Sending
from .world import World


class Posted(NamedTuple):
    """A request as it was sent, so that it can be sent again."""

    body: bytes
    headers: Mapping[str, str]


class Heard(NamedTuple):
    """What the app answered."""

    status: int
    text: str
    headers: Mapping[str, str]


def signature(secret: str, stamp: str, body: bytes) -> str:
    """https://docs.slack.dev/authentication/verifying-requests-from-slack"""
    return "v0=" + hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()


def encoded(delivery_kind: str, body: JSON) -> tuple[bytes, str]:
    """Return body and content type: events are JSON, commands a form, interactions JSON in a form."""
    if delivery_kind == "events_api":
        return json.dumps(body).encode(), "application/json"
    fields = {"payload": json.dumps(body)} if delivery_kind == "interactive" else body
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"


class Poster:
    """Lives on the loop of the server."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._random = random.Random(world.settings.seed)
        self._session: aiohttp.ClientSession | None = None
        self.url: str | None = None
        self.sent: list[Posted] = []

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def deliver(self, delivery: Delivery) -> None:
        """Post until there is a 200 within 3 s; commands and interactions only once."""
        settings = self._world.settings
        waits = (0.0, *settings.retry_delays) if delivery.kind == "events_api" else (0.0,)
        reason = ""
        for attempt, wait in enumerate(waits):
            await asyncio.sleep(wait)
            heard, reason = await self._once(delivery, attempt, reason)
            if heard is not None and (heard.status == 200 or heard.headers.get("x-slack-no-retry") == "1"):
                break
        if not delivery.acked:
            delivery.given_up = True
            self._world.change()
        elif delivery.kind == "events_api" and self._random.random() < settings.redeliver:
            await self._once(delivery, 1, "http_timeout")

    async def _once(self, delivery: Delivery, attempt: int, reason: str) -> tuple[Heard | None, str]:
        """Post it once; returns the answer, and why it will come again."""
        body, kind = encoded(delivery.kind, delivery.body)
        retry = {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason} if attempt else {}
        posted = self.signed(body, kind, headers=retry)
        sending = Sending(str(uuid.uuid4()), time.monotonic(), None)
        with self._world.lock:
            delivery.sendings.append(sending)
            self.sent.append(posted)
        try:
            heard = await asyncio.wait_for(self.post(posted), self._world.settings.ack_seconds)
        except TimeoutError:
            return None, "http_timeout"
        except (aiohttp.ClientError, ConnectionError):
            return None, "connection_failed"
        with self._world.lock:
            sending.acked, sending.status = time.monotonic(), heard.status
            if heard.status == 200:
                delivery.acknowledge(_payload(heard))
            self._world.change()
        return heard, "http_error"

    def signed(
        self,
        body: bytes,
        kind: str = "application/json",
        *,
        age: float = 0.0,
        secret: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Posted:
        """Make a request that is `age` seconds old, signed with `secret` in place of the app's."""
        stamp = str(int(time.time() - age))
        key = self._world.settings.signing_secret if secret is None else secret
        own = {
            "Content-Type": kind,
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature(key, stamp, body),
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        }
        return Posted(body, {**own, **(headers or {})})

    async def post(self, posted: Posted, url: str | None = None) -> Heard:
        """Post a request as it is."""
        target = url or self.url
        if target is None:
            raise ValueError("no request URL: call slack.posts_to(url) first")
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        async with self._session.post(target, data=posted.body, headers=posted.headers) as answer:
            headers = {name.lower(): value for name, value in answer.headers.items()}
            return Heard(answer.status, await answer.text(), headers)


def _payload(heard: Heard) -> Any:
    """Return what an acknowledgement says beside "it came"."""
    if not heard.text:
        return None
    with contextlib.suppress(ValueError):
        return json.loads(heard.text)
    return {"text": heard.text}
