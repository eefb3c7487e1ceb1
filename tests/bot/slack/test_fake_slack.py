"""The fake Slack, seen by the real slack_sdk and slack_bolt: what it takes, refuses, and loses on purpose."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.models.messages.chunk import BlocksChunk, MarkdownTextChunk
from slack_sdk.webhook import WebhookClient

from ...fake_slack import FakeSlack
from .talking import MODAL, SECTION, THUMBS, refused, web


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack(ack_seconds=0.3, rate_limits=False) as running:
        yield running


def test_messages_are_kept_as_slack_keeps_them(slack: FakeSlack) -> None:
    client, ada = web(slack), slack.user("U1")
    root = ada.writes("C1", "hello")
    metadata = {"event_type": "answer", "event_payload": {"job": 7}}
    args: dict[str, Any] = {"channel": "C1", "thread_ts": root, "text": "a <!here> & <@U1>", "blocks": [SECTION]}
    first = client.chat_postMessage(**args, metadata=metadata, unfurl_links=False)["ts"]
    second = client.chat_postMessage(channel="C1", thread_ts=first, text="@channel is nothing")["ts"]
    assert root < first < second and [said.ts for said in slack.thread("C1", root)] == [first, second]
    assert {(ping.kind, ping.target) for ping in slack.pings} == {("here", "here"), ("user", "U1")}

    found = client.conversations_replies(channel="C1", ts=root, limit=2)
    assert "metadata" not in found["messages"][1] and found["messages"][1]["blocks"][0]["block_id"]
    rest = client.conversations_replies(channel="C1", ts=root, cursor=found["response_metadata"]["next_cursor"])
    assert [said["ts"] for said in rest["messages"]] == [second]
    told = client.conversations_replies(channel="C1", ts=root, oldest=root, include_all_metadata=True)
    assert told["messages"][1]["metadata"] == metadata

    client.chat_update(channel="C1", ts=first, text="better")
    assert slack.message("C1", first).text == "better" and slack.message("C1", first).blocks  # kept, as documented
    client.chat_delete(channel="C1", ts=second)
    client.chat_postEphemeral(channel="C1", user="U1", text="only you")
    assert [said.text for said in ada.ephemeral()] == ["only you"] and len(slack.thread("C1", root)) == 1


def test_what_slack_would_refuse_is_refused(slack: FakeSlack) -> None:
    client = web(slack)
    ours = client.chat_postMessage(channel=slack.channel("C1").id, text="x")["ts"]
    theirs = slack.user("U1").writes("C1", "mine")
    slack.channel("C2", bot=False), slack.channel("C3", bot=False, private=True)
    for channel, code in [("C9", "channel_not_found"), ("C2", "not_in_channel"), ("C3", "channel_not_found")]:
        with refused(code):
            client.chat_postMessage(channel=channel, text="x")
    with refused("no_text"):
        client.api_call("chat.postMessage", json={"channel": "C1"})
    with refused("msg_too_long"):
        client.chat_update(channel="C1", ts=ours, text="x" * 4001)
    with refused("invalid_blocks"):
        client.chat_postMessage(channel="C1", text="x", blocks=[{"type": "header", "text": SECTION["text"]}])
    with refused("cant_update_message"):
        client.chat_update(channel="C1", ts=theirs, text="x")
    with refused("message_not_found"):
        client.chat_update(channel="C1", ts="1.000000", text="x")
    with refused("thread_not_found"):
        client.conversations_replies(channel="C1", ts="1.000000")
    with refused("invalid_auth"):
        web(slack, "xoxb-other").auth_test()
    with refused("not_allowed_token_type"):
        web(slack, slack.settings.app_token).chat_postMessage(channel="C1", text="x")
    slack.scopes({"commands"})
    with pytest.raises(SlackApiError) as error:
        client.chat_postMessage(channel="C1", text="x")
    answer = error.value.response
    assert (answer["error"], answer["needed"], answer["provided"]) == ("missing_scope", "chat:write", "commands")
    slack.expire_tokens()
    with refused("token_expired"):
        client.auth_test()


def test_rates_are_limited_on_a_clock_of_their_own() -> None:
    with FakeSlack(rate_speed=1e-6) as slack:
        client = web(slack)
        for channel in ("C1", "C2"):
            slack.channel(channel)
            for _ in range(3):
                client.chat_postMessage(channel=channel, text="x")
        with pytest.raises(SlackApiError) as error:
            client.chat_postMessage(channel="C1", text="x")
        assert error.value.response.status_code == 429
        assert int(error.value.response.headers["Retry-After"]) > 60
        slack.settings.rate_speed = 1e6
        client.chat_postMessage(channel="C1", text="x")
        slack.settings.distributed, slack.settings.rate_speed = True, 1.0
        client.conversations_history(channel="C1")
        with refused("ratelimited"):
            client.conversations_history(channel="C1")


def test_a_stream_is_a_state_machine(slack: FakeSlack) -> None:
    client, root = web(slack), slack.user("U1").mentions_bot("C1", "who?")
    where: dict[str, Any] = {"channel": "C1", "thread_ts": root}
    to = {"recipient_team_id": slack.settings.team, "recipient_user_id": "U1"}
    with refused("missing_recipient_team_id"):
        client.chat_startStream(**where)
    with refused("missing_recipient_user_id"):
        client.chat_startStream(**where, recipient_team_id=slack.settings.team)

    stream = client.chat_stream(**where, **to, buffer_size=1)
    stream.append(markdown_text="**Answer.** ")
    stream.append(chunks=[BlocksChunk(blocks=[SECTION]), MarkdownTextChunk(text="More.")])
    assert stream.ts
    for method in ("update", "delete"):
        with refused("streaming_state_conflict" if method == "update" else "cant_delete_message"):
            client.api_call(f"chat.{method}", json={"channel": "C1", "ts": stream.ts, "text": "x"})
    with refused("msg_too_long"):
        client.chat_appendStream(channel="C1", ts=stream.ts, markdown_text="é" * 5001)  # in bytes, all together
    stream.stop(blocks=[THUMBS], metadata={"event_type": "answer", "event_payload": {}})
    said = slack.message("C1", stream.ts)
    assert [block["type"] for block in said.blocks] == ["markdown", "section", "markdown", "context_actions"]
    with refused("message_not_in_streaming_state"):
        client.chat_appendStream(channel="C1", ts=stream.ts, markdown_text="x")

    pressed = client.chat_startStream(**where, **to, markdown_text="a")["ts"]
    event = slack.user("U1").presses_stop("C1", root).event
    assert event["streaming_message_ts"] == [pressed]
    with refused("stopped_by_user"):
        client.chat_stopStream(channel="C1", ts=pressed)
    slack.settings.stream_seconds = 0.0
    dead = client.chat_startStream(**where, **to, markdown_text="a")["ts"]
    with refused("message_not_in_streaming_state"):
        client.chat_stopStream(channel="C1", ts=dead)
    client.chat_update(channel="C1", ts=dead, text="finished by an update")


def test_faults_stand_in_a_queue(slack: FakeSlack) -> None:
    client = web(slack)
    for channel in ("C1", "C2"):
        slack.channel(channel)
    slack.faults.drop_before("chat.postMessage", channel="C1")
    slack.faults.drop_after("chat.postMessage", channel="C1")
    slack.faults.ratelimited("chat.*", retry_after=7)
    for text in ("before", "after"):
        with pytest.raises((ConnectionError, urllib.error.URLError)):
            client.chat_postMessage(channel="C1", text=text)
    assert [said.text for said in slack.messages("C1")] == ["after"]
    with pytest.raises(SlackApiError) as error:
        client.chat_postMessage(channel="C2", text="x")
    assert error.value.response.headers["Retry-After"] == "7"
    slack.faults.http("chat.postMessage", 500)
    with pytest.raises(SlackApiError) as error:
        client.chat_postMessage(channel="C2", text="x")
    assert error.value.response.status_code == 500

    held = slack.faults.hold_after("chat.postMessage")
    caller = Thread(target=client.chat_postMessage, kwargs={"channel": "C2", "text": "held"})
    caller.start()
    slack.wait(lambda: slack.messages("C2"))
    assert not slack.calls("chat.postMessage", text="held")[0].ok and caller.is_alive()
    held.release()
    caller.join(5)
    assert slack.calls("chat.postMessage", text="held")[0].ok

    slack.faults.clear()
    half = slack.faults.error("api.test", "boom", times=None, chance=0.5)
    for _ in range(20):
        web_error(client)
    assert 4 <= half.hits <= 16


def web_error(client: WebClient) -> str | None:
    try:
        client.api_test()
    except SlackApiError as error:
        return str(error.response["error"])
    return None


def test_triggers_and_response_urls_wear_out(slack: FakeSlack) -> None:
    client, ada = web(slack), slack.user("U1")
    body = ada.asks("/ask x", "C1").body
    client.views_open(trigger_id=body["trigger_id"], view=MODAL)
    with refused("exchanged_trigger_id"):
        client.views_open(trigger_id=body["trigger_id"], view=MODAL)
    assert ada.modal
    with refused("hash_conflict"):
        client.views_update(view_id=ada.modal.id, hash="old", view=MODAL)
    slack.settings.trigger_seconds = 0.0
    with refused("expired_trigger_id"):
        client.views_open(trigger_id=ada.asks("/ask x", "C1").body["trigger_id"], view=MODAL)
    hook = WebhookClient(body["response_url"])
    assert [hook.send(text=str(n)).status_code for n in range(6)] == [200] * 5 + [404]
    assert len(ada.ephemeral("C1")) == 5 and not slack.messages("C1")
    assert hook.send(text="x", response_type="in_channel").body.count("used_url")


def test_tokens_rotate_and_end() -> None:
    with FakeSlack(token_rotation=True) as slack:
        client, given = WebClient(base_url=slack.url), {"client_id": "111.222", "client_secret": "fake-client-secret"}
        first = client.oauth_v2_access(**given, code=slack.oauth_code("T2"))
        assert first["team"]["id"] == "T2" and first["expires_in"] == 43200
        with refused("invalid_code"):
            client.oauth_v2_access(**given, code="guessed")
        refresh = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
        second = client.oauth_v2_access(**given, **refresh)
        with refused("invalid_refresh_token"):
            client.oauth_v2_access(**given, **refresh)
        theirs = web(slack, second["access_token"])
        assert theirs.auth_test()["team_id"] == "T2"
        with refused("channel_not_found"):
            theirs.chat_postMessage(channel=slack.channel("C1").id, text="x")  # of another workspace
        slack.uninstalls("T2")
        with refused("account_inactive"):
            theirs.auth_test()
