"""Mentions: what a noun phrase says of who is meant: name, role, affiliation, sex, number."""

from __future__ import annotations

import re
from itertools import pairwise

from corpus.statements.common import read_common, read_document
from corpus.statements.lexicon import (
    ARTICLES,
    Sex,
    given_names,
    is_agent,
    is_body,
    is_courtesy,
    is_role,
    is_title,
    nouns,
    sex_of,
    sex_of_name,
)
from corpus.statements.parts import Mention, Parts
from corpus.statements.phrases import Phrase
from corpus.statements.roles import (
    AFFILIATING,
    Role,
    affiliation_after,
    is_adjective,
    is_half,
    is_modifier,
    role_in_apposition,
    split_role,
    tells_role,
)
from corpus.statements.tokens import Unit
from corpus.statements.words import is_function_word

_PARTICLES = frozenset(
    ["de", "la", "le", "du", "van", "von", "der", "den", "bin", "ibn", "al", "el", "da", "di", "dos", "del"]
)
_OWNER = re.compile(r"D?C+IC+S(?=[DCnq])")
_SHARE = frozenset(("percent", "per cent", "%"))
_ONE = ("one", "another")
_PRONOUNS: dict[str, Sex | None] = {"he": "m", "she": "f", "it": None, "they": None}


def read_mention(text: str, unit: Unit, phrase: Phrase) -> Mention | None:
    """Read a noun phrase; None where it cannot be anybody."""
    tags, words, start = unit.tags, unit.words, phrase.start
    if phrase.end - start == 1 and tags[start] in "PW":
        word = words[start]
        return Mention("pronoun", word, word, sex=_PRONOUNS[word], plural=word == "they") if word in _PRONOUNS else None
    head_end = min(phrase.head, phrase.end)
    if tags[start : start + 3] == "DID" or not _SHARE.isdisjoint(words[start:head_end]):
        share = unit.slice(text, start, head_end) or ""
        return Mention("anonymous", share, words[head_end - 1], role=share, plural=True)  # "one in three", "58 percent"
    while head_end > start + 1 and tags[head_end - 1] in "MI":
        head_end -= 1
    owner = _OWNER.match(tags, start, head_end)  # "the Department of State's report": the core is the report
    core = owner.end() if owner else start + 1
    stop = next((i for i in range(core, head_end) if _ends_core(tags, i) or _known_as(words, i)), head_end)
    while stop > start and tags[stop - 1] in "RXAM,-":
        stop -= 1
    first = start
    while first < stop and words[first] in ARTICLES and tags[first] == "D":
        first += 1
    if first >= stop:
        return None
    parts = Parts(text, unit, start, first, stop, head_end, phrase.end)
    if "AD" in tags[stop:head_end] or ("A" in tags[start:stop] and not _is_one(parts)):
        return _several(parts)
    name = _name_in_apposition(parts)
    if name is not None:
        plain = read_common(parts)
        return Mention("person", parts.phrase, parts.head, name, plain.role, plain.affiliation, plain.sex)
    known = is_role(parts.head) or is_body(parts.head) or parts.head in nouns()["people"]
    opens_sentence = stop == head_end == 1 and tags[0] == "C" and known and parts.head not in given_names()
    if not opens_sentence and (tags[stop - 1] == "C" or (tags[stop - 1] == "D" and "C" in tags[start:stop])):
        return _named(parts)
    return read_common(parts)


def _ends_core(tags: str, place: int) -> bool:
    """Tell whether what follows a phrase's core starts here; "governing" in "the governing party" is in it."""
    if tags[place] in "ge":
        return tags[place + 1 : place + 2] not in tuple("Cnq")
    return tags[place] in "ItGVFW,("


def _known_as(words: list[str], place: int) -> bool:
    """Tell whether "best known as" or "known for" starts at a token."""
    return words[place] == "known" or words[place : place + 2] in (["best", "known"], ["better", "known"])


