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
_SHARED_OFFICE = re.compile(r"(?:co|vice|ex|deputy|then|sub|self|non)-|-(?:elect|general|designate|in-chief)\Z")


def _classes(file: str) -> dict[str, frozenset[str]]:
    table = resources.files(__package__).joinpath(file).read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return {name: frozenset(words.split()) for name, words in rows}


@cache
def nouns() -> dict[str, frozenset[str]]:
    """Return the noun classes of ``nouns.tsv``, in lower case."""
    return _classes("nouns.tsv")


@cache
def given_names() -> dict[str, Sex | None]:
    """Return common given names, in lower case, with the sex that they tell."""
    named = _classes("given_names.tsv")
    return dict.fromkeys(named["either"]) | dict.fromkeys(named["male"], "m") | dict.fromkeys(named["female"], "f")


def is_body(head: str) -> bool:
    """Tell whether a noun names an organisation or a document, not a human being."""
    return head in nouns()["organisation"] or head in nouns()["document"]


def is_role(word: str) -> bool:
    """Tell whether a noun is a role or an office, "co-founder" and "attorney-general" among them."""
    known = nouns()["role"]
    return word in known or ("-" in word and _SHARED_OFFICE.sub("", word) in known)


def is_agent(word: str) -> bool:
    """Tell whether a noun looks like one who does something: "weaver", "cartoonist"."""
    thing = word in nouns()["thing"] or word in given_names() or is_body(word)
    return not thing and bool(_AGENT.search(word))


def speaks(head: str) -> bool:
    """Tell whether a common noun can be a speaker: a role, people, a body, a document, one who does."""
    known = nouns()
    return is_role(head) or head in known["people"] or is_body(head) or is_agent(head)


def is_title(word: str) -> bool:
    """Tell whether a word is a title that stands before a name."""
    return word.rstrip(".") in nouns()["title"]


def is_courtesy(word: str) -> bool:
    """Tell whether a title is mere courtesy or rank and tells no office: "Mrs", "Sir", "Professor"."""
    return word.rstrip(".") in nouns()["courtesy"]


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


def sex_of_name(name: str) -> Sex | None:
    """The sex that the given name of a full name tells, if it is a common one."""
    first, _, rest = name.partition(" ")
    return given_names().get(first.lower().rstrip(".")) if rest else None
