"""Events of a real socket become jobs of a real database: the right one each, once, and Slack is told."""

from __future__ import annotations

import io
import json
import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import fields
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from pydantic import SecretStr
from slack_bolt import App, BoltRequest
from slack_bolt.oauth import OAuthFlow
from slack_bolt.oauth.oauth_settings import OAuthSettings
from slack_sdk import WebClient
from slack_sdk.oauth.installation_store import FileInstallationStore, Installation
from slack_sdk.oauth.state_store import FileOAuthStateStore

from bot.settings import Secrets
from bot.slack import actions
from bot.slack.app import NOT_INSTALLED, make_app
from bot.slack.config import SlackConfig
from bot.slack.connection import Connection
from bot.slack.listeners.words import asks_bot, question
from bot.slack.log import set_up
from bot.slack.model import Lane, NewJob
from bot.slack.store import Store
from corpus.errors import SlackError

from ...fake_slack import Delivery, FakeSlack, User

ROOT = "C0ROOT"


class Listening:
    """An app on a fake Slack, with the lanes that were woken: one for each job that is new."""

    def __init__(self, slack: FakeSlack, store: Store, woken: list[Lane]) -> None:
        self.slack, self.store, self.woken = slack, store, woken
        self.ann, self.bob = slack.user("U0ANN", "ann"), slack.user("U0BOB", "bob")
        slack.settings.shortcut = actions.CLAIM

    def told(self) -> None:
        """Wait until everything that was sent is acknowledged."""
        self.slack.wait(lambda: all(one.acked for one in self.slack.deliveries), what="acknowledgements")

    def found(self, key: str) -> NewJob:
        self.told()
        job = self.store.jobs.find(key)
        assert job is not None, f"no job {key}"
        return NewJob(**{field.name: getattr(job, field.name) for field in fields(NewJob)})

    def bot_posts(self, channel: str, thread: str | None = None) -> str:
        """The bot writes a message with buttons."""
        button = {"type": "button", "action_id": "whosaid_ask.2", "value": '{"job": 7}'}
        button |= {"text": {"type": "plain_text", "text": "Ask"}}
        blocks = [{"type": "actions", "elements": [button]}]
        client = WebClient("xoxb-fake-1", base_url=self.slack.url)
        said = client.chat_postMessage(channel=channel, text="An answer.", blocks=blocks, thread_ts=thread)
        return str(said["ts"])


@pytest.fixture(scope="module")
def slack() -> Iterator[FakeSlack]:
    with FakeSlack(rate_limits=False) as slack:
        yield slack


@pytest.fixture(scope="module")
def here(slack: FakeSlack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listening]:
    woken: list[Lane] = []
    url = f"sqlite:///{tmp_path_factory.mktemp('jobs') / 'slack.sqlite'}"
    with closing(Store.open(url)) as store:
        app = make_app(secrets_of(slack), SlackConfig(), store.jobs, woken.append)
        connection = Connection(app, secrets_of(slack))
        connection.open()
        slack.connected()
        yield Listening(slack, store, woken)
        connection.close()


