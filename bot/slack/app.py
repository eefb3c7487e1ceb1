"""The Bolt app: every listener of the table, each of which stores a job before Slack is told that it came.

Bolt runs three things before a listener, of which only the last could be slow: the signature, the question in which
workspace the bot is, and whether the event is the bot's own. Its own way to answer the second calls ``auth.test`` for
each request, and may renew a token. Here it is answered from memory.
"""

from __future__ import annotations

import logging
import re
import secrets as random
import time
from collections.abc import Callable
from threading import Lock
from typing import Any

from slack_bolt import Ack, App, BoltContext, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.authorize import Authorize
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.oauth import OAuthFlow
from slack_sdk.oauth.installation_store import InstallationStore

from bot.settings import Secrets
from bot.slack.config import SlackConfig
from bot.slack.credentials import SignedIn, sign_in, web_client
from bot.slack.intake import Intake
from bot.slack.listeners import LISTENERS, Listener
from bot.slack.listeners.heard import Heard, Jobs
from bot.slack.model import Lane

_log = logging.getLogger(__name__)
# Bolt copies level and filters of this logger to all of its own. Its warnings quote payloads; what they warn of comes
# to the error handler below.
_bolt = logging.getLogger("slack_bolt.app")

REMEMBERED = 60.0  # seconds that a workspace's installation is remembered
NOT_INSTALLED = "This app is not installed in this workspace, or no longer; who looks after its apps can add it."
FAILED = "Your question could not be taken. Please ask again in a moment. (error {})"


def make_app(
    secrets: Secrets,
    config: SlackConfig,
    jobs: Jobs,
    wake: Callable[[Lane], None],
    oauth: OAuthFlow | None = None,
    stored_in: Callable[[float], None] = lambda seconds: None,
    intake: Intake | None = None,
) -> App:
    """Return the app with every listener of the table.

    Args:
        secrets: signing secret, and the bot's token where there is no `oauth`.
        config: slack.toml.
        jobs: where jobs are stored.
        wake: called when one was.
        oauth: how workspaces install the app, with the store of their installations.
        stored_in: told the seconds that it took to store a payload, after which Slack is told at once.
        intake: counts what is being taken, so that workers let it go first.

    Raises:
        SlackError: without `oauth`, Slack cannot be reached or refuses the token.
    """
    installations = oauth.settings.installation_store if oauth else None
    authorize: Any = _Installed(installations) if installations else _OneWorkspace(sign_in(secrets))
    _bolt.setLevel(logging.ERROR)
    app = App(
        name="slack_bolt.whosaid",
        logger=_bolt,
        client=web_client(secrets),
        signing_secret=secrets.slack_signing_secret.get_secret_value() if secrets.slack_signing_secret else "",
        authorize=authorize,
        oauth_flow=oauth,
        installation_store=installations,
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        user_facing_authorize_error_message=NOT_INSTALLED,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )
    for listener in LISTENERS:
        _register(app, listener, _storing(listener, config, jobs, wake, stored_in, intake or Intake()))
    if installations:
        app.enable_token_revocation_listeners()
    app.error(_failed)
    return app


def _register(app: App, listener: Listener, take: Callable[..., None]) -> None:
    match listener.what:
        case "event":
            app.event(listener.name)(take)
        case "command":
            app.command(listener.name)(take)
        case "shortcut":
            app.message_shortcut(listener.name)(take)
        case "action":  # several of a kind are numbered, see bot.slack.actions
            app.action(re.compile(rf"^{re.escape(listener.name)}(\.\d+)?$"))(take)
        case "view":
            app.view_submission(listener.name)(take)


def _storing(
    listener: Listener,
    config: SlackConfig,
    jobs: Jobs,
    wake: Callable[[Lane], None],
    stored_in: Callable[[float], None],
    intake: Intake,
) -> Callable[[Ack, dict[str, Any], BoltContext], None]:
    """Return what Bolt calls: take the payload, store the job, and only then tell Slack."""

    def store(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
        began = time.monotonic()
        installed = context.authorize_result
        heard = Heard(
            body=body,
            team=(installed.team_id or installed.enterprise_id or "") if installed else "",
            enterprise=installed.enterprise_id if installed else None,
            bot=context.bot_user_id or "",
            config=config,
            jobs=jobs,
        )
        with intake.taking():
            new = listener.take(heard)
            if new is not None:
                number = jobs.add(new)
                ids = {"kind": new.kind, "surface": new.surface, "team": new.team, "channel": new.channel, "ts": new.ts}
                _log.info("stored" if number else "known already", extra={"job": number, **ids})
                if number is not None:
                    wake(new.lane)
                stored_in(time.monotonic() - began)
        ack()

    return store


def _failed(error: Exception, body: dict[str, Any]) -> BoltResponse:
    """Log what went wrong by an id. Slack sends an event again that was not taken; who typed a command is told."""
    number = random.token_hex(4)
    what = body.get("command") or (body.get("event") or {}).get("type") or body.get("type")
    if isinstance(error, BoltUnhandledRequestError):
        _log.warning("nothing listens to this", extra={"id": number, "type": what})
        return BoltResponse(status=200)
    _log.error("could not be taken", extra={"id": number, "type": what}, exc_info=error)
    if "command" in body:
        return BoltResponse(status=200, body=FAILED.format(number))
    return BoltResponse(status=500)


class _OneWorkspace(Authorize):
    """The workspace whose token the bot was given: Slack sends the app nothing else."""

    def __init__(self, signed_in: SignedIn) -> None:
        self._signed_in = signed_in

    def __call__(self, *, enterprise_id: str | None, user_id: str | None, **_: Any) -> AuthorizeResult:
        """Return who the bot is; a click by somebody of another organisation names that one's workspace."""
        return AuthorizeResult(
            enterprise_id=self._signed_in.enterprise,
            team_id=self._signed_in.team,
            bot_user_id=self._signed_in.user,
            bot_id=self._signed_in.bot,
            user_id=user_id,
        )


class _Installed(Authorize):
    """The workspaces that installed the app, each remembered for a minute. No token is kept here, or renewed."""

    def __init__(self, installations: InstallationStore) -> None:
        self._installations = installations
        self._known: dict[tuple[str | None, str | None, bool], tuple[float, str | None, str | None]] = {}
        self._lock = Lock()

    def __call__(
        self,
        *,
        context: BoltContext,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        **_: Any,
    ) -> AuthorizeResult | None:
        """Return who the bot is there; None where it is not installed."""
        where = (enterprise_id, team_id, bool(context.is_enterprise_install))
        with self._lock:
            until, user, bot = self._known.get(where, (0.0, None, None))
        if until < time.monotonic():
            found = self._installations.find_bot(
                enterprise_id=enterprise_id, team_id=team_id, is_enterprise_install=where[2]
            )
            if found is None:
                _log.warning("not installed there", extra={"team": team_id, "enterprise": enterprise_id})
                return None
            user, bot = found.bot_user_id, found.bot_id
            with self._lock:
                self._known[where] = (time.monotonic() + REMEMBERED, user, bot)
        return AuthorizeResult(
            enterprise_id=enterprise_id, team_id=team_id, bot_user_id=user, bot_id=bot, user_id=user_id
        )
