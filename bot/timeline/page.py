"""A timeline as one HTML page: for screens, phones and paper, without a script and without a network."""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Sequence
from importlib import resources
from itertools import groupby

from bot.cite import one_line, show_change, show_corrections, show_date, show_quote
from bot.link import web_address
from bot.listing import MANNER, Entry
from bot.timeline.line import JUDGES_NOT, Timeline, speaker_of
from bot.timeline.scale import Scale
from bot.visible import clean
from corpus.model import Kind

_STYLE = resources.files("bot.timeline").joinpath("assets/timeline.css").read_text("utf-8")
_KINDS: tuple[Kind, ...] = ("direct", "mixed", "indirect")
_WIDTH, _SIDE, _RISE, _ROWS = 1000, 40, 14, 6  # of the strip, in units; how far dots rise, how many above each other
_MARKS = 7
_EDGE = 0.05  # of the strip, where the name of a mark would go beyond it
_TOLD = 200  # characters of a statement that its dot tells


def page(found: Timeline) -> str:
    """Return a timeline as a whole HTML page.

    All text of articles is escaped, and characters that would hide or reorder others are named; the page's content
    security policy lets nothing in but its own style.
    """
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    body = "\n".join([_head(found), _strip(found.dated), *_days(found.dated, 1), _undated(found), _foot()])
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{_text(one_line(found.title))}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _text(words: str) -> str:
    return html.escape(clean(words))


def _head(found: Timeline) -> str:
    facts = [f"{found.summary}; looked for{found.within}."]
    if found.taken:
        facts.append(f"{one_line(found.asked)} was taken to be: {'; '.join(found.taken)}.")
    lines = [f'<h1 dir="auto">{_text(one_line(found.title))}</h1>']
    lines += [f'<p class="facts">{_text(fact)}</p>' for fact in facts]
    lines += [f'<p class="note">{_text(one_line(note))}</p>' for note in found.notes]
    keys = "".join(
        f'<li><svg width="14" height="14" aria-hidden="true"><circle class="dot {kind}" cx="7" cy="7" r="5"/></svg>'
        f"{MANNER[kind]}</li>"
        for kind in _KINDS
    )
    return f'<header>{"".join(lines)}<ul class="key">{keys}</ul></header>'


def _strip(dated: Sequence[Entry]) -> str:
    """Return the statements as dots over a scale of time, each a link to its place; "" for those of one day."""
    dates = [entry.date for entry in dated if entry.date is not None]
    if len({str(day)[:10] for day in dates}) < 2:
        return ""
    scale, dots, rows = Scale.over(dates), list[str](), dict[int, int]()
    for n, entry in enumerate(dated, 1):
        assert entry.date is not None
        start, end = (_across(at) for at in scale.of(entry.date))
        column = round((start + end) / 2 / _RISE)
        row = rows[column] = min(rows.get(column, -1) + 1, _ROWS - 1)
        dots.append(_dot(n, entry, (start, end), -row * _RISE))
    marks = "".join(_mark(at, name) for at, name in scale.marks(_MARKS))
    axis = f'<line x1="0" x2="{_WIDTH}" y1="10" y2="10"/>'
    top = max(rows.values()) * _RISE + 10
    return (
        f'<svg class="strip" viewBox="0 {-top} {_WIDTH} {top + 40}" role="group" aria-label="When">'
        f"{axis}{''.join(dots)}{marks}</svg>"
    )


def _across(at: float) -> float:
    return _SIDE + at * (_WIDTH - 2 * _SIDE)


def _dot(n: int, entry: Entry, reach: tuple[float, float], level: int) -> str:
    start, end = reach
    line = f'<line class="range" x1="{start:.1f}" x2="{end:.1f}" y1="{level}" y2="{level}"/>'
    told = _text(f"{entry.when}: {entry.words}"[:_TOLD])
    dot = f'<circle class="dot {entry.saying.kind}" cx="{(start + end) / 2:.1f}" cy="{level}" r="5"/>'
    return f'<a href="#s{n}"><title>{told}</title>{line if end - start > _RISE else ""}{dot}</a>'


def _mark(at: float, name: str) -> str:
    x = _across(at)
    anchor = "start" if at < _EDGE else "end" if at > 1 - _EDGE else "middle"
    tick = f'<line x1="{x:.1f}" x2="{x:.1f}" y1="10" y2="17"/>'
    return f'{tick}<text x="{x:.1f}" y="32" text-anchor="{anchor}">{name}</text>'


def _days(entries: Sequence[Entry], first: int) -> list[str]:
    """Return the statements under their dates, in the order of time."""
    numbered = list(enumerate(entries, first))
    groups = []
    for when, some in groupby(numbered, key=lambda one: one[1].when):
        group = list(some)
        groups.append(
            f'<div class="day">{_date(group[0][1], when)}<div>{"".join(_card(*one) for one in group)}</div></div>'
        )
    return groups


def _date(entry: Entry, when: str) -> str:
    if entry.date is None:
        return f'<span class="undated">{_text(when)}</span>'
    known = str(entry.date)[:10]
    how = entry.date_is if entry.date_is == "said" or not entry.cited.said else f"{when.partition(',')[0]}, published"
    return f'<time datetime="{known}">{show_date(known)} <span class="how">{_text(how or "")}</span></time>'


def _card(n: int, entry: Entry) -> str:
    words = " … ".join(f"<span>{_text(show_quote(citation))}</span>" for citation in entry.citations)
    return (
        f'<article class="{entry.saying.kind}" id="s{n}">'
        f'<p class="who"><b><bdi>{_text(speaker_of(entry))}</bdi></b> — {MANNER[entry.saying.kind]}</p>'
        f'<blockquote dir="auto">{words}</blockquote>{_source(entry)}</article>'
    )


def _source(entry: Entry) -> str:
    cited = entry.cited
    parts = [f"<cite><bdi>{_text(one_line(cited.title) or 'Untitled')}</bdi></cite>"]
    parts += [f"<bdi>{_text(one_line(cited.outlet))}</bdi>"] if cited.outlet else []
    parts.append(_text(show_date(cited.published)))
    address = web_address(cited.link) or web_address(cited.url)
    if address:
        parts.append(f'<a href="{html.escape(address)}" rel="noreferrer noopener nofollow">read it there</a>')
    else:
        parts.append(f"<bdi>{_text(one_line(cited.path or ''))}</bdi>")
    also = f"Also in {'; '.join(one_line(name) for name in cited.also_in)}." if cited.also_in else ""
    beside = [also, show_change(cited), *show_corrections(cited)]
    more = "".join(f'<p class="source">{_text(line)}</p>' for line in beside if line)
    return f'<p class="source">{", ".join(parts)}, characters {cited.start}–{entry.citations[-1].end}</p>{more}'


def _undated(found: Timeline) -> str:
    if not found.undated:
        return ""
    return "<h2>No date</h2>\n" + "\n".join(_days(found.undated, len(found.dated) + 1))


def _foot() -> str:
    told = (
        f"{JUDGES_NOT} Direct speech is in quotation marks; the rest is in the words of the article. Where an article "
        "does not tell when something was said, it stands at the day of publication and is marked so. Made by whosaid."
    )
    return f"<footer><p>{told}</p></footer>"
