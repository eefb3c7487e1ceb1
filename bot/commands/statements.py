"""``whosaid statements``: who said what, in stored articles or in files that were never ingested."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import accumulate, groupby, takewhile
from pathlib import Path
from typing import Any

from bot.cite import clean, one_line, show_date, show_speaker
from bot.commands.show import find, open_catalogue
from bot.rights import allowance, notice, rights_of
from bot.settings import Settings
from bot.visible import to_json
from corpus.catalogue import ArticleRecord
from corpus.errors import LoadError, Skipped, UsageError
from corpus.ingest import Files, Incoming
from corpus.model import Document, Span, Speaker, Statement
from corpus.outlets import Outlets
from corpus.people import SpeakerCorrections
from corpus.statements import Method, find_statements


@dataclass(frozen=True, slots=True)
class _Listed:
    """An article: the path that names it, its stored text, its statements, and what else identifies it."""

    path: str
    text: str
    statements: Sequence[Statement]
    known: dict[str, Any] = field(default_factory=dict)


def run(settings: Settings, keys: Sequence[str], as_json: bool, by: Method | None) -> int:
    """Print the statements, article by article as they are read; return the exit code.

    Args:
        settings: the settings; their method is taken where `by` is None.
        keys: files, folders, and stored articles (by id, URL or file).
        as_json: print a JSON object an article.
        by: what finds the statements.

    Returns:
        1 where a file or a record could not be read, or nothing was there to be read; the rest is printed.

    Raises:
        UsageError: a key is empty, or names neither a file nor one stored article, or its publisher allows a link only.
    """
    if not all(key.strip() for key in keys):
        raise UsageError("an empty name was given; name a file, a folder or a stored article (`.` is this folder)")
    code, listed = 0, 0
    for item in _articles(settings, keys, by or settings.statements):
        if isinstance(item, LoadError):
            code = code if isinstance(item, Skipped) else 1
            sys.stdout.flush()
            print(f"whosaid: {item}", file=sys.stderr)
            continue
        print(to_json(_as_json(item)) if as_json else f"{chr(10) if listed else ''}{_readable(item)}", flush=True)
        listed += 1
    return code if listed else 1


def _articles(settings: Settings, keys: Sequence[str], method: Method) -> Iterator[_Listed | LoadError]:
    """Yield each article that the keys name, speakers set right as ``speakers.toml`` says."""
    home = settings.place().folder
    outlets, people = Outlets.read(home), SpeakerCorrections.read(home)
    stored = _stored(settings, [key for key in keys if not _is_path(key)], outlets)
    for is_path, some in groupby(keys, _is_path):
        if is_path:
            yield from _of_files(list(some), outlets, people, method)
        else:
            yield from (_of_stored(*stored[key], outlets, people, method) for key in some)


def _is_path(key: str) -> bool:
    return Path(key).expanduser().exists()


def _of_files(
    keys: Sequence[str], outlets: Outlets, people: SpeakerCorrections, method: Method
) -> Iterator[_Listed | LoadError]:
    paths = [Path(key).expanduser() for key in keys]
    given = {os.path.abspath(path if path.is_dir() else path.parent): path for path in paths}
    for item in Files(paths):
        if isinstance(item, LoadError):
            yield item
            continue
        document = item.loaded.document
        path = _path(item, given[item.root])
        outlet = outlets.canonical(document.outlet, document.url)
        known = (people.apply(s, "", document.url, path, outlet) for s in find_statements(document.text, method))
        yield _Listed(path, document.text, [s for s in known if s is not None], _of_record(document))


def _path(item: Incoming, given: Path) -> str:
    """Return an article's path from where its file or folder was named, so that it opens from there."""
    root = given if given.is_dir() else given.parent
    path = item.path if root == Path() else str(root / item.path)
    return f"{path}#{item.loaded.document.record}" if item.loaded.document.record else path


def _of_record(document: Document) -> dict[str, Any]:
    """Return what tells the records of a file apart."""
    if not document.record:
        return {}
    return {"record": document.record, "title": document.title, "url": document.url}


def _stored(settings: Settings, keys: Sequence[str], outlets: Outlets) -> dict[str, tuple[ArticleRecord, str]]:
    """Return the stored article that each key names, with its text."""
    if not keys:
        return {}
    with closing(open_catalogue(settings)) as catalogue:
        articles = {key: find(catalogue, key) for key in keys}
        for article in articles.values():
            if rights_of(article, outlets) == "link":
                told = notice("link", outlets.canonical(article.outlet, article.url))
                raise UsageError(f"cannot list what {article.where} says: {told}; read it where it stands")
        return {key: (article, catalogue.text(article.id, article.version)) for key, article in articles.items()}


def _of_stored(
    article: ArticleRecord, text: str, outlets: Outlets, people: SpeakerCorrections, method: Method
) -> _Listed:
    """Return the statements of a stored article, in its order, as many as its publisher allows to be shown at once."""
    rights, outlet = rights_of(article, outlets), outlets.canonical(article.outlet, article.url)
    known = (people.apply(s, article.id, article.url, article.where, outlet) for s in find_statements(text, method))
    seen = [s for s in known if s is not None]
    left = allowance(rights, len(text))
    kept = list(takewhile(lambda length: length <= left, accumulate(map(_length, seen)))) if rights != "full" else seen
    if len(kept) < len(seen):
        print(f"whosaid: {len(seen) - len(kept)} more are not listed: {notice(rights, outlet)}", file=sys.stderr)
    return _Listed(article.where, text, seen[: len(kept)], {"article_id": article.id, "version": article.version})


def _length(statement: Statement) -> int:
    """Return how many characters of the article its line shows, or its JSON."""
    return sum(span.end - span.start for span in (*statement.content, *statement.source, *statement.cue))


def _as_json(item: _Listed) -> dict[str, Any]:
    return {"path": item.path, "statements": [_statement(one) for one in item.statements], **item.known}


def _statement(statement: Statement) -> dict[str, Any]:
    return {
        "source": _offsets(statement.source),
        "cue": _offsets(statement.cue),
        "content": _offsets(statement.content),
        "kind": statement.kind,
        "speaker": _speaker(statement.speaker) if statement.speaker else None,
        "via": [_speaker(one) for one in statement.via],
        "said": str(statement.said) if statement.said else None,
    }


def _offsets(spans: Iterable[Span]) -> list[list[int]]:
    return [[span.start, span.end] for span in spans]


def _speaker(speaker: Speaker) -> dict[str, str | None]:
    return {"name": speaker.name, "role": speaker.role, "affiliation": speaker.affiliation}


def _readable(item: _Listed) -> str:
    lines = [_lines(item.text, one) for one in item.statements] or ["    nobody is quoted"]
    return "\n".join([one_line(item.path), *lines])


def _lines(text: str, statement: Statement) -> str:
    who = (show_speaker(statement.speaker) if statement.speaker else "") or "speaker not determined"
    via = "".join(f", via {show_speaker(v)}" for v in statement.via if show_speaker(v))
    said = f", said {show_date(str(statement.said))}" if statement.said else ""
    words = " … ".join(one_line(span.of(text)) for span in statement.content)
    shown = f"“{words}”" if statement.kind == "direct" else words
    start, end = statement.extent
    return clean(f"{who}{via} ({statement.kind}{said}) [{start}:{end}]\n    {shown}")
