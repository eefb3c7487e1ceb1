"""Statements: who said what, found in an article's text.

Layers, each in its module: `quotations` and `tokens` turn a text into units of tagged tokens; `cues`,
`phrases`, `contents` and `attribution` link cue, source and content within a unit; `discourse` carries
quotations on through the text; `lexicon`, `roles` and `mentions` read noun phrases; `names`, `bodies` and
`roster` know whom the article names; `memory`, `definite` and `speakers` establish who is meant; `headline`
tells what a headline says for the article to say. In `tagger` a small network finds cue, source and content
in place of the patterns.
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus.model import Kind, Method, Span, Statement
from corpus.sentences import paragraphs, sentences
from corpus.statements.attribution import Attribution, link
from corpus.statements.details import kind_of, said, via
from corpus.statements.discourse import Draft, Piece, carry
from corpus.statements.headline import repeats
from corpus.statements.lexicon import nouns, speaks
from corpus.statements.parts import Entity
from corpus.statements.quotations import find_quotations
from corpus.statements.speakers import name_speakers
from corpus.statements.tokens import Unit, make_units

__all__ = ["Method", "find_statements", "ready"]


def ready(method: Method) -> None:
    """Open what finding statements by a method takes, which is otherwise done at the first article.

    Raises:
        ModelError: the method is the tagger, and its model is missing or damaged.
    """
    if method == "tagger":
        from corpus.statements.tagger import shipped

        shipped()


def find_statements(text: str, method: Method = "rules") -> list[Statement]:
    """Find who said what in an article's text, in text order; all spans are exact offsets into `text`.

    Raises:
        ModelError: the method is the tagger, and its model is missing or damaged.
    """
    places = paragraphs(text)
    units = make_units(text, sentences(text), places, find_quotations(text, places))
    linked = [link(unit) for unit in units]
    if method == "tagger":
        from corpus.statements.tagger.statements import tagged_statements  # opens no runtime until it is asked for

        return tagged_statements(text, units, linked)
    return _by_rules(text, units, linked)


def _by_rules(text: str, units: list[Unit], linked: list[list[Attribution]]) -> list[Statement]:
    drafts = carry(units, linked)
    entities = name_speakers(text, units, drafts)
    speakers = {id(draft): entity for draft, entity in zip(drafts, entities, strict=True)}
    told_again = {id(draft) for draft in repeats(text, units, drafts, speakers)}
    found = [
        _statement(text, units, draft, speakers)
        for draft in drafts
        if id(draft) not in told_again
        # Inside what somebody says, somebody whom the article does not establish: the words stay with who says it.
        and (draft.outer is None or draft.attribution is None or _is_established(speakers[id(draft)]))
    ]
    found.sort(key=lambda statement: statement.extent)
    return found


def _is_established(entity: Entity | None) -> bool:
    bare = entity is not None and entity.kind == "definite" and entity.name is None
    return entity is not None and (not bare or (speaks(entity.head) and entity.head not in nouns()["document"]))


def _statement(text: str, units: list[Unit], draft: Draft, speakers: dict[int, Entity | None]) -> Statement:
    kind = kind_of(units, draft)
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
        via=via(draft, speakers, entity),
        said=said(text, unit, draft, made),
    )


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
