"""What a mention and an entity are, and the parts of the noun phrase that a mention is read from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from corpus.model import Speaker
from corpus.statements.lexicon import Sex
from corpus.statements.tokens import Unit

MentionKind = Literal["person", "organisation", "document", "anonymous", "definite", "pronoun"]


@dataclass(frozen=True, slots=True)
class Mention:
    """One noun phrase read: `head` is its head noun in lower case, `text` the phrase without its article."""

    kind: MentionKind
    text: str
    head: str
    name: str | None = None
    role: str | None = None
    affiliation: str | None = None
    sex: Sex | None = None
    plural: bool = False


@dataclass(slots=True, eq=False)
class Entity:
    """One person, organisation, document or group of the article, as known so far.

    `traits` are the words of all roles that it is given; `human` counts what shows it to be a human being,
    `count` how often it is named; `order` is its place among the names.
    """

    kind: MentionKind
    name: str | None
    role: str | None = None
    affiliation: str | None = None
    sex: Sex | None = None
    plural: bool = False
    head: str = ""
    words: frozenset[str] = field(default_factory=frozenset)
    traits: set[str] = field(default_factory=set)
    human: int = 0
    count: int = 0
    order: int = 0

    def speaker(self) -> Speaker:
        """The entity as a statement names it."""
        return Speaker(self.name, self.role, self.affiliation)


@dataclass(frozen=True, slots=True)
class Parts:
    """A phrase in its parts, as tokens.

    From `start`; `first` is after the article; the core ends at `stop`, the prepositional phrases after it
    at `head_end`, the appositions at `end`.
    """

    text: str
    unit: Unit
    start: int
    first: int
    stop: int
    head_end: int
    end: int

    @property
    def head(self) -> str:
        """The head noun."""
        return self.unit.words[self.stop - 1]

    @property
    def phrase(self) -> str:
        """The phrase without its article and appositions."""
        return self.slice(self.first, self.head_end)

    def slice(self, start: int, end: int) -> str:
        """The text of the tokens from `start` to before `end`."""
        return self.unit.slice(self.text, start, end) or ""
