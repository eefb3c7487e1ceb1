"""What an answer has to hold, by how the question asks: a number, a name, a date."""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.model import Statement

_WANTS = (
    (
        "number",
        re.compile(
            r"\bhow\s+(?:many|much|long|old|far|fast|high|large|big|often|deep|tall)\b|\b(?:number|share|percentage|"
            r"per\s*cent|amount|cost|price|fine|salary|wage|pay|fees?|speed|count|total|toll|compensation|rate|size|age|"
            r"height|length|score|result)\b(?!\s+(?:say|said))",
            re.IGNORECASE,
        ),
    ),
    ("date", re.compile(r"\b(?:when|(?:what|which)\s+(?:date|day|year|month|time))\b", re.IGNORECASE)),
    (
        "name",
        re.compile(
            r"\b(?:who|whom|whose|where|names?\s+of|(?:which|what)\s+(?:person|people|company|firm|country|city|town|team|"
            r"party|group|organi[sz]ation|bank|newspaper|ministry|minister|player|individual|place|region|province))\b",
            re.IGNORECASE,
        ),
    ),
)
_NUMBER = re.compile(
    r"\d[\d.,]*|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
    r"seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|"
    r"billions?|half|third|quarter|dozens?|twice|double|none|nobody)\b",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\d|\b(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August|September|"
    r"October|November|December|today|yesterday|tomorrow|morning|evening|week|month|year|spring|summer|autumn|winter)\b"
)
_NAME = re.compile(r"(?<![.?!“\"‘]\s)(?<!^)(?<![“\"‘])\b[A-Z][\w’'-]*")


@dataclass(frozen=True, slots=True)
class Expected:
    """The kind of thing that a question wants to hear, and its words, which are no news."""

    kind: str | None
    words: frozenset[str]

    def missing(self, text: str, statement: Statement | None = None) -> bool:
        """Tell whether the text, and who says it, has nothing of the kind that the question has not."""
        if self.kind is None:
            return False
        speaker = statement.speaker.name if statement and statement.speaker else None
        if self.kind == "name" and speaker and not self._known(speaker):
            return False
        pattern = {"number": _NUMBER, "date": _DATE, "name": _NAME}[self.kind]
        return all(self._known(found) for found in pattern.findall(text))

    def _known(self, found: str) -> bool:
        return {re.sub(r"['’]s$", "", word) for word in found.lower().split()} <= self.words


def expected(question: str) -> Expected:
    """Return what `question` wants to hear; `kind` is None where its words do not tell."""
    words = frozenset(re.findall(r"[\w’'-]+", re.sub(r"['’]s\b", "", question.lower())))
    return Expected(next((kind for kind, pattern in _WANTS if pattern.search(question)), None), words)
