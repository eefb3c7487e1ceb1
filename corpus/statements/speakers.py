"""Speakers within one article: full names for last names, names for pronouns, roles and descriptions.

Antecedents are sought among speakers and grammatical subjects only, the latest first, never among objects.
What the article does not establish stays None.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from corpus.model import Speaker
from corpus.statements.discourse import Draft
from corpus.statements.mentions import Mention, MentionKind, Sex, nouns, read_mention
from corpus.statements.phrases import Phrase, before
from corpus.statements.tokens import Unit

_RUN = re.compile(r"C(?:[C&]|-C|AC(?=C)|I(?=C)|ID?(?=C))*")
_PERSON_RUN = re.compile(r"(?:[DCn]S?)*C{1,5}")
_SUBJECT = re.compile(r"[VFXbve]")
_REACH = 3
"""Paragraphs; a pronoun's antecedent is not sought further back."""


@dataclass(slots=True)
class Entity:
    """One person, organisation, document or group of the article, as known so far."""

    kind: MentionKind
    name: str | None
    role: str | None = None
    affiliation: str | None = None
    sex: Sex | None = None
    plural: bool = False
    head: str = ""
    paragraph: int = 0
    leads: bool = False
    words: frozenset[str] = field(default_factory=frozenset)

    def speaker(self) -> Speaker:
        """The entity as a statement names it."""
        return Speaker(self.name, self.role, self.affiliation)


