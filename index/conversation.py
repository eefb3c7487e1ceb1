"""Questions that lean on the ones before them: "and on the budget?", "her answer?", "how many of them?".

Each turn of a conversation is read in the light of the turn before: who was spoken of, and what about. Only questions
are read, never answers, so that the same questions always mean the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.clauses import find_clause
from index.frames import Frame, may_speak, read_frame
from index.terms import content_terms

_OPENING = re.compile(r"^(?:and|but|so|then|or|ok(?:ay)?|also|well|now)\b[\s,]*(?=\S)", re.IGNORECASE)
_ABOUT = re.compile(r"^(?:(?P<what>what|how)\s+about|about|on|regarding)\s+", re.IGNORECASE)
_NOUN = (
    r"(?:repl(?:y|ies)|answers?|comebacks?|responses?|reactions?|retorts?|views?|verdicts?|takes?|side|lines?|opinions?|"
    r"positions?|comments?|words?|version|account|defen[cs]e|denial|excuse|thoughts?|statements?)"
)
_ASKING = (
    r"(?:what|how|why|when|where|who|which|does|do|did|has|have|had|is|are|was|were|will|can|could|would|should|any|"
    r"anyone|anybody)\b"
)
# Somebody, and no more: "the union?", "Orelind's comeback?", "the ministry on that?"
_SWAP = re.compile(
    rf"^(?P<who>(?!{_ASKING})(?:(?!\s(?:on|about|to|after|before|for)\s)[^?,;:]){{2,60}}?)(?:['’]s?)?"
    rf"(?P<noun>\s(?:own\s)?{_NOUN})?(?:\s(?:to|on|about|of)\s(?:that|this|it|them|these|those))?\s?\??$",
    re.IGNORECASE,
)
# Somebody, then what is asked of them: "and the league, does it buy that?"
_ASIDE = re.compile(
    rf"^(?P<who>(?!{_ASKING})[^?,;:]{{2,60}}?)(?:['’]s?\sside)?\s?[,–—-]\s(?P<topic>{_ASKING}.+)$", re.IGNORECASE
)
_HE_SAYS = re.compile(r"^(?P<topic>.+?),\s(?:does|did|do)\s(?:he|she|it|they)\s(?:say|think)\s?\??$", re.IGNORECASE)
_THEY = re.compile(r"\b(?:he|she|his|her|hers|him|they|their|them)\b", re.IGNORECASE)
_TIME = re.compile(r"^(?:once|after(?:wards)?|before|since|on|in|at|during|when|until|by|later|then)\b", re.IGNORECASE)
_POSSESSIVE = re.compile(r"^(?:his|her|its|their)\b\s*", re.IGNORECASE)
_NOBODY = re.compile(r"^(?:the|an?|any|some|that|this)$", re.IGNORECASE)
_ANAPHOR = re.compile(
    rf"{_THEY.pattern}|\b(?:it|its|that|this|these|those|there|then|instead|ones?|such|same)\b", re.IGNORECASE
)
_FEW = 2
"""Terms up to which a topic is eked out by what was spoken of before."""
_ENOUGH = 4
"""Terms above which a question that points back to nothing stands on its own, words that can be one name."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question as the conversation makes it mean.

    `frame` is how it asks, with speaker and topic of earlier turns where it has none of its own; `carried` what was
    spoken of before, which tells where to look: empty for a question that stands on its own. `same` tells that it asks
    somebody else about the same.
    """

    frame: Frame
    carried: str = ""
    same: bool = False

    @property
    def spoken_of(self) -> str:
        """All that was spoken of up to here."""
        return " ".join(part for part in (self.frame.speaker, self.frame.topic, self.carried) if part)

    @property
    def subject(self) -> str:
        """What it is about; of one that asks about the same, with what was spoken of before where that says little."""
        topic = self.frame.topic
        return topic if not self.same or len(content_terms(topic)) > _FEW else f"{topic} {self.carried}"


def follow(question: str, history: Sequence[str]) -> Turn:
    """Return what `question` means after `history`, the questions before it, oldest first."""
    turn: Turn | None = None
    for text in (*history, question):
        turn = _next(" ".join(text.split()), turn)
    assert turn is not None  # there is the question itself
    return turn


def _next(text: str, before: Turn | None) -> Turn:
    if before is None:
        return Turn(read_frame(text))
    bare, carried = _OPENING.sub("", text), before.spoken_of
    if (frame := _somebody(bare, before.frame, opened=bare != text)) is not None:
        return Turn(frame, carried, same=True)
    if (aside := _ASIDE.match(bare)) and may_speak(aside["who"]):
        return Turn(Frame(aside["who"], aside["topic"], firm=False), carried)
    if (said := _HE_SAYS.match(bare)) is not None:
        return Turn(Frame(before.frame.speaker, said["topic"], firm=False), carried)
    frame = read_frame(bare)
    if frame.speaker is None and not frame.asks_who and _THEY.search(bare):
        return Turn(_of_them(bare, before.frame), carried)
    if _stands(bare, frame):
        return Turn(read_frame(text))
    return Turn(frame if content_terms(frame.topic) else replace(frame, topic=before.frame.topic), carried)


def _of_them(bare: str, before: Frame) -> Frame:
    """Read "does he admit anything?": of whom was spoken before, and surely so where he says something."""
    clause = find_clause(bare)
    if before.speaker is None or clause is None or not _THEY.fullmatch(clause.subject):
        return Frame(before.speaker, bare, firm=False, weak=before.speaker is not None)
    said = clause.says == "says"
    topic = f"{clause.lead} {clause.rest}".strip(" ?") if said else bare
    return Frame(before.speaker, topic if content_terms(topic) else before.topic, firm=False, weak=not said)


def _somebody(bare: str, before: Frame, opened: bool) -> Frame | None:
    """Read what names nothing but somebody, or nothing but a topic or a time: the rest is as before."""
    about = _ABOUT.match(bare)
    rest = (bare[about.end() :] if about else bare).rstrip(" ?")
    match = _SWAP.match(rest)
    if match is None or _NOBODY.match(match["who"]) or (about and not about["what"]):
        return Frame(before.speaker, rest, firm=False) if about else None
    who, noun = match["who"], bool(match["noun"])
    if noun and _POSSESSIVE.fullmatch(who):
        return Frame(before.speaker, before.topic, firm=False)
    short = len(who.split()) <= _ENOUGH + 2
    if (opened or about or noun) and short and may_speak(_POSSESSIVE.sub("", who)):
        return Frame(who, before.topic, firm=False)
    if about or (opened and (short or _TIME.match(rest))):
        topic = rest if content_terms(rest) else f"{before.topic} {rest}"
        return Frame(before.speaker, topic, firm=False)
    return None


def _stands(text: str, frame: Frame) -> bool:
    """Tell whether a question says by itself what it is about."""
    terms = content_terms(frame.topic if frame.speaker else text)
    return not _ANAPHOR.search(text) and len(terms) > (1 if frame.speaker else _ENOUGH)
