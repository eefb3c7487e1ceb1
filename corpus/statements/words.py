"""Words and their tags: closed classes from ``closed.tsv``, reporting verbs, and the looks of the rest.

The tags, one letter each: D determiner, possessive or number; P subject pronoun; O other pronoun; W who,
which; T that; H whether, how and other question words; C capitalised word; M day or month; n other word;
e word in -ed; g word in -ing; F common finite verb; X auxiliary; b form of "be"; R adverb; I preposition;
t to; A and, or; B but, because and other clause openers; S possessive 's; V reporting verb, finite; v the
same, plain; G the same in -ing; K "according to"; Q quotation; q short quotation inside a sentence;
punctuation , ; : - ( ) . for itself; x anything else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources

from corpus.statements.cues import Verb, verb_forms

_TOKEN = re.compile(
    r"according\s+to\b|per\s?cent\b|(?:[^\W\d_]\.){2,}|(?-i:[A-Z]\.(?=\s[A-Z]))"
    r"|(?:Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec)\.(?=\s\d)|[$£€]?\d[\d.,]*\d%?"
    r"|(?:Mrs?|Ms|Dr|Sens?|Reps?|Govs?|Gen|Lt|Col|Sgt|Capt|Maj|Cpl|Cmdr|Adm|Supt|Insp|Det|Rev|Fr|St|Prof|Jr|Sr)\."
    r"|[’']s\b|(?<=s)[’'](?=\s)"
    r"|(?:(?-i:[A-Z][’'](?=[A-Z])))?\w+(?:[-&]\w+)*(?:[’'](?:t|ve|re|ll|d|m)\b)?|\.\.\.|--|[^\w\s]",
    re.IGNORECASE,
)
_PARTICLE = re.compile(r"(?:al|el|ul|ad|ar|as|ash|an|bin|ibn|d|de|van|von)[-’'][A-Z]")
"""What a name may begin with in lower case: "al-Sisi", "d'Estaing"."""
_PUNCTUATION = dict(zip(",;:()", ",;:()", strict=True)) | dict.fromkeys(("—", "–", "-", "--"), "-")
_STOPS = dict.fromkeys((".", "!", "?", "…", "..."), ".")
_NOT_ARTICLE = re.compile(r"\s+[BCDGJKPQTVWYZLMNRSF][a-z]")
"""After the article "an" no word begins with a consonant, so there "An" is a name."""
_LOWER_ONLY = "WTHXbRItABF"
"""Classes whose words, capitalised inside a sentence, are parts of names."""
_PLURALS = frozenset(("people", "police", "many", "some"))
_PLURAL_PRONOUNS = ("they", "we", "i", "you", "who", "many", "some", "both", "others")


@cache
def _classes() -> dict[str, frozenset[str]]:
    table = resources.files(__package__).joinpath("closed.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return {name: frozenset(words.split()) for name, words in rows}


@cache
def _closed() -> dict[str, str]:
    tags = {word: name for name, words in _classes().items() if len(name) == 1 for word in words}
    return tags | {"'s": "S", "'": "S", "according to": "K"} | dict.fromkeys(("per cent", "percent", "%"), "D")


def is_function_word(word: str) -> bool:
    """Tell whether a word, in lower case, belongs to a closed class."""
    return word in _closed()


def tagged(text: str, start: int, end: int, opening: int) -> Iterator[tuple[str, int, int, str]]:
    """Yield tag, start, end and lower-case form of each word of ``text[start:end]``.

    `opening` is where the sentence starts: a capital there tells nothing.
    """
    closed, forms = _closed(), verb_forms()
    for match in _TOKEN.finditer(text, start, end):
        word = match[0]
        lower = word.lower().replace("’", "'")
        first = match.start() == opening
        tag = closed.get(lower)
        if tag is None:
            tag = _open_class(word, lower, forms, first)
            if first and tag == "C" and lower.endswith("ly") and text[match.end() : match.end() + 1] == ",":
                tag = "R"  # "Notably, ..."
        elif word[0].isupper():
            if _is_name(word, tag, first) or (word == "An" and _NOT_ARTICLE.match(text, match.end())):
                tag = "C"
        elif tag == "M" and lower in ("may", "march", "august"):
            tag = "n"
        yield tag, match.start(), match.end(), lower


def _is_name(word: str, tag: str, first: bool) -> bool:
    """Tell whether the capital of a function word makes it part of a name: "In Touch", "US"."""
    if tag == "O":
        return word.isupper()
    if first:
        return False
    return (tag in _LOWER_ONLY and len(word) > 1) or (tag == "D" and word not in ("The", "THE"))


def _open_class(word: str, lower: str, forms: dict[str, tuple[Verb, str]], first: bool) -> str:
    """The tag of a word that is in no closed class, by its looks."""
    initial = word[0]
    if initial.isupper():
        return "G" if first and lower in forms and forms[lower][1] == "G" else "C"
    if lower in forms:
        return forms[lower][1]
    if initial.isalpha():
        if _PARTICLE.match(word):
            return "C"
        if lower.endswith("ly"):
            return "n" if lower in _classes()["not adverbs"] else "R"
        return "K" if lower.startswith("according") and lower != "accordingly" else _by_ending(lower)
    if initial.isdigit() or initial in "$£€":
        return "D"
    return _PUNCTUATION.get(word) or _STOPS.get(word, "x")


def _by_ending(lower: str) -> str:
    return "e" if lower.endswith("ed") else "g" if lower.endswith("ing") else "n"


def settle(tags: list[str], words: list[str]) -> None:
    """Decide, in place, between noun and verb: "the report", "his claims", "officials claim"."""
    homographs = _classes()["verb or noun"]
    opens = tags[:1] == ["C"] and words[0].endswith(("ed", "told")) and words[0] in verb_forms()
    if opens and tags[1:2] and tags[1] in "IHTt":
        tags[0] = "e"  # "Asked about the talks, the minister said ..."
    for place, tag in enumerate(tags):
        if tag == "S" and place and tags[place - 1] in "PW":
            tags[place] = "X"  # "he's", "who's"
        if tag not in "vV" or not place:
            continue
        previous, word = tags[place - 1], words[place]
        noun = word in homographs
        singular_before = previous in "neCg" and not _is_plural(words[place - 1])
        if previous in "DS" or (noun and (previous == "I" or (tag == "v" and singular_before))):
            tags[place] = "e" if word.endswith("ed") else "n"
        elif previous == "R" and place > 1 and tags[place - 2] not in "Xt":
            if tag == "V" and tags[place - 2] == "D":
                tags[place] = "e"
            elif tag == "v" and _is_plural(words[place - 2]):
                tags[place] = "V"
        elif tag == "v" and (previous in "neCg" or words[place - 1] in _PLURAL_PRONOUNS):
            tags[place] = "V"


def _is_plural(word: str) -> bool:
    return (word.endswith("s") and not word.endswith(("ss", "'s"))) or word in _PLURALS
