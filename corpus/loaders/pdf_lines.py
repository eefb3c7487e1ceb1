"""The lines of a PDF page: their text, as the library joins it, and where and how large they stand."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from corpus.loaders.blocks import clean

# Letters that fonts draw as one sign, and that nobody searches for as such.
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_APART = 4.0  # points within which lines begin at the same place
_ROWS = 5  # rows in which a column must begin to be one
_PROSE = 20  # letters of a line of prose, at least, on average
_WIDTH = 0.5  # of a letter, on average, for a size of 1


class Line(NamedTuple):
    """A line of text, with a soft hyphen at its end where it has one; all measures are in points.

    `x` and `y` are where it begins, `y` growing upwards, `right` about where it ends, `size` its letters' height.
    """

    text: str
    x: float
    y: float
    right: float
    size: float


class _Piece(NamedTuple):
    text: str
    x: float
    y: float
    size: float
    angle: int


def page_lines(page: Any) -> list[Line]:
    """Return the lines of a pypdf page in the order in which they are drawn, those across the page left out.

    Columns that are drawn line by line across the page are put one after the other.
    """
    rows: list[list[_Piece]] = [[]]

    def visit(text: str, user: list[float], matrix: list[float], font: object, size: float) -> None:
        at = _place(user, matrix, size)
        for number, part in enumerate(text.split("\n")):
            if number:
                rows.append([])
            if part.strip():
                rows[-1].append(_Piece(part, *at))
            elif part and rows[-1]:
                rows[-1].append(rows[-1][-1]._replace(text=part))

    page.extract_text(visitor_text=visit)
    pieces = [piece for row in rows for piece in row]
    angles = Counter[int]()
    for piece in pieces:
        angles[piece.angle] += len(piece.text)
    upright = angles.most_common(1)[0][0] if angles else 0
    kept = [[piece for piece in row if piece.angle == upright] for row in rows]
    starts = _column_starts(kept)
    parts = [part for row in kept for part in _cut(row, starts)]
    lines = [line for part in parts if (line := _line(part)) is not None]
    columns = [sum(start <= line.x + _APART for start in starts) for line in lines]
    crossings = sum(one != other for one, other in pairwise(columns))
    if crossings * 3 <= len(lines):
        return lines
    return [line for _, line in sorted(zip(columns, lines, strict=True), key=lambda pair: pair[0])]


def _place(user: list[float], matrix: list[float], size: float) -> tuple[float, float, float, int]:
    """Return where text stands, how large it is, and in which direction it runs, in degrees.

    Positions are taken along and across that direction, so that a turned page reads like one that is not.
    """
    a, b, c, d, e, f = matrix
    g, h, i, j, k, m = user
    right, up = (a * g + b * i, a * h + b * j), (c * g + d * i, c * h + d * j)
    at = (e * g + f * i + k, e * h + f * j + m)
    length = math.hypot(*right) or 1.0
    cos, sin = right[0] / length, right[1] / length
    along, across = at[0] * cos + at[1] * sin, at[1] * cos - at[0] * sin
    angle = round(math.degrees(math.atan2(sin, cos)) / 10) * 10 % 360
    return along, across, abs(size) * math.hypot(*up), angle


def _column_starts(rows: Sequence[Sequence[_Piece]]) -> list[float]:
    """Return where columns of prose begin inside rows: at one place in many rows, with prose on both sides.

    The cells of a table are shorter, and stay in their rows.
    """
    found: dict[float, list[int]] = defaultdict(list)
    filled: list[list[_Piece]] = []
    for row in rows:
        pieces = [piece for piece in row if piece.text.strip()]
        beside = pieces and filled and abs(pieces[0].y - filled[-1][0].y) < 1 and pieces[0].x > filled[-1][-1].x
        if beside:  # the library began a new row, but what it draws is still at the same height
            filled[-1].extend(pieces)
        elif pieces:
            filled.append(pieces)
    for row in filled:
        for at, piece in enumerate(row):
            if at:
                before, after = (sum(len(p.text) for p in side) for side in (row[:at], row[at:]))
                found[round(piece.x / _APART) * _APART].append(min(before, after))
    enough = max(_ROWS, len(filled) // 3)
    return sorted(x for x, sizes in found.items() if len(sizes) >= enough and sum(sizes) >= _PROSE * len(sizes))


def _cut(row: Sequence[_Piece], starts: Sequence[float]) -> Iterator[list[_Piece]]:
    """Yield the parts of a row that belong to different columns."""
    part: list[_Piece] = []
    for piece in row:
        if part and any(part[0].x + _APART < start and abs(piece.x - start) <= _APART for start in starts):
            yield part
            part = []
        part.append(piece)
    if part:
        yield part


def _line(pieces: list[_Piece]) -> Line | None:
    raw = "".join(piece.text for piece in pieces).translate(_LIGATURES)
    text = clean(raw)
    if not text:
        return None
    text += "\u00ad" if raw.rstrip().endswith("\u00ad") else ""
    sizes = Counter[float]()
    for piece in pieces:
        sizes[round(piece.size, 1)] += len(piece.text.strip())
    first, last = pieces[0], pieces[-1]
    size = sizes.most_common(1)[0][0]
    right = max(piece.x + _WIDTH * piece.size * len(piece.text.rstrip()) for piece in (first, last))
    return Line(text, first.x, first.y, right, size)
