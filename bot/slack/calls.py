"""Calls of Slack's Web API, and what may become of one: carried out, refused, put off, or nobody knows.

The SDK repeats a call whose connection broke, which may post twice; here nothing is repeated, and whoever calls decides
by what is known. A method that Slack (by 429) or the network put off is not called again for that channel until its
time, by any thread of this process; other channels go on.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import logging
import socket
import ssl
import threading
import time
import urllib.error
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, NoReturn
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import InstallationStore
from slack_sdk.webhook import WebhookClient

from bot.settings import Secrets
from bot.slack.gates import Gates, PutOff
from bot.slack.tokens import Tokens
from corpus.errors import SlackError

__all__ = ["TIMEOUT", "Clients", "Identity", "PutOff", "Refused", "Unsure"]

TIMEOUT = 10
"""Seconds that a call waits to connect, and for each piece of the response."""
TOKEN_SECONDS = 60.0
LATER = 5.0
HALF_DONE = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})
"""Codes with which Slack says that part of what was asked may have happened."""
RATE_CODES = frozenset({"ratelimited", "rate_limited"})
TOKEN_CODES = frozenset({"invalid_auth", "token_revoked", "token_expired", "account_inactive", "not_authed"})
NOT_JSON = "Received a response in a non-JSON format"
NEVER_SENT = (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError)
"""What fails before anything is sent: nobody listens, no such host, a wrong certificate."""
HOOKS = ("slack.com", "slack-gov.com")

_sdk_logger = logging.getLogger("bot.slack.sdk")
_sdk_logger.setLevel(logging.CRITICAL)  # its debug lines hold whole messages, its errors are told by who called


class Unsure(Exception):
    """Whether the call was carried out is not known; `until` (Unix time) is when to look."""

    def __init__(self, until: float):
        super().__init__("nobody knows whether the call was carried out")
        self.until = until


class Refused(SlackError):
    """Slack answered ok:false: the call was not carried out. `code` is Slack's own word for why."""

    def __init__(self, method: str, code: str):
        super().__init__(f"Slack refused {method}: {code}; `whosaid slack check` tells what the app may do")
        self.method = method
        self.code = code


class Identity(NamedTuple):
    """Who the bot is in a workspace."""

    user: str
    bot: str | None


