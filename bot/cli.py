"""The command line: ``whosaid ingest``, ``ask``, ``chat``, ``status``, ``show``, ``statements``.

Options are declared here; what a command does is in `bot.commands`, imported when it runs.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from corpus.errors import UsageError, WhosaidError

_CONTEXT = {"help_option_names": ["-h", "--help"]}
app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    context_settings=_CONTEXT,
    pretty_exceptions_enable=False,
    help="Ask a folder of news articles who said what. Every answer is quoted, attributed and checked "
    "against the stored article.\n\n"
    "[dim]$[/dim] whosaid ingest articles/\n\n"
    '[dim]$[/dim] whosaid ask "what did the ministry say about free assembly?"',
)

_ASK = "Questions"
_DATE = "a day, month or year: 2023-03-23, 2023-03, 2023"


class _Top:
    """What the options before the command say."""

    home: Path | None = None
    config: Path | None = None
    debug: bool = False


@app.callback()
def _top(
    home: Annotated[Path | None, typer.Option(help="folder of catalogue and index [env: WHOSAID_HOME]")] = None,
    config: Annotated[Path | None, typer.Option(help="settings file, in place of whosaid.toml in the home")] = None,
    debug: Annotated[bool, typer.Option("--debug", help="show tracebacks")] = False,
) -> None:
    _Top.home, _Top.config, _Top.debug = home, config, debug


@app.command(epilog='Example: whosaid ingest articles/ more.jsonl.gz --outlet "The Herald"')
def ingest(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="files and folders of articles")],
    collection: Annotated[str, typer.Option(help="collection the articles belong to")] = "default",
    outlet: Annotated[str | None, typer.Option(help="who published the articles that do not say so")] = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="make the whole index anew")] = False,
) -> None:
    """Read articles: text, Markdown, HTML, JSON Lines; any of them gzipped. What is known already is skipped."""
    from bot.commands.ingest import run

    raise typer.Exit(run(_settings(), paths, collection, outlet, rebuild))


@app.command(epilog='Example: whosaid ask "what did the NEC say about turnout?" --since 2041-03 --cite footnote')
def ask(
    question: Annotated[str | None, typer.Argument(help="the question, in quotation marks")] = None,
    json: Annotated[bool, typer.Option("--json", help="print one JSON object a question")] = False,
    hits: Annotated[int, typer.Option(min=0, max=100, help="also return N retrieved passages (with --json)")] = 0,
    outlet: Annotated[list[str] | None, typer.Option(help="only what this outlet published")] = None,
    author: Annotated[list[str] | None, typer.Option(help="only what this author wrote")] = None,
    speaker: Annotated[str | None, typer.Option(help="whose statements: a name, role or organisation")] = None,
    since: Annotated[str | None, typer.Option(help=f"published on or after, {_DATE}")] = None,
    until: Annotated[str | None, typer.Option(help=f"published on or before, {_DATE}")] = None,
    as_of: Annotated[str | None, typer.Option(help="ask as if today were this day")] = None,
    collection: Annotated[list[str] | None, typer.Option(help="only these collections")] = None,
    questions: Annotated[
        Path | None, typer.Option("--from", metavar="FILE", help="a question a line, or JSON Lines; - for stdin")
    ] = None,
    cite: Annotated[
        Literal["footnote", "csl-json"] | None, typer.Option(help="print the citations in this form")
    ] = None,
) -> None:
    """Answer a question by quoting, with sources; exit code 0 when answered, 3 when the corpus does not say."""
    from bot.commands.ask import Options, run

    options = Options(
        json=json,
        hits=hits,
        outlets=tuple(outlet or ()),
        authors=tuple(author or ()),
        speaker=speaker,
        since=since,
        until=until,
        as_of=as_of,
        collections=tuple(collection or ()),
        cite=cite,
    )
    if (question is None) == (questions is None):
        raise UsageError("cannot ask: give one QUESTION, or --from FILE with many")
    raise typer.Exit(run(_settings(), question, questions, options))


@app.command()
def chat(
    collection: Annotated[list[str] | None, typer.Option(help="only these collections")] = None,
) -> None:
    """Ask one question after another; a follow-up may leave out whom it is about. Ctrl-D ends."""
    from bot.commands.chat import run

    raise typer.Exit(run(_settings(), tuple(collection or ())))


@app.command()
def status(json: Annotated[bool, typer.Option("--json", help="print JSON")] = False) -> None:
    """Show what the catalogue holds, which model runs and how, and whether the index is up to date."""
    from bot.commands.status import run

    raise typer.Exit(run(_settings(), json))


@app.command(epilog="Example: whosaid show 000_88a69eeaa2e40b64.txt --span 1200:1260")
def show(
    article: Annotated[str, typer.Argument(help="an article's id, URL, or file")],
    json: Annotated[bool, typer.Option("--json", help='print JSON: metadata and "text"')] = False,
    span: Annotated[str | None, typer.Option(metavar="A:B", help="characters to highlight")] = None,
    version: Annotated[int | None, typer.Option(min=1, help="an earlier version of the text")] = None,
) -> None:
    """Show a stored article: what is known of it, and the text that citations are checked against."""
    from bot.commands.show import run

    raise typer.Exit(run(_settings(), article, json, span, version))


@app.command(epilog="Example: whosaid statements article.txt")
def statements(
    article: Annotated[str, typer.Argument(metavar="PATH|ARTICLE", help="a file, or a stored article")],
    json: Annotated[bool, typer.Option("--json", help="print a JSON object a statement")] = False,
) -> None:
    """List who said what in an article: speaker, how it is reported, and the words."""
    from bot.commands.statements import run

    raise typer.Exit(run(_settings(), article, json))


def _settings():  # type: ignore[no-untyped-def]
    from bot.settings import read_settings

    return read_settings(_Top.home, _Top.config)


def main() -> None:
    """Run the command line; errors are told in one sentence."""
    try:
        app()
    except WhosaidError as error:
        if _Top.debug:
            raise
        print(f"whosaid: {error}", file=sys.stderr)
        sys.exit(2 if isinstance(error, UsageError) else 1)
    except KeyboardInterrupt:
        print("whosaid: interrupted", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:  # the reader of our output has gone, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
