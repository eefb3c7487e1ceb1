"""The manifest and what the app listens to and calls are one."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from slack_bolt import BoltRequest

from bot.commands.slack import manifest as print_manifest
from bot.settings import Secrets, Settings
from bot.slack.app import make_app
from bot.slack.config import Rule, SlackConfig
from bot.slack.listeners import LISTENERS
from bot.slack.manifest import events, manifest, scopes
from bot.slack.store import Store
from corpus.errors import UsageError

from ...fake_slack import FakeSlack

QUIET = SlackConfig(follow_ups=False, edits=False, deletions=False)
GROUPS = SlackConfig(allow=(Rule(user_groups=("S0LEGAL",)),))
URL = "https://bot.example.org/"

# https://docs.slack.dev/reference/events and /reference/methods: the scope for each, None where none is asked.
EVENT_SCOPES = {
    "agent_session_stopped": None,
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
}
METHOD_SCOPES: dict[str, tuple[str, ...]] = {
    "agents.sessions.setStatus": ("chat:write", "assistant:write"),
    "assistant.threads.setStatus": ("assistant:write",),
    "assistant.threads.setSuggestedPrompts": ("assistant:write",),
    "apps.connections.open": (),  # an app-level token's
    "api.test": (),
    "auth.test": (),
    "chat.appendStream": ("chat:write",),
    "chat.delete": ("chat:write",),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.startStream": ("chat:write",),
    "chat.stopStream": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.history": ("channels:history", "groups:history", "im:history", "mpim:history"),
    "conversations.info": ("channels:read", "groups:read", "mpim:read"),
    "conversations.open": ("im:write",),
    "conversations.replies": ("channels:history", "groups:history", "im:history", "mpim:history"),
    "views.open": (),
    "views.publish": (),
    "views.push": (),
    "views.update": (),
}
FAMILIES = "|".join(
    sorted({name.split(".")[0] for name in METHOD_SCOPES} | {"users", "usergroups", "reactions", "files"})
)


@pytest.fixture(scope="module")
def called() -> set[str]:
    """Every method of the Web API that the bot's source names."""
    name = re.compile(rf"\"((?:{FAMILIES})\.[a-zA-Z.]+)\"")
    folder = Path(__file__).parents[3] / "bot" / "slack"
    found = {match for file in folder.rglob("*.py") for match in name.findall(file.read_text("utf-8"))}
    assert "chat.postMessage" in found
    return found


def test_scopes_are_those_of_what_is_heard_and_called(called: set[str]) -> None:
    heard = {scope for event in events(SlackConfig()) if (scope := EVENT_SCOPES[event])}
    needed = {scope for method in called - {"usergroups.users.list"} for scope in METHOD_SCOPES[method]}
    assert scopes(SlackConfig()) == sorted(heard | needed | {"commands"})
    assert set(scopes(GROUPS)) - set(scopes(SlackConfig())) == {"usergroups:read"}


def test_what_slack_toml_turns_off_is_not_asked_for() -> None:
    assert set(events(SlackConfig())) - set(events(QUIET)) == {"message.channels", "message.groups", "message.mpim"}


def test_it_has_slacks_form(caplog: pytest.LogCaptureFixture) -> None:
    socket, http = manifest(SlackConfig(), None), manifest(SlackConfig(), URL, several=True)
    assert socket["settings"]["socket_mode_enabled"] and not http["settings"]["socket_mode_enabled"]
    assert "request_url" not in str(socket) and not socket["settings"]["token_rotation_enabled"]
    assert http["settings"]["token_rotation_enabled"] and not http["settings"]["org_deploy_enabled"]
    at = "https://bot.example.org/slack/events"
    subscribed = http["settings"]["event_subscriptions"]
    assert [subscribed["request_url"], http["settings"]["interactivity"]["request_url"]] == [at, at]
    assert http["features"]["slash_commands"][0]["url"] == at
    assert http["oauth_config"]["redirect_urls"] == ["https://bot.example.org/slack/oauth_redirect"]
    assert set(subscribed["bot_events"]) - set(events(SlackConfig())) == {"app_uninstalled", "tokens_revoked"}
    assert "agent_view" in socket["features"] and "assistant_view" not in socket["features"]
    told = socket["display_information"]
    assert len(told["name"]) <= 35 and len(told["description"]) <= 140 and 174 <= len(told["long_description"]) <= 4000
    assert all(len(one["name"]) <= 24 and len(one["description"]) <= 150 for one in socket["features"]["shortcuts"])


def payloads(made: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What Slack sends to an app of this manifest, as little of each as shows whether somebody listens."""
    for event in made["settings"]["event_subscriptions"]["bot_events"]:
        kind, _, place = event.partition(".")
        told = {"type": kind, "channel_type": place or None, "channel": "C1", "ts": "1.1", "event_ts": "1.1"}
        yield {"type": "event_callback", "event": {**told, "user": "U0ANN", "thread_ts": "1.0"}}
    person, place = {"id": "U0ANN"}, {"id": "C1"}
    for command in made["features"]["slash_commands"]:
        yield {"command": command["command"], "user_id": "U0ANN", "channel_id": "C1", "trigger_id": "1", "text": ""}
    for shortcut in made["features"]["shortcuts"]:
        parts = {"callback_id": shortcut["callback_id"], "message": {"ts": "1.1"}, "channel": place, "user": person}
        yield {"type": f"{shortcut['type']}_action", "trigger_id": "1", **parts}


def test_somebody_listens_to_all_that_it_brings(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    sent = [{"team_id": "T0WHOSAID", **body} for body in payloads(manifest(SlackConfig(), None))]
    subscribed = {name for one in LISTENERS if one.what == "event" for name, *_ in one.subscriptions}
    assert {name.split(".")[0] for name in subscribed} == {one.name for one in LISTENERS if one.what == "event"}
    with FakeSlack() as slack, closing(Store.open(f"sqlite:///{tmp_path / 'slack.sqlite'}")) as store:
        secrets = Secrets.model_validate({"slack_bot_token": "xoxb-fake-1", "slack_api_url": slack.url})
        app = make_app(secrets, SlackConfig(), store.jobs, lambda lane: None)
        with caplog.at_level(logging.WARNING):
            said = [app.dispatch(BoltRequest(mode="socket_mode", body=body)) for body in sent]
            assert [(one.status, one.body) for one in said] == [(200, "")] * len(sent)
            assert not caplog.records
            app.dispatch(
                BoltRequest(mode="socket_mode", body={"type": "event_callback", "event": {"type": "pin_added"}})
            )
            assert "nothing listens" in caplog.text


@pytest.mark.parametrize(
    "given", ["foo", "ftp://bot.example.org", "https://", "https://a b", "https://a:x", "https://a?b"]
)
def test_an_address_that_is_none_is_refused(tmp_path: Path, given: str) -> None:
    with pytest.raises(UsageError, match="which is no address of a server; write https://HOST"):
        print_manifest(Settings(home=tmp_path), given, several=False)


def test_an_address_that_slack_does_not_call_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert print_manifest(Settings(home=tmp_path), "HTTPS://bot.example.org:8443/x/", several=False) == 0
    said = capsys.readouterr()
    assert said.err == "" and "//bot.example.org:8443/x/slack/events" in said.out
    assert print_manifest(Settings(home=tmp_path), "http://localhost:8080", several=False) == 0
    assert "https:// addresses only, and http://localhost:8080 is none" in capsys.readouterr().err
