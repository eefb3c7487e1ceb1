"""How a question about who said what asks: which words name the speaker, which the topic."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from corpus.statements.lexicon import is_body, nouns, speaks
from index.clauses import Clause, find_clause
from index.shapes import LAST, ON, SHAPES
from index.wordnet import RAREST, base_forms, kinds, rarity
from index.words import word_set

_NOT_SPEAKERS = re.compile(
    r"^(?:(?:in|on|at|of|to|for|by|with|from|about|between|before|after|since|during|considering|given|despite|once|as|if|when|while|until|both|any|"
    r"all|some|one|each)\s.*|the|an?|and|but|or|so|also|it|he|she|they|we|you|i|any(?:body|one)|some(?:body|one)|every(?:body|one)|nobody|people|this|that|there|these|those|what|which|who|the\s+(?:articles?|corpus|news|press|papers?|"
    r"law|constitution|bill|act|decree|treaty|agreement|deal|plan|project|case))$",
    re.IGNORECASE,
)
# A relative clause, or half of something in quotation marks, was cut from words about something else.
_CUT = re.compile(r"\b(?:that|which|as|was|were|recently)\b|[\"“”]|(?<!\w)['‘]|(?<!s)['’](?!\w)", re.IGNORECASE)
_PRONOUN = re.compile(r"(?:he|she|they|it)", re.IGNORECASE)
_NAME = re.compile(
    r"\b(?!(?:after|before|when|while|if|as|since|did|does|is|was|will|what|how|why|where|who|has|have|and|but|the)\b)"
    r"(?-i:[A-Z][\w’'-]+(?:\s+[A-Z][\w’'-]+)*)",
    re.IGNORECASE,
)
_CALLED = re.compile(r"\bthe\s+((?:[\w’'-]+\s+){0,3}[\w’'-]+)", re.IGNORECASE)
_LEADING = re.compile(
    r"^(?:(?:that|whether|if|about|on|for|the\s+topic\s+of|anything\s+(?:about|on)|something\s+(?:about|on))\s+)+",
    re.I,
)
_QUOTED_IN = re.compile(r"\s+(?:quoted|cited|named|mentioned)\s+((?:in|by)\s+.+)$", re.IGNORECASE)
_CHANGE = re.compile(r"\s+(?:change|evolve|shift)[ds]?(?=\s+(?:between|over|from|since|after)\b|\W*$)", re.IGNORECASE)
_AFTER_VERB = re.compile(rf"^(?!to\s){ON}\s", re.IGNORECASE)
_TWO = re.compile(r"\s(?:and|vs?\.?|versus|against)\s", re.IGNORECASE)
_PHRASE_TIE = re.compile(r"\s(?:of|in|for|at|from)\s")
_SOME = word_set("one two three four five six seven some many most several members heads few both")
_ONE_WORD = re.compile(
    r"(?!\w*(?:ed|ing)\b)[A-Z][a-z’'-]+"
)  # "Stern on the race": a name, or the first word of a sentence
_SPOKEN = frozenset("st")  # kinds of verbs: saying, thinking
_SAID_BY = word_set("said told thought felt wrote put made gave spoke spoken written")
_CLAUSE = re.compile(r"\s+[-–—]\s+|[?;:]\s+|,\s+(?=(?:what|how|why)\b)")
_NOUN_PHRASE = re.compile(r"\s(?:of|in|for|at|from|and|vs?\.?|versus)\s", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Frame:
    """How a question asks: for what `speaker` said (None: for whoever said it, or for no one) on `topic`.

    `asks_who` is True for "who said ...". `firm` is False where the shape alone does not prove that
    the words name a speaker ("budget cuts on schools"), and `weak` is True where, besides, it does not prove that what
    somebody said is asked for ("what did the group fear?", "why did the governor ban it?").
    """

    speaker: str | None
    topic: str
    asks_who: bool = False
    firm: bool = True
    weak: bool = False


def read_frame(question: str) -> Frame:
    """Return how the question asks; a shape that none of ours fits has the whole of it as topic.

    Where the whole fits none, a later clause may: "Hale resignation - how did he explain it?"
    """
    text = " ".join(question.split())
    frame = _fit(text)
    if frame is not None and not frame.weak:
        return frame
    for clause in _CLAUSE.finditer(text):
        before, after = text[: clause.start()], text[clause.end() :]
        later = _fit(after, before) or _last(after, before)
        if later is not None and later.speaker is not None and not (frame and later.weak):
            rest = before.replace(later.speaker, "")
            return replace(later, topic=_clean(f"{rest} {later.topic}"))
    return frame or Frame(None, text)


def _fit(text: str, before: str = "") -> Frame | None:
    """Return the first frame that fits; `before` is what the question says earlier."""
    clause = find_clause(text)
    for name, pattern in SHAPES:
        if not pattern.pattern:
            frame = (
                _of_clause(clause, text, before) if clause and (clause.says == "says") == (name == "clause") else None
            )
            if frame is not None:
                return frame
            continue
        match = pattern.search(text)
        if match is None or ("verb" in match.groupdict() and not _says_who(match["verb"], match["one"])):
            continue
        found = match.groupdict()
        topic = _clean(found["topic"] or "")
        if name == "who":
            return Frame(None, topic or text, asks_who=True)
        if name == "sides":
            frame = _sides(match, topic, before)
        else:
            weak = name == "owned"
            if weak and not any("c" in kinds(form) for form in base_forms(found["noun"].lower())):
                continue
            weak = weak or (name == "bare" and bool(_ONE_WORD.fullmatch(match["who"])) and not may_speak(match["who"]))
            strict = name in ("bare", "owned") and not _ONE_WORD.fullmatch(match["who"])
            frame = _named(match["who"], topic, f"{before} {text[: match.start('who')]}", strict)
            frame = frame and replace(frame, firm=name == "says", weak=weak)
        if frame is not None:
            return frame
    return None


def _named(who: str, topic: str, before: str, strict: bool) -> Frame | None:
    """Return a firm frame for a speaker, if the words can be one; `strict` where nothing else tells that they are."""
    asked = re.sub(r"^(?:by|from)\s+", "", who.strip(" ,"))
    speaker = _antecedent(asked, before)
    if quoted := _QUOTED_IN.search(speaker):  # "the league quoted in the report"
        speaker, topic = speaker[: quoted.start()], f"{topic} {quoted[1]}"
    if _NOT_SPEAKERS.match(speaker) or _CUT.search(speaker) or (strict and not may_speak(speaker)):
        return None
    return Frame(speaker, topic)


def _of_clause(clause: Clause, text: str, before: str) -> Frame | None:
    """Return the frame of a question whose main clause tells who says, thinks or does."""
    if clause.says == "does":
        return None
    topic = _clean(f"{clause.lead} {_AFTER_VERB.sub('', clause.rest)}")  # "how many houses did the mayor promise"
    frame = _named(
        clause.subject, topic, f"{before} {text[: clause.start]}", not (clause.open and clause.says == "says")
    )
    if frame is None:
        return None
    return replace(frame, firm=clause.open and clause.says == "says", weak=clause.says != "says")


def _sides(match: re.Match[str], topic: str, before: str) -> Frame | None:
    """Return the frame of a question that sets two beside each other."""
    other = match.groupdict().get("other")
    names = [match["who"], other] if other else _TWO.split(match["who"])
    names = [_antecedent(name.strip(" ,"), f"{before} {match['topic']}") for name in names]
    if not all((may_speak(name) or _ONE_WORD.fullmatch(name)) and not find_clause(name) for name in names):
        return None
    return Frame(" and ".join(names) if other else match["who"], topic, firm=False)


def _last(text: str, before: str) -> Frame | None:
    """Return the frame of a last clause that names somebody, or somebody's answer, and no more."""
    match = LAST.match(text)
    if match is None or not before:
        return None
    who = match["who"]
    sure = match["noun"] or any(can_speak(word) for word in _PHRASE_TIE.split(who)[0].lower().split()[-1:])
    frame = _named(who, "", before, strict=True) if sure else None
    return frame and replace(frame, firm=False, weak=not match["noun"])


