"""``whosaid show``: a stored article, with a span highlighted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, replace
from typing import Any

from bot.cite import clean, show_date
from bot.rights import notice, rights_of, showable, title_of
from bot.settings import Settings
from bot.visible import to_json
from corpus.catalogue import ArticleRecord, Catalogue
from corpus.errors import UsageError
from corpus.model import Span
from corpus.outlets import Outlets


def run(settings: Settings, key: str, as_json: bool, span: str | None, version: int | None) -> int:
    """Print the article, as far as its publisher allows; return the exit code."""
    outlets = Outlets.read(settings.place().folder)
    with closing(open_catalogue(settings)) as catalogue:
        article = find(catalogue, key)
        if version is not None:
            article = _version(catalogue, article, version)
        text = catalogue.text(article.id, article.version)
        versions = catalogue.versions(article.id)
    lit = _span(span, text) if span else None
    rights, outlet = rights_of(article, outlets), outlets.canonical(article.outlet, article.url)
    part = showable(rights, text, lit, outlet)
    told = notice(rights, outlet)
    article = replace(article, title=title_of(article.title, rights, lambda: text))
    if as_json:
        found = _as_json(article, text, lit if part else None)
        found |= {
            "outlet": outlet,
            "rights": rights,
            "text": text if rights == "full" else None,
            "notice": told or None,
            "versions": [_change(one) for one in versions],
            "corrections": [span.of(text) for span in article.corrections] if rights != "link" else [],
        }
        print(to_json(found))
    else:
        _print(article, outlet, told, versions if article.current > 1 else ())
        if part is not None:
            _print_text(part.of(text), lit if rights == "full" else None)
    return 0


def open_catalogue(settings: Settings) -> Catalogue:
    """Open the catalogue of a home in which something was ingested; looking at one makes no files.

    Raises:
        UsageError: nothing was ingested into this home yet.
    """
    if not settings.ingested():
        raise UsageError(f"there is nothing in {settings.place().folder} yet; begin with `whosaid ingest FOLDER`")
    return settings.open_catalogue()


def find(catalogue: Catalogue, key: str) -> ArticleRecord:
    """Return the one article that `key` names: an id, a URL, or any spelling of its file's path.

    Raises:
        UsageError: it names none, or several.
    """
    found = catalogue.find(key)
    if len(found) == 1:
        return found[0]
    if not found:
        raise UsageError(f"no article is called {key!r}; give an id, a URL or a file, as a citation shows them")
    some = ", ".join(f"{article.id} ({article.where})" for article in found[:5])
    raise UsageError(f"{key!r} names {len(found)} articles: {some}{', ...' if len(found) > 5 else ''}; give an id")


def shown_title(catalogue: Catalogue, article: ArticleRecord, outlets: Outlets) -> str:
    """Return the title that may be shown of a stored article; "" where there is none."""
    rights = rights_of(article, outlets)
    return title_of(article.title, rights, lambda: catalogue.text(article.id, article.version))


def _version(catalogue: Catalogue, article: ArticleRecord, number: int) -> ArticleRecord:
    found = catalogue.version(article.id, number)
    if found is None:
        raise UsageError(f"article {article.id} has versions 1 to {article.current}, not {number}")
    return found


def _span(value: str, text: str) -> Span:
    match = re.fullmatch(r"(\d+):(\d+)", value)
    if match is None or not int(match[1]) < int(match[2]) <= len(text):
        raise UsageError(f"--span {value} is no part of the text; write A:B with 0 <= A < B <= {len(text)}")
    return Span(int(match[1]), int(match[2]))


def _as_json(article: ArticleRecord, text: str, lit: Span | None) -> dict[str, Any]:
    found = {**asdict(article), "file": article.file}
    for name in ("published", "updated"):
        date = getattr(article, name)
        found[name] = str(date) if date else None
    found["text"] = text
    if lit:
        found |= {"span": list(lit), "quote": lit.of(text)}
    return found


def _output() -> Any:
    from bot.terminal import Output

    console = Output(highlight=False)
    console.soft_wrap = not console.is_terminal  # through a pipe, lines come whole
    return console


def _change(version: ArticleRecord) -> dict[str, Any]:
    names = ("version", "retrieved_at", "seen_at", "changed_after", "changed_before", "loader", "loader_version")
    return {name: getattr(version, name) for name in names}


def _history(versions: Sequence[ArticleRecord]) -> list[str]:
    """Say of each version whether the publisher changed the text, and between which times, or it was read anew."""
    lines, last = [], None
    for version in versions:
        change = version.changed_after, version.changed_before
        if version.version == 1:
            how = "first read"
        elif change == last:
            how = "read anew by a newer loader, as far as is known unchanged by the publisher"
        else:
            how = f"the text changed between {_time(version.changed_after)} and {_time(version.changed_before)}"
        lines.append(f"{version.version}, retrieved {_time(version.retrieved_at)}: {how}")
        last = change
    return lines


def _time(value: str | None) -> str:
    """Return a time of the catalogue to the minute, in UTC."""
    return f"{value[:10]} {value[11:16]} UTC" if value else "an unknown time"


def _print(article: ArticleRecord, outlet: str | None, told: str, versions: Sequence[ArticleRecord]) -> None:
    """Print what is known of the article, and what its publisher allows where that is not all."""
    from rich.text import Text

    console = _output()
    published = show_date(str(article.published) if article.published else None)
    source = f" (from {article.date_source})" if article.date_source else ""
    rows = [
        ("title", article.title or "none"),
        ("outlet", outlet or "not known"),
        ("authors", ", ".join(article.authors) or "not known"),
        ("published", published + source),
        ("url", article.url or "none"),
        ("file", article.file + (", where another article is read by now" if article.replaced else "")),
        (
            "id",
            f"{article.id}, version {article.version} of {article.current}, collection {article.collection}",
        ),
        ("retrieved", article.retrieved_at),
        *(("version", line) for line in _history(versions)),
        *([("rights", told)] if told else []),
    ]
    for name, value in rows:
        console.print(Text(f"{name:<10}", style="dim").append(clean(" ".join(value.split())), style="default"))


def _print_text(text: str, lit: Span | None) -> None:
    """Print what may be shown of the text below an empty line, with a span of it marked."""
    console = _output()
    console.print()
    console.print(_highlighted(text, lit, console.is_terminal))


def _highlighted(text: str, lit: Span | None, is_terminal: bool) -> Any:
    from rich.text import Text

    if lit is None:
        return Text(clean(text))
    before, inside, after = clean(text[: lit.start]), clean(lit.of(text)), clean(text[lit.end :])
    marked = Text(before)
    marked.append(inside if is_terminal else f">>>{inside}<<<", style="reverse")
    return marked.append(after)
