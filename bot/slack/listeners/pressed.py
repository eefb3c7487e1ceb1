"""What is typed as a command, clicked, sent or opened. Each has an id of Slack's, by which it is one job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.slack.listeners.heard import Heard
from bot.slack.listeners.words import question
from bot.slack.model import NewJob, Surface

PRIVATE = "private"


def ask(heard: Heard) -> NewJob:
    """Take ``/ask`` or ``/ask private``; the whole payload is flat."""
    command = heard.body
    first, _, rest = command.get("text", "").strip().partition(" ")
    surface: Surface = "command"
    text = command.get("text", "")
    if first.lower() == PRIVATE:
        surface, text = "private", rest
    return heard.job(
        "question",
        f"{heard.team}:command:{command['trigger_id']}",
        command["user_id"],
        channel=command["channel_id"],
        surface=surface,
        text=question(text, heard.bot),
        payload={name: command.get(name) for name in ("response_url", "trigger_id", "user_name")},
    )


def claim(heard: Heard) -> NewJob:
    """Take the message shortcut: somebody wants a message looked up."""
    body, message = heard.body, heard.body["message"]
    return heard.job(
        "claim",
        f"{heard.team}:claim:{body['trigger_id']}",
        body["user"]["id"],
        channel=body["channel"]["id"],
        ts=message["ts"],
        thread=message.get("thread_ts") or message["ts"],
        text=question(message.get("text") or "", heard.bot),
        payload={"trigger_id": body["trigger_id"], "response_url": body.get("response_url")},
    )


def click(heard: Heard) -> NewJob:
    """Take a button: of a message, of the App Home or of a modal."""
    body = heard.body
    action, container = body["actions"][0], body.get("container") or {}
    ts = container.get("message_ts")
    return heard.job(
        "click",
        f"{heard.team}:click:{body['trigger_id']}",
        body["user"]["id"],
        channel=container.get("channel_id") or (body.get("channel") or {}).get("id"),
        ts=ts,
        thread=container.get("thread_ts") or (body.get("message") or {}).get("thread_ts") or ts,
        payload={
            "action": action["action_id"],
            "value": _chosen(action),
            "trigger_id": body["trigger_id"],
            "response_url": body.get("response_url"),
            "ephemeral": bool(container.get("is_ephemeral")),
            "view": _view(body["view"]) if body.get("view") else None,
        },
    )


def submit(heard: Heard) -> NewJob:
    """Take a modal that was sent."""
    body, view = heard.body, heard.body["view"]
    values = {
        block: {action: _chosen(given) for action, given in inputs.items()}
        for block, inputs in view["state"]["values"].items()
    }
    return heard.job(
        "submit",
        f"{heard.team}:submit:{view['id']}:{view.get('hash', '')}",
        body["user"]["id"],
        payload={"view": {**_view(view), "values": values}, "trigger_id": body.get("trigger_id")},
    )


def opened(heard: Heard) -> NewJob | None:
    """Take an ``app_home_opened``: the App Home, or the messages of the app, which is its agent view."""
    event = heard.event
    user, when, tab = event["user"], event["event_ts"], event.get("tab")
    if tab == "home":
        return heard.job("home", f"{heard.team}:home:{user}:{when}", user)
    if tab == "messages":
        channel = event["channel"]
        return heard.job("prompts", f"{heard.team}:prompts:{channel}:{when}", user, channel=channel)
    return None


def stop(heard: Heard) -> NewJob:
    """Take an ``agent_session_stopped``: somebody pressed Stop while the bot worked in this thread."""
    event = heard.event
    channel, thread = event["channel"], event["thread_ts"]
    key = f"{heard.team}:stop:{channel}:{thread}:{event['event_ts']}"
    return heard.job("stop", key, event["user"], channel=channel, thread=thread)


def _chosen(given: Mapping[str, Any]) -> str:
    """Return what a button holds, or what was typed or picked in an input; "" for nothing."""
    option = given.get("selected_option") or {}
    return str(given.get("value") or option.get("value") or "")


def _view(view: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a view that tells which it is."""
    return {name: view.get(name) for name in ("id", "hash", "type", "callback_id", "private_metadata")}
