"""One gold question: the line of a gold set, as data."""

from __future__ import annotations

from datetime import date
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.ask import Filters
from bot.model import Reason

Type = Literal[
    "statement", "fact", "speaker", "contrast", "dated", "follow-up", "false-speaker", "unanswerable"
]  # fmt: skip
Split = Literal["dev", "test"]
TYPES: tuple[str, ...] = get_args(Type)
ALL_WANTED: frozenset[str] = frozenset({"contrast"})
"""Types of which every piece of evidence is wanted; of the others any one is an answer."""


class Evidence(BaseModel):
    """Words that answer: `quote` stands verbatim in the text of `article`, a path, URL or id.

    `quote` is None where the whole article is meant, as in sets that judge documents; it has to be written, as
    null. `url` tells which record is meant where the path is a file of several.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    article: str = Field(min_length=1)
    quote: str | None = Field(
        min_length=1, description="the words that answer, as they stand in the article, or null for all of it"
    )
    url: str | None = None


class Facets(BaseModel):
    """What is bound by hand as the question is asked, as by the flags of ``ask``; no collections: all of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    outlets: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    speaker: str | None = None
    since: date | None = None
    until: date | None = None
    as_of: date | None = None
    collections: tuple[str, ...] = ()

    def filters(self) -> Filters:
        """Return the filters that `ask` takes; `as_of` and the scope are arguments of their own."""
        return Filters(**self.model_dump(exclude={"as_of", "collections"}))

    def scope(self) -> frozenset[str] | None:
        """Return the collections in which the question is asked; None for all."""
        return frozenset(self.collections) if self.collections else None


class Question(BaseModel):
    """A question with what its answer must hold, or the reason why there is none.

    `speaker` is whose words are expected. `must_include` lists groups of alternatives: the answer must hold
    one of each. `group` names questions on the same articles, by which intervals are clustered; where it
    is missing, the first evidence's article does. `tags` are free words to filter by ("near-miss").
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1)
    question: str = Field(min_length=1)
    type: Type
    split: Split = "dev"
    answerable: bool
    refusal: Reason | None = None
    speaker: str | None = None
    history: tuple[str, ...] = ()
    facets: Facets = Facets()
    evidence: tuple[Evidence, ...] = ()
    must_include: tuple[tuple[str, ...], ...] = ()
    must_not_attribute_to: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    group: str | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Question:
        if self.answerable and self.refusal is not None:
            raise ValueError("refusal: a question that can be answered has none; write null")
        if self.answerable and not self.evidence:
            raise ValueError("evidence: a question that can be answered has at least one quotation that answers it")
        if not self.answerable and self.refusal is None:
            raise ValueError("refusal: a question that cannot be answered names the reason that is expected")
        if not self.answerable and self.evidence:
            raise ValueError("evidence: a question that cannot be answered has none")
        if self.type == "follow-up" and not self.history:
            raise ValueError("history: a follow-up has the questions before it, oldest first")
        if any(not group for group in self.must_include):
            raise ValueError("must_include: a group without alternatives can never be met; take it out")
        return self
