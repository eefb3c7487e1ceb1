"""The roster of an article: the people and organisations that it names anywhere, each in its fullest form."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from corpus.model import Speaker
from corpus.statements.lexicon import Sex, nouns
from corpus.statements.mentions import read_mention
from corpus.statements.parts import Mention, MentionKind
from corpus.statements.phrases import Phrase
from corpus.statements.tokens import Unit

_RUN = re.compile(r"C(?:[C&]|-C|AC(?=C)|I(?=C)|ID?(?=C))*")
_WINDOW = 8, 14
"""Tokens before and after a name in which its role is looked for."""
_SHARED = 50
"""Names; a word that more of them hold tells none of them apart, and is not looked up."""


@dataclass(slots=True, eq=False)
class Entity:
    """One person, organisation, document or group of the article, as known so far.

    `leads` tells that a name was only seen at the start of a sentence, where a word before it may have
    got its capital from the sentence.
    """

    kind: MentionKind
    name: str | None
    role: str | None = None
    affiliation: str | None = None
    sex: Sex | None = None
    plural: bool = False
    head: str = ""
    leads: bool = False
    words: frozenset[str] = field(default_factory=frozenset)

    def speaker(self) -> Speaker:
        """The entity as a statement names it."""
        return Speaker(self.name, self.role, self.affiliation)


class Roster:
    """Everybody the article names; last names, acronyms and head nouns lead to the full form."""

    def __init__(self, text: str, units: list[Unit]) -> None:
        """Collect names, roles and organisations from every capitalised phrase of `units`."""
        self._text = text
        self.persons: dict[str, Entity] = {}
        self.bodies: dict[str, Entity] = {}
        self._acronyms: dict[str, str] = {}
        self._persons_by_word: dict[str, list[str]] = {}
        self._bodies_by_word: dict[str, list[str]] = {}
        self._holders: dict[str, dict[int, Entity]] = {}
        self._proper = {
            unit.words[place] for unit in units for place, tag in enumerate(unit.tags) if tag == "C" and place
        }
        self._common = {unit.words[place] for unit in units for place, tag in enumerate(unit.tags) if tag in "ngev"}
        runs = [(unit, *match.span()) for unit in units for match in _RUN.finditer(unit.tags)]
        known = nouns()["organisation"]
        for unit, start, end in runs:
            if "I" in unit.tags[start:end] or not known.isdisjoint(unit.words[start:end]):
                self._note_body(unit, start, end)
        for unit, start, end in runs:
            self._note_person(unit, start, end)

    def is_common(self, word: str) -> bool:
        """Tell whether a word is written in lower case somewhere, or can only be a common noun."""
        return word in self._common or word in nouns()["people"] or word in nouns()["role"]

    def is_proper(self, word: str) -> bool:
        """Tell whether a word (in lower case) is capitalised anywhere but at the start of a sentence."""
        return word in self._proper

    def body(self, name: str, kind: MentionKind = "organisation", affiliation: str | None = None) -> Entity:
        """The organisation or document of this name, made known where it was not."""
        name = self._acronyms.get(name, name)
        entity = self.bodies.get(name)
        if entity is None or entity.kind != kind:
            words = frozenset(name.lower().split())
            entity = Entity(kind, name, affiliation=affiliation, words=words)
            self._add_body(name, entity)
        return entity

    def _add_body(self, name: str, entity: Entity) -> None:
        for word in entity.words - (self.bodies[name].words if name in self.bodies else frozenset()):
            self._bodies_by_word.setdefault(word, []).append(name)
        self.bodies[name] = entity

    def is_acronym(self, name: str) -> bool:
        """Tell whether the article spells out `name`: "(WTA)"."""
        return name in self._acronyms

    def full_body_name(self, name: str | None) -> str | None:
        """Return "Ministry of X" for "Ministry", where the article knows just one such organisation.

        A name in lower case ("the ministry") that stands for none is None.
        """
        if name is None:
            return None
        if name in self._acronyms:
            return self._acronyms[name]
        if name.lower() in nouns()["organisation"]:
            return self.body_by_head(name.lower()) or (None if name.islower() else name)
        return name

    def body_by_head(self, head: str) -> str | None:
        """The one organisation whose name holds the noun `head`; None where there are several."""
        names = [name for name in self._bodies_by_word.get(head, [])[: _SHARED + 1] if head in self.bodies[name].words]
        longest = max(names, key=len, default=None)
        if (
            longest is None
            or len(names) > _SHARED
            or any(not set(name.lower().split()) <= set(longest.lower().split()) for name in names)
        ):
            return None
        return longest

    def person(self, mention: Mention, *, leads: bool = False) -> Entity:
        """The person that a mention names, with what the mention adds to what is known."""
        name = mention.name or mention.text
        person = self._known_person(name, mention.sex)
        if person is None:
            person = Entity("person", name, leads=leads)
            self._add_person(name, person)
        elif _is_better(name, person, leads):
            self._add_person(name, person)
            person.name, person.leads = name, leads
        if mention.role and not person.role:
            person.role = mention.role
            for word in set(mention.role.lower().split()):
                self._holders.setdefault(word, {})[id(person)] = person
        person.affiliation = person.affiliation or self.full_body_name(mention.affiliation)
        person.sex = person.sex or mention.sex
        person.head = person.head or mention.head
        return person

    def holder(self, head: str) -> Entity | None:
        """The one person whose role holds the noun `head`; None where there are several."""
        holders = self._holders.get(head, {})
        return next(iter(holders.values())) if len(holders) == 1 else None

    def _add_person(self, name: str, person: Entity) -> None:
        if name not in self.persons:
            for word in _name_words(name):
                self._persons_by_word.setdefault(word, []).append(name)
        self.persons[name] = person

    def _known_person(self, name: str, sex: Sex | None) -> Entity | None:
        """The one person whose name holds all words of `name`, or the other way round."""
        if name in self.persons:
            return self.persons[name]
        words = _name_words(name)
        alike = {
            full: self.persons[full]
            for word in words
            if len(some := self._persons_by_word.get(word, ())) <= _SHARED
            for full in some
        }
        matching = {
            id(person): person
            for full, person in alike.items()
            if _same_name(words, _name_words(full)) and (sex is None or person.sex in (None, sex))
        }
        return next(iter(matching.values())) if len(matching) == 1 else None

    def _note_person(self, unit: Unit, start: int, end: int) -> None:
        tags = unit.tags
        run = tags[start:end]
        if "I" in run:
            end = start + run.index("I")
        low, high = start, end
        while low > 0 and tags[low - 1] in "nDCSqe-" and start - low < _WINDOW[0]:
            low -= 1
        if tags[high : high + 1] == ",":
            stop = high + 1
            while stop < len(tags) and tags[stop] not in ",.;:()QVFXb" and stop - high < _WINDOW[1]:
                stop += 1
            if not nouns()["role"].isdisjoint(unit.words[high + 1 : stop]):
                high = stop
        if end - start < 2 and low == start and high == end:
            return
        mention = read_mention(self._text, unit, Phrase(low, high, end))
        if mention is not None and mention.kind == "person" and (" " in (mention.name or "") or mention.role):
            self.person(mention, leads=low == 0)

    def _note_body(self, unit: Unit, start: int, end: int) -> None:
        tags, words = unit.tags, unit.words
        while end > start and tags[end - 1] in "IDA":
            end -= 1
        while start > 1 and tags[start - 2 : start] == "CS" and _belongs_to_name(words[start - 2 : start]):
            start -= 2
        if end - start < 2:
            return
        name = unit.slice(self._text, start, end) or ""
        if name not in self.bodies:
            self._add_body(name, Entity("organisation", name, words=frozenset(words[start:end])))
        if tags[end : end + 3] == "(C)":
            self._acronyms[unit.slice(self._text, end + 1, end + 2) or ""] = name


def _is_better(name: str, person: Entity, leads: bool) -> bool:
    """Tell whether `name` is fuller; what opened a sentence before a known name is not part of it."""
    old = person.name or ""
    if person.leads and not leads and " " in name and old.endswith(" " + name):
        return True
    if len(name.split()) <= len(old.split()):
        return False
    return not (leads and " " in old and name.endswith(" " + old))


def _name_words(name: str) -> frozenset[str]:
    words = (word.rstrip(".").lower() for word in name.split())
    return frozenset(word for word in words if word not in ("jr", "sr", "ii", "iii"))


def _same_name(one: frozenset[str], other: frozenset[str]) -> bool:
    """Tell whether one name is part of the other: a last or a given name, or one without the middle."""
    return bool(one and other) and (one <= other or other <= one)


def _belongs_to_name(words: list[str]) -> bool:
    """Tell whether a possessive is part of a name: "Teachers' Federation", "People's Charter"."""
    return words[1] == "'" or words[0] in ("people", "women", "men", "children")
