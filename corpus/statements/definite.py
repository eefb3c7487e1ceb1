"""Descriptions that point to somebody: "the spokesman", "the ministry", "the report", "the candidate"."""

from __future__ import annotations

from corpus.statements.lexicon import is_role, nouns
from corpus.statements.memory import Event, Memory
from corpus.statements.parts import Entity, Mention, MentionKind
from corpus.statements.phrases import Phrase
from corpus.statements.roles import tells_role
from corpus.statements.roster import Roster, is_human
from corpus.statements.tokens import Unit

_REACH = 3
"""Paragraphs; a description that could be anybody's is not sought further back."""
_FAR = 8
"""Paragraphs; for one that says who it is."""
_ANY_BODY = nouns()["enterprise"]
"""What an organisation can be called that the article has named."""
_MESSAGES = nouns()["message"]
"""Documents that speak for whoever sends them."""
_OTHERS = frozenset(("one", "other", "another", "others"))
_SAME_WORD = frozenset(("man", "woman", "boy", "girl", "men", "women", "people", "person", "guide"))


class Definites:
    """Finds whom a description means, with an article's roster and what it has just spoken of."""

    def __init__(self, roster: Roster, memory: Memory) -> None:
        self._roster, self._memory = roster, memory

    def resolve(self, number: int, unit: Unit, mention: Mention, here: list[Event]) -> Entity | None:
        """Whom a definite noun phrase means."""
        head = mention.head
        words = frozenset(mention.text.lower().split())

        def described(entity: Entity) -> float:
            return _described(entity, head, words)

        found = self._memory.foremost(number, unit.paragraph, _FAR, described, here)
        if found is not None:
            return found
        full = self._roster.bodies.full_name(mention.text)
        if full is not None and full != mention.text:
            return self._roster.bodies.get(full)
        owned = self.owned(number, unit, mention, here)
        if owned is not None:
            return owned
        if head in _OTHERS:
            return self._one_of(number, unit, here)
        if mention.plural or head.endswith("s"):
            return Entity("anonymous", None, mention.text, plural=True, head=head)
        if is_role(head) or tells_role(head):
            return self._holder(number, unit, mention, words, here)
        if head in nouns()["organisation"]:
            return self._body(number, unit, mention, here)
        if head in nouns()["document"]:
            fits = _sends if head in _MESSAGES else _corporate
            sender = self._memory.foremost(number, unit.paragraph, _REACH, fits)
            if sender is not None:
                return sender
        if mention.name is not None or any(word[0].isupper() for word in mention.text.split()):
            kind: MentionKind = "document" if head in nouns()["document"] else "organisation"
            return Entity(kind, mention.name or mention.text, head=head)
        return Entity("definite", None, mention.text, head=head)

    def _one_of(self, number: int, unit: Unit, here: list[Event]) -> Entity | None:
        """One of several who were spoken of: "one of them", "the other"."""
        group = self._memory.foremost(number, unit.paragraph, _REACH, lambda entity: float(entity.plural), here)
        if group is None or group.name is not None:
            return None
        return Entity("anonymous", None, group.role, group.affiliation, head=group.head)

    def anonymous(self, number: int, unit: Unit, phrase: Phrase, mention: Mention, here: list[Event]) -> Entity | None:
        """Somebody of whom only a description is given; the named one whom it fits, where it is definite."""
        if mention.head in _OTHERS and (mention.role or "").lower().endswith(("them", "other", "another")):
            return self._one_of(number, unit, here)
        if mention.head in nouns()["organisation"] and not mention.plural and mention.role:
            full = self._roster.bodies.full_name(mention.role)
            if full is not None and full != mention.role:
                return self._roster.bodies.get(full)
        holder = self._roster.office_holder(mention)
        if holder is not None:
            return holder
        affiliation = self._roster.bodies.full_name(mention.affiliation)
        definite = (
            unit.words[phrase.start] in ("the", "its", "his", "her", "their")
            or "S" in unit.tags[phrase.start : phrase.head]
        )
        if definite and affiliation and not mention.plural:
            for person in self._roster.holders(mention.head):
                if person.affiliation and self._roster.bodies.full_name(person.affiliation) == affiliation:
                    return person
        return Entity("anonymous", None, mention.role, affiliation, mention.sex, mention.plural, mention.head)

    def owned(self, number: int, unit: Unit, mention: Mention, here: list[Event]) -> Entity | None:
        """The part of an organisation that "the company's board" or "its board" means."""
        owner, _, part = mention.text.replace("’s ", "'s ").rpartition("'s ")
        if not part or mention.head not in nouns()["organisation"] or owner.lower() not in nouns()["organisation"]:
            return None
        whole = self.resolve(number, unit, Mention("definite", owner, owner.lower()), here)
        return None if whole is None or whole.name is None else self._roster.bodies.get(f"{whole.name}'s {part}")

    def _holder(
        self, number: int, unit: Unit, mention: Mention, words: frozenset[str], here: list[Event]
    ) -> Entity | None:
        """The holder of an office; else, where the words are a mere description, whoever is most prominent."""
        head = mention.head
        holders = self._roster.holders(head)
        if len(holders) == 1:
            return holders[0]
        best = [person for person in holders if words <= person.traits | {"the"}]
        if len(best) == 1 and len(words) > 1:
            return best[0]
        office = head in nouns()["office"]
        qualified = len(words - {"the"}) > 1
        owned = any(word in ("'s", "’s") or word.endswith(("'s", "’s", "s'", "s’")) for word in words)

        def redescribed(entity: Entity) -> float:
            return _redescribed(entity, mention, office)

        if head not in _SAME_WORD and (not office or qualified) and not owned:
            found = self._memory.foremost(number, unit.paragraph, _REACH, redescribed, here)
            if found is not None:
                self._roster.describe(found, mention)
                return found
        return Entity("definite", None, mention.role or mention.text, mention.affiliation, mention.sex, head=head)

    def _body(self, number: int, unit: Unit, mention: Mention, here: list[Event]) -> Entity | None:
        """The organisation that "the ministry" or "the company" means."""
        name = self._roster.bodies.by_head(mention.head)
        if name is not None:
            return self._roster.bodies.get(name)
        if mention.head in _ANY_BODY:
            plain = len(set(mention.text.lower().split()) - {"the"}) == 1
            # "The national airline" may well be one that nobody has spoken of.
            fits = _corporate if plain else _is_organisation
            found = self._memory.foremost(number, unit.paragraph, _FAR, fits, here)
            if found is not None:
                return found
        if mention.name is not None:
            return self._roster.bodies.get(mention.name)
        # Of two ministries that the article names, "the ministry" is neither for certain.
        several = self._roster.bodies.has(mention.head)
        return None if several else Entity("definite", None, mention.text, head=mention.head)


