"""Where a text comes nearest to a quotation that is not in it, and in what the two differ."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from corpus.model import Span

LEAST = 0.5
"""Share of the quotation's words, in their order, below which nothing in a text is like it."""

_ALIGNED = 400  # words of a quotation up to which its ends are sought; the alignment takes quadratic time
_TOLD = 3  # differences
_WORD = re.compile(r"\w+")
_SPACES = {" ": "a space", "\n": "a line break", "\t": "a tab", "\u00a0": "a no-break space"}


def nearest(quote: str, text: str) -> Span | None:
    """Return the part of `text` that is most like `quote`; None where nothing is.

    The window of as many words as the quotation has is taken that shares most words with it, each worth the less
    the more often the text has it; its ends are then set by aligning the two word by word. Linear in the text.
    """
    wanted = [match[0].casefold() for match in _WORD.finditer(quote)]
    places = [match.span() for match in _WORD.finditer(text)]
    words = [text[start:end].casefold() for start, end in places]
    at = _window(wanted, words)
    if at is None:
        return None
    first, last = _ends(wanted, words, at)
    if first >= last:
        return None
    return _with_marks(quote, text, Span(places[first][0], places[last - 1][1]))


def likeness(quote: str, found: str) -> float:
    """Return how like two texts are, in [0, 1]: the share of their words that they have in common and in order."""
    return SequenceMatcher(None, quote.casefold().split(), found.casefold().split(), autojunk=False).ratio()


def _window(wanted: Sequence[str], words: Sequence[str]) -> int | None:
    """Return at which word the best window of ``len(wanted)`` words begins."""
    counts = Counter(words)
    worth = {word: 1 / counts[word] for word in wanted if word in counts}
    if not worth:
        return None
    open_, score, best, at = Counter(wanted), 0.0, -1.0, 0
    for end, word in enumerate(words):
        if word in worth:
            score += worth[word] if open_[word] > 0 else 0.0
            open_[word] -= 1
        start = end - len(wanted)
        if start >= 0 and (gone := words[start]) in worth:
            open_[gone] += 1
            score -= worth[gone] if open_[gone] > 0 else 0.0
        if score > best + 1e-9:
            best, at = score, max(start + 1, 0)
    return at


def _ends(wanted: Sequence[str], words: Sequence[str], at: int) -> tuple[int, int]:
    """Return the first word and that after the last of what the quotation aligns with, both 0 where it does not."""
    many = len(wanted)
    spare = many // 2 + 2
    low, high = max(at - spare, 0), min(at + many + spare, len(words))
    if many > _ALIGNED:
        return at, min(at + many, len(words))
    blocks = SequenceMatcher(None, wanted, words[low:high], autojunk=False).get_matching_blocks()[:-1]
    if sum(block.size for block in blocks) < LEAST * many:
        return 0, 0
    first = low + blocks[0].b - blocks[0].a
    last = low + blocks[-1].b + many - blocks[-1].a
    return max(first, low), min(max(last, low), high)


def _with_marks(quote: str, text: str, span: Span) -> Span:
    """Take in marks beside the words where the quotation has some as well."""
    before = len(quote) - len(quote.lstrip("".join(_marks(quote))))
    after = len(quote) - len(quote.rstrip("".join(_marks(quote))))
    start, end = span
    while before and start and not text[start - 1].isspace() and not text[start - 1].isalnum():
        start, before = start - 1, before - 1
    while after and end < len(text) and not text[end].isspace() and not text[end].isalnum():
        end, after = end + 1, after - 1
    return Span(start, end)


def _marks(quote: str) -> set[str]:
    return {char for char in quote if not char.isalnum() and not char.isspace()}


def differences(quote: str, found: str) -> list[str]:
    """Say in what a quotation differs from the text that it should be: at most three differences, in order.

    Each reads "it has X where the text has Y"; characters that look alike are told by name and number.
    """
    theirs, ours = quote.split(), found.split()
    if theirs == ours:
        return [_white_space(quote, found)]
    if max(len(theirs), len(ours)) > _ALIGNED:
        return []
    matcher = SequenceMatcher(None, theirs, ours, autojunk=False)
    told = [_told(theirs[a:b], ours[c:d]) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal"]
    return told[:_TOLD] + ([f"and {len(told) - _TOLD} more"] if len(told) > _TOLD else [])


def _told(theirs: Sequence[str], ours: Sequence[str]) -> str:
    one, other = " ".join(theirs), " ".join(ours)
    if not one:
        return f"it leaves out {_short(other)}"
    if not other:
        return f"it has {_short(one)}, which the text has not"
    bare = [_letters(one), _letters(other)]
    names = "; ".join(_alike(one, other)) if bare[0] == bare[1] else ""
    return f"it has {_short(one)} where the text has {_short(other)}" + (f" ({names})" if names else "")


def _alike(one: str, other: str) -> Iterator[str]:
    """Name the characters that only one of two words has which show the same letters."""
    for whose, chars in (("it", Counter(one) - Counter(other)), ("the text", Counter(other) - Counter(one))):
        if chars:
            yield f"{whose}: {', '.join(_name(char) for char in chars)}"


def _letters(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in plain if char.isalnum())


def _name(char: str) -> str:
    return f"U+{ord(char):04X} {unicodedata.name(char, 'a character without a name')}"


def _white_space(quote: str, found: str) -> str:
    for theirs, ours in zip(re.findall(r"\s+", quote.strip()), re.findall(r"\s+", found.strip()), strict=False):
        if theirs != ours:
            return f"it has {_spaces(theirs)} where the text has {_spaces(ours)}"
    return "it has white space at an end that the text has not"


def _spaces(run: str) -> str:
    if len(run) > 1:
        return f"{len(run)} characters of white space"
    return _SPACES.get(run, _name(run))


def _short(text: str, length: int = 60) -> str:
    return f"'{text if len(text) <= length else text[:length] + '...'}'"