def _is_one(parts: Parts) -> bool:
    """Tell "Ministry of Health and Trade" and "Water and Energy Minister X" from "Smith and Jones"."""
    tags, words, known = parts.unit.tags, parts.unit.words, nouns()
    place = tags.find("A", parts.start, parts.stop)
    before_it, after_it = words[parts.start : place], words[place + 1 : parts.stop - 1]
    if tags[place - 1] == "n" and tags[parts.stop - 1] == "C" and words[place - 1] in known["role"]:
        return True
    if not known["role"].isdisjoint(after_it) and "A" not in tags[place + 1 : parts.stop]:
        return True
    return words[place] == "&" or not known["organisation"].isdisjoint(before_it)


def _several(parts: Parts) -> Mention:
    """Several at once: named, where all are names; else described."""
    phrase = parts.slice(parts.start, parts.end)
    if parts.unit.tags[parts.start : parts.end].strip("CA,I"):
        return Mention("anonymous", phrase, parts.head, role=phrase, plural=True)
    return Mention("organisation", phrase, "", name=phrase, plural=True)


def _name_in_apposition(parts: Parts) -> str | None:
    """The name in "the regulator's chair, Silk Ondaver" and "the mayor of Akron, Ohio, Jim Poe"."""
    tags, words = parts.unit.tags, parts.unit.words
    if not (tells_role(parts.head) or parts.head in _ONE):
        return None
    names: list[tuple[int, int]] = []
    commas = [parts.head_end, *(i for i in range(parts.head_end, parts.end) if tags[i] == ","), parts.end]
    for begin, close in pairwise(commas):
        while begin < close and tags[begin] in ",-Dn" and (tags[begin] in ",-" or "C" in tags[begin:close]):
            begin += 1
        if begin < close and not tags[begin:close].strip("C-"):
            while begin < close - 1 and is_title(words[begin]):
                begin += 1
            names.append((begin, close))
    best = next((name for name in names if name[1] - name[0] > 1), names[0] if names else None)
    return parts.slice(*best) if best else None


def _named(parts: Parts) -> Mention:
    """A phrase that ends in a name: "Ministry spokesman An Sokkhoeurn", "the US State Department"."""
    tags, words = parts.unit.tags, parts.unit.words
    begin = _name_start(parts)
    name_start = _after_titles(parts, begin)
    if parts.head_end > parts.stop and name_start == begin and is_title(parts.head) and words[parts.stop] == "of":
        return _office(parts)
    if all(is_function_word(word) for word in words[name_start : parts.stop]):
        return Mention("definite", parts.phrase, parts.head)
    before_name = words[parts.first : begin]
    described = begin > parts.first and tags[begin - 1] in "nqeg"
    if described and (tells_role(words[begin - 1]) or any(is_role(word) for word in before_name)):
        return _person(parts, name_start, split_role(parts.text, parts.unit, parts.first, begin))
    if begin > parts.first and tags[begin - 1] == "S" and parts.stop - begin > 1 and not is_body(parts.head):
        return _person(parts, name_start, (None, parts.slice(parts.first, begin - 1)))
    if parts.head in nouns()["document"]:
        return read_document(parts)
    given = words[name_start] in given_names() and parts.stop - name_start > 1  # "Bill Poe" is no bill
    body = any(is_body(word) for word in words[name_start + given : parts.stop])
    if name_start == begin and (body or parts.start < parts.first):
        bracket = tags.find("(", parts.first, parts.head_end)
        low = max(parts.first, tags.find("C", parts.first, parts.stop))
        name = parts.slice(low, bracket if bracket > parts.first else parts.head_end)
        return Mention("organisation", parts.phrase, parts.head, name=name)
    return _person(parts, name_start, _office_held(parts, begin, name_start))


