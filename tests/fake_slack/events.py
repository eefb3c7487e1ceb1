"""The payloads that Slack sends, as docs.slack.dev/reference/events and /interaction-payloads show them."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from .model import JSON, Channel, Message, View, Workspace

VERIFICATION = "fake-verification-token"

INTERACTIVE = (
    "button",
    "feedback_buttons",
    "icon_button",
    "overflow",
    "static_select",
    "external_select",
    "users_select",
    "conversations_select",
    "channels_select",
    "multi_static_select",
    "plain_text_input",
    "rich_text_input",
    "radio_buttons",
    "checkboxes",
    "datepicker",
    "timepicker",
    "workflow_button",
)


def elements_of(block: JSON) -> list[JSON]:
    """Return what can be clicked or filled in in a block."""
    inside = [block.get("accessory"), block.get("element"), *(block.get("elements") or [])]
    return [one for one in inside if isinstance(one, dict) and one.get("type") in INTERACTIVE]


def every(blocks: Iterable[JSON]) -> Iterator[JSON]:
    """Yield blocks, and those within them."""
    for block in blocks:
        yield block
        yield from every(block.get("child_blocks") or ())


def callback(app: str, workspace: Workspace, event: JSON, ident: str, external: bool) -> JSON:
    """An Events API body."""
    return {
        "token": VERIFICATION,
        "team_id": workspace.id,
        "context_team_id": workspace.id,
        "context_enterprise_id": None,
        "api_app_id": app,
        "event": event,
        "type": "event_callback",
        "event_id": ident,
        "event_time": int(time.time()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": workspace.id,
                "user_id": workspace.bot_user,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": external,
        "event_context": f"4-{ident}",
    }


def rich(text: str) -> list[JSON]:
    """The rich_text block that Slack adds to what a person writes."""
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return [{"type": "rich_text", "block_id": uuid.uuid4().hex[:5], "elements": [section]}]


def message(said: Message, channel: Channel) -> JSON:
    """A ``message`` event."""
    told = said.as_json()
    if said.thread:
        told["parent_user_id"] = "U0PARENT"
    return {**told, "channel": channel.id, "event_ts": said.ts, "channel_type": channel.kind}


def mention(said: Message) -> JSON:
    """An ``app_mention`` event."""
    return {**said.as_json(), "type": "app_mention", "channel": said.channel, "event_ts": said.ts}


def changed(said: Message, before: JSON, channel: Channel, ts: str) -> JSON:
    """A ``message_changed`` event."""
    return {
        "type": "message",
        "subtype": "message_changed",
        "message": {**said.as_json(), "source_team": channel.team, "user_team": channel.team},
        "previous_message": before,
        "channel": channel.id,
        "hidden": True,
        "ts": ts,
        "event_ts": ts,
        "channel_type": channel.kind,
    }


def deleted(ts: str, before: JSON, channel: Channel, event_ts: str) -> JSON:
    """A ``message_deleted`` event."""
    return {
        "type": "message",
        "subtype": "message_deleted",
        "previous_message": before,
        "channel": channel.id,
        "hidden": True,
        "deleted_ts": ts,
        "event_ts": event_ts,
        "ts": event_ts,
        "channel_type": channel.kind,
    }


def home_opened(user: str, channel: str, tab: str, ts: str, view: JSON | None) -> JSON:
    """An ``app_home_opened`` event; the agent view is the tab ``messages``."""
    event: JSON = {"type": "app_home_opened", "user": user, "channel": channel, "tab": tab, "event_ts": ts}
    if tab == "messages":
        event["context"] = {"entities": []}
    if view is not None:
        event["view"] = view
    return event


def stopped(user: str, channel: str, thread: str, streams: list[str], ts: str) -> JSON:
    """An ``agent_session_stopped`` event."""
    return {
        "type": "agent_session_stopped",
        "channel": channel,
        "thread_ts": thread,
        "streaming_message_ts": streams,
        "user": user,
        "event_ts": ts,
    }


def command(
    app: str, workspace: Workspace, channel: Channel, user: str, name: str, text: str, url: str, trigger: str
) -> JSON:
    """A slash command; over HTTP these are form fields."""
    return {
        "token": VERIFICATION,
        "team_id": workspace.id,
        "team_domain": workspace.name.replace(" ", "-"),
        "channel_id": channel.id,
        "channel_name": "privategroup" if channel.private else channel.name,
        "user_id": user,
        "user_name": user.lower(),
        "command": name,
        "text": text,
        "api_app_id": app,
        "is_enterprise_install": "false",
        "response_url": url,
        "trigger_id": trigger,
    }


def interaction(kind: str, app: str, workspace: Workspace, user: str, trigger: str, **more: Any) -> JSON:
    """What all interactions have."""
    domain = workspace.name.replace(" ", "-")
    return {
        "type": kind,
        "user": {"id": user, "username": user.lower(), "name": user.lower(), "team_id": workspace.id},
        "api_app_id": app,
        "token": VERIFICATION,
        "team": {"id": workspace.id, "domain": domain},
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": trigger,
        **more,
    }


def in_message(said: Message, channel: Channel) -> JSON:
    """Container, channel and message of a click in a message."""
    container: JSON = {
        "type": "message",
        "message_ts": said.ts,
        "channel_id": channel.id,
        "is_ephemeral": said.ephemeral_to is not None,
    }
    if said.thread:
        container["thread_ts"] = said.thread
    parts: JSON = {"container": container, "channel": {"id": channel.id, "name": channel.name}}
    if said.ephemeral_to is None:
        parts["message"] = said.as_json()
    return parts


def in_view(view: View, told: JSON) -> JSON:
    """Container and view of a click in a modal or in App Home."""
    return {"container": {"type": "view", "view_id": view.id}, "view": told}


def action(element: JSON, block: JSON, value: str | None, ts: str) -> JSON:
    """The one action of a click."""
    kind = element["type"]
    told: JSON = {
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "type": kind,
        "action_ts": ts,
    }
    if kind == "feedback_buttons":
        sides = [element["positive_button"], element["negative_button"]]
        chosen = next((side for side in sides if side.get("value") == value), sides[0])
        return {**told, "text": chosen["text"], "value": chosen.get("value")}
    if kind in ("overflow", "static_select", "radio_buttons"):
        options = element.get("options") or []
        return {**told, "selected_option": next((o for o in options if o.get("value") == value), options[0])}
    if "text" in element:
        told["text"] = element["text"]
    chosen_value = value if value is not None else element.get("value")
    return told | ({"value": chosen_value} if chosen_value is not None else {})
