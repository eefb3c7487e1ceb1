"""Blocks of Slack's Block Kit, as dicts (docs.slack.dev/reference/block-kit)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.slack.actions import Value, action_id, pack
from bot.slack.render.words import shown

Block = dict[str, Any]
Piece = dict[str, Any]  # of rich text: words or a link

PLAIN, LABEL, HEADING = 3000, 75, 150  # characters: of a plain text, on a button, in a heading
ROW = 5  # buttons in a row that a phone shows without scrolling far


def words(text: str, *styles: str) -> Piece:
    """Return words as they are, with styles: "bold", "italic"."""
    return {"type": "text", "text": text, **({"style": dict.fromkeys(styles, True)} if styles else {})}


def link(text: str, url: str | None) -> Piece:
    """Return a link, the bare words where there is no address."""
    return {"type": "link", "url": url, "text": text} if url else words(text)


def line(*some: Piece) -> Piece:
    """Return a line of rich text."""
    return {"type": "rich_text_section", "elements": _filled(some)}


def quote(*some: Piece) -> Piece:
    """Return a quotation in rich text, with a bar beside it."""
    return {"type": "rich_text_quote", "elements": _filled(some)}


def _filled(some: Sequence[Piece]) -> list[Piece]:
    """Leave out pieces without a character, which Slack refuses, as it does a line without a piece."""
    return [piece for piece in some if piece["text"]] or [words(" ")]


def verbatim(text: str) -> Piece:
    """Return words set in a frame from which they are easily copied."""
    return {"type": "rich_text_preformatted", "elements": _filled([words(text)])}


def rich(*some: Piece) -> Block:
    """Return a block of rich text: lines and quotations."""
    return {"type": "rich_text", "elements": [*some]}


def plain(text: str) -> dict[str, Any]:
    """Return a plain text object; codes of emoji in it stay codes."""
    return {"type": "plain_text", "text": text or " ", "emoji": False}


def heading(text: str) -> Block:
    """Return a heading."""
    return {"type": "header", "text": plain(shown(text, HEADING))}


def fine(*texts: str) -> Block:
    """Return small print, at most ten texts."""
    return {"type": "context", "elements": [plain(text[:PLAIN]) for text in texts[:10]]}


def section(text: str, accessory: Mapping[str, Any] | None = None) -> Block:
    """Return a paragraph of plain text, with a button at its side."""
    return {"type": "section", "text": plain(text[:PLAIN]), **({"accessory": dict(accessory)} if accessory else {})}


DIVIDER: Block = {"type": "divider"}


def button(label: str, kind: str, value: Value, number: int | None = None, **more: Any) -> dict[str, Any] | None:
    """Return a button; None where its value is longer than Slack allows."""
    packed = pack(value)
    if packed is None:
        return None
    shown_label = plain(shown(label, LABEL) or "…")
    return {"type": "button", "text": shown_label, "action_id": action_id(kind, number), "value": packed, **more}


def actions(buttons: Iterable[Mapping[str, Any] | None]) -> list[Block]:
    """Return the block of these buttons, none where there are none."""
    kept = [dict(one) for one in buttons if one]
    return [{"type": "actions", "elements": kept}] if kept else []


def folded(title: str, blocks: Sequence[Block]) -> Block:
    """Return blocks, at most ten sections, headings or small prints, closed until somebody opens them."""
    return {
        "type": "container",
        "title": plain(shown(title, HEADING)),
        "width": "full",
        "is_collapsible": True,
        "default_collapsed": True,
        "child_blocks": [*blocks],
    }


def unfolded(blocks: Iterable[Mapping[str, Any]]) -> list[Block]:
    """Return blocks with those that are folded laid open, for where Slack has no containers (modals)."""
    open_: list[Block] = []
    for block in blocks:
        if block["type"] == "container":
            open_ += [{"type": "header", "text": block["title"]}, *block["child_blocks"]]
        else:
            open_.append(dict(block))
    return open_


def weight(blocks: Iterable[Mapping[str, Any]]) -> int:
    """Return what blocks count against the length of a message: bytes of text, and 125 for each block.

    That is what Slack's maintainers say of the limit of 12,000 characters, and what was measured
    (github.com/slackapi/bolt-js/issues/2509); bytes, since a streamed message is said to be counted in them.
    """
    return sum(125 + _bytes(block) + 125 * len(block.get("child_blocks", ())) for block in blocks)


def _bytes(value: Any) -> int:
    if isinstance(value, Mapping):
        return sum(_bytes(inner) for inner in value.values()) + (
            len(value["text"].encode()) if isinstance(value.get("text"), str) else 0
        )
    return sum(map(_bytes, value)) if isinstance(value, list | tuple) else 0
