"""The organisations of an article: by name, acronym, head noun, or in other words ("the foreign ministry")."""

from __future__ import annotations

from corpus.statements.lexicon import given_names, nouns
from corpus.statements.names import Run, initials, name_words
from corpus.statements.parts import Entity, MentionKind
from corpus.statements.tokens import Unit

_SHARED = 50
"""Names; a word that more of them hold tells none of them apart, and is not looked up."""
_LEAST_ACRONYM = 2
_SMALL = frozenset(("of", "for", "the", "and", "&", "in", "on"))
_OFFICES = frozenset(
    ("ministry", "department", "committee", "commission", "council", "secretariat", "court", "office", "agency")
)
"""Heads of names that stand in any order: "Foreign Ministry", "Ministry of Foreign Affairs"."""


class Bodies:
    """Every organisation and document that an article names, each once."""

    def __init__(self, text: str, units: list[Unit], runs: list[Run]) -> None:
        """Note the organisations among the capitalised runs of `units`."""
        self._text = text
        self._named: dict[str, Entity] = {}
        self._acronyms: dict[str, str] = {}
        self._by_word: dict[str, list[str]] = {}
        self._initials: dict[str, dict[str, int]] = {}
        known = nouns()["organisation"]
        for run in runs:
            unit = units[run.unit]
            _, start, end = run
            spelled = unit.tags[end : end + 3] == "(C)" and end - start > 1
            named = not known.isdisjoint(unit.words[start:end])
            joined = "I" in unit.tags[start:end] and unit.words[start] not in given_names()  # not "Ann Lee of Oxford"
            if joined or spelled or named:
                self._note(unit, start, end)
            elif end - start > 1:
                self._note_initials(unit.slice(text, start, end) or "")

    def get(self, name: str, kind: MentionKind = "organisation", affiliation: str | None = None) -> Entity:
        """The organisation or document of this name, made known where it was not."""
        name = self.full_name(name) or name
        entity = self._named.get(name)
        if entity is None or entity.kind != kind:
            words = frozenset(name.lower().split())
            entity = Entity(kind, name, affiliation=affiliation, words=words)
            self._add(name, entity)
        return entity

    def of(self, name: str) -> Entity | None:
        """The organisation of exactly this name or acronym, if it is known."""
        return self._named.get(self._acronyms.get(name, name))

    def is_acronym(self, name: str) -> bool:
        """Tell whether the article spells out `name`: "(WTA)", or a name with these initials."""
        return name in self._acronyms or self._spelled(name) is not None

    def full_name(self, name: str | None) -> str | None:
        """Return "Ministry of X" for "Ministry" or "X ministry", where the article knows just one such body.

        A common noun ("the ministry", "Party leader") that stands for none is None.
        """
        if name is None or name in self._named:
            return name
        if name in self._acronyms:
            return self._acronyms[name]
        spelled = self._spelled(name)
        if spelled is not None:
            return spelled
        words = [word for word in name_words(name) if word not in _SMALL]
        if len(words) == 1 and words[0] in nouns()["organisation"]:
            return self.by_head(words[0])
        if words and words[-1] in _OFFICES:
            return self._in_other_words(words) or name
        return name

    def has(self, head: str) -> bool:
        """Tell whether an organisation's name holds the noun `head`."""
        return bool(self._by_word.get(head))

    def by_head(self, head: str) -> str | None:
        """The one organisation whose name holds the noun `head`; None where there are several."""
        names = [name for name in self._by_word.get(head, [])[: _SHARED + 1] if head in self._named[name].words]
        longest = max(names, key=len, default=None)
        if (
            longest is None
            or len(names) > _SHARED
            or any(not set(name.lower().split()) <= set(longest.lower().split()) for name in names)
        ):
            return None
        return longest

    def _in_other_words(self, words: list[str]) -> str | None:
        """The one organisation whose name holds all these words."""
        names = self._by_word.get(words[-1], [])[: _SHARED + 1]
        holding = [name for name in names if set(words) <= {word.strip("',") for word in name_words(name)}]
        longest = max(holding, key=len, default=None)
        if longest is None or any(not set(name_words(name)) <= set(name_words(longest)) for name in holding):
            return None
        return longest

    def _spelled(self, acronym: str) -> str | None:
        """The full name whose initials an acronym has; the one the article uses most."""
        if len(acronym) < _LEAST_ACRONYM or not acronym.isupper():
            return None
        names = self._initials.get(acronym)
        return max(names, key=lambda name: names[name]) if names else None

    def _add(self, name: str, entity: Entity) -> None:
        for word in entity.words - (self._named[name].words if name in self._named else frozenset()):
            self._by_word.setdefault(word, []).append(name)
        self._named[name] = entity

    def _note(self, unit: Unit, start: int, end: int) -> None:
        tags, words = unit.tags, unit.words
        while end > start and tags[end - 1] in "IDA":
            end -= 1
        while start > 1 and tags[start - 2 : start] == "CS" and _belongs_to_name(words[start - 2 : start]):
            start -= 2
        if end - start < 2:
            return
        name = unit.slice(self._text, start, end) or ""
        acronym = unit.slice(self._text, end + 1, end + 2) or "" if tags[end : end + 3] == "(C)" else ""
        known = not nouns()["organisation"].isdisjoint(words[start:end]) or "I" in tags[start:end]
        if not known and not (acronym.isupper() and acronym in initials(name)):
            return
        if name not in self._named:
            self._add(name, Entity("organisation", name, words=frozenset(words[start:end])))
        if acronym:
            self._acronyms[acronym] = name
        self._note_initials(name)

    def _note_initials(self, name: str) -> None:
        for acronym in initials(name):
            if len(acronym) > _LEAST_ACRONYM:
                names = self._initials.setdefault(acronym, {})
                names[name] = names.get(name, 0) + 1


def _belongs_to_name(words: list[str]) -> bool:
    """Tell whether a possessive is part of a name: "Teachers' Federation", "People's Charter"."""
    return words[1] == "'" or words[0] in ("people", "women", "men", "children")
