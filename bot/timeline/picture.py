"""A timeline as pictures: a scale of time at the left, the statements as cards beside it, page by page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matplotlib.lines import Line2D
from matplotlib.patches import Circle, FancyBboxPatch, PathPatch, Rectangle
from matplotlib.path import Path as Outline

from bot.cite import one_line, show_date
from bot.listing import MANNER, Entry
from bot.timeline.lettering import Lettering, from_right
from bot.timeline.line import JUDGES_NOT, Timeline, speaker_of
from bot.timeline.scale import Scale
from bot.timeline.sheet import INK, SOFT, Line, Sheet
from corpus.model import Kind

_LEFT, _RIGHT = 28.0, 612.0  # of the sheet, in points, as all lengths
_AXIS, _CARD = 112.0, 150.0
_INSIDE, _GAP = 10.0, 9.0
_TALLEST = 1400.0  # of the cards of one picture
_MOST = 10  # pictures
_FEW = 8  # statements that have the room for more words
_LINES = (6, 4)  # of words on a card: where there are few, and where there are many
_PER_MARK = 46.0  # of the scale
_EDGE, _BLUE, _PALE = "#d5d9df", "#0069a8", "#9cc6e0"
_FILL: dict[Kind, str] = {"direct": _BLUE, "mixed": _PALE, "indirect": "#ffffff"}
_BAND = 16.0  # between what has a date and what has none
_FOOT = f"{JUDGES_NOT} Direct speech is in quotation marks. Made by whosaid."
FONTLESS = "Some letters are in no font of this computer and are drawn as boxes; the page (--html) has them."


@dataclass(frozen=True, slots=True)
class _Card:
    entry: Entry
    lines: tuple[Line, ...]
    tall: float


def pictures(found: Timeline) -> tuple[list[bytes], list[str]]:
    """Return a timeline as PNG files, one or, where the statements are many, several; and what is not in them.

    Words are cut after some lines, and say so; all that is known of a statement is on the page that
    `bot.timeline.page` makes.
    """
    letters = Lettering(_texts(found))
    most = _LINES[len(found.entries) > _FEW]
    pages = list(_pages([_card(found, entry, letters, most) for entry in found.entries]))
    first, files = 1, []
    left = sum(map(len, pages[_MOST:]))
    pages = pages[:_MOST]
    for number, cards in enumerate(pages, 1):
        last = first + len(cards) - 1
        of = f"{number} of {len(pages)}: statements {first}–{last} of {len(found.entries)}" if len(pages) > 1 else ""
        files.append(_drawn(found, cards, of, letters))
        first = last + 1
    notes = [FONTLESS] if letters.missing else []
    return files, [
        *notes,
        f"{left:,} later statements are not drawn; narrow it, or see the page (--html).",
    ] if left else notes


def _texts(found: Timeline) -> Iterator[str]:
    yield from (found.title, *found.taken, found.within, "“”…–—·")
    for entry in found.entries:
        yield from (entry.words, speaker_of(entry), entry.cited.title, entry.cited.outlet or "", *entry.cited.also_in)


def _card(found: Timeline, entry: Entry, letters: Lettering, most: int) -> _Card:
    """Return a statement as lines: when and how it was said, by whom where that differs, the words, the source."""
    wide, at, lines = _RIGHT - _CARD - 2 * _INSIDE, _INSIDE + 9.0, list[Line]()
    lines.append(Line(_day(entry), at, 9.5, bold=True))
    if found.is_of_several:
        at += 14.0
        lines.append(Line(letters.lines(speaker_of(entry), letters.font(8.5), wide, 1)[0], at, 8.5, SOFT))
    at += 3.0
    for words in letters.lines(entry.words, letters.font(10.5, serif=True), wide, most):
        at += 15.0
        lines.append(Line(words, at, 10.5, serif=True))
    at += 3.0
    cited = entry.cited
    outlet, title = one_line(cited.outlet or ""), one_line(cited.title) or "Untitled"
    file = "" if outlet else one_line(cited.path or "")
    published = show_date(cited.published) if entry.date_is == "said" else ""
    source = ", ".join(part for part in (outlet, title, file, published) if part)
    also = [f"Also in {'; '.join(one_line(name) for name in cited.also_in)}"] if cited.also_in else []
    for words in [source, *also]:
        at += 12.5
        lines.append(Line(letters.lines(words, letters.font(8), wide, 1)[0], at, 8, SOFT))
    return _Card(entry, tuple(lines), at + _INSIDE)


def _day(entry: Entry) -> str:
    return show_date(str(entry.date)) if entry.date else "No date"


def _pages(cards: Sequence[_Card]) -> Iterator[list[_Card]]:
    page: list[_Card] = []
    tall = 0.0
    for card in cards:
        if page and tall + card.tall > _TALLEST:
            yield page
            page, tall = [], 0.0
        page.append(card)
        tall += card.tall + _GAP
    if page:
        yield page


def _drawn(found: Timeline, cards: Sequence[_Card], of: str, letters: Lettering) -> bytes:
    head, down = _head(found, of, letters)
    places: list[tuple[_Card, float]] = []
    for card in cards:
        undated = card.entry.date is None and not any(one.entry.date is None for one, _ in places)
        down += _BAND if undated and places else 0.0
        places.append((card, down))
        down += card.tall + _GAP
    sheet = Sheet(down + 30.0, letters)
    for line in head:
        sheet.text(_LEFT, line.down, line)
    _key(sheet, head[-1].down + 20.0)
    _scale(sheet, [(card, top) for card, top in places if card.entry.date is not None])
    for card, top in places:
        _put(sheet, card, top)
    if (first := next((top for card, top in places if card.entry.date is None), None)) is not None:
        sheet.text(_AXIS - 12.0, first + 19.0, Line("No date", 0, 9, SOFT), "right")
    sheet.text(_LEFT, down + 14.0, Line(_FOOT, 0, 7.5, SOFT))
    return sheet.png(one_line(found.title))


def _head(found: Timeline, of: str, letters: Lettering) -> tuple[list[Line], float]:
    """Return the lines above the cards, and where the cards begin."""
    wide, at, lines = _RIGHT - _LEFT, 22.0, list[Line]()
    for words in letters.lines(one_line(found.title), letters.font(17, bold=True), wide, 2):
        at += 22.0
        lines.append(Line(words, at, 17, bold=True))
    at += 5.0
    told = [f"{found.summary}; looked for{found.within}."]
    if found.taken:
        told.append(f"Taken to be: {'; '.join(found.taken)}.")
    told += [one_line(note) for note in found.notes]
    told += [f"Picture {of}."] if of else []
    for sentence in told:
        for words in letters.lines(sentence, letters.font(9), wide, 3):
            at += 13.0
            lines.append(Line(words, at, 9, SOFT))
    return lines, at + 36.0


def _key(sheet: Sheet, down: float) -> None:
    """Tell what the marks mean."""
    at = _CARD
    for kind in _FILL:
        told = Line(MANNER[kind], 0, 8.5, SOFT)
        _mark(sheet, at, down - 3.0, kind)
        sheet.text(at + 12.0, down, told)
        at += 32.0 + sheet.width(told)


def _mark(sheet: Sheet, x: float, y: float, kind: Kind) -> None:
    sheet.put(Circle((x, y), 4.2, facecolor=_FILL[kind], edgecolor=_BLUE, linewidth=1.4, zorder=4))


def _put(sheet: Sheet, card: _Card, top: float) -> None:
    entry, right = card.entry, _RIGHT - _INSIDE
    box = FancyBboxPatch(
        (_CARD, top), _RIGHT - _CARD, card.tall, boxstyle="round,pad=0,rounding_size=4", facecolor="#ffffff",
        edgecolor=_EDGE, linewidth=0.9, zorder=2,
    )  # fmt: skip
    sheet.put(box)
    _mark(sheet, _CARD, top + 15.5, entry.saying.kind)
    for line in card.lines:
        if from_right(line.text):
            sheet.text(right, top + line.down, line, "right")
        else:
            sheet.text(_CARD + _INSIDE, top + line.down, line)
    day = card.lines[0]
    sheet.text(right, top + day.down, Line(MANNER[entry.saying.kind], 0, 8.5, SOFT), "right")
    if entry.date_is is not None:
        after = _CARD + _INSIDE + sheet.width(day) + 6.0
        sheet.text(after, top + day.down, Line(entry.date_is, 0, 8.5, SOFT))


def _scale(sheet: Sheet, places: Sequence[tuple[_Card, float]]) -> None:
    """Draw the scale beside the cards that have a date, and lead from each date to its card."""
    dates = [card.entry.date for card, _ in places if card.entry.date is not None]
    if not dates:
        return
    scale = Scale.over(dates)
    top, bottom = places[0][1] + 15.5, places[-1][1] + 15.5
    if bottom > top:
        sheet.put(Line2D([_AXIS, _AXIS], [top, bottom], color=SOFT, linewidth=1.1, zorder=1))
        for at, name in scale.marks(max(2, int((bottom - top) / _PER_MARK))):
            level = top + at * (bottom - top)
            sheet.put(Line2D([_AXIS - 5, _AXIS], [level, level], color=SOFT, linewidth=1.0))
            sheet.text(_AXIS - 9.0, level + 2.8, Line(name, 0, 7.5, SOFT), "right")
    for (_, place), day in zip(places, dates, strict=True):
        begin, end = (top + at * (bottom - top) for at in scale.of(day))
        level = (begin + end) / 2
        if end - begin > 4:
            bar = Rectangle((_AXIS - 2, begin), 4, end - begin, facecolor=_PALE, edgecolor="none", zorder=2)
            sheet.put(bar)
        _lead(sheet, level, place + 15.5)
        sheet.put(Circle((_AXIS, level), 2.6, facecolor=INK, edgecolor="white", linewidth=0.6, zorder=5))


def _lead(sheet: Sheet, level: float, place: float) -> None:
    """Draw a line from a place of the scale to a card."""
    middle = (_AXIS + _CARD) / 2
    codes = [Outline.MOVETO, Outline.CURVE4, Outline.CURVE4, Outline.CURVE4]
    path = Outline([(_AXIS, level), (middle, level), (middle, place), (_CARD, place)], codes)
    sheet.put(PathPatch(path, facecolor="none", edgecolor=SOFT, linewidth=0.7, alpha=0.7, zorder=1))
