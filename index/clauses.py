"""Who does what in a question: subject and verb of its main clause, and whether the verb is one of saying.

A question is too short for a parser and has few shapes: an auxiliary, then the subject, then the verb in the form that
the auxiliary asks for. What the verb means is WordNet's to tell (`index.wordnet.kinds`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from index.wordnet import base_forms, kinds
from index.words import word_set

Says = Literal["says", "thinks", "does"]

_DO = word_set("do does did")
_HAVE = word_set("has have had")
_BE = word_set("is are was were")
_MODAL = word_set("will would can could should may might must shall")
_ANY = "|".join(sorted(_DO | _HAVE | _BE | _MODAL, key=len, reverse=True))
_ASKED = re.compile(
    r"^\W*(?:(?:and|so|but|then)\s)?(?:(?:(?:on|to|for|in|at|from|of|with|by)\s)?"
    r"(?P<wh>what(?:\sexactly|\selse)?|which|how|why|when|where|whom|who)\b(?P<lead>[^?]{0,80}?)(?:\s|(?=['’]))?)?"
    rf"(?P<aux>(?<!\w)(?:{_ANY})|['’]s)\s(?P<after>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_NUMBER = re.compile(r"^\s*(?:much|many|long|often|far|old|tall|big|high|large|fast|few|soon)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\s,;:?!\"“”()]+|[,;:?!\"“”()]")
_ADVERBS = word_set(
    "actually publicly ever really first also already still then later again once finally originally initially just "
    "now not never only recently previously been being to"
)
# What a noun phrase cannot hold; prepositions that tie two nouns ("of", "for") it can.
_BREAKS = word_set(
    "about on to by with that which who whom whose when while if whether because as than into over after before since "
    "during until according against under between among through within without toward towards outside inside near per "
    "via amid behind despite like regarding following around across beyond throughout upon alongside off out up down "
    "away back what how why where is are was were has have had do does did will would can could should may "
    "might must it he she they we you i there this these those him her them"
)
_DETERMINERS = word_set("the a an his her its their our your my any some each every no this that these those")
_TIES = word_set("of for in at from and or & vs vs. versus")
_PUNCTUATION = frozenset(',;:?!"“”()')
_LONGEST = 10  # words of a subject
# Commonest sense aside, these are used of what is said where a person is the subject.
_ALSO_SAY = word_set(
    "think believe want feel support react respond give reject argue express cite report predict dispute put note"
)
_PLAIN = word_set("say announce tell claim warn promise state speak talk call")
_ALSO_THINK = word_set("see find hear learn do")  # where a question word begins the question
_LIGHT = {"make": ("of",), "take": ("on",), "see": ("in",), "stand": ("on",), "call": ("for",)}
_GIVES = word_set("make raise offer issue voice draw have present")  # an objection, a promise, a warning
_IRREGULAR = {
    "said": "say", "told": "tell", "given": "give", "made": "make", "written": "write", "spoken": "speak", "put": "put",
    "thought": "think", "felt": "feel", "sworn": "swear", "meant": "mean", "taken": "take", "known": "know",
    "heard": "hear", "done": "do", "seen": "see", "saying": "say", "quoted": "say",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clause:
    """The main clause of a question: `lead` stands between question word and auxiliary ("how many houses did").

    `says` tells whether the verb is one of saying, of thought and feeling (or of doing something by words: ban), or
    another; `open` whether a question word begins it. `start` is where the subject begins.
    """

    lead: str
    subject: str
    verb: str
    says: Says
    rest: str
    open: bool
    start: int


def find_clause(text: str) -> Clause | None:
    """Return the main clause; None where there is no auxiliary with a subject and a verb after it."""
    match = _ASKED.match(text)
    if match is None:
        return None
    wh, aux, after = (match["wh"] or "").lower(), match["aux"].lower(), match["after"]
    if wh == "who" and (aux in _BE or aux not in _DO | _HAVE | _MODAL):
        return None  # "who is the man facing trial" asks for a name
    titled = bool(wh) and match["aux"][0].isupper()  # "What Did The Minister Say"
    words = [(m[0], m.start(), m.end()) for m in _WORD.finditer(after)]
    subject = _subject_length(words)
    found: list[tuple[int, Says, str]] = []
    for at in range(1, min(len(words), subject + 1)):
        verb = _verb(words[at][0].lower(), aux) if titled or not words[at][0][0].isupper() else None
        if verb is None or _is_noun_here(words, at) or not words[at - 1][0][-1].isalpha():
            continue
        following = words[at + 1][0].lower() if at + 1 < len(words) else ""
        found.append((at, _says(verb, following, wh, match["lead"] or ""), verb))
    best = _best(found, [word for word, _, _ in words])
    if best is None:
        return None
    at, says, verb = best
    end = at
    while end > 1 and words[end - 1][0].lower() in _ADVERBS:
        end -= 1
    first = next((i for i in range(end) if words[i][0].lower() not in _ADVERBS), end)
    if first == end or _is_participle([word for word, _, _ in words[first:end]]):
        return None  # "has been described as", "was seen supporting"
    who = after[words[first][1] : words[end - 1][2]]
    start = match.start("after") + words[first][1]
    return Clause((match["lead"] or "").strip(), who, verb, says, after[words[at][2] :].strip(), bool(wh), start)


def _is_participle(subject: list[str]) -> bool:
    word = subject[0]
    return len(subject) == 1 and word.islower() and (word in _IRREGULAR or word.endswith("ed"))


def _subject_length(words: list[tuple[str, int, int]]) -> int:
    """Return up to how many words may be the subject; 0 where the clause does not begin with a noun phrase."""
    for at, (word, _, _) in enumerate(words[: _LONGEST + 1]):
        low = word if word.isupper() else word.lower()  # the WHO, IT
        if at and low in ("do", "have", "be"):
            return at
        if at > 1 and low in _DETERMINERS and words[at - 1][0].lower() not in _TIES:
            return at - 1  # "the group lodge an": an object
        if (low in _BREAKS and not (at == 0 and low in ("he", "she", "it", "they"))) or word in _PUNCTUATION:
            return at if low in ("to",) and at and words[at - 1][0].lower() in _ADVERBS else max(0, at - 1)
    return min(len(words) - 1, _LONGEST)


def _verb(word: str, aux: str) -> str | None:
    """Return the verb that a word is in the form that goes with an auxiliary."""
    if aux in _DO or aux in _MODAL:
        return word if "v" in kinds(word) or word == "be" else None
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    ending = ("ing",) if aux in _BE or aux in ("'s", "’s") else ("ed",)
    if word.endswith(ending) or (aux in _HAVE and "v" in kinds(word) and word.endswith("n")):
        return next((form for form in base_forms(word)[1:] if "v" in kinds(form)), None)
    return None


def _is_noun_here(words: list[tuple[str, int, int]], at: int) -> bool:
    """Tell whether a word that may be a verb follows what only a noun can follow."""
    before = words[at - 1][0].lower()
    return before in _DETERMINERS or before.endswith(("'s", "’s", "s'", "s’")) or before in _TIES


def _is_said(lead: str) -> bool:
    """Tell whether the last word of "which objections", "what promise" is something that is said or thought."""
    return bool(lead.split()) and any("c" in kinds(form) for form in base_forms(lead.lower().split()[-1]))


def _says(verb: str, following: str, wh: str, lead: str) -> Says:
    letters = kinds(verb)
    given = verb in _GIVES and _is_said(lead)
    if verb == "take" and wh == "how":
        return "says"
    if verb in _ALSO_SAY or given or following in _LIGHT.get(verb, ()):
        return "says"
    if "s" in letters:
        return "says" if wh not in ("when", "where") or verb in _PLAIN else "thinks"
    if "t" in letters or (
        verb in _ALSO_THINK and wh.startswith(("what", "how", "when", "why")) and not _NUMBER.match(lead)
    ):
        return "thinks"
    if "m" in letters and wh in ("why", "how") and not _NUMBER.match(lead):
        return "thinks"
    return "does"


def _best(found: list[tuple[int, Says, str]], words: list[str]) -> tuple[int, Says, str] | None:
    """Return the likeliest verb: the first of saying, or what follows it at once where it may be a noun.

    "The league report say", "the team coach hope": the first of the two ends the subject.
    """
    for wanted in ("says", "thinks", "does"):
        best = next((one for one in found if one[1] == wanted), None)
        while best is not None:
            after = next((one for one in found if one[0] == best[0] + 1), None)
            letters = set(kinds(words[best[0]].lower()))
            if after is None or not letters & {"c", "p", "g"} or not (after[1] == wanted or "p" in letters):
                return best
            best = after
    return None
