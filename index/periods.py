"""Dates and ranges in a question: "in March 2041", "since last week", "between May 3 and 9 June 2041"."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from corpus.dates import find_dates
from corpus.model import PartialDate, Span

_SINCE = re.compile(r"\b(?:since|after|from|starting(?:\s+from)?)\s+(?:the\s+)?$", re.IGNORECASE)
_UNTIL = re.compile(r"\b(?:before|until|till|by|up\s+to|prior\s+to)\s+(?:the\s+)?$", re.IGNORECASE)
_BETWEEN = re.compile(r"\b(?:between|from)\s+$", re.IGNORECASE)
_AND = re.compile(r"\s*(?:and|to|until|till|-|–)\s*", re.IGNORECASE)
_RELATIVE = re.compile(
    r"\b(?:today|yesterday|(?:this|last|past|previous)\s+(?:week|month|year)"
    r"|(?:(?:in|over|during)\s+)?(?:the\s+)?(?:last|past)\s+(?P<n>\d{1,4})\s+(?P<unit>day|week|month|year)s)\b",
    re.IGNORECASE,
)
_PART = r"(?:early\s+|mid[\s-]+|late\s+)?"
_FROM_MONTH = re.compile(
    rf"\b(?:between|from)\s+{_PART}(?P<month>{'|'.join(calendar.month_name[1:])})\s+(?:and|to|till|-|–)\s+{_PART}$"
)
_UNIT_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


@dataclass(frozen=True, slots=True)
class Period:
    """A range of days that a question names, both ends inclusive; None is open. `bound` means since or before."""

    span: Span
    since: date | None
    until: date | None
    bound: bool = False


def find_periods(question: str, today: date) -> list[Period]:
    """Return the periods that the question names, in order; a day without a year is the latest one."""
    found = [_relative(match, today) for match in _RELATIVE.finditer(question)]
    dates = [(span.span, _days(span.date, today)) for span in find_dates(question)]
    at = 0
    while at < len(dates):
        span, (first, last) = dates[at]
        before = question[: span.start]
        if (
            at + 1 < len(dates)
            and _BETWEEN.search(before)
            and _AND.fullmatch(question, span.end, dates[at + 1][0].start)
        ):
            later, (_, end) = dates[at + 1]
            found.append(Period(Span(span.start, later.end), first, end, True))
            at += 2
            continue
        if from_month := _FROM_MONTH.search(before):  # "between August and October 2041"
            start = date(first.year, list(calendar.month_name).index(from_month["month"]), 1)
            found.append(Period(Span(from_month.start("month"), span.end), start, last, True))
        elif _SINCE.search(before):
            found.append(Period(span, first, None, True))
        elif _UNTIL.search(before):
            found.append(Period(span, None, first - timedelta(days=1), True))
        else:
            found.append(Period(span, first, last))
        at += 1
    return sorted(found, key=lambda period: period.span)


def _days(value: PartialDate, today: date) -> tuple[date, date]:
    if not value.yearless:
        return value.first(), value.last()
    month, day = (int(part) for part in value.value.removeprefix("--").split("-"))
    year = today.year - ((month, day) > (today.month, today.day))
    if (month, day) == (2, 29):
        year = next(past for past in range(year, 0, -1) if calendar.isleap(past))
    return date(year, month, day), date(year, month, day)


def _relative(match: re.Match[str], today: date) -> Period:
    span, words = Span(*match.span()), match[0].lower()
    if match["n"]:
        days = int(match["n"]) * _UNIT_DAYS[match["unit"].lower()]
        return Period(span, today - timedelta(days=min(days, today.toordinal() - 1)), today, True)
    if words in ("today", "yesterday"):
        day = today - timedelta(days=words == "yesterday")
        return Period(span, day, day)
    which, unit = words.split()[-2:]
    return Period(span, *_calendar(unit, today, this=which == "this"))


def _calendar(unit: str, today: date, this: bool) -> tuple[date, date]:
    """Return the calendar week, month or year that holds today, or the one before it."""
    if unit == "week":
        start = today - timedelta(days=today.weekday() + (0 if this else 7))
        return start, start + timedelta(days=6)
    if unit == "month":
        start = today.replace(day=1)
        start = start if this else (start - timedelta(days=1)).replace(day=1)
        return start, (start + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    year = today.year if this else today.year - 1
    return date(year, 1, 1), date(year, 12, 31)
