"""The command line: ``whosaid ingest``, ``ask``, ``chat``, ``show``, ``feeds``, ``eval``, ``slack`` and others.

Options are declared here; what a command does is in `bot.commands`, imported when it runs.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from bot.cli_eval import evaluation
from bot.cli_feeds import ALLOW_PRIVATE, feeds
from bot.cli_run import Top
from bot.cli_run import run as _run
from bot.cli_slack import add_to as add_slack
from bot.cli_statements import add_to as add_statements

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

app.add_typer(feeds, name="feeds")
app.add_typer(evaluation, name="eval")
_MANY = "; may be given several times"
_DATE = "a day, month or year: 2023-03-23, 2023-03, 2023"


@app.callback()
def _top(
    ctx: typer.Context,
    home: Annotated[
        Path | None, typer.Option(metavar="DIR", help="folder of catalogue and index [env: WHOSAID_HOME]")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="settings, in place of whosaid.toml in the home")
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="show tracebacks")] = False,
) -> None:
    ctx.obj = Top(home, config, debug)


@app.command(epilog='Example: whosaid ingest articles/ more.jsonl.gz --outlet "The Herald"')
def ingest(
    ctx: typer.Context,
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH|URL...", help="files, folders and archives of articles, or addresses of pages"),
    ] = None,
    collection: Annotated[str, typer.Option(metavar="NAME", help="collection the articles belong to")] = "default",
    outlet: Annotated[
        str | None, typer.Option(metavar="NAME", help="who published the articles that do not say so")
    ] = None,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="make the index anew, beside the one that serves until it is done")
    ] = False,
    prune: Annotated[
        bool,
        typer.Option(
            "--prune", help="take out the articles of these folders whose files, or whose records in a file, are gone"
        ),
    ] = False,
    allow_private: Annotated[bool, typer.Option("--allow-private", help=ALLOW_PRIVATE)] = False,
) -> None:
    """Read articles from files, folders, archives and the web. What is known already is skipped.

    Formats: text, Markdown, HTML, PDF, Word (DOCX), CSV, JSON and JSON Lines, each also compressed (gzip, bzip2, xz)
    or in a ZIP or tar archive. Exit code 1: something could not be loaded.
    """
    from bot.commands.ingest import run

    _run(ctx, lambda settings: run(settings, paths or [], collection, outlet, rebuild, prune, allow_private))


@app.command(epilog='Example: whosaid ask "what did the NEC say about turnout?" --since 2041-03 --cite footnote')
def ask(
    ctx: typer.Context,
    question: Annotated[str | None, typer.Argument(metavar="QUESTION", help="the question, in quotation marks")] = None,
    json: Annotated[bool, typer.Option("--json", help="print one JSON object a question")] = False,
    hits: Annotated[
        int, typer.Option(metavar="N", min=0, max=100, help="also return N retrieved passages (with --json)")
    ] = 0,
    outlet: Annotated[
        list[str] | None,
        typer.Option(metavar="OUTLET", help=f"only what this outlet published{_MANY}"),
    ] = None,
    author: Annotated[
        list[str] | None, typer.Option(metavar="AUTHOR", help=f"only what this author wrote{_MANY}")
    ] = None,
    speaker: Annotated[
        str | None, typer.Option(metavar="SPEAKER", help="whose statements: a name, role or organisation")
    ] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help=f"published on or after, {_DATE}")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help=f"published on or before, {_DATE}")] = None,
    as_of: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="ask as if today were this day: what was published later is hidden"),
    ] = None,
    collection: Annotated[list[str] | None, typer.Option(metavar="NAME", help=f"only this collection{_MANY}")] = None,
    questions: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="many questions: one a line, or JSON Lines; - for stdin"),
    ] = None,
    cite: Annotated[
        Literal["footnote", "csl-json"] | None, typer.Option(help="print the citations in this form")
    ] = None,
) -> None:
    """Answer a question by quoting, with sources. Exit code 0: answered; 3: the corpus does not say."""
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
    _run(ctx, lambda settings: run(settings, question, questions, options))


@app.command()
def chat(
    ctx: typer.Context,
    collection: Annotated[list[str] | None, typer.Option(metavar="NAME", help=f"only this collection{_MANY}")] = None,
) -> None:
    """Ask one question after another; a follow-up may leave out whom it is about. Ctrl-D ends."""
    from bot.commands.chat import run

    _run(ctx, lambda settings: run(settings, tuple(collection or ())))


@app.command()
def status(ctx: typer.Context, json: Annotated[bool, typer.Option("--json", help="print JSON")] = False) -> None:
    """Show what the catalogue holds, which model runs and how, and whether the index is up to date."""
    from bot.commands.status import run

    _run(ctx, lambda settings: run(settings, json))


@app.command(epilog="Example: whosaid show 000_88a69eeaa2e40b64.txt --span 1200:1260")
def show(
    ctx: typer.Context,
    article: Annotated[str, typer.Argument(metavar="ARTICLE", help="an article's id, URL, or file")],
    json: Annotated[bool, typer.Option("--json", help='print JSON: metadata and "text"')] = False,
    span: Annotated[
        str | None, typer.Option(metavar="A:B", help="characters to highlight, as citations give them")
    ] = None,
    version: Annotated[int | None, typer.Option(metavar="N", min=1, help="an earlier version of the text")] = None,
) -> None:
    """Show a stored article: what is known of it, and the text that citations are checked against."""
    from bot.commands.show import run

    _run(ctx, lambda settings: run(settings, article, json, span, version))


@app.command(epilog="Example: whosaid remove https://news.example/2041/03/05/rally")
def remove(
    ctx: typer.Context,
    articles: Annotated[
        list[str] | None, typer.Argument(metavar="ARTICLE...", help="an article's id, URL, or file")
    ] = None,
    restore: Annotated[
        bool, typer.Option("--restore", help="let the next ingest bring these removed articles back")
    ] = False,
    listing: Annotated[bool, typer.Option("--list", help="list what was removed")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="do not ask first")] = False,
) -> None:
    """Erase articles for good: every version, passage, statement and vector. Later ingests leave them out."""
    from bot.commands.remove import run

    _run(ctx, lambda settings: run(settings, articles or [], restore, listing, yes))


@app.command(epilog="Example: whosaid backup monday.zip")
def backup(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="where the backup goes")],
) -> None:
    """Write articles, index and compiled model into one file, while others read. An older backup there is replaced."""
    from bot.commands.backup import run

    _run(ctx, lambda settings: run(settings, file))


@app.command(epilog="Example: whosaid --home other restore monday.zip")
def restore(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="a backup")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="do not ask before articles are replaced")] = False,
) -> None:
    """Put a backup in the place of all that the home holds. What was removed by hand stays removed."""
    from bot.commands.restore import run

    _run(ctx, lambda settings: run(settings, file, yes))


add_slack(app)
add_statements(app)


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if stream is not None:  # a terminal or locale that lacks a character must not end a run
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    app()


if __name__ == "__main__":
    main()
