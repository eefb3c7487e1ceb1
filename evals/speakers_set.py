"""The set of statements with their speakers, made by hand: what a line holds, and the articles it is about.

JSON Lines, a statement a line, and no words of the articles but names and roles: `article` (a path below the sample
folder, or a URL), `digest` (SHA-256 of the text that is stored of it), `content` (offsets into that text), `kind`,
`speaker` (null where even a careful reader cannot tell), `also` (other names that are as good), `via`, `named` (how
the article names the speaker at this place).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from corpus.errors import LoadError
from corpus.ingest import Files
from corpus.model import Kind, Span
from evals.goldset.faults import Faults, told
from evals.goldset.read import lines_of, parsed, read_bytes

Named = Literal[
    "full name", "surname", "pronoun", "role", "organisation", "document", "anonymous", "carried on"
]  # fmt: skip
"""How a speaker is named where he speaks; "surname" is any short form of a name, "carried on" is not at all."""


class GoldSpeaker(BaseModel):
    """Who speaks: a person, or an organisation or document, by name; without a name, its description as role."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str | None = Field(min_length=1)
    role: str | None = Field(min_length=1)
    affiliation: str | None = Field(min_length=1)

    @model_validator(mode="after")
    def _is_somebody(self) -> GoldSpeaker:
        if self.name is None and self.role is None:
            raise ValueError("role: expected the description of one who has no name, found null")
        return self


class GoldStatement(BaseModel):
    """One statement of the set; `content` is a list of `[start, end]`, in text order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1)
    split: Literal["dev", "test"]
    article: str = Field(min_length=1, description="a path below the sample folder, or a URL")
    digest: str = Field(pattern="^[0-9a-f]{64}$", description="SHA-256 of the stored text, in hexadecimal")
    content: Annotated[tuple[tuple[int, int], ...], Field(min_length=1)]
    kind: Kind
    named: Named
    speaker: GoldSpeaker | None
    also: tuple[str, ...] = ()
    via: tuple[GoldSpeaker, ...] = ()

    @property
    def spans(self) -> tuple[Span, ...]:
        """The content as spans."""
        return tuple(Span(*piece) for piece in self.content)


def read_set(file: Path) -> list[GoldStatement]:
    """Return the statements of a set, in the order of the file.

    Raises:
        GoldError: lines are wrong; it tells all of them, with line, field and what was expected.
        UsageError: the file cannot be read.
    """
    faults, found = Faults(file), dict[str, GoldStatement]()
    for number, line in lines_of(read_bytes(file)):
        if parsed(line, number, faults) is None:
            continue
        try:
            one = GoldStatement.model_validate_json(line)
        except ValidationError as error:
            for sentence in told(error, {"": GoldStatement, "speaker": GoldSpeaker, "via": GoldSpeaker}):
                faults.add(sentence, number)
            continue
        if one.id in found:
            faults.add(f", field id: {one.id} stands in the set twice; give each statement its own", number)
        found[one.id] = one
    if not found:
        faults.add("expected a statement a line, found none")
    faults.tell()
    return list(found.values())


def stored_texts(places: Sequence[Path]) -> dict[str, str]:
    """Return the text that is stored of each article in these files and folders, by its path and by its URL.

    An article that is one of several in its file has no path of its own. Files that cannot be loaded are left out.

    Raises:
        UsageError: a path does not exist.
    """
    found: dict[str, str] = {}
    for item in Files(places):
        if isinstance(item, LoadError):
            continue
        document = item.loaded.document
        if not document.record:
            found[item.path] = document.text
        if document.url:
            found[document.url] = document.text
    return found


def by_article(statements: Iterable[GoldStatement]) -> dict[str, list[GoldStatement]]:
    """Return the statements by the article they are from, in the order of the set."""
    groups: dict[str, list[GoldStatement]] = {}
    for one in statements:
        groups.setdefault(one.article, []).append(one)
    return groups


def unusable(groups: Mapping[str, Sequence[GoldStatement]], texts: Mapping[str, str]) -> dict[str, str]:
    """Return the articles whose text is not at hand or has changed, each with a sentence that tells which."""
    told_of: dict[str, str] = {}
    for article, statements in groups.items():
        text = texts.get(article)
        if text is None:
            told_of[article] = f"{article}: not among the articles given; left out: {_counted(statements)}"
        elif any(one.digest != hashlib.sha256(text.encode()).hexdigest() for one in statements):
            told_of[article] = f"{article}: the text is not the one that was marked; left out: {_counted(statements)}"
    return told_of


def _counted(statements: Sequence[GoldStatement]) -> str:
    return f"{len(statements)} statement{'s' if len(statements) != 1 else ''}"
