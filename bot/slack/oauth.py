"""Where Slack calls over HTTP: its events, and the pages by which a workspace installs the app.

Bolt checks signature and age of what comes; here is added what it does not do: a limit on the size, a replayed request
refused, and its work done in threads of its own, so that neither a slow one nor many pages hold up the others.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode, urljoin

import anyio
from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.adapter.starlette.handler import to_starlette_response
from slack_bolt.oauth import OAuthFlow
from slack_bolt.oauth.callback_options import CallbackOptions, FailureArgs, SuccessArgs
from slack_bolt.oauth.oauth_settings import OAuthSettings
from slack_sdk import WebClient
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.settings import Secrets, Settings
from bot.slack.config import SlackConfig
from bot.slack.manifest import EVENTS_PATH, REDIRECT_PATH, scopes
from bot.slack.store.installations import STATE_SECONDS, Installations, installations_url, open_installations
from bot.web.page import brief
from bot.web.signing import secret_of
from corpus.errors import UsageError

INSTALL_PATH = "/slack/install"
_LARGEST = 1_000_000  # bytes of a request; Slack's are far smaller
_SLOWEST = 10.0  # seconds that a request's body may take to come
_THREADS = 64  # requests that Bolt works on at once; most of that is waiting for one commit that stores them all
_REMEMBERED = 900.0  # seconds; Bolt takes what is five minutes old or, by clocks that differ, from the future
_PASSED_ON = (
    "content-type",
    "x-slack-signature",
    "x-slack-request-timestamp",
    "x-slack-retry-num",
    "x-slack-retry-reason",
    "cookie",
)
_LOG = logging.getLogger(__name__)
# Bolt writes codes and states into its log.
_QUIET = logging.getLogger("whosaid.slack.oauth")
_QUIET.setLevel(logging.CRITICAL)


def oauth_flow(secrets: Secrets, settings: Settings, config: SlackConfig, client: WebClient) -> OAuthFlow:
    """Return the flow by which workspaces install the app; its ``settings.installation_store`` is to be closed.

    Args:
        secrets: client id and secret of the app, and what the tokens are encrypted with.
        settings: of the home; with `public_url` Slack is told to come back there, else to where the app's page says.
        config: on which the scopes depend.
        client: calls Slack without a token.

    Raises:
        UsageError: client id or secret is not set.
        JobsError: the database of installations cannot be opened.
    """
    if not secrets.slack_client_id or secrets.slack_client_secret is None:
        raise UsageError(
            "cannot install into several workspaces: SLACK_CLIENT_ID and SLACK_CLIENT_SECRET are not both set; copy "
            "them from Basic Information of the app"
        )
    secret = secret_of(settings.place().folder, secrets.whosaid_secret)
    installations = open_installations(installations_url(settings), secrets.slack_client_id, secret)
    return OAuthFlow(client=client, logger=_QUIET, settings=_settings(secrets, settings, config, installations))


def _settings(secrets: Secrets, settings: Settings, config: SlackConfig, installations: Installations) -> OAuthSettings:
    public = settings.public_url
    secret = secrets.slack_client_secret
    return OAuthSettings(
        client_id=secrets.slack_client_id,
        client_secret=secret.get_secret_value() if secret else None,
        scopes=scopes(config),
        user_scopes=[],
        redirect_uri=f"{public.rstrip('/')}{REDIRECT_PATH}" if public else None,
        install_path=INSTALL_PATH,
        install_page_rendering_enabled=False,
        redirect_uri_path=REDIRECT_PATH,
        callback_options=CallbackOptions(success=_installed, failure=_not_installed),
        authorization_url=urljoin(secrets.slack_api_url, "/oauth/v2/authorize"),
        installation_store=installations,
        installation_store_bot_only=True,
        state_store=installations.states,
        state_expiration_seconds=STATE_SECONDS,
        logger=_QUIET,
    )


def slack_routes(app: App) -> list[Route]:
    """Return the routes for `bot.web.app.make_web`: events, and where the app has an OAuth flow, its pages."""
    doors = _Doors(app)
    routes = [Route(EVENTS_PATH, doors.event, methods=["POST"])]
    if app.oauth_flow is not None:
        routes.append(Route(INSTALL_PATH, doors.install, methods=["GET"]))
        routes.append(Route(REDIRECT_PATH, doors.redirect, methods=["GET"]))
    return routes


def slack_check(secrets: Secrets) -> Callable[[], None]:
    """Return the check of `bot.web.health.Health` that Slack can be reached; Slack is asked twice a minute at most."""
    client = WebClient(base_url=secrets.slack_api_url, timeout=2, retry_handlers=[])
    reached = 0.0

    def check() -> None:
        nonlocal reached
        if time.monotonic() - reached > 30 or not reached:
            client.api_test()
            reached = time.monotonic()

    return check


class _Doors:
    """The endpoints."""

    def __init__(self, app: App) -> None:
        self._app, self._seen = app, Seen()
        self._limiter: anyio.CapacityLimiter | None = None  # made within the event loop

    async def event(self, request: Request) -> Response:
        body = await _body(request)
        if isinstance(body, Response):
            return body
        signature = request.headers.get("x-slack-signature", "")
        if not self._seen.first(signature):
            _LOG.warning("refused a request of Slack's that came before")
            return PlainTextResponse("", 401)
        good = False
        try:
            answer = await self._worked(lambda: self._app.dispatch(_bolt(request, body)))
            good = answer.status < 300
            return to_starlette_response(answer)
        finally:
            if not good:  # not taken: it may come again
                self._seen.forget(signature)

    async def install(self, request: Request) -> Response:
        flow = self._app.oauth_flow
        assert flow is not None  # else the route is not there
        return to_starlette_response(await self._worked(lambda: flow.handle_installation(_bolt(request, ""))))

    async def redirect(self, request: Request) -> Response:
        flow = self._app.oauth_flow
        assert flow is not None  # else the route is not there
        return to_starlette_response(await self._worked(lambda: flow.handle_callback(_bolt(request, ""))))

    async def _worked(self, work: Callable[[], BoltResponse]) -> BoltResponse:
        self._limiter = self._limiter or anyio.CapacityLimiter(_THREADS)
        return await anyio.to_thread.run_sync(work, limiter=self._limiter)


class Seen:
    """Signatures of requests that were taken, as long as Bolt would take them again. Threads may share it."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """Begin with none; `now` is in seconds."""
        self._now, self._lock = now, threading.Lock()
        self._seen: dict[bytes, float] = {}

    def first(self, signature: str) -> bool:
        """Tell whether a signature comes for the first time, and note it."""
        key, now = _digest(signature), self._now()
        with self._lock:
            for old in list(self._seen):  # in the order of their times
                if self._seen[old] > now - _REMEMBERED:
                    break
                del self._seen[old]
            if key in self._seen:
                return False
            self._seen[key] = now
            return True

    def forget(self, signature: str) -> None:
        """Forget a signature whose request was not taken."""
        with self._lock:
            self._seen.pop(_digest(signature), None)


def _digest(signature: str) -> bytes:
    return hashlib.sha256(signature.encode("utf-8", "replace")).digest()[:16]


async def _body(request: Request) -> str | Response:
    """Return what was posted; a response where it is too large, too slow or no text."""
    found = bytearray()
    try:
        async with asyncio.timeout(_SLOWEST):
            async for chunk in request.stream():
                found += chunk
                if len(found) > _LARGEST:
                    return PlainTextResponse("", 413, {"Connection": "close"})
        return found.decode("utf-8")
    except UnicodeDecodeError:
        return PlainTextResponse("", 400)
    except (TimeoutError, ClientDisconnect):
        return PlainTextResponse("", 408, {"Connection": "close"})


def _bolt(request: Request, body: str) -> BoltRequest:
    """Return the request as Bolt takes it, with the first of each header: the one that was looked at here."""
    headers: dict[str, Any] = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
    query: dict[str, Any] = {name: request.query_params.getlist(name) for name in request.query_params}
    return BoltRequest(body=body, query=query, headers=headers)


def _installed(args: SuccessArgs) -> BoltResponse:
    installation = args.installation
    _LOG.info("installed into workspace %s", installation.team_id or installation.enterprise_id)
    where = {"app": installation.app_id or "", "team": installation.team_id or ""}
    link = f"https://slack.com/app_redirect?{urlencode(where)}", "Open it in Slack"
    return _page(
        args.settings, 200, "Installed", "The app is in your workspace: mention it in a channel, and ask.", link
    )


_REASONS = {
    "access_denied": "The installation was cancelled, and nothing was installed.",
    "invalid_browser": "The installation was not begun in this browser, or this page was loaded again.",
    "invalid_state": "The installation took too long, or this page was loaded again.",
    "invalid_code": "Slack did not confirm the installation.",
    "storage_error": "The installation could not be kept.",
}


def _not_installed(args: FailureArgs) -> BoltResponse:
    known = args.reason in _REASONS
    _LOG.warning("not installed: %s", args.reason if known else "another reason")
    said = _REASONS.get(args.reason, "Slack did not complete the installation.")
    # relative, as a proxy may have put the server below a path
    return _page(args.settings, args.suggested_status_code, "Not installed", said, ("install", "Begin again"))


def _page(settings: OAuthSettings, status: int, title: str, sentence: str, link: tuple[str, str]) -> BoltResponse:
    headers: dict[str, str | Sequence[str]] = {
        "Content-Type": "text/html; charset=utf-8",
        "Set-Cookie": settings.state_utils.build_set_cookie_for_deletion(),
    }
    return BoltResponse(status=status, headers=headers, body=brief(title, sentence, link))
