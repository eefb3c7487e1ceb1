"""From the lines of pages to paragraphs: heads and page numbers dropped, broken words and paragraphs joined."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from corpus.loaders.pdf_lines import Line

_EDGE = 3  # lines at the top and at the bottom of a page among which a running head is looked for
_DRIFT = 8.0  # points by which a running head may stand higher on one page than on another
_OTHER_SIZE = 1.12
_HEADING_SIZE = 1.15
_LONGEST_HEADING = 250
_BULLET = re.compile(r"[•▪●◦‣∙·*–—-] |\(?(?:\d{1,3}|[a-z])[.)] ")
_SURE_BULLET = re.compile(r"[•▪●◦‣∙] ")
# What browsers print at the edges of a page: the hour and the title above, the address and the page below.
_BROWSER = re.compile(
    r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}, \d\d?[:.]\d\d(?: [AP]M)?\b.{0,300}"
    r"|(?:https?|file)://\S{1,2000}(?: \d{1,4}/\d{1,4})?"
)
_ENDS = re.compile(r"[.!?:…][\"”’»)\]]{0,3}\Z")
_BROKEN = re.compile(r"(?<![^\W\d_])([^\W\d_]{2,})-\Z")
_CONTINUED = re.compile(r"[^\W\d_]+")
_PREFIXES = frozenset(("self", "well", "ex", "half", "vice", "so", "non", "anti", "pro", "mid", "long"))
_WORD = re.compile(r"\w+(?:-\w+)*")


class Paragraph(NamedTuple):
    """A paragraph, the size of its letters in points, and whether it is an item of a list."""

    text: str
    size: float
    item: bool


def reflow(pages: Sequence[Sequence[Line]]) -> list[Paragraph]:
    """Return the paragraphs of a document whose pages have these lines."""
    kept = _without_running_lines(pages)
    columns = [column for page in kept for column in _columns(page)]
    lines = [line for column in columns for line in column]
    if not lines:
        return []
    words = Counter(word.lower() for line in lines for word in _WORD.findall(line.text))
    leadings = _leadings(columns)
    found: list[list[Line]] = []
    for column in columns:
        left, right = _left(column), _right(column)
        for at, line in enumerate(column):
            if not found:
                joined = False
            elif at == 0:
                joined = _goes_on(found[-1], line)
            else:
                joined = not _begins(found[-1], line, leadings, left, right)
            if joined:
                found[-1].append(line)
            else:
                found.append([line])
    return [_paragraph(part, words) for part in found]


def written(paragraphs: Sequence[Paragraph]) -> str:
    """Return the text of paragraphs: blank lines between them, line ends between the items of a list."""
    text = ""
    for at, paragraph in enumerate(paragraphs):
        between = "\n" if at and paragraph.item and paragraphs[at - 1].item else "\n\n"
        text += (between if at else "") + paragraph.text
    return text


def heading(paragraphs: Sequence[Paragraph]) -> str | None:
    """Return the headline: the largest of the first paragraphs, if it is larger than the text's letters."""
    sizes = Counter[float]()
    for paragraph in paragraphs:
        sizes[paragraph.size] += len(paragraph.text)
    if not sizes:
        return None
    body = sizes.most_common(1)[0][0]
    candidates = [part for part in paragraphs[:6] if len(part.text) <= _LONGEST_HEADING]
    largest = max(candidates, key=lambda part: part.size, default=None)
    return largest.text if largest is not None and largest.size >= body * _HEADING_SIZE else None


