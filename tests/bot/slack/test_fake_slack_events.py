"""What goes from the fake Slack to an app: Socket Mode, HTTP, what people do; and the terminal."""

from __future__ import annotations

import gc
import io
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import aiohttp
import pytest
from slack_bolt import BoltRequest
from slack_sdk import WebClient

from ...fake_slack import FakeSlack, Nothing
from ...fake_slack.terminal import talk
from .talking import MODAL, SECTION, THUMBS, bolt, connected, web


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack(ack_seconds=0.3, rate_limits=False) as running:
        yield running


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


def test_the_terminal_fills_a_modal_by_the_names_of_its_fields(
    slack: FakeSlack, capsys: pytest.CaptureFixture[str]
) -> None:
    """And what is typed is what Slack would make of it: a mention is one, a command that is none is told."""
    app, heard, sent = bolt(slack), [], []
    app.event("message")(lambda: None)
    field = {"type": "plain_text_input", "action_id": "t"}
    fields = [
        {"type": "input", "block_id": name, "label": {"type": "plain_text", "text": label}, "element": field}
        for name, label in (("why", "What is wrong?"), ("right", "What is right?"))
    ]
    modal = {"type": "modal", "callback_id": "f", "title": {"type": "plain_text", "text": "F"}, "blocks": fields}
    modal["submit"] = {"type": "plain_text", "text": "Send"}

    @app.event("app_mention")
    def mentioned(event: dict[str, Any], client: WebClient) -> None:
        heard.append(event["text"])
        client.chat_postMessage(channel=event["channel"], text="hi", blocks=[SECTION])

    @app.action("go")
    def go(ack: Any, body: dict[str, Any], client: WebClient) -> None:
        client.views_open(trigger_id=body["trigger_id"], view=modal)
        ack()

    @app.view("f")
    def done(ack: Any, view: dict[str, Any]) -> None:
        sent.append({name: value["t"]["value"] for name, value in view["state"]["values"].items()})
        ack()

    lines = (
        "@whosaid and what of it?\nclick 1\nfill why = a = b\nfill what is right = c\nfill nope = d\nsubmit\n/aks x\n"
    )
    with connected(app, slack):
        talk(slack, io.StringIO(lines), colour=False, waiting=True, quiet=0.1)
    told = capsys.readouterr().out
    assert heard == [f"<@{slack.settings.bot_user}> and what of it?"] and sent == [{"why": "a = b", "right": "c"}]
    assert "the fields are why, right" in told and "no command /aks, only /ask" in told and "you> submit" in told
