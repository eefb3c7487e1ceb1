"""``whosaid slack check`` names each fault, and what to do about it."""

from __future__ import annotations

import re
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.settings import Secrets, Settings
from bot.slack.check import Finding, check
from bot.slack.config import Rule, SlackConfig, read_config
from bot.slack.manifest import scopes
from bot.slack.store import Store
from corpus.errors import UsageError

from ...fake_slack import FakeSlack

ALL = SlackConfig(allow=(Rule(channels=("C0NEWS",), user_groups=("S0LEGAL",), workspaces=("T0WHOSAID",)),))


@pytest.fixture(scope="module")
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as slack:
        slack.scopes(scopes(ALL))
        slack.channel("C0NEWS", name="news")
        slack.channel("C0OUT", external=True)
        slack.usergroup("S0LEGAL", ["U0ANN"])
        yield slack


def secrets_of(slack: FakeSlack, **more: Any) -> Secrets:
    given: dict[str, Any] = {"slack_bot_token": "xoxb-fake-1", "slack_app_token": "xapp-1-fake"}
    return Secrets.model_validate(given | {"slack_api_url": slack.url} | more)


def settings_of(home: Path, folder: Path, **more: Any) -> Settings:
    return Settings(home=home, **({"jobs": f"sqlite:///{folder / 'slack.sqlite'}"} | more))


def test_where_nothing_is_wrong_it_says_what_there_is(slack: FakeSlack, sample_home: Path, tmp_path: Path) -> None:
    found = check(secrets_of(slack), settings_of(sample_home, tmp_path), ALL)
    assert [one for one in found if not one.ok] == []
    assert [one.tried for one in found] == [
        "SLACK_BOT_TOKEN",
        "the bot's scopes",
        "channel C0NEWS of slack.toml",
        "user group S0LEGAL of slack.toml",
        "SLACK_APP_TOKEN",
        "the job database",
        "catalogue and index",
    ]
    assert found[0].found == "the bot is U0BOT in workspace T0WHOSAID" and found[2].found == "it is #news"
    typo = SlackConfig(allow=(Rule(collections=("defualt",), outlets=("Northern Wyre", "Qqqq", "Northern Wire")),))
    fix = "correct the names: by such a name nothing is seen"
    assert check(secrets_of(slack), settings_of(sample_home, tmp_path), typo)[-2:] == [
        Finding.wrong("collections of slack.toml", "the corpus does not have 'defualt' (nearest: 'default')", fix),
        Finding.wrong(
            "outlets of slack.toml", "the corpus does not have 'Northern Wyre' (nearest: 'Northern Wire'), 'Qqqq'", fix
        ),
    ]


def closed_port() -> str:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}/api/"


FAULTS: list[tuple[str, dict[str, Any], dict[str, Any], SlackConfig, str, str]] = [
    ("SLACK_BOT_TOKEN, or", {"slack_bot_token": None}, {}, ALL, "is not set", "copy the Bot User OAuth Token"),
    ("SLACK_BOT_TOKEN", {"slack_bot_token": "xoxb-nobody"}, {}, ALL, "invalid_auth", "copy the Bot User OAuth Token"),
    ("SLACK_BOT_TOKEN", {"slack_api_url": closed_port()}, {}, ALL, "cannot reach Slack at", "check the network"),
    ("SLACK_BOT_TOKEN", {"slack_bot_token": "xapp-1-x"}, {}, ALL, "holds an app-level token", "set it to that"),
    ("SLACK_APP_TOKEN", {"slack_app_token": "xoxb-1-x"}, {}, ALL, "holds a bot token", "set it to that"),
    ("SLACK_BOT_TOKEN", {"slack_api_url": "http://no.invalid/"}, {}, ALL, "cannot be resolved", "check the network"),
    ("SLACK_BOT_TOKEN, or", {"slack_client_id": "1"}, {}, ALL, "SLACK_CLIENT_SECRET is not set", "see docs/slack.md"),
    (
        "SLACK_BOT_TOKEN, or",
        {"slack_client_id": "1", "slack_client_secret": "2"},
        {},
        ALL,
        "for several, and all are set",
        "unset what is not meant",
    ),
    (
        "SLACK_CLIENT_ID",
        {"slack_bot_token": None, "slack_client_id": "1", "slack_client_secret": "2"},
        {},
        ALL,
        "Socket Mode has no page",
        "run `whosaid slack --http`",
    ),
    ("SLACK_APP_TOKEN", {"slack_app_token": None}, {}, ALL, "is not set", "make an app-level token"),
    ("SLACK_APP_TOKEN", {"slack_app_token": "xapp-nobody"}, {}, ALL, "invalid_auth", "turn Socket Mode on"),
    ("the job database", {}, {"jobs": "sqlite:////proc/none/slack.sqlite"}, ALL, "/proc/none", ""),
    ("the job database", {}, {"jobs": "nonsense"}, ALL, "no database URL", "write sqlite:///FILE"),
    ("catalogue and index", {}, {}, ALL, "there is nothing in", "whosaid ingest"),
    ("channel C0NONE", {}, {}, SlackConfig(allow=(Rule(channels=("C0NONE",)),)), "channel_not_found", "invite the bot"),
    (
        "channel C0OUT",
        {},
        {},
        SlackConfig(allow=(Rule(channels=("C0OUT",)),)),
        "another organisation",
        "external = true",
    ),
    (
        "user group S0NONE",
        {},
        {},
        SlackConfig(allow=(Rule(user_groups=("S0NONE",)),)),
        "no_such_subteam",
        "correct its id",
    ),
    ("workspaces", {}, {}, SlackConfig(allow=(Rule(workspaces=("T0ELSE",)),)), "T0ELSE", "T0WHOSAID"),
]


