"""What a draft's tokens tell beside who spoke: direct or reported speech, through whom it came, when it was said."""

from __future__ import annotations

from corpus.dates import find_dates
from corpus.model import Kind, PartialDate, Speaker
from corpus.statements.attribution import Attribution
from corpus.statements.discourse import Draft
from corpus.statements.parts import Entity
from corpus.statements.tokens import Unit


def kind_of(units: list[Unit], draft: Draft) -> Kind:
    """Tell direct, reported and mixed speech by the quotations in a draft's content."""
    tags = "".join(units[number].tags[start:end] for number, start, end in draft.content)
    if not tags.strip("Q,.-"):
        return "direct"
    return "mixed" if "Q" in tags or "q" in tags else "indirect"


def via(draft: Draft, speakers: dict[int, Entity | None], speaker: Entity | None) -> tuple[Speaker, ...]:
    """Through whom the words came, nearest first: the speakers of the statements that hold this one."""
    chain: list[Entity] = []
    outer = draft.outer
    while outer is not None:
        entity = speakers[id(outer)]
        if entity is not None and entity is not speaker and entity not in chain:
            chain.append(entity)
        outer = outer.outer
    return tuple(entity.speaker() for entity in chain)


def said(text: str, unit: Unit, draft: Draft, made: Attribution) -> PartialDate | None:
    """The date tied to the cue: "said on March 23", "said in a March 23 press release"."""
    start = made.source.end if made.source.start == made.cue[1] else made.cue[1]
    stops = [begin for number, begin, _ in draft.content if number == draft.unit and begin >= start]
    clause_end = next((i for i in range(start, len(unit.tags)) if unit.tags[i] in "QTVXb;.:"), len(unit.tags))
    end = min([*stops, clause_end])
    for first, last in (made.cue, (start, end)):  # the tagger's cues take such words in
        if "M" in unit.tags[first:last] and "D" in unit.tags[first:last]:
            dates = find_dates(text[unit.starts[first] : unit.ends[last - 1]])
            if dates:
                return dates[0].date
    return None
