"""The page of a stored copy as HTML: for screens, phones and paper, without a script."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Iterable
from importlib import resources
from itertools import groupby

from bot.cite import one_line, show_date, show_speaker
from bot.web.article import View
from bot.web.signing import CITED
from bot.web.text import paragraphs, shown
from corpus.model import Statement

_STYLE = resources.files("bot.web").joinpath("assets/page.css").read_text("utf-8")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_EXCERPT = 140  # characters of a statement in the margin
_TITLE = 400  # and of a title
_MANNER = {"direct": "Direct speech", "indirect": "Reported", "mixed": "Reported, in part verbatim"}


def policy() -> str:
    """Return the Content-Security-Policy under which every page stands: its own style, and nothing else at all."""
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def document(title: str, body: str) -> str:
    """Return a whole page; `title` is text, `body` is HTML."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex, nofollow, noarchive">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{shown(one_line(title))}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def brief(title: str, sentence: str, link: tuple[str, str] | None = None) -> str:
    """Return a page that says one thing; all of it is text, `link` an address and its words."""
    onward = f'<p><a href="{html.escape(link[0])}" rel="noreferrer">{shown(link[1])}</a></p>' if link else ""
    return document(title, f'<main class="brief"><h1>{shown(title)}</h1><p>{shown(sentence)}</p>{onward}</main>')


def article_page(view: View) -> str:
    """Return the page of a stored copy."""
    title = _shortened(one_line(view.title), _TITLE)
    lines = [_header(view, title), f'<div class="columns">{_text(view)}{_margin(view)}</div>', _footer(view)]
    name = " – ".join(part for part in (title or "Stored copy", one_line(view.outlet or "")) if part)
    return document(name, f"<main>\n{''.join(lines)}\n</main>")


def _header(view: View, title: str) -> str:
    article = view.article
    several = f", version {article.version} of {article.current}" if article.current > 1 else ""
    published = show_date(str(article.published) if article.published else None)
    if article.published and article.date_source:
        published += f" (date from {article.date_source})"
    authors = f"by {', '.join(article.authors)}" if article.authors else None
    about = [view.outlet, published, authors]
    facts = " · ".join(f"<bdi>{shown(one_line(part))}</bdi>" for part in about if part)
    parts = [
        f'<p class="kind">Stored copy{several}</p>',
        f'<h1 dir="auto">{shown(title) or "Untitled"}</h1>',
        f'<p class="facts">{facts}</p>',
        f"<p>{_source(view)}</p>",
    ]
    if article.version < article.current:
        parts.append('<p class="note">The article has a later version; the versions are listed at the end.</p>')
    if view.notice:
        parts.append(f'<p class="note">Not all of the text is shown: {shown(view.notice)}.</p>')
    for correction in view.corrections:
        words = shown(one_line(correction))
        parts.append(f'<p class="note">The publisher’s correction: <bdi>{words}</bdi></p>')
    if view.part and view.marked:
        parts.append(f'<p class="jump"><a href="#{CITED}">To the cited passage</a></p>')
    return f"<header>{''.join(parts)}</header>"


def _source(view: View) -> str:
    """Say where the article came from, and when."""
    when = f", retrieved {show_date(view.article.retrieved_at)}"
    if view.address is None:
        return f"From <bdi>{shown(one_line(view.article.where))}</bdi>{when}"
    address = html.escape(view.address)
    return f'From <a class="source" href="{address}" rel="noreferrer noopener nofollow">{address}</a>{when}'


def _text(view: View) -> str:
    if view.part is None:
        return "<article></article>"
    said = [(f"s{n}", statement.content[0]) for n, statement in enumerate(view.statements, 1)]
    said += [("", span) for statement in view.statements for span in statement.content[1:]]
    language = view.article.language or ""
    lang = f' lang="{language}"' if _LANGUAGE.fullmatch(language) else ""
    whole = view.part.start == 0 and view.part.end == len(view.text)
    before, after = ("", "") if whole else ("<p>[…]</p>\n", "\n<p>[…]</p>")
    body = "\n".join(paragraphs(view.text, view.part, view.marked, said, view.withheld))
    return f'<article dir="auto"{lang}>\n{before}{body}{after}\n</article>'


def _margin(view: View) -> str:
    """Return who says what, speaker by speaker in the order of the text, each linked to its place."""
    if not view.statements:
        return ""
    numbered = [(_speaker(statement), n, statement) for n, statement in enumerate(view.statements, 1)]
    order = list(dict.fromkeys(name for name, _, _ in numbered))
    numbered.sort(key=lambda entry: (order.index(entry[0]), entry[1]))
    groups = []
    for name, some in groupby(numbered, key=lambda entry: entry[0]):
        items = "".join(_statement(view.text, n, statement) for _, n, statement in some)
        groups.append(f"<h3><bdi>{shown(name)}</bdi></h3>\n<ul>{items}</ul>")
    return f"<aside>\n<h2>Who says what here</h2>\n{''.join(groups)}\n</aside>"


def _speaker(statement: Statement) -> str:
    return (show_speaker(statement.speaker) if statement.speaker else "") or "Speaker not determined"


def _statement(text: str, n: int, statement: Statement) -> str:
    via = "".join(f", via {show_speaker(one)}" for one in statement.via if show_speaker(one))
    said = f", said {show_date(str(statement.said))}" if statement.said else ""
    words = _shortened(" … ".join(one_line(span.of(text)) for span in statement.content), _EXCERPT)
    quoted = f"“{words}”" if statement.kind == "direct" else words
    how = shown(f"{_MANNER[statement.kind]}{via}{said}")
    return f'<li><a href="#s{n}"><span class="how">{how}</span> <bdi>{shown(quoted)}</bdi></a></li>'


def _shortened(words: str, most: int) -> str:
    if len(words) <= most:
        return words
    cut = words[:most].rpartition(" ")[0] or words[:most]
    return f"{cut} […]"


def _footer(view: View) -> str:
    versions = [
        (f"Version {one.number}" + (" (this page)" if one.number == view.article.version else ""), one.told, one.link)
        for one in view.versions
    ]
    listed = [f"<li>{_linked(name, link)}: {shown(told)}</li>" for name, told, link in versions]
    copies = [f"<li>{_linked(copy.told, copy.link)}</li>" for copy in view.copies]
    return f"<footer>{_section('Versions', listed)}{_section('Also in', copies)}</footer>"


def _linked(words: str, link: str | None) -> str:
    inner = f"<bdi>{shown(words)}</bdi>"
    return f'<a href="{html.escape(link)}">{inner}</a>' if link else inner


def _section(name: str, items: Iterable[str]) -> str:
    body = "".join(items)
    return f"<section><h2>{name}</h2><ul>{body}</ul></section>" if body else ""
