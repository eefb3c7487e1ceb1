"""The network's attributions as the drafts that speakers are named on, with what the rules can add to them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from corpus.model import Span
from corpus.statements.attribution import Attribution
from corpus.statements.discourse import Draft, Piece, goes_on
from corpus.statements.phrases import Phrase
from corpus.statements.tagger.spans import Found
from corpus.statements.tokens import Unit


@dataclass(slots=True)
class Tagged:
    """One attribution: its exact spans, and the draft that stands for it where units and tokens are asked for."""

    cue: tuple[Span, ...]
    source: tuple[Span, ...]
    content: list[Span]
    draft: Draft = field(repr=False)


def make_drafts(units: list[Unit], linked: list[list[Attribution]], found: Sequence[Found]) -> list[Tagged]:
    """Return the attributions with their drafts, in the order of their cues.

    Args:
        units: the text's units.
        linked: what the rules find in each of them; a cue of theirs gives its source to one that has none.
        found: what the network finds.
    """
    starts = [unit.span.start for unit in units]
    made = [_tagged(units, starts, linked, each) for each in found]
    for inner in made:
        holding = [outer for outer in made if outer is not inner and _holds(outer, inner)]
        if holding:
            inner.draft.outer = min(holding, key=lambda outer: sum(b - a for a, b in outer.content)).draft
    _carry(units, made)
    return made


def _tagged(units: list[Unit], starts: list[int], linked: list[list[Attribution]], each: Found) -> Tagged:
    source = each.source or _by_rule(units, starts, linked, each.cue)
    content = [piece for span in each.content for piece in _pieces(units, starts, span)]
    cue = _pieces(units, starts, each.cue)
    if not source:
        number = cue[0][0] if cue else 0
        return Tagged((each.cue,), (), list(each.content), Draft(number, content))
    number, first, last = _pieces(units, starts, source[0])[0]
    comma = units[number].tags.find(",", first + 1, last)
    phrase = Phrase(first, last, comma if comma > 0 else last)
    near = [(begin, end) for unit, begin, end in cue if unit == number]
    attribution = Attribution(near[0] if near else (last, last), [], phrase)
    return Tagged((each.cue,), source, list(each.content), Draft(number, content, attribution))


def _by_rule(units: list[Unit], starts: list[int], linked: list[list[Attribution]], cue: Span) -> tuple[Span, ...]:
    """The source that the rules give to a cue, if they know it."""
    for number, begin, end in _pieces(units, starts, cue):
        for rule in linked[number]:
            if rule.cue[0] < end and begin < rule.cue[1]:
                unit = units[number]
                return (Span(unit.starts[rule.source.start], unit.ends[rule.source.end - 1]),)
    return ()


def _pieces(units: list[Unit], starts: list[int], span: Span) -> list[Piece]:
    """The tokens that a span touches, unit by unit."""
    found = []
    number = max(0, bisect_right(starts, span.start) - 1)
    while number < len(units) and units[number].span.start < span.end:
        unit = units[number]
        inside = [i for i in range(len(unit.starts)) if unit.starts[i] < span.end and span.start < unit.ends[i]]
        if inside:
            found.append((number, inside[0], inside[-1] + 1))
        number += 1
    return found


def _holds(outer: Tagged, inner: Tagged) -> bool:
    """Tell whether one attribution's cue stands inside the content of another."""
    return any(span.start <= cue.start and cue.end <= span.end for span in outer.content for cue in inner.cue)


def _carry(units: list[Unit], made: list[Tagged]) -> None:
    """Let sentences that are a quotation and nothing else, and nobody's, go on with the statement before them."""
    touched: dict[int, list[Tagged]] = {}
    for each in made:
        for number, _, _ in each.draft.content:
            touched.setdefault(number, []).append(each)
        touched.setdefault(each.draft.unit, []).append(each)
    last: Tagged | None = None
    for number, unit in enumerate(units):
        if number in touched:
            last = touched[number][-1]
        elif last is not None and unit.quotations and not unit.tags.strip("Q.,-:)"):
            if not goes_on(units, number, last.draft):
                last = None
                continue
            last.draft.content.extend((number, place, place + 1) for place in unit.quotations)
            last.content.extend(quotation.outer for quotation in unit.quotations.values())
        else:
            last = None
