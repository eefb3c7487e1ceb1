"""The roster of an article: the people and organisations that it names anywhere, each in its fullest form."""

from __future__ import annotations

from dataclasses import dataclass, replace

from corpus.statements.bodies import Bodies
from corpus.statements.lexicon import (
    Sex,
    given_names,
    is_body,
    is_courtesy,
    is_role,
    nouns,
    sex_of_name,
    speaks,
)
from corpus.statements.mentions import read_mention
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
from corpus.statements.phrases import Phrase, before
from corpus.statements.roles import is_adjective, is_modifier, tells_role
from corpus.statements.tokens import Unit

__all__ = ["Entity", "Named", "Roster"]

_WINDOW = 8, 14
"""Tokens before and after a name in which its role is looked for."""
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
        self._text = text
        self.persons: dict[str, Entity] = {}
        self.at: dict[int, list[Named]] = {}
        self._by_word: dict[str, list[str]] = {}
        self._holders: dict[str, dict[int, Entity]] = {}
        self._proper = {
            unit.words[place] for unit in units for place, tag in enumerate(unit.tags) if tag == "C" and place
        }
        self._common = {unit.words[place] for unit in units for place, tag in enumerate(unit.tags) if tag in "ngev"}
        self._headlines = {number for number, unit in enumerate(units) if is_title_case(text, unit)}
        found = list(runs(units))
        self.bodies = Bodies(text, units, [run for run in found if run.unit not in self._headlines])
        self._note_people(units, found)

    def is_common(self, word: str) -> bool:
        """Tell whether a word is written in lower case somewhere, or can only be a common noun."""
        return word in self._common or word in nouns()["people"] or word in nouns()["role"]

    def is_proper(self, word: str) -> bool:
        """Tell whether a word (in lower case) is capitalised anywhere but at the start of a sentence."""
        return word in self._proper

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
        self._describe(person, mention)
        return person

    def holder(self, head: str) -> Entity | None:
        """The one person whose role holds the noun `head`; None where there are several."""
        holders = self._holders.get(head, {})
        return next(iter(holders.values())) if len(holders) == 1 else None

    def holders(self, head: str) -> list[Entity]:
        """Everybody whose role holds the noun `head`."""
        return list(self._holders.get(head, {}).values())

    def _describe(self, person: Entity, mention: Mention) -> None:
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
        stray = leads and len(words) > 1 and opens_sentence_only(words[0].lower(), self._common)
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
        # Of several Clintons, the bare name is the one's whom the article names most, or else first.
        return max(found.values(), key=lambda person: (person.count, -person.order), default=None)

    def _note_people(self, units: list[Unit], found: list[Run]) -> None:
        """Read every run as a person: full names first, then single words, then headlines in title case."""
        late: list[tuple[Run, Phrase, Mention]] = []
        for run in found:
            read = self._read(units[run.unit], run)
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
        if not person.order:
            person.order = len(self.persons)
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

    def _is_named(self, unit: Unit, place: int) -> bool:
        """Tell whether a single capitalised word is a name, not the first word of a sentence or a call: "MORE:"."""
        tags, word = unit.tags, unit.words[place]
        if is_adjective(word) and tags[place + 1 : place + 2] in tuple("Cneg"):
            return False
        if tags[:place].strip("Q.,-:();x") or word in self._proper or word in given_names():
            return True
        return tags[place + 1 : place + 2] not in tuple("nMDeg:") and word not in self._common

    def _read(self, unit: Unit, run: Run) -> tuple[Phrase, Mention] | None:
        """The noun phrase around a run, and what it says of a person; None where it cannot name one."""
        tags, words = unit.tags, unit.words
        _, start, end = run
        if "I" in tags[start:end]:
            end = start + tags[start:end].index("I")
        if end - start == 1 and not self._is_named(unit, start):
            return None
        low, high = start, end
        while low > 0 and tags[low - 1] in "nDCSqeg-" and start - low < _WINDOW[0]:
            low -= 1
        if low > 1 and low == start and tags[low - 1] == ",":
            apposed = before(tags, low - 1)  # "the ministry's spokesman, Ann Lee, ..."
            if apposed is not None and apposed.end == low - 1 and tells_role(words[low - 2]):
                mention = read_mention(self._text, unit, Phrase(apposed.start, end, low - 1))
                if mention is not None and mention.kind == "person":
                    return Phrase(apposed.start, end, low - 1), mention
        if low < start and not (
            tells_role(words[start - 1]) or tags[start - 1] == "S" or is_modifier(words[start - 1])
        ):
            low = start
        while low < start and tags[low] == "e" and (not low or tags[low - 1] != "D"):
            low += 1
        if tags[high : high + 1] == ",":
            stop = high + 1
            while stop < len(tags) and tags[stop] not in ",.;:()QVFXb" and stop - high < _WINDOW[1]:
                stop += 1
            if any(tells_role(word) for word in words[high + 1 : stop]):
                high = stop
        phrase = Phrase(low, high, end)
        mention = read_mention(self._text, unit, phrase)
        if mention is not None and tags[end : end + 1] == "n" and words[end] not in nouns()["role"]:
            mention = replace(mention, role=None, affiliation=None)  # "the chief AI officer" is not called AI
        if is_adjective(words[end - 1]) and end - start > 1 and tags[end : end + 1] in tuple("Cneg"):
            return None  # "Native American children"
        if mention is None or mention.kind != "person" or is_role((mention.name or "").lower().split()[-1]):
            return None
        return phrase, mention


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
