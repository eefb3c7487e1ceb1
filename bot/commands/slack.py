"""``whosaid slack`` and ``whosaid serve``: the bot, its manifest, its check, its links."""

from __future__ import annotations

import json
import sys
import time
from contextlib import closing
from urllib.parse import urlsplit

from bot.commands.show import find, open_catalogue
from bot.settings import Settings, read_secrets
from bot.slack.access import audience_of_channel
from bot.slack.config import read_config
from bot.slack.store import Store
from bot.web.listening import Listening
from corpus.errors import UsageError


def run(settings: Settings, http: bool, listening: Listening) -> int:
    """Run the bot until it is told to stop; return the exit code."""
    from bot.slack.run import run_http, run_socket

    secrets, config = read_secrets(), read_config(settings.place().folder)
    return (run_http if http else run_socket)(settings, secrets, config, listening)


def manifest(settings: Settings, http: str | None, several: bool) -> int:
    """Print the app's manifest as JSON, which Slack takes as well as YAML."""
    from bot.slack.manifest import manifest

    if several and http is None:
        raise UsageError("several workspaces install the app over HTTP: give the bot's address as well, --http URL")
    if http is not None and not _address(http).startswith("https:"):
        print(f"Note: Slack calls https:// addresses only, and {http} is none; serve it by TLS", file=sys.stderr)
    made = manifest(read_config(settings.place().folder), http, several)
    print(json.dumps(made, indent=2, ensure_ascii=False))
    return 0


def _address(url: str) -> str:
    """Return the address by which Slack is to reach the bot, its scheme in small letters, if it can be one.

    Raises:
        UsageError: it cannot.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname if parts.port != 0 else None
    except ValueError:  # brackets or a port that are none
        host = None
    usable = host and parts.scheme in ("http", "https") and not (parts.query or parts.fragment or parts.username)
    if not usable or any(char.isspace() for char in url):
        raise UsageError(
            f"cannot make a manifest for --http {url!r}, which is no address of a server; write "
            "https://HOST, with :PORT and /PATH where it has them"
        )
    return parts.geturl()


def check(settings: Settings, http: bool, as_json: bool) -> int:
    """Print what was tried and what is to be mended; return the exit code: 1 where something is."""
    from bot.slack.check import check

    findings = check(read_secrets(), settings, read_config(settings.place().folder), http)
    if as_json:
        told = [{"ok": f.ok, "tried": f.tried, "found": f.found, "fix": f.fix or None} for f in findings]
        print(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        for finding in findings:
            print(f"{'ok' if finding.ok else 'WRONG':5}  {finding.tried}: {finding.found}")
            if finding.fix:
                print(f"       -> {finding.fix}")
    return 0 if all(finding.ok for finding in findings) else 1


def revoke(settings: Settings, article: str | None, channel: str | None) -> int:
    """Make the links given out until now invalid; return the exit code."""
    if article is not None:
        with closing(open_catalogue(settings)) as catalogue:
            article = find(catalogue, article).id
    audience = _audience(channel) if channel is not None else None
    with closing(Store.open(settings.jobs_url())) as store:
        store.links.revoke(article, audience, time.time())
    which = f" to {article}" if article else ""
    print(
        f"links{which}{f' that were posted in {channel}' if channel else ''} that were given out until now are invalid"
    )
    return 0


def serve_pages(settings: Settings, listening: Listening) -> int:
    """Serve stored copies, health and figures until told to stop; return the exit code."""
    from bot.web.serve import serve

    return serve(settings, read_secrets(), read_config(settings.place().folder), listening)


def _audience(channel: str) -> str:
    team, slash, name = channel.partition("/")
    if not (team and slash and name):
        raise UsageError(f"cannot tell the channel of {channel!r}: write TEAM/CHANNEL, as T0123/C0456")
    return audience_of_channel(team, name)
