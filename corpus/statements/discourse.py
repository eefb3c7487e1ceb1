"""Statements across sentences: quotations that go on, and quotations that nothing near attributes."""

from __future__ import annotations

from dataclasses import dataclass, field

from corpus.statements.attribution import Attribution, first_subject
from corpus.statements.tokens import Unit

Piece = tuple[int, int, int]
"""A piece of content: number of the unit, first token, end token."""


@dataclass(slots=True, eq=False)
class Draft:
    """A statement before its speaker is known: its cue's `unit`, its `content` and its `attribution`.

    Without an attribution nothing tells who speaks, unless it is the speaker of the statement `same_as`.
    `outer` is the statement inside whose content this one stands.
    """

    unit: int
    content: list[Piece]
    attribution: Attribution | None = None
    outer: Draft | None = field(default=None, repr=False)
    same_as: Draft | None = field(default=None, repr=False)


def carry(units: list[Unit], linked: list[list[Attribution]]) -> list[Draft]:
    """Return all drafts of a text, in order: one a cue, and the quotations that stand alone.

    A sentence or paragraph that is a quotation and nothing else goes on with the statement right before
    it, or leads up to the one right after it.
    """
    carrier = _Carrier(units, linked)
    for number, unit in enumerate(units):
        if unit.quotations and not linked[number] and not unit.tags.strip("Q.,-:)"):
            carrier.take_quotation(number)
        else:
            carrier.take_sentence(number)
    carrier.give_up_pending()
    return carrier.drafts


class _Carrier:
    """Goes through the units of a text with the last statement and the quotations nobody has claimed yet."""

    def __init__(self, units: list[Unit], linked: list[list[Attribution]]) -> None:
        self.drafts: list[Draft] = []
        self._units, self._linked = units, linked
        self._last: Draft | None = None
        self._pending: list[Piece] = []

    def take_quotation(self, number: int) -> None:
        """A unit that is a quotation and nothing else."""
        unit = self._units[number]
        pieces = [(number, place, place + 1) for place in unit.quotations]
        if self._last is not None and goes_on(self._units, number, self._last):
            self._last.content.extend(pieces)
            return
        runs_on = unit.quotations[pieces[-1][1]].open
        before_it = self._linked[number - 1] if number else []
        lead = None if runs_on else _introduction(self._units, number, before_it)
        if lead is not None:
            self._last = Draft(number - 1, pieces, lead)
            self.drafts.append(self._last)
            return
        if self._pending and not _same_speech(self._units, self._pending, number):
            self.give_up_pending()
        self._pending.extend(pieces)
        self._last = None

    def take_sentence(self, number: int) -> None:
        """Any other unit, with the statements found in it."""
        units = self._units
        own = [Draft(number, [(number, s, e) for s, e in a.content], a) for a in self._linked[number]]
        opens = bool(own) and units[number].tags[0] == "Q" and own[0].content[0][1] == 0
        if self._pending and opens and _same_speech(units, self._pending, number):
            own[0].content[:0] = self._pending
            self._pending = []
        self.give_up_pending()
        for draft in own:
            draft.outer = next((d for d in own if _holds(d, draft) and not _holds(draft, d)), None)
        self.drafts.extend(own)
        quoting = (draft for draft in reversed(own) if _quotes(units, draft))
        self._last = next(quoting, own[0] if own else None)

    def give_up_pending(self) -> None:
        """Keep quotations that nobody claimed as statements without a speaker."""
        if self._pending:
            self.drafts.append(Draft(self._pending[0][0], self._pending))
            self._pending = []


def _introduction(units: list[Unit], number: int, before_it: list[Attribution]) -> Attribution | None:
    """Who speaks a lone quotation, as the sentence before it tells.

    Whoever spoke there; under a line that ends in a colon, and in the same paragraph, its subject, where
    that is a person by name or pronoun: `Betsy shook her head. “Tom is better at it.”`
    """
    if not number:
        return None
    previous, tags = units[number - 1], units[number - 1].tags
    if before_it:
        return Attribution(before_it[-1].cue, [], before_it[-1].source)
    source = first_subject(tags, len(tags))
    if source is None:
        return None
    if tags.endswith(":"):
        return Attribution((len(tags) - 1, len(tags)), [], source)
    human = previous.words[source.start] in ("he", "she") or "C" in tags[source.start : source.end]
    if not human or previous.paragraph != units[number].paragraph or "Q" in tags:
        return None
    return Attribution((source.end, source.end + 1), [], source)


def _quotes(units: list[Unit], draft: Draft) -> bool:
    return any("Q" in units[number].tags[start:end] for number, start, end in draft.content)


def _holds(outer: Draft, inner: Draft) -> bool:
    """Tell whether one draft's cue stands inside the content of another, after that one's cue."""
    if inner.attribution is None or inner.attribution.relative or outer.attribution is None:
        return False
    if inner.content[0][1] < outer.attribution.cue[0]:
        return False
    place = inner.attribution.cue[0]
    return any(unit == inner.unit and start <= place < end for unit, start, end in outer.content)


def goes_on(units: list[Unit], number: int, last: Draft) -> bool:
    """Tell whether a lone quotation goes on with the statement `last`.

    In the paragraph of that statement it does; as a paragraph of its own, where the statement quoted too.
    """
    if max(last.unit, last.content[-1][0]) < number - 1:
        return False
    return units[number].paragraph == units[number - 1].paragraph or _quotes(units, last)


def _same_speech(units: list[Unit], pending: list[Piece], number: int) -> bool:
    """Tell whether a quotation left pending runs on into unit `number`."""
    unit = units[pending[-1][0]]
    return unit.paragraph == units[number].paragraph or unit.quotations[max(unit.quotations)].open
