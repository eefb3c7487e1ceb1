"""A sheet of paper for pictures: artists and lines of text, placed by points from the top left."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.transforms import Affine2D

from bot.timeline.lettering import Lettering

INK, SOFT = "#1b1f24", "#565f6b"
WIDE = 640.0  # points
_DPI = 160


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text: how far down it stands (below the top of what it is part of), its size in points, its style."""

    text: str
    down: float
    size: float
    colour: str = INK
    bold: bool = False
    serif: bool = False


class Sheet:
    """A figure on which things are put by points from the top left."""

    def __init__(self, tall: float, letters: Lettering) -> None:
        """Make a white sheet `WIDE` points wide and `tall` points tall."""
        self._figure = Figure(figsize=(WIDE / 72, tall / 72), dpi=_DPI, facecolor="white")
        FigureCanvasAgg(self._figure)
        self._place = Affine2D().scale(1, -1).translate(0, tall).scale(1 / 72) + self._figure.dpi_scale_trans
        self._letters = letters

    def text(self, x: float, y: float, line: Line, align: str = "left") -> None:
        """Write a line with its baseline at `y`, from `x` on, or ending there where `align` is "right"."""
        font = self._letters.font(line.size, bold=line.bold, serif=line.serif)
        self._figure.text(
            x, y, line.text, fontproperties=font, color=line.colour, ha=align, va="baseline", transform=self._place,
            parse_math=False,
        )  # fmt: skip

    def width(self, line: Line) -> float:
        """Return how wide a line is, in points."""
        return self._letters.width(line.text, self._letters.font(line.size, bold=line.bold, serif=line.serif))

    def put(self, artist: Artist) -> None:
        """Draw something whose lengths are points."""
        artist.set_transform(self._place)
        self._figure.add_artist(artist)

    def png(self, title: str) -> bytes:
        """Return the sheet as a PNG file of that title."""
        stream = io.BytesIO()
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph .* missing")  # told in words
            self._figure.savefig(stream, format="png", metadata={"Title": title, "Software": "whosaid"})
        return stream.getvalue()