@pytest.mark.parametrize(("tried", "secrets", "settings", "config", "found", "fix"), FAULTS)
def test_a_fault_is_named_with_what_to_do(
    slack: FakeSlack,
    tmp_path: Path,
    tried: str,
    secrets: dict[str, Any],
    settings: dict[str, Any],
    config: SlackConfig,
    found: str,
    fix: str,
) -> None:
    said = check(secrets_of(slack, **secrets), settings_of(tmp_path, tmp_path, **settings), config)
    (wrong,) = [one for one in said if one.tried.startswith(tried) and not one.ok]
    assert found in wrong.found and fix in wrong.fix and wrong.fix
    assert not re.search(r"(xoxb|xapp)-[\w]", wrong.found)


def test_a_missing_scope_is_named(slack: FakeSlack, tmp_path: Path) -> None:
    less = [scope for scope in scopes(ALL) if scope != "chat:write"]
    slack.scopes([*less, "users:read"])
    try:
        said = check(secrets_of(slack), settings_of(tmp_path, tmp_path), ALL)
    finally:
        slack.scopes(scopes(ALL))
    (found,) = [one for one in said if one.tried == "the bot's scopes"]
    assert not found.ok and found.found == "the app lacks chat:write" and "whosaid slack manifest" in found.fix


@pytest.mark.parametrize(
    ("secrets", "settings", "tried", "found"),
    [
        ({}, {}, "SLACK_SIGNING_SECRET", "is not set"),
        ({"slack_signing_secret": "s"}, {}, "public_url", "it is not set"),
        ({"slack_signing_secret": "s"}, {"public_url": "http://bot.example.org"}, "public_url", "no https:// address"),
        ({"slack_signing_secret": "s"}, {"public_url": "https://127.0.0.1:1"}, "public_url", "did not answer"),
    ],
)
def test_http_needs_a_secret_and_an_address(
    slack: FakeSlack, tmp_path: Path, secrets: dict[str, Any], settings: dict[str, Any], tried: str, found: str
) -> None:
    said = check(secrets_of(slack, **secrets), settings_of(tmp_path, tmp_path, **settings), SlackConfig(), http=True)
    (wrong,) = [one for one in said if one.tried == tried and not one.ok]
    assert found in wrong.found and wrong.fix
    assert not [one for one in said if one.tried == "SLACK_APP_TOKEN"]


def test_a_job_database_of_a_newer_whosaid_is_told(slack: FakeSlack, tmp_path: Path) -> None:
    file = tmp_path / "slack.sqlite"
    Store.open(f"sqlite:///{file}").close()
    with closing(sqlite3.connect(file)) as other:
        other.execute("UPDATE slack_meta SET value = '999'")
        other.commit()
    said = check(secrets_of(slack), settings_of(tmp_path, tmp_path), SlackConfig())
    (wrong,) = [one for one in said if one.tried == "the job database"]
    assert not wrong.ok and "999" in wrong.found


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ('[allow]\nchannels = ["C1"]', "write each rule below a line of its own, [[allow]], with double brackets"),
        (
            '[[allow]]\nchannels = "C1"',
            'channels in [[allow]] number 1 is "C1", and must be a list; write channels = ["C1"]',
        ),
        ('[[allow]]\nchanels = ["C1"]', "there is no key chanels in [[allow]] number 1; did you mean channels?"),
        ("user_a_minute = 3", "there is no key user_a_minute at the top of the file; it belongs below [limits]"),
        ("[limits]\nwaiting = 0", "waiting in [limits] is 0; write a whole number, at least 1"),
        ('stream = "ja"', 'stream at the top of the file is "ja"; write true or false'),
        ("limits = 5", "limits is 5, and must be a table; write its keys below a line [limits]"),
        ('[[allow]]\nsince = "x"', 'since in [[allow]] number 1 is "x"; write a day, as 2024-01-31'),
        ("[[allow]]\noutlets = [1]", "outlets in [[allow]] number 1 has 1 in it; write texts in quotation marks"),
        ("[[allow]]\nsince = 2024-01-02\nuntil = 2024-01-01", "since (2024-01-02) is after until (2024-01-01)"),
    ],
)
def test_a_fault_of_slack_toml_is_told_in_words(tmp_path: Path, written: str, told: str) -> None:
    (tmp_path / "slack.toml").write_text(written, "utf-8")
    with pytest.raises(UsageError) as raised:
        read_config(tmp_path)
    assert told in str(raised.value) and str(tmp_path / "slack.toml") in str(raised.value)
