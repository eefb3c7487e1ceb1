"""Quotations that the network left to nobody: pull quotes, speech that goes on, quotations that a line leads up to."""

from __future__ import annotations

import re
from collections.abc import Iterable

from corpus.model import Span
from corpus.statements.attribution import Attribution
from corpus.statements.discourse import Draft, Piece, carry
from corpus.statements.tagger.tagged import Tagged
from corpus.statements.tokens import Unit

_WORD = re.compile(r"\w+")
_REPEATED = 4
"""Words; a quotation of fewer that stands elsewhere, too, may be a saying."""
_REACH = 3
"""Paragraphs over which speech goes on."""


def claim(text: str, units: list[Unit], linked: list[list[Attribution]], made: list[Tagged]) -> list[Tagged]:
    """Return statements for the quotations that stand alone and belong to none of `made`, in text order.

    One that repeats words of a statement is its speaker's (a pull quote is never the nearest speaker's); one that a
    line leads up to is whose the rules say; any other is of whoever was quoted last. Those of `made` that have taken
    in a pull quote give it up.

    Args:
        text: the article's text.
        units: its units.
        linked: what the rules find in each of them.
        made: what the network finds.
    """
    given_up = _pulled(text, units, made)
    taken = {(number, place) for each in made for number, a, b in each.draft.content for place in range(a, b)}
    lone = [n for n, unit in enumerate(units) if unit.quotations and not unit.tags.strip("Q.,-:)")]
    free = {n: [(n, i, i + 1) for i in units[n].quotations if (n, i) not in taken] for n in lone}
    leads = _leads(units, linked) if any(free.values()) else {}
    found = []
    for number, pieces in free.items():
        if not pieces:
            continue
        body = given_up.get(number) or _repeating(text, units, made, pieces)
        draft = leads.get(number)
        if body is None and draft is not None:
            found.append(_tagged(units, Draft(draft.unit, pieces, draft.attribution)))
            continue
        body = body or _quoted_last(units, made, number)
        if body is not None:
            found.append(_tagged(units, Draft(number, pieces, same_as=body.draft)))
    return found


def _pulled(text: str, units: list[Unit], made: list[Tagged]) -> dict[int, Tagged]:
    """Take pull quotes from the statements beside them; return whose each of them is, by unit."""
    owners: dict[int, Tagged] = {}
    for each in made:
        if len(each.draft.content) < 2:
            continue
        for piece in list(each.draft.content):
            number, start, end = piece
            unit = units[number]
            if unit.tags[start:end].strip("Q.") or unit.tags.strip("Q.,-:)") or number == each.draft.unit:
                continue
            body = _repeating(text, units, [other for other in made if other is not each], [piece])
            if body is None:
                continue
            owners[number] = body
            each.draft.content.remove(piece)
            quote = Span(unit.starts[start], unit.ends[end - 1])
            each.content[:] = [rest for span in each.content for rest in _without(span, quote)]
    return owners


def _without(span: Span, lost: Span) -> Iterable[Span]:
    if not span.overlaps(lost):
        return [span]
    rests = (Span(span.start, lost.start), Span(lost.end, span.end))
    return [rest for rest in rests if rest.start < rest.end - 1]


def _repeating(text: str, units: list[Unit], made: Iterable[Tagged], pieces: list[Piece]) -> Tagged | None:
    """The statement whose content holds the words of these pieces."""
    words = " ".join(_words(units[n].slice(text, a, b) or "" for n, a, b in pieces))
    if words.count(" ") < _REPEATED - 1:
        return None
    for each in made:
        if f" {words} " in f" {' '.join(_words(span.of(text) for span in each.content))} ":
            return each
    return None


def _words(parts: Iterable[str]) -> list[str]:
    return [word for part in parts for word in _WORD.findall(part.lower())]


def _leads(units: list[Unit], linked: list[list[Attribution]]) -> dict[int, Draft]:
    """By unit, the draft that the rules give a quotation that stands alone."""
    return {
        number: draft
        for draft in carry(units, linked)
        if draft.attribution is not None and not draft.attribution.content
        for number, _, _ in draft.content
    }


def _quoted_last(units: list[Unit], made: list[Tagged], number: int) -> Tagged | None:
    """Who was quoted last before a unit, a few paragraphs back at most."""
    best: Tagged | None = None
    for each in made:
        last = max((n for n, a, b in each.draft.content if "Q" in units[n].tags[a:b]), default=-1)
        near = 0 <= last < number and units[number].paragraph - units[last].paragraph <= _REACH
        if near and (best is None or last >= max(n for n, _, _ in best.draft.content)):
            best = each
    return best


def _tagged(units: list[Unit], draft: Draft) -> Tagged:
    return Tagged((), (), [units[n].quotations[a].outer for n, a, _ in draft.content], draft)
