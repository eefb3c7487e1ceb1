"""Whom a message of the bot would notify."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_MENTION = re.compile(
    r"<!(channel|here|everyone)(?:\|[^>]*)?>"
    r"|<@([UW][A-Z0-9]+)(?:\|[^>]*)?>"
    r"|<!subteam\^([A-Z0-9]+)(?:\|[^>]*)?>"
)
_BARE = re.compile(r"(?<![\w@])@(channel|here|everyone)\b")


def in_text(text: str, linked: bool = False) -> Iterator[tuple[str, str]]:
    """Yield (kind, target) of each mention; bare ``@channel`` only where names are `linked` (link_names, parse)."""
    for found in _MENTION.finditer(text):
        broadcast, user, group = found.groups()
        if broadcast:
            yield broadcast, broadcast
        elif user:
            yield "user", user
        else:
            yield "usergroup", group
    if linked:
        yield from ((found.group(1), found.group(1)) for found in _BARE.finditer(text))


def in_blocks(part: Any) -> Iterator[tuple[str, str]]:
    """Yield the mentions in mrkdwn and markdown anywhere in blocks, and the elements of rich text that mention."""
    if isinstance(part, list):
        for one in part:
            yield from in_blocks(one)
    elif isinstance(part, dict):
        kind = part.get("type")
        if kind in ("mrkdwn", "markdown") and isinstance(part.get("text"), str):
            yield from in_text(part["text"])
        elif kind == "user" and "user_id" in part:
            yield "user", part["user_id"]
        elif kind == "usergroup" and "usergroup_id" in part:
            yield "usergroup", part["usergroup_id"]
        elif kind == "broadcast" and "range" in part:
            yield part["range"], part["range"]
        for value in part.values():
            if isinstance(value, dict | list):
                yield from in_blocks(value)


def of(text: str, blocks: Any, linked: bool = False) -> list[tuple[str, str]]:
    """Return whom a message notifies, each once."""
    return list(dict.fromkeys([*in_text(text, linked), *in_blocks(blocks)]))
