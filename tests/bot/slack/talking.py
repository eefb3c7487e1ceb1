"""Talking to the fake Slack with the real slack_sdk and slack_bolt."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from ...fake_slack import FakeSlack

BUTTON = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}, "value": "1"}
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "*Minister* said"}, "accessory": BUTTON}
THUMBS = {
    "type": "context_actions",
    "elements": [
        {
            "type": "feedback_buttons",
            "action_id": "thumbs",
            "positive_button": {"text": {"type": "plain_text", "text": "Good"}, "value": "up"},
            "negative_button": {"text": {"type": "plain_text", "text": "Bad"}, "value": "down"},
        }
    ],
}
MODAL = {
    "type": "modal",
    "callback_id": "why",
    "title": {"type": "plain_text", "text": "Why?"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "reason",
            "label": {"type": "plain_text", "text": "Reason"},
            "element": {"type": "plain_text_input", "action_id": "reason"},
        }
    ],
}


def web(slack: FakeSlack, token: str | None = None) -> WebClient:
    return WebClient(token=token or slack.settings.bot_token, base_url=slack.url, timeout=5, retry_handlers=[])


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(SlackApiError) as error:
        yield
    assert error.value.response["error"] == code


@contextmanager
def connected(app: App, slack: FakeSlack) -> Iterator[SocketModeHandler]:
    handler = SocketModeHandler(app, slack.settings.app_token, ping_interval=0.1)
    handler.connect()
    try:
        yield handler
    finally:
        handler.client.auto_reconnect_enabled = False
        slack.drop_sockets()  # or else it waits for what would still come
        for _ in range(2):  # its thread may close the lost socket at the same moment
            with suppress(AttributeError):
                handler.close()


def bolt(slack: FakeSlack) -> App:
    return App(client=web(slack), signing_secret=slack.settings.signing_secret, process_before_response=True)
