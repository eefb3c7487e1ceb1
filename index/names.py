"""Names of speakers as they are compared: what makes two spellings one name, and what a role and a body are."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

from corpus.model import Speaker
from corpus.statements.lexicon import is_body, is_title, nouns
from index.lexical import stems
from index.speakers import acronyms
from index.wordnet import RAREST, base_forms, kinds, rarity
from index.words import word_set

_WORD = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]?(?!\w)|[^\W_]+(?:['’`ʼ][^\W_]+)*\.?")
_PLAIN = re.compile(r"[a-z ]+")
_POSSESSIVE = re.compile(r"['’]s?(?!\w)")
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
_PARTICLES = word_set(
    "van von der den de del della di da do dos das du le la al el bin ibn bint ben abu ter ten af av zu"
)
_SUFFIXES = frozenset(["jr", "sr", "ii", "iii", "iv", "phd", "md", "qc", "kc", "mp"])
_PHRASE_END = re.compile(r"\s(?:of|for|at|in|on|from|to|with|who|that|and)\s|,")
_ROLE_END = re.compile(r"\s(?:of|for|at|in|on|from|to|with|who|that)\s|,")
_SMALL = frozenset(stems("the of for and in at a an s"))
_PUBLIC = "P"  # see `index.wordnet.make_kinds`
_WORLDS = frozenset("PSA")


class Name(NamedTuple):
    """A name as it is compared: its words in order, without titles, particles, suffixes and accents.

    Initials count only where there is no other first name: "J.K. Rowling" is ("jk.", "rowling").
    """

    words: tuple[str, ...]
    body: bool

    @property
    def key(self) -> frozenset[str]:
        """The words in any order."""
        return frozenset(self.words)


class Office(NamedTuple):
    """What a speaker is, as it is compared: the noun of the role, its worlds, the terms of whom he or she speaks for.

    `worlds` are the letters of `index.wordnet.make_kinds` for public life, sport and the arts, as far as known;
    `named` tells that the body is one: its terms have a noun of bodies or a name.
    """

    head: str
    worlds: frozenset[str]
    body: frozenset[str]
    short: frozenset[str]
    named: bool

    @property
    def bare(self) -> bool:
        """True where nothing is known."""
        return not self.head and not self.body


def fold(text: str) -> str:
    """Return text without case and accents."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS)
    return "".join(char for char in plain if not unicodedata.combining(char))


def read_name(name: str) -> Name:
    """Return a name as it is compared; words of an organisation's are stems, so that their order tells nothing."""
    if is_organisation(name):
        return Name(tuple(sorted(set(stems(_POSSESSIVE.sub("", name))) - _SMALL)), True)
    plain = fold(name.replace("'", "").replace("’", ""))
    words = plain.split() if _PLAIN.fullmatch(plain) else [word.rstrip(".") for word in _WORD.findall(plain)]
    while len(words) > 1 and (is_title(words[0]) or (len(words) > 2 and _describes(words[0]))):
        del words[0]
    full = [w for w in words if w not in _SUFFIXES and w not in _PARTICLES and len(w) > 1 and "." not in w]
    initials = "".join(w.replace(".", "") for w in words if len(w) == 1 or "." in w)
    return Name(tuple([f"{initials}.", *full] if initials and len(full) == 1 else full or words), False)


def is_organisation(name: str) -> bool:
    """Tell whether a name is an organisation's or a document's, by its nouns, or written in capitals."""
    words = name.split()
    if not words or words[0] in ("the", "The"):
        return True
    if len(words) == 1:
        return (name.isupper() and len(name) > 1) or is_body(name.lower())
    return not _bodies().isdisjoint(_POSSESSIVE.sub("", name).lower().split())


@cache
def _bodies() -> frozenset[str]:
    known = nouns()["organisation"] | nouns()["document"]
    return known | {f"{word}s" for word in known}


def is_proper(name: str) -> bool:
    """Tell whether a name is one name and nothing else: capitalised, without "and"."""
    words = [word for word in name.split() if word.lower() not in _PARTICLES]
    return all(word[0].isupper() for word in words) and not _PHRASE_END.search(name)


@lru_cache(maxsize=50_000)
def office_of(role: str | None, affiliation: str | None) -> Office:
    """Return what a role and an affiliation say, as it is compared."""
    role, affiliation = (part and part.replace(".", "") for part in (role, affiliation))
    phrase, *_ = _ROLE_END.split((role or "").strip(), maxsplit=1)
    words = [fold(word).rstrip(".") for word in _WORD.findall(phrase)]
    words = words if words and _is_post(words[-1]) else []
    head = re.sub(r"(?:woman|person)$", "man", words[-1]) if words else ""
    rest = " ".join(words[:-1]) + (role or "")[len(phrase) :] + " " + (affiliation or "")
    short = frozenset(a for part in (affiliation, role) if part for a in [part, *acronyms(part)] if a.isupper())
    body = frozenset(stems(_POSSESSIVE.sub("", rest))) - _SMALL - _VAGUE
    named = any(is_body(word) or rarity(word) >= RAREST for word in _WORD.findall(rest.lower()))
    return Office(head, _WORLDS & set(kinds(words[-1])) if words else frozenset(), body, short, named)


_KIN = word_set("brother sister son daughter father mother husband wife widow widower partner friend uncle aunt cousin")


def _is_post(word: str) -> bool:
    """Tell whether the last word of a role is a noun for what people are, and not only to one another."""
    forms = base_forms(word)
    roles = nouns()["role"] | nouns()["title"]
    return word not in _KIN and any(form in roles or {"p", "P"} & set(kinds(form)) for form in forms)


_VAGUE = frozenset(stems("former acting deputy vice then state national chief senior first new general"))


def agree(one: Office, other: Office) -> int:
    """Return 1 where two offices speak for one person of the name, -1 where against it, 0 where they leave it open.

    Against it are lives apart (sport, the arts, public life) and different bodies, unless a post is public and not the
    same: who was mayor there may be minister here.
    """
    if one.body & other.body or one.short & other.short:
        return 0 if apart(one.worlds, other.worlds) else 1
    bodies = one.named and other.named
    if one.head and one.head == other.head:
        return -1 if bodies else 1
    private = one.head and other.head and _PUBLIC not in one.worlds | other.worlds
    return -1 if apart(one.worlds, other.worlds) or (bodies and private) else 0


def apart(one: frozenset[str], other: frozenset[str]) -> bool:
    """Tell whether two lives have no world in common (see `Office`)."""
    return bool(one and other) and not one & other


def speaker_office(speaker: Speaker) -> Office:
    """Return the office of a speaker."""
    return office_of(speaker.role, speaker.affiliation)


def _describes(word: str) -> bool:
    """Tell whether a word before a name says what its bearer is: a baron, a baker."""
    letters = kinds(word)
    return "p" in letters and "f" not in letters
