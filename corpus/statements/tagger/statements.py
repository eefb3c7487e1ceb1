"""From the network's attributions to statements with speakers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from corpus.model import Kind, Span, Statement
from corpus.statements.attribution import Attribution
from corpus.statements.details import kind_of, said, via
from corpus.statements.headline import repeats
from corpus.statements.parts import Entity
from corpus.statements.speakers import name_speakers
from corpus.statements.tagger import shipped
from corpus.statements.tagger.drafts import make_drafts
from corpus.statements.tagger.spans import CHOSEN, Found, find
from corpus.statements.tagger.tagged import Tagged
from corpus.statements.tokens import Unit

_NEXT = re.compile(r"(?<=[.!?…,])[\"”»]\s++(?=[\"“„«])|[\"”»]?(?<!\s)[^\S\r\n]*+[\r\n]\s*+(?=[\"“„«]\S)")
"""One quotation ends and the next begins: after a stop or a comma, or on the next line, where the first may be open."""
_MARKS = "“”„\"«»‘’'` \r\n\t\u00a0"


def tagged_statements(text: str, units: list[Unit], linked: list[list[Attribution]]) -> list[Statement]:
    """Return what the shipped network finds in a text, in text order, its speakers named as by the rules.

    Args:
        text: the article's text.
        units: its units.
        linked: what the rules find in each unit.

    Raises:
        ModelError: the shipped model is not there.
    """
    return statements_of(text, units, linked, find(shipped(), text, CHOSEN))


def statements_of(
    text: str, units: list[Unit], linked: list[list[Attribution]], found: Sequence[Found]
) -> list[Statement]:
    """Return the statements that attributions amount to, in text order."""
    made = sorted(make_drafts(text, units, linked, found), key=lambda each: each.draft.unit)
    drafts = [each.draft for each in made]
    speakers = {id(d): entity for d, entity in zip(drafts, name_speakers(text, units, drafts), strict=True)}
    told_again = {id(draft) for draft in repeats(text, units, drafts, speakers)}
    statements = [
        _statement(text, units, each, speakers) for each in made if each.content and id(each.draft) not in told_again
    ]
    return sorted(statements, key=lambda statement: statement.extent)


def _statement(text: str, units: list[Unit], each: Tagged, speakers: dict[int, Entity | None]) -> Statement:
    draft, entity = each.draft, speakers[id(each.draft)]
    kind = kind_of(units, draft)
    made = draft.attribution
    return Statement(
        kind=kind,
        content=_content(text, each.content, kind),
        source=each.source,
        cue=each.cue,
        speaker=entity.speaker() if entity else None,
        via=via(draft, speakers, entity),
        said=said(text, units[draft.unit], draft, made) if made and made.cue[0] < made.cue[1] else None,
    )


def _content(text: str, spans: Sequence[Span], kind: Kind) -> tuple[Span, ...]:
    """The content in text order; direct speech goes without its marks and its last comma."""
    if kind != "direct":
        return tuple(sorted(spans))
    bare = []
    for start, end in (part for span in sorted(spans) for part in _apart(text, span)):
        while start < end and text[start] in _MARKS:
            start += 1
        while start < end and text[end - 1] in _MARKS:
            end -= 1
        end -= text[end - 1 : end] == ","
        if start < end:
            bare.append(Span(start, end))
    return tuple(bare) or tuple(sorted(spans))


def _apart(text: str, span: Span) -> Iterator[Span]:
    """Yield the quotations of a span that holds several, nothing between them."""
    start = span.start
    for between in _NEXT.finditer(text, *span):
        yield Span(start, between.start())
        start = between.end()
    yield Span(start, span.end)
