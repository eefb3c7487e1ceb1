"""Attributions kept within what a page sets apart: a headline or a line between paragraphs is none of their text."""

from __future__ import annotations

import re
from collections.abc import Iterable

from corpus.model import Span

_BREAK = re.compile(r"\n\s*")
_STOP = re.compile(r"[.!?:;,…—–-][\"'”’»)\]]*\s*\Z|[\"”»]\s*\Z")
_SENTENCE = 400
"""Characters that are looked back and ahead for the ends of a paragraph."""


def clipped(text: str, spans: Iterable[Span], cue: Span) -> tuple[Span, ...]:
    """Return spans without their pieces in other paragraphs than the cue's, where a headline is between them.

    A piece is left out where its paragraph, or the cue's, ends without a stop; what is left of the other pieces
    stays in one span as far as it did.
    """
    kept: list[Span] = []
    for span in spans:
        if "\n" not in text[min(span.start, cue.start) : max(span.end, cue.end)]:
            kept.append(span)
            continue
        pieces = [piece for piece in _pieces(text, span) if _together(text, piece, cue)]
        if pieces and pieces[0].start == span.start and pieces[-1].end == span.end:
            kept.append(span)
        else:
            kept += pieces
    return tuple(kept)


def beside(text: str, spans: tuple[Span, ...], cue: Span) -> tuple[Span, ...]:
    """Return a source's spans without their pieces in other paragraphs than the cue's, if any is in that one."""
    pieces = [piece for span in spans for piece in _pieces(text, span)]
    if len(pieces) == len(spans):
        return spans
    near = [piece for piece in pieces if "\n" not in text[min(piece.start, cue.start) : max(piece.end, cue.end)]]
    return tuple(near) or spans


def _pieces(text: str, span: Span) -> list[Span]:
    """The parts of a span, paragraph by paragraph."""
    found, start = [], span.start
    for match in _BREAK.finditer(text, span.start, span.end):
        if match.start() > start:
            found.append(Span(start, match.start()))
        start = match.end()
    if start < span.end:
        found.append(Span(start, span.end))
    return found


def _together(text: str, piece: Span, cue: Span) -> bool:
    first, last = sorted((piece, cue))
    return "\n" not in text[first.end : last.start] or (_ends_in_stop(text, piece.end) and _ends_in_stop(text, cue.end))


def _ends_in_stop(text: str, place: int) -> bool:
    """Tell whether the paragraph at `place` ends as sentences do."""
    end = text.find("\n", place)
    end = len(text) if end < 0 else end
    return bool(_STOP.search(text, max(place - _SENTENCE, 0), end)) if end - place < _SENTENCE else True
