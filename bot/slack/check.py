"""``whosaid slack check``: tries what the bot needs, piece by piece, and says of each what to do where it is wrong."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from difflib import get_close_matches

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.ask import Whosaid
from bot.settings import Secrets, Settings
from bot.slack.config import FILE, SlackConfig
from bot.slack.credentials import (
    TIMEOUT,
    SignedIn,
    bot_client,
    connection,
    in_words,
    of_several,
    sign_in,
    signing_secret,
)
from bot.slack.manifest import scopes
from bot.slack.store import Store
from corpus.catalogue.scope import Scope
from corpus.errors import WhosaidError

_MANIFEST = "print `whosaid slack manifest` anew, put it under App Manifest of your app, and install the app again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one try found: `tried` and `found` in words, `fix` what to do where `ok` is False, else ""."""

    ok: bool
    tried: str
    found: str
    fix: str = ""

    @classmethod
    def good(cls, tried: str, found: str) -> Finding:
        """It is as it should be."""
        return cls(ok=True, tried=tried, found=found)

    @classmethod
    def wrong(cls, tried: str, found: str, fix: str) -> Finding:
        """It is not, and this sets it right."""
        return cls(ok=False, tried=tried, found=found, fix=fix)


def check(secrets: Secrets, settings: Settings, config: SlackConfig, http: bool = False) -> list[Finding]:
    """Try everything; raise nothing for what is wrong.

    Args:
        secrets: the tokens.
        settings: where the databases and the index are.
        config: slack.toml.
        http: whether Slack is to call the bot, rather than the bot Slack (Socket Mode).
    """
    return list(_findings(secrets, settings, config, http))


def _findings(secrets: Secrets, settings: Settings, config: SlackConfig, http: bool) -> Iterator[Finding]:
    try:
        several = of_several(secrets)
    except WhosaidError as error:
        yield Finding.wrong("SLACK_BOT_TOKEN, or SLACK_CLIENT_ID and SLACK_CLIENT_SECRET", *_halves(error))
    else:
        yield from _several(http) if several else _workspace(secrets, config)
    yield from _called_by_slack(secrets, settings) if http else [_socket(secrets)]
    yield _jobs(settings)
    yield from _corpus(settings, config)


def _several(http: bool) -> Iterator[Finding]:
    tried = "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET"
    if http:
        yield Finding.good(tried, "both are set; whether they are right shows when a workspace installs the app")
    else:
        yield Finding.wrong(
            tried, "both are set, but Socket Mode has no page to install the app at", "run `whosaid slack --http`"
        )


def _workspace(secrets: Secrets, config: SlackConfig) -> Iterator[Finding]:
    tried = "SLACK_BOT_TOKEN"
    try:
        signed_in = sign_in(secrets)
    except WhosaidError as error:
        yield Finding.wrong(tried, *_halves(error))
        return
    yield Finding.good(tried, f"the bot is {signed_in.user} in workspace {signed_in.team}")
    yield _scopes(signed_in, config)
    yield from _places(secrets, signed_in, config)


def _scopes(signed_in: SignedIn, config: SlackConfig) -> Finding:
    tried = "the bot's scopes"
    missing = [scope for scope in scopes(config) if scope not in signed_in.scopes]
    if missing:
        return Finding.wrong(tried, f"the app lacks {', '.join(missing)}", _MANIFEST)
    more = sorted(signed_in.scopes - set(scopes(config)))
    return Finding.good(tried, f"all are there; not needed: {', '.join(more)}" if more else "all are there")


def _places(secrets: Secrets, signed_in: SignedIn, config: SlackConfig) -> Iterator[Finding]:
    """Yield what became of looking up the places that slack.toml names."""
    client = bot_client(secrets)
    for channel in sorted({channel for rule in config.allow for channel in rule.channels}):
        rules = [rule for rule in config.allow if not rule.channels or channel in rule.channels]
        yield _channel(client, channel, any(rule.external for rule in rules))
    for group in sorted({group for rule in config.allow for group in rule.user_groups}):
        yield _group(client, group)
    elsewhere = sorted({team for rule in config.allow for team in rule.workspaces} - {signed_in.team})
    if elsewhere:
        fix = f"correct them; the token is of {signed_in.team}"
        yield Finding.wrong(f"workspaces of {FILE}", f"{', '.join(elsewhere)} not reached by this token", fix)


def _channel(client: WebClient, channel: str, external: bool) -> Finding:
    tried = f"channel {channel} of {FILE}"
    try:
        info = client.conversations_info(channel=channel)["channel"]
    except (SlackApiError, OSError, SlackClientError) as error:
        fix = "correct its id, or invite the bot where the channel is private"
        return Finding.wrong(tried, f"it cannot be looked up ({_code(error)})", fix)
    if any(info.get(flag) for flag in ("is_ext_shared", "is_pending_ext_shared", "pending_shared")) and not external:
        fix = "give a rule for it external = true if it is to be answered there"
        return Finding.wrong(tried, "it is shared with another organisation, where the bot says nothing", fix)
    return Finding.good(tried, f"it is #{info.get('name', channel)}")


