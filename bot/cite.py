"""Citations in words: a footnote, a source line, CSL-JSON.

All are pure functions of a citation. Nothing is added to what it knows: an undated article is "undated", an
author whose name cannot be told apart into family and given name is written as the article writes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from bot.link import web_address
from bot.model import Citation
from bot.visible import clean as clean
from bot.visible import one_line as one_line
from corpus.model import PartialDate, Speaker

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
# "Family, Given" alone tells the two apart; "Jane Doe, Reuters" is a byline with an employer.
_INVERTED = re.compile(r"(?P<family>[^\W\d_][\w'’-]*), (?P<given>[^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*)?)")
_ACTIVE = re.compile(r"([\\`*_\[\]<>&~|])")  # means something to Markdown anywhere in a line
_LEADING = re.compile(r"(?m)^([^\S\n]*(?:\d+(?=[.)])|))([#+=-]|(?<=\d)[.)])")  # at a line's beginning only


def escape_markdown(text: str) -> str:
    """Return `text` such that Markdown shows exactly its characters (`unescape_markdown` undoes it)."""
    return _LEADING.sub(r"\1\\\2", _ACTIVE.sub(r"\\\1", text))


def unescape_markdown(text: str) -> str:
    """Return the characters that escaped Markdown shows."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)


def show_date(value: str | None) -> str:
    """Return a (partial) ISO 8601 date in words: "23 March 2041", "March 2041", "2041", "23 March".

    A time of day is left out; None is "undated".

    Raises:
        ValueError: `value` is no date.
    """
    if value is None:
        return "undated"
    date = PartialDate(value[:10])
    parts = str(date).removeprefix("--").split("-")
    if date.yearless:
        return f"{int(parts[1])} {_MONTHS[int(parts[0]) - 1]}"
    words = [parts[0]]
    if len(parts) > 1:
        words.insert(0, _MONTHS[int(parts[1]) - 1])
    if len(parts) > 2:
        words.insert(0, str(int(parts[2])))
    return " ".join(words)


def show_speaker(speaker: Speaker) -> str:
    """Return name, role and affiliation, as far as they are known, in one line; "" when nothing is."""
    parts = [speaker.name, speaker.role]
    if speaker.affiliation and speaker.affiliation not in " ".join(part or "" for part in parts):
        parts.append(speaker.affiliation)
    return ", ".join(one_line(part) for part in parts if part)


def show_quote(citation: Citation) -> str:
    """Return the quoted words in one line: direct speech in quotation marks, all else without."""
    words = one_line(citation.quote)
    return f"“{words}”" if citation.kind == "direct" else words


def show_source(citation: Citation) -> str:
    """Return title, outlet and date: ``Title. Outlet, 23 March 2041``."""
    where = [one_line(citation.outlet or ""), show_date(citation.published)]
    return _sentences([_title(citation), ", ".join(part for part in where if part)])


def footnote(citation: Citation) -> str:
    """Return a footnote of one paragraph that says who said what where, and how that is known."""
    date = show_date(citation.published)
    if citation.published and citation.date_source:
        date += f" (date from {one_line(citation.date_source)})"
    authors = ", ".join(one_line(author) for author in citation.authors)
    where = ", ".join(part for part in (one_line(citation.outlet or ""), date) if part)
    place = f"Version {citation.version}, characters {citation.start}–{citation.end}"
    if citation.retrieved_at:
        place += f", retrieved {show_date(citation.retrieved_at)}"
    parts = [_who(citation), authors, _title(citation), where, *_elsewhere(citation), place]
    return _sentences(parts) + "."


def _who(citation: Citation) -> str:
    """Say who speaks, how, through whom and when, with the words."""
    speaker = show_speaker(citation.speaker) if citation.speaker else ""
    if citation.kind is None and not speaker:
        return f"The article: {show_quote(citation)}"
    manner = {"direct": "", "indirect": " (reported)", "mixed": " (reported, in part verbatim)", None: ""}
    via = "".join(f", quoted by {show_speaker(source)}" for source in citation.via if show_speaker(source))
    said = f", said {show_date(citation.said)}" if citation.said else ""
    return f"{speaker or 'Speaker not determined'}{via}{said}{manner[citation.kind]}: {show_quote(citation)}"


