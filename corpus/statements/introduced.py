"""How an article introduces a person: the noun phrase around a name, with the role before it or after it."""

from __future__ import annotations

from dataclasses import replace

from corpus.statements.lexicon import given_names, is_role, nouns
from corpus.statements.mentions import read_mention
from corpus.statements.names import Run
from corpus.statements.parts import Mention
from corpus.statements.phrases import Phrase, before
from corpus.statements.roles import is_adjective, is_modifier, tells_role
from corpus.statements.tokens import Unit

_WINDOW = 8, 14
"""Tokens before and after a name in which its role is looked for."""


class Casing:
    """Which words an article writes with a capital inside a sentence, and which in lower case."""

    def __init__(self, units: list[Unit]) -> None:
        self.proper = {unit.words[i] for unit in units for i, tag in enumerate(unit.tags) if tag == "C" and i}
        self.common = {unit.words[i] for unit in units for i, tag in enumerate(unit.tags) if tag in "ngev"}

    def is_named(self, unit: Unit, place: int) -> bool:
        """Tell whether a single capitalised word is a name, not the first word of a sentence or a call: "MORE:"."""
        tags, word = unit.tags, unit.words[place]
        if is_adjective(word) and tags[place + 1 : place + 2] in tuple("Cneg"):
            return False
        if tags[:place].strip("Q.,-:();x") or word in self.proper or word in given_names():
            return True
        return tags[place + 1 : place + 2] not in tuple("nMDeg:") and word not in self.common


def introduced(text: str, unit: Unit, run: Run, casing: Casing) -> tuple[Phrase, Mention] | None:
    """The noun phrase around a run, and what it says of a person; None where it cannot name one."""
    tags, words = unit.tags, unit.words
    _, start, end = run
    if "I" in tags[start:end]:
        end = start + tags[start:end].index("I")
    if end - start == 1 and not casing.is_named(unit, start):
        return None
    if is_adjective(words[end - 1]) and end - start > 1 and tags[end : end + 1] in tuple("Cneg"):
        return None  # "Native American children"
    if words[end - 1].endswith("s") and is_adjective(words[end - 1][:-1]):
        return None  # "Cuban Americans"
    phrase = _after_description(unit, start, end) or _with_role(unit, start, end)
    mention = read_mention(text, unit, phrase)
    if mention is None or mention.kind != "person" or is_role((mention.name or "").lower().split()[-1]):
        return None
    if tags[end : end + 1] == "n" and words[end] not in nouns()["role"]:
        mention = replace(mention, role=None, affiliation=None)  # "the chief AI officer" is not called AI
    return phrase, mention


def _after_description(unit: Unit, start: int, end: int) -> Phrase | None:
    """The whole of "the ministry's spokesman, Ann Lee, ..."."""
    if start < 2 or unit.tags[start - 1] != ",":
        return None
    apposed = before(unit.tags, start - 1)
    if apposed is None or apposed.end != start - 1 or not tells_role(unit.words[start - 2]):
        return None
    return Phrase(apposed.start, end, start - 1)


def _with_role(unit: Unit, start: int, end: int) -> Phrase:
    """A name with the words before it, where they tell a role, and the apposition after it, where that does."""
    tags, words = unit.tags, unit.words
    low, high = start, end
    while low > 0 and tags[low - 1] in "nDCSqeg-" and start - low < _WINDOW[0]:
        low -= 1
    if low < start and not (tells_role(words[start - 1]) or tags[start - 1] == "S" or is_modifier(words[start - 1])):
        low = start
    while low < start and tags[low] == "e" and (not low or tags[low - 1] != "D"):
        low += 1
    if tags[high : high + 1] == "," and (not low or tags[low - 1] != "K"):  # not "According to Reuters, the minister"
        stop = high + 1
        while stop < len(tags) and tags[stop] not in ",.;:()QVFXb" and stop - high < _WINDOW[1]:
            stop += 1
        if any(tells_role(word) for word in words[high + 1 : stop]):
            high = stop
    return Phrase(low, high, end)
