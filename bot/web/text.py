"""A stored text as paragraphs of HTML: what is cited marked, what is said an anchor, what is withheld left out.

Spans of statements overlap and cross paragraphs, which elements cannot: the text is cut where any of them begins or
ends, and each piece carries what holds there.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.visible import clean
from bot.web.signing import CITED
from corpus.model import Span

WITHHELD = "[withheld]"


def shown(value: str) -> str:
    """Return `value` as HTML text or a quoted attribute that shows exactly its characters, invisible ones named."""
    return html.escape(clean(value))


@dataclass(slots=True)
class _Holds:
    """What holds at a place of the text: how many spans of each kind are open, and anchors not yet placed."""

    open: dict[str, int] = field(default_factory=lambda: {"cited": 0, "said": 0, "withheld": 0})
    anchors: list[str] = field(default_factory=list)


def paragraphs(
    text: str, part: Span, marked: Span | None, said: Sequence[tuple[str, Span]], withheld: Sequence[Span]
) -> Iterator[str]:
    """Yield the paragraphs of ``text[part]`` as HTML.

    Args:
        text: the stored text.
        part: what of it may be shown.
        marked: what is cited; its first piece has the id `bot.web.signing.CITED`.
        said: the ids of anchors, and the spans at whose beginnings they stand.
        withheld: what is left out, with a word in its place.
    """
    spans = [("cited", "", marked)] if marked else []
    spans += [("said", name, span) for name, span in said]
    spans += [("withheld", "", span) for span in withheld]
    events: dict[int, list[tuple[int, str, str]]] = {}
    for kind, name, span in spans:
        events.setdefault(span.start, []).append((1, kind, name))
        events.setdefault(span.end, []).append((-1, kind, ""))
    cuts = sorted(events)
    holds, at, first = _Holds(), 0, True
    for block in _blocks(text, part):
        pieces, place = [], block.start
        gap: bool | None = None  # whether what was left out just before is cited
        while place < block.end:
            while at < len(cuts) and cuts[at] <= place:
                _pass(holds, events[cuts[at]])
                at += 1
            end = min(cuts[at], block.end) if at < len(cuts) else block.end
            cited = bool(holds.open["cited"])
            if not holds.open["withheld"] or gap is not cited:
                pieces.append(_piece(text[place:end], holds, first))
                first = first and not cited
            gap = cited if holds.open["withheld"] else None
            place = end
        yield f'<p dir="auto">{"".join(pieces)}</p>'


def _pass(holds: _Holds, events: list[tuple[int, str, str]]) -> None:
    for step, kind, name in events:
        holds.open[kind] += step
        if name:
            holds.anchors.append(name)


def _piece(words: str, holds: _Holds, first: bool) -> str:
    """Return a piece of a paragraph; `first` says that no cited one came before."""
    left_out = f'<span class="withheld">{WITHHELD}</span>'
    inner = left_out if holds.open["withheld"] else shown(words)
    if holds.open["said"] and not holds.open["withheld"]:
        inner = f'<span class="said">{inner}</span>'
    for name in reversed(holds.anchors):
        inner = f'<span class="place" id="{name}">{inner}</span>'
    holds.anchors.clear()
    if holds.open["cited"]:
        inner = f'<mark id="{CITED}">{inner}</mark>' if first else f"<mark>{inner}</mark>"
    return inner


def _blocks(text: str, part: Span) -> Iterator[Span]:
    """Yield the paragraphs of a part: the lines between empty ones, without white space around them."""
    at, begin, end = part.start, None, part.start
    for line in text[part.start : part.end].splitlines(keepends=True):
        if line.strip():
            begin = at + len(line) - len(line.lstrip()) if begin is None else begin
            end = at + len(line.rstrip())
        elif begin is not None:
            yield Span(begin, end)
            begin = None
        at += len(line)
    if begin is not None:
        yield Span(begin, end)
