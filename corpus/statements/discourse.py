"""Statements across sentences: quotations that go on, and quotations that nothing near attributes."""

from __future__ import annotations

from dataclasses import dataclass, field

from corpus.model import Span
from corpus.statements.attribution import Attribution
from corpus.statements.phrases import before
from corpus.statements.tokens import Unit


@dataclass(slots=True)
class Draft:
    """A statement before its speaker is known.

    `spoken_by` is the draft whose speaker says this one too (a quotation carried on); `introduced` is
    False where nothing tells who speaks.
    """

    unit: int
    content: list[tuple[int, int, int]]
    attribution: Attribution | None = None
    spoken_by: Draft | None = None
    outer: Draft | None = field(default=None, repr=False)


def carry(units: list[Unit], linked: list[list[Attribution]]) -> list[Draft]:
    """Return all drafts of a text, in order: one a cue, and the quotations that are carried on or stand alone.

    The content of a draft is (unit, first token, end token) for each piece.
    """
    drafts: list[Draft] = []
    last: Draft | None = None
    pending: list[tuple[int, int, int]] = []
    for number, unit in enumerate(units):
        own = [Draft(number, [(number, s, e) for s, e in a.content], a) for a in linked[number]]
        previous = units[number - 1] if number else None
        near = last if last is not None and last.content[-1][0] >= number - 1 else None
        if unit.quotations and not own and not unit.tags.strip("Q.,-:)"):
            pieces = [(number, place, place + 1) for place, tag in enumerate(unit.tags) if tag == "Q"]
            carried = _carried(units, number, near)
            if carried is not None and previous is not None:
                last = _extend(
                    carried, pieces, drafts, number, same_paragraph=unit.paragraph == previous.paragraph
                )
            elif pieces and previous is not None and previous.tags.endswith(":"):
                last = _introduced(units, number, pieces)
                drafts.append(last)
            elif pieces:
                if pending and not _joined(units, pending, number):
                    drafts.append(Draft(pending[0][0], pending))
                    pending = []
                pending = [*pending, *pieces]
                last = None
            continue
        if pending:
            if own and own[0].content[0][1] == 0 and unit.tags[0] == "Q" and _joined(units, pending, number):
                own[0].content[:0] = pending
            else:
                drafts.append(Draft(pending[0][0], pending))
            pending = []
        for draft in own:
            draft.outer = next((d for d in own if _holds(d, draft) and not _holds(draft, d)), None)
        drafts.extend(own)
        last = own[-1] if own else None
        if own and any(a.speech or "Q" in unit.tags[s:e] for a in linked[number] for s, e in a.content):
            last = next(
                d for d in reversed(own) if any("Q" in unit.tags[s:e] for _, s, e in d.content) or d is own[0]
            )
        if not own and near is not None and unit.tags[:1] != "Q" and len(unit.tags) < 0:
            last = near
    if pending:
        drafts.append(Draft(pending[0][0], pending))
    return drafts


def _holds(outer: Draft, inner: Draft) -> bool:
    """Tell whether the cue of one draft stands inside the content of another."""
    assert inner.attribution is not None
    if inner.attribution.relative or (outer.attribution and inner.content[0][1] < outer.attribution.cue[0]):
        return False
    place = inner.attribution.cue[0]
    return any(unit == inner.unit and start <= place < end for unit, start, end in outer.content)


def _carried(units: list[Unit], number: int, near: Draft | None) -> Draft | None:
    """The draft that a lone quotation carries on, if any."""
    if near is None:
        return None
    unit, previous = units[number], units[number - 1]
    if unit.paragraph == previous.paragraph:
        return near
    if any("Q" in units[n].tags[start:end] for n, start, end in near.content):
        return near
    return None


def _extend(
    draft: Draft,
    pieces: list[tuple[int, int, int]],
    drafts: list[Draft],
    number: int,
    *,
    same_paragraph: bool,
) -> Draft:
    """Add a carried-on quotation to its statement, or, after reported speech, as one of its own."""
    draft.content.extend(pieces)
    return draft


def _joined(units: list[Unit], pending: list[tuple[int, int, int]], number: int) -> bool:
    """Tell whether a quotation left pending runs on into unit `number`."""
    before_it = units[pending[-1][0]]
    if before_it.paragraph == units[number].paragraph:
        return True
    return before_it.quotations[max(before_it.quotations)].open


def _introduced(units: list[Unit], number: int, pieces: list[tuple[int, int, int]]) -> Draft:
    """A quotation under a line that ends in a colon, spoken by that line's subject."""
    return Draft(number, pieces)