class Cast:
    """All entities of an article, and who was spoken of last."""

    def __init__(self, text: str, units: list[Unit]) -> None:
        self._text, self._units = text, units
        self._persons: dict[str, Entity] = {}
        self._things: dict[str, Entity] = {}
        self._recent: list[tuple[int, Entity]] = []
        self._gather()

    # -- what the whole article says of whom

    def _gather(self) -> None:
        """Collect full names, roles and organisations from every capitalised phrase."""
        self._acronyms: dict[str, str] = {}
        runs = [(unit, *match.span()) for unit in self._units for match in _RUN.finditer(unit.tags)]
        known = nouns()["organisation"]
        for unit, start, end in runs:
            if "I" in unit.tags[start:end] or not known.isdisjoint(unit.words[start:end]):
                self._note_organisation(unit, start, end)
        for unit, start, end in runs:
            self._note_person(unit, start, end)

    def _note_person(self, unit: Unit, start: int, end: int) -> None:
        tags, words = unit.tags, unit.words
        known = nouns()
        run = tags[start:end]
        if "I" in run:
            end = start + run.index("I")
        low = start
        while low > 0 and tags[low - 1] in "nDCSqe-" and start - low < 8:
            low -= 1
        high = end
        if tags[high : high + 1] == ",":
            stop = high + 1
            while stop < len(tags) and tags[stop] not in ",.;:()QVFXb" and stop - high < 14:
                stop += 1
            if any(word in known["role"] for word in words[high + 1 : stop]):
                high = stop
        if end - start < 2 and low == start and high == end:
            return
        mention = read_mention(self._text, unit, low, end, high)
        if mention is None or mention.kind != "person" or mention.name is None:
            return
        if " " in mention.name or mention.role:
            self._merge(mention, unit.paragraph, leads=low == 0)

    def _note_organisation(self, unit: Unit, start: int, end: int) -> None:
        while end > start and unit.tags[end - 1] in "IDA":
            end -= 1
        while (
            start > 1 and unit.tags[start - 2 : start] == "CS" and _collective(unit.words[start - 2 : start])
        ):
            start -= 2
        if end - start < 2:
            return
        name = self._text[unit.starts[start] : unit.ends[end - 1]]
        words = frozenset(unit.words[start:end])
        self._things.setdefault(name, Entity("organisation", name, words=words, paragraph=unit.paragraph))
        if unit.tags[end : end + 3] == "(C)":
            self._acronyms[self._text[unit.starts[end + 1] : unit.ends[end + 1]]] = name

    def _full_organisation(self, name: str | None) -> str | None:
        """ "Ministry of X" for "Ministry", where the article knows just one such organisation."""
        if name is None:
            return None
        if name in self._acronyms:
            return self._acronyms[name]
        if name.lower() in nouns()["organisation"]:
            return self._organisation_by_head(name.lower()) or (None if name.islower() else name)
        return name

    def _organisation_by_head(self, head: str) -> str | None:
        names = [n for n, e in self._things.items() if head in e.words]
        longest = max(names, key=len, default=None)
        if longest is None or any(not _within(name, longest) for name in names):
            return None
        return longest

    def _merge(self, mention: Mention, paragraph: int, *, leads: bool = False) -> Entity:
        """The person of a mention, with what the mention adds."""
        assert mention.name is not None
        person = self._person(mention.name, mention.sex)
        if person is None:
            person = Entity("person", mention.name, paragraph=paragraph, leads=leads)
            self._persons[mention.name] = person
        elif _is_fuller(mention.name, person.name or "", leads) or (
            person.leads and not leads and _is_fuller(person.name or "", mention.name, True) is None
        ):
            self._persons[mention.name] = person
            person.name, person.leads = mention.name, leads
        person.role = person.role or mention.role
        person.affiliation = person.affiliation or self._full_organisation(mention.affiliation)
        person.sex = person.sex or mention.sex
        person.head = person.head or mention.head
        return person

    def _person(self, name: str, sex: Sex | None) -> Entity | None:
        """The one person whose name holds all words of `name` (or the other way round)."""
        if name in self._persons:
            return self._persons[name]
        words = _name_words(name)
        matching = {
            id(person): person
            for full, person in self._persons.items()
            if _same_name(words, _name_words(full)) and (sex is None or person.sex in (None, sex))
        }
        return next(iter(matching.values())) if len(matching) == 1 else None

    # -- one mention after another

    def resolve(self, unit: Unit, phrase: Phrase) -> Entity | None:
        """The entity that a source phrase names or points to; None where the article leaves it open."""
        mention = read_mention(self._text, unit, phrase.start, phrase.head, phrase.end)
        if mention is None:
            return None
        if mention.kind == "pronoun":
            return self._antecedent(unit, phrase, mention)
        mention = self._with_owner(unit, phrase, mention)
        if mention.kind == "person":
            assert mention.name is not None
            thing = self._acronyms.get(mention.name)
            if thing is not None:
                return self._things.setdefault(thing, Entity("organisation", thing))
            if mention.name.lower() in nouns()["organisation"]:
                return self._definite(unit, Mention("definite", mention.text, mention.name.lower()))
            return self._merge(mention, unit.paragraph)
        if mention.kind == "definite":
            return self._definite(unit, mention)
        if mention.kind == "anonymous":
            role, affiliation = mention.role, self._full_organisation(mention.affiliation)
            return Entity(
                "anonymous",
                None,
                role,
                affiliation,
                mention.sex,
                mention.plural,
                mention.head,
                unit.paragraph,
            )
        name = self._acronyms.get(mention.name or "", mention.name)
        entity = self._things.get(name or "")
        if entity is None or entity.kind != mention.kind:
            entity = Entity(
                mention.kind,
                name,
                affiliation=mention.affiliation,
                words=frozenset((name or "").lower().split()),
            )
            self._things[name or ""] = entity
        entity.head, entity.plural = mention.head, mention.plural
        return entity

    def _with_owner(self, unit: Unit, phrase: Phrase, mention: Mention) -> Mention:
        """ "Its chairman": the chairman of the organisation spoken of last."""
        if unit.words[phrase.start] not in ("its", "their") or mention.affiliation or not mention.role:
            return mention
        owner = next((e for _, e in reversed(self._recent) if e.kind == "organisation"), None)
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
                if mention.sex and entity.kind in ("person", "anonymous", "definite"):
                    entity.sex = mention.sex
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
            holders = {id(p): p for p in self._persons.values() if p.role and head in p.role.lower().split()}
            if len(holders) == 1:
                return next(iter(holders.values()))
            return Entity("definite", None, mention.role, mention.affiliation, mention.sex, head=head)
        if head in known["organisation"]:
            name = self._organisation_by_head(head)
            if name is not None:
                return self._things[name]
        if mention.name is not None:
            kind: MentionKind = "document" if head in known["document"] else "organisation"
            return Entity(kind, mention.name, head=head)
        if mention.plural:
            return Entity("anonymous", None, mention.text, plural=True, head=head)
        return None

    def remember(self, unit: Unit, entity: Entity | None) -> None:
        """Note that `entity` was subject or speaker just now."""
        if entity is not None:
            entity.paragraph = unit.paragraph
            self._recent.append((unit.paragraph, entity))
            del self._recent[:-12]

    def note_subject(self, unit: Unit) -> None:
        """Note the grammatical subject of a unit, where it names somebody."""
        match = _SUBJECT.search(unit.tags)
        subject = before(unit.tags, match.start()) if match and match.start() else None
        if subject is not None and unit.tags[subject.start : subject.end] not in ("P", "W"):
            self.remember(unit, self.resolve(unit, subject))


