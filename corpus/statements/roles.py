"""Roles and affiliations, as noun phrases and appositions give them."""

from __future__ import annotations

import re

from corpus.statements.lexicon import ARTICLES, nouns
from corpus.statements.tokens import Unit

AFFILIATING = frozenset(("of", "for", "at", "with", "from"))
"""Prepositions that lead from a role to the organisation it is held in."""

_ADJECTIVE = re.compile(
    r"(?:\w+(?:ican|ratic|ish|ese|ian|itan|anian|ench|utch|erman|eek|iss|ncan)|ex|former)\Z", re.IGNORECASE
)

Role = tuple[str | None, str | None]
"""A role and the organisation it is held in, either None where the phrase does not say."""


def is_adjective(word: str) -> bool:
    """Tell whether a capitalised word is an adjective of a nation or party, not an organisation."""
    return bool(_ADJECTIVE.match(word))


def split_role(text: str, unit: Unit, first: int, end: int) -> Role:
    """Split "Amnesty International spokesman" and "the regulator's chair" into role and affiliation."""
    tags, words = unit.tags, unit.words
    while first < end - 1 and tags[first] == "D":
        first += 1
    owner = tags.rfind("S", first, end)
    if owner > first and "C" not in tags[owner:end]:
        known = "C" in tags[first:owner] or words[owner - 1] in nouns()["organisation"]
        return unit.slice(text, owner + 1, end), unit.slice(text, first, owner) if known else None
    capital = first
    while capital < end and tags[capital] in "C-&AS":
        capital += 1
    if first < capital < end and tags[capital - 1] == "C" and not is_adjective(words[capital - 1]):
        return unit.slice(text, capital, end), unit.slice(text, first, capital)
    return unit.slice(text, first, end), None


def affiliation_after(text: str, unit: Unit, preposition: int, end: int) -> str | None:
    """The organisation after "for", "of" or "at", without its article."""
    tags, words = unit.tags, unit.words
    begin = preposition + 1
    while begin < end and words[begin] in ARTICLES:
        begin += 1
    stop = begin
    while stop < end and tags[stop] not in ",W(gGVF":
        stop += 1
    while stop > begin and tags[stop - 1] in "IMDA":
        stop -= 1
    if "C" in tags[begin:stop] or (stop - begin == 1 and words[begin] in nouns()["organisation"]):
        return unit.slice(text, begin, stop)
    return None


def role_in_apposition(text: str, unit: Unit, start: int, end: int) -> Role:
    """Role and affiliation of ", the party's spokesman" and ", 22, chairman of the League"."""
    tags, words = unit.tags, unit.words
    while start < end and (tags[start] in ",-" or (tags[start] == "D" and words[start][0].isdigit())):
        start += 1
    while start < end and words[start] in ARTICLES:
        start += 1
    stop = next((i for i in range(start, end) if tags[i] in "I,WgGVF"), end)
    if stop <= start or nouns()["role"].isdisjoint(words[start:stop]):
        return None, None
    role, affiliation = split_role(text, unit, start, stop)
    if stop < end and words[stop] in AFFILIATING and affiliation is None:
        affiliation = affiliation_after(text, unit, stop, end)
        if affiliation is None and words[stop] == "of":
            finish = next((i for i in range(stop, end) if tags[i] in ",WgGVF"), end)
            role = unit.slice(text, start, finish)
    return role, affiliation
