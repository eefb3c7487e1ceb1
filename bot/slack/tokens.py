"""The bot's token of a workspace: of the settings, or of an installation, renewed before it expires."""

from __future__ import annotations

import time
from collections.abc import Callable

from slack_sdk import WebClient
from slack_sdk.errors import SlackTokenRotationError
from slack_sdk.oauth.installation_store import Bot, InstallationStore
from slack_sdk.oauth.token_rotation import TokenRotator

from bot.settings import Secrets
from corpus.errors import SlackError

ROTATE_MINUTES = 120


class Tokens:
    """The tokens of one app.

    Args:
        secrets: the token of a single workspace, or client id and secret of an app that is distributed.
        installations: the tokens of several workspaces; None for a single one.
        client: makes a client with a token, or with none.
    """

    def __init__(
        self, secrets: Secrets, installations: InstallationStore | None, client: Callable[[str | None], WebClient]
    ):
        self._secrets = secrets
        self._installations = installations
        self._client = client

    def of(self, team: str, enterprise: str | None) -> str:
        """Return the bot's token of a workspace.

        Raises:
            SlackError: the app is not installed there, or its token has expired and cannot be renewed.
        """
        if self._installations is None:
            if self._secrets.slack_bot_token is None:
                raise SlackError("cannot call Slack: there is no bot token; set SLACK_BOT_TOKEN")
            return self._secrets.slack_bot_token.get_secret_value()
        bot = _installed(self._installations, team, enterprise)
        if bot.bot_token_expires_at is not None:
            bot = self._renewed(self._installations, bot)
        return bot.bot_token

    def _renewed(self, installations: InstallationStore, bot: Bot) -> Bot:
        """Return the bot with a token that is good for hours; a replica that was quicker has renewed it for all."""
        secret = self._secrets.slack_client_secret
        if self._secrets.slack_client_id is None or secret is None:
            raise SlackError("cannot renew the token: set SLACK_CLIENT_ID and SLACK_CLIENT_SECRET")
        rotator = TokenRotator(
            client_id=self._secrets.slack_client_id, client_secret=secret.get_secret_value(), client=self._client(None)
        )
        try:
            fresh = rotator.perform_bot_token_rotation(bot=bot, minutes_before_expiration=ROTATE_MINUTES)
        except (SlackTokenRotationError, OSError) as error:
            bot = _installed(installations, bot.team_id or "", bot.enterprise_id)
            if (bot.bot_token_expires_at or 0) > time.time():
                return bot
            said = f"cannot renew the token of workspace {bot.team_id}: Slack refused it; install the app there again"
            raise SlackError(said) from error
        if fresh is not None:
            installations.save_bot(fresh)
        return fresh or bot


def _installed(installations: InstallationStore, team: str, enterprise: str | None) -> Bot:
    bot = installations.find_bot(enterprise_id=enterprise, team_id=team)
    if bot is None and enterprise is not None:
        bot = installations.find_bot(enterprise_id=enterprise, team_id=None, is_enterprise_install=True)
    if bot is None:
        raise SlackError(f"cannot call Slack: the app is not installed in workspace {team}; install it there")
    return bot
