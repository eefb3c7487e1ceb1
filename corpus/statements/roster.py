"""The roster of an article: the people and organisations that it names anywhere, each in its fullest form."""

from __future__ import annotations

from dataclasses import dataclass, replace

from corpus.statements.bodies import Bodies
from corpus.statements.introduced import Casing, introduced
from corpus.statements.lexicon import (
    Sex,
    given_names,
    is_body,
    is_courtesy,
    nouns,
    sex_of_name,
    speaks,
)
from corpus.statements.names import (
    Run,
    is_fuller,
    is_title_case,
    name_words,
    opens_sentence_only,
    runs,
    same_person,
)
from corpus.statements.parts import Entity, Mention
from corpus.statements.phrases import Phrase
from corpus.statements.roles import role_in_predicate
from corpus.statements.tokens import Unit

_LONG_NAME = 7
"""Letters from which on a name that differs in their order only is a slip."""
_SHARED = 50
"""Names; a word that more of them hold tells none of them apart, and is not looked up."""


@dataclass(frozen=True, slots=True)
class Named:
    """A place in a unit where an entity is named: tokens, and `start` of the whole noun phrase."""

    start: int
    name: int
    end: int
    entity: Entity


class Roster:
    """Everybody the article names; last names, acronyms and head nouns lead to the full form."""

    def __init__(self, text: str, units: list[Unit]) -> None:
        """Collect names, roles and organisations from every capitalised phrase of `units`."""
        self._text, self._units = text, units
        self.persons: dict[str, Entity] = {}
        self.at: dict[int, list[Named]] = {}
        self._by_word: dict[str, list[str]] = {}
        self._holders: dict[str, dict[int, Entity]] = {}
        self._casing = Casing(units)
        self._headlines = {number for number, unit in enumerate(units) if is_title_case(text, unit)}
        found = list(runs(units))
        self.bodies = Bodies(text, units, [run for run in found if run.unit not in self._headlines])
        self._note_people(units, found)

    def is_common(self, word: str) -> bool:
        """Tell whether a word is written in lower case somewhere, or can only be a common noun."""
        return word in self._casing.common or word in nouns()["people"] or word in nouns()["role"]

    def is_proper(self, word: str) -> bool:
        """Tell whether a word (in lower case) is capitalised anywhere but at the start of a sentence."""
        return word in self._casing.proper

    def person(self, mention: Mention, *, leads: bool = False, speaks: bool = True) -> Entity:
        """The person that a mention names, with what the mention adds to what is known.

        `leads` tells that the name opened a sentence, where a word before it may have got its capital; `speaks`
        that it is a speaker's, so that a word after a known name ("Ann Lee Foundation") must be part of it.
        """
        name = self._bare(mention.name or mention.text, leads)
        person = self._known_person(name, mention.sex)
        if person is None:
            person = Entity("person", name, sex=sex_of_name(name))
            self._add(name, person)
        elif is_fuller(name, person.name or "") and (speaks or not name.startswith(f"{person.name} ")):
            self._add(name, person)
            person.name = name
            person.sex = person.sex or sex_of_name(name)
        short = name_words(name)
        full = name_words(person.name or "")
        if len(short) == 1 and len(full) > 1 and short[0] not in given_names():
            person.human += 1 if short[0] == full[-1] else -1  # people go by the last word, companies by the first
        self.describe(person, mention)
        return person

    def holder(self, head: str) -> Entity | None:
        """The one person whose role holds the noun `head`; None where there are several."""
        holders = self._holders.get(head, {})
        return next(iter(holders.values())) if len(holders) == 1 else None

    def office_holder(self, mention: Mention) -> Entity | None:
        """Whom "secretary of State Clinton" names: the office and the last name of one whom the article knows."""
        office, _, last = (mention.affiliation or "").rpartition(" ")
        named = office and mention.role and f" of {mention.affiliation}" in mention.text
        person = self._known_person(last, mention.sex) if named else None
        if person is None or name_words(person.name or "")[1:][-1:] != name_words(last):
            return None
        self.describe(person, replace(mention, role=f"{mention.role} of {office}", affiliation=None))
        return person

    def holders(self, head: str) -> list[Entity]:
        """Everybody whose role holds the noun `head`."""
        return list(self._holders.get(head, {}).values())

    def describe(self, person: Entity, mention: Mention) -> None:
        """Add to a person what a mention tells: the role that tells most, and where it is held."""
        person.count += 1
        if mention.role:
            rank = _rank(mention.role)
            if rank > _rank(person.role) or (
                rank == _rank(person.role) and not person.affiliation and mention.affiliation
            ):
                person.role = mention.role
                if mention.affiliation:
                    person.affiliation = self.bodies.full_name(mention.affiliation)
            words = mention.role.lower().replace(".", "").split()
            for word in {*words, "".join(word[0] for word in words)}:
                self._holders.setdefault(word, {})[id(person)] = person
                person.traits.add(word)
        person.affiliation = person.affiliation or self.bodies.full_name(mention.affiliation)
        person.sex = person.sex or mention.sex
        person.head = person.head or mention.head
        if mention.role or mention.sex or person.sex:
            person.human += 1

    def _bare(self, name: str, leads: bool) -> str:
        """The name without what only a sentence's start has put before it, and without what is known to follow it."""
        words = name.split()
        stray = leads and len(words) > 1 and opens_sentence_only(words[0].lower(), self._casing.common)
        return " ".join(words[1:]) if stray and name not in self.persons else name

    def _add(self, name: str, person: Entity) -> None:
        if name not in self.persons:
            for word in name_words(name):
                self._by_word.setdefault(word, []).append(name)
        self.persons[name] = person

    def _known_person(self, name: str, sex: Sex | None) -> Entity | None:
        """The person whose name holds all words of `name`, or the other way round; the likeliest of several."""
        if name in self.persons:
            person = self.persons[name]
            if sex is None or person.sex in (None, sex):
                return person
        words = name_words(name)
        alike = {
            full
            for word in words
            if len(some := self._by_word.get(word, ())) <= _SHARED
            for full in some
            if same_person(words, name_words(full))
        }
        found = {id(person): person for person in map(self.persons.__getitem__, sorted(alike))}
        if sex is not None:
            found = {key: person for key, person in found.items() if person.sex in (None, sex)}
        if len(found) > 1 and len(words) == 1:
            by_last = {key: p for key, p in found.items() if name_words(p.name or "")[-1:] == words}
            found = by_last or found
        if not found and len(words) == 1 and len(words[0]) >= _LONG_NAME:
            found = {id(person): person for person in self._misspelt(words[0])}
        # Of several Clintons, the bare name is the one's whom the article names most, or else first.
        return max(found.values(), key=lambda person: (person.count, -person.order), default=None)

    def _misspelt(self, word: str) -> list[Entity]:
        """Who has this last name, but for two letters that changed places."""
        letters = sorted(word)
        alike = (full for last, names in self._by_word.items() if sorted(last) == letters for full in names)
        return [self.persons[full] for full in alike if " " in full]

    def _note_people(self, units: list[Unit], found: list[Run]) -> None:
        """Read every run as a person: full names first, then single words, then headlines in title case."""
        late: list[tuple[Run, Phrase, Mention]] = []
        for run in found:
            read = introduced(self._text, units[run.unit], run, self._casing)
            if read is None:
                continue
            phrase, mention = read
            if run.unit in self._headlines or " " not in (mention.name or ""):
                late.append((run, phrase, mention))
            else:
                self._note(run, phrase, mention)
        late.sort(key=lambda each: each[0].unit in self._headlines)
        for run, phrase, mention in late:
            if run.unit in self._headlines:
                known = self._within(mention.name or "")
                if known is not None:
                    self._place(run, phrase, known)
            elif mention.role or len(mention.name or "") > 1:
                self._note(run, phrase, mention)

    def _note(self, run: Run, phrase: Phrase, mention: Mention) -> None:
        body = self.bodies.of(mention.name or "")
        if body is not None and not mention.role and not mention.sex:
            body.count += 1
            self._place(run, phrase, body)
            return
        person = self.person(mention, leads=run.start == 0, speaks=False)
        role, affiliation = role_in_predicate(self._text, self._units[run.unit], run.end)
        if role:
            self.describe(person, replace(mention, role=role, affiliation=affiliation))
        person.order = person.order or len(self.persons)
        self._place(run, phrase, person)

    def _place(self, run: Run, phrase: Phrase, entity: Entity) -> None:
        self.at.setdefault(run.unit, []).append(Named(phrase.start, run.start, run.end, entity))

    def _within(self, name: str) -> Entity | None:
        """The known person whose name is the longest part of a run of words."""
        words = name.split()
        for length in range(len(words), 0, -1):
            for start in range(len(words) - length + 1):
                part = " ".join(words[start : start + length])
                if part in self.persons:
                    return self.persons[part]
        return None

    def named(self, name: str, sex: Sex | None = None) -> Entity | None:
        """The person of that name, if the article names one; in a headline, whose name the words hold."""
        return self._known_person(name, sex) or self._within(name)

    def in_headline(self, unit: int) -> bool:
        """Tell whether a unit is a headline in title case, whose capitals tell nothing."""
        return unit in self._headlines


def _rank(role: str | None) -> int:
    """How much a role tells: nothing, a title, a description."""
    if not role:
        return 0
    words = role.lower().split()
    if all(is_courtesy(word) for word in words):
        return 1
    return 2 if len(words) == 1 and words[0].rstrip(".") in nouns()["title"] and not speaks(words[0]) else 3


def is_human(entity: Entity) -> bool:
    """Tell whether an entity is a human being, as far as the article tells."""
    if entity.human < 0:
        return False
    human = entity.kind == "person" or (speaks(entity.head) and not is_body(entity.head))
    described = bool(entity.role) and human
    return described or bool(entity.sex) or entity.human > 0 or " " in (entity.name or "")
