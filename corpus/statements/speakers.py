"""Speakers within one article: full names for last names, names for pronouns, roles and descriptions.

The article is read from its start with its roster at hand. A pronoun or a description stands for the fitting
entity that was most prominent just before: a subject or speaker rather than an object, and never somebody whom
only quoted words name. What the article does not establish stays None.
"""

from __future__ import annotations

from dataclasses import replace

from corpus.statements.definite import Definites
from corpus.statements.discourse import Draft
from corpus.statements.lexicon import is_agent, is_role, nouns, speaks
from corpus.statements.memory import Event, Memory
from corpus.statements.mentions import read_mention
from corpus.statements.parts import Entity, Mention, MentionKind
from corpus.statements.phrases import Phrase, before
from corpus.statements.pronouns import agreement, is_expletive, is_organisation, own_pronoun, prominence
from corpus.statements.roles import is_adjective
from corpus.statements.roster import Roster
from corpus.statements.sources import antecedent_of_relative, name_after, own_name, trimmed
from corpus.statements.tokens import Unit

_NO_HUMAN = 9
"""Outweighs what else seems to show a human being."""
_REACH = 3
"""Paragraphs; a pronoun's antecedent is not sought further back."""
_POSSESSIVES = {"his": "he", "her": "she", "its": "it", "their": "they", "him": "he", "them": "they"}
_NOBODY = frozenset(("i", "we", "you", "me", "us", "my", "our", "your"))


def name_speakers(text: str, units: list[Unit], drafts: list[Draft]) -> list[Entity | None]:
    """Return the entity that speaks each draft, in the drafts' order."""
    resolver = _Resolver(text, units, drafts)
    at: dict[int, list[int]] = {}
    for place, draft in enumerate(drafts):
        at.setdefault(draft.unit, []).append(place)
    found: list[Entity | None] = [None] * len(drafts)
    for number in range(len(units)):
        spoken: list[Event] = []
        for place in at.get(number, ()):
            made = drafts[place].attribution
            if made is None or is_expletive(units[number], made):
                continue
            entity = found[place] = resolver.resolve(number, made.source, spoken)
            if entity is not None and entity.sex is None and entity.name and drafts[place].content:
                own = own_pronoun(units, drafts[place])
                entity.sex = {"he": "m", "she": "f"}.get(own)  # type: ignore[assignment]
                entity.human -= _NO_HUMAN * (own == "it" and entity.kind == "person")
            if entity is not None:
                inner = drafts[place].outer is not None
                spoken.append(Event(number, units[number].paragraph, entity, 0.5 if inner else 1.0))
        resolver.pass_over(number, spoken)
    known = {id(draft): entity for draft, entity in zip(drafts, found, strict=True)}
    return [known[id(draft.same_as)] if draft.same_as else known[id(draft)] for draft in drafts]


