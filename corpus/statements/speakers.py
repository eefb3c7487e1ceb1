"""Speakers within one article: full names for last names, names for pronouns, roles and descriptions.

Antecedents are sought among speakers and grammatical subjects only, the latest first, never among objects.
What the article does not establish stays None.
"""

from __future__ import annotations

import re
from dataclasses import replace

from corpus.statements.discourse import Draft
from corpus.statements.lexicon import is_body, nouns, speaks
from corpus.statements.mentions import read_mention
from corpus.statements.parts import Mention, MentionKind
from corpus.statements.phrases import Phrase, before
from corpus.statements.roster import Entity, Roster
from corpus.statements.tokens import Unit

_SUBJECT = re.compile(r"[VFXbve]")
_REACH = 3
"""Paragraphs; a pronoun's antecedent is not sought further back, that of "the ministry" twice as far."""
_KEPT = 12
"""Entities spoken of last that are remembered."""
_ANY_BODY = ("company", "group", "organization", "organisation", "agency", "firm")


def name_speakers(text: str, units: list[Unit], drafts: list[Draft]) -> list[Entity | None]:
    """Return the entity that speaks each draft, in the drafts' order."""
    resolver = _Resolver(text, units)
    at: dict[int, list[int]] = {}
    for place, draft in enumerate(drafts):
        at.setdefault(draft.unit, []).append(place)
    found: list[Entity | None] = [None] * len(drafts)
    for number, unit in enumerate(units):
        places = at.get(number, [])
        if not places:
            resolver.note_subject(unit)
        for place in places:
            made = drafts[place].attribution
            if made is not None:
                found[place] = resolver.resolve(unit, made.source)
        for place in places:
            if drafts[place].outer is None:
                resolver.remember(unit, found[place])
    return found