def _described(entity: Entity, head: str, words: frozenset[str]) -> float:
    """How well an entity that came up can be meant by "the <head>"."""
    if entity.plural and not head.endswith("s"):
        return 0.0
    if head in _MESSAGES:
        return 0.0
    if head == entity.head and (entity.kind != "person" or head in entity.traits):
        return 1.0
    if entity.kind in ("organisation", "document") and head in entity.words:
        return 1.0
    if head in entity.traits and entity.kind in ("person", "anonymous", "definite"):
        return 1.0
    role = (entity.role or "").lower().partition(" of ")[0].split()
    return 1.0 if role and head == role[-1] else 0.0


def _redescribed(entity: Entity, mention: Mention, office: bool) -> float:
    """How well a person can be meant by a description that nobody has been given."""
    if entity.kind != "person" or not is_human(entity) or entity.plural:
        return 0.0
    if mention.sex and entity.sex not in (None, mention.sex):
        return 0.0
    if office and not entity.traits.isdisjoint(nouns()["office"]):
        return 0.0
    return 1.0 if entity.human else 0.4


def _corporate(entity: Entity) -> float:
    """How well an organisation can be "the company"."""
    if entity.plural or entity.kind not in ("organisation", "person"):
        return 0.0
    if entity.kind == "person" and (entity.human > 0 or entity.role or entity.sex):
        return 0.0
    if entity.kind == "person" and is_human(entity):
        return 0.0
    return 1.0 + min(entity.count, 10) / 10  # the one that the article is about


def _is_organisation(entity: Entity) -> float:
    return _corporate(entity) if entity.kind == "organisation" else 0.0


def _sends(entity: Entity) -> float:
    return 1.0 if entity.kind in ("organisation", "person") else 0.0