class Clients:
    """The Web API of every workspace that the bot is installed in.

    Args:
        secrets: the bot's token of a single workspace, or client id and secret of an app that is distributed.
        installations: the tokens of several workspaces; None for a single one.
        count: told (method, code) of every call that went wrong.
    """

    def __init__(
        self,
        secrets: Secrets,
        installations: InstallationStore | None = None,
        count: Callable[[str, str], None] = lambda method, code: None,
    ):
        self._secrets = secrets
        self._tokens = Tokens(secrets, installations, self._client)
        self._count = count
        self._clients: dict[tuple[str, str | None], tuple[float, WebClient]] = {}
        self._identities: dict[tuple[str, str | None], Identity] = {}
        self._lock = threading.Lock()
        self.gates = Gates()

    def of(self, team: str, enterprise: str | None = None) -> WebClient:
        """Return a client with the workspace's token, which repeats nothing by itself.

        Raises:
            SlackError: the bot is not installed there, or its token has expired and cannot be renewed.
        """
        with self._lock:
            until, client = self._clients.get((team, enterprise), (0.0, None))
            if client is None or until < time.monotonic():
                client = self._client(self._tokens.of(team, enterprise))
                self._clients[team, enterprise] = (time.monotonic() + TOKEN_SECONDS, client)
            return client

    def call(self, team: str, enterprise: str | None, method: str, /, **args: Any) -> Mapping[str, Any]:
        """Call a method with the SDK's function of that name; return Slack's response.

        Raises:
            PutOff: not carried out: 429, a method that is put off, no connection.
            Unsure: nobody knows: the connection broke, 5xx, a response that is none.
            Refused: ok:false.
            SlackError: there is no token for the workspace.
        """
        channel = args.get("channel") or args.get("channel_id")
        self.gates.check(team, method, channel)
        client = self.of(team, enterprise)
        try:
            response = getattr(client, method.replace(".", "_"))(**args)
        except SlackApiError as error:
            self._refused(error, team, enterprise, method, channel)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise self._broken(error, team, method, channel) from error
        self.gates.worked(team, method, channel)
        data: Any = response.data
        if not isinstance(data, dict):
            raise Unsure(self.gates.failed(team, method, channel))
        return data

    def identity(self, team: str, enterprise: str | None = None) -> Identity:
        """Return who the bot is in the workspace (asked once); raises what `call` does."""
        known = self._identities.get((team, enterprise))
        if known is None:
            told = self.call(team, enterprise, "auth.test")
            known = self._identities[team, enterprise] = Identity(told["user_id"], told.get("bot_id"))
        return known

    def respond(self, team: str, url: str, **payload: Any) -> None:
        """Post to the response_url of a command or button: nowhere else than at Slack. Raises what `call` does."""
        if not self._at_slack(url):
            raise SlackError("cannot answer at the response_url of the job: it is not an address of Slack's")
        method = "response_url"
        self.gates.check(team, method, url)
        try:
            hook = WebhookClient(url, timeout=TIMEOUT, retry_handlers=[], logger=_sdk_logger)
            response = hook.send_dict(payload)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise self._broken(error, team, method, url) from error
        code = _code(response.body)
        status = 400 if code and response.status_code == 200 else response.status_code
        self._judge(status, dict(response.headers), code, team, method, url)
        self.gates.worked(team, method, url)

    def _broken(self, error: Exception, team: str, method: str, channel: str | None) -> PutOff | Unsure:
        """Return what a broken connection stands for; what Slack took too long over, it may do yet."""
        cause = error.reason if isinstance(error, urllib.error.URLError) else error
        self._count(method, type(cause).__name__)
        late = isinstance(cause, TimeoutError)
        until = self.gates.failed(team, method, channel, least=TIMEOUT if late else 0.0)
        return PutOff(until) if isinstance(cause, NEVER_SENT) else Unsure(until)

    def _judge(
        self, status: int, headers: Mapping[str, Any], code: str, team: str, method: str, channel: str | None
    ) -> None:
        """Raise what the status of a response and Slack's word for it stand for; 2xx passes."""
        if status == 429 or code in RATE_CODES:
            self._count(method, "ratelimited")
            raise PutOff(self.gates.close(team, method, channel, _retry_after(headers)))
        if status >= 500 or code in HALF_DONE or code.startswith(NOT_JSON):
            self._count(method, code if code in HALF_DONE else f"http_{status}")
            raise Unsure(self.gates.failed(team, method, channel))
        if status >= 300:
            self._count(method, f"http_{status}")
            raise Refused(method, code[:50] or f"http_{status}")

    def _refused(
        self, error: SlackApiError, team: str, enterprise: str | None, method: str, channel: str | None
    ) -> NoReturn:
        """Raise what a response that is not ok stands for."""
        response: Any = error.response
        data = response.data if isinstance(response.data, dict) else {}
        code = str(data.get("error") or "")
        self._judge(response.status_code, response.headers or {}, code, team, method, channel)
        self._count(method, code)
        self.gates.worked(team, method, channel)
        if code in TOKEN_CODES:
            self._clients.pop((team, enterprise), None)  # it may have been renewed by another process
        raise Refused(method, code or "no reason given") from error

    def _client(self, token: str | None) -> WebClient:
        url = self._secrets.slack_api_url
        return WebClient(token=token, base_url=url, timeout=TIMEOUT, retry_handlers=[], logger=_sdk_logger)

    def _at_slack(self, url: str) -> bool:
        """Tell whether an address is Slack's, or is where its Web API was set to be."""
        parts, api = urlsplit(url), urlsplit(self._secrets.slack_api_url)
        host = parts.hostname or ""
        ours = (parts.scheme, parts.netloc) == (api.scheme, api.netloc)
        return ours or (parts.scheme == "https" and any(host.endswith(f".{hook}") for hook in HOOKS))


def _code(body: str) -> str:
    """Return Slack's word for why a response_url would not have it, bare or in JSON; "" if it had."""
    said = body.strip()
    if said.startswith("{"):
        with contextlib.suppress(ValueError):
            told = json.loads(said)
            return "" if told.get("ok", True) else str(told.get("error"))
    return "" if said == "ok" else said[:50]


def _retry_after(headers: Mapping[str, Any]) -> float:
    """Return the seconds of a Retry-After, whatever its case and whether it is listed."""
    for name, value in headers.items():
        if name.lower() == "retry-after":
            with contextlib.suppress(ValueError, TypeError):
                return max(0.1, float(value[0] if isinstance(value, list) else value))
    return LATER
