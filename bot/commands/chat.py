"""``whosaid chat``: question after question, with the conversation so far."""

from __future__ import annotations

import contextlib
import sys
from contextlib import closing

from rich.console import Console

from bot.ask import Whosaid
from bot.commands.ask import scope_of
from bot.settings import Settings
from bot.terminal import render
from corpus.errors import WhosaidError

_PROMPT = "? "


def run(settings: Settings, collections: tuple[str, ...]) -> int:
    """Answer until the end of input; return the exit code."""
    with contextlib.suppress(ImportError):  # without it, lines cannot be edited, and all else works
        import readline  # noqa: F401
    console, history = Console(), list[str]()
    with closing(Whosaid(settings)) as engine:
        scope = scope_of(engine, collections)
        if sys.stdin.isatty():
            console.print("Ask; a follow-up may leave out whom it is about. Ctrl-D ends.", style="dim")
        while (question := _read()) is not None:
            if not question:
                continue
            try:
                render(engine.ask(question, history=history, scope=scope), console)
            except WhosaidError as error:
                print(f"whosaid: {error}", file=sys.stderr)
                continue
            history.append(question)
    return 0


def _read() -> str | None:
    """Return the next line, stripped; None at the end of input."""
    try:
        return input(_PROMPT if sys.stdin.isatty() else "").strip()
    except EOFError:
        return None
