"""Who may see what: the first rule of ``slack.toml`` that fits. It is asked again at every button, modal and link.

Whatever a decision needs and Slack cannot tell, it is denied: to go on to the next rule as if this one did not fit
would show somebody what an earlier, narrower one withholds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.slack.config import Rule
from bot.slack.directory import Directory, Unknown
from corpus.catalogue.scope import Scope
from corpus.errors import UsageError

NOTHING = "Nothing may be shown here: whoever runs this bot has not allowed it for this place and these people."
SHARED = (
    "Nothing may be shown in this channel, because people of another organisation read it; whoever runs this bot can "
    "allow it."
)
UNCHECKED_CHANNEL = (
    "Nothing is shown, because Slack could not say whether people of another organisation read this channel; invite "
    "the bot to it, or try again in a minute."
)
UNCHECKED_GROUPS = "Nothing is shown, because Slack could not say which user groups you are in; try again in a minute."

_ID = re.compile(r"[A-Za-z0-9_-]*")
_SHARED = "shared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks, and who reads along.

    Args:
        team: the workspace's id.
        channel: the channel's id; None where there is none (App Home).
        user: the user's id; "" where nobody in particular asks (a link that was posted in a channel).
        private: whether nobody but the user reads the answer: a direct message with the bot, the agent view, what is
            ephemeral, App Home, a modal.
        shared: whether Slack's event told that people of other organisations read the channel.
        enterprise: the organisation's id, in Enterprise Grid.
    """

    team: str
    channel: str | None
    user: str
    private: bool
    shared: bool = False
    enterprise: str | None = None


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may be seen."""

    scope: Scope


@dataclass(frozen=True, slots=True)
class Denied:
    """Nothing may be seen; `message` says so, and why, in a sentence.

    `until` is set where Slack could not be asked just now: the Unix time from which it may be asked again.
    """

    message: str
    until: float | None = None


class Access:
    """The rules of ``slack.toml``, with what Slack knows of channels and people."""

    def __init__(self, rules: Sequence[Rule], directory: Directory) -> None:
        """Decide by `rules` (``[[allow]]``), in their order."""
        self._rules, self._directory = tuple(rules), directory

    def scope(self, asker: Asker) -> Allowed | Denied:
        """Return what the asker may see, by the first rule that fits."""
        shut_out = False  # by nothing but that others read the channel
        for rule in self._rules:
            if not _is_for(rule, asker):
                continue
            try:
                if rule.user_groups and not self._in_one(asker, rule.user_groups):
                    continue
            except Unknown as unknown:
                return Denied(UNCHECKED_GROUPS, unknown.until)
            if rule.nothing:
                return Denied(NOTHING)
            try:
                if rule.external or not self._external(asker):
                    return Allowed(_scope_of(rule))
            except Unknown as unknown:
                return Denied(UNCHECKED_CHANNEL, unknown.until)
            shut_out = True
        return Denied(SHARED if shut_out else NOTHING)

    def _in_one(self, asker: Asker, groups: Sequence[str]) -> bool:
        """Tell whether the user is in one of these groups (Unknown as `Directory.members`)."""
        return bool(asker.user) and any(
            asker.user in self._directory.members(asker.team, asker.enterprise, group) for group in groups
        )

    def _external(self, asker: Asker) -> bool:
        """Tell whether people of other organisations may read along (Unknown as `Directory.external`)."""
        if asker.shared or asker.channel is None:
            return asker.shared
        if asker.private and asker.channel.startswith("D"):  # with the bot alone; Slack tells apps nothing of it
            return False
        return self._directory.external(asker.team, asker.enterprise, asker.channel)


def _is_for(rule: Rule, asker: Asker) -> bool:
    """Tell whether a rule is for that place, whoever asks.

    One for user groups that names no channel shows its members more only where nobody else reads; what it forbids
    them, it forbids everywhere.
    """
    if rule.workspaces and asker.team not in rule.workspaces:
        return False
    if rule.channels:
        return asker.channel in rule.channels
    return asker.private or rule.nothing or not rule.user_groups


def _scope_of(rule: Rule) -> Scope:
    return Scope(
        collections=None if rule.collections is None else frozenset(rule.collections),
        outlets=None if rule.outlets is None else frozenset(rule.outlets),
        since=rule.since,
        until=rule.until,
    )


def audience(asker: Asker) -> str:
    """Return for whom a link is made, never "": the place, and the user only where nobody else reads along."""
    user = asker.user if asker.private else ""
    shared = (
        _SHARED if user and asker.shared else ""
    )  # of a channel Slack is asked again, of a direct message it cannot be
    parts = (asker.team, asker.enterprise or "", asker.channel or "", user, shared)
    if not asker.team or not all(_ID.fullmatch(part) for part in parts):
        raise UsageError("cannot make a link for this asker: an id of Slack's has characters that none has")
    return ".".join(parts)


def audience_of_channel(team: str, channel: str, enterprise: str | None = None) -> str:
    """Return for whom the links are made that are posted in a channel (UsageError as `audience`)."""
    return audience(Asker(team=team, channel=channel, user="", private=False, enterprise=enterprise))


def asker_of(audience: str) -> Asker:
    """Return who reads by a link, to be asked for with `Access.scope` when it is opened.

    Raises:
        UsageError: it is no audience of Slack's.
    """
    parts = audience.split(".")
    if len(parts) != 5 or not parts[0] or not all(_ID.fullmatch(part) for part in parts):
        raise UsageError("this link was made for nobody in Slack; ask the bot again for a new one")
    team, enterprise, channel, user, shared = parts
    return Asker(
        team=team,
        channel=channel or None,
        user=user,
        private=bool(user),
        shared=shared == _SHARED,
        enterprise=enterprise or None,
    )
