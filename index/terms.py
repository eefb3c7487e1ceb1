"""The words of a question that carry meaning."""

from __future__ import annotations

import re

from index.lexical import stems

_WORD = re.compile(r"\w+")
_STOP = frozenset(
    stems(
        "a about above after again against all also am among an and any are as at be because been before being "
        "between both but by can could did do does doing during each either else even ever few for from further had "
        "has have having he her here hers him his how i if in into is it its just like may me might more most must my "
        "no nor not of off on once only or other our out over own per rather said same say says she should so some "
        "such than that the their them then there these they this those through to too under until up upon us very "
        "was we were what when where whether which while who whom whose why will with within without would yet you "
        "your s t d ll m re ve anyone anybody anything someone something corpus article articles report reports "
        "reported according news published mention mentioned tell told exactly recently"
    )
)


def content_words(text: str) -> dict[str, str]:
    """Return stem -> lower-case word for the words of `text` that carry meaning, in order."""
    found: dict[str, str] = {}
    for word in _WORD.findall(text.lower()):
        for term in stems(word):
            if term not in _STOP and (len(term) > 1 or term.isdigit()):
                found.setdefault(term, word)
    return found


def content_terms(text: str) -> tuple[str, ...]:
    """Return the stems of `text` that carry meaning, each once, in order."""
    return tuple(content_words(text))
