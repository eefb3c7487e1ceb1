"""What can be quoted: whole sentences, and the quoted words of a sentence, each with who says them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.catalogue import ArticleRecord, StatementRecord
from corpus.model import Kind, Span, Statement
from index.hit import Hit
from index.sentences import Floats

_FEWEST_WORDS = 4  # of quoted words that can stand without the sentence around them, whatever they are
_WORD = re.compile(r"\w")  # what has none, a bullet or a lone mark, says nothing
_TRIM_LEFT = re.compile(r"[\s\"'“”‘’«»]*")
_ENDS = ",;:–—"  # what leads from quoted words to "he said"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an article with its vector and the score of the passage that it stands in."""

    article: ArticleRecord
    span: Span
    vector: Floats
    hit: Hit


@dataclass(frozen=True, slots=True)
class Unit:
    """A span that may be quoted, the sentence it is of, and the statement it belongs to, if any.

    `kind` is "direct" where the span is nothing but quoted words; a whole sentence that holds
    quoted words among others is the article's own wording, and "mixed".
    """

    sentence: Sentence
    span: Span
    kind: Kind | None
    statement: Statement | None

    @property
    def article(self) -> ArticleRecord:
        """The article it is from."""
        return self.sentence.article


def sentences_of(hits: Sequence[Hit]) -> list[Sentence]:
    """Return the sentences of passages, in text order within an article."""
    found = [
        Sentence(hit.article, span, vector, hit)
        for hit in hits
        for span, vector in zip(hit.sentences.spans, hit.sentences.vectors, strict=True)
    ]
    return sorted(found, key=lambda s: (s.article.id, s.span))


def units_of(text: str, sentences: Sequence[Sentence], statements: Sequence[StatementRecord]) -> list[Unit]:
    """Return the units of one article: a unit for each statement's sentence, and each sentence without one.

    Args:
        text: the article's text.
        sentences: its sentences, in order (those of some passages only, where only those were found).
        statements: its statements.
    """
    starts = [s.span.start for s in sentences]
    units: list[Unit] = []
    spoken: set[Span] = set()
    for record in statements:
        for unit in _spoken_units(text, sentences, starts, record.statement):
            units.append(unit)
            spoken.add(unit.sentence.span)
    units += [Unit(s, s.span, None, None) for s in sentences if s.span not in spoken]
    return [unit for unit in units if _WORD.search(text, *unit.span)]


def _spoken_units(
    text: str, sentences: Sequence[Sentence], starts: Sequence[int], statement: Statement
) -> Iterator[Unit]:
    """Yield a unit for each sentence that the statement's content reaches into."""
    for sentence in _overlapping(sentences, starts, Span(statement.content[0].start, statement.content[-1].end)):
        pieces = [_common(sentence.span, span) for span in statement.content if span.overlaps(sentence.span)]
        if not pieces:
            continue
        if statement.kind == "direct" and len(pieces) == 1:
            words = _trimmed(text, pieces[0])
            if _stands_alone(text, words, sentence.span, statement):
                yield Unit(sentence, words, "direct", statement)
                continue
        quoted = statement.kind == "direct"
        kind: Kind = "mixed" if quoted and _hull(pieces) != sentence.span else statement.kind
        yield Unit(sentence, sentence.span, kind, statement)


def _stands_alone(text: str, words: Span, sentence: Span, statement: Statement) -> bool:
    """Tell whether quoted words of direct speech can be shown without the sentence around them.

    A few words can where they are all that the quotation marks hold and have a cue of their own (“Dust settles,” said
    X), or all that the sentence holds.
    """
    if words.of(text)[:1].islower():
        return False
    if len(words.of(text).split()) >= _FEWEST_WORDS:
        return True
    whole = bool(statement.cue) and any(words == _trimmed(text, span) for span in statement.content)
    return whole or not (_WORD.search(text, sentence.start, words.start) or _WORD.search(text, words.end, sentence.end))


def _overlapping(sentences: Sequence[Sentence], starts: Sequence[int], span: Span) -> Iterator[Sentence]:
    at = max(0, bisect_left(starts, span.start) - 1)
    while at < len(sentences) and sentences[at].span.start < span.end:
        if sentences[at].span.overlaps(span):
            yield sentences[at]
        at += 1


def _common(one: Span, other: Span) -> Span:
    return Span(max(one.start, other.start), min(one.end, other.end))


def _hull(spans: Sequence[Span]) -> Span:
    return Span(spans[0].start, spans[-1].end)


def _trimmed(text: str, span: Span) -> Span:
    """Return the span without quotation marks before it and without the comma that leads to "he said"."""
    words = span.of(text)
    start = span.start + (_TRIM_LEFT.match(words).end() if _TRIM_LEFT.match(words) else 0)  # type: ignore[union-attr]
    end = span.end
    while end > start and (text[end - 1].isspace() or text[end - 1] in _ENDS):
        end -= 1
    return Span(start, end)
