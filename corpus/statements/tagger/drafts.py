"""The network's attributions as the drafts that speakers are named on, with what the rules can add to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from corpus.model import Span
from corpus.statements.attribution import Attribution
from corpus.statements.discourse import Draft, goes_on
from corpus.statements.phrases import Phrase
from corpus.statements.tagger.meeting import meeting
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
    sources = Counter(each.source for each in found)
    shared = {source for source, count in sources.items() if count > 1}
    made = [_tagged(places, ruled.source(each, shared), each) for each in found]
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
    holding: list[list[Tagged]] = [[] for _ in made]
    contents = [(span, n) for n, each in enumerate(made) for span in each.content]
    cues = [(cue, n) for n, each in enumerate(made) for cue in each.cue]
    for outer, inner in meeting(contents, cues):
        if sizes[id(made[outer])] > sizes[id(made[inner])] and _holds(made[outer], made[inner]):
            holding[inner].append(made[outer])
    beside: dict[int, list[Tagged]] = {}
    for each in made:
        if id(each) in according:
            beside.setdefault(each.draft.unit, []).append(each)
    for each, longer in zip(made, holding, strict=True):
        if id(each) not in according:
            longer += [outer for outer in beside.get(each.draft.unit, ()) if _covers(outer, each)]
        shortest = min(longer, key=lambda outer: sizes[id(outer)], default=None)
        each.draft.outer = shortest.draft if shortest else None


def _covers(outer: Tagged, inner: Tagged) -> bool:
    """Tell whether one attribution's content has all of another's."""
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
