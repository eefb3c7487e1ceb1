"""The fake Slack, seen by the real slack_sdk and slack_bolt: what it takes, refuses, and loses on purpose."""

from __future__ import annotations

import gc
import io
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import aiohttp
import pytest
from slack_bolt import App, BoltRequest
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.models.messages.chunk import BlocksChunk, MarkdownTextChunk
from slack_sdk.webhook import WebhookClient

from ...fake_slack import FakeSlack, Nothing
from ...fake_slack.terminal import talk

BUTTON = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}, "value": "1"}
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "*Minister* said"}, "accessory": BUTTON}
THUMBS = {
    "type": "context_actions",
    "elements": [
        {
            "type": "feedback_buttons",
            "action_id": "thumbs",
            "positive_button": {"text": {"type": "plain_text", "text": "Good"}, "value": "up"},
            "negative_button": {"text": {"type": "plain_text", "text": "Bad"}, "value": "down"},
        }
    ],
}
MODAL = {
    "type": "modal",
    "callback_id": "why",
    "title": {"type": "plain_text", "text": "Why?"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "reason",
            "label": {"type": "plain_text", "text": "Reason"},
            "element": {"type": "plain_text_input", "action_id": "reason"},
        }
    ],
}


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack(ack_seconds=0.3, rate_limits=False) as running:
        yield running


def web(slack: FakeSlack, token: str | None = None) -> WebClient:
    return WebClient(token=token or slack.settings.bot_token, base_url=slack.url, timeout=5, retry_handlers=[])


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(SlackApiError) as error:
        yield
    assert error.value.response["error"] == code


@contextmanager
def connected(app: App, slack: FakeSlack) -> Iterator[SocketModeHandler]:
    handler = SocketModeHandler(app, slack.settings.app_token, ping_interval=0.1)
    handler.connect()
    try:
        yield handler
    finally:
        handler.client.auto_reconnect_enabled = False
        slack.drop_sockets()  # or else it waits for what would still come
        handler.close()


def bolt(slack: FakeSlack) -> App:
    return App(client=web(slack), signing_secret=slack.settings.signing_secret, process_before_response=True)


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


def test_bolt_takes_what_people_do(slack: FakeSlack) -> None:
    app, got = bolt(slack), []

    @app.event("app_mention")
    def mentioned(event: dict[str, Any], client: WebClient) -> None:
        client.chat_postMessage(channel=event["channel"], thread_ts=event["ts"], text="hi", blocks=[SECTION, THUMBS])

    @app.event("message")
    def message(body: dict[str, Any]) -> None:
        got.append(body)

    @app.action("go")
    def go(ack: Any, body: dict[str, Any], client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    @app.action("thumbs")
    def thumbs(ack: Any, action: dict[str, Any], respond: Any) -> None:
        ack()
        respond(text=action["value"], replace_original=False)

    @app.view("why")
    def why(ack: Any, view: dict[str, Any]) -> None:
        reason = view["state"]["values"]["reason"]["reason"]["value"]
        ack(response_action="errors", errors={"reason": "why?"}) if reason == "no" else ack()

    @app.command("/ask")
    def ask(ack: Any, command: dict[str, Any]) -> None:
        ack(f"asked {command['text']}")

    @app.shortcut("whosaid_claim")
    def claim(ack: Any, shortcut: dict[str, Any], client: WebClient) -> None:
        ack()
        client.chat_postMessage(channel=shortcut["user"]["id"], text=shortcut["message"]["text"])

    @app.event("app_home_opened")
    def home(event: dict[str, Any], client: WebClient) -> None:
        if event["tab"] == "home":
            client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [SECTION]})
        else:
            prompts = [{"title": "A", "message": "Who said A?"}]
            client.assistant_threads_setSuggestedPrompts(channel_id=event["channel"], prompts=prompts)

    @app.event("agent_session_stopped")
    def stopped() -> None: ...

    with connected(app, slack):
        ada = slack.user("U1")
        ts = ada.mentions_bot("C1", "who said it?")
        answer = slack.wait(lambda: slack.thread("C1", ts))[0]
        with pytest.raises(Nothing, match="go, thumbs"):
            ada.clicks(answer, "other")
        ada.clicks(answer, "go")
        modal = slack.wait(lambda: ada.modal)
        assert modal
        wrong = ada.submits(modal, {"reason": "no"})
        slack.wait(lambda: wrong.answer)
        assert not modal.closed and wrong.answer["errors"] == {"reason": "why?"}
        ada.submits(modal, {"reason": "because"})
        slack.wait(lambda: modal.closed)
        ada.clicks(answer, "thumbs", "down")
        ada.asks("/ask private it", "C1")
        slack.wait(lambda: {"down", "asked private it"} == {said.text for said in ada.ephemeral("C1")})
        ada.checks_claim("C1", slack.user("U2").writes("C1", "a claim"))
        assert slack.wait(lambda: slack.messages(ada.dm, bot=True))[0].text == "a claim"
        ada.opens_home(), ada.opens_agent_view()
        slack.wait(lambda: ada.home and slack.world.prompts)
        ada.direct("in person")
        ada.edits("C1", ts, "who said that?")
        ada.deletes("C1", ts)
        alone = ada.writes("C1", "alone")
        ada.deletes("C1", alone)
        slack.bot_writes("C1", "from another bot")
        slack.wait(lambda: all(delivery.acked for delivery in slack.deliveries))
        events = [body["event"] for body in got]
        assert {event["channel_type"] for event in events} == {"channel", "im"}
        changes = [event["message"] for event in events if event.get("subtype") == "message_changed"]
        assert "who said that?" in changes[0]["text"] and changes[-1]["subtype"] == "tombstone"
        assert any(event.get("deleted_ts") == alone for event in events)
        assert any(event.get("bot_id") == "B0OTHER" for event in events)


