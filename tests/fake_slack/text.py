"""Messages, modals and App Home drawn as text: bold, quotes, links with their address, buttons with a number."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from .events import elements_of
from .model import JSON

BOLD, ITALIC, DIM, OFF = "\x1b[1m", "\x1b[3m", "\x1b[2m", "\x1b[0m"

_ANGLED = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")
_LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_BULLETS = {"bullet": "•", "ordered": "1."}


class Button(NamedTuple):
    """Something to click on: its label, its action_id, and the value that is chosen by it."""

    label: str
    action: str
    value: str | None


class Pen:
    """Draws blocks; `number` gives each button its number, `colour` whether the terminal shows styles."""

    def __init__(self, number: Callable[[Button], int], colour: bool) -> None:
        self._number = number
        self._colour = colour

    def styled(self, text: str, style: str) -> str:
        return f"{style}{text}{OFF}" if self._colour and style and text else text

    def blocks(self, blocks: list[JSON]) -> str:
        """Draw blocks, one under the other."""
        return "\n".join(line for block in blocks for line in self._block(block))

    def _block(self, block: JSON) -> Iterator[str]:
        kind = block.get("type")
        if kind == "divider":
            yield "─" * 40
        elif kind == "header":
            yield self.styled(self.words(block["text"]), BOLD)
        elif kind == "section":
            yield from (self.words(part) for part in (block.get("text"), *(block.get("fields") or ())) if part)
        elif kind == "context":
            yield self.styled("  ".join(self.words(part) for part in block["elements"]), DIM)
        elif kind == "markdown":
            yield self.markdown(block["text"])
        elif kind == "rich_text":
            yield from self._rich(block["elements"])
        elif kind == "container":
            yield self.styled(f"▾ {self.words(block['title'])}", BOLD)
            inner = self.blocks(block["child_blocks"])
            yield from (f"  {line}" for line in inner.splitlines())
            return
        elif kind == "input":
            yield f"{self.words(block['label'])}: ________ ({block['block_id']})"
            return
        elif kind not in ("actions", "context_actions"):
            yield f"[{kind}]"
        buttons = [self._button(button) for element in elements_of(block) for button in buttons_of(element)]
        if buttons:
            yield "  ".join(buttons)

    def _button(self, button: Button) -> str:
        return f"[{self._number(button)}: {clean(button.label)}]"

    def words(self, text: JSON) -> str:
        """Draw a text object."""
        if text.get("type") == "mrkdwn":
            return self.mrkdwn(str(text["text"]))
        return clean(str(text.get("text", "")))

    def mrkdwn(self, text: str) -> str:
        """Draw mrkdwn: ``*bold*``, ``_italic_``, ``<address|label>``, quotes."""
        drawn = _ANGLED.sub(self._angled, clean(text))
        drawn = re.sub(r"(?<!\w)\*([^*\n]+)\*(?!\w)", lambda m: self.styled(m[1], BOLD), drawn)
        drawn = re.sub(r"(?<!\w)_([^_\n]+)_(?!\w)", lambda m: self.styled(m[1], ITALIC), drawn)
        lines = ("│ " + line[4:].lstrip() if line.startswith("&gt;") else line for line in drawn.split("\n"))
        quoted = ("│ " + line[1:].lstrip() if line.startswith(">") else line for line in lines)
        return unescaped("\n".join(quoted))

    def _angled(self, found: re.Match[str]) -> str:
        target, label = found.groups()
        if target.startswith("@"):
            return f"@{label or target[1:]}"
        if target.startswith("!"):
            return label or f"@{target[1:]}"
        if target.startswith("#"):
            return f"#{label or target[1:]}"
        return self.link(label, target)

    def link(self, label: str | None, address: str) -> str:
        shown = address.split("#:~:")[0]  # what to highlight is as long as a quotation
        return f"{label} ({shown})" if label and label != address else shown

    def markdown(self, text: str) -> str:
        """Draw standard Markdown: ``**bold**``, ``[label](address)``."""
        drawn = _LINK.sub(lambda m: self.link(m[1], m[2]), clean(text))
        drawn = re.sub(r"\*\*([^*\n]+)\*\*", lambda m: self.styled(m[1], BOLD), drawn)
        return "\n".join("│ " + line[2:] if line.startswith("> ") else line for line in drawn.split("\n"))

    def _rich(self, elements: list[JSON]) -> Iterator[str]:
        for element in elements:
            kind = element["type"]
            if kind == "rich_text_list":
                bullet = _BULLETS.get(element.get("style", ""), "•")
                yield from (f"{bullet} {self._pieces(item['elements'])}" for item in element["elements"])
            else:
                lines = self._pieces(element["elements"]).split("\n")
                mark = "" if kind == "rich_text_section" else "│ "
                yield from (f"{mark}{line}" for line in lines)

    def _pieces(self, pieces: list[JSON]) -> str:
        return "".join(map(self._piece, pieces))

    def _piece(self, piece: JSON) -> str:
        kind, style = piece["type"], piece.get("style") or {}
        if kind == "link":
            drawn = self.link(clean(str(piece.get("text") or "")), piece["url"])
        elif kind == "text":
            drawn = clean(str(piece["text"]))
        else:
            shown: Any = piece.get("user_id") or piece.get("name") or piece.get("range") or kind
            drawn = f"@{shown}" if kind in ("user", "broadcast") else f":{shown}:"
        return self.styled(drawn, BOLD if style.get("bold") else ITALIC if style.get("italic") else "")


def clean(text: str) -> str:
    """Return text without what would steer the terminal or turn its writing round."""
    return _CONTROL.sub("", text)


def unescaped(text: str) -> str:
    """Return text with the three characters that Slack escapes."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def buttons_of(element: JSON) -> Iterator[Button]:
    """Yield what can be clicked on in an element; both thumbs, every option of a menu."""
    kind, action = element["type"], element["action_id"]
    if kind == "feedback_buttons":
        for side in (element["positive_button"], element["negative_button"]):
            yield Button(side["text"]["text"], action, side.get("value"))
    elif kind in ("overflow", "static_select", "radio_buttons"):
        for option in element.get("options") or ():
            yield Button(option["text"]["text"], action, option.get("value"))
    elif kind in ("button", "icon_button"):
        yield Button(element["text"]["text"], action, element.get("value"))
