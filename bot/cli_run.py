"""How every command runs: with the settings, its errors told in one sentence, and its exit code."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from corpus.errors import UsageError, WhosaidError

if TYPE_CHECKING:
    from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Top:
    """What the options before the command say."""

    home: Path | None
    config: Path | None
    debug: bool


def run(ctx: typer.Context, command: Callable[[Settings], int]) -> NoReturn:
    """Run a command with the settings and exit with its code; an error is told in one sentence, on stderr."""
    from bot.settings import read_settings
    from bot.visible import Guarded

    top: Top = ctx.obj
    # Whatever a command prints, its articles and file names move no cursor and hide nothing.
    sys.stdout, sys.stderr = (stream and Guarded(stream) for stream in (sys.stdout, sys.stderr))
    try:
        code = command(read_settings(top.home, top.config))
        if sys.stdout is not None:
            sys.stdout.flush()  # what is still buffered may fail as well, and must do so here
    except BrokenPipeError:  # the reader of our output has gone, as `head` does
        _drop_output()
        code = 0
    except KeyboardInterrupt:
        print("whosaid: interrupted", file=sys.stderr)
        code = 130
    except Exception as error:  # the outermost place: whatever it is, it is told, never swallowed
        if top.debug:
            traceback.print_exc()
        else:
            print(f"whosaid: {_sentence(error)}", file=sys.stderr)
        if isinstance(error, OSError):
            _drop_output()
        code = 2 if isinstance(error, UsageError) else 1
    raise typer.Exit(code)


def _sentence(error: Exception) -> str:
    """Return what to tell of an error, in one line."""
    said = " ".join(str(error).split())
    if isinstance(error, WhosaidError):
        return "\n".join(" ".join(line.split()) for line in str(error).splitlines()) if error.many else said
    if isinstance(error, OSError):
        where = f" ({error.filename})" if error.filename else ""
        return f"the system says: {error.strerror or said}{where}; free space or give access, then run this again"
    return (
        f"this is a fault of the program: {type(error).__name__}: {said}; "
        "please report it, with what the same command prints after `whosaid --debug`"
    )


def _drop_output() -> None:
    """Let what is still to be written go nowhere, so that nothing fails again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
