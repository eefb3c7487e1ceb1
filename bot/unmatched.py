"""Saying that the filters of a question let no article through, and what there is instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches

from bot.cite import one_line, show_date
from corpus.catalogue import CorpusSummary
from index.facets import fold
from index.outlets import OutletNames
from index.query import Query

_NEAREST, _NEAR = 3, 0.6  # names that are offered for an unknown one; how much of it they must share


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far the corpus reaches, for one who asks in a scope as of a day.

    Args:
        summary: of the articles that may be seen.
        whole: of those of the scope on any day.
        waiting: articles of the scope that are in the catalogue where none is in the index; 0 where that is not known.
        admitted: whether the filters let any article through.
        typed: names of outlets and authors as typed, by their folded form.
        outlets: the one names of the outlets that the scope knows.
    """

    summary: CorpusSummary
    whole: CorpusSummary
    waiting: int = 0
    admitted: bool = True
    typed: Mapping[str, str] = field(default_factory=dict)
    outlets: Sequence[str] = ()


def reach_of(summary: CorpusSummary, whole: CorpusSummary | None = None) -> str:
    """Return the number of articles and their dates: ``64 articles (12 November 2040 to 18 May 2042)``.

    Where `summary` has none with a date, though `whole` has, as those came later than a day that was named, says so.
    """
    number = f"{summary.articles:,} article" + ("" if summary.articles == 1 else "s")
    if summary.oldest is None and whole is not None and whole.oldest is not None:
        return f"{number} (undated; {reach_of(whole)} are here, those with a date later than the day that was named)"
    if summary.oldest is None:
        return f"{number} (undated)"
    if summary.oldest == summary.newest:
        return f"{number} ({show_date(summary.oldest)})"
    return f"{number} ({show_date(summary.oldest)} to {show_date(summary.newest)})"


def empty(reach: Reach, as_of: date | None) -> str:
    """Say why there is nothing at all to answer from."""
    if reach.whole.articles and as_of is not None:
        return (
            f"Nothing here had been published by {show_date(as_of.isoformat())}; there are {reach_of(reach.whole)}, "
            "all of them later."
        )
    if reach.waiting:
        number = "1 article is" if reach.waiting == 1 else f"{reach.waiting:,} articles are"
        return f"No answer is possible yet: {number} waiting to be indexed; run the same `whosaid ingest` again."
    return "No article has been ingested yet; add some with `whosaid ingest FOLDER`."


def unmatched(query: Query, reach: Reach, names: OutletNames) -> str:
    """Say what the filters ask for and that nothing meets it; an unknown outlet's nearest names are told."""
    facets = query.facets
    when = period(facets.since, facets.until)
    outlets = " or ".join(_typed(reach, names.shown(facets.outlets)))
    authors = " or ".join(_typed(reach, sorted(facets.authors)))
    published = f"published{f' by {outlets}' if outlets else ''}{f' {when}' if when else ''}"
    parts = [published] if outlets or when else []
    parts += [f"written by {authors}"] if authors else []
    near = _nearest(facets.outlets, reach.outlets, names)
    nearest = f" The nearest outlets here: {', '.join(near)}." if near else ""
    told = f"No article here was {' and '.join(parts)}" if parts else "No article here meets the filters"
    return f"{told}; there are {reach_of(reach.summary)}.{nearest}"


def restrictions(query: Query, reach: Reach, names: OutletNames) -> str:
    """Return what a question asks for beside speaker and topic, as a speaker's statements are sought: " in X, since Y".

    Returns "" where it asks for nothing.
    """
    facets = query.facets
    since = facets.since or min((p.since for p in query.periods if p.since), default=None)
    until = facets.until or max((p.until for p in query.periods if p.until), default=None)
    parts = [f"in {' or '.join(_typed(reach, names.shown(facets.outlets)))}"] if facets.outlets else []
    parts += [f"by {' or '.join(_typed(reach, sorted(facets.authors)))}"] if facets.authors else []
    parts += [when] if (when := period(since, until)) else []
    return "".join(f" {part}" for part in parts)


def period(since: date | None, until: date | None) -> str:
    """Return a period in words: "between 1 and 31 March 2039", "since 2 May 2041"; "" where it has no end."""
    if since is None or until is None:
        word, day = ("since", since) if since else ("until", until)
        return f"{word} {show_date(day.isoformat())}" if day else ""
    last = show_date(until.isoformat())
    if since == until:
        return f"on {last}"
    first = show_date(since.isoformat()).split()
    same = 2 if (since.year, since.month) == (until.year, until.month) else 1 if since.year == until.year else 0
    return f"between {' '.join(first[: 3 - same])} and {last}"


def _typed(reach: Reach, names: Sequence[str]) -> list[str]:
    """Return names without quotation marks, an unknown one as it was typed."""
    return [_bare(one_line(reach.typed.get(name, name))) for name in names]


def _bare(name: str) -> str:
    return name.translate(dict.fromkeys(map(ord, '"“”„«»')))


def _nearest(asked: frozenset[str], known: Sequence[str], names: OutletNames) -> list[str]:
    """Return the known outlets that are called most like the asked ones that are none."""
    folded = {fold(name): name for name in known}
    unknown = [name for name in asked if names.shown([name]) == [name] and name not in folded]
    found: dict[str, None] = {}
    for name in sorted(unknown):
        alike = get_close_matches(name, folded, _NEAREST, _NEAR)
        words = set(name.split())
        alike += [key for key in sorted(folded) if words & set(key.split())]
        found.update(dict.fromkeys(folded[key] for key in alike))
    return list(found)[:_NEAREST]
