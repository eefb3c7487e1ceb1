"""Where Slack calls over HTTP, against the fake Slack: signatures, replays, sizes; installing, rotation, removal."""

from __future__ import annotations

import logging
import os
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import SecretStr
from slack_bolt.authorization.authorize import InstallationStoreAuthorize
from slack_bolt.context import BoltContext
from slack_bolt.oauth import OAuthFlow

from bot.settings import Secrets, Settings, read_secrets, read_settings
from bot.slack.app import make_app, web_client
from bot.slack.config import SlackConfig
from bot.slack.oauth import Seen, oauth_flow, slack_check, slack_routes
from bot.slack.store import Store
from bot.slack.store.installations import Installations, installations_url, open_installations
from bot.slack.tokens import Tokens
from bot.web.app import make_web
from bot.web.health import Health
from bot.web.listening import Listening
from bot.web.serve import served
from corpus.errors import JobsError, SlackError

from ...fake_slack import FakeSlack

SECRET = "a secret that is long enough"


@dataclass
class Bot:
    slack: FakeSlack
    secrets: Secrets
    settings: Settings
    store: Store
    client: httpx.Client
    address: str
    flow: OAuthFlow | None

    @property
    def installations(self) -> Installations:
        assert self.flow and isinstance(self.flow.settings.installation_store, Installations)
        return self.flow.settings.installation_store


@contextmanager
def running(home: Path, several: bool, **settings: object) -> Iterator[Bot]:
    """The bot's HTTP side alone: listeners and routes, without workers."""
    with FakeSlack(**settings) as slack:  # type: ignore[arg-type]
        of_one = {"slack_bot_token": SecretStr(slack.settings.bot_token)}
        of_several = {
            "slack_client_id": slack.settings.client_id, "slack_client_secret": SecretStr(slack.settings.client_secret)
        }  # fmt: skip
        secrets = read_secrets().model_copy(
            update={
                "slack_signing_secret": SecretStr(slack.settings.signing_secret),
                "slack_api_url": slack.url,
                "whosaid_secret": SecretStr(SECRET),
                **(of_several if several else of_one),
            }
        )
        options, config = read_settings(home), SlackConfig()
        with (
            closing(Store.open(options.jobs_url())) as store,
            closing(Health({"slack": slack_check(secrets)})) as health,
        ):
            flow = oauth_flow(secrets, options, config, web_client(secrets)) if several else None
            app = make_app(secrets, config, store.jobs, lambda lane: None, flow)
            with (
                served(make_web(None, health, routes=slack_routes(app)), Listening(port=0)) as port,
                httpx.Client(base_url=(address := f"http://127.0.0.1:{port}"), trust_env=False) as client,
            ):
                slack.posts_to(f"{address}/slack/events")
                yield Bot(slack, secrets, options, store, client, address, flow)
            if flow:
                flow.settings.installation_store.close()  # type: ignore[attr-defined]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def test_events_are_taken_once_and_only_from_slack(home: Path, caplog: pytest.LogCaptureFixture) -> None:
    with running(home, several=False) as bot:
        slack = bot.slack
        slack.user("U1").mentions_bot("C1", "What did the ministry say?")
        assert slack.wait(lambda: bot.store.jobs.waiting().number == 1, 10)
        assert slack.wait(lambda: all(delivery.acked for delivery in slack.deliveries), 10)
        event = slack.posted[0]
        assert slack.posts(event).status == 401, "a replay"
        challenge = {"type": "url_verification", "challenge": "c" * 20}
        assert slack.posts(slack.signed(challenge)).text.count("c" * 20) == 1
        assert slack.posts(slack.signed({**challenge, "n": 1}, secret="wrong")).status == 401
        assert slack.posts(slack.signed({**challenge, "n": 2}, age=600)).status == 401
        assert slack.posts(slack.signed({**challenge, "n": 3}, age=-600)).status == 401
        altered = slack.signed({**challenge, "n": 4})
        assert slack.posts(type(altered)(altered.body + b" ", altered.headers)).status == 401
        events = f"{bot.address}/slack/events"
        twice = [*event.headers.items(), ("X-Slack-Signature", "v0=other")]
        assert httpx.post(events, content=event.body, headers=twice, trust_env=False).status_code == 401
        twice = [("X-Slack-Signature", "v0=other"), *event.headers.items()]
        assert httpx.post(events, content=event.body, headers=twice, trust_env=False).status_code == 401
        assert httpx.post(events, content=b"x" * 1_100_000, trust_env=False).status_code == 413
        assert httpx.post(events, content=b"\xff\xfe", trust_env=False).status_code == 400
        assert bot.client.get("/slack/events").status_code == 405
        assert bot.client.get("/slack/install").status_code == 404
        assert bot.client.get("/readyz").json() == {"ready": True, "parts": {"slack": "ok"}}
        assert bot.store.jobs.waiting().number == 1
    assert "ministry" not in caplog.text


