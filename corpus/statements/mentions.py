"""Mentions: what a noun phrase says of who is meant: name, role, affiliation, sex, number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from corpus.statements.tokens import Unit, is_function_word

MentionKind = Literal["person", "organisation", "document", "anonymous", "definite", "pronoun"]
Sex = Literal["m", "f"]

_ARTICLES = ("the", "a", "an")
_INDEFINITE = frozenset(
    "a an some many several few most two three four five six seven eight nine ten another one dozens hundreds "
    "thousands no other all".split()
)
_PARTICLES = frozenset("de la le du van von der den bin ibn al el da di dos del ter ten y".split())
_AFFILIATING = frozenset(("of", "for", "at", "with", "from", "in"))
_ADJECTIVE = re.compile(
    r"(?:\w+(?:ican|ratic|ish|ese|ian|itan|anian|ench|utch|erman|eek|iss|ncan)|ex|former)\Z", re.IGNORECASE
)


_AGENT = re.compile(r"(?:er|or|ist|ian|ee|man|woman|person)s?$|(?:men|women|folk)$")


@cache
def nouns() -> dict[str, frozenset[str]]:
    """Return the noun classes of ``nouns.tsv``."""
    table = resources.files(__package__).joinpath("nouns.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return {name: frozenset(words.split()) for name, words in rows}


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


def read_mention(text: str, unit: Unit, start: int, head_end: int, end: int) -> Mention | None:
    """Read the noun phrase of tokens [start, end), whose appositions begin at token `head_end`."""
    tags, words = unit.tags, unit.words
    if end - start == 1 and tags[start] in "PW":
        return _pronoun(words[start])
    head_end = min(head_end, end)
    while head_end > start + 1 and tags[head_end - 1] in "MI":
        head_end -= 1
    stop = next((i for i in range(start, head_end) if tags[i] in "ItGgVFeW,(" and i > start), head_end)
    while stop > start and tags[stop - 1] in "RXAM,-":
        stop -= 1
    if stop <= start:
        return None
    if "A" in tags[start:stop] and not _one_name(tags, words, start, stop):
        return _several(text, unit, start, end)
    first = start
    while first < stop and (words[first] in _ARTICLES and tags[first] == "D"):
        first += 1
    if first >= stop:
        return None
    head = words[stop - 1]
    phrase = text[unit.starts[first] : unit.ends[head_end - 1]]
    named = _named_in_apposition(text, unit, (start, first, stop, head_end, end), phrase)
    if named is not None:
        return named
    if stop == 1 and speaks(head) and tags[0] == "C":
        return _common(text, unit, (start, first, stop, head_end, end), phrase, head)
    if tags[stop - 1] == "C" or tags[stop - 1] == "D" and "C" in tags[start:stop]:
        return _named(text, unit, (start, first, stop, head_end, end), phrase)
    return _common(text, unit, (start, first, stop, head_end, end), phrase, head)


def _pronoun(word: str) -> Mention | None:
    if word in ("he", "she", "it", "they"):
        sex: Sex | None = {"he": "m", "she": "f"}.get(word)  # type: ignore[assignment]
        return Mention("pronoun", word, word, sex=sex, plural=word == "they")
    return None


def _one_name(tags: str, words: list[str], start: int, stop: int) -> bool:
    """Tell "Ministry of Foreign Affairs and Trade" and "Barnes & Noble" from "Smith and Jones"."""
    place = tags.find("A", start, stop)
    if tags[place - 1] == "n" and tags[stop - 1] == "C" and words[place - 1] in nouns()["role"]:
        return True
    if any(words[i] in nouns()["role"] for i in range(place, stop - 1)) and "A" not in tags[place + 1 : stop]:
        return True
    return words[place] == "&" or any(word in nouns()["organisation"] for word in words[start:place])


def _several(text: str, unit: Unit, start: int, end: int) -> Mention:
    """Several at once: named, where all are names; else described."""
    phrase = text[unit.starts[start] : unit.ends[end - 1]]
    if unit.tags[start:end].strip("CA,I"):
        return Mention("anonymous", phrase, unit.words[end - 1], role=phrase, plural=True)
    return Mention("organisation", phrase, "", name=phrase, plural=True)


def speaks(head: str) -> bool:
    """Tell whether a common noun can be a speaker: a role, people, a body, a document, one who does."""
    known = nouns()
    return any(head in known[c] for c in ("role", "people", "organisation", "document")) or bool(
        _AGENT.search(head)
    )


def _sex(words: list[str]) -> Sex | None:
    known = nouns()
    for word in words:
        bare = word.rstrip(".")
        if bare in known["male"]:
            return "m"
        if bare in known["female"]:
            return "f"
    return None


def _slice(text: str, unit: Unit, start: int, end: int) -> str | None:
    return text[unit.starts[start] : unit.ends[end - 1]] if end > start else None


Bounds = tuple[int, int, int, int, int]


def _named(text: str, unit: Unit, bounds: Bounds, phrase: str) -> Mention:
    """A phrase that ends in a name: "Ministry spokesman An Sokkhoeurn", "the US State Department"."""
    start, first, stop, head_end, end = bounds
    tags, words, known = unit.tags, unit.words, nouns()
    begin = stop
    while begin > first and (
        tags[begin - 1] == "C"
        or (words[begin - 1] in _PARTICLES and begin - 1 > first)
        or (tags[begin - 1] in "-A" and begin - 1 > first)
    ):
        begin -= 1
    while begin < stop - 1 and tags[begin] != "C":
        begin += 1
    sex = _sex(words[start:stop])
    role, affiliation = None, None
    title_end = begin
    while title_end < stop - 1 and words[title_end].rstrip(".") in known["title"]:
        title_end += 1
    last_title = max(
        (
            i
            for i in range(begin, stop - 1)
            if words[i] in known["role"] and words[stop - 1] not in known["organisation"]
        ),
        default=-1,
    )
    if last_title >= 0 and last_title + 1 > title_end:
        title_end = last_title + 1
    if (
        head_end > stop
        and words[stop : stop + 1] == ["of"]
        and title_end == begin
        and words[stop - 1] in known["title"]
    ):
        return _office(text, unit, bounds, phrase)
    name = _slice(text, unit, title_end, stop) or phrase
    if all(is_function_word(word) for word in words[title_end:stop]):
        return Mention("definite", phrase, words[stop - 1])
    titled = title_end > begin
    if titled:
        office = title_end - 1
        if words[office] in known["title"] or _ADJECTIVE.match(words[office - 1]):
            office = begin
        role = (_slice(text, unit, office, title_end) or "").rstrip(".")
        affiliation = _slice(text, unit, begin, office)
        if words[begin].rstrip(".") in ("mr", "mrs", "ms", "mx", "miss", "dr") and title_end == begin + 1:
            role = None
    if begin > first and tags[begin - 1] in "nqeg" and any(w in known["role"] for w in words[first:begin]):
        role, affiliation = _role_and_affiliation(text, unit, first, begin)
        kind: MentionKind = "person"
    elif (
        begin > first
        and tags[begin - 1] == "S"
        and stop - begin > 1
        and words[stop - 1] not in known["organisation"] | known["document"]
    ):
        kind, affiliation = "person", _slice(text, unit, first, begin - 1)
    elif words[stop - 1] in known["document"] and "S" in tags[start:stop]:
        return _document(text, unit, bounds, phrase)
    elif _is_organisation(words, title_end, stop, start < first, titled):
        kind = "document" if words[stop - 1] in known["document"] else "organisation"
        if kind == "document":
            return _document(text, unit, bounds, phrase)
        opening = tags.find("(", first, head_end)
        whole = _slice(
            text, unit, max(first, tags.find("C", first, stop)), opening if opening > first else head_end
        )
        return Mention(kind, phrase, words[stop - 1], name=whole)
    else:
        kind = "person"
    if head_end < end and kind == "person":
        said_role, said_affiliation = _apposition(text, unit, head_end, end)
        role, affiliation = role or said_role, affiliation or said_affiliation
        sex = sex or _sex(words[head_end:end])
    if (
        kind == "person"
        and head_end > stop
        and tags[stop] == "I"
        and words[stop] in _AFFILIATING
        and affiliation is None
    ):
        affiliation = _affiliation(text, unit, stop, head_end)
    return Mention(kind, phrase, words[stop - 1], name=name, role=role, affiliation=affiliation, sex=sex)


def _named_in_apposition(text: str, unit: Unit, bounds: Bounds, phrase: str) -> Mention | None:
    """ "the regulator's chair, Silk Ondaver": the name follows the role."""
    start, first, stop, head_end, end = bounds
    tags, words = unit.tags, unit.words
    begin = head_end
    while begin < end and tags[begin] in ",-":
        begin += 1
    close = tags.find(",", begin, end) if "," in tags[begin:end] else end
    if begin >= close or tags[begin:close].strip("C-") or words[stop - 1] not in nouns()["role"]:
        return None
    plain = _common(text, unit, bounds, phrase, words[stop - 1])
    while begin < close - 1 and words[begin].rstrip(".") in nouns()["title"]:
        begin += 1
    name = _slice(text, unit, begin, close)
    return Mention("person", phrase, words[stop - 1], name, plain.role, plain.affiliation, plain.sex)


def _office(text: str, unit: Unit, bounds: Bounds, phrase: str) -> Mention:
    """ "the Secretary of State": an office, not yet a person."""
    start, first, stop, head_end, _ = bounds
    return Mention("definite", phrase, unit.words[stop - 1], role=phrase, sex=_sex(unit.words[start:stop]))


def _is_organisation(words: list[str], begin: int, stop: int, article: bool, titled: bool) -> bool:
    known = nouns()
    if titled:
        return False
    if any(word in known["organisation"] or word in known["document"] for word in words[begin:stop]):
        return True
    return article


def _role_and_affiliation(text: str, unit: Unit, first: int, end: int) -> tuple[str | None, str | None]:
    """Split "Amnesty International spokesman" and "the regulator's chair" into role and affiliation."""
    tags, words = unit.tags, unit.words
    while first < end - 1 and tags[first] == "D":
        first += 1
    owner = tags.rfind("S", first, end)
    if owner > first and "C" not in tags[owner:end]:
        own = tags[first:owner]
        known = "C" in own or words[owner - 1] in nouns()["organisation"]
        return _slice(text, unit, owner + 1, end), _slice(text, unit, first, owner) if known else None
    capital = first
    while capital < end and tags[capital] in "C-&AS":
        capital += 1
    if capital > first and capital < end and not _ADJECTIVE.match(words[capital - 1]):
        return _slice(text, unit, capital, end), _slice(text, unit, first, capital)
    return _slice(text, unit, first, end), None


def _affiliation(text: str, unit: Unit, preposition: int, end: int) -> str | None:
    """The organisation after "for", "of" or "at", without its article."""
    tags, words = unit.tags, unit.words
    begin = preposition + 1
    while begin < end and words[begin] in _ARTICLES:
        begin += 1
    stop = begin
    while stop < end and tags[stop] not in ",W(gGVF":
        stop += 1
    if begin >= stop or words[preposition] == "in":
        return None
    if "C" in tags[begin:stop] or (stop - begin == 1 and words[begin] in nouns()["organisation"]):
        return _slice(text, unit, begin, stop)
    return None


def _apposition(text: str, unit: Unit, start: int, end: int) -> tuple[str | None, str | None]:
    """Role and affiliation of ", the party's spokesman" and ", 22, of Flint, Mich."."""
    tags, words, known = unit.tags, unit.words, nouns()
    while start < end and (tags[start] in ",-" or (tags[start] == "D" and words[start][0].isdigit())):
        start += 1
    first = start
    while first < end and words[first] in _ARTICLES:
        first += 1
    stop = next((i for i in range(first, end) if tags[i] in "I,WgGVF"), end)
    if stop <= first or not any(word in known["role"] for word in words[first:stop]):
        return None, None
    role, affiliation = _role_and_affiliation(text, unit, first, stop)
    if stop < end and words[stop] in _AFFILIATING:
        affiliation = affiliation or _affiliation(text, unit, stop, end)
        if affiliation is None or words[stop] == "of":
            finish = next((i for i in range(stop, end) if tags[i] in ",WgGVF"), end)
            role = role if affiliation else _slice(text, unit, first, finish)
    return role, affiliation


def _document(text: str, unit: Unit, bounds: Bounds, phrase: str) -> Mention:
    """A report or letter: its name is its phrase, its affiliation who issued it."""
    start, first, stop, head_end, _ = bounds
    tags = unit.tags
    owner = tags.find("S", first, stop)
    issuer = _slice(text, unit, first, owner) if owner > first and "C" in tags[first:owner] else None
    while head_end > stop and tags[head_end - 1] in ",IA":
        head_end -= 1
    name = _slice(text, unit, first, head_end)
    return Mention("document", phrase, unit.words[stop - 1], name=name, affiliation=issuer)


def _common(text: str, unit: Unit, bounds: Bounds, phrase: str, head: str) -> Mention:
    """A phrase whose head is a common noun."""
    start, first, stop, head_end, end = bounds
    tags, words, known = unit.tags, unit.words, nouns()
    definite = words[start] in ("the", "this", "that", "these", "those", "its", "his", "her", "their")
    has_name = "C" in tags[first:stop]
    if head in known["document"] and (
        has_name or tags[stop : stop + 1] == "I" and "C" in tags[stop:head_end]
    ):
        return _document(text, unit, bounds, phrase)
    if head in known["role"]:
        role, affiliation = _role_and_affiliation(text, unit, first, stop)
        if affiliation is None and head_end > stop and words[stop] in _AFFILIATING:
            affiliation = _affiliation(text, unit, stop, head_end)
        if head_end > stop and words[stop] == "of" and "C" not in tags[stop:head_end]:
            role = f"{role}{text[unit.ends[stop - 1] : unit.ends[head_end - 1]]}"
        kind: MentionKind = "definite" if definite and affiliation is None else "anonymous"
        return Mention(kind, phrase, head, role=role, affiliation=affiliation, sex=_sex([head]))
    plural = head in known["people"] or (
        head.endswith("s") and not head.endswith("ss") and tags[start] != "D"
    )
    if definite and not has_name and not plural:
        spelled = (
            stop - first > 1 and head in known["organisation"] | known["document"] and words[start] == "the"
        )
        return Mention("definite", phrase, head, name=phrase if spelled else None)
    if not speaks(head):
        return Mention("definite", phrase, head)
    if has_name and head in known["organisation"]:
        return Mention("organisation", phrase, head, name=phrase)
    if plural and definite and words[start] == "the" and not has_name:
        return Mention("definite", phrase, head, plural=True)
    whole = _slice(text, unit, start if words[start] != "the" else first, end)
    if words[start] in _INDEFINITE or plural or not definite:
        return Mention("anonymous", phrase, head, role=whole, plural=plural, sex=_sex([head]))
    return Mention("definite", phrase, head, role=None)
