"""``whosaid ask``: one question, or a file of them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from bot.ask import Filters, Whosaid
from bot.cite import csl_json, footnote, one_line
from bot.model import Answer
from bot.settings import Settings
from bot.visible import to_json, typed
from corpus.errors import UsageError, WhosaidError
from corpus.model import PartialDate

ANSWERED, REFUSED, FAILED = 0, 3, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The flags of ``ask``, as typed."""

    json: bool = False
    hits: int = 0
    outlets: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    speaker: str | None = None
    since: str | None = None
    until: str | None = None
    as_of: str | None = None
    collections: tuple[str, ...] = ()
    cite: Literal["footnote", "csl-json"] | None = None


def run(settings: Settings, question: str | None, file: Path | None, options: Options) -> int:
    """Answer and print; return the exit code."""
    _check(question, file, options)
    since, until = days_of(options.since, options.until)
    filters = Filters(
        outlets=options.outlets, authors=options.authors, speaker=options.speaker, since=since, until=until
    )
    as_of = day_of(options.as_of, "--as-of").last() if options.as_of else None
    with closing(open_engine(settings)) as engine:
        scope = scope_of(engine, options.collections)
        if question is not None:
            asked = _asked(question)
            answer = engine.ask(asked, filters=filters, as_of=as_of, scope=scope, hits=options.hits)
            _print(answer, options)
            return ANSWERED if answer.answered else REFUSED
        assert file is not None
        return _many(engine, file, filters, as_of, scope, options)


def _check(question: str | None, file: Path | None, options: Options) -> None:
    """Refuse flags that do not go together."""
    if (question is None) == (file is None):
        raise UsageError("cannot ask: give one QUESTION, or --from FILE with many")
    if options.json and options.cite:
        raise UsageError("cannot print both: give --json, which holds the citations, or --cite")
    if options.hits and not options.json:
        raise UsageError("--hits goes with --json: passages are not part of the answer that is read")


def open_engine(settings: Settings) -> Whosaid:
    """Open the home for questions; one in which nothing was ever ingested answers that it holds nothing."""
    if settings.ingested():
        return Whosaid(settings)
    print(f"whosaid: there is nothing in {settings.place().folder} yet", file=sys.stderr)
    return Whosaid(settings.model_copy(update={"catalogue": "sqlite://"}))  # in memory: asking makes no files


def _many(
    engine: Whosaid,
    file: Path,
    filters: Filters,
    as_of: date | None,
    scope: frozenset[str] | None,
    options: Options,
) -> int:
    """Answer every line; one that fails is told and the rest goes on."""
    failed = 0
    for number, line in _lines(file):
        try:
            question = _question(line)
            if not options.json and not options.cite:
                print(f"{'' if number == 1 else chr(10)}? {one_line(question)}\n")
            _print(engine.ask(question, filters=filters, as_of=as_of, scope=scope, hits=options.hits), options)
        except WhosaidError as error:
            failed += 1
            sys.stdout.flush()
            print(f"whosaid: {file}, line {number}: {error}", file=sys.stderr)
    return FAILED if failed else ANSWERED


def scope_of(engine: Whosaid, collections: tuple[str, ...]) -> frozenset[str] | None:
    """Return the scope that these collections make; none named is all.

    Raises:
        UsageError: a collection does not exist.
    """
    known = engine.catalogue.collections()
    for name in collections:
        if name not in known:
            raise UsageError(f"there is no collection {name!r}; there are: {', '.join(sorted(known)) or 'none yet'}")
    return frozenset(collections) if collections else None


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    if str(file) == "-":
        yield from ((n, line) for n, line in enumerate(sys.stdin, 1) if line.strip())
        return
    try:
        with file.open(encoding="utf-8-sig") as lines:
            yield from ((n, line) for n, line in enumerate(lines, 1) if line.strip())
    except UnicodeDecodeError as error:
        raise UsageError(f"cannot read the questions in {file}: it is not text in UTF-8; save it as such") from error
    except OSError as error:
        raise UsageError(f"cannot read the questions in {file}: {error.strerror}; check --from") from error


def _question(line: str) -> str:
    """Return the question of a line, which is the line itself or a JSON object."""
    if not line.lstrip().startswith("{"):
        return _asked(line)
    try:
        record = json.loads(line)
    except ValueError as error:
        raise UsageError(f"this is not JSON ({error}); write a question a line, or JSON Lines") from error
    question = record.get("question", record.get("query"))
    if not isinstance(question, str):
        raise UsageError('the record has no "question" or "query" that is a text; add one')
    return _asked(question)


def _asked(question: str) -> str:
    """Return the question as text that can be encoded: what was no character becomes a question mark."""
    asked = typed(question.encode("utf-8", "replace").decode("utf-8")).strip()
    if not asked:
        raise UsageError("the question is empty; write one, in quotation marks")
    return asked


def days_of(since: str | None, until: str | None) -> tuple[date | None, date | None]:
    """Return the first and the last day that two flags give.

    Raises:
        UsageError: one is no date, or nothing lies between them.
    """
    first = day_of(since, "--since").first() if since else None
    last = day_of(until, "--until").last() if until else None
    if first and last and first > last:
        raise UsageError(f"--since {since} is after --until {until}; nothing lies between them")
    return first, last


def day_of(value: str, flag: str) -> PartialDate:
    """Return the date that a flag gives.

    Raises:
        UsageError: it is none.
    """
    try:
        found = PartialDate(value)
        found.first()
    except ValueError as error:
        raise UsageError(f"{flag} {value} is no date; write 2023-03-23, 2023-03 or 2023") from error
    return found


def _print(answer: Answer, options: Options) -> None:
    if options.json:
        found = answer.as_json()
        if options.hits:
            found.setdefault("hits", [])
        print(to_json(found), flush=True)
    elif options.cite is not None:
        _cite(answer, options.cite)
    else:
        from bot.terminal import Output, render

        render(answer, Output())


def _cite(answer: Answer, form: Literal["footnote", "csl-json"]) -> None:
    """Print the citations alone; a refusal, which has none, is told on stderr."""
    if answer.refusal is not None:
        sys.stdout.flush()
        print(f"whosaid: {answer.refusal.message}", file=sys.stderr)
    if form == "csl-json":
        print(to_json(csl_json(answer.citations)), flush=True)
        return
    for citation in answer.citations:
        print(f"{citation.n}. {footnote(citation)}")
