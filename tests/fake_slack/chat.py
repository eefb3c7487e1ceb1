"""chat.postMessage, .update, .delete, .postEphemeral; and what a response_url takes."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import limits
from .model import JSON, Answer, Message, Refused, Token, Workspace
from .world import World


@dataclass(slots=True)
class Request:
    """A call of the Web API that may go ahead."""

    world: World
    method: str
    args: JSON
    token: Token

    @property
    def team(self) -> str:
        return self.token.team

    @property
    def workspace(self) -> Workspace:
        return self.world.workspaces[self.team]

    def need(self, name: str, code: str = "invalid_arguments") -> str:
        """Return an argument that must be there."""
        value = self.args.get(name)
        if value in (None, ""):
            raise Refused(code, response_metadata={"messages": [f"[ERROR] missing required field: {name}"]})
        return str(value)

    def structure(self, name: str, code: str) -> Any:
        """Return an argument that is JSON, in a form as text; None where it is not there."""
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise Refused(code) from None

    def flag(self, name: str) -> bool:
        return str(self.args.get(name, "")).lower() in ("1", "true")


Method = Callable[[Request], JSON]


def refuse_faults(method: str, payload: JSON) -> None:
    """Refuse a call that breaks one of Slack's limits, and say which, as Slack does."""
    found = limits.faults(method, payload)
    if found:
        told = [fault.partition(": ")[2] for fault in found]
        messages = {"messages": [f"[ERROR] {fault}" for fault in told]}
        raise Refused(limits.error(found), errors=told, response_metadata=messages)


def blocks_of(request: Request) -> list[JSON] | None:
    """Return the blocks of a call, None where it has none.

    Raises:
        Refused: invalid_blocks_format.
    """
    blocks = request.structure("blocks", "invalid_blocks_format")
    if blocks is None:
        return None
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise Refused("invalid_blocks_format")
    return blocks


def said_in(request: Request, blocks: list[JSON] | None) -> str | None:
    """Return the text of a call, once its limits are kept.

    Raises:
        Refused: no_text, msg_too_long, invalid_blocks, msg_blocks_too_long.
    """
    text, markdown = request.args.get("text"), request.args.get("markdown_text")
    if markdown is not None and (text or blocks):
        raise Refused("markdown_text_conflict")
    said = text if markdown is None else markdown
    refuse_faults(request.method, {"text": said, "blocks": blocks})
    return None if said is None else str(said)


def metadata_of(request: Request) -> JSON | None:
    """Return the metadata of a call.

    Raises:
        Refused: invalid_metadata_format.
    """
    found = request.structure("metadata", "invalid_metadata_format")
    if found is None or found == {}:
        return None
    wanted = isinstance(found, dict) and isinstance(found.get("event_type"), str)
    if not wanted or not isinstance(found.get("event_payload"), dict):
        raise Refused("invalid_metadata_format")
    return dict(found)


def _new(request: Request, channel: str) -> Message:
    """Make the message that a call wants posted."""
    blocks = blocks_of(request)
    text = said_in(request, blocks)
    thread = request.args.get("thread_ts")
    return Message(
        channel=channel,
        ts=request.world.new_ts(),
        team=request.team,
        user=request.workspace.bot_user,
        text=text if text is not None else "This content can't be displayed.",
        blocks=blocks or [],
        thread=request.world.root_of(channel, str(thread)) if thread else None,
        bot=request.workspace.bot,
        app=request.world.settings.app,
        metadata=metadata_of(request),
        unfurl={name: request.args.get(name) for name in ("unfurl_links", "unfurl_media")},
    )


def _linked(request: Request) -> bool:
    return request.flag("link_names") or request.args.get("parse") == "full"


def post_message(request: Request) -> JSON:
    channel = request.world.find_channel(request.need("channel", "channel_not_found"), request.team)
    said = request.world.post(_new(request, channel.id), _linked(request))
    return {"channel": channel.id, "ts": said.ts, "message": said.as_json(metadata=True)}


def post_ephemeral(request: Request) -> JSON:
    channel = request.world.find_channel(request.need("channel", "channel_not_found"), request.team)
    user = request.need("user", "user_not_in_channel")
    if user not in channel.members:
        raise Refused("user_not_in_channel")
    said = _new(request, channel.id)
    said.ephemeral_to, said.metadata = user, None
    request.world.post(said)
    return {"message_ts": said.ts}


def own(request: Request, refusal: str) -> Message:
    """Return the app's own message that a call is about."""
    channel = request.world.find_channel(request.need("channel", "channel_not_found"), request.team)
    said = request.world.find_message(channel.id, request.need("ts", "message_not_found"))
    if said.bot != request.workspace.bot:
        raise Refused(refusal)
    return said


def update(request: Request) -> JSON:
    said = own(request, "cant_update_message")
    if is_streaming(request.world, said):
        raise Refused("streaming_state_conflict")
    blocks = blocks_of(request)
    text = said_in(request, blocks)
    before = request.world.rewrite(said, request.workspace.bot_user, text, blocks)
    if "metadata" in request.args:
        said.metadata = metadata_of(request)
    if request.world.settings.echo:
        request.world.emit_changed(said, before)
    request.world.change()
    return {"channel": said.channel, "ts": said.ts, "text": said.text, "message": said.as_json(metadata=True)}


def delete(request: Request) -> JSON:
    said = own(request, "cant_delete_message")
    if is_streaming(request.world, said):
        raise Refused("cant_delete_message")
    request.world.delete(said)
    return {"channel": said.channel, "ts": said.ts}


def is_streaming(world: World, said: Message) -> bool:
    """Tell whether a message is being streamed; a stream whose time is over is not."""
    stream = said.stream
    if (
        stream is not None
        and stream.state == "open"
        and time.monotonic() - stream.started > world.settings.stream_seconds
    ):
        stream.state = "dead"
    return stream is not None and stream.state == "open"


def answer_of(world: World, key: str, body: JSON) -> Answer:
    """Return what is told to who posts to a response_url."""
    with world.lock:
        try:
            respond(world, key, body)
            return Answer({"ok": True})
        except Refused as refused:
            return refused.answer()


def respond(world: World, key: str, body: JSON) -> None:
    """Do what was posted to a response_url.

    Raises:
        Refused: it was used five times, is too old, or never was one.
    """
    settings, way = world.settings, world.response_urls.get(key)
    if way is None or time.monotonic() - way.created > settings.response_url_seconds:
        raise Refused("expired_url", status=404)
    if way.uses >= 5:
        raise Refused("used_url", status=404)
    channel = world.channels[way.channel]
    token = Token("", channel.team, "bot", set())
    request = Request(world, "response_url", body, token)
    way.uses += 1
    old = world.messages.get((way.channel, way.message or ""))
    if request.flag("delete_original"):
        if old is not None:
            world.delete(old)
        world.ephemeral[:] = [m for m in world.ephemeral if m.ts != way.message]
        return world.change()
    if request.flag("replace_original") and way.message:
        shown = old or next((m for m in world.ephemeral if m.ts == way.message), None)
        if shown is not None:
            blocks = blocks_of(request)
            world.rewrite(shown, request.workspace.bot_user, said_in(request, blocks), blocks)
            return world.change()
    said = _new(request, channel.id)
    if body.get("response_type") != "in_channel":
        said.ephemeral_to = way.user
    world.post(said)
    return None
