"""``whosaid timeline``: what one speaker said, in the order of time, on the terminal, as a page and as a picture."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from bot.cite import one_line, show_corrections
from bot.commands.listing import REFUSED, Narrowed, looking, topic_of
from bot.listing import MANNER, Entry, counted
from bot.said_on import understand
from bot.settings import Settings
from bot.terminal import Output, put, source_line
from bot.timeline.line import Timeline, speaker_of, timeline
from bot.visible import to_json
from corpus.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """How the timeline is to be shown: printed, as JSON, or written into files."""

    as_json: bool = False
    html: Path | None = None
    png: Path | None = None


def run(settings: Settings, speaker: str, about: str | None, narrowed: Narrowed, drawn: Drawn) -> int:
    """Print what a speaker said, or draw it; return the exit code.

    Args:
        settings: the settings.
        speaker: a name, role or organisation, as a question may name it.
        about: the topic; None for any.
        narrowed: which articles count.
        drawn: how it is to be shown; an older file is replaced.

    Returns:
        3 where nothing of it was found; no file is written then.

    Raises:
        UsageError: a file cannot be written.
    """
    asked, topic = topic_of(speaker), topic_of(about) if about is not None else ""
    filters = narrowed.filters()
    with looking(settings, narrowed) as place:
        if isinstance(place, str):
            return _refused(asked, topic, place, (), drawn)
        query = understand(place.opened, topic, asked, filters, place.scope)
        if query.foreign or (topic and not query.terms):
            return _refused(asked, topic, "What was asked for has no English word to look for.", (), drawn)
        found = timeline(place.opened, query, place.within(query, filters), place.page)
        if found.silence is not None:
            told = place.unmatched(query, filters) or _silence(found)
            return _refused(asked, topic, told, found.notes, drawn)
    if drawn.as_json:
        print(to_json(_as_json(found)), flush=True)
    if drawn.html is not None:
        from bot.timeline.page import page

        _write(drawn.html, page(found).encode(), "the page")
    if drawn.png is not None:
        _draw(found, drawn.png)
    if drawn == Drawn():
        _print(Output(), found)
    return 0


def _silence(found: Timeline) -> str:
    if found.silence == "unknown_speaker":
        return f"Nobody by the name of {found.asked} is quoted{found.within}."
    if not found.topic:
        return f"No statement by {found.asked} was found{found.within}."
    others = counted(found.known, "statement")
    return (
        f"No statement by {found.asked} on {found.topic} was found{found.within}; there are {others} on other matters."
    )


def _refused(asked: str, topic: str, sentence: str, notes: Sequence[str], drawn: Drawn) -> int:
    if drawn.as_json:
        known = {"schema": 1, "speaker": asked, "topic": topic or None, "taken_as": [], "statements": []}
        print(to_json({**known, "notes": list(notes), "refusal": sentence}), flush=True)
        return REFUSED
    console = Output()
    put(console, Text(one_line(sentence), style="bold"))
    for note in notes:
        put(console, Text(one_line(note)))
    return REFUSED


def _as_json(found: Timeline) -> dict[str, Any]:
    return {
        "schema": 1,
        "speaker": found.asked,
        "topic": found.topic or None,
        "taken_as": list(found.taken),
        "statements": [entry.as_json() for entry in found.entries],
        "notes": list(found.notes),
        "refusal": None,
    }


def _print(console: Console, found: Timeline) -> None:
    """Print the statements in the order of time, each with its source."""
    put(console, Text(f"{one_line(found.title)}: {found.summary}", style="bold"))
    if found.taken:
        put(console, Text(f"{one_line(found.asked)} was taken to be: {'; '.join(found.taken)}.", style="dim"))
    before = ""
    for entry in found.dated:
        console.print()
        if entry.when != before:
            put(console, Text(one_line(entry.when), style="bold"))
        before = entry.when
        _print_entry(console, entry)
    if found.undated:
        console.print()
        put(console, Text("No date", style="bold"))
    for at, entry in enumerate(found.undated):
        if at:
            console.print()
        _print_entry(console, entry)
    for note in found.notes:
        console.print()
        put(console, Text(one_line(note), style="dim"))


def _print_entry(console: Console, entry: Entry) -> None:
    put(console, Text(f"{speaker_of(entry)} — {MANNER[entry.saying.kind]}"), 2)
    put(console, Text(entry.words), 4)
    put(console, source_line(entry.cited, numbered=False), 4)
    for notice in show_corrections(entry.cited):
        put(console, Text(notice), 4)


def _draw(found: Timeline, file: Path) -> None:
    """Write the pictures, the second into FILE-2 and so on."""
    from bot.timeline.picture import pictures  # imports a plotting library

    files, notes = pictures(found)
    for number, png in enumerate(files, 1):
        _write(file if number == 1 else file.with_stem(f"{file.stem}-{number}"), png, "the picture")
    for note in notes:
        print(f"whosaid: {note}", file=sys.stderr)


def _write(file: Path, content: bytes, what: str) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise UsageError(f"could not write {what} {file}: {error.strerror}; check the folder") from error
    print(f"{what.capitalize()} is {file}.", file=sys.stderr)
