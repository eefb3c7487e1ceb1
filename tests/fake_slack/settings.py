"""How this Slack behaves."""

from __future__ import annotations

from dataclasses import dataclass

# What the manifest of the bot asks for; a test takes some away to see `missing_scope`.
SCOPES = (
    "app_mentions:read",
    "assistant:write",
    "chat:write",
    "commands",
    "im:history",
    "im:write",
    "channels:history",
    "channels:read",
    "groups:history",
    "groups:read",
    "mpim:history",
    "mpim:read",
    "usergroups:read",
)


@dataclass(slots=True)
class Settings:
    """How this Slack behaves; every one may be changed while it runs. Times are seconds of the wall clock."""

    team: str = "T0WHOSAID"
    team_name: str = "whosaid test"
    app: str = "A0WHOSAID"
    bot_user: str = "U0BOT"
    bot: str = "B0BOT"
    bot_name: str = "whosaid"
    bot_token: str = "xoxb-fake-1"
    app_token: str = "xapp-1-fake"
    signing_secret: str = "fake-signing-secret"
    client_id: str = "111.222"
    client_secret: str = "fake-client-secret"
    shortcut: str = "whosaid_claim"
    """callback_id of the message shortcut."""
    commands: tuple[str, ...] = ("/ask",)
    agent_view: bool = True
    distributed: bool = False
    """Whether conversations.replies and .history are limited to 1 a minute."""
    rate_limits: bool = True
    rate_speed: float = 1.0
    """How many times faster than the wall clock the limits refill."""
    stream_seconds: float = 300.0
    trigger_seconds: float = 3.0
    response_url_seconds: float = 1800.0
    ack_seconds: float = 3.0
    retries: int = 3
    """How often an event that was not acknowledged comes again."""
    retry_delays: tuple[float, ...] = (0.0, 60.0, 300.0)
    """HTTP mode: the waits before the retries."""
    redeliver: float = 0.0
    """Chance that an event is delivered a second time although it was acknowledged."""
    drop_socket: float = 0.0
    """Chance, for each envelope, that its websocket is lost, before or after the envelope was sent."""
    echo: bool = True
    """Whether the bot's own messages come back to it as events."""
    token_rotation: bool = False
    seed: int = 0