def _without_running_lines(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Drop what stands at the same height at the edge of several pages, numbers aside."""
    edges: list[set[Line]] = []
    for page in pages:
        ordered = sorted(page, key=lambda line: -line.y)
        edges.append({*ordered[:_EDGE], *ordered[-_EDGE:]})
    heights: dict[str, list[float]] = defaultdict(list)
    for edge in edges:
        for line in edge:
            heights[_running(line)].append(line.y)
    enough = 2 if len(pages) <= 4 else 3
    return [
        [
            line
            for line in page
            if line not in edge
            or (
                not _BROWSER.fullmatch(line.text)
                and sum(abs(y - line.y) <= _DRIFT for y in heights[_running(line)]) < enough
            )
        ]
        for page, edge in zip(pages, edges, strict=True)
    ]


def _running(line: Line) -> str:
    return re.sub(r"\d+", "#", line.text).casefold()


def _columns(page: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield the columns of a page, each from top to bottom.

    The order of drawing is the order of reading, except for lines above or below all else, which are often
    drawn out of turn.
    """
    parts = _downward(page)
    for part in list(parts):
        others = [line for other in parts if other is not part for line in other]
        if len(part) > 2 or not others:
            continue
        if part is not parts[0] and min(line.y for line in part) > max(line.y for line in others):
            parts.remove(part)
            parts.insert(0, part)
        elif part is not parts[-1] and max(line.y for line in part) < min(line.y for line in others):
            parts.remove(part)
            parts.append(part)
    yield from parts


def _downward(page: Sequence[Line]) -> list[list[Line]]:
    """Cut the lines where the next one does not stand below the one before."""
    parts: list[list[Line]] = []
    for line in page:
        if parts and line.y < parts[-1][-1].y + line.size * 0.2:
            parts[-1].append(line)
        else:
            parts.append([line])
    return parts


def _leadings(columns: Sequence[Sequence[Line]]) -> dict[float, float]:
    """Return the usual distance between two lines of a paragraph, for each size of letters.

    It is that below lines which fill their column and end no sentence: what follows them goes on.
    """
    gaps: dict[float, list[float]] = defaultdict(list)
    for column in columns:
        right = _right(column)
        for above, line in pairwise(column):
            full = above.right > above.x + 0.8 * (right - above.x) and _ENDS.search(above.text) is None
            if full and above.size == line.size and 0.5 * line.size < above.y - line.y < 3 * line.size:
                gaps[line.size].append(above.y - line.y)
    return {size: median(found) for size, found in gaps.items()}


def _left(column: Sequence[Line]) -> float:
    """Return where the lines of a column begin that are not set in, single ones aside."""
    starts = Counter(round(line.x) for line in column)
    return min((x for x, count in starts.items() if count > 1), default=min(starts))


def _right(column: Sequence[Line]) -> float:
    """Return where the lines of a column end, the longest tenth aside."""
    return sorted(line.right for line in column)[len(column) * 9 // 10]


def _begins(part: Sequence[Line], line: Line, leadings: dict[float, float], left: float, right: float) -> bool:
    """Tell whether a line begins a paragraph, the one before in the same column being the last of `part`."""
    above = part[-1]
    gap = above.y - line.y
    if _differ(above.size, line.size) or gap > 1.25 * leadings.get(line.size, 1.45 * line.size) or gap < 0:
        return True
    ended = _ENDS.search(above.text) is not None
    first = len(part) == 1
    hanging = _BULLET.match(part[0].text) is not None
    listed = ended or hanging or above.text.endswith(":")
    if _SURE_BULLET.match(line.text) or (listed and _BULLET.match(line.text)):
        return True
    step = line.x - above.x
    if step > 0.8 * line.size and not (first and hanging):
        return True
    if step < -0.8 * line.size and not first:
        return True
    width = right - min(above.x, line.x)
    room = right - above.right
    if ended and not line.text[0].islower():
        return room > 0.2 * width
    # The next word would have found room above, and the lines do not run around a picture.
    room -= 0.5 * line.size * (len(line.text.split(" ", 1)[0]) + 1)
    if first and line.x > left + 0.8 * line.size and abs(step) < 1:  # two first lines, both set in
        return room > 0.1 * width
    return room > 0.2 * width and line.right > above.right + 0.1 * width


def _goes_on(part: Sequence[Line], line: Line) -> bool:
    """Tell whether the first line of a page or column continues the last paragraph of the one before."""
    above = part[-1]
    if _differ(above.size, line.size) or _BULLET.match(line.text) or _ENDS.search(above.text):
        return False
    return line.text[0].islower() or above.text.endswith((",", "-", "–", "—", ";")) or len(part) > 1


def _differ(one: float, other: float) -> bool:
    return max(one, other) > _OTHER_SIZE * min(one, other)


def _paragraph(part: Sequence[Line], words: Counter[str]) -> Paragraph:
    text = part[0].text
    for line in part[1:]:
        text = _joined(text, line.text, words)
    text = text.replace("\u00ad", "")
    sizes = Counter[float]()
    for line in part:
        sizes[line.size] += len(line.text)
    return Paragraph(text, sizes.most_common(1)[0][0], _BULLET.match(text) is not None)


def _joined(text: str, line: str, words: Counter[str]) -> str:
    """Join two lines; a word broken at the end of the first is made whole as the document itself writes it."""
    if text.endswith("\u00ad"):
        return text + line
    broken, rest = _BROKEN.search(text[-60:]), _CONTINUED.match(line)
    if broken is None or rest is None:
        return text + ("" if text.endswith(("-", "–", "—")) and not text.endswith((" -", " –", " —")) else " ") + line
    before, after = broken[1].lower(), rest[0].lower()
    if not rest[0][0].islower() or words[f"{before}-{after}"] > words[before + after]:
        return text + line
    if before in _PREFIXES and not words[before + after]:
        return text + line
    return text[:-1] + line
