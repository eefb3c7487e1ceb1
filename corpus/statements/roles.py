"""Roles and affiliations, as noun phrases and appositions give them."""

from __future__ import annotations

import re

from corpus.statements.lexicon import ARTICLES, given_names, is_agent, is_body, is_role, is_title, nouns
from corpus.statements.tokens import Unit

AFFILIATING = frozenset(("of", "for", "at", "with", "from"))
"""Prepositions that lead from a role to the organisation it is held in."""

_ADJECTIVE = re.compile(
    r"(?:\w+(?:ican|ratic|ish|ese|ian|itan|anian|ench|utch|erman|eek|iss|ncan)|ex|former)\Z", re.IGNORECASE
)
_HALF = re.compile(r"\w-(?:based|listed|owned|led|born|backed|controlled|run|held|trained|educated)\Z")

_BECOMES = frozenset(("became", "becomes", "named", "appointed", "elected", "remains", "remained"))
_LONGEST_PREDICATE = 16  # tokens

Role = tuple[str | None, str | None]
"""A role and the organisation it is held in, either None where the phrase does not say."""


def is_adjective(word: str) -> bool:
    """Tell whether a capitalised word is an adjective of a nation or party, not an organisation."""
    if word in given_names():
        return False
    return is_half(word) or word in nouns()["nationality"] or bool(_ADJECTIVE.match(word))


def is_half(word: str) -> bool:
    """Tell whether a word is an adjective made of a name: "London-based", "UK-listed"."""
    return bool(_HALF.search(word))


def is_modifier(word: str) -> bool:
    """Tell whether a word only qualifies the office after it: "Acting", "Retired", "Majority"."""
    return word in nouns()["modifier"]


def tells_role(word: str) -> bool:
    """Tell whether a noun says what somebody is: an office, a trade, a kinship."""
    return is_role(word) or is_agent(word)


def split_role(text: str, unit: Unit, first: int, end: int) -> Role:
    """Split "Amnesty International spokesman" and "the regulator's chair" into role and affiliation."""
    tags, words = unit.tags, unit.words
    while first < end - 1 and tags[first] == "D":
        first += 1
    owner = tags.rfind("S", first, end)
    if owner > first and "C" not in tags[owner:end]:
        known = "C" in tags[first:owner] or is_body(words[owner - 1])
        return unit.slice(text, owner + 1, end), unit.slice(text, first, owner) if known else None
    if end - first > 1 and "C" not in tags[first:end] and is_body(words[end - 2]) and tags[end - 2] == "n":
        return unit.slice(text, first, end), words[end - 2]  # "a ministry spokesman"
    capital = first
    while capital < end and tags[capital] in "C-&AS":
        capital += 1
    last = end - 1
    if capital == end and end - first > 2 and is_role(words[last]) and not is_title(words[last]):
        while last > first + 1 and is_modifier(words[last - 1]):
            last -= 1
        return unit.slice(text, last, end), unit.slice(text, first, last)  # "Inter Miami CF Co-Owner"
    before = words[capital - 1]
    qualifies = is_adjective(before) or (capital - first == 1 and is_modifier(before)) or is_title(before)
    if first < capital < end and tags[capital - 1] == "C" and not qualifies:
        return unit.slice(text, capital, end), unit.slice(text, first, capital)
    return unit.slice(text, first, end), None


def affiliation_after(text: str, unit: Unit, preposition: int, end: int) -> str | None:
    """The organisation after "for", "of" or "at", without its article."""
    tags, words = unit.tags, unit.words
    begin = preposition + 1
    while begin < end and words[begin] in ARTICLES:
        begin += 1
    stop = begin
    while stop < end and tags[stop] not in ",W(gGVFXbQ;:" and not _second(unit, begin, stop, end):
        stop += 1
    while stop > begin and tags[stop - 1] in "IMDARt-e":
        stop -= 1
    if "C" in tags[begin:stop] or (stop - begin == 1 and is_body(words[begin])):
        return unit.slice(text, begin, stop)
    return None


