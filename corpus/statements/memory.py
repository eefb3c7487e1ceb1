"""Whom an article has just spoken of: what pronouns and "the minister" are looked up in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from corpus.statements.parts import Entity

_FADES = 0.45
"""A sentence; below one half, so that the last subject outweighs all that were before it."""
_KEPT = 60
"""Events that are remembered."""


class Event(NamedTuple):
    """An entity that came up: in which unit and paragraph, how prominently (1: subject or speaker)."""

    unit: int
    paragraph: int
    entity: Entity
    weight: float


class Memory:
    """Entities as they come up in an article."""

    def __init__(self) -> None:
        self._events: list[Event] = []

    def note(self, event: Event) -> None:
        """Remember an event."""
        self._events.append(event)
        if len(self._events) > 2 * _KEPT:
            del self._events[:-_KEPT]

    def latest(self, paragraph: int, reach: int, fits: Callable[[Entity], bool]) -> Entity | None:
        """The subject or speaker that came up last and fits, within so many paragraphs back."""
        for event in reversed(self._events):
            if paragraph - event.paragraph <= reach and event.weight >= 1 and fits(event.entity):
                return event.entity
        return None

    def foremost(
        self, unit: int, paragraph: int, reach: int, fits: Callable[[Entity], float], here: Iterable[Event] = ()
    ) -> Entity | None:
        """The most prominent entity that fits, within so many paragraphs back; the later one of equals.

        Args:
            unit: where the question is asked.
            paragraph: its paragraph.
            reach: paragraphs back that are looked through.
            fits: how well an entity fits, 0 where it cannot be meant.
            here: what came up in the unit itself.
        """
        found: dict[int, tuple[float, Entity]] = {}
        for when, where, entity, weight in (*self._events, *here):
            if paragraph - where <= reach:
                before, _ = found.pop(id(entity), (0.0, entity))
                found[id(entity)] = before + weight * _FADES ** max(0, unit - when), entity
        best, most = None, 0.0
        for score, entity in found.values():
            value = score * fits(entity)
            if value > 0 and value >= most:
                best, most = entity, value
        return best
