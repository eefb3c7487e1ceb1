"""The shapes of questions about who said what: which words name the speaker, which the topic.

A frame is a pattern over the whole question with groups ``who`` (the speaker, as asked) and ``topic``.
The first that fits wins, so narrower ones stand first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.statements.lexicon import speaks
from index.wordnet import RAREST, rarity

_SAY = (
    r"(?:say|said|says|saying|state|stated|claim(?:ed|s|ing)?|tell|told|announce[ds]?|argue[ds]?|think|thinks|"
    r"promise[ds]?|pledge[ds]?|deny|denied|denies|warn(?:ed|s)?|respon(?:d|ded|ds)|repl(?:y|ied|ies)|react(?:ed|s)?|"
    r"comment(?:ed|s)?|admit(?:ted|s)?|insist(?:ed|s)?|explain(?:ed|s)?|propose[ds]?|demand(?:ed|s)?|"
    r"criticis?z?e[ds]?|accuse[ds]?|describe[ds]?|characteris?z?e[ds]?|report(?:ed|s)?|allege[ds]?|mention(?:ed|s)?|"
    r"suggest(?:ed|s)?|blame[ds]?|reject(?:ed|s)?|dismiss(?:ed|es)?|call(?:ed|s)?|defend(?:ed|s)?|justif(?:y|ied|ies)|"
    r"ask(?:ed|s)?|add(?:ed|s)?|confirm(?:ed|s)?|answer(?:ed|s)?|predict(?:ed|s)?|recommend(?:ed|s)?|want|wants|wanted|"
    r"vow(?:ed|s)?|urge[ds]?|estimate[ds]?|express(?:ed|es)?|give|gave|given|make|made|put|cite[ds]?|"
    r"take|took|taken|point\s+out|talk(?:ed)?|speak|spoke|spoken|write|wrote|written|believe[ds]?|feel|oppose[ds]?|support(?:ed|s)?)"
)
_AUX = r"(?:did|does|do|has|have|had|is|was|were|are|'s|’s)"
_DETERMINER = r"(?:the|an?|his|her|its|our|their)"
# A determiner alone is nobody: "the State Department say" is not "the" that states.
_WHO = rf"(?P<who>(?:{_DETERMINER}\s+)?(?!{_DETERMINER}\b)[^?\s][^?]{{1,80}}?)"
_ON = (
    r"(?:about|on|regarding|concerning|of|over|re|as\s+to|in\s+response\s+to|in\s+reply\s+to|to|"
    r"with\s+regard\s+to|around)"
)
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

# What they read has single spaces (see `read_frame`): one is enough, and more would be tried in vain.
_FRAMES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern.replace(r"\s+", r"\s"), re.IGNORECASE | re.DOTALL))
    for name, pattern in (
        ("tail", r"^(?P<topic>.+?),\s+(?:says|said|say|argues|claims)\s+(?P<who>[^?,]{2,80}?)\s*\??$"),
        ("tail", r"^(?P<topic>.+?),?\s+as\s+far\s+as\s+(?P<who>[^?,]{2,60}?)\s+(?:is|are|was|were)\s+concerned\s*\??$"),
        (
            "says",
            rf"^\W*(?:compare|contrast)\s+(?:what\s+)?{_WHO}(?:['’]s?)?\s+(?:(?:{_SAY}|{_NOUN})\s+)?{_ON}\s+{_TOPIC}",
        ),
        (
            "says",
            rf"^\W*(?:how|where|why|on\s+what)?\s*(?:did|do|does)\s+{_WHO}\s+(?:differ|disagree|agree)\s+{_ON}\s+{_TOPIC}",
        ),
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
            rf"^\W*(?:what|which|how|why|when|where)\b(?P<lead>[^?]{{0,60}}?)\s*\b{_AUX}\s+{_WHO}\s+(?:actually\s+|publicly\s+|ever\s+|been\s+|to\s+)*{_SAY}\b(?!\s+{_SAY}\b)\s*{_TOPIC}?",
        ),
        (
            "says",
            rf"^\W*what\s*(?:{_AUX})\s+{_WHO}(?:['’]s?|s['’])\s+(?:\w+\s+){{0,2}}{_NOUN}\b\s*(?:{_ON}\s+)?{_TOPIC}?",
        ),
        (
            "says",
            rf"^\W*(?:how|why|when)\s+(?:did|does|has|have|had)\s+{_WHO}(?:['’]s|s['’])\s+(?:\w+\s+)?{_NOUN}\s+{_ON}\s+{_TOPIC}",
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
            r"^\W*" + _NO_QUESTION.join(("(?P<who>", r"[^?,]{2,50}?)")) + r"\s+(?:on|about|re)\s+(?P<topic>[^?]+)",
        ),
        ("bare", rf"^\W*(?P<who>{_NO_QUESTION}[^?:]{{2,60}}):\s+{_TOPIC}"),
    )
)
_NOT_SPEAKERS = re.compile(
    r"^(?:(?:in|on|at|of|to|for|by|with|from|about|between|before|after|since|during|considering|given|despite|once|as|if|when|while|until|both|any|"
    r"all|some|one|each)\s.*|the|an?|and|but|or|so|also|it|he|she|they|we|you|i|this|that|there|these|those|what|which|who|the\s+(?:articles?|corpus|news|press|papers?|"
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
_CLAUSE = re.compile(r"\s+[-–—]\s+|[?;:]\s+|,\s+(?=(?:what|how|why)\b)")
_NOUN_PHRASE = re.compile(r"\s(?:of|in|for|at|from|and|vs?\.?|versus)\s", re.IGNORECASE)


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
    """Return how the question asks; a shape that none of ours fits has the whole of it as topic.

    Where the whole fits none, a later clause may: "Hale resignation - how did he explain it?"
    """
    text = " ".join(question.split())
    frame = _fit(text)
    if frame is not None:
        return frame
    for clause in _CLAUSE.finditer(text):
        before = text[: clause.start()]
        later = _fit(text[clause.end() :], before)
        if later is not None and later.speaker is not None:
            rest = before.replace(later.speaker, "")
            return Frame(later.speaker, _clean(f"{rest} {later.topic}"), firm=later.firm)
    return Frame(None, text)


def _fit(text: str, before: str = "") -> Frame | None:
    """Return the first frame that fits; `before` is what the question says earlier."""
    for name, pattern in _FRAMES:
        match = pattern.search(text)
        if match is None:
            continue
        lead = match.groupdict().get("lead") or ""  # "how many houses did the mayor promise to build"
        topic = _clean(f"{lead} {match['topic'] or ''}")
        if name == "who":
            return Frame(None, topic or text, asks_who=True)
        asked = re.sub(r"^(?:by|from)\s+", "", match["who"].strip(" ,"))
        speaker = _antecedent(asked, f"{before} {text[: match.start('who')]}")
        if quoted := _QUOTED_IN.search(speaker):  # "the league quoted in the report"
            speaker, topic = speaker[: quoted.start()], f"{topic} {quoted[1]}"
        if _NOT_SPEAKERS.match(speaker) or _CUT.search(speaker) or (name == "bare" and not may_speak(speaker)):
            continue
        return Frame(speaker, topic, firm=name == "says")
    return None


def may_speak(words: str) -> bool:
    """Tell whether words can name a speaker: a name, or what people and bodies are called."""
    if not words.split() or _NOT_SPEAKERS.match(words) or _CUT.search(words):
        return False
    first, *rest = words.split()
    if any(word[0].isupper() for word in rest) or first[1:2].isupper():
        return True
    heads = [phrase.split()[-1].lower() for phrase in _NOUN_PHRASE.split(words) if phrase.split()]
    heads = [re.sub(r"['’]s?$", "", head) for head in heads]
    return any(speaks(head) or speaks(head.removesuffix("s")) or rarity(head) >= RAREST for head in heads)


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
