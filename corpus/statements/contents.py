"""Where the content of a cue is: before it, after it, or on both sides, as ranges of tokens."""

from __future__ import annotations

import re

from corpus.statements.cues import Verb
from corpus.statements.lexicon import nouns
from corpus.statements.tokens import Unit

Range = tuple[int, int]

# Adverbs, times ("on", "last Monday's") and prepositional phrases; each can be read in one way only.
_WHEN = r"(?:R*+DMS|[DRegn]*+M)*+R*+"
_ADJUNCT = re.compile(rf"(?![TQH,:]){_WHEN}(?:O{_WHEN}|[ItB][DRegCnqMSA]++)*+(?=T|Q|H|,Q|:|,T)")
_TIME = re.compile(r"(?:(?:I?D?[RCn]{0,2}M(?:D(?:,D)?)?|R)(?:I[DRegCnqMSA]+(?=T))?)+")
_ADJUNCT_TAIL = re.compile(r"(?=[IRMO.,]|\Z)(?:[RMDIegCnqxASOtv,G-]|P(?=[.]))*[.)]?\Z")
_DATELINE = re.compile(r"C+(?:,C+)*(?:\(C+\))?-")
_HEARER = re.compile(r"(?:O|(?:D+R?)?[egCnqS]*[Cnq](?:[IA]D*[egCnqS]*[Cnq])*)(?:I?D?[Rn]?M)?(?:I{1,2}[DCnqSgeA]+)?")
_CLAUSE_END = re.compile(
    r",(?=[ARB]?G)|,?(?=[AB][RX]*V)|,(?=[AB](?:P|D*[egCnq]+)[RX]*V)|,?(?<!T)(?<!T,)(?=K)|,(?=W)|;|\.(?=.)"
)
_RESUMED = re.compile(r"(?=[,:.]|[IRMDnC]*[,:.])[^Q;V]{0,12}?[,:.]?Q")
_THAT = re.compile(r"T|[^,.Q]*T[PDCn]")
_OWN_CLAUSE = re.compile(r"[VXFbev]")
_INTRODUCTION = re.compile(r"I[^,]+,[PDCn]")
_QUOTES = re.compile(r"[^.;:GVv]*[Qq]")
_OBJECT = re.compile(r"(?:(?:O|D|C+)(?=[IMtRB,.;)]|\Z)|D*n(?=I?D?M|[tRB,.;)]|\Z))")
_EVENT = re.compile(r"(?P<noun>D*[CRneg]*[neg](?=[IDMtRB,.;)A]|\Z))[^,.;:B]*")
_NOUN_ON_NOUN = re.compile(r"[nCegO]D(?!M)")  # "called the vote in the council a sham"
_QUALITY = re.compile(r"(?:ful|less|ous|[ai]ble|ish|ical|legal)\Z")
_NEAR = 8  # tokens before a verb in which "what" makes a clause of it: "what he called a hate crime"
_MANY = 5
"""Tokens; so many after "says" are a clause, even where no verb in them is known."""


def clause(tags: str, start: int) -> list[Range]:
    """The clause that starts at token `start`: up to a new cue with its own clause, or the full stop."""
    match = _CLAUSE_END.search(tags, start)
    end = match.start() if match else len(tags)
    while end > start and tags[end - 1] in ".,;-":
        end -= 1
    return [(start, end)] if end > start else []


def before_cue(unit: Unit, end: int, low: int) -> list[Range]:
    """What stands before a cue that follows its content: quotation or clause, not before token `low`."""
    tags = unit.tags
    while end > low and tags[end - 1] in ",-":
        end -= 1
    last = end
    while last - 2 >= low and tags[last - 1] == "Q" and tags[last - 2] in ".,-":
        last -= 2
    quoted = end > low and tags[end - 1] == "Q"
    if quoted and last < end and tags[last - 1 : last] != "Q":
        last += 1
    first = max(low, max(tags.rfind(mark, low, last - 1 if quoted else end) for mark in ";.") + 1)
    dateline = _DATELINE.match(tags) if first == 0 and unit.begins_paragraph else None
    if dateline and dateline.end() < end:
        first = dateline.end()
    while first < end - 1 and tags[first] in "BA,":
        first += 1
    return [(first, end)] if quoted or end - first >= 2 else []


def resumed(unit: Unit, place: int) -> list[Range]:
    """A quotation that goes on after its tag: `“...,” he said, “...”`."""
    match = _RESUMED.match(unit.tags, place)
    return [(match.end() - 1, match.end())] if match else []


