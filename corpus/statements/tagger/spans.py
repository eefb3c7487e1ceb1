"""Scores of word pieces to spans: the cues of a text, and for each cue its source and its content."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from corpus.model import Span
from corpus.statements.tagger.edges import beside, clipped
from corpus.statements.tagger.heads import CONTENT, SOURCE, Floats, Ints
from corpus.statements.tagger.meeting import meeting
from corpus.statements.tagger.model import Network, Reading, log_softmax
from corpus.statements.tagger.owned import owned

_CUE = 1  # the place of cues among the tags
_BEGIN = 1
_SHORTER = 0.85
"""Share of an outer content below which an inner one is not just the same found twice."""
_LONG_CUE = 11
"""Characters of a cue; as long is "according to", which passes on what another cue says."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What was chosen on held-out articles.

    `cue` is the least probability of the likeliest word of a cue, `cue_edge` that of its other words;
    `switch` what it costs (in nats) to begin or end a piece of content; `content` is added to the log odds
    of content; `source` is the least probability of the likeliest word of a source, `edge` the share of it
    that its other words need; `least` is the least probability of a whole attribution; `same` the share of
    a content that lies in a longer one from which on the surer one of the two is kept alone.
    """

    cue: float = 0.5
    cue_edge: float = 0.4
    switch: float = 1.0
    content: float = 0.0
    source: float = 0.2
    edge: float = 0.4
    least: float = 0.5
    same: float = 0.8


CHOSEN = Choices()
"""For the shipped model."""


@dataclass(frozen=True, slots=True)
class Found:
    """One attribution as the network has it; `source` may be empty. `sure` is a probability."""

    cue: Span
    source: tuple[Span, ...]
    content: tuple[Span, ...]
    sure: float


def find(network: Network, text: str, choices: Choices) -> list[Found]:
    """Return the attributions in a text, by the order of their cues."""
    return decode(network, text, network.read(text), choices)


def decode(network: Network, text: str, reading: Reading, choices: Choices) -> list[Found]:
    """Return the attributions of a reading."""
    cues = _cues(reading, choices)
    by_window: dict[int, list[int]] = {}
    for number, (begin, end, _) in enumerate(cues):
        by_window.setdefault(reading.window_of(begin, end), []).append(number)
    found: list[Found] = []
    for window, numbers in by_window.items():
        start, stop = reading.windows[window]
        ranges = [(cues[n][0] - start, cues[n][1] - start) for n in numbers]
        scores = log_softmax(network.heads.belonging(reading.embeddings[window], ranges))
        firsts = np.flatnonzero(np.diff(reading.words[start:stop], prepend=-1))
        edges = np.append(firsts, stop - start)
        by_word: Floats = (np.add.reduceat(scores, firsts, axis=1) / np.diff(edges)[None, :, None]).astype(np.float32)
        edges += start
        for number, own, bounds in zip(numbers, by_word, ranges, strict=True):
            made = _attribution(text, reading, own, edges, cues[number], bounds, choices)
            if made is not None and made.sure >= choices.least:
                found.append(made)
    return _without_doubles(_own(text, sorted(found, key=lambda each: each.cue)), choices.same)


def _own(text: str, found: list[Found]) -> list[Found]:
    """Take from attributions what another says in a paragraph of its own; leave out those with nothing left."""
    contents = owned(text, [(each.cue, bool(each.source), each.content) for each in found])
    return [replace(each, content=said) for each, said in zip(found, contents, strict=True) if said]


def _without_doubles(found: list[Found], same: float) -> list[Found]:
    """Leave out the less sure one of two attributions that claim the same words, as two cues beside each other do.

    Both stay where one is told by the other: a report that says what a group says.
    """
    covered = [frozenset(place for span in each.content for place in range(*span)) for each in found]
    places = [(span, number) for number, each in enumerate(found) for span in each.content]
    lost = set()
    for i, j in meeting(places, places):
        longer, shorter = covered[i], covered[j]
        alike = len(longer) >= len(shorter) and len(longer & shorter) >= same * len(shorter)
        if i != j and alike and not _tells(found[i], found[j], len(shorter) / max(len(longer), 1)):
            lost.add(i if found[i].sure < found[j].sure else j)
    return [each for number, each in enumerate(found) if number not in lost]


def _tells(outer: Found, inner: Found, share: float) -> bool:
    """Tell whether one attribution passes the other on: each has its own source, and the inner stands within.

    `share` is the inner content's of the outer one; "according to" passes on all of it.
    """
    if not outer.source or not inner.source or any(a.overlaps(b) for a in outer.source for b in inner.source):
        return False
    within = any(span.start <= inner.cue.start and inner.cue.end <= span.end for span in outer.content)
    return within or share < _SHORTER or outer.cue.end - outer.cue.start > _LONG_CUE


def _cues(reading: Reading, choices: Choices) -> list[tuple[int, int, float]]:
    """Return the cues as ranges of pieces, each with how sure it is."""
    if not len(reading.words):
        return []
    chances = np.exp(reading.tags[:, _CUE])
    edges = np.append(np.flatnonzero(np.diff(reading.words, prepend=-1)), len(reading.words))
    found: list[tuple[int, int, float]] = []
    for begin, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        inside = 1 - float(chances[begin, 0])
        if inside < choices.cue_edge:
            continue
        goes_on = found and found[-1][1] == begin and chances[begin, _BEGIN] < chances[begin, 2]
        if goes_on:
            found[-1] = (found[-1][0], end, max(found[-1][2], inside))
        else:
            found.append((begin, end, inside))
    return [each for each in found if each[2] >= choices.cue]


def _attribution(
    text: str,
    reading: Reading,
    scores: Floats,
    edges: Ints,
    cue: tuple[int, int, float],
    bounds: tuple[int, int],
    choices: Choices,
) -> Found | None:
    """Read one cue's source and content off the scores (words, 3) of the words of its window."""
    begin, end, sure = cue
    chances = np.exp(scores)
    chances[(edges[:-1] >= begin) & (edges[1:] <= end)] = 1e-9  # a cue is no part of its own content
    odds = np.log(chances[:, CONTENT] + 1e-9) - np.log(np.maximum(1 - chances[:, CONTENT], 1e-9))
    content = best_runs(odds + choices.content, choices.switch)
    if not content:
        return None
    taken = np.concatenate([np.arange(first, last) for first, last in content])
    source = _source(chances[:, SOURCE], taken, choices)
    place = Span(int(reading.offsets[begin, 0]), int(reading.offsets[end - 1, 1]))
    said = clipped(text, _spans(text, reading, edges, content), place)
    if not said:
        return None
    return Found(
        place,
        beside(text, _spans(text, reading, edges, source), place),
        said,
        sure * float(chances[taken, CONTENT].mean()),
    )