def _group(client: WebClient, group: str) -> Finding:
    tried = f"user group {group} of {FILE}"
    try:
        users = client.usergroups_users_list(usergroup=group)["users"]
    except (SlackApiError, OSError, SlackClientError) as error:
        return Finding.wrong(tried, f"it cannot be looked up ({_code(error)})", "correct its id (S...)")
    return Finding.good(tried, f"people in it: {len(users)}")


def _socket(secrets: Secrets) -> Finding:
    def ask() -> str:
        connection(secrets)
        return "Slack opens connections"

    return _told("SLACK_APP_TOKEN", ask)


def _called_by_slack(secrets: Secrets, settings: Settings) -> Iterator[Finding]:
    tried = "SLACK_SIGNING_SECRET"
    try:
        signing_secret(secrets)
        yield Finding.good(tried, "it is set; whether it is the app's own shows when Slack calls")
    except WhosaidError as error:
        yield Finding.wrong(tried, *_halves(error))
    tried, url = "public_url", settings.public_url
    if url is None:
        fix = "set it to the https:// address of your proxy, the one given to `whosaid slack manifest --http`"
        yield Finding.wrong(tried, "it is not set", fix)
        return
    if not url.startswith("https://"):
        yield Finding.wrong(tried, f"{url} is no https:// address, and Slack calls no other", "serve it by TLS")
        return
    at = f"{url.rstrip('/')}/healthz"
    try:
        with urllib.request.urlopen(at, timeout=TIMEOUT) as response:
            yield Finding.good(tried, f"{at} said {response.status}")
    except OSError as error:
        fix = "run `whosaid slack --http` and let the proxy pass requests on to it"
        yield Finding.wrong(tried, f"{at} did not answer: {in_words(error)}", fix)


def _jobs(settings: Settings) -> Finding:
    def write() -> str:
        with closing(Store.open(settings.jobs_url())) as store:
            store.expire(0.0)  # the writer's place is taken and nothing is erased: no job is that old
        return "it opens and can be written"

    return _told("the job database", write)


def _corpus(settings: Settings, config: SlackConfig) -> Iterator[Finding]:
    tried = "catalogue and index"
    if not settings.ingested():
        found = f"there is nothing in {settings.place().folder} yet"
        yield Finding.wrong(tried, found, "read articles with `whosaid ingest`, or name another home with --home")
        return
    try:
        engine = Whosaid(settings)
    except WhosaidError as error:
        yield Finding.wrong(tried, *_halves(error))
        return
    with closing(engine):
        known = engine.catalogue.collections()
        yield Finding.good(tried, f"open; collections: {', '.join(sorted(known)) or 'none'}")
        named = {name for rule in config.allow for name in rule.collections or ()}
        yield from _unknown("collections", named - set(known), known)
        outlets = engine.catalogue.outlets()
        named = {name for rule in config.allow for name in rule.outlets or ()}
        yield from _unknown("outlets", {name for name in named if not _spelt(engine, name) & set(outlets)}, outlets)


def _spelt(engine: Whosaid, outlet: str) -> frozenset[str]:
    """Return an outlet as the articles write it, by whichever of its names a rule has it."""
    with engine.opener.reading() as opened:
        scope = opened.within(Scope(outlets=frozenset({outlet}))) if opened else None
    return (scope.outlets if scope else None) or frozenset({outlet})


def _unknown(what: str, unknown: Iterable[str], known: Iterable[str]) -> Iterator[Finding]:
    """Yield that slack.toml names what the corpus does not have, each name with the nearest that it has."""
    there = {name.casefold(): name for name in known}
    near = {name: get_close_matches(name.casefold(), there, 1) for name in sorted(unknown)}
    if near:
        told = (f"{name!r} (nearest: {there[alike[0]]!r})" if alike else repr(name) for name, alike in near.items())
        fix = "correct the names: by such a name nothing is seen"
        yield Finding.wrong(f"{what} of {FILE}", f"the corpus does not have {', '.join(told)}", fix)


def _told(tried: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding.good(tried, look())
    except WhosaidError as error:
        return Finding.wrong(tried, *_halves(error))


def _halves(error: WhosaidError) -> tuple[str, str]:
    """Return what an error found and what it says to do: the project's errors end in it, after a semicolon."""
    found, _, fix = str(error).rpartition("; ")
    return (found, fix) if found else (fix, "docs/slack.md tells how it is set up")


def _code(error: Exception) -> str:
    return str(error.response["error"]) if isinstance(error, SlackApiError) else in_words(error)
