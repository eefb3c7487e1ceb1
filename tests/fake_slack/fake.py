"""`FakeSlack`: a Slack on the loopback, in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from aiohttp import web

from . import api, chat
from .faults import Fault, Faults
from .limiter import Limiter
from .model import JSON, Answer, Call, Delivery
from .posting import Poster
from .settings import Settings
from .sockets import Sockets
from .workplace import Workplace
from .world import World

T = TypeVar("T")
BODY_BYTES = 16 * 1024 * 1024


class FakeSlack(Workplace):
    """Start it with ``with FakeSlack() as slack:``; what it takes is in `Settings`."""

    def __init__(self, port: int = 0, **settings: Any) -> None:
        self.settings = Settings(**settings)
        self.world = World(self.settings)
        self.faults = Faults(self.settings.seed)
        self._limiter = Limiter(self.settings)
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="fake-slack", daemon=True)
        self._begun = threading.Event()
        self._over = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._failed: BaseException | None = None
        self.world.send = self._send

    # its life

    def start(self) -> FakeSlack:
        """Listen; returns itself."""
        self._thread.start()
        self._begun.wait()
        if self._failed is not None:
            raise self._failed
        return self

    def stop(self) -> None:
        """Close every connection and end the thread."""
        self.faults.clear()
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._over.set)
            self._thread.join()

    def __enter__(self) -> FakeSlack:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """``base_url`` of a WebClient, SLACK_API_URL of the bot."""
        return f"{self.world.address}/api/"

    def environment(self) -> dict[str, str]:
        """What a bot's process must have in its environment to talk to this Slack in Socket Mode or over HTTP."""
        return {
            "SLACK_API_URL": self.url,
            "SLACK_BOT_TOKEN": self.settings.bot_token,
            "SLACK_APP_TOKEN": self.settings.app_token,
            "SLACK_SIGNING_SECRET": self.settings.signing_secret,
            "NO_PROXY": "127.0.0.1,localhost",
        }

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        except BaseException as error:
            self._failed = error
        finally:
            self._begun.set()
            self._loop.close()

    async def _serve(self) -> None:
        self.sockets, self.poster = Sockets(self.world), Poster(self.world)
        site = web.Application(client_max_size=BODY_BYTES)
        site.router.add_route("*", "/api/{method}", self._called)
        site.router.add_get("/link/", self.sockets.handle)
        site.router.add_post("/respond/{key}", self._responded)
        runner = web.AppRunner(site, access_log=None, shutdown_timeout=0.1, handle_signals=False)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", self._port, backlog=1024).start()
            self.port: int = runner.addresses[0][1]
            self.world.address = f"http://127.0.0.1:{self.port}"
            self._begun.set()
            await self._over.wait()
        finally:
            for task in list(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self.sockets.drop()
            await self.poster.close()
            await runner.cleanup()

    # what it hears

    async def _called(self, request: web.Request) -> web.StreamResponse:
        args = await _arguments(request)
        header = request.headers.get("Authorization")
        token = header[7:] if header and header.startswith("Bearer ") else args.get("token")
        call = Call(request.match_info["method"], args, token, None, time.monotonic())
        answer = await self._answered(call, lambda: api.perform(self.world, self._limiter, call, header))
        if answer is None:
            return _dropped(request)
        headers = {**answer.headers, **({"X-OAuth-Scopes": answer.scopes} if answer.scopes else {})}
        return web.json_response(answer.body, status=answer.status, headers=headers)

    async def _responded(self, request: web.Request) -> web.StreamResponse:
        call = Call("response_url", await _arguments(request), None, None, time.monotonic())
        answer = await self._answered(call, lambda: chat.answer_of(self.world, request.match_info["key"], call.args))
        if answer is None:
            return _dropped(request)
        if answer.body["ok"]:
            return web.Response(text="ok")
        return web.json_response(answer.body, status=400 if answer.status == 200 else answer.status)

    async def _answered(self, call: Call, perform: Callable[[], Answer]) -> Answer | None:
        """Record a call, carry it out unless a fault is in its way, and return what is told; None for a lost socket."""
        fault = self.faults.take(call.method, call.args)
        kind = call.fault = fault.kind if fault else None
        with self.world.lock:
            self.world.calls.append(call)
            self.world.change()
        if fault is not None and kind == "delay":
            await asyncio.sleep(fault.seconds)
        if fault is not None and kind == "hold_before":
            await self._held(fault)
        if kind == "drop_before":
            return None
        answer = (fault and api.faulty(fault)) or perform()
        if fault is not None and kind == "hold_after":
            await self._held(fault)
        if kind == "drop_after":
            return None
        with self.world.lock:
            call.response, call.status = answer.body, answer.status
            self.world.change()
        return answer

    async def _held(self, fault: Fault) -> None:
        released = asyncio.Event()
        fault.when_released(lambda: self._soon(released.set))
        await released.wait()

    # what it says

    def _send(self, delivery: Delivery) -> None:
        self._soon(lambda: self._begin(delivery))

    def _begin(self, delivery: Delivery) -> None:
        way = self.poster.deliver if self.poster.url else self.sockets.deliver
        task = self._loop.create_task(way(delivery))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _soon(self, what: Callable[[], object]) -> None:
        """Run `what` on the loop; nothing once it is over."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(what)

    def on_loop(self, coroutine: Coroutine[Any, Any, T], seconds: float = 30.0) -> T:
        """Run a coroutine on the server's loop and return its result."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(seconds)


async def _arguments(request: web.Request) -> JSON:
    """Return what a call was given: JSON, form or query."""
    args: JSON = dict(request.query)
    if request.content_type == "application/json":
        with contextlib.suppress(ValueError):
            given = await request.json()
            args |= given if isinstance(given, dict) else {}
    else:
        args |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    return args


def _dropped(request: web.Request) -> web.StreamResponse:
    """Lose the socket: the caller hears nothing more."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
