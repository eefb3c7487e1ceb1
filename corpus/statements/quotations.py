"""Quotations: what stands between quotation marks, whatever marks a newsroom uses.

Curly, straight, low, doubled-single ('' '') and single marks and guillemets are known, also pairs that do
not match (“ closed by "). A quotation ends with its paragraph; one that a paragraph leaves open and the
next paragraph, which opens again, carries on is one quotation in several spans.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.model import Span

_DOUBLE = re.compile(r"[“”„\"«»]|''|``")
_SINGLE = re.compile(r"(?<![\w.,!?…)])[‘'](?=\w)|(?<=[\w.,!?…)])[’'](?!\w)|‘")
_ELIDED = re.compile(r"[’'](?:\d0s|em|til|tis|twas|cause|n)\b")
_WORD = re.compile(r"\w+")
_OPENS_PARAGRAPH = re.compile(r"[“„\"«]|''|``")


@dataclass(frozen=True, slots=True)
class Quotation:
    """One quotation mark to the other: `outer` with the marks, `inner` without, within one paragraph.

    `open` tells that the paragraph ended before the quotation did.
    """

    outer: Span
    inner: Span
    words: int
    open: bool = False


def find_quotations(text: str, paragraphs: list[Span]) -> list[list[Quotation]]:
    """Return the quotations of each paragraph of `text`, in order; those inside others are left out."""
    found = []
    for number, paragraph in enumerate(paragraphs):
        following = paragraphs[number + 1].start if number + 1 < len(paragraphs) else len(text)
        carried_on = bool(_OPENS_PARAGRAPH.match(text, following))
        found.append([q for q in _doubles(text, paragraph, carried_on) if q.words])
        if not found[-1] and ("‘" in (body := paragraph.of(text)) or "'" in body):
            found[-1] = [q for q in _singles(text, paragraph) if q.words]
    return found


def _make(text: str, start: int, end: int, opening: int, closing: int) -> Quotation:
    """A quotation whose marks are `opening` and `closing` characters long; 0 closing: it stays open."""
    inner = Span(start + opening, end - closing)
    while inner.start < inner.end and text[inner.start].isspace():
        inner = Span(inner.start + 1, inner.end)
    while inner.start < inner.end and text[inner.end - 1].isspace():
        inner = Span(inner.start, inner.end - 1)
    return Quotation(Span(start, end), inner, len(_WORD.findall(text, inner.start, inner.end)), closing == 0)


def _doubles(text: str, paragraph: Span, carried_on: bool) -> Iterator[Quotation]:
    """Quotations in double marks; a mark's neighbours decide where the mark itself does not."""
    start = width = -1
    for match in _DOUBLE.finditer(text, paragraph.start, paragraph.end):
        here, after = match.span()
        before_free = here == paragraph.start or text[here - 1] in " \t\n\u00a0([{—–-/:>"
        after_free = after == paragraph.end or text[after] in " \t\n\u00a0.,;:!?)]}—–-"
        mark = match[0]
        if start < 0:
            closing_only = after_free and not before_free
            if mark not in "“„«``" and closing_only:
                continue
            start, width = here, after - here
        elif mark not in "”»``" and before_free and not after_free:
            start, width = here, after - here
        else:
            yield _make(text, start, after, width, after - here)
            start = -1
    if start >= 0 and carried_on and _begins_quotation(text, paragraph, start):
        yield _make(text, start, paragraph.end, width, 0)


def _begins_quotation(text: str, paragraph: Span, start: int) -> bool:
    """Tell whether a mark that is never closed opens a speech: at the start, or after a comma or colon."""
    return start == paragraph.start or text[paragraph.start : start].rstrip().endswith((",", ":", "."))


def _singles(text: str, paragraph: Span) -> Iterator[Quotation]:
    """Quotations in single marks, where a paragraph has no double ones; apostrophes are not marks."""
    marks = [m for m in _SINGLE.finditer(text, *paragraph) if not _ELIDED.match(text, m.start())]
    start = -1
    for number, match in enumerate(marks):
        here = match.start()
        opening = here == paragraph.start or not (text[here - 1].isalnum() or text[here - 1] in ".,!?…)")
        if opening:
            start = here
        elif start >= 0:
            later = marks[number + 1] if number + 1 < len(marks) else None
            plural = text[here - 1] == "s" and text[here + 1 : here + 2] == " "
            if plural and later is not None and text[later.start() - 1] in ".,!?":
                continue  # "the workers' rights": an apostrophe, for a better mark follows
            yield _make(text, start, here + 1, 1, 1)
            start = -1
