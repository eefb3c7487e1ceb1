"""The network's attributions as the drafts that speakers are named on, with what the rules can add to them."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.model import Span
from corpus.statements.attribution import Attribution
from corpus.statements.discourse import Draft, goes_on
from corpus.statements.phrases import Phrase
from corpus.statements.tagger.places import Places
from corpus.statements.tagger.quoted import claim
from corpus.statements.tagger.ruled import Ruled
from corpus.statements.tagger.spans import Found
from corpus.statements.tagger.tagged import Tagged
from corpus.statements.tokens import Unit


def make_drafts(text: str, units: list[Unit], linked: list[list[Attribution]], found: Sequence[Found]) -> list[Tagged]:
    """Return the attributions with their drafts, and what else is quoted.

    Args:
        text: the article's text.
        units: the text's units.
        linked: what the rules find in each of them; a cue of theirs gives its source to one that has none.
        found: what the network finds.
    """
    places = Places(units)
    ruled = Ruled(places, linked)
    made = [_tagged(places, ruled.source(each, found), each) for each in found]
    made += ruled.more(made)
    _nest(made, {id(each) for each in made if ruled.is_according(each)})
    _carry(units, made)
    return made + claim(text, units, linked, made)


def _tagged(places: Places, source: tuple[Span, ...], each: Found) -> Tagged:
    spans = places.whole_quotations(each.content, each.cue)
    content = [piece for span in spans for piece in places.pieces(span)]
    cue = places.pieces(each.cue)
    if not source:
        number = cue[0][0] if cue else 0
        return Tagged((each.cue,), (), spans, Draft(number, content))
    number, first, last = places.pieces(source[0])[0]
    comma = places.units[number].tags.find(",", first + 1, last)
    phrase = Phrase(first, last, comma if comma > 0 else last)
    near = [(begin, end) for unit, begin, end in cue if unit == number]
    attribution = Attribution(near[0] if near else (last, last), [], phrase)
    return Tagged((each.cue,), source, spans, Draft(number, content, attribution))


def _nest(made: list[Tagged], according: set[int]) -> None:
    """Tell each attribution which one it stands in: the shortest longer one that holds its cue.

    What is said `according` to somebody holds what another cue says of the same words.
    """
    sizes = {id(each): (sum(end - start for start, end in each.content), -n) for n, each in enumerate(made)}
    for inner in made:
        longer = [outer for outer in made if sizes[id(outer)] > sizes[id(inner)] and _holds(outer, inner)]
        if id(inner) not in according:
            longer += [outer for outer in made if id(outer) in according and _covers(outer, inner)]
        holding = min(longer, key=lambda outer: sizes[id(outer)], default=None)
        inner.draft.outer = holding.draft if holding else None


def _covers(outer: Tagged, inner: Tagged) -> bool:
    """Tell whether one attribution's content has all of another's, and both are of the same sentence."""
    if outer.draft.unit != inner.draft.unit:
        return False
    return all(any(a.start <= b.start and b.end <= a.end for a in outer.content) for b in inner.content)


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
