"""Who may see what, asked of a Slack that tells, changes its mind, or cannot tell."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

import pytest
from pydantic import SecretStr

from bot.settings import Secrets
from bot.slack.access import (
    NOTHING,
    SHARED,
    UNCHECKED_CHANNEL,
    UNCHECKED_GROUPS,
    Access,
    Allowed,
    Asker,
    Denied,
    asker_of,
    audience,
    audience_of_channel,
)
from bot.slack.calls import Clients
from bot.slack.config import SlackConfig
from bot.slack.directory import SECONDS, Directory
from corpus.catalogue.scope import Scope
from corpus.errors import UsageError
from tests.fake_slack import FakeSlack

TEAM = "T0WHOSAID"
RULES = """
[[allow]]
user_groups = ["SGUESTS"]
nothing = true

[[allow]]
channels = ["CPRESS"]
collections = ["press"]
outlets = ["The Ledger"]
since = 2041-01-01

[[allow]]
user_groups = ["SDESK", "SDESK2"]
collections = ["press", "vault"]

[[allow]]
channels = ["CPARTNER", "CPRESS"]
external = true
collections = ["partner"]

[[allow]]
channels = ["CDESK"]
user_groups = ["SDESK"]

[[allow]]
workspaces = ["T0WHOSAID"]
collections = ["open"]
"""
PRESS = Allowed(Scope(frozenset({"press"}), frozenset({"The Ledger"}), since=date(2041, 1, 1)))
DESK = Allowed(Scope(frozenset({"press", "vault"})))
PARTNER = Allowed(Scope(frozenset({"partner"})))
OPEN = Allowed(Scope(frozenset({"open"})))


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as fake:
        for channel in ("CPRESS", "CDESK", "CMAIN"):
            fake.channel(channel)
        fake.channel("CPARTNER", external=True)
        fake.channel("CGUESTS", external=True)
        fake.channel("CCLOSED", private=True, bot=False)
        fake.usergroup("SGUESTS", ["UGUEST"])
        fake.usergroup("SDESK", ["UDESK"])
        yield fake


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def access_of(slack: FakeSlack, rules: str = RULES, now: Callable[[], float] | None = None) -> Access:
    secrets = Secrets.model_construct(slack_bot_token=SecretStr(slack.settings.bot_token), slack_api_url=slack.url)
    config = SlackConfig.model_validate(tomllib.loads(rules))
    return Access(config.allow, Directory(Clients(secrets).call, now or Clock()))


def asker(channel: str | None, user: str = "UDESK", private: bool = False) -> Asker:
    return Asker(team=TEAM, channel=channel, user=user, private=private)


def test_the_first_rule_that_fits_holds(slack: FakeSlack) -> None:
    access = access_of(slack)
    for who, wanted in (
        (asker("CPRESS"), PRESS),
        (asker("CPRESS", private=True), PRESS),  # the place goes before the group, in the order of the file
        (asker("CMAIN"), OPEN),  # others read along: the desk's view is not for them
        (asker("CMAIN", private=True), DESK),
        (asker("D1", private=True), DESK),
        (asker(None, private=True), DESK),
        (asker("D1", "UOTHER", private=True), OPEN),
        (asker("CDESK"), Allowed(Scope())),
        (asker("CDESK", "UOTHER"), OPEN),
        (asker("CPARTNER"), PARTNER),
        (replace(asker("CPRESS"), shared=True), PARTNER),  # the event told first
        (asker("CGUESTS"), Denied(SHARED)),
        (replace(asker("D1", "UOTHER", private=True), shared=True), Denied(SHARED)),
        (asker("D1", "UGUEST", private=True), Denied(NOTHING)),
        (asker("CMAIN", "UGUEST"), Denied(NOTHING)),  # what is forbidden to a group is so everywhere
        (replace(asker(None, "UOTHER", private=True), team="TELSE"), Denied(NOTHING)),
    ):
        assert access.scope(who) == wanted, who


def test_without_a_file_all_is_seen_but_in_external_channels(slack: FakeSlack) -> None:
    access = access_of(slack, "")
    assert access.scope(asker("CMAIN")) == access.scope(asker("D1", private=True)) == Allowed(Scope())
    assert access.scope(asker("CPARTNER")) == access.scope(asker("CPARTNER", private=True)) == Denied(SHARED)
    assert not slack.calls("usergroups.users.list")
    assert [call.args["channel"] for call in slack.calls("conversations.info")] == ["CMAIN", "CPARTNER"], "asked once"


def test_what_slack_cannot_tell_is_denied_and_asked_again(slack: FakeSlack) -> None:
    access = access_of(slack)
    assert access.scope(asker("CCLOSED", "UOTHER")) == Denied(UNCHECKED_CHANNEL)  # the bot is not in it
    slack.faults.error("usergroups.users.list", "missing_scope", times=1)
    fresh = access_of(slack)
    assert fresh.scope(asker("CPRESS")) == Denied(UNCHECKED_GROUPS), "a guest may be asking"
    assert fresh.scope(asker("CPRESS")) == PRESS
    slack.faults.ratelimited("conversations.info", retry_after=7, times=1)
    late = fresh.scope(asker("CMAIN"))
    assert isinstance(late, Denied) and late.message == UNCHECKED_CHANNEL and late.until is not None
    slack.faults.drop_after("conversations.info", times=1)
    broken = fresh.scope(asker("CDESK", "UOTHER"))
    assert isinstance(broken, Denied) and broken.until is not None


def test_what_slack_said_is_believed_for_five_minutes(slack: FakeSlack) -> None:
    clock = Clock()
    access = access_of(slack, now=clock)
    assert access.scope(asker("CMAIN")) == OPEN and access.scope(asker("D1", private=True)) == DESK
    slack.channel("CMAIN", external=True)
    slack.usergroup("SDESK", [])
    clock.now = SECONDS - 1
    assert access.scope(asker("CMAIN")) == OPEN and access.scope(asker("D1", private=True)) == DESK
    clock.now = SECONDS
    assert access.scope(asker("CMAIN")) == Denied(SHARED) and access.scope(asker("D1", private=True)) == OPEN
    clock.now = 3 * SECONDS
    slack.faults.error("conversations.info", "internal_error")
    assert isinstance(access.scope(asker("CMAIN")), Denied), "what was known before does not count for ever"


def test_a_link_is_for_the_place_and_for_the_person_only_where_nobody_else_reads(slack: FakeSlack) -> None:
    access, made = access_of(slack), set[str]()
    for who in (asker("CPRESS"), asker("D1", private=True), asker(None, "UOTHER", private=True), asker("CPARTNER")):
        link = audience(who)
        reader = asker_of(link)
        assert reader == (who if who.private else replace(who, user=""))
        assert access.scope(reader) == access.scope(who)
        made.add(link)
    assert len(made) == 4 and audience_of_channel(TEAM, "CPRESS") in made
    grid = replace(asker("D1", private=True), enterprise="E1", shared=True)
    assert asker_of(audience(grid)) == grid
    assert access.scope(asker_of(audience(asker("CDESK")))) == OPEN, "a link in a channel is in nobody's group"
    for wrong in ("", "T1", "T1.C1", ".....", "..C1..", "T1..C1.U1.x.y", "T1..C 1..", "T1\n..C1.."):
        with pytest.raises(UsageError):
            asker_of(wrong)
    with pytest.raises(UsageError):
        audience(asker("C1.D2"))
