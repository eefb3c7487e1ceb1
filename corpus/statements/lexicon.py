"""Classes of nouns: who can speak, what titles and offices people have, which words tell a sex."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Literal

Sex = Literal["m", "f"]

ARTICLES = ("the", "a", "an")
_AGENT = re.compile(r"(?:er|or|ist|ian|ee|man|woman|person)s?$|(?:men|women|folk)$")


@cache
def nouns() -> dict[str, frozenset[str]]:
    """Return the noun classes of ``nouns.tsv``, in lower case."""
    table = resources.files(__package__).joinpath("nouns.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return {name: frozenset(words.split()) for name, words in rows}


def is_body(head: str) -> bool:
    """Tell whether a noun names an organisation or a document, not a human being."""
    return head in nouns()["organisation"] or head in nouns()["document"]


def speaks(head: str) -> bool:
    """Tell whether a common noun can be a speaker: a role, people, a body, a document, one who does."""
    known = nouns()
    return head in known["role"] or head in known["people"] or is_body(head) or bool(_AGENT.search(head))


def is_title(word: str) -> bool:
    """Tell whether a word is a title that stands before a name."""
    return word.rstrip(".") in nouns()["title"]


def sex_of(words: Iterable[str]) -> Sex | None:
    """The sex that a title or role tells ("Mrs", "spokesman"), if any."""
    known = nouns()
    for word in words:
        bare = word.rstrip(".")
        if bare in known["male"]:
            return "m"
        if bare in known["female"]:
            return "f"
    return None
