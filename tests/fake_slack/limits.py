"""What Slack refuses: its limits on messages, blocks, modals and the App Home, as its reference pages give them.

Where the reference says nothing, or other than what is reported of the live service, the stricter of the two holds:
what passes here should pass there. `faults` looks at one call alone; what depends on the calls before it (the length
of a streamed message, rates) is the server's to say.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .block_limits import IN_MESSAGES, IN_VIEWS, MOST_TEXT, blocks_faults, every, known, long, plain

MOST_BLOCKS, MOST_VIEW_BLOCKS = 50, 100
WHOLE = 12_000  # what a message's blocks may weigh; more is msg_blocks_too_long
PER_BLOCK = 125  # what each block weighs beside its text (measured: github.com/slackapi/bolt-js/issues/2509)
POSTED, CHANGED = 12_000, 4_000  # characters of "text" beside blocks, in a new message and in an update
VIEW_BYTES = 250_000

_MESSAGES = ("chat.postMessage", "chat.postEphemeral", "chat.update", "response_url")
_STREAMS = ("chat.startStream", "chat.appendStream", "chat.stopStream")
_VIEWS = ("views.open", "views.update", "views.push", "views.publish")
_JSON = ("blocks", "view", "chunks", "prompts")


def faults(method: str, payload: Mapping[str, Any]) -> list[str]:
    """Return what Slack would refuse in a call; nothing where it would take it.

    Each begins with the error that it is refused with and a colon: ``invalid_blocks: blocks[2].text: ...``. Arguments
    that a form gives as JSON may come as text. `method` is a method's name, or "response_url".
    """
    given = {name: _decoded(name, value) for name, value in payload.items()}
    if method in _MESSAGES:
        return list(_message(method, given))
    if method in _STREAMS:
        return list(_streamed(given))
    if method in _VIEWS:
        return [f"invalid_arguments: {fault}" for fault in _view(given.get("view"), method == "views.publish")]
    if method == "assistant.threads.setSuggestedPrompts":
        return [f"invalid_arguments: {fault}" for fault in _prompts(given.get("prompts"))]
    return []


def error(found: list[str]) -> str:
    """Return the error code that Slack answers with, of at least one fault."""
    return found[0].partition(":")[0]


def weight(blocks: Iterable[Mapping[str, Any]]) -> int:
    """Return what Slack counts of blocks against `WHOLE`: the characters of their texts, and some for each block."""
    listed = list(blocks)
    return sum(len(text) for text in _texts(listed)) + PER_BLOCK * sum(1 for _ in every(listed))


def _decoded(name: str, value: Any) -> Any:
    if name in _JSON and isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from [inner] if name == "text" and isinstance(inner, str) else _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)


def _message(method: str, given: Mapping[str, Any]) -> Iterator[str]:
    blocks, text = given.get("blocks"), given.get("text")
    if not text and not blocks:
        yield "no_text: neither text nor blocks"
    most = CHANGED if method == "chat.update" else POSTED
    if isinstance(text, str) and len(text) > most:
        yield f"msg_too_long: text has {len(text)} characters, more than {most}"
    if blocks:
        yield from _blocks(blocks)


def _streamed(given: Mapping[str, Any]) -> Iterator[str]:
    if len(given.get("markdown_text") or "") > WHOLE:
        yield f"msg_too_long: markdown_text has more than {WHOLE} characters"
    for at, chunk in enumerate(given.get("chunks") or ()):
        kind = chunk.get("type") if isinstance(chunk, Mapping) else None
        if kind == "blocks":
            yield from _blocks(chunk.get("blocks"))
        elif kind not in ("markdown_text", "task_update", "plan_update"):
            yield f"invalid_chunks: chunks[{at}]: unknown type {kind!r}"
    if given.get("blocks"):
        yield from _blocks(given["blocks"])


def _blocks(blocks: Any) -> Iterator[str]:
    yield from (f"invalid_blocks: {fault}" for fault in blocks_faults("blocks", blocks, IN_MESSAGES, MOST_BLOCKS))
    if isinstance(blocks, list) and weight(blocks) > WHOLE:
        yield f"msg_blocks_too_long: the blocks weigh {weight(blocks)}, more than {WHOLE}"


def _view(view: Any, home: bool) -> Iterator[str]:
    if not isinstance(view, Mapping) or view.get("type") != ("home" if home else "modal"):
        yield f"view: no {'home' if home else 'modal'}"
        return
    named = set[str]() if home else {"title", "submit", "close", "clear_on_close", "notify_on_close"}
    yield from known("view", view, {"type", "blocks", "private_metadata", "callback_id", "external_id", *named})
    for name in {"title", "submit", "close"} & {*view, *(() if home else ("title",))}:
        yield from plain(f"view.{name}", view.get(name), 24)
    yield from long("view.private_metadata", view.get("private_metadata", ""), 0, 3000)
    for name in ("callback_id", "external_id"):
        yield from long(f"view.{name}", view.get(name, ""), 0, 255)
    blocks = view.get("blocks")
    yield from blocks_faults("view.blocks", blocks, IN_VIEWS, MOST_VIEW_BLOCKS)
    if not home and "submit" not in view and any(block.get("type") == "input" for block in blocks or ()):
        yield "view.submit: missing, though there are inputs"
    if len(json.dumps(view).encode()) > VIEW_BYTES:
        yield f"view: more than {VIEW_BYTES} bytes"


def _prompts(prompts: Any) -> Iterator[str]:
    if not isinstance(prompts, list) or not 1 <= len(prompts) <= 4:
        yield "prompts: not one to four"
        return
    for at, prompt in enumerate(prompts):
        for name in ("title", "message"):
            yield from long(f"prompts[{at}].{name}", prompt.get(name), 1, MOST_TEXT)