def _is_fuller(new: str, old: str, leads: bool) -> bool | None:
    """Tell whether a name is fuller than another; None where the surplus may be a word that opened a sentence."""
    if len(new.split()) <= len(old.split()):
        return False
    if leads and " " in old and new.endswith(old):
        return None
    return True


def _within(short: str, long: str) -> bool:
    return set(short.lower().split()) <= set(long.lower().split())


def _name_words(name: str) -> list[str]:
    return [
        w.rstrip(".").lower() for w in name.split() if w.rstrip(".").lower() not in ("jr", "sr", "iii", "ii")
    ]


def _same_name(short: list[str], long: list[str]) -> bool:
    """Tell whether one name is part of the other: a last or a given name, or both without the middle."""
    if len(short) > len(long):
        short, long = long, short
    return bool(short) and all(word in long for word in short)


def _agrees(mention: Mention, entity: Entity) -> bool:
    """Tell whether a pronoun can stand for an entity."""
    if mention.text == "they":
        return entity.plural or entity.kind == "organisation"
    if entity.plural:
        return False
    described = entity.role and (entity.kind != "anonymous" or not _is_body(entity.head))
    human = described or entity.sex or " " in (entity.name or "")
    if mention.text == "it":
        return entity.kind in ("organisation", "document") or (entity.kind == "person" and not human)
    return (
        entity.kind in ("person", "anonymous", "definite")
        and bool(human)
        and entity.sex in (None, mention.sex)
    )


def _is_body(head: str) -> bool:
    return head in nouns()["organisation"] or head in nouns()["document"]


def _collective(words: list[str]) -> bool:
    """Tell whether a possessive belongs to a name: "Teachers' Federation", "People's Charter"."""
    return words[1] == "'" or words[0] in ("people", "women", "men", "children", "fishermen", "veterans")


def _is_described(entity: Entity, head: str) -> bool:
    """Tell whether a recent entity can be meant by "the <head>"."""
    if head == entity.head or head in entity.words and entity.kind in ("organisation", "document"):
        return True
    if entity.kind == "organisation" and head in (
        "company",
        "group",
        "organization",
        "organisation",
        "agency",
        "firm",
    ):
        return True
    return entity.role is not None and head == entity.role.lower().partition(" of ")[0].split()[-1]


def name_speakers(text: str, units: list[Unit], drafts: list[Draft]) -> list[Entity | None]:
    """Return the entity that speaks each draft, in the drafts' order."""
    cast = Cast(text, units)
    at: dict[int, list[int]] = {}
    for place, draft in enumerate(drafts):
        at.setdefault(draft.unit, []).append(place)
    found: list[Entity | None] = [None] * len(drafts)
    for number, unit in enumerate(units):
        places = at.get(number, [])
        if not places:
            cast.note_subject(unit)
        for place in places:
            made = drafts[place].attribution
            if made is not None and made.source is not None:
                found[place] = cast.resolve(unit, made.source)
        for place in places:
            if drafts[place].outer is None:
                cast.remember(unit, found[place])
    return found
