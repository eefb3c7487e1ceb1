"""Dates: reading what metadata says, and finding the absolute dates that English news prose names.

Nothing here knows what day it is, so no part of a date that the source leaves out is made up.
"""

from __future__ import annotations

import datetime as dt
import re
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from corpus.model import PartialDate, Span

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# The look-ahead asks for a capital: "may 5 people" is the verb, "May 5" the month.
_MONTH = (
    r"(?=[A-Z])(?i:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?\.?|July?\.?"
    r"|Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)(?![A-Za-z])"
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?i:st|nd|rd|th)?(?![\w:])(?![.,]\d)"
_DIGITS = r"(?:1[5-9]|2[01])\d\d"
_YEAR = rf"{_DIGITS}(?![\w%])(?![.,:]\d)"
_FOUND = re.compile(
    rf"""(?<![\w/.:-])(?:
      (?P<iso>{_DIGITS}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)?(?![\w-])
    | (?P<m1>{_MONTH})\s(?P<d1>{_DAY})(?:\s?[-–]\s?(?:0?[1-9]|[12]\d|3[01])(?!\d))?
        (?!\s?(?:%|per\s?cent\b))(?:,?\s(?P<y1>{_YEAR}))?
    | (?P<d2>{_DAY})\s(?:of\s)?(?P<m2>{_MONTH})(?:,?\s(?P<y2>{_YEAR}))?
    | (?<!\d\s)(?P<m3>{_MONTH})(?:,?\s|\sof\s)(?P<y3>{_YEAR})
    | (?P<a>\d\d?)[/.](?P<b>\d\d?)[/.](?P<y4>{_YEAR})
    | (?:(?<=[Ii]n\s)|(?<=[Ss]ince\s)|(?<=[Dd]uring\s)|(?<=[Uu]ntil\s)|(?<=[Ll]ate\s)|(?<=[Ee]arly\s))
        (?P<y5>{_YEAR})(?![-–]\d)
    )""",
    re.VERBOSE,
)
_ISO = re.compile(
    r"(?P<y>\d{4})(?P<between>[-/]?)(?P<m>\d\d?)(?P=between)(?P<d>\d\d?)"
    r"(?:[T ]+(?P<hour>\d\d?):?(?P<minute>\d\d)(?P<second>:?\d\d)?(?:[.,]\d+)?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?)?",
    re.IGNORECASE,
)
_PART = re.compile(r"(?P<y>\d{4})(?:-(?P<m>\d\d))?")
_RFC = re.compile(r"(?:[A-Z][a-z]{2},\s+)?\d{1,2}\s[A-Z][a-z]{2}\s\d{4}\s\d\d:\d\d(?::\d\d)?(?:\s\S+)?")
_FOREIGN = re.compile(rf"(?=.*[^\W\d_]{{3}})(?=.*\b\d{{1,2}}\b)(?=.*\b(?P<y>{_DIGITS})\b)")
_UNSET = "1970-01-01T00:00:00"  # the zero of computer clocks: a field left empty, not a date


class DateSpan(NamedTuple):
    """A date that a text names, and where."""

    span: Span
    date: PartialDate


def parse_date(value: object) -> PartialDate | None:
    """Read a date as metadata gives it, as far as it goes; None where it gives none.

    Takes ISO 8601 in its usual disguises, RFC 2822, ``date`` and ``datetime`` objects, seconds or
    milliseconds since 1970, a bare year, and dates written out ("March 2041", "5 mars 2041"). Of a
    numeric date that reads two ways (3/4/2041) only the year is kept.
    """
    if isinstance(value, dt.datetime):
        return _checked(value.isoformat(timespec="seconds"))
    if isinstance(value, dt.date):
        return _checked(value.isoformat())
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _number(value)
    if not isinstance(value, str):
        return None
    text = " ".join(value.split())
    if not text or len(text) > 100:
        return None
    if text.isdecimal() and len(text) in (10, 13):
        return _number(int(text))
    return _iso(text) or _rfc(text) or _written(text)


