"""Running the bot: its parts put together, Slack's events taken in until told to stop, what was begun then finished."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from types import FrameType
from typing import cast

from slack_bolt import App
from slack_bolt.oauth import OAuthFlow

from bot.ask import Whosaid
from bot.settings import Secrets, Settings
from bot.slack.app import make_app
from bot.slack.calls import Clients
from bot.slack.config import SlackConfig
from bot.slack.connection import Connection
from bot.slack.credentials import app_token, of_several, signing_secret, web_client
from bot.slack.desk import Desk
from bot.slack.handlers import handled
from bot.slack.intake import Intake
from bot.slack.log import set_up
from bot.slack.oauth import oauth_flow, slack_check, slack_routes
from bot.slack.store import Store
from bot.slack.store.installations import Installations
from bot.slack.withdraw import Withdrawal
from bot.slack.worker import Worker
from bot.web.health import Check
from bot.web.listening import Listening
from bot.web.metrics import Metrics
from bot.web.serve import Routes, allowed_by, served, watch, web
from bot.web.signing import links_of
from corpus.errors import UsageError

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """The parts of a bot that `run_socket` and `run_http` start and stop."""

    app: App
    desk: Desk
    worker: Worker


def run_socket(settings: Settings, secrets: Secrets, config: SlackConfig, listening: Listening | None = None) -> int:
    """Run the bot over Socket Mode until told to stop; return the exit code, 0.

    Figures are served beside where `listening` says, pages only where the settings have a `public_url`.

    Raises:
        UsageError: a token is not set, or a server cannot listen.
        SlackError: Slack cannot be reached, or refuses a token.
        JobsError, CatalogueError, StaleIndexError: what the bot needs cannot be opened.
    """
    app_token(secrets)
    set_up(secrets)
    with _told_to_stop() as stop, _assembled(settings, secrets, config) as bot, ExitStack() as serving:
        connection = Connection(bot.app, secrets)
        if listening:
            serving.enter_context(_web(bot, settings, secrets, config, listening, {"socket": connection.ready}))
        bot.worker.start()
        try:
            connection.open()
            _log.info("connected to Slack")
            _wait(stop)
            _log.info("stopping")
        finally:
            closing = threading.Thread(target=connection.close, name="closing", daemon=True)
            closing.start()
            bot.worker.drain(config.drain_seconds)
            closing.join()
    return 0


def run_http(settings: Settings, secrets: Secrets, config: SlackConfig, listening: Listening) -> int:
    """Run the bot behind the HTTP server that Slack calls, until told to stop; return the exit code, 0.

    Raises: as `run_socket`.
    """
    signing_secret(secrets)
    set_up(secrets)
    with _told_to_stop() as stop, _assembled(settings, secrets, config) as bot:
        bot.worker.start()
        try:
            with _web(bot, settings, secrets, config, listening, {}, slack_routes(bot.app)):
                _wait(stop)
                _log.info("stopping")
        finally:
            bot.worker.drain(config.drain_seconds)
    return 0


@contextmanager
def _assembled(settings: Settings, secrets: Secrets, config: SlackConfig) -> Iterator[Bot]:
    """Give the bot with all its parts open, and close them at the end."""
    several = of_several(secrets)
    if not settings.ingested():
        raise UsageError(
            f"there is nothing in {settings.place().folder} yet; read articles with `whosaid ingest` first"
        )
    with ExitStack() as stack:
        store = stack.enter_context(closing(Store.open(settings.jobs_url())))
        oauth: OAuthFlow | None = None
        if several:
            oauth = oauth_flow(secrets, settings, config, web_client(secrets))
            stack.enter_context(closing(cast(Installations, oauth.settings.installation_store)))
        links = links_of(settings, secrets, store.links.revoked)
        engine = stack.enter_context(closing(Whosaid(settings, links)))
        metrics = Metrics()
        clients = Clients(secrets, oauth.settings.installation_store if oauth else None, metrics.slack_error)
        desk = Desk.over(engine, store, clients, config, links, metrics)
        intake, chores = Intake(), (Withdrawal(desk),)
        worker = Worker(store, desk.delivery, partial(handled, desk), config, metrics, chores, intake.give_way)
        app = make_app(secrets, config, store.jobs, worker.wake, oauth, partial(metrics.stage, "acknowledge"), intake)
        yield Bot(app=app, desk=desk, worker=worker)


@contextmanager
def _web(
    bot: Bot,
    settings: Settings,
    secrets: Secrets,
    config: SlackConfig,
    listening: Listening,
    checks: Mapping[str, Check],
    routes: Routes = (),
) -> Iterator[None]:
    """Serve figures, and pages, health and what Slack calls, until the end of the block.

    Without `routes` and a ``public_url`` nobody could be led to a page, and no port is taken for them.
    """
    desk = bot.desk
    watch(desk.metrics, desk.engine, desk.store)
    every = {"jobs": desk.store.ready, "slack": slack_check(secrets), **checks}
    allowed = allowed_by(desk.access, desk.engine)
    with ExitStack() as stack:
        stack.enter_context(listening.figures(desk.metrics))
        if routes or settings.public_url:
            home = settings.place().folder
            app = stack.enter_context(web(desk.engine, home, desk.links, allowed, desk.metrics, every, routes))
            stack.enter_context(served(app, listening, config.drain_seconds))
        yield


def _wait(stop: threading.Event) -> None:
    """Wait until told to stop, looking up every second.

    Where the process stood still (SIGSTOP, a frozen container), the kernel may give the signal to another thread than
    this one, whose waiting it then does not end; Python's handler runs here only.
    """
    while not stop.wait(1.0):
        pass


@contextmanager
def _told_to_stop() -> Iterator[threading.Event]:
    """Give an event that SIGTERM and SIGINT set; a second one ends the process as it stands, which loses nothing.

    What was taken in is stored, and what was begun is finished after the next start.
    """
    stop = threading.Event()

    def tell(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            os._exit(128 + number)
        stop.set()

    before = {number: signal.signal(number, tell) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