def _name_start(parts: Parts) -> int:
    """The first token of the capitalised run that ends the core of the phrase."""
    tags, words = parts.unit.tags, parts.unit.words
    begin = parts.stop
    while begin > parts.first and (
        tags[begin - 1] == "C"
        or (begin - 1 > parts.first and (words[begin - 1] in _PARTICLES or tags[begin - 1] in "-A"))
    ):
        begin -= 1
    while begin < parts.stop - 1 and tags[begin] != "C":
        begin += 1
    return begin


def _after_titles(parts: Parts, begin: int) -> int:
    """The first token of the name itself, after "Sen.", "Police Commissioner", "Flipboard CEO", "Radiologist"."""
    words, known = parts.unit.words, nouns()
    place = begin
    if parts.head not in known["organisation"]:
        offices = (i for i in range(begin, parts.stop - 1) if words[i] not in given_names())
        place = max([begin, *(i + 1 for i in offices if is_role(words[i]) or is_title(words[i]))])
    while place < parts.stop - 1 and (is_title(words[place]) or _opens_with_trade(words[place : parts.stop])):
        place += 1
    return place


def _opens_with_trade(words: list[str]) -> bool:
    """Tell whether a nation, party or trade stands before a full name: "Republican John Doe", "Baker Hugh Poe"."""
    first = words[0]
    if is_half(first):
        return len(words) > 1
    return len(words) > 2 and first not in given_names() and (is_adjective(first) or is_agent(first))


def _office_held(parts: Parts, begin: int, name_start: int) -> Role:
    """Role and affiliation of the capitalised words before a name."""
    unit, words = parts.unit, parts.unit.words
    while name_start > begin and is_courtesy(words[name_start - 1]):
        name_start -= 1
    while begin < name_start and is_courtesy(words[begin]):
        begin += 1
    if name_start == begin:
        return None, None
    first = parts.slice(begin, begin + 1)
    office = name_start - 1
    while office > begin and is_modifier(words[office - 1]):
        office -= 1
    if "A" in unit.tags[begin:name_start]:
        return parts.slice(begin, name_start), None  # "Chief Soccer Officer and Sporting Director"
    acronym = len(first) > 1 and first.isupper() and not is_role(words[begin])
    if acronym and office > begin:
        return parts.slice(begin + 1, name_start).rstrip("."), first
    if is_title(words[office]) or is_adjective(words[office - 1]) or "I" in unit.tags[begin:name_start]:
        office = begin
    return parts.slice(office, name_start).rstrip("."), parts.slice(begin, office) or None


def _person(parts: Parts, name_start: int, role: Role) -> Mention:
    """A named person, with what titles, apposition and "of X" after the name add."""
    text, unit = parts.text, parts.unit
    held, affiliation = role
    if parts.head_end < parts.end:
        said_role, said_affiliation = role_in_apposition(text, unit, parts.head_end, parts.end)
        if held is None:
            held, affiliation = said_role, affiliation or said_affiliation
        else:
            affiliation = affiliation or said_affiliation
    if affiliation is None and parts.head_end > parts.stop and unit.words[parts.stop] in AFFILIATING:
        affiliation = affiliation_after(text, unit, parts.stop, parts.head_end)
    name = parts.slice(name_start, parts.stop)
    sex = sex_of(unit.words[parts.start : parts.stop]) or sex_of((held or "").lower().split()) or sex_of_name(name)
    return Mention("person", parts.phrase, parts.head, name, held, affiliation, sex)


def _office(parts: Parts) -> Mention:
    """The office of a country or body, "Secretary of State", and who holds it, where the name follows."""
    tags = parts.unit.tags
    run = parts.stop + 1
    while run < parts.head_end and tags[run] == "C":
        run += 1
    if run - parts.stop > 3:
        role = parts.slice(parts.first, run - 2)
        return Mention("person", parts.phrase, parts.head, parts.slice(run - 2, run), role)
    sex = sex_of(parts.unit.words[parts.start : parts.stop])
    return Mention("definite", parts.phrase, parts.head, role=parts.phrase, sex=sex)
