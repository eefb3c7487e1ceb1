"""Messages, modals and the App Home drawn as a page of ours: what a payload looks like, near enough, without Slack.

``python -m tests.fake_slack.draw HOME docs/slack`` takes the pictures of the documentation, of real answers over
``corpus/sample``.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

STYLE = Path(__file__).with_name("draw.css")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
_TAGS = {"bold": "b", "italic": "i", "strike": "s", "code": "code", "underline": "u"}
_LINES = {"rich_text_section": "p", "rich_text_quote": "blockquote", "rich_text_preformatted": "pre"}
_THUMB = "M7 11v9H4v-9h3zm0 0 4-8c1.6 0 2.3 1 2.3 2.2L12.7 9H19c1 0 1.7 1 1.4 2l-2 7.5c-.2.9-1 1.5-1.8 1.5H7"


def page(inner: str) -> str:
    """Return a whole page; nothing in it is fetched or run."""
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Slack</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"><style>{STYLE.read_text("utf-8")}</style>'
        f"<body>{inner}</body></html>"
    )


def thread(messages: Iterable[tuple[str, Sequence[Mapping[str, Any]] | str]]) -> str:
    """Return messages, oldest first: who wrote it ("" is the bot), and blocks or plain words."""
    return f'<div class="card">{"".join(_message(who, what) for who, what in messages)}</div>'


def _message(who: str, what: Sequence[Mapping[str, Any]] | str) -> str:
    name = f'<span class="name">{escape(who or "whosaid")}</span>' + ("" if who else '<span class="app">APP</span>')
    body = f"<p>{escape(what)}</p>" if isinstance(what, str) else blocks(what)
    kind = "message person" if who else "message"
    face = f'<div class="face">{escape((who or "“ ”")[:3] if not who else who[0])}</div>'
    return f'<div class="{kind}">{face}<div>{name}<span class="time">10:24</span>{body}</div></div>'


def view(payload: Mapping[str, Any]) -> str:
    """Return a modal or an App Home."""
    inner = blocks(payload["blocks"])
    if payload["type"] == "home":
        return (
            f'<div class="card"><div class="tabs"><b>Home</b><span>Messages</span><span>About</span></div>{inner}</div>'
        )
    feet = [f'<span class="button">{_text(payload["close"])}</span>'] if "close" in payload else []
    feet += [f'<span class="button primary">{_text(payload["submit"])}</span>'] if "submit" in payload else []
    return (
        f'<div class="card modal"><header>{_text(payload["title"])}</header>{inner}'
        f"<footer>{''.join(feet)}</footer></div>"
    )


def blocks(some: Iterable[Mapping[str, Any]]) -> str:
    """Return blocks.

    Raises:
        KeyError: one is of a type that the bot does not use.
    """
    return f'<div class="blocks">{"".join(_BLOCKS[block["type"]](block) for block in some)}</div>'


def _text(found: Mapping[str, Any]) -> str:
    assert found["type"] == "plain_text", found  # the bot's blocks have no mrkdwn
    return escape(found["text"])


def _section(block: Mapping[str, Any]) -> str:
    accessory = _button(block["accessory"]) if "accessory" in block else ""
    return f'<div class="section"><p>{_text(block["text"])}</p>{accessory}</div>'


def _button(found: Mapping[str, Any]) -> str:
    return f'<span class="button {found.get("style", "")}">{_text(found["text"])}</span>'


def _thumbs(block: Mapping[str, Any]) -> str:
    path = f'<path d="{_THUMB}"/>'
    down = f'<g transform="rotate(180 12 12)">{path}</g>'
    return f'<div class="thumbs"><svg viewBox="0 0 24 24">{path}</svg><svg viewBox="0 0 24 24">{down}</svg></div>'


def _rich(block: Mapping[str, Any]) -> str:
    made = []
    for one in block["elements"]:
        tag = _LINES[one["type"]]
        made.append(f"<{tag}>{''.join(map(_piece, one['elements']))}</{tag}>")
    return f"<div>{''.join(made)}</div>"


def _piece(piece: Mapping[str, Any]) -> str:
    text = escape(piece["text"])
    for style in piece.get("style", {}):
        text = f"<{_TAGS[style]}>{text}</{_TAGS[style]}>"
    return f'<a href="{escape(piece["url"])}">{text}</a>' if piece["type"] == "link" else text


def _container(block: Mapping[str, Any]) -> str:
    state = "" if block.get("default_collapsed") else " open"
    return f"<details{state}><summary>{_text(block['title'])}</summary>{blocks(block['child_blocks'])}</details>"


_BLOCKS = {
    "rich_text": _rich,
    "section": _section,
    "header": lambda block: f"<h3>{_text(block['text'])}</h3>",
    "context": lambda block: "".join(f'<p class="fine">{_text(one)}</p>' for one in block["elements"]),
    "divider": lambda block: "<hr>",
    "actions": lambda block: f'<div class="buttons">{"".join(map(_button, block["elements"]))}</div>',
    "context_actions": _thumbs,
    "container": _container,
    "input": lambda block: f'<div><label>{_text(block["label"])} (optional)</label><div class="field"></div></div>',
}


def take(pages: Mapping[Path, str]) -> None:
    """Write a picture of each page, in Debian's Chromium without a screen.

    Raises:
        SystemExit: there is no Chromium.
    """
    program = shutil.which("chromium")
    if program is None:
        raise SystemExit("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as profile:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=program, headless=True, args=FLAGS, viewport={"width": 760, "height": 400}
        )
        tab = context.new_page()
        for file, html in pages.items():
            tab.set_content(html)
            tab.screenshot(path=file, full_page=True)
        context.close()


def main() -> None:
    """Take the pictures of the documentation."""
    from .pictures import pictures

    parser = argparse.ArgumentParser(description="Draw an answer, a refusal, the App Home and a modal.")
    parser.add_argument("home", type=Path, help="a home into which corpus/sample was ingested")
    parser.add_argument("folder", type=Path, help="where the pictures go")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    take({given.folder / f"{name}.png": page(inner) for name, inner in pictures(given.home).items()})


if __name__ == "__main__":
    main()