class _Resolver:
    """Reads an article from its start, knowing its roster, and keeps in mind who was spoken of last."""

    def __init__(self, text: str, units: list[Unit]) -> None:
        self._text = text
        self._roster = Roster(text, units)
        self._recent: list[tuple[int, Entity]] = []

    def resolve(self, unit: Unit, phrase: Phrase) -> Entity | None:
        """The entity that a source phrase names or points to; None where the article leaves it open."""
        mention = read_mention(self._text, unit, phrase)
        if mention is None:
            return None
        if mention.kind == "pronoun":
            return self._antecedent(unit, phrase, mention)
        mention = self._with_owner(unit, phrase, mention)
        if mention.kind == "person":
            return self._person(unit, phrase, mention)
        if mention.kind == "definite":
            return self._definite(unit, mention)
        if mention.kind == "anonymous":
            affiliation = self._roster.full_body_name(mention.affiliation)
            return Entity("anonymous", None, mention.role, affiliation, mention.sex, mention.plural, mention.head)
        entity = self._roster.body(mention.name or mention.text, mention.kind, mention.affiliation)
        entity.head, entity.plural = mention.head, mention.plural
        return entity

    def remember(self, unit: Unit, entity: Entity | None) -> None:
        """Note that `entity` was subject or speaker just now."""
        if entity is not None:
            self._recent.append((unit.paragraph, entity))
            del self._recent[:-_KEPT]

    def note_subject(self, unit: Unit) -> None:
        """Note the grammatical subject of a unit in which nobody speaks."""
        match = _SUBJECT.search(unit.tags)
        subject = before(unit.tags, match.start()) if match and match.start() else None
        if subject is None or unit.tags[subject.start : subject.end] == "W":
            return
        if unit.tags[subject.start : subject.end] == "P":
            # "She telephoned Orelind" goes on with her, and tells whom the next "he" cannot be.
            if unit.words[subject.start] not in ("he", "she"):
                return
        elif subject.end == 1 and not self._roster.is_proper(unit.words[0]):
            return
        self.remember(unit, self.resolve(unit, subject))

    def _person(self, unit: Unit, phrase: Phrase, mention: Mention) -> Entity | None:
        """A person, or what looks like one: an acronym, a bare "Ministry", a noun that opens a sentence."""
        name = mention.name or mention.text
        if self._roster.is_acronym(name):
            return self._roster.body(name)
        if name.lower() in nouns()["organisation"]:
            return self._definite(unit, Mention("definite", mention.text, name.lower()))
        word = unit.words[phrase.start]
        opens = phrase.start == 0 and name.lower() == word and name not in self._roster.persons
        if opens and not self._roster.is_proper(word) and self._roster.is_common(word):
            return Entity("anonymous", None, mention.text, plural=True, head=word) if speaks(word) else None
        return self._roster.person(mention, leads=phrase.start == 0)

    def _with_owner(self, unit: Unit, phrase: Phrase, mention: Mention) -> Mention:
        """For "its chairman", the chairman of the organisation spoken of last."""
        if unit.words[phrase.start] not in ("its", "their") or mention.affiliation or not mention.role:
            return mention
        owner = next((entity for _, entity in reversed(self._recent) if entity.kind == "organisation"), None)
        kind: MentionKind = "anonymous" if owner and mention.kind == "definite" else mention.kind
        return replace(mention, kind=kind, affiliation=owner.name if owner else None)

    def _antecedent(self, unit: Unit, phrase: Phrase, mention: Mention) -> Entity | None:
        """Who "he", "she", "it" or "they" is: the latest speaker or subject that can be it."""
        inner = self._subject_before(unit, phrase.start)
        recent = [*self._recent, (unit.paragraph, inner)] if inner is not None else self._recent
        for paragraph, entity in reversed(recent):
            if unit.paragraph - paragraph > _REACH:
                return None
            if _agrees(mention, entity):
                entity.sex = entity.sex or mention.sex
                return entity
        return None

    def _subject_before(self, unit: Unit, end: int) -> Entity | None:
        """The named subject of an earlier clause of the same unit: "When Mook was asked, he said"."""
        match = _SUBJECT.search(unit.tags, 0, end)
        subject = before(unit.tags, match.start()) if match and match.start() else None
        if subject is None or "C" not in unit.tags[subject.start : subject.end]:
            return None
        return self.resolve(unit, subject)

    def _definite(self, unit: Unit, mention: Mention) -> Entity | None:
        """Whom "the spokesman", "the ministry" or "the report" points back to."""
        known, head = nouns(), mention.head
        for paragraph, entity in reversed(self._recent):
            if unit.paragraph - paragraph <= 2 * _REACH and _is_described(entity, head):
                return entity
        if head in known["role"]:
            holder = self._roster.holder(head)
            if holder is not None:
                return holder
            return Entity("definite", None, mention.role, mention.affiliation, mention.sex, head=head)
        name = self._roster.body_by_head(head) if head in known["organisation"] else None
        if name is not None:
            return self._roster.bodies[name]
        if mention.name is not None:
            return Entity("document" if head in known["document"] else "organisation", mention.name, head=head)
        if mention.plural and speaks(head):
            return Entity("anonymous", None, mention.text, plural=True, head=head)
        return None


def _agrees(mention: Mention, entity: Entity) -> bool:
    """Tell whether a pronoun can stand for an entity: number, sex, and whether it is a human being."""
    if mention.text == "they":
        return entity.plural or entity.kind == "organisation"
    if entity.plural:
        return False
    described = entity.role and (entity.kind != "anonymous" or not is_body(entity.head))
    human = bool(described or entity.sex or " " in (entity.name or ""))
    if mention.text == "it":
        return entity.kind in ("organisation", "document") or (entity.kind == "person" and not human)
    return entity.kind in ("person", "anonymous", "definite") and human and entity.sex in (None, mention.sex)


def _is_described(entity: Entity, head: str) -> bool:
    """Tell whether a recent entity can be meant by "the <head>"."""
    if entity.plural and not head.endswith("s"):
        return False
    if head == entity.head or (head in entity.words and entity.kind in ("organisation", "document")):
        return True
    if entity.kind == "organisation" and head in _ANY_BODY:
        return True
    return bool(entity.role) and head == (entity.role or "").lower().partition(" of ")[0].split()[-1]
