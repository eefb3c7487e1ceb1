"""The commands that list who said what: ``whosaid statements``, ``who`` and ``timeline``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from bot.cli_run import run as _run

_DATE = "a day, month or year: 2023-03-23, 2023-03, 2023"
_MANY = "; may be given several times"
_SINCE = typer.Option(metavar="DATE", help=f"published on or after, {_DATE}")
_UNTIL = typer.Option(metavar="DATE", help=f"published on or before, {_DATE}")
_OUTLET = typer.Option(metavar="OUTLET", help=f"only what this outlet published{_MANY}")
_COLLECTION = typer.Option(metavar="NAME", help=f"only this collection{_MANY}")


def statements(
    ctx: typer.Context,
    articles: Annotated[
        list[str], typer.Argument(metavar="PATH|ARTICLE...", help="files, folders, archives, or stored articles")
    ],
    json: Annotated[bool, typer.Option("--json", help="print a JSON object an article")] = False,
    by: Annotated[
        Literal["tagger", "rules"] | None,
        typer.Option(help="what finds them: the trained tagger, or rules; by default as the setting `statements` says"),
    ] = None,
) -> None:
    """List who said what in articles: speaker, how it is reported, and the words.

    With --json source, cue and content of each statement are pairs of offsets into the stored text, which for plain
    text is the file's own. Exit code 1: something could not be read; the rest is listed.
    """
    from bot.commands.statements import run

    _run(ctx, lambda settings: run(settings, articles, json, by))


def who(
    ctx: typer.Context,
    topic: Annotated[str, typer.Argument(metavar="TOPIC", help="what was spoken about, in quotation marks")],
    json: Annotated[bool, typer.Option("--json", help="print one JSON object, with all speakers")] = False,
    since: Annotated[str | None, _SINCE] = None,
    until: Annotated[str | None, _UNTIL] = None,
    outlet: Annotated[list[str] | None, _OUTLET] = None,
    collection: Annotated[list[str] | None, _COLLECTION] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=0, help="speakers to show; 0 for all")] = 20,
) -> None:
    """Show who has spoken on a topic: how often, when, as what, in which outlets, with a sample of their words.

    A person is counted once, whatever articles call him or her; sources without a name are told by their description.
    Exit code 3: nobody has.
    """
    from bot.commands.listing import Narrowed
    from bot.commands.who import run

    narrowed = Narrowed(since=since, until=until, outlets=tuple(outlet or ()), collections=tuple(collection or ()))
    _run(ctx, lambda settings: run(settings, topic, narrowed, json, limit))


def timeline(
    ctx: typer.Context,
    speaker: Annotated[str, typer.Argument(metavar="SPEAKER", help="whose statements: a name, role or organisation")],
    about: Annotated[str | None, typer.Option(metavar="TOPIC", help="only those on this topic")] = None,
    json: Annotated[bool, typer.Option("--json", help="print one JSON object")] = False,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="write a page to open in a browser")] = None,
    png: Annotated[Path | None, typer.Option(metavar="FILE", help="write a picture")] = None,
    since: Annotated[str | None, _SINCE] = None,
    until: Annotated[str | None, _UNTIL] = None,
    outlet: Annotated[list[str] | None, _OUTLET] = None,
    collection: Annotated[list[str] | None, _COLLECTION] = None,
) -> None:
    """Show what a speaker said in the order in which it was said, with outlet, title and link.

    Where an article does not tell when something was said, it stands where the article was published, and is marked so.
    It shows; whether a position changed is for the reader to judge. Exit code 3: nothing was found.
    """
    from bot.commands.listing import Narrowed
    from bot.commands.timeline import Drawn, run

    narrowed = Narrowed(since=since, until=until, outlets=tuple(outlet or ()), collections=tuple(collection or ()))
    drawn = Drawn(as_json=json, html=html, png=png)
    _run(ctx, lambda settings: run(settings, speaker, about, narrowed, drawn))


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command(epilog="Example: whosaid statements articles/ --json > statements.jsonl")(statements)
    app.command(epilog='Example: whosaid who "freedom of assembly" --since 2041-03')(who)
    app.command(epilog='Example: whosaid timeline "the ministry" --about assembly --png ministry.png')(timeline)