def _second(unit: Unit, begin: int, place: int, end: int) -> bool:
    """Tell whether "and" leads on to a second role, not to the rest of a name: "Ohio and former chief of X"."""
    if unit.tags[place] != "A" or place == begin:
        return False
    after = unit.tags[place + 1 : end]
    run = len(after) - len(after.lstrip("C&-"))
    ends = unit.words[place + 1 + run - 1] if run else ""
    return run == 0 or (bool(after[run : run + 1]) and after[run] in "nqeg") or tells_role(ends)


def role_in_apposition(text: str, unit: Unit, start: int, end: int) -> Role:
    """Role and affiliation of ", the party's spokesman" and ", 22, chairman of the League"."""
    tags, words = unit.tags, unit.words
    while start < end and (tags[start] in ",-(M" or (tags[start] == "D" and words[start][0].isdigit())):
        start += 1
    while start < end and words[start] in ARTICLES:
        start += 1
    if tags[start : start + 2] == "C," and start + 2 < end and is_half(words[start + 2]):
        start += 3  # "a Dallas, Texas-based physician"
    stop = next((i for i in range(start, end) if _ends_role(unit, i)), end)
    while stop > start and tags[stop - 1] in "RAD":
        stop -= 1
    if stop <= start or tags[start] in "IWXVFbPO" or not _names_role(words[start:stop], tags[start:stop]):
        return None, None
    role, affiliation = split_role(text, unit, start, stop)
    if stop < end and words[stop] in AFFILIATING and (affiliation is None or affiliation.islower()):
        role, affiliation = _held_in(text, unit, start, stop, end)
    return role, affiliation


def role_in_predicate(text: str, unit: Unit, end: int) -> Role:
    """Role and affiliation of "X was the union's chairman", "X, who is a pollster", "X has been named director"."""
    tags, words = unit.tags, unit.words
    while tags[end : end + 3] in (",C,", ",D,"):  # "Ann Lee, M.D., has been named director"
        end += 3
    here = end + 2 if tags[end : end + 2] == ",W" else end
    begin = here
    while here < len(tags) and (tags[here] in "XRb" or words[here] in _BECOMES):
        here += 1
    verbs = words[begin:here]
    if here == begin or "not" in verbs or not (_BECOMES & set(verbs) or "b" in tags[begin:here]):
        return None, None
    if tags[here : here + 1] != "D" and not _BECOMES & set(verbs):
        return None, None
    return role_in_apposition(text, unit, here, min(len(tags), here + _LONGEST_PREDICATE))


def _ends_role(unit: Unit, place: int) -> bool:
    tag = unit.tags[place]
    return tag in "I,WGVFXb()Q;:tTB" or (tag in "ge" and unit.tags[place + 1 : place + 2] not in tuple("Cnqge-"))


def _names_role(words: list[str], tags: str) -> bool:
    """Tell whether the core of an apposition is somebody's role: by its head, or a role anywhere in it."""
    heads = [word for word, tag in zip(words, tags, strict=True) if tag in "nC"]
    return bool(heads) and (tells_role(heads[-1]) or any(is_role(word) for word in words))


def _held_in(text: str, unit: Unit, start: int, stop: int, end: int) -> Role:
    """Role and affiliation where "of" follows: "director of policy at Discord", "head of the district of Kell"."""
    tags, words = unit.tags, unit.words
    here = stop
    while True:
        core = here + 1
        while core < end and words[core] in ARTICLES:
            core += 1
        finish = next((i for i in range(core, end) if tags[i] in "I,WgGVFXbt"), end)
        last = finish == end or words[finish] not in AFFILIATING
        if tags[core : core + 1] == "C" or (last and finish - core == 1 and is_body(words[core])):
            return unit.slice(text, start, here), affiliation_after(text, unit, here, end)
        if last:
            return unit.slice(text, start, finish if words[here] == "of" else here), None
        here = finish