def trailing(unit: Unit, subject: int, place: int, verb: Verb, low: int) -> list[Range]:
    """The content where the tag follows it: `“...,” X said`, `..., X said on Monday.`, `..., X said, ...`."""
    tags = unit.tags
    if "Q" not in verb.frames or subject == 0:
        return []
    rest = tags[place + 1 :]
    previous = tags[subject - 1]
    after_quotation = previous == "Q" or tags[max(0, subject - 2) : subject] in ("Q,", "Q.")
    if after_quotation and not _THAT.match(rest):
        return before_cue(unit, subject, 0) + resumed(unit, place + 1)
    if previous not in ",-" or not set("cthw") & set(verb.frames):
        return []
    if _ADJUNCT_TAIL.match(rest):
        return before_cue(unit, subject, low)
    if rest.startswith((",", "-")) and not rest.startswith((",Q", ",G", ",t", ",T")):
        left = before_cue(unit, subject, 0)
        return left + clause(tags, place + 2) if left else left
    return []


def following(unit: Unit, start: int, verb: Verb) -> list[Range]:
    """The content after a cue, as the verb's frames allow; [] where there is none."""
    tags, frames = unit.tags, verb.frames
    if start < len(tags) and unit.words[start] in verb.particles:
        return clause(tags, start + 1)
    if "h" in frames or "I" in frames:
        heard = _after_hearer(tags, start, verb)
        if heard or not set("cnQ") & set(frames):
            return heard
    here = start
    adjunct = _ADJUNCT.match(tags, start)
    if adjunct and ("Q" in frames or tags[adjunct.end()] in "TH"):
        here = adjunct.end()
    if tags[here : here + 2] in (",Q", ":Q", ",T", ":T"):
        here += 1
    follower = tags[here : here + 1]
    if follower == "Q":
        return clause(tags, here) if "Q" in frames or "n" in frames else []
    if follower in ("T", "H"):
        fits = set("ctn" if follower == "T" else "ctw") & set(frames)
        return clause(tags, here) if fits else []
    if follower == ":":
        return clause(tags, here + 1) if "Q" in frames and "Q" in tags[here:] else []
    return _bare_clause(tags, here, verb) or _phrase_content(unit, here, start, verb)


def _after_hearer(tags: str, start: int, verb: Verb) -> list[Range]:
    """The content after "told reporters", "urged the council"."""
    hearer = _HEARER.match(tags, start)
    if hearer is None or hearer.end() >= len(tags):
        return []
    place = hearer.end() + (tags[hearer.end()] in ",:")
    follower = tags[place : place + 1]
    if follower and (follower in "QTH" or (follower in "PD" and tags[place - 1] != ",")):
        return clause(tags, place)
    if "I" in verb.frames and follower == "t":
        return clause(tags, place if verb.lemma == "tell" else start)
    return []


def _bare_clause(tags: str, here: int, verb: Verb) -> list[Range]:
    """A clause without "that": "said Sunday he would stay"."""
    if "c" not in verb.frames or "h" in verb.frames:
        return []
    time = _TIME.match(tags, here)
    place = time.end() if time else here
    follower = tags[place : place + 1]
    if not follower or follower in ",.tA-;)" or (follower == "I" and not _INTRODUCTION.match(tags, place)):
        return []
    many = "n" not in verb.frames and len(tags) - place > _MANY
    if follower == "P" or many or _OWN_CLAUSE.search(tags, place):
        return clause(tags, place)
    return []


def _phrase_content(unit: Unit, here: int, start: int, verb: Verb) -> list[Range]:
    """An infinitive or a noun phrase as content: "vowed to stay", "denied the charge"."""
    tags = unit.tags
    follower = tags[here : here + 1]
    if follower == "t" and "i" in verb.frames:
        return clause(tags, here)
    if verb.lemma == "call":
        named = (len(tags) - here < 4 and follower != "O") or (follower == "C" and tags[start - 2 : start - 1] == "n")
        if named and not re.search("[Qq]", tags[here:]):
            return []  # "a group called X"
        if _only_calls(unit, here) and "what" not in unit.words[max(0, start - _NEAR) : start]:
            return []
    return clause(tags, here) if follower and follower in "DPOCnqegH" and "n" in verb.frames else []


def _only_calls(unit: Unit, here: int) -> bool:
    """Tell whether "called" has an object and no predicate to it: "called a strike on Monday", "called her at home".

    In "called the plan reckless" and "called the vote a sham" something is said of the object. Where only the words
    could tell ("called the general strike", "called the attack in the park a crime"), the noun does.
    """
    tags, words = unit.tags, unit.words
    if _QUOTES.match(tags, here):
        return False
    if _OBJECT.match(tags, here):
        return True
    found = _EVENT.match(tags, here)
    if found is None or words[found.end("noun") - 1] not in nouns()["called"]:
        return False
    last = words[found.end() - 1]
    return not _NOUN_ON_NOUN.search(tags, here, found.end()) and _QUALITY.search(last) is None
