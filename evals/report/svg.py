"""Small plots drawn as inline SVG; colours come from the page's style by class, so that they follow light and dark.

Coordinates of data are mapped onto a frame of `WIDTH` by `HEIGHT` units, about as many CSS pixels.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from evals.report.escape import text

WIDTH, HEIGHT = 400, 280
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 20, 12, 44


class Plot:
    """A frame with two linear axes that marks are added to."""

    def __init__(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Span the frame over the ranges `x` and `y` (least, greatest)."""
        self._x, self._y = x, y
        self._parts: list[str] = []

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point of data lies in the picture."""
        across = (x - self._x[0]) / (self._x[1] - self._x[0])
        up = (y - self._y[0]) / (self._y[1] - self._y[0])
        return (
            round(_LEFT + across * (WIDTH - _LEFT - _RIGHT), 1),
            round(HEIGHT - _BOTTOM - up * (HEIGHT - _TOP - _BOTTOM), 1),
        )

    def axes(self, x: Sequence[tuple[float, str]], y: Sequence[tuple[float, str]], names: tuple[str, str]) -> None:
        """Draw ticks (value, label) with lines across for `y`, and the names of the two axes."""
        for value, label in y:
            left, level = self.at(self._x[0], value)
            self._parts.append(f'<line class="grid" x1="{left}" x2="{WIDTH - _RIGHT}" y1="{level}" y2="{level}"/>')
            self._parts.append(f'<text class="tick end" x="{left - 6}" y="{level + 4}">{text(label)}</text>')
        for value, label in x:
            middle, base = self.at(value, self._y[0])
            self._parts.append(f'<text class="tick mid" x="{middle}" y="{base + 16}">{text(label)}</text>')
        centre, height = (WIDTH + _LEFT - _RIGHT) / 2, (HEIGHT + _TOP - _BOTTOM) / 2
        self._parts.append(f'<text class="axis mid" x="{centre}" y="{HEIGHT - 8}">{text(names[0])}</text>')
        turned = f'transform="translate(11 {height}) rotate(-90)"'
        self._parts.append(f'<text class="axis mid" {turned}>{text(names[1])}</text>')

    def line(self, points: Sequence[tuple[float, float]], kind: str) -> None:
        """Draw a line through points of data."""
        path = " ".join(f"{x},{y}" for x, y in (self.at(*point) for point in points))
        self._parts.append(f'<polyline class="{kind}" points="{path}"/>')

    def dot(self, x: float, y: float, kind: str, radius: float = 4.5) -> None:
        """Draw a round mark."""
        across, down = self.at(x, y)
        self._parts.append(f'<circle class="{kind}" cx="{across}" cy="{down}" r="{radius}"/>')

    def column(self, x: float, width: float, y: float, kind: str, label: str = "") -> None:
        """Draw a column from the bottom up to `y`, `width` wide in data, `label` above it."""
        left, top = self.at(x - width / 2, y)
        right, base = self.at(x + width / 2, self._y[0])
        shape = f'x="{left}" y="{top}" width="{round(right - left, 1)}" height="{round(base - top, 1)}"'
        self._parts.append(f'<rect class="{kind}" {shape}/>')
        if label:
            self._parts.append(
                f'<text class="tick mid" x="{round((left + right) / 2, 1)}" y="{top - 4}">{text(label)}</text>'
            )

    def drawn(self, title: str, told: str) -> str:
        """Return the picture; its name `title` is one of its kind in the page, `told` says what it shows."""
        own = "plot-" + "-".join(re.findall(r"\w+", title.lower()))
        return (
            f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="{own}-t {own}-d">'
            f'<title id="{own}-t">{text(title)}</title><desc id="{own}-d">{text(told)}</desc>'
            f"{''.join(self._parts)}</svg>"
        )
