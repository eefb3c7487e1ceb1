"""A saying: a statement as it may be shown, said once, whatever marks, sentences and articles it is spread over."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cmp_to_key

from bot.quoted import same_speaker
from bot.units import Unit
from corpus.catalogue import ArticleRecord
from corpus.model import Kind, PartialDate, Span, Speaker, Statement
from index.copies import earlier

_OWN_WORDS = 5  # from which two articles hardly have them by chance
_CLOSE = re.compile(r"(?<=[^\s\"”»])[\"”»]++[.,]?+\s*+\Z")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters of an article that may be shown: "direct" is nothing but quoted words, the rest the article's own."""

    span: Span
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """What somebody said in an article, as it may be shown.

    `pieces` are in text order and may leave out words between them; `unit` is the likeliest of the units that they are
    made of; `score` is its probability to be on the topic, 1 where none is asked for. `elsewhere` are the articles that
    have the same words of the same speaker, published later.
    """

    unit: Unit
    pieces: tuple[Piece, ...]
    kind: Kind
    speaker: Speaker | None
    via: tuple[Speaker, ...]
    said: PartialDate | None
    score: float
    elsewhere: tuple[ArticleRecord, ...] = ()

    @property
    def article(self) -> ArticleRecord:
        """The article it is from."""
        return self.unit.article

    @property
    def length(self) -> int:
        """How many characters of the article it shows."""
        return sum(piece.span.end - piece.span.start for piece in self.pieces)

    @property
    def dated(self) -> PartialDate | None:
        """When it was said, where the article tells the year too, else published; None where neither is known."""
        known = (self.said, self.article.published)
        return next((day for day in known if day is not None and not day.yearless), None)


def by_statement(scores: Iterable[tuple[Unit, float]], texts: Mapping[str, str], least: float) -> Iterator[Saying]:
    """Yield a saying for each statement of which a unit scores `least`: from its first unit that does to its last.

    Args:
        scores: units with their statements and their probabilities to be on the topic.
        texts: the articles' texts, by id.
        least: from which probability on a unit is on the topic.
    """
    groups: dict[tuple[str, Statement], list[tuple[Unit, float]]] = defaultdict(list)
    for unit, score in scores:
        assert unit.statement is not None
        groups[unit.article.id, unit.statement].append((unit, score))
    for (article, statement), group in groups.items():
        best, score = max(group, key=lambda one: one[1])
        if score < least:
            continue
        on = [unit.span for unit, of in group if of >= least]
        first, last = min(span.start for span in on), max(span.end for span in on)
        units = [unit for unit, _ in group if unit.span.end > first and unit.span.start < last]
        yield Saying(
            unit=best,
            pieces=_joined([_piece(unit, texts[article]) for unit in units], texts[article]),
            kind=_kind([unit.kind or "indirect" for unit in units]),
            speaker=statement.speaker,
            via=statement.via,
            said=statement.said,
            score=score,
        )


def _piece(unit: Unit, text: str) -> Piece:
    """Return a unit as a piece; one in quotation marks without those of its own at its end."""
    start, end = unit.span
    if unit.kind == "direct" and (close := _CLOSE.search(text, start, end)):
        end = close.start()
    return Piece(Span(start, end), unit.kind or "indirect")


def _kind(kinds: Iterable[Kind]) -> Kind:
    some = set(kinds)
    return "direct" if some == {"direct"} else "indirect" if some == {"indirect"} else "mixed"


def _joined(pieces: Sequence[Piece], text: str) -> tuple[Piece, ...]:
    """Return pieces in text order, with those of one kind that only white space parts, or that overlap, as one."""
    joined: list[Piece] = []
    told = set[tuple[str, ...]]()
    for piece in sorted(pieces, key=lambda piece: (piece.span.start, -piece.span.end)):
        words = _words(piece, text)
        if words in told:  # a pull quote of what stands beside it
            continue
        told.add(words)
        last = joined[-1] if joined else None
        if last is not None and piece.span.start < last.span.end:  # within a sentence that is shown whole, or half so
            span = Span(last.span.start, max(last.span.end, piece.span.end))
            joined[-1] = Piece(span, _kind([last.kind, piece.kind]))
        elif (
            last is not None
            and (last.kind == "direct") == (piece.kind == "direct")
            and not text[last.span.end : piece.span.start].strip()
        ):
            joined[-1] = Piece(Span(last.span.start, piece.span.end), _kind([last.kind, piece.kind]))
        else:
            joined.append(piece)
    return tuple(joined)


def together(sayings: Iterable[Saying], texts: Mapping[str, str]) -> list[Saying]:
    """Return the sayings of each article in text order, those of one speaker that share words as one."""
    kept: list[Saying] = []
    for saying in sorted(sayings, key=lambda saying: (saying.article.id, saying.pieces[0].span)):
        at = _sharing(kept, saying)
        if at is None:
            kept.append(saying)
            continue
        one = kept[at]
        kept[at] = replace(
            max(one, saying, key=lambda saying: saying.score),
            pieces=_joined([*one.pieces, *saying.pieces], texts[one.article.id]),
            kind=_kind([one.kind, saying.kind]),
            said=one.said or saying.said,
        )
    return kept


def _words(piece: Piece, text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(piece.span.of(text).casefold()))


def _sharing(kept: Sequence[Saying], saying: Saying) -> int | None:
    """Return which of those kept, the last of which are of the same article, shares words with a saying."""
    for at in range(len(kept) - 1, -1, -1):
        if kept[at].article.id != saying.article.id:
            break
        if _shares(kept[at], saying):
            return at
    return None


def _shares(one: Saying, other: Saying) -> bool:
    same = (one.speaker, one.via) == (other.speaker, other.via)
    return same and any(a.span.overlaps(b.span) for a in one.pieces for b in other.pieces)


def once(
    sayings: Iterable[Saying], texts: Mapping[str, str], copies: Mapping[str, Mapping[str, ArticleRecord]]
) -> list[Saying]:
    """Return the sayings, likeliest first, the same words of one speaker once: from what was published first."""
    kept: list[Saying] = []
    same: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for saying in sorted(sayings, key=cmp_to_key(_by_publication)):
        text = texts[saying.article.id]
        words = tuple(word for piece in saying.pieces for word in _words(piece, text))
        near = copies.get(saying.article.id, {})
        at = next((i for i in same[words] if _is_again(kept[i], saying, len(words), near)), None)
        if at is None:
            same[words].append(len(kept))
            kept.append(saying)
        else:
            kept[at] = replace(kept[at], elsewhere=(*kept[at].elsewhere, saying.article))
    return sorted(kept, key=lambda saying: (-saying.score, saying.article.id, saying.pieces[0].span))


def _by_publication(one: Saying, other: Saying) -> int:
    return -1 if earlier(one.article, other.article) else int(earlier(other.article, one.article))


def _is_again(first: Saying, later: Saying, words: int, copies: Mapping[str, ArticleRecord]) -> bool:
    """Tell whether a later article has the words of the first again: it is a copy, or they are many, of one speaker."""
    if first.article.id == later.article.id:
        return False
    if first.article.id in copies:
        return first.speaker is None or later.speaker is None or same_speaker(first.speaker, later.speaker)
    known = first.speaker is not None and later.speaker is not None
    return known and words >= _OWN_WORDS and same_speaker(first.speaker, later.speaker)  # type: ignore[arg-type]
