"""The command line of the Slack bot: ``whosaid slack`` and its commands, ``serve``, ``feedback``, ``forget``."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from bot.cli_run import run as _run


class _RunByDefault(TyperGroup):
    """A group that runs ``run`` where no command is named."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put ``run`` before what is no command."""
        if not args or (args[0] not in self.commands and args[0] not in ("--help", "-h")):
            args = ["run", *args]
        return super().parse_args(ctx, args)


slack = typer.Typer(
    cls=_RunByDefault,
    rich_markup_mode="rich",
    help="Answer questions in Slack: `whosaid slack` runs the bot. docs/slack.md leads there in ten minutes.",
)
_HOST = typer.Option(metavar="ADDRESS", help="where to listen; other machines reach it only if this is theirs to reach")
_PORT = typer.Option(metavar="N", min=0, max=65535, help="the port; 0 for any that is free")
_METRICS = typer.Option(
    metavar="ADDRESS:PORT",
    show_default="127.0.0.1:9464, where it is free",
    help="where Prometheus reads figures, apart from the pages; - for nowhere",
)
_PROXY = typer.Option("--behind-proxy", help="believe the X-Forwarded headers of a proxy on this machine")


@slack.command("run", epilog="Example: whosaid slack --http --port 8080")
def slack_run(
    ctx: typer.Context,
    http: Annotated[
        bool, typer.Option("--http", help="be called by Slack over HTTP; otherwise Socket Mode, which needs no address")
    ] = False,
    host: Annotated[str, _HOST] = "127.0.0.1",
    port: Annotated[int, _PORT] = 8080,
    metrics: Annotated[str | None, _METRICS] = None,
    behind_proxy: Annotated[bool, _PROXY] = False,
) -> None:
    """Run the bot until it is told to stop (Ctrl-C, SIGTERM); what it began it then finishes."""
    from bot.commands.slack import run
    from bot.web.listening import Listening

    listening = Listening(host=host, port=port, metrics=metrics, behind_proxy=behind_proxy)
    _run(ctx, lambda settings: run(settings, http, listening))


@slack.command("manifest", epilog="Example: whosaid slack manifest > manifest.json")
def slack_manifest(
    ctx: typer.Context,
    http: Annotated[
        str | None, typer.Option(metavar="URL", help="for HTTP: the address by which Slack reaches the bot")
    ] = None,
    several: Annotated[
        bool, typer.Option("--several", help="for several workspaces, which install the app themselves; needs --http")
    ] = False,
) -> None:
    """Print the manifest to make the Slack app from: its events, commands, shortcuts and scopes."""
    from bot.commands.slack import manifest

    _run(ctx, lambda settings: manifest(settings, http, several))


@slack.command("check", epilog="Example: whosaid slack check")
def slack_check(
    ctx: typer.Context,
    http: Annotated[bool, typer.Option("--http", help="check what HTTP needs; otherwise Socket Mode")] = False,
    json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Check tokens, scopes, reachability, databases and slack.toml, and say what to fix. Exit code 1: something is."""
    from bot.commands.slack import check

    _run(ctx, lambda settings: check(settings, http, json))


@slack.command("revoke", epilog="Example: whosaid slack revoke --channel T0123/C0456")
def slack_revoke(
    ctx: typer.Context,
    article: Annotated[str | None, typer.Option(metavar="ARTICLE", help="only those to this article")] = None,
    channel: Annotated[
        str | None, typer.Option(metavar="TEAM/CHANNEL", help="only those that were posted in this channel")
    ] = None,
) -> None:
    """Make the links to stored copies that were given out until now invalid: all, of an article, of a channel."""
    from bot.commands.slack import revoke

    _run(ctx, lambda settings: revoke(settings, article, channel))


def serve(
    ctx: typer.Context,
    host: Annotated[str, _HOST] = "127.0.0.1",
    port: Annotated[int, _PORT] = 8080,
    metrics: Annotated[str | None, _METRICS] = None,
    behind_proxy: Annotated[bool, _PROXY] = False,
) -> None:
    """Serve the stored copies of articles, by signed links, with health and figures; without Slack."""
    from bot.commands.slack import serve_pages
    from bot.web.listening import Listening

    listening = Listening(host=host, port=port, metrics=metrics, behind_proxy=behind_proxy)
    _run(ctx, lambda settings: serve_pages(settings, listening))


def feedback(
    ctx: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="print a JSON object each, with answer and passages")] = False,
    bad: Annotated[bool, typer.Option("--bad", help="only what was found wrong")] = False,
) -> None:
    """List what people in Slack thought of the answers. `whosaid eval add --feedback ID` makes it a gold question."""
    from bot.commands.feedback import run

    _run(ctx, lambda settings: run(settings, json, bad))


def forget(
    ctx: typer.Context,
    user: Annotated[str, typer.Option(metavar="U", help="the id of the person in Slack (U...)")],
    workspace: Annotated[str | None, typer.Option(metavar="T", help="only in this workspace (T...)")] = None,
) -> None:
    """Erase the questions, answers and feedback of a person from the Slack bot's database."""
    from bot.commands.forget import run

    _run(ctx, lambda settings: run(settings, user, workspace))


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.add_typer(slack, name="slack")
    app.command(epilog="Example: whosaid serve --port 8080")(serve)
    app.command(epilog="Example: whosaid feedback --bad")(feedback)
    app.command(epilog="Example: whosaid forget --user U0123")(forget)