def _source(chances: Floats, taken: Ints, choices: Choices) -> list[tuple[int, int]]:
    """The words around the likeliest word of the source, as far as they are about as likely."""
    chances = chances.copy()
    chances[taken] = 0.0
    best = int(chances.argmax())
    if chances[best] < choices.source:
        return []
    enough = choices.edge * float(chances[best])
    begin, end = best, best + 1
    while begin > 0 and chances[begin - 1] >= enough:
        begin -= 1
    while end < len(chances) and chances[end] >= enough:
        end += 1
    return [(begin, end)]


def best_runs(odds: Floats, switch: float) -> list[tuple[int, int]]:
    """Return the ranges of words that add up to the most log odds, where beginning and ending one costs `switch`."""
    (likely,) = np.nonzero(odds > -2.0)
    if not len(likely):
        return []
    low, high = int(likely[0]), int(likely[-1]) + 1
    out, into, back = 0.0, -switch, []
    for gain in odds[low:high].tolist():
        stays_out, stays_in = out >= into - switch, into >= out - switch
        back.append((stays_out, stays_in))
        out, into = (out if stays_out else into - switch), (into if stays_in else out - switch) + gain
    labels = np.zeros(len(odds), np.int64)
    inside = into > out
    for place in range(high - 1, low - 1, -1):
        labels[place] = inside
        stays_out, stays_in = back[place - low]
        inside = stays_in if inside else not stays_out
    return _runs(labels, 1)


def _runs(labels: Ints, wanted: int) -> list[tuple[int, int]]:
    """Return the ranges of words that have a label."""
    changes = np.flatnonzero(np.diff(np.concatenate(([0], labels == wanted, [0])).astype(np.int8)))
    return list(zip(changes[::2].tolist(), changes[1::2].tolist(), strict=True))


def _spans(text: str, reading: Reading, edges: Ints, runs: list[tuple[int, int]]) -> tuple[Span, ...]:
    found = []
    for first, last in sorted(runs):
        begin, end = int(reading.offsets[edges[first], 0]), int(reading.offsets[edges[last] - 1, 1])
        if text[begin:end].strip():
            found.append(Span(begin, end))
    return tuple(found)
