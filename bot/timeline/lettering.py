"""Letters of a picture: which fonts have them, how wide they are, and where lines break."""

from __future__ import annotations

import unicodedata
import warnings
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from matplotlib import font_manager
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font
from matplotlib.textpath import text_to_path

_SANS, _SERIF = "DejaVu Sans", "DejaVu Serif"  # which come with matplotlib
_PICTURES = ("Last Resort",)  # a font that has a box for every letter
CUT = " […]"


class Lettering:
    """Fonts for some texts: DejaVu, and what this computer has beside it for the letters that DejaVu lacks."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Find the fonts; `missing` are the letters that none has."""
        needed = {ord(char) for text in texts for char in text if not _is_invisible(char)}
        self._more, self.missing = _fonts_for(frozenset(needed))
        self._widths: dict[tuple[object, ...], float] = {}  # words come again and again

    def font(self, size: float, *, bold: bool = False, serif: bool = False) -> FontProperties:
        """Return a font of `size` points."""
        family = [_SERIF if serif else _SANS, *([_SANS] if serif else []), *self._more]
        return FontProperties(family=family, size=size, weight="bold" if bold else "normal")

    def width(self, text: str, font: FontProperties) -> float:
        """Return how wide a line is, in points."""
        key = text, font.get_size_in_points(), str(font.get_weight()), tuple(font.get_family())
        if key not in self._widths:
            self._widths[key] = self._measured(text, font)
        return self._widths[key]

    def _measured(self, text: str, font: FontProperties) -> float:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph .* missing")  # `missing` tells
            return float(text_to_path.get_text_width_height_descent(text, font, ismath=False)[0])

    def lines(self, text: str, font: FontProperties, wide: float, most: int) -> list[str]:
        """Return a text as at most so many lines of at most `wide` points; a longer one is cut, and says so."""
        lines, line, space = list[str](), "", self.width("n n", font) - self.width("nn", font)
        used = 0.0
        for word in self._words(text, font, wide):
            width = self.width(word, font)
            if line and used + space + width > wide:
                lines.append(line)
                line, used = "", 0.0
                if len(lines) == most:
                    lines[-1] = self._cut(lines[-1], font, wide)
                    return lines
            line, used = f"{line} {word}" if line else word, used + width + (space if line else 0.0)
        return [*lines, line] if line else lines

    def _words(self, text: str, font: FontProperties, wide: float) -> Iterable[str]:
        """Yield the words of a text, those that are wider than a line in parts."""
        for word in text.split():
            while self.width(word, font) > wide:
                end = next(n for n in range(len(word) - 1, 0, -1) if n == 1 or self.width(word[:n], font) <= wide)
                yield word[:end]
                word = word[end:]
            yield word

    def _cut(self, line: str, font: FontProperties, wide: float) -> str:
        while line and self.width(line + CUT, font) > wide:
            line = line.rpartition(" ")[0] or line[:-1]
        return line + CUT


def from_right(text: str) -> bool:
    """Tell whether a text is written from right to left: by its first letter that has a direction."""
    kinds = (unicodedata.bidirectional(char) for char in text)
    return next((kind in ("R", "AL") for kind in kinds if kind in ("L", "R", "AL")), False)


def _is_invisible(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf", "Zs", "Zl", "Zp")


@lru_cache(maxsize=16)
def _fonts_for(letters: frozenset[int]) -> tuple[tuple[str, ...], frozenset[str]]:
    """Return the installed fonts that have what DejaVu lacks of these letters, and what none has."""
    left = set(letters) - _letters_of(font_manager.findfont(_SANS))
    chosen: list[str] = []
    known = {entry.name: entry.fname for entry in font_manager.fontManager.ttflist if entry.style == "normal"}
    for name, file in sorted(known.items()):
        if left and not name.startswith(_PICTURES) and (has := left & _letters_of(file)):
            chosen.append(name)
            left -= has
    return tuple(chosen), frozenset(map(chr, left))


@lru_cache(maxsize=512)
def _letters_of(file: str) -> frozenset[int]:
    try:
        return frozenset(FT2Font(Path(file)).get_charmap())
    except (OSError, RuntimeError):  # a font that cannot be read has none
        return frozenset()
