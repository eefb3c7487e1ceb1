"""PolNeAR: US political articles with their attributions marked (brat standoff), as spans.

Newell et al., "An Attribution Relations Corpus for Political News", LREC 2018. A part of it is a folder with
``text/*.txt`` and ``attributions/*.ann``. Gold is the first annotator of each article, by name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import UsageError
from corpus.model import Span

PARTS = ("source", "cue", "content")
"""What an attribution is made of."""

_TEXT_BOUND = re.compile(r"(T\d+)\t(\S+) ([\d ;]+)\t")
_EVENT = re.compile(r"E\d+\t(.*)")


@dataclass(frozen=True, slots=True)
class Marked:
    """One attribution, gold or predicted, as spans."""

    source: tuple[Span, ...]
    cue: tuple[Span, ...]
    content: tuple[Span, ...]


def read_standoff(path: Path) -> list[Marked]:
    """Return the attributions of one brat file that have a content; skip events naming a missing mark."""
    marks: dict[str, tuple[str, tuple[Span, ...]]] = {}
    events: list[dict[str, str]] = []
    with path.open(encoding="utf-8", newline="") as lines:
        for line in lines:
            if bound := _TEXT_BOUND.match(line):
                pieces = [piece.split() for piece in bound[3].split(";")]
                marks[bound[1]] = (bound[2], tuple(Span(int(a), int(b)) for a, b in pieces))
            elif event := _EVENT.match(line):
                events.append({mark: role for role, _, mark in (part.partition(":") for part in event[1].split())})
    found = []
    for event_marks in events:
        if not all(mark in marks for mark in event_marks):
            continue
        spans: dict[str, list[Span]] = {part: [] for part in PARTS}
        for mark, role in event_marks.items():
            part = role.rstrip("0123456789").lower()
            if part in spans:
                spans[part].extend(marks[mark][1])
        if spans["content"]:
            found.append(Marked(*(tuple(sorted(spans[part])) for part in PARTS)))
    return found


def read_gold(folder: Path) -> list[tuple[str, str, list[Marked]]]:
    """Return name, text and gold attributions of each article of a PolNeAR part.

    Raises:
        UsageError: the folder has no annotated articles.
    """
    files: dict[str, Path] = {}
    for path in sorted((folder / "attributions").glob("*.ann")):
        files.setdefault(path.stem.rpartition("_")[0], path)
    if not files:
        raise UsageError(
            f"looked for PolNeAR articles in {folder} and found none: name a folder that has "
            "attributions/*.ann and text/*.txt"
        )
    gold = []
    for name, path in files.items():
        with (folder / "text" / f"{name}.txt").open(encoding="utf-8", newline="") as text:
            gold.append((name, text.read(), read_standoff(path)))
    return gold
