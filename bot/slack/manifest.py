"""The manifest that the Slack app is made from: written from the table of listeners, so that the two cannot differ.

Its form is that of https://docs.slack.dev/reference/app-manifest, with the agent view
(https://docs.slack.dev/ai/migrating-to-agent-messaging) in place of the older assistant view.
"""

from __future__ import annotations

from typing import Any, Final

from bot.slack import actions
from bot.slack.config import SlackConfig
from bot.slack.listeners import COMMAND, LISTENERS

NAME: Final = "whosaid"
EVENTS_PATH: Final = "/slack/events"
REDIRECT_PATH: Final = "/slack/oauth_redirect"
_SHORT = "Who said what, in the exact words, with the article and the date."
_LONG = (
    "Ask who said what in a collection of news articles. The answer is made of quotations: the speaker, the exact "
    "words, in whose article, when, with a link to the passage. Each is compared with the stored article, character "
    "by character, before it is shown. Where the articles do not say, the answer says so, and why."
)
_COMMANDS: Final = {
    COMMAND: {
        "description": "Ask who said what; private: only you see the answer",
        "usage_hint": "[private] who said the dam was safe?",
    }
}
_SHORTCUTS: Final = {
    actions.CLAIM: {"name": "Check this claim", "description": "Look up what the articles have on this message"}
}

# What the bot calls beside what it listens to, and the scope that Slack asks for it.
_CALLS: Final[tuple[tuple[str, str], ...]] = (
    ("chat.postMessage and the like", "chat:write"),
    ("assistant.threads.setStatus and setSuggestedPrompts", "assistant:write"),
    # A message that was posted before a crash is looked for in its thread, also where nobody's messages are read.
    ("conversations.replies in channels", "channels:history"),
    ("conversations.replies in private channels", "groups:history"),
    ("conversations.replies in conversations of several people", "mpim:history"),
    # A question asked in App Home is answered in a direct message.
    ("conversations.open", "im:write"),
    # Whether a channel is shared with another organisation, which a command does not tell.
    ("conversations.info of channels", "channels:read"),
    ("conversations.info of private channels", "groups:read"),
    ("conversations.info of conversations of several people", "mpim:read"),
)
_USER_GROUPS: Final = "usergroups:read"
_APP_EVENTS: Final = ("app_uninstalled", "tokens_revoked")


def scopes(config: SlackConfig) -> list[str]:
    """Return the bot's scopes, sorted: what is listened to and what is called, with this slack.toml, and no more."""
    asked = {scope for _, scope in _CALLS}
    for listener in LISTENERS:
        asked.update(scope for _, scope, needed in listener.subscriptions if scope and needed(config))
        if listener.what in ("command", "shortcut"):
            asked.add("commands")
    if any(rule.user_groups for rule in config.allow):
        asked.add(_USER_GROUPS)
    return sorted(asked)


def events(config: SlackConfig) -> list[str]:
    """Return the events that the app subscribes to, sorted."""
    return sorted(event for listener in LISTENERS for event, _, needed in listener.subscriptions if needed(config))


def manifest(config: SlackConfig, http_url: str | None, several: bool = False) -> dict[str, Any]:
    """Return the app's manifest.

    Args:
        config: slack.toml; what it turns off is not asked for.
        http_url: the address by which Slack reaches the bot; None for Socket Mode.
        several: whether several workspaces install the app, by OAuth, each with tokens that expire.
    """
    at = {"request_url": http_url.rstrip("/") + EVENTS_PATH} if http_url else {}
    listened = {what: [one.name for one in LISTENERS if one.what == what] for what in ("command", "shortcut")}
    oauth: dict[str, Any] = {"scopes": {"bot": scopes(config)}}
    if several and http_url:
        oauth["redirect_urls"] = [http_url.rstrip("/") + REDIRECT_PATH]
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {"name": NAME, "description": _SHORT, "long_description": _LONG},
        "features": {
            "agent_view": {"agent_description": _SHORT},
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": NAME, "always_online": True},
            "shortcuts": [
                {"type": "message", "callback_id": name, **_SHORTCUTS[name]} for name in listened["shortcut"]
            ],
            "slash_commands": [_command(name, at.get("request_url")) for name in listened["command"]],
        },
        "oauth_config": oauth,
        "settings": {
            "event_subscriptions": {**at, "bot_events": sorted([*events(config), *(_APP_EVENTS if several else ())])},
            "interactivity": {"is_enabled": True, **at},
            "org_deploy_enabled": False,
            "socket_mode_enabled": http_url is None,
            "token_rotation_enabled": several,
        },
    }


def _command(name: str, url: str | None) -> dict[str, Any]:
    # Names of people and channels come as they were typed: the question is looked up in articles, not in Slack.
    return {"command": name, **_COMMANDS[name], "should_escape": False, **({"url": url} if url else {})}
