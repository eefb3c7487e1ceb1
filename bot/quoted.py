"""The quoted answer: the chosen words, grouped by who says them in which article, with [n] marks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from bot.cite import escape_markdown, show_date, show_speaker
from bot.evidence import Scored
from bot.link import Page, link_for
from bot.model import Citation
from bot.units import Unit
from corpus.catalogue import ArticleRecord
from corpus.model import Span, Speaker, Statement
from index.facets import fold

OTHERS = "Others on this:"
_RECORD = 1_000  # characters of a title or an outlet: one that is longer is none, and an answer would hold nothing else


@dataclass(frozen=True, slots=True)
class Context:
    """What a citation tells beyond its words.

    `texts` are the cited articles' by id; `copies` the articles, with their texts, that are copies of a cited one and
    that the asker may see; `one_name` is what each outlet is to be called; `pages` gives the addresses of the stored
    copies of those articles of which words may be shown; `titles` are those that may be shown, where not the
    article's own; `said` are the copies' own statements.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    copies: Mapping[str, Sequence[tuple[ArticleRecord, str]]] = field(default_factory=dict)
    one_name: Mapping[str, str] = field(default_factory=dict)
    pages: Mapping[str, Page] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    said: Mapping[str, Sequence[Statement]] = field(default_factory=dict)

    def outlet(self, article: ArticleRecord) -> str | None:
        """Return the outlet's one name."""
        return self.one_name.get(article.outlet, article.outlet) if article.outlet else None


def citations_of(chosen: Iterable[Scored], context: Context, first: int = 1) -> list[Citation]:
    """Return a citation for each chosen unit, numbered from `first` in the given order."""
    return [citation_of(scored.unit, context, n) for n, scored in enumerate(chosen, first)]


def citation_of(unit: Unit, context: Context, n: int) -> Citation:
    """Return the citation of one unit."""
    article, statement, text = unit.article, unit.statement, context.texts[unit.article.id]
    start, end = unit.span
    return Citation(
        n=n,
        article_id=article.id,
        version=article.version,
        title=_record(context.titles.get(article.id, article.title)),
        outlet=_record(context.outlet(article)) or None,
        authors=article.authors,
        published=str(article.published) if article.published else None,
        date_source=article.date_source,
        retrieved_at=article.retrieved_at,
        url=article.url,
        link=link_for(article.url, context.pages.get(article.id), article.id, article.version, text, start, end),
        path=article.where,
        quote=text[start:end],
        start=start,
        end=end,
        kind=unit.kind,
        speaker=statement.speaker if statement else None,
        via=statement.via if statement else (),
        said=str(statement.said) if statement and statement.said else None,
        also_in=_also_in(context, article, text[start:end], statement),
        changed_after=article.changed_after,
        changed_on=article.changed_before,
        corrections=tuple(span.of(text) for span in article.corrections),
    )


def _record(words: str | None) -> str:
    """Return a title or an outlet, cut where it is longer than any that a person would read."""
    words = words or ""
    return words if len(words) <= _RECORD else f"{words[: _RECORD - 1].rstrip()}…"


def _also_in(context: Context, cited: ArticleRecord, quote: str, said: Statement | None) -> tuple[str, ...]:
    """Name the copies that contain the quoted words exactly, and do not say that somebody else said them; oldest first.

    What a copy is named for can be relied on: who quotes these words after it, from the same speaker, finds both there.
    """
    known = [
        article
        for article, text in context.copies.get(cited.id, ())
        if any(_agrees(said, place, context.said.get(article.id, ())) for place in _places(quote, text))
    ]
    ordered = sorted(known, key=lambda article: (str(article.published or "~"), article.id))
    return tuple(dict.fromkeys(f"{context.outlet(a) or a.where}, {show_date(_day(a))}" for a in ordered))


def _places(quote: str, text: str) -> Iterator[Span]:
    at = text.find(quote)
    while at >= 0:
        yield Span(at, at + len(quote))
        at = text.find(quote, at + 1)


