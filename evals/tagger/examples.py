"""PolNeAR's articles as a network reads them: word pieces, tags, and what belongs to which cue."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.model import Span
from corpus.statements.tagger.heads import CONTENT, OUTSIDE, SOURCE, WINDOW
from evals.polnear import PARTS, Marked

Ints = npt.NDArray[np.int64]
BEGIN, INSIDE = 1, 2
"""The tags of a piece: 0 outside a span, 1 its first piece, 2 any later one."""

OVERLAP = 24  # pieces that two neighbouring training windows share


@dataclass(frozen=True, slots=True)
class Example:
    """One article: `ids` (pieces,), `tags` (pieces, parts), and per attribution with a cue its places.

    `cues` are ranges of pieces; `labels` (cues, pieces) tell source, content and neither.
    """

    name: str
    text: str
    gold: list[Marked]
    ids: Ints
    tags: Ints
    cues: list[tuple[int, int]]
    labels: npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Window:
    """Pieces `start` to `end` of an example."""

    example: Example
    start: int
    end: int


def make_example(tokenizer: Any, name: str, text: str, gold: list[Marked]) -> Example:
    """Return an article in pieces with its marks; a piece that a span cuts belongs to the span."""
    found = tokenizer.encode(text, add_special_tokens=False)
    offsets = np.array(found.offsets, np.int64).reshape(-1, 2)
    tags = np.zeros((len(offsets), len(PARTS)), np.int64)
    cues, rows = [], []
    for mark in gold:
        for column, part in enumerate(PARTS):
            for span in getattr(mark, part):
                begin, end = _pieces(offsets, span)
                tags[begin:end, column] = INSIDE
                tags[begin : min(begin + 1, end), column] = BEGIN
        row = np.full(len(offsets), OUTSIDE, np.int8)
        for spans, label in ((mark.content, CONTENT), (mark.source, SOURCE)):
            for span in spans:
                begin, end = _pieces(offsets, span)
                row[begin:end] = label
        if mark.cue:
            begin, end = _pieces(offsets, Span(mark.cue[0].start, mark.cue[-1].end))
            if begin < end:
                cues.append((begin, end))
                rows.append(row)
    labels = np.array(rows, np.int8).reshape(len(rows), len(offsets))
    return Example(name, text, gold, np.array(found.ids, np.int64), tags, cues, labels)


def _pieces(offsets: Ints, span: Span) -> tuple[int, int]:
    begin = int(np.searchsorted(offsets[:, 1], span.start, side="right"))
    return begin, max(begin, int(np.searchsorted(offsets[:, 0], span.end, side="left")))


def windows(examples: Sequence[Example], chance: random.Random) -> list[Window]:
    """Cut every article into windows that begin elsewhere each time it is called."""
    found = []
    for example in examples:
        start, shift = 0, chance.randrange(WINDOW // 4, WINDOW)
        end = min(shift, len(example.ids))
        while True:
            found.append(Window(example, start, end))
            if end >= len(example.ids):
                break
            start = end - OVERLAP
            end = min(start + WINDOW, len(example.ids))
    return found


def batches(examples: Sequence[Example], size: int, chance: random.Random) -> list[list[Window]]:
    """Return the windows of one epoch in batches of about one length, shuffled."""
    all_windows = windows(examples, chance)
    chance.shuffle(all_windows)
    made = []
    for first in range(0, len(all_windows), size * 16):
        group = sorted(all_windows[first : first + size * 16], key=lambda window: window.end - window.start)
        made += [group[at : at + size] for at in range(0, len(group), size)]
    chance.shuffle(made)
    return made