def test_what_could_not_be_taken_may_come_again() -> None:
    now = [0.0]
    seen = Seen(lambda: now[0])
    assert seen.first("v0=a") and not seen.first("v0=a")
    seen.forget("v0=a")
    assert seen.first("v0=a") and seen.first("v0=b")
    now[0] = 301.0
    assert not seen.first("v0=a"), "Bolt would take it for five minutes, and as many from the future"
    now[0] = 1000.0
    assert seen.first("v0=a") and len(seen._seen) == 1


def test_slow_requests_hold_up_no_other(home: Path) -> None:
    """While the database is busy, events wait for it, and pages do not."""
    with running(home, several=False) as bot:
        lock, free = threading.Event(), threading.Event()

        def hold() -> None:
            with bot.store._database.write():
                lock.set()
                free.wait(20)

        holder = threading.Thread(target=hold)
        holder.start()
        assert lock.wait(10)
        bot.slack.user("U1").mentions_bot("C1", "What did the ministry say?")
        began = time.monotonic()
        assert bot.client.get("/healthz").text == "ok\n" and time.monotonic() - began < 1
        free.set()
        holder.join()
        assert bot.slack.wait(lambda: bot.store.jobs.waiting().number == 1, 10)


def begun(bot: Bot) -> tuple[str, str]:
    """Begin an installation; return the state and the cookie."""
    response = bot.client.get("/slack/install")
    assert response.status_code == 302
    place = urlsplit(response.headers["location"])
    asked = parse_qs(place.query)
    assert f"{place.scheme}://{place.netloc}" in bot.slack.url and place.path == "/oauth/v2/authorize"
    assert asked["client_id"] == [bot.slack.settings.client_id] and asked.get("user_scope", [""]) == [""]
    assert "chat:write" in asked["scope"][0].split(",")
    cookie = response.headers["set-cookie"]
    for part in ("Secure", "HttpOnly", "SameSite=lax", "Path=/"):
        assert part.lower() in cookie.lower()
    return asked["state"][0], cookie.partition(";")[0]


def come_back(bot: Bot, cookie: str | None, **query: str) -> httpx.Response:
    headers = {"Cookie": cookie} if cookie else {}
    return bot.client.get("/slack/oauth_redirect", params=query, headers=headers)


def install(bot: Bot, team: str) -> None:
    state, cookie = begun(bot)
    done = come_back(bot, cookie, state=state, code=bot.slack.oauth_code(team))
    assert done.status_code == 200 and "The app is in your workspace" in done.text, done.text
    assert "default-src 'none'" in done.headers["content-security-policy"] and "<script" not in done.text
    again = come_back(bot, cookie, state=state, code=bot.slack.oauth_code(team))
    assert again.status_code == 401 and "took too long" in again.text, "a state is good for once"


def bytes_of(home: Path) -> bytes:
    return b"".join(file.read_bytes() for file in home.iterdir() if file.is_file())


def tokens_in(bot: Bot) -> list[str]:
    return [part for token in bot.slack.world.tokens.values() for part in (token.value, token.refresh) if part]


