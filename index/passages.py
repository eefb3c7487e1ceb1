"""Articles cut into passages that the embedding model reads whole, on paragraph and sentence boundaries.

Every character of the text that is not white space falls in exactly one passage, and every passage fits
the model: nothing is lost to its length limit, nothing is found twice.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Protocol

from corpus.errors import ModelError
from corpus.model import PartialDate, Span
from corpus.sentences import paragraphs

MAX_TOKENS = 256

_LEAST_ROOM = 32  # tokens that the header must leave to the body
_FULL_ENOUGH = 0.6  # of a passage, for a paragraph's end to be preferred to more text
_CLAUSE_FILL = 0.3  # of a passage, for a clause mark to be preferred to white space
_SHORT_TAIL = 0.25  # of a passage: an article's last one is not left shorter where two can share
_HEADER_SHARE = 4  # the title gets one part in four

_CLAUSE = re.compile(r"(?<![,;:.!?…)\]}”»’\"–—])[,;:.!?…)\]}”»’\"–—]++\s+|[—、，；：。！？]+\s*")
_SPACE = re.compile(r"\s+")


class Tokenizer(Protocol):
    """What cutting needs of an `index.embedding.Encoder`."""

    def token_offsets(self, text: str) -> list[tuple[int, int]]:
        """Return where each token of `text` is, without special tokens."""

    def passage_tokens(self, header: str, bodies: Sequence[str]) -> list[int]:
        """Count the tokens of passages as they are embedded."""


@dataclass(frozen=True, slots=True)
class PassageSpan:
    """A passage and its sentences, as spans of the article's text.

    A sentence that is longer than a passage has a part in each of the passages it was cut into.
    """

    span: Span
    sentences: tuple[Span, ...]


def header(title: str, outlet: str | None, date: PartialDate | str | None, max_tokens: int = MAX_TOKENS) -> str:
    """Return what is embedded before a passage: title, outlet and date, as far as they are known.

    A title (or outlet) that would take more than about a quarter of a passage of `max_tokens` is
    shortened at a word.
    """
    budget = max_tokens / _HEADER_SHARE
    line = ", ".join(part for part in (_shortened(outlet or "", budget / 2), str(date or "")) if part)
    return "\n".join(part for part in (_shortened(title, budget), line) if part)


def fitting(header: str, encoder: Tokenizer, max_tokens: int = MAX_TOKENS) -> str:
    """Return a header that leaves room for the body, whatever it is made of: punctuation takes a token a character."""
    most = max_tokens * 3 // (2 * _HEADER_SHARE)  # as `header` allows title and outlet
    offsets = encoder.token_offsets(header)
    return header if len(offsets) <= most else header[: offsets[most - 1][1]].rstrip()


def cut(
    text: str,
    header: str,
    sentences: Sequence[Span],
    quotations: Iterable[Span],
    encoder: Tokenizer,
    max_tokens: int = MAX_TOKENS,
) -> list[PassageSpan]:
    """Cut an article into passages, in text order.

    A passage ends at the last paragraph's end that fits, once it is 60% full, else at the last
    sentence's end. A quotation that fits in a passage is not cut in two. A sentence (or sentence and
    quotation) that does not fit is cut at a clause mark, at white space, or between two tokens.

    Args:
        text: the article's stored text.
        header: what is embedded before every passage.
        sentences: the sentences of the text, in order, not overlapping; other text counts as one more.
        quotations: the quotations of the text.
        encoder: counts tokens as the embedding model does.
        max_tokens: the most tokens of a passage as embedded: header and special tokens included.

    Raises:
        ModelError: the header leaves too little room.
    """
    if not text.strip():
        return []
    room = max_tokens - encoder.passage_tokens(header, [""])[0]
    if room < _LEAST_ROOM:
        raise ModelError(
            f"cannot cut an article into passages of {max_tokens} tokens: its header leaves {room}, and "
            f"{_LEAST_ROOM} are the least; set a greater passage length (header: {header[:60]!r})"
        )
    cutter = _Cutter(text, sentences, quotations, encoder.token_offsets(text), room)
    spans = _checked(cutter, cutter.balanced(), header, encoder, max_tokens)
    return [PassageSpan(span, cutter.sentences(span)) for span in spans]


def _checked(cutter: _Cutter, spans: list[Span], header: str, encoder: Tokenizer, max_tokens: int) -> list[Span]:
    """Cut again what is longer alone than in its article (a tokenizer may see word edges otherwise)."""
    lengths = encoder.passage_tokens(header, [span.of(cutter.text) for span in spans])
    result = []
    for span, length in zip(spans, lengths, strict=True):
        if length <= max_tokens:
            result.append(span)
            continue
        smaller = list(cutter.spans(span, max(cutter.count(span) - (length - max_tokens), 1)))
        if len(smaller) == 1:
            raise ModelError(
                f"cannot cut an article into passages of {max_tokens} tokens: one character takes more; "
                "set a greater passage length"
            )
        result += _checked(cutter, smaller, header, encoder, max_tokens)
    return result


class _Cutter:
    """One article's text with the places where it may be cut; tokens are counted by bisection."""

    def __init__(
        self,
        text: str,
        sentences: Sequence[Span],
        quotations: Iterable[Span],
        offsets: Sequence[tuple[int, int]],
        room: int,
    ) -> None:
        self.text = text
        self._room = room
        self._token_starts = [start for start, _ in offsets]
        self._token_ends = list(accumulate((end for _, end in offsets), max))
        self._units = list(_units(text, sentences))
        self._unit_starts = [unit.start for unit in self._units]
        self._quotations = self._whole(quotations)
        self._quotation_starts = [span.start for span in self._quotations]
        self._sentence_breaks = [start for start in self._unit_starts if not self._quoted(start)]
        self._paragraph_breaks = self._paragraphs()

    def count(self, span: Span) -> int:
        """Count the tokens that end within the span."""
        return bisect_right(self._token_ends, span.end) - bisect_right(self._token_ends, span.start)

    def spans(self, span: Span, room: int) -> Iterator[Span]:
        """Cut `span` into passages of at most `room` tokens, white space trimmed."""
        rest = _trimmed(self.text, span.start, span.end)
        while rest.start < rest.end:
            stop = self._stop(rest, room)
            yield _trimmed(self.text, rest.start, stop)
            rest = _trimmed(self.text, stop, rest.end)

    def balanced(self) -> list[Span]:
        """Cut the whole text, sharing out the last two passages where the last would be very short."""
        spans = list(self.spans(Span(0, len(self.text)), self._room))
        if len(spans) < 2 or self.count(spans[-1]) >= _SHORT_TAIL * self._room:
            return spans
        both = Span(spans[-2].start, spans[-1].end)
        shared = list(self.spans(both, round(0.6 * self.count(both))))
        at_sentences = all(_among(self._sentence_breaks, span.start) for span in shared[1:])
        return [*spans[:-2], *shared] if len(shared) == 2 and at_sentences else spans

    def sentences(self, span: Span) -> tuple[Span, ...]:
        """Return the sentences of a passage, those at its edges cut to it."""
        first = max(bisect_right(self._unit_starts, span.start) - 1, 0)
        last = bisect_left(self._unit_starts, span.end)
        parts = (
            _trimmed(self.text, max(unit.start, span.start), min(unit.end, span.end))
            for unit in self._units[first:last]
        )
        return tuple(part for part in parts if part.start < part.end)

    def _whole(self, quotations: Iterable[Span]) -> list[Span]:
        """Return the quotations that fit in a passage and so stay whole; of two that overlap, the first."""
        kept: list[Span] = []
        for span in sorted(quotations, key=lambda span: (span.start, -span.end)):
            if self.count(span) <= self._room and not (kept and kept[-1].overlaps(span)):
                kept.append(span)
        return kept

    def _quoted(self, position: int) -> bool:
        """Tell whether a cut at `position` would cut a quotation that fits in a passage."""
        index = bisect_left(self._quotation_starts, position) - 1
        return index >= 0 and position < self._quotations[index].end

    def _paragraphs(self) -> list[int]:
        starts = sorted(span.start for span in paragraphs(self.text))
        before = [0, *(unit.end for unit in self._units)]
        return [
            unit.start
            for unit, end in zip(self._units, before, strict=False)
            if bisect_left(starts, end) < bisect_right(starts, unit.start) and not self._quoted(unit.start)
        ]

    def _stop(self, rest: Span, room: int) -> int:
        """Return where the passage that begins at `rest.start` ends (white space after it included)."""
        first = bisect_right(self._token_ends, rest.start)
        if bisect_right(self._token_ends, rest.end) - first <= room:
            return rest.end
        # a cut is possible anywhere before the end of the first token that does not fit
        over = first + room
        limit = self._token_ends[over]
        enough = self._token_ends[first + int(room * _FULL_ENOUGH)]
        paragraph = _last_before(self._paragraph_breaks, limit)
        if paragraph > rest.start and paragraph >= enough:
            return paragraph
        sentence = _last_before(self._sentence_breaks, limit)
        return sentence if sentence > rest.start else self._stop_within(rest.start, first, over)

    def _stop_within(self, start: int, first: int, over: int) -> int:
        """Return where to cut a sentence, or a sentence and its quotation, that does not fit."""
        limit = self._token_ends[over]
        worthwhile = self._token_ends[first + int((over - first) * _CLAUSE_FILL)]
        spaces = [m.end() for m in _SPACE.finditer(self.text, start, limit) if m.end() < limit]
        marks = [m.end() for m in _CLAUSE.finditer(self.text, start, limit) if m.end() < limit]
        clauses = [mark for mark in marks if mark >= worthwhile]
        edges = [edge for q in self._quotations for edge in q if start < edge < limit]
        for places in (clauses, spaces, edges):
            outside = [place for place in places if not self._quoted(place)]
            if outside:
                return outside[-1]
        if places := clauses or spaces:
            return places[-1]
        between = range(over, first, -1)
        starts, ends = self._token_starts, self._token_ends
        return next((starts[i] for i in between if starts[i] >= ends[i - 1] and starts[i] > start), limit)


def _units(text: str, sentences: Sequence[Span]) -> Iterator[Span]:
    """Yield the sentences, and what lies between them where it is more than white space."""
    position = 0
    for start, end in (*sentences, (len(text), len(text))):
        gap = _trimmed(text, position, start)
        if gap.start < gap.end:
            yield gap
        if start < end:
            yield Span(start, end)
        position = end


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


def _last_before(positions: Sequence[int], limit: int) -> int:
    index = bisect_left(positions, limit) - 1
    return positions[index] if index >= 0 else -1


def _among(positions: Sequence[int], position: int) -> bool:
    index = bisect_left(positions, position)
    return index < len(positions) and positions[index] == position


def _shortened(text: str, budget: float) -> str:
    """Cut `text` at a word so that it takes about `budget` tokens.

    A token is some four letters of plain Latin text and about one of any other script.
    """
    text = " ".join(text.split())
    for index, weight in enumerate(accumulate(0.25 if character.isascii() else 1.0 for character in text)):
        if weight > budget:
            words = text[:index].rpartition(" ")[0]
            return words if len(words) * 2 > index else text[:index]
    return text
