"""Pronouns: what they can stand for, how prominent names are that they may go back to, and when they are nobody."""

from __future__ import annotations

from corpus.statements.attribution import Attribution
from corpus.statements.discourse import Draft
from corpus.statements.lexicon import is_body
from corpus.statements.parts import Entity
from corpus.statements.roster import is_human
from corpus.statements.tokens import Unit

_SEEMS = ("'s", "’s", "seems", "seemed", "appears", "appeared", "looks", "turns", "remains")


def is_expletive(unit: Unit, made: Attribution) -> bool:
    """Tell whether a source is the "it" of "it is likely that", "it seems that", which is nobody."""
    start, end = made.cue
    if made.source.end - made.source.start != 1 or unit.words[made.source.start] != "it" or start >= end:
        return False
    return unit.tags[start] == "b" or unit.words[start] in _SEEMS


def own_pronoun(units: list[Unit], draft: Draft) -> str:
    """The pronoun of "X said that she would": one that opens what is reported is the speaker's."""
    number, start, end = draft.content[0]
    words, tags = units[number].words, units[number].tags
    if start < end and tags[start] == "T":
        start += 1
    return words[start] if start < end else ""


def prominence(tags: str, start: int, end: int) -> float:
    """How prominent a name is by its place: subject, owner, in a clause, object."""
    if tags[end : end + 1] == "S":
        return 0.5
    previous = tags[start - 1] if start else ""
    if not previous or previous in "ABQ.:;-()":
        return 1.0
    if previous == ",":
        return 0.9
    if previous in "CnMD" and tags[0] == "I":
        return 0.8  # "In Dravany the ministry's spokesman, X, ..."
    return 0.9 if previous in "HR" else 0.5 if previous in "TW" else 0.35


def is_organisation(entity: Entity) -> float:
    """How sure it is that an entity is an organisation, in 0..1."""
    return 1.0 if entity.kind == "organisation" else 0.5 if entity.kind == "person" and not is_human(entity) else 0.0


def agreement(word: str, sex: str | None, entity: Entity) -> float:
    """How well a pronoun can stand for an entity: number, sex, and whether it is a human being."""
    if word == "they":
        return 1.0 if entity.plural else 0.7 if is_organisation(entity) else 0.0
    if entity.plural:
        return 0.0
    human = is_human(entity)
    if word == "it":
        bodily = entity.kind in ("organisation", "document") or (entity.kind == "person" and not human)
        if bodily or (entity.kind == "definite" and is_body(entity.head)):
            return 1.0
        return 0.5 if entity.kind == "person" and not (entity.role or entity.sex or entity.human > 0) else 0.0
    if entity.kind not in ("person", "anonymous", "definite") or not human or is_body(entity.head):
        return 0.0
    if entity.sex not in (None, sex):
        return 0.0
    return 1.0 if entity.sex else 0.9 if entity.human or entity.role else 0.25