def _elsewhere(citation: Citation) -> list[str]:
    """Say where the article is, where else it ran, and that it changed."""
    return [web_address(citation.url) or one_line(citation.path or ""), *_known_beside(citation)]


def _known_beside(citation: Citation) -> list[str]:
    """Say where else the words ran, since when they are the article's, and what its publisher corrected."""
    also = ", ".join(one_line(outlet) for outlet in citation.also_in)
    return [f"Also in {also}" if also else "", show_change(citation), *show_corrections(citation)]


def show_change(citation: Citation) -> str:
    """Say since when the article has the wording that is cited, and how to see the earlier; "" where it had none."""
    known = show_wording(citation)
    return f"{known}; earlier wording: whosaid show {citation.article_id} --version 1" if known else ""


def show_wording(citation: Citation) -> str:
    """Say since when the article has the wording that is cited; "" where it never had another."""
    if citation.changed_on is None:
        return ""
    after, before = show_date(citation.changed_after or citation.changed_on), show_date(citation.changed_on)
    if after == before:
        return f"This wording since {before}"
    return f"The text changed between {after} and {before}, this wording since then"


def show_corrections(citation: Citation) -> list[str]:
    """Return the publisher's own notices of correction, each as one line."""
    return [f"The publisher's notice: {one_line(notice)}" for notice in citation.corrections]


def csl_json(citations: Iterable[Citation]) -> list[dict[str, Any]]:
    """Return the citations as CSL-JSON items, one for each passage, for Zotero, Pandoc and the like."""
    return list({item["id"]: item for item in map(_csl_item, citations)}.values())


def _csl_item(citation: Citation) -> dict[str, Any]:
    url = web_address(citation.url) or ""
    item = {
        "type": "article-newspaper",
        "id": f"{citation.article_id}-v{citation.version}-{citation.start}-{citation.end}",
        "title": one_line(citation.title),
        "container-title": one_line(citation.outlet or ""),
        "author": [_csl_name(one_line(author)) for author in citation.authors if one_line(author)],
        "issued": _csl_date(citation.published),
        "accessed": _csl_date(citation.retrieved_at),
        "URL": url,
        "note": _csl_note(citation, [] if url else [one_line(citation.path or "")]),
    }
    return {key: value for key, value in item.items() if value}


def _csl_note(citation: Citation, place: list[str]) -> str:
    """Return what CSL has no field for: the words, the place where there is no URL, copies, changes, corrections."""
    beside = [part for part in (*place, *_known_beside(citation)) if part]
    told = _sentences(beside) if beside else ""
    where = f"[version {citation.version}, characters {citation.start}–{citation.end}]"
    return " ".join(part for part in (_who(citation), where, told and _stopped(told)) if part)


def _csl_name(author: str) -> dict[str, str]:
    """Split a name only where its form says how: which part of "An Sokkhoeurn" is the family's differs."""
    inverted = _INVERTED.fullmatch(author)
    return inverted.groupdict() if inverted else {"literal": author}


def _csl_date(value: str | None) -> dict[str, list[list[int]]] | None:
    if value is None or value.startswith("-"):  # CSL knows no date without a year
        return None
    return {"date-parts": [[int(part) for part in str(PartialDate(value[:10])).split("-")]]}


def _title(citation: Citation) -> str:
    return one_line(citation.title) or "Untitled"


def _stopped(sentence: str) -> str:
    return sentence if re.search(r"[.!?…][”\"’)]?$", sentence) else f"{sentence}."


def _sentences(parts: Iterable[str]) -> str:
    """Join parts with full stops, where they do not end a sentence already."""
    kept = [part for part in parts if part]
    ends = [" " if re.search(r"[.!?…][”\"’)]?$", part) else ". " for part in kept[:-1]]
    return "".join(part + end for part, end in zip(kept, [*ends, ""], strict=True))
