"""``whosaid show``: a stored article, with a span highlighted."""

from __future__ import annotations

import json
import re
from contextlib import closing
from dataclasses import asdict
from typing import Any

from bot.cite import clean, show_date
from bot.settings import Settings
from corpus.catalogue import ArticleRecord, Catalogue
from corpus.errors import UsageError
from corpus.model import Span


def run(settings: Settings, key: str, as_json: bool, span: str | None, version: int | None) -> int:
    """Print the article; return the exit code."""
    with closing(open_catalogue(settings)) as catalogue:
        article = find(catalogue, key)
        if version is not None:
            article = _version(catalogue, article, version)
        text = catalogue.text(article.id, article.version)
    lit = _span(span, text) if span else None
    if as_json:
        print(json.dumps(_as_json(article, text, lit), ensure_ascii=False))
    else:
        _print(article, text, lit)
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


def _print(article: ArticleRecord, text: str, lit: Span | None) -> None:
    from rich.text import Text

    from bot.terminal import Output

    console = Output(highlight=False)
    console.soft_wrap = not console.is_terminal  # through a pipe, lines come whole
    published = show_date(str(article.published) if article.published else None)
    source = f" (from {article.date_source})" if article.date_source else ""
    rows = [
        ("title", article.title),
        ("outlet", article.outlet or "not known"),
        ("authors", ", ".join(article.authors) or "not known"),
        ("published", published + source),
        ("url", article.url or "none"),
        ("file", article.file),
        (
            "id",
            f"{article.id}, version {article.version} of {article.current}, collection {article.collection}",
        ),
        ("retrieved", article.retrieved_at),
    ]
    for name, value in rows:
        console.print(Text(f"{name:<10}", style="dim").append(clean(" ".join(value.split())), style="default"))
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
