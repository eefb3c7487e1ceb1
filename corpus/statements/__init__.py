"""Statements: who said what, found in an article's text by rules."""

from __future__ import annotations

from corpus.dates import find_dates
from corpus.model import Kind, PartialDate, Span, Speaker, Statement
from corpus.sentences import paragraphs, sentences
from corpus.statements.attribution import link
from corpus.statements.discourse import Draft, carry
from corpus.statements.quotations import find_quotations
from corpus.statements.speakers import Entity, name_speakers
from corpus.statements.tokens import Unit, make_units

__all__ = ["find_statements"]


def find_statements(text: str) -> list[Statement]:
    """Find who said what in an article's text, in text order; all spans are exact offsets into `text`."""
    places = paragraphs(text)
    units = make_units(sentences(text), places, find_quotations(text, places), text)
    drafts = carry(units, [link(unit) for unit in units])
    speakers = name_speakers(text, units, drafts)
    by_draft = {id(draft): entity for draft, entity in zip(drafts, speakers, strict=True)}
    found = [_statement(text, units, draft, by_draft) for draft in drafts]
    found.sort(key=lambda statement: statement.extent)
    return found


def _statement(text: str, units: list[Unit], draft: Draft, by_draft: dict[int, Entity | None]) -> Statement:
    unit, made = units[draft.unit], draft.attribution
    kind = _kind(units, draft)
    source = cue = ()
    if made is not None:
        cue = (Span(unit.starts[made.cue[0]], unit.ends[made.cue[1] - 1]),)
        if made.source is not None:
            source = (Span(unit.starts[made.source.start], unit.ends[made.source.end - 1]),)
    content = tuple(_span(text, units[n], start, end, kind) for n, start, end in draft.content)
    entity = by_draft[id(draft)]
    via = _via(draft, by_draft, entity)
    return Statement(
        kind=kind,
        content=content,
        source=source,
        cue=cue,
        speaker=entity.speaker() if entity else None,
        via=via,
        said=_said(text, unit, draft) if made is not None else None,
    )


def _via(draft: Draft, by_draft: dict[int, Entity | None], speaker: Entity | None) -> tuple[Speaker, ...]:
    """Through whom the words came, nearest first: the speakers of the statements that hold this one."""
    chain: list[Entity] = []
    outer, passed = draft.outer, {id(draft)}
    while outer is not None and id(outer) not in passed:
        passed.add(id(outer))
        entity = by_draft[id(outer)]
        if entity is not None and entity is not speaker and entity not in chain:
            chain.append(entity)
        outer = outer.outer
    return tuple(entity.speaker() for entity in chain)


def _said(text: str, unit: Unit, draft: Draft) -> PartialDate | None:
    """The date tied to the cue: "said on March 23", "said in a March 23 press release"."""
    made = draft.attribution
    assert made is not None
    start = made.cue[1]
    if made.source is not None and made.source.start == start:
        start = made.source.end
    inside = [s for n, s, _ in draft.content if n == draft.unit and s >= start]
    end = min((*inside, _clause_stop(unit.tags, start)))
    if "D" not in unit.tags[start:end] or "M" not in unit.tags[start:end]:
        return None
    dates = find_dates(text[unit.starts[start] : unit.ends[end - 1]])
    return dates[0].date if dates else None


def _clause_stop(tags: str, start: int) -> int:
    stop = next((place for place in range(start, len(tags)) if tags[place] in "QTVXb;.:"), len(tags))
    return stop


def _kind(units: list[Unit], draft: Draft) -> Kind:
    tags = "".join(units[n].tags[start:end] for n, start, end in draft.content)
    if not tags.strip("Q,.-"):
        return "direct"
    return "mixed" if "Q" in tags or "q" in tags else "indirect"


def _span(text: str, unit: Unit, start: int, end: int, kind: Kind) -> Span:
    if kind == "direct" and end - start == 1:
        inner = unit.quotations[start].inner
        return Span(inner.start, inner.end - 1) if text[inner.end - 1] == "," else inner
    return Span(unit.starts[start], unit.ends[end - 1])