# slack_sdk leaves the socket open that it lost
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_events_come_until_they_are_acknowledged(slack: FakeSlack) -> None:
    """Kept while nobody listens, given to several in turn, sent again by another, told what is asked."""
    deaf, hears, release = bolt(slack), bolt(slack), Event()
    retries: list[str] = []
    hears.event("message")(lambda request: retries.extend(request.headers.get("x-slack-retry-num", [])))
    deaf.event("message")(lambda: release.wait(5))
    slack.user("U1").writes("C1", "nobody is there yet")
    try:
        with connected(deaf, slack), connected(hears, slack):
            slack.connected(2)
            slack.wait(lambda: slack.deliveries[0].acked)
            for number in range(3):
                slack.user("U1").writes("C1", str(number))
            slack.wait(lambda: all(delivery.acked for delivery in slack.deliveries))
            sent = [sending for delivery in slack.deliveries for sending in delivery.sendings]
            assert {sending.connection for sending in sent} == {1, 2} and len(sent) > 4
            assert "1" in retries and all(seconds < 1 for seconds in slack.ack_seconds())

            assert slack.ask_to_reconnect(close_after=0.0) == 2
            slack.connected(2)
            release.set()
            again = slack.redelivers(slack.deliveries[0])
            slack.wait(lambda: again.acked)
            assert slack.drop_sockets() == 2
    finally:
        release.set()
        gc.collect()


def test_at_most_ten_websockets(slack: FakeSlack) -> None:
    client = web(slack, slack.settings.app_token)

    async def greeted(urls: list[str]) -> list[str]:
        """Open all of them at once, and return what each hears first."""
        async with aiohttp.ClientSession() as session:
            sockets = [await session.ws_connect(url) for url in urls]
            return [(await socket.receive_json())["type"] for socket in sockets]

    urls = [client.apps_connections_open(app_token=slack.settings.app_token)["url"] for _ in range(11)]
    assert slack.on_loop(greeted(urls)) == ["hello"] * 10 + ["disconnect"]
    with pytest.raises(urllib.error.HTTPError, match="403") as refusal:  # a ticket lets in once
        urllib.request.urlopen(urls[0].replace("ws:", "http:"))
    refusal.value.close()


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


def test_http_mode_signs_and_tries_again(slack: FakeSlack) -> None:
    slack.settings.retry_delays = (0.0, 0.0, 0.0)
    app, seen = bolt(slack), []
    statuses = iter([503, 200])
    app.event("message")(lambda: None)
    app.command("/ask")(lambda ack: ack("asked"))

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            seen.append(self.headers.get("X-Slack-Retry-Num"))
            answer = app.dispatch(BoltRequest(body=body, headers=dict(self.headers.items())))
            self.send_response(next(statuses, 200) if answer.status == 200 else answer.status)
            for name, values in answer.headers.items():
                self.send_header(name, values[0])
            self.end_headers()
            self.wfile.write(answer.body.encode())

        def log_message(self, *_: Any) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            slack.posts_to(f"http://127.0.0.1:{server.server_address[1]}/slack/events")
            slack.user("U1").writes("C1", "hello")
            slack.wait(lambda: slack.deliveries[0].acked)
            assert seen == [None, "1"]
            slack.user("U1").asks("/ask it", "C1")
            slack.wait(lambda: [said.text for said in slack.user("U1").ephemeral()] == ["asked"])
            challenge = {"type": "url_verification", "challenge": "c"}
            assert "c" in slack.posts(slack.signed(challenge)).text
            for wrong in ({"secret": "other"}, {"age": 400.0}):
                assert slack.posts(slack.signed(challenge, **wrong)).status == 401
            assert slack.posts(slack.posted[0]).status == 200  # a replay looks right: the app must know it
        finally:
            server.shutdown()
            thread.join()


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


def test_the_terminal_shows_and_clicks(slack: FakeSlack, capsys: pytest.CaptureFixture[str]) -> None:
    app = bolt(slack)
    blocks = [SECTION, {"type": "section", "text": {"type": "mrkdwn", "text": "<https://example.org/a|[1]> &lt;b&gt;"}}]
    app.event("message")(lambda: None)

    @app.event("app_mention")
    def mentioned(event: dict[str, Any], client: WebClient) -> None:
        client.chat_postMessage(channel=event["channel"], thread_ts=event["ts"], text="hi", blocks=blocks)

    @app.action("go")
    def go(ack: Any, body: dict[str, Any], client: WebClient) -> None:
        ack()
        client.chat_update(channel="C0GENERAL", ts=body["message"]["ts"], text="\x1b[2Jpressed", blocks=[])

    with connected(app, slack):
        talk(slack, io.StringIO("who said it?\nclick 1\nclick 9\nquit\n"), colour=False, waiting=True, quiet=0.1)
    told = capsys.readouterr().out
    assert "Minister said" in told and "[1] (https://example.org/a) <b>" in told and "[1: Go]" in told
    assert "[2Jpressed" in told and "\x1b" not in told and "no such number" in told
