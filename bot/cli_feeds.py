"""The command line of ``whosaid feeds``: ``add``, ``list``, ``remove``, ``run``."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli_run import run as run_command

ALLOW_PRIVATE = "fetch from addresses of your own network, too"
"""What the option of that name does."""

feeds = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Follow RSS and Atom feeds: what is new in them is fetched into the corpus.",
)


@feeds.command("add", epilog='Example: whosaid feeds add https://news.example/rss --outlet "The Example" --every 15m')
def feeds_add(
    ctx: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="the feed's address")],
    collection: Annotated[
        str | None, typer.Option(metavar="NAME", help="collection its articles belong to; default if none is named")
    ] = None,
    outlet: Annotated[
        str | None, typer.Option(metavar="NAME", help="who publishes it, where its pages do not say so")
    ] = None,
    every: Annotated[
        str | None, typer.Option(metavar="INTERVAL", help="how often it is to be read: 15m, 2h, 1d")
    ] = None,
) -> None:
    """Follow a feed, or change how it is followed: what is not given stays. `whosaid feeds run` fetches."""
    from bot.commands.feeds import add

    run_command(ctx, lambda settings: add(settings, url, collection, outlet, every))


@feeds.command("list", epilog="Example: whosaid feeds list --json")
def feeds_list(ctx: typer.Context, json: Annotated[bool, typer.Option("--json", help="print JSON")] = False) -> None:
    """List the feeds that are followed: when each was last read, what failed, which items were given up."""
    from bot.commands.feeds import list_

    run_command(ctx, lambda settings: list_(settings, json))


@feeds.command("remove", epilog="Example: whosaid feeds remove https://news.example/rss")
def feeds_remove(
    ctx: typer.Context, url: Annotated[str, typer.Argument(metavar="URL", help="the feed's address")]
) -> None:
    """Follow a feed no more. Its articles stay."""
    from bot.commands.feeds import remove

    run_command(ctx, lambda settings: remove(settings, url))


@feeds.command("run", epilog="Example: whosaid feeds run --every 15m")
def feeds_run(
    ctx: typer.Context,
    every: Annotated[
        str | None, typer.Option(metavar="INTERVAL", help="again and again until Ctrl-C: 15m, 2h, 1d")
    ] = None,
    allow_private: Annotated[bool, typer.Option("--allow-private", help=ALLOW_PRIVATE)] = False,
) -> None:
    """Fetch what is new in the feeds that are followed."""
    from bot.commands.feeds import run

    run_command(ctx, lambda settings: run(settings, every, allow_private))
