"""The shapes of questions about who said what, as patterns over the whole question.

A shape has groups ``who`` (the speaker, as asked) and ``topic``; `index.frames` reads them in this order, and the first
that fits wins, so narrower ones stand first.
"""

from __future__ import annotations

import re

_AUX = r"(?:did|does|do|has|have|had|is|was|were|are|'s|’s)"
_DETERMINER = r"(?:the|an?|his|her|its|our|their)"
# A determiner alone is nobody: "the State Department say" is not "the" that states.
_WHO = rf"(?P<who>(?:{_DETERMINER}\s+)?(?!{_DETERMINER}\b)[^?\s][^?]{{1,80}}?)"
ON = (
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

_THEM = r"\b(?:he|she|they|it|his|her|their)\b"
_SIDE = r"[^?,;:]{2,50}?"
_SAID = r"(?:says?|said|thinks?|thought|claims?|claimed|wants?|wanted)"

# What they read has single spaces (see `read_frame`): one is enough, and more would be tried in vain.
SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern.replace(r"\s+", r"\s"), re.IGNORECASE | re.DOTALL))
    for name, pattern in (
        ("tail", r"^(?P<topic>.+?),\s+(?:says|said|say|argues|claims)\s+(?P<who>[^?,]{2,80}?)\s*\??$"),
        ("tail", r"^(?P<topic>.+?),?\s+as\s+far\s+as\s+(?P<who>[^?,]{2,60}?)\s+(?:is|are|was|were)\s+concerned\s*\??$"),
        (
            "sides",
            rf"^(?P<topic>.+?)(?:[:?;]\s|\s[-–—]\s)(?P<who>{_SIDE}\s(?:and|vs?\.?|versus|against)\s{_SIDE})"
            r"(?:,?\s(?:each|both|respectively|compared))?\s?[?.]?$",
        ),
        (
            "sides",
            rf"^(?P<topic>.+?)[:?;]\s(?:and\s)?(?:what\s)?(?P<who>{_SIDE})\s{_SAID}\s(?:and|but)\s(?:what\s)?"
            rf"(?P<other>{_SIDE})\s{_SAID}\s?\??$",
        ),
        (
            "sides",
            rf"^\W*how\s(?:do|does|did)\s(?P<who>{_SIDE})(?:['’]s?\s(?:\w+\s)?\w+)?\s(?:differ|diverge|compare|contrast)\s"
            rf"(?:from|with|to)\s(?P<other>{_SIDE})(?:['’]s?(?:\s\w+)?)?\s{ON}\s{_TOPIC}",
        ),
        (
            "sides",
            rf"^\W*(?:what\s(?:is|was|are|were)\s)?(?:the\s)?(?:differences?|disagreements?|contrast|dispute|argument)\s"
            rf"between\s(?P<who>{_SIDE}\sand\s{_SIDE})\s{ON}\s{_TOPIC}",
        ),
        (
            "says",
            rf"^\W*(?:compare|contrast)\s+(?:what\s+)?{_WHO}(?:['’]s?)?\s+(?:(?:{_SAID}|say|{_NOUN})\s+)?{ON}\s+{_TOPIC}",
        ),
        (
            "says",
            rf"^\W*(?:how|where|why|on\s+what)?\s*(?:did|do|does)\s+{_WHO}\s+(?:differ|disagree|agree)\s+{ON}\s+{_TOPIC}",
        ),
        # who said ...: no speaker is named
        (
            "who",
            r"^\W*(?:and\s)?(?:who|which\s(?P<one>\w+))\s(?:else\s)?(?:has\s|have\s)?(?P<verb>[^\W\d]+)\b(?!,)\s?"
            rf"(?:that\s|about\s|on\s)?{_TOPIC}",
        ),
        (
            "who",
            rf"^\W*what\s+(?:was|is|has\s+been|did\s+(?:they|people|anyone|others?))\s+(?:said|say)\s+{ON}\s+{_TOPIC}",
        ),
        ("says", rf"^\W*what\s+(?:was|is|has\s+been)\s+said\s+by\s+{_WHO}\s+{ON}\s+{_TOPIC}"),
        (
            "says",
            r"^\W*(?:according\s+to|as\s+per|in\s+the\s+(?:words|view|opinion)\s+of)\s+(?P<who>[^?,]{2,80}?)\s?,\s?(?P<topic>.+)",
        ),
        ("clause", ""),  # its main clause says who says something: `index.clauses`
        (
            "says",
            rf"^\W*what\s*(?:{_AUX})\s+{_WHO}(?:['’]s?|s['’])\s+(?:\w+\s+){{0,2}}{_NOUN}\b\s*(?:{ON}\s+)?{_TOPIC}?",
        ),
        (
            "says",
            rf"^\W*(?:how|why|when)\s+(?:did|does|has|have|had)\s+{_WHO}(?:['’]s|s['’])\s+(?:\w+\s+)?{_NOUN}\s+{ON}\s+{_TOPIC}",
        ),
        ("says", rf"^\W*what\s*(?:{_AUX})\s+the\s+(?:\w+\s+){{0,2}}{_NOUN}\s+of\s+{_WHO}\s+{ON}\s+{_TOPIC}"),
        (
            "tail",
            r"^(?P<topic>.+?)(?:,?\s+according\s+to|,\s+per(?!\scent)|,?\s+in\s+the\s+words\s+of)\s+(?P<who>[^?,]{2,80}?)\s*\??$",
        ),
        ("thinks", ""),  # the same of thought and feeling
        ("bare", rf"^\W*(?:the\s+)?(?:\w+\s+)?(?:{_NOUN})\s+(?:by|from|of)\s+{_WHO}\s+{ON}\s+{_TOPIC}"),
        (
            "bare",
            rf"^\W*(?P<who>{_NO_QUESTION}[^?,]{{2,60}}?)(?:['’]s?)?\s+(?:(?:own|official|written|public|first|initial|latest|resignation)\s+)?{_NOUN}\s+(?:{ON}|for|after|when|behind)\s+{_TOPIC}",
        ),
        (
            "owned",
            rf"^\W*(?:what\s?{_AUX}\s)?(?P<who>{_NO_QUESTION}(?:(?!\s(?:on|about|re)\s)[^?,]){{2,60}}?)(?:['’]s|s['’])\s(?:[\w-]+\s(?:of\s)?){{0,2}}?(?P<noun>[\w-]+)\s"
            rf"(?:{ON}|for|after|before|when|behind|against|at|with)\s{_TOPIC}",
        ),
        (
            "bare",
            r"^\W*" + _NO_QUESTION.join(("(?P<who>", r"[^?,]{2,50}?)")) + r"\s+(?:on|about|re)\s+(?P<topic>[^?]+)",
        ),
        ("bare", rf"^\W*(?P<who>{_NO_QUESTION}[^?:]{{2,60}}):\s+{_TOPIC}"),
        (
            "bare",
            rf"^\W*(?P<who>{_NO_QUESTION}[^?:,]{{2,50}}?)\s[-–—]\s(?P<topic>(?!.*{_THEM})(?:what|how|why|which|did|does|is|will)\b.+)",
        ),
    )
)
# After something else: "will the club keep the song? chairman's answer", "were they asked? NSC version".
LAST = re.compile(
    rf"^(?P<who>{_NO_QUESTION}[^?,;:]{{2,60}}?)(?P<noun>(?:['’]s?)?\s(?:own\s)?{_NOUN})?\s?[?.]?$", re.IGNORECASE
)
