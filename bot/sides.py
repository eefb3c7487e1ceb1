"""Two sides of a matter beside one another: several speakers whom a question names, or those who differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bot import evidence
from bot.evidence import Scored
from bot.result import Result
from index.query import Query

_EACH = 2  # quotations of one speaker where nobody is named


def together(query: Query, parts: Sequence[tuple[Query, Result]]) -> Result:
    """Return what several speakers said, a few quotations each; a note names those of whom there is nothing.

    Args:
        query: the question.
        parts: it, asked of each of them, and what that came to.
    """
    heard = [(part, result) for part, result in parts if result.own]
    if not heard:
        reasons = [result.reason for _, result in parts]
        known = next((result for _, result in parts if result.reason != "unknown_speaker"), parts[0][1])
        return known if "unknown_speaker" not in reasons else known.of_reason("unknown_speaker")
    own: list[Scored] = []
    for _, result in heard:
        own += [one for one in result.own if not any(evidence.same_words(one.unit, other.unit) for other in own)]
    silent = [part.speaker for part, result in parts if not result.own]
    on = f" on {query.topic}" if query.topic else ""
    missing = tuple(f"No statement by {name}{on} was found." for name in silent)
    notes = tuple(note for _, result in heard for note in result.notes)
    return Result(own=own, confidence=min(result.confidence for _, result in heard), notes=(*notes, *missing))


def varied(scored: Sequence[Scored], most: int) -> list[Scored]:
    """Return the best units, best first, at most two of one speaker."""
    counts: Counter[object] = Counter()
    found: list[Scored] = []
    for one in scored:
        speaker = one.unit.statement.speaker if one.unit.statement else one.unit.article.id
        if counts[speaker] < _EACH and not any(evidence.same_words(one.unit, other.unit) for other in found):
            counts[speaker] += 1
            found.append(one)
        if len(found) == most:
            break
    return found
