"""A scale of time: where a date lies between two others, and which days are worth a mark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bot.cite import show_date
from corpus.model import PartialDate

_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1_200, 6_000, 12_000)  # months between two marks
_DAYS = (1, 2, 7, 14)  # days, where less than some months are shown
_SHORT = 62  # days up to which days are marked


@dataclass(frozen=True, slots=True)
class Scale:
    """The days from `first` to `last`, at least two of them."""

    first: date
    last: date

    @classmethod
    def over(cls, dates: list[PartialDate]) -> Scale:
        """Return the scale that holds all these dates, each as far as it is known."""
        first, last = min(day.first() for day in dates), max(day.last() for day in dates)
        return cls(first, last if last > first else first + timedelta(1))

    def at(self, day: date) -> float:
        """Return where a day lies, 0 at the first and 1 at the last."""
        return (day - self.first).days / (self.last - self.first).days

    def of(self, day: PartialDate) -> tuple[float, float]:
        """Return where a date, that may be a month or a year, begins and ends."""
        return self.at(day.first()), self.at(day.last())

    def marks(self, most: int) -> list[tuple[float, str]]:
        """Return at most `most` places with the names of their days, months or years."""
        days = (self.last - self.first).days
        if days <= _SHORT:
            step = next((step for step in _DAYS if days // step < most), days)
            some = [self.first + timedelta(n) for n in range(0, days + 1, step)]
            return [(self.at(day), show_date(day.isoformat())) for day in some]
        for step in _STEPS:
            starts = list(_starts(self.first, self.last, step))
            if len(starts) <= most:
                break
        whole = step >= 12  # only years are named then
        return [(self.at(day), show_date(day.isoformat()[: 4 if whole else 7])) for day in starts]


def _starts(first: date, last: date, step: int) -> Iterator[date]:
    """Yield the first days of every `step` months within two days."""
    month = -(-(first.year * 12 + first.month - (first.day == 1)) // step) * step
    while (day := _day(month)) is not None and day <= last:
        yield day
        month += step


def _day(month: int) -> date | None:
    return date(month // 12, month % 12 + 1, 1) if month < date.max.year * 12 else None
