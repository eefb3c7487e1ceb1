"""Who does not speak for an organisation though the text names it beside them: its sellers, critics, former heads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from corpus.catalogue import StatementRecord
from corpus.model import Speaker
from corpus.statements.lexicon import is_agent, is_body, is_role, nouns
from index.lexical import stems
from index.names import is_organisation
from index.shelf import Shelf
from index.speakers import speaker_text
from index.wordnet import base_forms, related
from index.words import word_set

_FACING = word_set("customer consumer seller user critic rival opponent victim plaintiff fan supporter accuser")
_NEAR = 0.7  # of a noun in meaning to one of those
_PHRASE = re.compile(r"\s(?:of|for|at|in|on|from|to|with|who|that|inside|against|by)\s|,")
_PART = re.compile(r"\s(?:and|or)\s|\s?[,;/&]\s?")
_GONE = re.compile(r"(?:the\s+|an?\s+)?(?:former(?:ly)?|ex|one-?time|ousted|fired|sacked|dismissed)\b", re.IGNORECASE)
_STILL = re.compile(r"\b(?:now|current(?:ly)?)\b", re.IGNORECASE)
_OBJECT = re.compile(r"\s(?:on|against|to)\s", re.IGNORECASE)


def is_outside(speaker: Speaker, body: set[str]) -> bool:
    """Tell whether a speaker has to do with a body of these stems but does not speak for it."""
    if body & set(stems(speaker.name or "")):
        return any(_faces(part) for part in _PART.split(_PHRASE.split(speaker.name or "")[0]))
    role = speaker.role or ""
    if _GONE.match(role) and not _STILL.search(role):
        return True
    called = [role] if role else [speaker.name or ""]
    if any(_faces(part) for text in called for part in _PART.split(_PHRASE.split(text)[0])):
        return True
    said = [part for part in (role, speaker.affiliation) if part and body <= set(stems(part))]
    return bool(said) and all(not body <= set(stems(_OBJECT.split(part)[0])) for part in said)


def _faces(phrase: str) -> bool:
    """Tell whether the last noun of a phrase is what people are to a body from outside it."""
    return any(_is_facing(form) for word in phrase.lower().split()[-1:] for form in base_forms(word))


@cache
def _is_facing(noun: str) -> bool:
    return noun in _FACING or any(related(one).get(noun, 0.0) >= _NEAR for one in _FACING)


def names_body(asked: str) -> bool:
    """Tell whether a question calls its speaker by a name or a noun of bodies, not by what human beings are."""
    head = re.sub(r"['’]s?$", "", _PHRASE.split(f"{asked} ")[0].lower().split()[-1]) if asked.split() else ""
    if is_body(head):
        return True
    forms = base_forms(head)
    human = any(is_role(form) or is_agent(form) or _is_facing(form) for form in forms) or head in nouns()["people"]
    return bool(head) and not human


def speaking(asked: str, terms: Sequence[str], records: list[StatementRecord], shelf: Shelf) -> list[StatementRecord]:
    """Leave out who does not speak for the body asked for: outsiders, and whom only the sentence ties to it.

    A body is known by the affiliation of somebody, or by its noun.
    """
    if not names_body(asked):
        return records
    body, people = set(terms), shelf.people()
    kept = [r for r in records if r.statement.speaker is None or not is_outside(r.statement.speaker, body)]
    if not any(r.statement.speaker and set(stems(r.statement.speaker.affiliation or "")) >= body for r in kept):
        return kept
    called = [r for r in kept if body <= set(stems(speaker_text(r.statement.speaker)))]
    known = {people.of(r.article_id, r.statement.speaker) for r in called} - {None}
    ids = {record.id for record in called}
    return [r for r in kept if r.id in ids or _is_open(r) or people.of(r.article_id, r.statement.speaker) in known]


def _is_open(record: StatementRecord) -> bool:
    """Tell whether it is left open who speaks, or an organisation does."""
    speaker = record.statement.speaker
    return speaker is None or not speaker.name or is_organisation(speaker.name)
