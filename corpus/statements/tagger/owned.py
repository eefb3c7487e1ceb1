"""Words of a paragraph that has a speaker of its own: they are not, too, what somebody said in another paragraph."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from corpus.model import Span
from corpus.sentences import paragraphs
from corpus.statements.tagger.meeting import meeting

_HELD = 0.8
"""Share of a piece of content from which on it is another attribution's, too."""

Claim = tuple[Span, bool, tuple[Span, ...]]
"""An attribution's cue, whether it has a source, and its content."""


def owned(text: str, claims: Sequence[Claim]) -> list[tuple[Span, ...]]:
    """Return the content of each attribution without what one in another paragraph says there with its own cue.

    What holds that cue stays: somebody passes on who said it.
    """
    within = paragraphs(text)
    starts = [paragraph.start for paragraph in within]
    pieces = [
        (piece, number)
        for number, (_, _, content) in enumerate(claims)
        for span in content
        for piece in _pieces(within, starts, span)
    ]
    lost: dict[int, set[Span]] = {}
    all_content = [(span, number) for number, (_, _, content) in enumerate(claims) for span in content]
    for place, other in meeting([(piece, place) for place, (piece, _) in enumerate(pieces)], all_content):
        piece, number = pieces[place]
        cue, named, content = claims[other]
        here = bisect_right(starts, piece.start)
        alone = bisect_right(starts, cue.start) == here != bisect_right(starts, claims[number][0].start)
        if not named or not alone or piece.overlaps(cue):
            continue
        held = sum(max(0, min(piece.end, end) - max(piece.start, start)) for start, end in content)
        if held >= _HELD * (piece.end - piece.start):
            lost.setdefault(number, set()).add(piece)
    kept = [content for _, _, content in claims]
    for number, gone in lost.items():
        kept[number] = tuple(
            rest for span in kept[number] for rest in _without(span, _pieces(within, starts, span), gone)
        )
    return kept


def _pieces(within: Sequence[Span], starts: Sequence[int], span: Span) -> Iterator[Span]:
    """The parts of a span, paragraph by paragraph."""
    number = max(0, bisect_right(starts, span.start) - 1)
    while number < len(within) and within[number].start < span.end:
        piece = Span(max(span.start, within[number].start), min(span.end, within[number].end))
        if piece.start < piece.end:
            yield piece
        number += 1


def _without(span: Span, pieces: Iterator[Span], gone: set[Span]) -> list[Span]:
    parts = list(pieces)
    return [part for part in parts if part not in gone] if not gone.isdisjoint(parts) else [span]
