"""The web application: stored copies by signed links, health; where Slack calls is mounted by who runs the bot."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.article import Copies, PageError
from bot.web.health import Health
from bot.web.metrics import Metrics
from bot.web.page import article_page, brief, policy
from bot.web.signing import LinkError

_LOG = logging.getLogger(__name__)
_HEADERS = {
    "Content-Security-Policy": policy(),
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}
_SAID = {
    403: ("No access", "This link is not valid, or not any more: ask again where you got it."),
    404: ("Not found", "There is no such page."),
    405: ("Not allowed", "This page can only be read."),
    410: ("Removed", "The article that this link led to was removed."),
    413: ("Too large", "That is more than is taken here."),
    503: ("Not now", "That cannot be told now; try again in a minute."),
    500: ("Something went wrong", "The page cannot be shown now; try again in a minute."),
}


def make_web(
    copies: Copies | None, health: Health, metrics: Metrics | None = None, routes: Sequence[BaseRoute] = ()
) -> Starlette:
    """Return the application.

    Args:
        copies: the stored copies that links show; None where none are served.
        health: what is looked at to say whether the process is ready.
        metrics: where pages are counted.
        routes: what is mounted beside: where Slack calls.
    """

    def article(request: Request) -> Response:
        try:
            if copies is None:
                raise PageError(404)
            ticket = copies.links.read(request.path_params["id"], _given(request))
            response: Response = HTMLResponse(article_page(copies.view(ticket)))
        except LinkError:
            response = _failed(403)
        except PageError as error:
            response = _failed(error.status)
        if metrics is not None:
            metrics.page(response.status_code)
        return response

    def ready(request: Request) -> Response:
        parts = health.ready()
        good = all(told == "ok" for told in parts.values())
        return JSONResponse({"ready": good, "parts": parts}, 200 if good else 503)

    async def alive(request: Request) -> Response:
        return PlainTextResponse("ok\n")

    own = [
        Route("/articles/{id:path}", article, methods=["GET"]),
        Route("/healthz", alive, methods=["GET"]),
        Route("/readyz", ready, methods=["GET"]),
    ]
    app = Starlette(routes=[*own, *routes], middleware=[Middleware(_Guard)], exception_handlers={HTTPException: _told})
    app.router.redirect_slashes = False  # it would lead to whatever host the request names
    return app


def _given(request: Request) -> dict[str, str]:
    """Return the query's parameters; one that is given twice is none of ours."""
    return {name: value for name, value in request.query_params.items() if len(request.query_params.getlist(name)) == 1}


def _failed(status: int, headers: dict[str, str] | None = None) -> Response:
    """Return a page of one sentence, the same whatever exists."""
    title, sentence = _SAID.get(status, ("Not possible", "This cannot be done here."))
    return HTMLResponse(brief(title, sentence), status, headers)


async def _told(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _failed(error.status_code, dict(error.headers or {}))


class _Guard:
    """Puts the headers of every page on every response, notes it in the log, and turns a failure into a page.

    The log has the path alone: with its query a link could be used by who reads the log.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 0

        async def guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, guarded)
        except Exception:
            mark = secrets.token_hex(4)
            _LOG.exception("%s %s failed [%s]", scope["method"], _plain(scope["path"]), mark)
            if status:  # the response began: nothing better can be said
                raise
            title, sentence = _SAID[500]
            await HTMLResponse(brief(title, f"{sentence} In the log it is {mark}."), 500)(scope, receive, guarded)
        _LOG.info("%s %s %s", scope["method"], _plain(scope["path"]), status)


def _plain(path: str) -> str:
    """Return a path such that it is one word of a log."""
    return (
        path.encode("ascii", "backslashreplace").decode().replace("\n", "\\n").replace("\r", "\\r").replace(" ", "%20")
    )