class _Resolver:
    """Reads an article from its start, knowing its roster, and keeps in mind who was spoken of last."""

    def __init__(self, text: str, units: list[Unit], drafts: list[Draft]) -> None:
        self._text, self._units = text, units
        self._roster = Roster(text, units)
        self._memory = Memory()
        self._definites = Definites(self._roster, self._memory)
        self._said: dict[int, list[tuple[int, int]]] = {}
        for draft in drafts:
            for number, start, end in draft.content:
                self._said.setdefault(number, []).append((start, end))

    def resolve(self, number: int, phrase: Phrase, spoken: list[Event]) -> Entity | None:
        """The entity that a source phrase names or points to; None where the article leaves it open.

        Args:
            number: the unit that holds the phrase.
            phrase: the source.
            spoken: who speaks in that unit, as far as it is known.
        """
        unit = self._units[number]
        clipped = trimmed(unit, phrase)
        if clipped is None:
            return None
        phrase = clipped
        word = unit.words[phrase.start]
        if unit.tags[phrase.start] == "W" and phrase.end - phrase.start > 1:
            # A whole clause was taken for the source: "X, who keeps a shop there, said", "a flood in which 26 died".
            return self._relative(number, phrase, spoken) if word == "who" else None
        if phrase.end - phrase.start == 1 or unit.tags[phrase.start] == "P":
            if word in _NOBODY:
                return None
            if unit.tags[phrase.start] == "W":
                return self._relative(number, phrase, spoken)
            pronoun = _POSSESSIVES.get(word, word)
            if unit.tags[phrase.start] in "PO" or word in _POSSESSIVES:
                return self._pronoun(number, phrase, pronoun, spoken)
        if phrase.end - phrase.start == 1 and phrase.start in unit.quotations:
            return self._roster.bodies.get(unit.quotations[phrase.start].inner.of(self._text))
        name = own_name(unit, phrase)
        mention = read_mention(self._text, unit, phrase)
        if mention is None:
            return None
        if name is not None and mention.kind != "person":
            named = read_mention(self._text, unit, name)
            if named is not None and named.kind in ("person", "organisation"):
                mention = replace(named, role=mention.role, affiliation=mention.affiliation)
        if mention.kind in ("definite", "anonymous") and mention.head in nouns()["organisation"] and not mention.plural:
            beside = name_after(unit, phrase)
            if beside is not None:
                return self._roster.bodies.get(unit.slice(self._text, beside.start, beside.end) or "")
        return self._mentioned(number, phrase, mention, spoken)

    def _relative(self, number: int, phrase: Phrase, spoken: list[Event]) -> Entity | None:
        """Whom the "who" or "which" that a phrase begins with goes back to."""
        who = antecedent_of_relative(self._units[number], phrase.start)
        return self.resolve(number, who, spoken) if who is not None else None

    def _mentioned(self, number: int, phrase: Phrase, mention: Mention, spoken: list[Event]) -> Entity | None:
        unit = self._units[number]
        mention = self._with_owner(number, phrase, mention, spoken)
        if mention.kind == "person":
            return self._person(number, phrase, mention, spoken)
        if mention.kind == "definite":
            return self._definites.resolve(number, unit, mention, self._here(number, phrase.start, spoken))
        if mention.kind == "anonymous":
            return self._definites.anonymous(number, unit, phrase, mention, self._here(number, phrase.start, spoken))
        owned = self._definites.owned(number, unit, mention, self._here(number, phrase.start, spoken))
        if owned is not None:
            return owned
        entity = self._roster.bodies.get(mention.name or mention.text, mention.kind, mention.affiliation)
        entity.head, entity.plural = mention.head, mention.plural
        return entity

    def pass_over(self, number: int, spoken: list[Event]) -> None:
        """Remember whom a unit names and who speaks in it."""
        unit = self._units[number]
        subjects = [] if spoken else [self._subject_pronoun(number), self._subject_described(number)]
        noted = {id(event.entity) for event in spoken}
        for event in self._here(number, len(unit.tags), []):
            if id(event.entity) not in noted:
                self._memory.note(event)
        for entity in filter(None, subjects):
            self._memory.note(Event(number, unit.paragraph, entity, 1.0))
        for event in spoken:
            self._memory.note(event)

    def _here(self, number: int, end: int, spoken: list[Event]) -> list[Event]:
        """What comes up in a unit before token `end`: names, by their place in the grammar, and speakers."""
        unit = self._units[number]
        events = list(spoken)
        said = self._said.get(number, ())
        for named in self._roster.at.get(number, ()):
            if named.end > end:
                continue
            weight = prominence(unit.tags, named.start, named.end)
            if unit.tags.rfind("(", 0, named.name) > unit.tags.rfind(")", 0, named.name):
                weight = min(weight, 0.2)
            if any(start <= named.name < stop for start, stop in said):
                weight = min(weight, 0.3) if end == len(unit.tags) else 0.0
            events.append(Event(number, unit.paragraph, named.entity, weight))
        return events

    def _subject_pronoun(self, number: int) -> Entity | None:
        """Whom "he" or "she" means that opens a unit in which nobody speaks."""
        unit = self._units[number]
        place = next((i for i, word in enumerate(unit.words[:12]) if unit.tags[i] == "P"), None)
        if place is None or unit.words[place] not in ("he", "she"):
            return None
        return self._pronoun(number, Phrase(place, place + 1, place + 1), unit.words[place], [])

    def _subject_described(self, number: int) -> Entity | None:
        """Who is subject of a unit in which nobody speaks, where no name says so: "Two officials", "The unit"."""
        unit = self._units[number]
        verb = next((i for i, tag in enumerate(unit.tags) if tag in "VFXbve" and i), None)
        subject = before(unit.tags, verb) if verb else None
        if subject is None or subject.start or unit.tags[0] in "PW" or "C" in unit.tags[: subject.end]:
            return None
        mention = read_mention(self._text, unit, subject)
        if mention is None or mention.kind not in ("anonymous", "definite") or not speaks(mention.head):
            return None
        return self._mentioned(number, subject, mention, [])

    def _person(self, number: int, phrase: Phrase, mention: Mention, spoken: list[Event]) -> Entity | None:
        """A person, or what looks like one: an acronym, a bare "Ministry", a noun that opens a sentence."""
        name = mention.name or mention.text
        unit, roster = self._units[number], self._roster
        if roster.in_headline(number):
            known = roster.named(name, mention.sex)
            if known is not None:
                return known
        if roster.bodies.is_acronym(name):
            return roster.bodies.get(name)
        if name.isupper() and roster.holder(name.lower()) is not None:
            return roster.holder(name.lower())  # "Mayo Clinic's new CAIO"
        if name.lower() in nouns()["organisation"]:
            here = self._here(number, phrase.start, spoken)
            return self._definites.resolve(number, unit, Mention("definite", mention.text, name.lower()), here)
        word = unit.words[phrase.start]
        opens = phrase.start == 0 and name.lower() == word and name not in roster.persons
        if opens and not roster.is_proper(word) and (roster.is_common(word) or (is_agent(word) and word.endswith("s"))):
            held = roster.bodies.full_name(mention.affiliation)
            return Entity("anonymous", None, mention.text, held, plural=True, head=word) if speaks(word) else None
        last = name.lower().split()[-1]
        if name.lower() == last and (last in nouns()["people"] or is_role(last)):
            return Entity("anonymous", None, mention.text, plural=last in nouns()["people"], head=last)  # "MPs"
        if not mention.sex and name not in roster.persons and (last in nouns()["people"] or is_adjective(last[:-1])):
            return Entity("anonymous", None, mention.text, plural=True, head=last)  # "Cuban Americans"
        plain, bracket, _ = mention.text.partition(" (")
        body = roster.bodies.of(plain if bracket else name)
        if body is not None and not mention.role and not mention.sex:
            return body
        leads = phrase.start == 0 and name.lower().startswith(word)
        return roster.person(mention, leads=leads)

    def _with_owner(self, number: int, phrase: Phrase, mention: Mention, spoken: list[Event]) -> Mention:
        """For "its chairman", the chairman of the organisation spoken of last."""
        unit = self._units[number]
        if unit.words[phrase.start] not in ("its", "their") or mention.affiliation or not mention.role:
            return mention
        if mention.plural or mention.head.endswith("s"):
            return mention
        here = self._here(number, phrase.start, spoken)
        owner = self._memory.foremost(number, unit.paragraph, 2 * _REACH, is_organisation, here)
        kind: MentionKind = "anonymous" if owner and mention.kind == "definite" else mention.kind
        return replace(mention, kind=kind, affiliation=owner.name if owner else None)

    def _pronoun(self, number: int, phrase: Phrase, word: str, spoken: list[Event]) -> Entity | None:
        """Who "he", "she", "it" or "they" is: the most prominent entity just before that can be it."""
        sex = {"he": "m", "she": "f"}.get(word)

        def fits(entity: Entity) -> float:
            return agreement(word, sex, entity)

        paragraph = self._units[number].paragraph
        here = self._here(number, phrase.start, spoken)
        entity = self._memory.foremost(number, paragraph, _REACH, fits, here)
        if entity is not None and word in ("he", "she") and entity.sex is None:
            entity.sex = "m" if word == "he" else "f"
        return entity