def _says_who(verb: str, one: str | None) -> bool:
    """Tell whether "who" or "which teacher", then a verb, asks whose words they are."""
    if one is not None and not can_speak(one.lower()):
        return False
    return verb.lower() in _SAID_BY or any(_SPOKEN & set(kinds(form)) for form in base_forms(verb.lower()))


def may_speak(words: str) -> bool:
    """Tell whether words can name a speaker: a name, or what people and bodies are called."""
    if not words.split() or _NOT_SPEAKERS.match(words) or _CUT.search(words):
        return False
    first, *rest = words.split()
    head = _PHRASE_TIE.split(words)[0].split()
    if any(word[0].isupper() for word in rest if word in head) or first[1:2].isupper():
        return True
    heads = [
        re.sub(r"['’]s?$", "", head) for phrase in _NOUN_PHRASE.split(words) for head in phrase.lower().split()[-1:]
    ]
    return any(can_speak(head) or rarity(head) >= RAREST for head in heads[: 2 if heads[0] in _SOME else 1])


def can_speak(noun: str) -> bool:
    """Tell whether a common noun, in lower case, is a person, a body or a document, by its own or its singular form."""
    forms = base_forms(noun)
    if any(is_body(form) or form in nouns()["role"] | nouns()["people"] | {"person"} for form in forms):
        return True
    letters = [kinds(form) for form in forms]
    return any({"p", "g"} & set(some) for some in letters) or (not any(letters) and speaks(noun))


def _antecedent(speaker: str, before: str) -> str:
    """Return what a pronoun stands for, where the question has a name or a role before it."""
    if not _PRONOUN.fullmatch(speaker):
        return speaker
    for match in _CALLED.finditer(before):
        words = match[1].split()
        for end in range(len(words), 0, -1):
            if speaks(words[end - 1].lower()):
                return " ".join(words[:end])
    names = _NAME.findall(before)
    return names[-1] if names else speaker


def _clean(topic: str) -> str:
    topic = _CHANGE.sub("", topic)
    return _LEADING.sub("", topic.strip(" \t?.!,:;\"'“”‘’-–—")).strip()
