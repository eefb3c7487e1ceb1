"""Characters to tokens: which tokens of which units a span touches."""

from __future__ import annotations

from bisect import bisect_right

from corpus.model import Span
from corpus.statements.discourse import Piece
from corpus.statements.tokens import Unit


class Places:
    """The units of a text, and where in them a span is."""

    def __init__(self, units: list[Unit]) -> None:
        self.units = units
        self._starts = [unit.span.start for unit in units]

    def pieces(self, span: Span) -> list[Piece]:
        """The tokens that a span touches, unit by unit."""
        found = []
        number = max(0, bisect_right(self._starts, span.start) - 1)
        while number < len(self.units) and self.units[number].span.start < span.end:
            unit = self.units[number]
            first = max(0, bisect_right(unit.starts, span.start) - 1)
            inside = [
                i for i in range(first, len(unit.starts)) if unit.starts[i] < span.end and span.start < unit.ends[i]
            ]
            if inside:
                found.append((number, inside[0], inside[-1] + 1))
            number += 1
        return found

    def span(self, number: int, start: int, end: int) -> Span:
        """The characters of tokens `start` to before `end` of a unit."""
        unit = self.units[number]
        return Span(unit.starts[start], unit.ends[end - 1])

    def whole_quotations(self, spans: tuple[Span, ...], cue: Span) -> list[Span]:
        """Return a content's spans with the quotations that they hold a part of; not one that the cue stands in."""
        grown = list(spans)
        for span in spans:
            for number, first, last in self.pieces(span):
                quotations = self.units[number].quotations
                for place in range(first, last):
                    if place in quotations and self.units[number].tags[place] == "Q":
                        outer = quotations[place].outer
                        if not outer.overlaps(cue):
                            grown.append(outer)
        return joined(grown) if len(grown) > len(spans) else grown


def joined(spans: list[Span]) -> list[Span]:
    """Return spans in text order, those that overlap as one."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.start < found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found
