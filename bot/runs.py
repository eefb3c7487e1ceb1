"""A speaker's words in a row: what is quoted goes on as far as the speaker does, within what a reader will read."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.evidence import Scored, same_words
from bot.units import Unit
from corpus.model import Span

WORDS = 150  # in all, about half a minute of reading
_RUN = 60  # words of one run
_REACH = 2  # units that are added to one
_WORD = re.compile(r"\w")


def with_runs(
    chosen: Sequence[Scored], scored: Sequence[Scored], texts: Mapping[str, str], most: int, words: int = WORDS
) -> list[Scored]:
    """Return the chosen, best first, each with what the same speaker goes on to say.

    Args:
        chosen: what is to be quoted, best first; the first is always quoted, others as far as there is room.
        scored: all that may be quoted of these speakers.
        texts: article id -> text.
        most: how many quotations there may be (see `joined`).
        words: how many words may be quoted in all.
    """
    rows: dict[tuple[object, ...], list[Scored]] = defaultdict(list)
    for one in scored:
        rows[_whose(one.unit)].append(one)
    for row in rows.values():
        row.sort(key=lambda one: one.unit.span)
    taken: list[Scored] = []
    for one in chosen:
        left = words - sum(_words(part.unit, texts) for part in taken)
        if any(same_words(one.unit, other.unit) for other in taken) or (taken and _words(one.unit, texts) > left):
            continue
        run = _run(one, rows[_whose(one.unit)], texts, taken, min(_RUN, left))
        while run and len(joined([*taken, *run], texts)) > most:
            run.pop()
        taken += run
    return taken


def _run(
    one: Scored, row: Sequence[Scored], texts: Mapping[str, str], taken: Sequence[Scored], room: int
) -> list[Scored]:
    """Return a unit with those that follow on it, in text order."""
    run, text = [one], texts[one.unit.article.id]
    if one.unit.statement is None or one.unit.statement.speaker is None:
        return run
    left = room - _words(one.unit, texts)
    for other in row[next(i for i, other in enumerate(row) if other is one) + 1 :]:
        if same_words(other.unit, run[-1].unit):
            continue
        left -= _words(other.unit, texts)
        if left < 0 or len(run) > _REACH or not _adjoin(run[-1].unit, other.unit, text):
            break
        if any(same_words(other.unit, known.unit) for known in taken):
            break
        run.append(other)
    return run


def _whose(unit: Unit) -> tuple[object, ...]:
    statement = unit.statement
    return unit.article.id, (statement.speaker, statement.via) if statement else None


def _adjoin(one: Unit, other: Unit, text: str) -> bool:
    """Tell whether two units are of one sentence, or of two between which there are no words."""
    first, second = sorted((one.sentence.span, other.sentence.span))
    return first == second or not _WORD.search(text, first.end, second.start)


def _words(unit: Unit, texts: Mapping[str, str]) -> int:
    return len(unit.span.of(texts[unit.article.id]).split())


def joined(run: Sequence[Scored], texts: Mapping[str, str]) -> list[Scored]:
    """Return the quotations with those that follow on one another made one: quoted words, or whole sentences."""
    found: list[Scored] = []
    for one in run:
        unit = _union(found[-1].unit, one.unit, texts[one.unit.article.id]) if found else None
        if unit is None:
            found.append(one)
        else:
            found[-1] = replace(max(found[-1], one, key=lambda scored: scored.score), unit=unit)
    return found


def _union(one: Unit, other: Unit, text: str) -> Unit | None:
    """Return one unit for two that follow on one another; None where words stand between, or their kind differs."""
    if one.statement is None or other.statement is None or _whose(one) != _whose(other):
        return None
    if one.statement.said != other.statement.said or one.span.end > other.span.start:
        return None
    span, between = Span(one.span.start, other.span.end), text[one.span.end : other.span.start]
    if one.kind == other.kind == "direct":
        within = any(c.start <= span.start and span.end <= c.end for c in one.statement.content)
        return replace(one, span=span) if within and not between.strip() else None
    whole = one.span == one.sentence.span or one.kind != "direct"
    if "direct" in (one.kind, other.kind) or not whole or "\n" in between.strip(" ") or between.strip():
        return None
    return replace(one, span=span, kind=one.kind if one.kind == other.kind else "mixed")
