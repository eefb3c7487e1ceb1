"""Statements: who said what, found in an article's text.

Layers, each in its module: `quotations` and `tokens` turn a text into units of tagged tokens; `cues`,
`phrases`, `contents` and `attribution` link cue, source and content within a unit; `discourse` carries
quotations on through the text; `lexicon`, `roles`, `mentions`, `roster` and `speakers` establish who is
meant; `headline` tells what a headline says for the article to say.
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus.dates import find_dates
from corpus.model import Kind, PartialDate, Span, Speaker, Statement
from corpus.sentences import paragraphs, sentences
from corpus.statements.attribution import Attribution, link
from corpus.statements.discourse import Draft, Piece, carry
from corpus.statements.headline import repeats
from corpus.statements.quotations import find_quotations
from corpus.statements.roster import Entity
from corpus.statements.speakers import name_speakers
from corpus.statements.tokens import Unit, make_units

__all__ = ["find_statements"]


def find_statements(text: str) -> list[Statement]:
    """Find who said what in an article's text, in text order; all spans are exact offsets into `text`."""
    places = paragraphs(text)
    units = make_units(text, sentences(text), places, find_quotations(text, places))
    drafts = carry(units, [link(unit) for unit in units])
    entities = name_speakers(text, units, drafts)
    speakers = {id(draft): entity for draft, entity in zip(drafts, entities, strict=True)}
    told_again = {id(draft) for draft in repeats(text, units, drafts, speakers)}
    found = [
        _statement(text, units, draft, speakers)
        for draft in drafts
        if id(draft) not in told_again
        # Inside what somebody says, somebody whom the article does not establish: the words stay with who says it.
        and (draft.outer is None or draft.attribution is None or speakers[id(draft)] is not None)
    ]
    found.sort(key=lambda statement: statement.extent)
    return found


def _statement(text: str, units: list[Unit], draft: Draft, speakers: dict[int, Entity | None]) -> Statement:
    kind = _kind(units, draft)
    content = tuple(span for piece in draft.content for span in _spans(text, units[piece[0]], piece, kind))
    made = draft.attribution
    if made is None:
        return Statement(kind=kind, content=content)
    unit, entity = units[draft.unit], speakers[id(draft)]
    return Statement(
        kind=kind,
        content=content,
        source=(Span(unit.starts[made.source.start], unit.ends[made.source.end - 1]),),
        cue=(Span(unit.starts[made.cue[0]], unit.ends[made.cue[1] - 1]),),
        speaker=entity.speaker() if entity else None,
        via=_via(draft, speakers, entity),
        said=_said(text, unit, draft, made),
    )


def _kind(units: list[Unit], draft: Draft) -> Kind:
    tags = "".join(units[number].tags[start:end] for number, start, end in draft.content)
    if not tags.strip("Q,.-"):
        return "direct"
    return "mixed" if "Q" in tags or "q" in tags else "indirect"


def _spans(text: str, unit: Unit, piece: Piece, kind: Kind) -> Iterator[Span]:
    """The characters of a piece of content; direct speech goes without its marks and its last comma."""
    _, start, end = piece
    if kind != "direct":
        yield Span(unit.starts[start], unit.ends[end - 1])
        return
    for place in range(start, end):
        if place in unit.quotations:
            inner = unit.quotations[place].inner
            yield Span(inner.start, inner.end - (text[inner.end - 1 : inner.end] == ","))


def _via(draft: Draft, speakers: dict[int, Entity | None], speaker: Entity | None) -> tuple[Speaker, ...]:
    """Through whom the words came, nearest first: the speakers of the statements that hold this one."""
    chain: list[Entity] = []
    outer = draft.outer
    while outer is not None:
        entity = speakers[id(outer)]
        if entity is not None and entity is not speaker and entity not in chain:
            chain.append(entity)
        outer = outer.outer
    return tuple(entity.speaker() for entity in chain)


def _said(text: str, unit: Unit, draft: Draft, made: Attribution) -> PartialDate | None:
    """The date tied to the cue: "said on March 23", "said in a March 23 press release"."""
    start = made.source.end if made.source.start == made.cue[1] else made.cue[1]
    stops = [begin for number, begin, _ in draft.content if number == draft.unit and begin >= start]
    clause_end = next((i for i in range(start, len(unit.tags)) if unit.tags[i] in "QTVXb;.:"), len(unit.tags))
    end = min([*stops, clause_end])
    if "M" not in unit.tags[start:end] or "D" not in unit.tags[start:end]:
        return None
    dates = find_dates(text[unit.starts[start] : unit.ends[end - 1]])
    return dates[0].date if dates else None
