"""``whosaid statements``: who said what, in a stored article or in a file that was never ingested."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from bot.cite import clean, one_line, show_date, show_speaker
from bot.commands.show import find, open_catalogue
from bot.settings import Settings
from corpus.errors import LoadError
from corpus.loaders import load
from corpus.model import Span, Statement
from corpus.statements import find_statements
from corpus.walk import walk


def run(settings: Settings, key: str, as_json: bool) -> int:
    """Print the statements; return the exit code: 1 where a record of the file could not be read."""
    code, last = 0, ""
    for name, text, statements in _articles(settings, key):
        if isinstance(statements, LoadError):
            code = 1
            sys.stdout.flush()
            print(f"whosaid: {statements}", file=sys.stderr)
            continue
        if not as_json and name != last:
            print(f"{chr(10) if last else ''}{one_line(name)}")
            last = name
        for statement in statements:
            print(
                json.dumps(_as_json(name, text, statement), ensure_ascii=False) if as_json else _lines(text, statement)
            )
    return code


def _articles(settings: Settings, key: str) -> Iterator[tuple[str, str, Sequence[Statement] | LoadError]]:
    """Yield name, text and statements of each article that `key` names."""
    path = Path(key).expanduser()
    if path.exists():
        for source in walk([path]):
            for loaded in load(source):
                if isinstance(loaded, LoadError):
                    yield key, "", loaded
                else:
                    document = loaded.document
                    name = f"{source.relative}#{document.record}" if document.record else source.relative
                    yield name, document.text, find_statements(document.text)
        return
    with closing(open_catalogue(settings)) as catalogue:
        article = find(catalogue, key)
        records = catalogue.statements_of([article.id])
        yield article.where, catalogue.text(article.id, article.version), [r.statement for r in records]


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
    via = "".join(f", via {show_speaker(v)}" for v in statement.via)
    said = f", said {show_date(str(statement.said))}" if statement.said else ""
    words = " … ".join(one_line(span.of(text)) for span in statement.content)
    shown = f"“{words}”" if statement.kind == "direct" else words
    start, end = statement.extent
    return clean(f"{who}{via} ({statement.kind}{said}) [{start}:{end}]\n    {shown}")
