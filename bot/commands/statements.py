"""``whosaid statements``: who said what, in a stored article or in a file that was never ingested."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import accumulate, takewhile
from pathlib import Path
from typing import Any

from bot.cite import clean, one_line, show_date, show_speaker
from bot.commands.show import find, open_catalogue
from bot.rights import allowance, notice, rights_of
from bot.settings import Settings
from bot.visible import to_json
from corpus.catalogue import ArticleRecord
from corpus.errors import LoadError, UsageError
from corpus.ingest import Files
from corpus.model import Span, Statement
from corpus.outlets import Outlets
from corpus.people import SpeakerCorrections
from corpus.statements import Method, find_statements


def run(settings: Settings, key: str, as_json: bool, method: Method) -> int:
    """Print the statements; return the exit code: 1 where a record of the file could not be read."""
    code, last = 0, ""
    for name, text, statements in _articles(settings, key, method):
        if isinstance(statements, LoadError):
            code = 1
            sys.stdout.flush()
            print(f"whosaid: {statements}", file=sys.stderr)
            continue
        if not as_json and name != last:
            print(f"{chr(10) if last else ''}{one_line(name)}")
            last = name
        for statement in statements:
            print(to_json(_as_json(name, text, statement)) if as_json else _lines(text, statement))
    return code


def _articles(
    settings: Settings, key: str, method: Method
) -> Iterator[tuple[str, str, Sequence[Statement] | LoadError]]:
    """Yield name, text and statements of each article that `key` names, speakers set right as ``speakers.toml`` says.

    Raises:
        UsageError: of a stored article only a link may be shown; a file that is given by its path is its owner's.
    """
    home = settings.place().folder
    outlets, people = Outlets.read(home), SpeakerCorrections.read(home)
    path = Path(key).expanduser()
    if path.exists():
        for item in Files([path]):
            if isinstance(item, LoadError):
                yield key, "", item
                continue
            document = item.loaded.document
            name = f"{item.path}#{document.record}" if document.record else item.path
            outlet = outlets.canonical(document.outlet, document.url)
            found = find_statements(document.text, method)
            known = (people.apply(s, "", document.url, name, outlet) for s in found)
            yield name, document.text, [s for s in known if s is not None]
        return
    with closing(open_catalogue(settings)) as catalogue:
        article = find(catalogue, key)
        text = catalogue.text(article.id, article.version)
        yield article.where, text, _stored(article, text, outlets, people, method)


def _stored(
    article: ArticleRecord, text: str, outlets: Outlets, people: SpeakerCorrections, method: Method
) -> list[Statement]:
    """Return the statements of a stored article, in its order, as many as its publisher allows to be shown at once."""
    rights, outlet = rights_of(article, outlets), outlets.canonical(article.outlet, article.url)
    if rights == "link":
        raise UsageError(f"cannot list what {article.where} says: {notice(rights, outlet)}; read it where it stands")
    known = (people.apply(s, article.id, article.url, article.where, outlet) for s in find_statements(text, method))
    seen = [s for s in known if s is not None]
    left = allowance(rights, len(text))
    kept = list(takewhile(lambda length: length <= left, accumulate(map(_length, seen)))) if rights != "full" else seen
    if len(kept) < len(seen):
        print(f"whosaid: {len(seen) - len(kept)} more are not listed: {notice(rights, outlet)}", file=sys.stderr)
    return seen[: len(kept)]


def _length(statement: Statement) -> int:
    """Return how many characters of the article its line shows, or its JSON."""
    return sum(span.end - span.start for span in (*statement.content, *statement.source, *statement.cue))


def _as_json(name: str, text: str, statement: Statement) -> dict[str, Any]:
    def spans(some: Sequence[Span]) -> list[dict[str, Any]]:
        return [{"start": s.start, "end": s.end, "text": s.of(text)} for s in some]

    def speaker(who: Any) -> dict[str, Any] | None:
        return {"name": who.name, "role": who.role, "affiliation": who.affiliation} if who else None

    return {
        "article": name,
        "kind": statement.kind,
        "speaker": speaker(statement.speaker),
        "via": [speaker(v) for v in statement.via],
        "said": str(statement.said) if statement.said else None,
        "source": spans(statement.source),
        "cue": spans(statement.cue),
        "content": spans(statement.content),
    }


def _lines(text: str, statement: Statement) -> str:
    who = (show_speaker(statement.speaker) if statement.speaker else "") or "speaker not determined"
    via = "".join(f", via {show_speaker(v)}" for v in statement.via if show_speaker(v))
    said = f", said {show_date(str(statement.said))}" if statement.said else ""
    words = " … ".join(one_line(span.of(text)) for span in statement.content)
    shown = f"“{words}”" if statement.kind == "direct" else words
    start, end = statement.extent
    return clean(f"{who}{via} ({statement.kind}{said}) [{start}:{end}]\n    {shown}")
