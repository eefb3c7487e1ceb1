"""``whosaid chat``: question after question, with the conversation so far."""

from __future__ import annotations

import contextlib
import sys
from contextlib import closing

from bot.cite import one_line
from bot.commands.ask import open_engine, scope_of
from bot.settings import Settings
from bot.terminal import Output, render
from corpus.errors import WhosaidError

_PROMPT = "? "


def run(settings: Settings, collections: tuple[str, ...]) -> int:
    """Answer until the end of input; return the exit code."""
    with contextlib.suppress(ImportError):  # without it, lines cannot be edited, and all else works
        import readline  # noqa: F401
    console, history, typed = Output(), list[str](), sys.stdin.isatty()
    with closing(open_engine(settings)) as engine:
        scope = scope_of(engine, collections)
        if typed:
            console.print("Ask; a follow-up may leave out whom it is about. Ctrl-D ends.", style="dim")
        while (question := _read(typed)) is not None:
            if not question:
                continue
            if not typed:  # what is not echoed by a terminal is named, or nobody knows what was answered
                print(f"{_PROMPT}{one_line(question)}\n")
            try:
                render(engine.ask(question, history=history, scope=scope), console)
                history.append(question)
            except WhosaidError as error:
                print(f"whosaid: {error}", file=sys.stderr)
            console.print()
    return 0


def _read(typed: bool) -> str | None:
    """Return the next line, stripped; None at the end of input."""
    try:
        return input(_PROMPT if typed else "").strip()
    except EOFError:
        if typed:
            print()
        return None
