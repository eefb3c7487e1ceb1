"""The tokens and secrets of the environment: which of them are needed, and who the bot is by them."""

from __future__ import annotations

import logging
import socket
import ssl
import urllib.error
from dataclasses import dataclass

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.settings import Secrets
from corpus.errors import SlackError, UsageError

_quiet = logging.getLogger("bot.slack.sdk")
_quiet.setLevel(logging.CRITICAL)  # its debug lines hold whole messages, its errors are told by who called
TIMEOUT = 10  # seconds for a call of Slack's Web API

# https://docs.slack.dev/authentication/tokens: what a token is shows by how it begins.
_BOT, _APP = "a bot token (xoxb-...)", "an app-level token (xapp-...)"
_KINDS = {"xoxb-": _BOT, "xoxe.xoxb-": _BOT, "xapp-": _APP, "xoxp-": "a user token (xoxp-...)"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Who the bot is in its workspace: `user` is what people mention, `bot` what its messages are marked with."""

    team: str
    user: str
    bot: str | None
    enterprise: str | None
    scopes: frozenset[str]


def of_several(secrets: Secrets) -> bool:
    """Tell whether several workspaces install the app by OAuth, or one gave its token.

    Raises:
        UsageError: the environment says both, or half of one, or neither.
    """
    pair = {"SLACK_CLIENT_ID": secrets.slack_client_id, "SLACK_CLIENT_SECRET": secrets.slack_client_secret}
    missing = [name for name, value in pair.items() if value is None]
    if len(missing) == 1:
        raise UsageError(f"several workspaces need both halves, and {missing[0]} is not set; set it, see docs/slack.md")
    if secrets.slack_bot_token is None and missing:
        raise UsageError(
            "cannot sign in to Slack, since SLACK_BOT_TOKEN is not set; copy the Bot User OAuth Token (xoxb-...) from "
            "the page OAuth & Permissions of your app, see docs/slack.md"
        )
    if secrets.slack_bot_token is not None and not missing:
        raise UsageError(
            "SLACK_BOT_TOKEN is for one workspace, SLACK_CLIENT_ID and SLACK_CLIENT_SECRET for several, and all are "
            "set; unset what is not meant"
        )
    return not missing


def app_token(secrets: Secrets) -> str:
    """Return the app-level token, which Socket Mode connects with.

    Raises:
        UsageError: it is not set, or of another kind.
    """
    if secrets.slack_app_token is None:
        raise UsageError(
            "cannot connect to Slack, since SLACK_APP_TOKEN is not set; make an app-level token (xapp-...) with the "
            "scope connections:write on the page Basic Information of your app, see docs/slack.md"
        )
    return _of_kind("SLACK_APP_TOKEN", secrets.slack_app_token.get_secret_value(), _APP)


def _of_kind(variable: str, token: str, wanted: str) -> str:
    """Return a token that does not begin as one of another kind, which Slack would take for some calls."""
    kind = next((kind for prefix, kind in _KINDS.items() if token.startswith(prefix)), wanted)
    if kind != wanted:
        raise UsageError(f"{variable} holds {kind}, and must hold {wanted}; set it to that, see docs/slack.md")
    return token


def signing_secret(secrets: Secrets) -> str:
    """Return what tells Slack's requests from others'.

    Raises:
        UsageError: it is not set.
    """
    if secrets.slack_signing_secret is None:
        raise UsageError(
            "requests of Slack's cannot be told from others', since SLACK_SIGNING_SECRET is not set; copy it from the "
            "page Basic Information of your app, see docs/slack.md"
        )
    return secrets.slack_signing_secret.get_secret_value()


def web_client(secrets: Secrets, token: str | None = None) -> WebClient:
    """Return a client that never tries a call twice: trying again is the worker's decision."""
    return WebClient(token=token, base_url=secrets.slack_api_url, timeout=TIMEOUT, retry_handlers=[], logger=_quiet)


def bot_client(secrets: Secrets) -> WebClient:
    """Return a client with the bot's token of a single workspace."""
    return web_client(secrets, secrets.slack_bot_token.get_secret_value() if secrets.slack_bot_token else None)


def sign_in(secrets: Secrets) -> SignedIn:
    """Return who the bot is by its token, from ``auth.test``.

    Raises:
        UsageError: the token is of another kind.
        SlackError: Slack cannot be reached, or refuses the token.
    """
    if secrets.slack_bot_token:
        _of_kind("SLACK_BOT_TOKEN", secrets.slack_bot_token.get_secret_value(), _BOT)
    try:
        said = bot_client(secrets).auth_test()
    except SlackApiError as error:
        raise SlackError(
            f"Slack refuses the token in SLACK_BOT_TOKEN ({error.response['error']}); copy the Bot User "
            "OAuth Token (xoxb-...) from the page OAuth & Permissions of your app, see docs/slack.md"
        ) from error
    except (OSError, SlackClientError) as error:
        raise unreachable(secrets, error) from error
    scopes = next((value for name, value in said.headers.items() if name.lower() == "x-oauth-scopes"), "")
    return SignedIn(
        team=said["team_id"],
        user=said["user_id"],
        bot=said.get("bot_id"),
        enterprise=said.get("enterprise_id"),
        scopes=frozenset(scope.strip() for scope in scopes.split(",") if scope.strip()),
    )


def connection(secrets: Secrets) -> str:
    """Return an address for Socket Mode, from ``apps.connections.open``; it need not be used.

    Raises:
        UsageError: the app-level token is not set, or of another kind.
        SlackError: Slack cannot be reached, or refuses the token.
    """
    try:
        opened = web_client(secrets).apps_connections_open(app_token=app_token(secrets))
    except SlackApiError as error:
        raise SlackError(
            f"Slack gives no connection for the token in SLACK_APP_TOKEN ({error.response['error']}); turn "
            "Socket Mode on for your app, and give the token (xapp-...) the scope connections:write"
        ) from error
    except (OSError, SlackClientError) as error:
        raise unreachable(secrets, error) from error
    return str(opened["url"])


def unreachable(secrets: Secrets, error: Exception) -> SlackError:
    """Return the error that says that Slack cannot be reached."""
    return SlackError(f"cannot reach Slack at {secrets.slack_api_url}: {in_words(error)}; check the network")


def in_words(error: Exception) -> str:
    """Return why a call over the network failed, without the marks of a program."""
    if isinstance(error, urllib.error.HTTPError):
        return f"the answer was status {error.code}"
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, socket.gaierror):
        return "the name of that host cannot be resolved"
    if isinstance(cause, TimeoutError):
        return f"no answer within {TIMEOUT} seconds"
    if isinstance(cause, ConnectionRefusedError):
        return "the connection was refused, as where nothing listens"
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"its certificate cannot be trusted ({cause.verify_message})"
    return str(cause.strerror if isinstance(cause, OSError) and cause.strerror else cause)
