"""What Slack refuses in a block: unknown types and properties, lengths, numbers, ids that stand twice, addresses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

MOST_TEXT = 3000

Check = Callable[[str, Mapping[str, Any]], Iterator[str]]

_STYLES = {"bold", "italic", "strike", "code", "underline"}


def every(blocks: Iterable[Any]) -> Iterator[Mapping[str, Any]]:
    """Yield blocks, and those within them."""
    for block in blocks:
        if isinstance(block, Mapping):
            yield block
            yield from (inner for inner in block.get("child_blocks") or () if isinstance(inner, Mapping))


def blocks_faults(place: str, blocks: Any, allowed: Mapping[str, Check], most: int) -> Iterator[str]:
    """Yield the faults of a list of blocks of which only some types are allowed."""
    if not isinstance(blocks, list) or not blocks:
        yield f"{place}: not a list of blocks"
        return
    if sum(1 for _ in every(blocks)) > most:
        yield f"{place}: more than {most} blocks"
    for at, block in enumerate(blocks):
        yield from _one_of(allowed, f"{place}[{at}]", block)
    ids = [block["block_id"] for block in every(blocks) if "block_id" in block]
    if len({*ids}) < len(ids):
        yield f"{place}: a block_id stands twice"


def known(place: str, found: Mapping[str, Any], names: set[str]) -> Iterator[str]:
    """Yield the properties that are not among `names`."""
    yield from (f"{place}.{name}: unknown property" for name in sorted({*found} - names))


def long(place: str, text: Any, least: int, most: int) -> Iterator[str]:
    """Yield what is wrong with the length of a text."""
    if not isinstance(text, str):
        yield f"{place}: not a text"
    elif not least <= len(text) <= most:
        yield f"{place}: {len(text)} characters, not {least} to {most}"


def plain(place: str, found: Any, most: int = MOST_TEXT) -> Iterator[str]:
    """Yield the faults of a text object that may only be plain."""
    if not isinstance(found, Mapping) or found.get("type") != "plain_text":
        yield f"{place}: no plain_text"
    else:
        yield from _text(place, found, most)


def _text(place: str, found: Any, most: int = MOST_TEXT) -> Iterator[str]:
    own = {"plain_text": "emoji", "mrkdwn": "verbatim"}
    if not isinstance(found, Mapping) or found.get("type") not in own:
        yield f"{place}: no text object"
        return
    yield from known(place, found, {"type", "text", own[found["type"]]})
    yield from long(f"{place}.text", found.get("text"), 1, most)


def _address(place: str, url: Any) -> Iterator[str]:
    yield from long(place, url, 1, MOST_TEXT)
    if not isinstance(url, str) or urlsplit(url).scheme not in ("http", "https") or " " in url:
        yield f"{place}: no address of the web"


def _one_of(kinds: Mapping[str, Check], place: str, found: Any) -> Iterator[str]:
    kind = found.get("type") if isinstance(found, Mapping) else None
    if kind not in kinds:
        yield f"{place}: unsupported type {kind!r}"
        return
    yield from kinds[str(kind)](place, found)
    yield from long(f"{place}.block_id", found.get("block_id", ""), 0, 255)


def _elements(kinds: Mapping[str, Check], most: int, *names: str) -> Check:
    """Return the check of what has elements, each with an action_id of its own, and properties of these names."""

    def check(place: str, block: Mapping[str, Any]) -> Iterator[str]:
        yield from known(place, block, {"type", "block_id", "elements", *names})
        elements = block.get("elements")
        if not isinstance(elements, list) or not 1 <= len(elements) <= most:
            yield f"{place}.elements: not 1 to {most}"
            return
        for at, element in enumerate(elements):
            yield from _one_of(kinds, f"{place}.elements[{at}]", element)
        ids = [element["action_id"] for element in elements if "action_id" in element]
        if len({*ids}) < len(ids):
            yield f"{place}: an action_id stands twice"

    return check


def _action(place: str, element: Mapping[str, Any], names: set[str]) -> Iterator[str]:
    yield from known(place, element, {"type", "action_id", "accessibility_label", "confirm", *names})
    yield from long(f"{place}.action_id", element.get("action_id"), 1, 255)
    yield from long(f"{place}.accessibility_label", element.get("accessibility_label", ""), 0, 75)
    if "confirm" in element:
        confirm, most = element["confirm"], {"title": 100, "text": 300, "confirm": 30, "deny": 30}
        yield from known(f"{place}.confirm", confirm, {*most, "style"})
        for name, limit in most.items():
            yield from plain(f"{place}.confirm.{name}", confirm.get(name), limit)


def _button(place: str, element: Mapping[str, Any]) -> Iterator[str]:
    yield from _action(place, element, {"text", "value", "url", "style"})
    yield from plain(f"{place}.text", element.get("text"), 75)
    yield from long(f"{place}.value", element.get("value", ""), 0, 2000)
    if "url" in element:
        yield from _address(f"{place}.url", element["url"])
    if element.get("style", "primary") not in ("primary", "danger"):
        yield f"{place}.style: unknown"


def _feedback(place: str, element: Mapping[str, Any]) -> Iterator[str]:
    yield from _action(place, element, {"positive_button", "negative_button"})
    for name in ("positive_button", "negative_button"):
        button = element.get(name) or {}
        yield from known(f"{place}.{name}", button, {"text", "value", "accessibility_label"})
        yield from plain(f"{place}.{name}.text", button.get("text"), 75)
        yield from long(f"{place}.{name}.value", button.get("value"), 1, 2000)
        yield from long(f"{place}.{name}.accessibility_label", button.get("accessibility_label", ""), 0, 75)


def _icon(place: str, element: Mapping[str, Any]) -> Iterator[str]:
    yield from _action(place, element, {"icon", "text", "value", "visible_to_user_ids"})
    yield from plain(f"{place}.text", element.get("text"), 75)
    if element.get("icon") != "trash":
        yield f"{place}.icon: unknown"


def _overflow(place: str, element: Mapping[str, Any]) -> Iterator[str]:
    yield from _action(place, element, {"options"})
    options = element.get("options") or []
    if not 1 <= len(options) <= 5:
        yield f"{place}.options: not 1 to 5"
    for at, option in enumerate(options):
        yield from plain(f"{place}.options[{at}].text", option.get("text"), 75)
        yield from long(f"{place}.options[{at}].value", option.get("value"), 1, 150)


def _input_element(place: str, element: Mapping[str, Any]) -> Iterator[str]:
    names = {"placeholder", "multiline", "max_length", "min_length", "initial_value", "focus_on_load"}
    yield from _action(place, element, names)
    if "placeholder" in element:
        yield from plain(f"{place}.placeholder", element["placeholder"], 150)
    if not 1 <= element.get("max_length", 1) <= 3000:
        yield f"{place}.max_length: not 1 to 3000"


def _input(place: str, block: Mapping[str, Any]) -> Iterator[str]:
    yield from known(place, block, {"type", "block_id", "label", "hint", "element", "optional", "dispatch_action"})
    yield from plain(f"{place}.label", block.get("label"), 2000)
    if "hint" in block:
        yield from plain(f"{place}.hint", block["hint"], 2000)
    yield from _one_of({"plain_text_input": _input_element}, f"{place}.element", block.get("element"))


def _section(place: str, block: Mapping[str, Any]) -> Iterator[str]:
    yield from known(place, block, {"type", "block_id", "text", "fields", "accessory", "expand"})
    fields = block.get("fields", [])
    if "text" not in block and not fields:
        yield f"{place}: neither text nor fields"
    if "text" in block:
        yield from _text(f"{place}.text", block["text"])
    if len(fields) > 10:
        yield f"{place}.fields: more than 10"
    for at, one in enumerate(fields):
        yield from _text(f"{place}.fields[{at}]", one, 2000)
    if "accessory" in block:
        yield from _one_of({"button": _button, "overflow": _overflow}, f"{place}.accessory", block["accessory"])


def _header(place: str, block: Mapping[str, Any]) -> Iterator[str]:
    yield from known(place, block, {"type", "block_id", "text"})
    yield from plain(f"{place}.text", block.get("text"), 150)


def _divider(place: str, block: Mapping[str, Any]) -> Iterator[str]:
    yield from known(place, block, {"type", "block_id"})


def _markdown(place: str, block: Mapping[str, Any]) -> Iterator[str]:
    yield from known(place, block, {"type", "block_id", "text"})
    yield from long(f"{place}.text", block.get("text"), 1, 12_000)


def _container(place: str, block: Mapping[str, Any]) -> Iterator[str]:
    names = {"title", "subtitle", "child_blocks", "width", "is_collapsible", "default_collapsed"}
    yield from known(place, block, {"type", "block_id", *names})
    yield from plain(f"{place}.title", block.get("title"), 150)
    if "subtitle" in block:
        yield from _text(f"{place}.subtitle", block["subtitle"], 150)
    if block.get("default_collapsed") and not block.get("is_collapsible"):
        yield f"{place}.default_collapsed: it is not collapsible"
    yield from blocks_faults(f"{place}.child_blocks", block.get("child_blocks"), _IN_CONTAINERS, 10)


def _piece(place: str, element: Mapping[str, Any]) -> Iterator[str]:
    """Check a piece of rich text: words, or a link, with their style."""
    link = element["type"] == "link"
    yield from known(place, element, {"type", "text", "style", *(["url"] if link else [])})
    yield from long(f"{place}.text", element.get("text"), 1, MOST_TEXT)
    if link:
        yield from _address(f"{place}.url", element.get("url"))
    yield from known(f"{place}.style", element.get("style", {}), _STYLES)


def _mention(place: str, element: Mapping[str, Any]) -> Iterator[str]:
    yield from ()


_PIECES: dict[str, Check] = {"text": _piece, "link": _piece} | dict.fromkeys(
    ("user", "usergroup", "broadcast", "channel", "emoji", "date", "team"), _mention
)
_WORDS = _elements(_PIECES, 1000)
_FRAMED = _elements(_PIECES, 1000, "border")
_RICH = _elements(
    {
        "rich_text_section": _WORDS,
        "rich_text_quote": _FRAMED,
        "rich_text_preformatted": _FRAMED,
        "rich_text_list": _elements({"rich_text_section": _WORDS}, 1000, "style", "indent", "offset", "border"),
    },
    1000,
)
_ACTIONS = _elements({"button": _button, "overflow": _overflow}, 25)
_CONTEXT = _elements({"plain_text": _text, "mrkdwn": _text}, 10)
# The reference names rich_text among what a container holds, the live service is reported to refuse it.
_IN_CONTAINERS: dict[str, Check] = {
    "section": _section, "header": _header, "divider": _divider, "context": _CONTEXT, "actions": _ACTIONS,
}  # fmt: skip
IN_MESSAGES: dict[str, Check] = _IN_CONTAINERS | {
    "rich_text": _RICH, "markdown": _markdown, "container": _container,
    "context_actions": _elements({"feedback_buttons": _feedback, "icon_button": _icon}, 5),
}  # fmt: skip
IN_VIEWS: dict[str, Check] = _IN_CONTAINERS | {"rich_text": _RICH, "input": _input}
