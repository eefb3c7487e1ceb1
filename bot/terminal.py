"""An answer on a terminal, through a pipe, and as Markdown.

Article text is data: it is never read as console markup, and Markdown it holds was escaped by whoever wrote
the answer. On a terminal lines are wrapped and styled. Through a pipe the same lines come whole and bare:
a quotation can be searched for as the article has it, a path or an address copied as it is.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.progress import Progress, ProgressColumn
from rich.style import Style
from rich.text import Text

from bot.cite import (
    escape_markdown,
    show_change,
    show_corrections,
    show_quote,
    show_source,
    show_speaker,
    unescape_markdown,
)
from bot.inline import heading, quoted, runs
from bot.link import web_address
from bot.model import Answer, Citation
from bot.visible import Guarded, bare, clean, one_line

_WEB = ("http://", "https://")
_SOURCES = "Sources:"
_CLOSEST = "Closest passages (not an answer):"
_STYLES = {"plain": "", "strong": "bold", "em": "italic", "mark": "cyan"}


@contextmanager
def bar(*columns: ProgressColumn, transient: bool = False) -> Iterator[Progress]:
    """Show a progress bar on stderr until the end of the block; `transient`: it is then taken away.

    What is printed meanwhile stands above it, cleaned as `Guarded` does; what its columns show comes cleaned.
    """
    # The bar is drawn with escapes, so its console goes past the guard. While it is shown rich has streams of its own
    # in place of stdout and stderr, which obey the escapes that are written to them: the guard stands before those too.
    before: tuple[Any, Any] = sys.stdout, sys.stderr
    try:
        with Progress(*columns, console=Console(file=bare(sys.stderr)), transient=transient) as progress:
            guards: tuple[Any, Any] = Guarded(sys.stdout), Guarded(sys.stderr)
            sys.stdout, sys.stderr = guards
            yield progress
    finally:
        sys.stdout, sys.stderr = before


class Output(Console):
    """The standard output; that its reader has gone is left to the caller to handle."""

    def on_broken_pipe(self) -> None:
        """Raise what was raised, where rich would end the process."""
        raise


def render(answer: Answer, console: Console) -> None:
    """Print an answer or a refusal: how the question was understood, the answer, its sources."""
    for note in answer.notes:
        put(console, Text(f"Note: {one_line(note)}", style="dim"))
    if answer.notes:
        console.print()
    if answer.refusal is not None:
        put(console, Text(one_line(answer.refusal.message), style="bold"))
        _passages(console, answer.refusal.closest)
        return
    for line in clean(answer.answer).strip("\n").split("\n"):
        _answer_line(console, line)
    if answer.citations:
        console.print()
        put(console, Text(_SOURCES, style="bold"))
    told = set[tuple[str, int]]()
    for citation in answer.citations:
        put(console, source_line(citation))
        for notice in _notices(citation, told):
            put(console, Text(notice), 4)


def _answer_line(console: Console, line: str) -> None:
    """Print one line of the answer's Markdown, quotations indented."""
    words, title = quoted(line), heading(line)
    if words is not None:
        put(console, _inline(words), indent=4)
    elif title is not None:
        put(console, Text(unescape_markdown(title), style="bold"))
    else:
        put(console, _inline(line))


def _inline(line: str) -> Text:
    """Return a line with its emphasis and marks styled, everything else as its characters."""
    return Text.assemble(*((run.text, _STYLES[run.style]) for run in runs(line)))


def _passages(console: Console, closest: Iterable[Citation]) -> None:
    """Print what came closest, each passage with its speaker, where there is one, and its source."""
    told = set[tuple[str, int]]()
    for first, citation in enumerate(closest):
        if not first:
            console.print()
            put(console, Text(_CLOSEST, style="bold"))
        speaker = show_speaker(citation.speaker) if citation.speaker else ""
        console.print()
        put(
            console,
            Text(f"{speaker}: " if speaker else "", "bold").append(show_quote(citation), "default"),
            2,
        )
        put(console, source_line(citation, numbered=False), 4)
        for notice in _notices(citation, told):
            put(console, Text(notice), 4)


def source_line(citation: Citation, numbered: bool = True) -> Text:
    """Return a source as one line, its address made a link that terminals open."""
    text = Text(f"[{citation.n}] " if numbered else "", style="default")
    text.append(_stop(show_source(citation)))
    address = _address(citation)
    if address:
        text.append(" ").append(address, style=Style(link=address if address.startswith(_WEB) else None))
    return text.append(_place(citation))


def _address(citation: Citation) -> str:
    """Return the link, else the article's own address, else its file; "" where there is none."""
    return web_address(citation.link) or web_address(citation.url) or one_line(citation.path or "")


def _place(citation: Citation) -> str:
    also = ", ".join(one_line(outlet) for outlet in citation.also_in)
    change = show_change(citation)
    changed = f"; {change[0].lower()}{change[1:]}" if change else ""
    return f" (characters {citation.start}–{citation.end}{f'; also in {also}' if also else ''}{changed})"


def _notices(citation: Citation, told: set[tuple[str, int]]) -> list[str]:
    """Return the publisher's notices on an article, a line each, where they are not in `told`; it is put there."""
    article = citation.article_id, citation.version
    if article in told:
        return []
    told.add(article)
    return [_stop(notice) for notice in show_corrections(citation)]


def to_markdown(answer: Answer) -> str:
    """Return the whole answer or refusal as Markdown, sources included, ending in a line break."""
    blocks = [f"Note: {escape_markdown(one_line(note))}" for note in answer.notes]
    told = set[tuple[str, int]]()
    if answer.refusal is not None:
        blocks.append(escape_markdown(one_line(answer.refusal.message)))
        blocks += [_CLOSEST] if answer.refusal.closest else []
        for citation in answer.refusal.closest:
            speaker = show_speaker(citation.speaker) if citation.speaker else ""
            blocks.append(f"**{escape_markdown(speaker)}:**" if speaker else "")
            blocks.append(f"> {escape_markdown(show_quote(citation))}")
            blocks.append(_markdown_source(citation))
            blocks += [escape_markdown(notice) for notice in _notices(citation, told)]
    else:
        blocks.append(clean(answer.answer).strip("\n"))
        blocks += [_SOURCES] if answer.citations else []
        for citation in answer.citations:
            blocks.append(f"[{citation.n}] {_markdown_source(citation)}")
            blocks += [escape_markdown(notice) for notice in _notices(citation, told)]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _markdown_source(citation: Citation) -> str:
    address = _address(citation)
    web = address.startswith(_WEB)
    shown = f"<{address}>" if web else escape_markdown(address)
    source = escape_markdown(_stop(show_source(citation)))
    return " ".join(part for part in (source, shown) if part) + escape_markdown(_place(citation))


def put(console: Console, text: Text, indent: int = 0) -> None:
    """Print a paragraph: wrapped on a terminal, in one line through a pipe."""
    if not console.is_terminal:
        margin = " " * indent if text.plain else ""
        console.print(Text(margin).append_text(text), soft_wrap=True, highlight=False)
        return
    text.overflow = "fold"
    console.print(Padding(text, (0, 0, 0, indent), expand=False) if indent else text, highlight=False)


def _stop(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."
