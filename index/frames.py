"""The shapes of questions about who said what: which words name the speaker, which the topic.

A frame is a pattern over the whole question with groups ``who`` (the speaker, as asked) and ``topic``.
The first that fits wins, so narrower ones stand first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SAY = (
    r"(?:say|said|says|saying|state|stated|claim(?:ed|s|ing)?|tell|told|announce[ds]?|argue[ds]?|think|thinks|"
    r"promise[ds]?|pledge[ds]?|deny|denied|denies|warn(?:ed|s)?|respon(?:d|ded|ds)|repl(?:y|ied|ies)|react(?:ed|s)?|"
    r"comment(?:ed|s)?|admit(?:ted|s)?|insist(?:ed|s)?|explain(?:ed|s)?|propose[ds]?|demand(?:ed|s)?|"
    r"criticis?z?e[ds]?|accuse[ds]?|describe[ds]?|characteris?z?e[ds]?|report(?:ed|s)?|allege[ds]?|mention(?:ed|s)?|"
    r"suggest(?:ed|s)?|blame[ds]?|reject(?:ed|s)?|dismiss(?:ed|es)?|call(?:ed|s)?|defend(?:ed|s)?|justif(?:y|ied|ies)|"
    r"ask(?:ed|s)?|add(?:ed|s)?|confirm(?:ed|s)?|answer(?:ed|s)?|predict(?:ed|s)?|recommend(?:ed|s)?|want|wants|wanted|"
    r"vow(?:ed|s)?|urge[ds]?|estimate[ds]?|express(?:ed|es)?|give|gave|given|make|made|put|cite[ds]?|"
    r"point\s+out|talk(?:ed)?|speak|spoke|spoken|write|wrote|written|believe[ds]?|feel|oppose[ds]?|support(?:ed|s)?)"
)
_AUX = r"(?:did|does|do|has|have|had|is|was|were|are|'s|’s)"
_WHO = r"(?P<who>[^?]{2,80}?)"
_ON = r"(?:about|on|regarding|concerning|of|over|re|as\s+to|in\s+response\s+to|in\s+reply\s+to|to|with\s+regard\s+to|around)"
_NOUN = (
    r"(?:positions?|views?|stances?|responses?|reactions?|opinions?|comments?|explanations?|line|answers?|takes?|"
    r"messages?|promises?|plans?|statements?|remarks?|quotes?|words?|claims?|warnings?|account|version|argument|"
    r"justification|denial|defence|defense|criticism|pledges?|assessment|reply|replies|excuse|reasons?|advice|appeals?|"
    r"demands?|proposals?|apolog(?:y|ies)|complaints?|threats?|offers?|verdict|thoughts?|testimony|speech|quotation)"
)
_NO_QUESTION = (
    r"(?!(?:what|who|whose|how|why|when|where|which|did|does|do|is|are|was|were|has|have|will|can|share|number|names?|"
    r"list|amount|cost|price|date|any)\b)"
)
_TOPIC = r"(?P<topic>.+)"

_FRAMES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.IGNORECASE | re.DOTALL))
    for name, pattern in (
        # who said ...: no speaker is named
        (
            "who",
            rf"^\W*(?:and\s+)?(?:who|which\s+\w+)\s+(?:else\s+)?(?:has\s+|have\s+)?{_SAY}\b\s*(?:that\s+|about\s+|on\s+)?{_TOPIC}",
        ),
        (
            "who",
            rf"^\W*what\s+(?:was|is|has\s+been|did\s+(?:they|people|anyone|others?))\s+(?:said|say)\s+{_ON}\s+{_TOPIC}",
        ),
        ("says", rf"^\W*what\s+(?:was|is|has\s+been)\s+said\s+by\s+{_WHO}\s+{_ON}\s+{_TOPIC}"),
        (
            "says",
            rf"^\W*(?:and\s+)?(?:so\s+)?what(?:\s+exactly|\s+else)?\s*{_AUX}\s+{_WHO}\s+(?:actually\s+|publicly\s+|ever\s+|been\s+|to\s+)*{_SAY}\s+{_ON}\s+{_TOPIC}",
        ),
        (
            "says",
            rf"^\W*(?:what|which|how|why|when|where)\b(?P<lead>[^?]{{0,60}}?)\s*\b{_AUX}\s+{_WHO}\s+(?:actually\s+|publicly\s+|ever\s+|been\s+|to\s+)*{_SAY}\b\s*{_TOPIC}?",
        ),
        (
            "says",
            rf"^\W*what\s*(?:{_AUX})\s+{_WHO}(?:['’]s?|s['’])\s+(?:\w+\s+){{0,2}}{_NOUN}\b\s*(?:{_ON}\s+)?{_TOPIC}?",
        ),
        ("says", rf"^\W*what\s*(?:{_AUX})\s+the\s+(?:\w+\s+){{0,2}}{_NOUN}\s+of\s+{_WHO}\s+{_ON}\s+{_TOPIC}"),
        (
            "asks",
            rf"^\W*(?:and\s+)?(?:did|does|has|have|is|was)\s+{_WHO}\s+(?:actually\s+|publicly\s+|ever\s+|really\s+)*{_SAY}\b\s*(?:{_ON}\s+)?{_TOPIC}",
        ),
        ("says", rf"^\W*(?:according\s+to|as\s+per)\s+{_WHO}\s*,\s*{_TOPIC}"),
        ("tail", r"^(?P<topic>.+?),?\s+according\s+to\s+(?P<who>[^?,]{2,80}?)\s*\??$"),
        ("bare", rf"^\W*(?:the\s+)?(?:\w+\s+)?(?:{_NOUN})\s+(?:by|from|of)\s+{_WHO}\s+{_ON}\s+{_TOPIC}"),
        (
            "bare",
            rf"^\W*(?P<who>{_NO_QUESTION}[^?,]{{2,60}}?)(?:['’]s?)?\s+(?:(?:official|written|public|first|initial|latest|resignation)\s+)?{_NOUN}\s+(?:{_ON}|for|after|when|behind)\s+{_TOPIC}",
        ),
        (
            "bare",
            r"^\W*"
            + _NO_QUESTION.join(("(?P<who>", r"[^?,]{2,50}?)"))
            + r"\s+(?:on|about|re)\s+(?P<topic>[^?]+)",
        ),
    )
)
_NOT_SPEAKERS = re.compile(
    r"^(?:(?:in|on|at|of|to|for|by|with|from|about)\s.*|it|he|she|they|we|you|i|this|that|there|these|those|what|which|who|the\s+(?:articles?|corpus|news|press|papers?|"
    r"law|constitution|bill|act|decree|treaty|agreement|deal|plan|project|case))$",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"(?:he|she|they|it)", re.IGNORECASE)
_NAME = re.compile(r"\b[A-Z][\w’'-]+(?:\s+[A-Z][\w’'-]+)*")
_LEADING = re.compile(
    r"^(?:that|whether|if|about|on|the\s+topic\s+of|anything\s+(?:about|on)|something\s+(?:about|on))\s+",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Frame:
    """How a question asks: for what `speaker` said (None: for whoever said it, or for no one) on `topic`.

    `asks_who` is True for "who said ...". `firm` is False where the shape alone does not prove that
    the words name a speaker ("budget cuts on schools").
    """

    speaker: str | None
    topic: str
    asks_who: bool = False
    firm: bool = True


def read_frame(question: str) -> Frame:
    """Return how the question asks; a shape that none of ours fits has the whole of it as topic."""
    text = " ".join(question.split())
    for name, pattern in _FRAMES:
        match = pattern.search(text)
        if match is None:
            continue
        lead = match.groupdict().get("lead") or ""  # "how many houses did the mayor promise to build"
        topic = _clean(f"{lead} {match['topic'] or ''}")
        if name == "who":
            return Frame(None, topic or text, asks_who=True)
        speaker = _antecedent(
            re.sub(r"^(?:by|from)\s+", "", match["who"].strip(" ,")), text[: match.start("who")]
        )
        if _NOT_SPEAKERS.match(speaker):
            continue
        return Frame(speaker, topic, firm=name in ("says",))
    return Frame(None, text)


def _antecedent(speaker: str, before: str) -> str:
    """Return the name that a pronoun stands for, where the question has one before it."""
    if not _PRONOUN.fullmatch(speaker):
        return speaker
    names = _NAME.findall(before)
    return names[-1] if names else speaker


def _clean(topic: str) -> str:
    return _LEADING.sub("", topic.strip(" \t?.!,:;\"'“”‘’")).strip()
