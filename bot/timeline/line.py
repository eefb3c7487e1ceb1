"""A speaker's statements in the order in which they were made. It shows; whether a position changed is not judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot.cite import show_speaker
from bot.link import Page
from bot.listing import Entry, counted, entries_of, pointers_of, told_dates
from bot.opened import Opened
from bot.said_on import Finder, Sayings
from bot.sayings import Saying
from bot.spoken import MOST, Spoken, find_described, find_spoken, several
from bot.taken import labels
from corpus.model import Span
from index.query import Query

JUDGES_NOT = "It shows what articles report. Whether a position changed is for the reader to judge."
Silence = Literal["unknown_speaker", "speaker_silent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """What was found: `dated` in the order of time, `undated` in the order of their articles, or why there is nothing.

    `asked` and `topic` are as typed; `taken` are those whom the speaker was taken to be; `known` counts the statements
    of the speaker on anything.
    """

    asked: str
    topic: str
    dated: tuple[Entry, ...] = ()
    undated: tuple[Entry, ...] = ()
    taken: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    silence: Silence | None = None
    known: int = 0
    within: str = ""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All of them, those without a date last."""
        return self.dated + self.undated

    @property
    def title(self) -> str:
        """What it shows, in a few words."""
        return f"What {self.asked} said{f' on {self.topic}' if self.topic else ''}"

    @property
    def summary(self) -> str:
        """How many statements there are, and from when."""
        dates = [told_dates(self.dated[0].date, self.dated[-1].date)] if self.dated else ["none with a date"]
        dates += [f"{len(self.undated)} without a date"] if self.undated and self.dated else []
        return ", ".join([counted(len(self.entries), "statement"), *dates])

    @property
    def is_of_several(self) -> bool:
        """Tell whether its statements are by speakers whom their articles call differently."""
        return len({speaker_of(entry) for entry in self.entries}) > 1


def speaker_of(entry: Entry) -> str:
    """Return who said it, and through whom it came, as its article tells."""
    who = (show_speaker(entry.saying.speaker) if entry.saying.speaker else "") or "speaker not determined"
    via = [show_speaker(one) for one in entry.saying.via if show_speaker(one)]
    return who + "".join(f", via {one}" for one in via)


def timeline(opened: Opened, query: Query, within: str, page: Page | None) -> Timeline:
    """Return the timeline of the speaker that `query` names, on its topic if it has one.

    Args:
        opened: where to look.
        query: what is asked for; see `bot.said_on.understand`.
        within: what was looked through, in words.
        page: gives the addresses of stored copies, where those are served.
    """
    asked, topic = query.speaker or "", query.topic
    finder = Finder(opened, query)
    spoken, found = _heard(opened, query, finder)
    notes = pointers_of(opened, found.linked)
    if len(spoken.own) >= MOST:
        near = "nearest to the topic" if topic else "found first"
        notes = (f"There may be more: the {len(spoken.own):,} statements {near} were looked at.", *notes)
    if not found.shown:
        silence: Silence = "speaker_silent" if spoken.records else "unknown_speaker"
        return Timeline(
            asked=asked, topic=topic, silence=silence, known=len(spoken.records), notes=notes, within=within
        )
    listed = entries_of(opened, query, sorted(found.shown, key=_order), page)
    speakers = [entry.saying.speaker for entry in reversed(listed.entries)]  # as they were called last
    return Timeline(
        asked=asked,
        topic=topic,
        dated=tuple(entry for entry in listed.entries if entry.date is not None),
        undated=tuple(entry for entry in listed.entries if entry.date is None),
        taken=labels(asked, speakers),
        notes=(*listed.notes, *notes),
        known=len(spoken.records),
        within=within,
    )


def _heard(opened: Opened, query: Query, finder: Finder) -> tuple[Spoken, Sayings]:
    """Return whom the query's speaker is taken for, as an answer does, with what was found of them."""
    statements, shelf = opened.search.statements, opened.search.shelf
    spoken = find_spoken(query, statements, shelf)
    if (found := _said(spoken, finder)).shown:
        return spoken, found
    described = find_described(query, statements, shelf)
    if (other := _said(described, finder)).shown:
        return described, other
    if not spoken.records and not described.records and len(parts := several(query)) > 1:
        each = [find_spoken(part, statements, shelf) for part in parts]
        together = _joined(each)
        return together, _said(together, finder)
    return (spoken, found) if spoken.records else (described, other)


def _said(spoken: Spoken, finder: Finder) -> Sayings:
    """Return what the speaker said, or, where that is nothing, what came through him or her."""
    found = finder.among(spoken.own) if spoken.own else Sayings()
    return found if found.shown or not spoken.relayed else finder.among(spoken.relayed)


def _joined(each: Sequence[Spoken]) -> Spoken:
    own = {record.id: record for spoken in each for record in spoken.own}
    relayed = {record.id: record for spoken in each for record in spoken.relayed if record.id not in own}
    return Spoken(tuple(own.values()), tuple(relayed.values()))


def _order(saying: Saying) -> tuple[date, date, str, Span]:
    """Return what orders by date, those without one last, and then by place."""
    first, last = (saying.dated.first(), saying.dated.last()) if saying.dated else (date.max, date.max)
    return first, last, saying.article.id, saying.pieces[0].span