def _agrees(said: Statement | None, place: Span, theirs: Sequence[Statement]) -> bool:
    """Tell whether a copy's statements on the words at `place` have the speaker of `said`, or none is determined."""
    if said is None or said.speaker is None:
        return True
    speakers = [one.speaker for one in theirs if any(span.overlaps(place) for span in one.content)]
    determined = [speaker for speaker in speakers if speaker is not None]
    return not determined or any(same_speaker(said.speaker, speaker) for speaker in determined)


def same_speaker(one: Speaker, other: Speaker) -> bool:
    """Tell whether two articles can mean the same speaker: by name, or by role where one of them gives no name.

    A name may be part of the other, since a copy that was cut may have "Ruiz" alone.
    """
    mine, theirs = (one.name, other.name) if one.name and other.name else (one.role, other.role)
    if not mine or not theirs:
        return True
    a, b = ({word.strip(".,") for word in fold(name).split()} for name in (mine, theirs))
    return a <= b or b <= a


def _day(article: ArticleRecord) -> str | None:
    return str(article.published) if article.published else None


def grouped(chosen: Sequence[Scored]) -> list[Scored]:
    """Return the chosen with those of one speaker in one article together, each group by its best."""
    keys = list(dict.fromkeys(_group(scored.unit) for scored in chosen))
    return sorted(chosen, key=lambda scored: keys.index(_group(scored.unit)))


def _group(unit: Unit) -> tuple[object, ...]:
    statement = unit.statement
    return (statement.speaker, statement.via) if statement else None, unit.article.id


def markdown(own: Sequence[Citation], others: Sequence[Citation] = ()) -> str:
    """Return the answer's text: what was asked for, then, clearly apart, what others said on it."""
    parts = _groups(own)
    if others:
        parts += [OTHERS, *_groups(others)]
    return "\n\n".join(parts)


def _groups(citations: Sequence[Citation]) -> list[str]:
    parts = []
    for _, some in groupby(citations, key=lambda c: (c.speaker, c.via, c.kind is None, c.article_id)):
        group = list(some)
        parts.append(_heading(group))
        parts.append("\n>\n".join(_line(citation) for citation in group))
    return parts


def _heading(group: Sequence[Citation]) -> str:
    """Return who says it, how, and where: the line above the quotations of one speaker in one article."""
    first = group[0]
    where = [f"*{escape_markdown(_one_line(first.title))}*"] if first.title else []
    if first.outlet:
        where.append(escape_markdown(_one_line(first.outlet)))
    where.append(show_date(first.published))
    if first.kind is None:
        return f"**The article**, {', '.join(where)}:"
    via = "".join(f", via {_name(speaker)}" for speaker in first.via if show_speaker(speaker))
    said = sorted({c.said for c in group if c.said})
    when = f", said {' and '.join(show_date(day) for day in said)}" if said else ""
    return f"{_who(first.speaker)}{via} — {_manner(group)}{when}, in {', '.join(where)}:"


def _who(speaker: Speaker | None) -> str:
    if speaker is None:
        return "**Speaker not determined**"
    if speaker.name is None:
        return f"**{escape_markdown(_one_line(show_speaker(speaker))) or 'Speaker not determined'}**"
    about = show_speaker(Speaker(None, speaker.role, speaker.affiliation))
    name = f"**{escape_markdown(_one_line(speaker.name))}**"
    return f"{name} ({escape_markdown(about)})" if about and about != speaker.name else name


def called(speaker: Speaker | None) -> str:
    """Return what a speaker is called in a sentence: the name, else what the articles say; "" where nobody knows."""
    return _one_line(speaker.name or show_speaker(speaker)) if speaker else ""


def _name(speaker: Speaker) -> str:
    return escape_markdown(_one_line(speaker.name or show_speaker(speaker)))


def _manner(group: Sequence[Citation]) -> str:
    kinds = {citation.kind for citation in group}
    if kinds == {"direct"}:
        return "direct speech"
    if kinds == {"indirect"}:
        return "reported speech, the article's words"
    return (
        "reported speech, the article's words, in part verbatim"
        if "direct" not in kinds
        else "direct and reported speech"
    )


def _line(citation: Citation) -> str:
    words = escape_markdown(_one_line(citation.quote))
    return f"> “{words}” [{citation.n}]" if citation.kind == "direct" else f"> {words} [{citation.n}]"


def _one_line(text: str) -> str:
    return " ".join(text.split())
