"""Liquid, the template language of Jekyll: what its tags leave for a reader to see.

Only what an article's own page settles is filled in (its title, its date); what would need the site
(includes, links to other posts, site variables) leaves nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping

from corpus.model import PartialDate

_OPENING = re.compile(r"\{%-?\s*+(?P<tag>\w++)|\{\{-?")
_CLOSED: dict[str, Callable[[str], str]] = {
    "raw": lambda inside: inside,
    "comment": lambda inside: "",
    "capture": lambda inside: "",
    "schema": lambda inside: "",
    "highlight": lambda inside: f"\n\n```\n{inside.strip()}\n```\n\n",
}
_ENDINGS = {tag: re.compile(rf"\{{%-?\s*+end{tag}\s*+-?%\}}") for tag in _CLOSED}
_VARIABLE = re.compile(r"\s*page\.(?P<field>\w+)\s*(?P<filters>(?:\|.*)?)\Z", re.S)
_FILTER = re.compile(r"\|\s*(?P<name>\w+)\s*(?::\s*[\"'](?P<argument>[^\"']*)[\"'])?\s*")
_HARMLESS = frozenset(("escape", "escape_once", "strip", "strip_html", "markdownify", "smartify", "default"))
_DATES = {
    "date_to_string": "%d %b %Y",
    "date_to_long_string": "%d %B %Y",
    "date_to_xmlschema": "%Y-%m-%d",
}
_LONG = "%B %-d, %Y"
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def render(source: str, page: Mapping[str, object]) -> str:
    """Return the Markdown with its Liquid resolved; `page` holds the front matter, `date` a PartialDate."""
    out: list[str] = []
    at = start = 0
    never: set[str] = set()  # closings that are not in the rest of the source: sought once, not for each opening
    while match := _OPENING.search(source, start):
        tag = match["tag"]
        closing = "}}" if tag is None else "%}"
        end = source.find(closing, match.end()) if closing not in never else -1
        if end < 0:
            never.add(closing)
            start = match.start() + 1
            continue
        out.append(source[at : match.start()])
        at = end + 2
        if tag is None:
            out.append(_value(source[match.end() : end].removesuffix("-"), page))
        elif tag in _CLOSED and tag not in never:
            ending = _ENDINGS[tag].search(source, at)
            if ending:
                out.append(_CLOSED[tag](source[at : ending.start()]))
                at = ending.end()
            else:
                never.add(tag)
        start = at
    out.append(source[at:])
    return "".join(out)


def _value(output: str, page: Mapping[str, object]) -> str:
    match = _VARIABLE.match(output)
    if match is None:
        return ""
    value = page.get(match["field"].lower())
    filters = [(found["name"], found["argument"]) for found in _FILTER.finditer(match["filters"])]
    if isinstance(value, PartialDate):
        return _written(value, filters)
    if any(name not in _HARMLESS for name, _ in filters) or isinstance(value, bool):
        return ""
    return str(value) if isinstance(value, str | int | float) else ""


def _written(date: PartialDate, filters: list[tuple[str, str | None]]) -> str:
    """Write a date as the page's filter asks, as far as it is known."""
    if date.precision not in ("day", "time"):
        return str(date)
    name, argument = filters[0] if filters else ("date", None)
    return _formatted(date.first(), argument if name == "date" and argument else _DATES.get(name, _LONG))


def _formatted(day: dt.date, form: str) -> str:
    """Write a day by the directives of strftime, in English on every machine; unknown ones leave nothing."""
    month, weekday = _MONTHS[day.month - 1], _DAYS[day.weekday()]
    values = {
        "Y": f"{day.year}",
        "y": f"{day.year % 100:02}",
        "m": f"{day.month:02}",
        "-m": f"{day.month}",
        "d": f"{day.day:02}",
        "-d": f"{day.day}",
        "e": f"{day.day}",
        "B": month,
        "b": month[:3],
        "A": weekday,
        "a": weekday[:3],
        "F": day.isoformat(),
        "%": "%",
    }
    return re.sub(r"%(-?[a-zA-Z%])", lambda found: values.get(found[1], ""), form).strip()