def test_a_workspace_installs_rotates_and_uninstalls(home: Path, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("bot", "corpus", "whosaid", "sqlalchemy", "uvicorn"):
        caplog.set_level(logging.DEBUG, logger=name)
    with running(home, several=True, token_rotation=True) as bot:
        install(bot, "T2")
        install(bot, "T3")
        tokens = Tokens(bot.secrets, bot.installations, lambda token: web_client(bot.secrets))
        first = tokens.of("T2", None)
        assert first.startswith("xoxe.xoxb-1-") and tokens.of("T2", None) == first != tokens.of("T3", None)
        found = bot.installations.find_bot(enterprise_id=None, team_id="T2")
        assert found and found.bot_refresh_token and found.bot_user_id and found.bot_id
        assert bot.installations.find_installation(enterprise_id=None, team_id="T2") is None, "of no person"

        found.bot_token_expires_at = int(time.time()) + 60
        bot.installations.save_bot(found)
        second = tokens.of("T2", None)
        assert second != first and tokens.of("T2", None) == second
        found = bot.installations.find_bot(enterprise_id=None, team_id="T2")
        assert found and found.bot_token == second and (found.bot_token_expires_at or 0) > time.time() + 7200

        found.bot_token_expires_at = int(time.time()) + 60  # and Bolt's own way of rotating works over the same store
        bot.installations.save_bot(found)
        authorize = InstallationStoreAuthorize(
            logger=logging.getLogger("test"), installation_store=bot.installations, bot_only=True,
            client_id=bot.slack.settings.client_id, client_secret=bot.slack.settings.client_secret,
            client=web_client(bot.secrets),
        )  # fmt: skip
        context = BoltContext({"client": web_client(bot.secrets)})
        told = authorize(context=context, enterprise_id=None, team_id="T2", user_id="U1")
        assert told and told.bot_token == tokens.of("T2", None) != second

        install(bot, "T2")  # once more: the newest token alone is kept
        kept = bot.installations.engine
        with kept.connect() as connection:
            rows = connection.exec_driver_sql("SELECT team_id, bot_token FROM slack_bots ORDER BY team_id").all()
        assert [team for team, _ in rows] == ["T2", "T3"] and all(token.startswith("gAAAA") for _, token in rows)
        file = home / "slack-tokens.sqlite"
        assert stat.S_IMODE(os.stat(file).st_mode) == 0o600
        secret = [*tokens_in(bot), bot.slack.settings.client_secret, SECRET]
        assert not [one for one in secret if one.encode() in bytes_of(home)]

        bot.slack.uninstalls("T2")
        assert bot.slack.wait(lambda: bot.installations.find_bot(enterprise_id=None, team_id="T2") is None, 10)
        with pytest.raises(SlackError, match="not installed"):
            tokens.of("T2", None)
        assert tokens.of("T3", None)
        assert not [one for one in secret if one in caplog.text + repr(bot.installations) + repr(bot.secrets)]
    with closing(
        open_installations(installations_url(bot.settings), bot.slack.settings.client_id, b"another")
    ) as other:
        with pytest.raises(JobsError, match="encrypted with another secret"):
            other.find_bot(enterprise_id=None, team_id="T3")
        assert SECRET not in repr(other)


def test_an_installation_that_goes_wrong_says_so_kindly(home: Path) -> None:
    with running(home, several=True) as bot:
        state, cookie = begun(bot)
        cancelled = come_back(bot, cookie, error="access_denied", state=state)
        assert "was cancelled" in cancelled.text and 'href="install"' in cancelled.text
        forged = come_back(bot, cookie, error="<script>alert(1)</script>")
        assert "script" not in forged.text and "did not complete" in forged.text
        code = bot.slack.oauth_code("T2")
        cases: list[tuple[Callable[[], httpx.Response], int, str]] = [
            (lambda: come_back(bot, None, state=state, code=code), 400, "not begun in this browser"),
            (lambda: come_back(bot, "slack-app-oauth-state=other", state=state, code=code), 400, "not begun in this"),
            (lambda: come_back(bot, "slack-app-oauth-state=forged", state="forged", code=code), 401, "took too long"),
            (lambda: come_back(bot, cookie, state=state, code="wrong"), 401, "did not confirm"),
        ]
        for ask, status, words in cases:
            response = ask()
            assert response.status_code == status and words in response.text and "Traceback" not in response.text
        assert bot.installations.find_bot(enterprise_id=None, team_id="T2") is None


def test_a_state_is_good_for_one_of_many_and_old_ones_are_forgotten(home: Path) -> None:
    settings = read_settings(home)
    with closing(open_installations(installations_url(settings), "client", b"s" * 32)) as store:
        states = store.states
        state, found = states.issue(), list[bool]()
        threads = [threading.Thread(target=lambda: found.append(states.consume(state))) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(found) == [False] * 5 + [True]
        states.expiration_seconds = -1
        old = states.issue()
        assert not states.consume(old)
        states.issue()
        with store.engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM slack_oauth_states").scalar() == 1


def test_tokens_are_kept_on_postgresql_too(home: Path, postgresql: Callable[[str], str]) -> None:
    url = postgresql("tokens")
    assert installations_url(read_settings(home).model_copy(update={"jobs": url})) == url
    with (
        closing(open_installations(url, "client", b"s" * 32)),
        closing(open_installations(url, "client", b"s" * 32)) as store,
    ):
        from slack_sdk.oauth.installation_store import Bot as Kept

        for number in range(2):
            store.save_bot(
                Kept(
                    app_id="A1",
                    team_id="T1",
                    bot_token="xoxe.xoxb-" + "t" * 180,
                    bot_id="B1",
                    bot_user_id="U1",
                    bot_scopes=["chat:write"],
                    bot_refresh_token="xoxe-1-" + "r" * 180,
                    bot_token_expires_in=60,
                    installed_at=1_900_000_000.123456 + number,
                )
            )
        found = store.find_bot(enterprise_id=None, team_id="T1")
        assert found and found.bot_token == "xoxe.xoxb-" + "t" * 180 and found.installed_at == 1_900_000_001.123456
        with store.engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM slack_bots").scalar() == 1
        assert store.states.consume(store.states.issue())