def find_dates(text: str) -> list[DateSpan]:
    """Return the absolute dates that `text` names, in order, none overlapping.

    A day without a year is kept as such (``--03-23``); a range of days counts as its first day. Relative
    dates ("Monday", "last week") and numeric dates that read two ways are left out.
    """
    found = []
    for match in _FOUND.finditer(text):
        date = _of_match(match)
        if date is not None:
            found.append(DateSpan(Span(*match.span()), date))
    return found


def _of_match(match: re.Match[str]) -> PartialDate | None:
    if match["iso"]:
        return _iso(match[0])
    if match["a"]:
        days = {_day(match["y4"], m, d) for m, d in ((match["a"], match["b"]), (match["b"], match["a"]))}
        days.discard(None)
        return days.pop() if len(days) == 1 else None
    if match["y5"]:
        return _checked(match["y5"])
    month = _month(match["m1"] or match["m2"] or match["m3"])
    if match["y3"]:
        return _checked(f"{match['y3']}-{month:02}")
    day = re.sub(r"\D", "", match["d1"] or match["d2"])
    return _day(match["y1"] or match["y2"] or "-", str(month), day)


def _month(name: str) -> int:
    return _MONTHS.index(name[:3].lower()) + 1


def _day(year: str, month: str, day: str) -> PartialDate | None:
    return _checked(f"{year}-{int(month):02}-{int(day):02}")


def _checked(value: str) -> PartialDate | None:
    """Return the date unless it is none, or a placeholder for none (year 1, the zero of a clock)."""
    if value.startswith(_UNSET) or (not value.startswith("-") and value < "1500"):
        return None
    try:
        return PartialDate(value)
    except ValueError:
        return None


def _number(value: int | float) -> PartialDate | None:
    if 1500 <= value < 2200 and value == int(value):
        return _checked(str(int(value)))
    if not 1e8 <= value < 1e14:
        return None
    seconds = value / 1000 if value >= 1e11 else value
    return _checked(dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat(timespec="seconds"))


def _iso(text: str) -> PartialDate | None:
    part = _PART.fullmatch(text)
    if part:
        return _checked(text)
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    if not match["between"] and len(match["m"] + match["d"]) != 4:
        return None
    day = f"{match['y']}-{match['m']:0>2}-{match['d']:0>2}"
    if not match["hour"]:
        return _checked(day)
    time = f"{match['hour']:0>2}:{match['minute']}"
    if match["second"]:
        time += f":{match['second'][-2:]}"
    zone = (match["zone"] or "").upper()
    if zone in ("Z", "UTC", "GMT"):
        zone = "Z"
    elif zone:
        zone = f"{zone[:3]}:{zone[-2:] if len(zone) > 3 else '00'}"
    value = f"{day}T{time}{zone}"
    return None if value.startswith(_UNSET) else _checked(value) or _checked(day)


def _rfc(text: str) -> PartialDate | None:
    if _RFC.fullmatch(text) is None:
        return None
    try:
        return _checked(parsedate_to_datetime(text).isoformat(timespec="seconds"))
    except (TypeError, ValueError):
        return None


def _written(text: str) -> PartialDate | None:
    """Read a date written out: English by our own grammar, other languages by dateparser."""
    found = find_dates(text) or find_dates(text.title())
    days = {date for _, date in found if not date.yearless}
    if found:
        return days.pop() if len(days) == 1 else None
    numeric = re.search(rf"\b\d\d?[/.]\d\d?[/.]({_YEAR})", text)
    if numeric:
        return _checked(numeric[1])
    foreign = _FOREIGN.match(text)
    if foreign is None or re.search(_MONTH, text.title()):
        return None
    import dateparser

    settings = {"STRICT_PARSING": True, "RETURN_AS_TIMEZONE_AWARE": False}
    parsed = dateparser.parse(text, settings=settings)
    if parsed is None or str(parsed.year) != foreign["y"] or not re.search(rf"\b0?{parsed.day}\b", text):
        return None
    return _checked(parsed.date().isoformat())
