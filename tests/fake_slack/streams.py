"""chat.startStream, .appendStream, .stopStream: a message in a state that only its own app moves."""

from __future__ import annotations

import time

from .chat import Request, blocks_of, is_streaming, metadata_of, own, refuse_faults
from .model import JSON, Message, Refused, Stream

MARKDOWN = 12_000
MESSAGE_BYTES = 10_000
STOPPED = {"dead": "message_not_in_streaming_state", "stopped": "message_not_in_streaming_state"}


def _chunks(request: Request) -> list[JSON]:
    """Return what a call adds, its markdown_text as a chunk.

    Raises:
        Refused: msg_too_long, invalid_chunks, invalid_blocks.
    """
    chunks = request.structure("chunks", "invalid_chunks") or []
    markdown = request.args.get("markdown_text")
    if not isinstance(chunks, list) or not all(isinstance(chunk, dict) for chunk in chunks):
        raise Refused("invalid_chunks")
    if markdown is not None:
        chunks = [{"type": "markdown_text", "text": str(markdown)}, *chunks]
    for chunk in chunks:
        kind = chunk.get("type")
        if kind == "markdown_text" and isinstance(chunk.get("text"), str):
            if len(chunk["text"]) > MARKDOWN:
                raise Refused("msg_too_long")
        elif kind == "blocks" and isinstance(chunk.get("blocks"), list):
            refuse_faults(request.method, {"blocks": chunk["blocks"]})
        elif kind not in ("task_update", "plan_update") or not isinstance(chunk.get("title"), str):
            raise Refused("invalid_chunks")
    return chunks


def _add(request: Request, said: Message, chunks: list[JSON], last: list[JSON] | None = None) -> None:
    """Add chunks to a streaming message, `last` at its end.

    Raises:
        Refused: msg_too_long, msg_blocks_too_long, invalid_blocks; then nothing is added.
    """
    stream = said.stream
    assert stream is not None
    blocks, text, size = list(said.blocks), said.text, stream.bytes
    for chunk in chunks:
        if chunk["type"] == "markdown_text":
            text += chunk["text"]
            size += len(chunk["text"].encode())
            if blocks and blocks[-1]["type"] == "markdown":
                blocks[-1] = {**blocks[-1], "text": blocks[-1]["text"] + chunk["text"]}
            else:
                blocks.append({"type": "markdown", "text": chunk["text"]})
        elif chunk["type"] == "blocks":
            blocks.extend(chunk["blocks"])
    blocks.extend(last or [])
    if size > MESSAGE_BYTES:
        raise Refused("msg_too_long")
    if blocks:  # what is allowed in one call may be too much in all, or have an id twice
        refuse_faults("chat.postMessage", {"text": "in all", "blocks": blocks})
    said.blocks, said.text, stream.bytes = request.world.with_ids(blocks), text, size
    request.world.note_pings(said)


def start(request: Request) -> JSON:
    world = request.world
    channel = world.find_channel(request.need("channel", "channel_not_found"), request.team)
    thread = world.root_of(channel.id, request.need("thread_ts", "invalid_thread_ts"))
    if channel.im is None:
        request.need("recipient_team_id", "missing_recipient_team_id")
        request.need("recipient_user_id", "missing_recipient_user_id")
    chunks = _chunks(request)
    said = Message(
        channel=channel.id,
        ts=world.new_ts(),
        team=request.team,
        user=request.workspace.bot_user,
        text="",
        thread=thread,
        bot=request.workspace.bot,
        app=world.settings.app,
        stream=Stream(time.monotonic()),
    )
    _add(request, said, chunks)
    world.post(said)
    return {"channel": channel.id, "ts": said.ts}


def _open(request: Request) -> Message:
    """Return the app's own message that is being streamed.

    Raises:
        Refused: message_not_found, message_not_owned_by_app, message_not_in_streaming_state, stopped_by_user.
    """
    said = own(request, "message_not_owned_by_app")
    if not is_streaming(request.world, said):
        state = said.stream.state if said.stream else "stopped"
        raise Refused(STOPPED.get(state, state))
    return said


def append(request: Request) -> JSON:
    said = _open(request)
    chunks = _chunks(request)
    if not chunks:
        raise Refused("no_text")
    _add(request, said, chunks)
    request.world.change()
    return {"channel": said.channel, "ts": said.ts}


def stop(request: Request) -> JSON:
    said = _open(request)
    metadata = metadata_of(request)
    _add(request, said, _chunks(request), blocks_of(request))
    assert said.stream is not None
    said.stream.state = "stopped"
    said.metadata = metadata or said.metadata
    before = said.as_json()
    if request.world.settings.echo:
        request.world.emit_changed(said, before)
    request.world.change()
    return {"channel": said.channel, "ts": said.ts, "message": said.as_json(metadata=True)}