def test_a_clean_stop_logs_no_error(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What is being taken when the connection is closed can be acknowledged no more: Slack sends it again."""
    caplog.set_level(logging.INFO, "bot.slack.connection")
    taking, release = Event(), Event()

    def wake(lane: Lane) -> None:
        taking.set()
        release.wait(20)

    with FakeSlack() as slack, closing(Store.open(f"sqlite:///{tmp_path / 'slack.sqlite'}")) as store:
        connection = Connection(make_app(secrets_of(slack), SlackConfig(), store.jobs, wake), secrets_of(slack))
        connection.open()
        slack.connected()
        slack.user("U0LATE").mentions_bot("C0LATE", "who said it?")
        assert taking.wait(10)
        ending = Thread(target=connection.close)
        ending.start()
        slack.wait(lambda: slack.sockets.open() == 0)
        release.set()
        ending.join()
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]
    assert "stopped before this was acknowledged" in caplog.text


def secrets_of(slack: FakeSlack, **more: Any) -> Secrets:
    given: dict[str, Any] = {
        "slack_bot_token": "xoxb-fake-1",
        "slack_app_token": "xapp-1-fake",
        "slack_signing_secret": "fake-signing-secret",
        "slack_api_url": slack.url,
    }
    return Secrets(**given | more)


def of(team: str, kind: str, key: str, user: User, **more: Any) -> NewJob:
    given: dict[str, Any] = {"key": f"{team}:{key}", "kind": kind, "team": team, "user": user.id, **more}
    return NewJob(**given)


def test_a_mention_is_one_question_in_whichever_events_it_comes(here: Listening) -> None:
    before = len(here.woken)
    ts = here.ann.mentions_bot(ROOT, "what did <@U0BOB> say &amp; <https://a.example/x|where>?")
    team = here.ann.team
    for delivery in [one for one in here.slack.deliveries if one.event.get("ts") == ts]:  # app_mention and message
        here.slack.redelivers(delivery)
    said = "what did <@U0BOB> say & where?"
    asked = of(team, "question", f"{ROOT}:{ts}", here.ann, channel=ROOT, ts=ts, thread=ts, surface="mention", text=said)
    assert here.found(asked.key) == asked
    below = here.bob.mentions_bot(ROOT, "", thread=ts)
    empty = of(
        team, "question", f"{ROOT}:{below}", here.bob, channel=ROOT, ts=below, thread=ts, surface="mention", text=""
    )
    assert here.found(empty.key) == empty
    assert here.woken[before:] == ["answer", "answer"]


def test_a_shared_channel_is_told(here: Listening) -> None:
    here.slack.channel("C0SHARED", external=True)
    ts = here.ann.mentions_bot("C0SHARED", "who said it?")
    assert here.found(f"{here.ann.team}:C0SHARED:{ts}").shared


def test_a_direct_message_needs_no_mention(here: Listening) -> None:
    first = here.ann.direct("thanks")
    below = here.ann.direct("<@U0BOT> and on the budget", thread=first)
    team, dm = here.ann.team, here.ann.dm
    for ts, text in ((first, "thanks"), (below, "and on the budget")):
        asked = of(
            team, "question", f"{dm}:{ts}", here.ann, channel=dm, ts=ts, thread=first, surface="direct", text=text
        )
        assert here.found(asked.key) == asked


def test_a_thread_is_followed_where_the_bot_was_asked_and_people_are_left_alone(here: Listening) -> None:
    channel, team = "C0FOLLOW", here.ann.team
    root = here.ann.mentions_bot(channel, "what did the ministry say?")
    here.found(f"{team}:{channel}:{root}")
    before = len(here.woken)
    follows = [
        (here.ann, here.ann.writes(channel, "and what about the budget", thread=root)),
        (here.bob, here.bob.writes(channel, "Was the dam safe?", thread=root)),
    ]
    other = here.bob.writes(channel, "Lunch?")  # a thread of theirs, in which the bot was not asked
    here.bob.writes(channel, "Was the dam safe?", thread=other)
    for text in ("thanks, very clear", "<@U0ANN> was the dam safe?", "<!here> was the dam safe?", "could you look?"):
        here.slack.user("U0CYD").writes(channel, text, thread=root)
    here.bot_posts(channel, root)
    here.slack.bot_writes(channel, "Was the dam safe?", thread=root)
    joined = {"type": "message", "subtype": "channel_topic", "user": "U0ANN", "text": "Why?", "channel": channel}
    here.slack.world.emit_event(
        team, {**joined, "ts": here.slack.world.new_ts(), "thread_ts": root, "channel_type": "channel"}
    )
    here.told()
    for user, ts in follows:
        job = here.found(f"{team}:{channel}:{ts}")
        assert (job.surface, job.thread, job.user) == ("thread", root, user.id)
    assert len(here.woken) == before + 2


def test_edits_and_deletions_of_questions_alone_are_news(here: Listening) -> None:
    channel, team = "C0EDIT", here.ann.team
    edited, answered, bare = (here.ann.mentions_bot(channel, f"who said {n}?") for n in range(3))
    idle = here.bob.writes(channel, "who said 4?")
    here.told()
    here.bot_posts(channel, answered)
    before = len(here.woken)
    world = here.slack.world
    message = here.slack.message(channel, edited)
    with world.lock:  # a link was unfurled: the same words, and nobody edited them
        world.emit_changed(message, message.as_json())
    here.ann.edits(channel, edited, "who said 5?")
    changed = next(one for one in reversed(here.slack.deliveries) if one.event.get("subtype") == "message_changed")
    late, other = (json.loads(json.dumps(changed.event)) for _ in range(2))
    other["message"]["text"] = "<@U0BOB> has this been said?"  # the bot is asked no longer
    world.emit_event(team, {**other, "event_ts": world.new_ts()})
    late["message"] |= {"edited": {"user": "U0ANN", "ts": f"{float(edited) + 61:.6f}"}, "text": "who said 6?"}
    world.emit_event(team, {**late, "event_ts": world.new_ts()})
    here.bob.edits(channel, idle, "who said 7?")
    for ts in (answered, bare):
        here.ann.deletes(channel, ts)
    here.bob.deletes(channel, idle)
    key = f"{channel}:{edited}:edit:{changed.event['event_ts']}"
    where: dict[str, Any] = {"channel": channel, "surface": "mention"}
    at = {"at": changed.event["event_ts"]}
    assert here.found(f"{team}:{key}") == of(
        team, "edit", key, here.ann, ts=edited, thread=edited, text="who said 5?", payload=at, **where
    )
    for ts in (answered, bare):  # the first left a tombstone, for it has answers below it
        gone = of(team, "delete", f"{channel}:{ts}:delete", here.ann, ts=ts, thread=ts, **where)
        assert here.found(gone.key) == gone
    assert sorted(here.woken[before:]) == ["answer", "quick", "quick"]


def test_commands_and_the_shortcut(here: Listening) -> None:
    team = here.ann.team
    here.told()
    for typed, surface, text in (
        ("/ask who said it?", "command", "who said it?"),
        ("/ask private  who?", "private", "who?"),
        ("/ask", "command", ""),
    ):
        body = here.ann.asks(typed, ROOT).body
        payload = {name: body[name] for name in ("response_url", "trigger_id", "user_name")}
        asked = of(
            team, "question", f"command:{body['trigger_id']}", here.ann, channel=ROOT, surface=surface, text=text,
            payload=payload,
        )  # fmt: skip
        assert here.found(asked.key) == asked
    ts = here.bob.writes(ROOT, "the dam was safe")
    body = here.ann.checks_claim(ROOT, ts).body
    payload = {name: body[name] for name in ("trigger_id", "response_url")}
    claim = of(
        team, "claim", f"claim:{body['trigger_id']}", here.ann, channel=ROOT, ts=ts, thread=ts, text="the dam was safe",
        payload=payload,
    )  # fmt: skip
    assert here.found(claim.key) == claim


def test_clicks_and_modals(here: Listening) -> None:
    team = here.ann.team
    root = here.ann.writes("C0CLICK", "hello")
    ts = here.bot_posts("C0CLICK", root)
    body = here.bob.clicks(here.slack.message("C0CLICK", ts), actions.ASK).body
    payload = {"action": "whosaid_ask.2", "value": '{"job": 7}', "ephemeral": False, "view": None}
    payload |= {name: body[name] for name in ("trigger_id", "response_url")}
    click = of(
        team, "click", f"click:{body['trigger_id']}", here.bob, channel="C0CLICK", ts=ts, thread=root, payload=payload
    )
    assert here.found(click.key) == click

    client = WebClient("xoxb-fake-1", base_url=here.slack.url)
    label = {"type": "plain_text", "text": "Forget"}
    button = {"type": "button", "action_id": actions.FORGET, "text": label, "value": "{}"}
    home = {"type": "home", "private_metadata": "m", "blocks": [{"type": "actions", "elements": [button]}]}
    client.views_publish(user_id=here.bob.id, view=home)
    assert here.bob.home
    body = here.bob.clicks(here.bob.home, actions.FORGET).body
    job = here.found(f"{team}:click:{body['trigger_id']}")
    assert (job.channel, job.ts, job.payload["view"]["type"], job.payload["view"]["private_metadata"]) == (
        None, None, "home", "m",
    )  # fmt: skip

    field = {"type": "plain_text_input", "action_id": actions.WHY}
    inputs = [{"type": "input", "block_id": actions.WHY, "label": label, "element": field}]
    modal = {"type": "modal", "callback_id": actions.REASON, "title": label, "submit": label, "blocks": inputs}
    client.views_open(trigger_id=here.slack.world.new_trigger(here.bob.id), view={**modal, "private_metadata": "9"})
    assert here.bob.modal
    body = here.bob.submits(here.bob.modal, {actions.WHY: "wrong speaker"}).body
    view = body["view"]
    job = here.found(f"{team}:submit:{view['id']}:{view['hash']}")
    assert job.payload["view"]["values"] == {actions.WHY: {actions.WHY: "wrong speaker"}}
    assert (job.kind, job.payload["view"]["private_metadata"]) == ("submit", "9")
    assert here.bob.modal is None  # the acknowledgement closed it


def test_what_is_opened_and_stopped(here: Listening) -> None:
    team = here.ann.team

    def at(delivery: Delivery) -> str:
        return str(delivery.event["event_ts"])

    home = of(team, "home", f"home:U0ANN:{at(here.ann.opens_home())}", here.ann)
    dm = here.ann.dm
    prompts = of(team, "prompts", f"prompts:{dm}:{at(here.ann.opens_agent_view())}", here.ann, channel=dm)
    stop = here.ann.presses_stop(dm, "1700000000.000100")
    key = f"stop:{dm}:1700000000.000100:{at(stop)}"
    stopped = of(team, "stop", key, here.ann, channel=dm, thread="1700000000.000100")
    for job in (home, prompts, stopped):
        assert here.found(job.key) == job


def test_a_lost_socket_is_made_again_at_once(here: Listening) -> None:
    assert here.slack.drop_sockets() == 1  # without a closing frame
    ts = here.ann.mentions_bot(ROOT, "who is there?")
    here.slack.connected(seconds=6)  # the SDK alone takes five pings
    assert here.found(f"{here.ann.team}:{ROOT}:{ts}").text == "who is there?"
    assert here.slack.ask_to_reconnect(close_after=0.0) == 1
    below = here.ann.mentions_bot(ROOT, "and now?", thread=ts)
    assert here.found(f"{here.ann.team}:{ROOT}:{below}").thread == ts


def test_what_cannot_be_stored_is_not_acknowledged_and_the_log_has_no_words(slack: FakeSlack, tmp_path: Path) -> None:
    written = io.StringIO()
    secrets = secrets_of(slack, slack_signing_secret="hush-hush-hush")
    root = logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in ("", "bot", "slack_bolt", "slack_sdk")}
    handler = set_up(secrets, logging.DEBUG, written)
    file = tmp_path / "slack.sqlite"
    try:
        with closing(Store.open(f"sqlite:///{file}")) as store:
            app = make_app(secrets, SlackConfig(), store.jobs, print)
            with closing(sqlite3.connect(file)) as other:
                other.execute("DROP TABLE slack_jobs")
            assert heard(app, "UNSAID xoxb-1-a") == (500, "")
            status, said = heard(app, "UNSAID", command=True)
            assert status == 200
            number = said.rpartition("error ")[2].rstrip(")")
            # A wrong signature: Bolt would write the whole body as information.
            body = json.dumps({"type": "event_callback", "event": {"type": "message", "text": "UNSAID"}})
            headers = {"x-slack-signature": "v0=0", "x-slack-request-timestamp": str(int(time.time()))}
            assert app.dispatch(BoltRequest(body=body, headers=headers)).status == 401
            logging.getLogger("bot.x").warning("with %s", "hush-hush-hush xoxe.xoxb-1-abc and\na line")
    finally:
        root.removeHandler(handler)
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
    lines = written.getvalue().splitlines()
    assert [line for line in lines if f"id={number}" in line and "error=JobsError" in line and "at=" in line]
    assert all(line.startswith("time=") for line in lines)
    assert not [word for word in ("UNSAID", "hush", "xoxb") if word in written.getvalue()]


def heard(app: App, text: str, command: bool = False) -> tuple[int, str]:
    """Put a payload to an app without a socket; return the status and body that go to Slack."""
    event = {"type": "app_mention", "user": "U0ANN", "text": text, "ts": "1.1", "channel": "C1", "event_ts": "1.1"}
    body: dict[str, Any] = {"type": "event_callback", "team_id": "T0WHOSAID", "event": event}
    if command:
        body = {"command": "/ask", "text": text, "team_id": "T0WHOSAID", "trigger_id": "1", "user_id": "U0ANN"}
        body |= {"channel_id": "C1"}
    said = app.dispatch(BoltRequest(mode="socket_mode", body=body))
    return said.status, str(said.body)


def test_several_workspaces_are_known_by_their_installations(slack: FakeSlack, tmp_path: Path) -> None:
    installations = FileInstallationStore(base_dir=str(tmp_path), client_id="111.222")
    states = FileOAuthStateStore(expiration_seconds=60, base_dir=str(tmp_path))
    flow = OAuthFlow(
        settings=OAuthSettings(
            client_id="111.222", client_secret="s", installation_store=installations, state_store=states
        )
    )
    woken: list[Lane] = []
    with closing(Store.open(f"sqlite:///{tmp_path / 'slack.sqlite'}")) as store:
        calls = len(slack.calls())
        app = make_app(secrets_of(slack, slack_bot_token=None), SlackConfig(), store.jobs, woken.append, flow)
        assert heard(app, "<@U0BOT> who?") == (200, NOT_INSTALLED)
        installations.save(
            Installation(
                app_id="A0WHOSAID", team_id="T0WHOSAID", user_id="U0ANN", bot_token="xoxb-2", bot_id="B0BOT",
                bot_user_id="U0BOT",
            )
        )  # fmt: skip
        assert heard(app, "<@U0BOT> who?") == (200, "")
        job = store.jobs.find("T0WHOSAID:C1:1.1")
        assert job is not None and job.text == "who?" and woken == ["answer"]
        body = {"type": "event_callback", "team_id": "T0WHOSAID", "event": {"type": "app_uninstalled"}}
        assert app.dispatch(BoltRequest(mode="socket_mode", body=body)).status == 200
        assert installations.find_bot(enterprise_id=None, team_id="T0WHOSAID") is None
        assert len(slack.calls()) == calls  # nothing is asked of Slack before it is told


def test_the_team_is_the_one_that_the_bot_is_installed_in(slack: FakeSlack, tmp_path: Path) -> None:
    with closing(Store.open(f"sqlite:///{tmp_path / 'slack.sqlite'}")) as store:
        app = make_app(secrets_of(slack), SlackConfig(), store.jobs, lambda lane: None)
        away = {"team": {"id": "T0PARTNER"}, "enterprise": {"id": "E0PARTNER"}, "user": {"id": "U0PARTNER"}}
        body = {"type": "block_actions", "actions": [{"action_id": actions.CONTEXT}], "trigger_id": "1", **away}
        assert app.dispatch(BoltRequest(mode="socket_mode", body=body)).status == 200
        job = store.jobs.find("T0WHOSAID:click:1")
        assert job is not None and (job.team, job.enterprise, job.user) == ("T0WHOSAID", None, "U0PARTNER")


def test_a_refused_token_is_told_in_a_sentence(slack: FakeSlack) -> None:
    secrets = secrets_of(slack, slack_bot_token=SecretStr("xoxb-nobody"))
    with pytest.raises(SlackError, match=r"Slack refuses the token in SLACK_BOT_TOKEN \(invalid_auth\); copy"):
        make_app(secrets, SlackConfig(), None, print)  # type: ignore[arg-type]  # it never comes to jobs


Asks = Callable[[str, bool], bool]


@pytest.mark.parametrize(
    ("text", "asker", "others"),
    [
        ("Was the dam safe?", True, True),
        ("And on the budget?", True, True),
        ("and what about the budget", True, False),
        ("show the quotations of May", True, False),
        ("Can you say more?", True, False),
        ("so ... was it “safe?”", True, True),
        ("thanks!", False, False),
        ("what now", False, False),
        ("see https://a.example/?q=dam and wait", False, False),
        ("<https://a.example/?q=dam> is the page", False, False),
        ("<@U0BOB> was the dam safe?", False, False),
        ("<!subteam^S1|@team> was the dam safe?", False, False),
        ("I think the minister said that", False, False),
    ],
)
def test_what_in_a_thread_is_for_the_bot(text: str, asker: bool, others: bool) -> None:
    assert (asks_bot(text, asked_before=True), asks_bot(text, asked_before=False)) == (asker, others)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("<@U0BOT> who?", "who?"),
        ("<@U0BOT|whosaid>: who?", "who?"),
        ("Hey <@U0BOT>, who?", "Hey, who?"),
        ("<@U0BOT>", ""),
        ("who said <@U0BOB> in <#C1|news>, <!here>?", "who said <@U0BOB> in #news, @here?"),
        ("<https://a.example> and <mailto:a@b.example|a@b.example>", "https://a.example and a@b.example"),
        ("&lt;@U0BOT&gt; a &amp;lt; b", "<@U0BOT> a &lt; b"),
        ("&gt; quoted\n<@U0BOT> who?", "> quoted\n who?"),
    ],
)
def test_only_the_bots_own_mention_is_taken_out(text: str, asked: str) -> None:
    assert question(text, "U0BOT") == asked
