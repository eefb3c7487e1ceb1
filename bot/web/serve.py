"""Running the HTTP server: on a socket, from a thread of its own; and ``whosaid serve``, which runs nothing else.

The main thread keeps the signals: who runs the server decides what it waits for, and leaves the block to stop it.
"""

from __future__ import annotations

import logging
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from bot.ask import Whosaid
from bot.settings import Secrets, Settings
from bot.slack.access import Access, Denied, asker_of
from bot.slack.calls import Clients
from bot.slack.config import SlackConfig
from bot.slack.directory import Directory
from bot.slack.log import set_up
from bot.slack.store import Store
from bot.web.app import make_web
from bot.web.article import Allowed, Copies, PageError
from bot.web.health import Check, Health, engine_checks
from bot.web.listening import Listening
from bot.web.metrics import Metrics
from bot.web.signing import Links, links_of
from corpus.catalogue import ArticleRecord
from corpus.catalogue.freshness import last_read
from corpus.errors import UsageError

_LOG = logging.getLogger(__name__)
_STARTED = 10.0  # seconds that a server has to begin
_OWN_MACHINE = ["127.0.0.1", "::1"]


Routes = Sequence[BaseRoute]
"""What is mounted beside the pages: where Slack calls (`bot.slack.oauth.slack_routes`)."""


@contextmanager
def web(
    engine: Whosaid,
    home: Path,
    links: Links | None,
    allowed: Allowed,
    metrics: Metrics,
    checks: Mapping[str, Check],
    routes: Routes = (),
) -> Iterator[Starlette]:
    """Give the application of a home until the end of the block, before which the engine must not be closed.

    Args:
        engine: opened for questions.
        home: its folder, where outlets.toml and speakers.toml are.
        links: what reads the links to stored copies; None where none are served.
        allowed: tells who may still see what, see `allowed_by`.
        metrics: where pages are counted.
        checks: what must be ready beside the engine: databases, Slack.
        routes: where Slack calls.
    """
    copies = None
    if links:
        copies = Copies(catalogue=engine.catalogue, opener=engine.opener, home=home, links=links, allowed=allowed)
    with closing(Health({**engine_checks(engine), **checks})) as health:
        yield make_web(copies, health, metrics, routes)


def allowed_by(access: Access, engine: Whosaid) -> Allowed:
    """Return what tells whether a link's audience may see an article, by ``slack.toml`` as it is now.

    The audience "" is the owner of the home, who made the link on the command line. It raises `PageError` (503) while
    Slack cannot say who somebody is.
    """

    def allowed(audience: str, article: ArticleRecord) -> bool:
        if not audience:
            return True
        try:
            found = access.scope(asker_of(audience))
        except UsageError:  # an audience of another time
            return False
        if isinstance(found, Denied):
            if found.until is not None:
                raise PageError(503)
            return False
        with engine.opener.reading() as opened:
            scope = opened.within(found.scope) if opened else found.scope
            return scope is None or scope.admits(article)

    return allowed


def watch(metrics: Metrics, engine: Whosaid, store: Store, now: Callable[[], float] = time.time) -> None:
    """Let each scrape read how much waits, how old the oldest is, how fresh the corpus is and how large."""

    def oldest() -> float:
        since = store.jobs.waiting().oldest
        return 0.0 if since is None else max(0.0, now() - since)

    def fresh() -> float | None:
        day = last_read(engine.catalogue, None)
        return (
            None if day is None else max(0.0, now() - datetime.combine(date.fromisoformat(day), _MIDNIGHT).timestamp())
        )

    metrics.watch(
        {
            "jobs_waiting": ("Questions that wait.", lambda: store.jobs.waiting().number),
            "oldest_job_seconds": ("Seconds that the oldest of them has waited.", oldest),
            "ingest_age_seconds": ("Seconds since the day (UTC) of the last ingest began.", fresh),
            "articles": ("Articles in the catalogue.", engine.catalogue.count),
        }
    )


_MIDNIGHT = datetime.min.replace(tzinfo=UTC).timetz()


@contextmanager
def served(app: Starlette, listening: Listening, drain: float = 20.0) -> Iterator[int]:
    """Serve an application from a thread until the end of the block, and yield its port.

    At the end no connection is taken any more, and what was begun is finished, for `drain` seconds at most.

    Raises:
        UsageError: it cannot listen there.
    """
    server = _Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,  # its lines would have the signatures of links
            lifespan="off",
            ws="none",
            server_header=False,
            proxy_headers=listening.behind_proxy,
            forwarded_allow_ips=_OWN_MACHINE,
            timeout_graceful_shutdown=max(1, round(drain)),
        )
    )
    listener = _listen(listening.host, listening.port)
    port = int(listener.getsockname()[1])
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="web", daemon=True)
    thread.start()
    try:
        if not server.ready.wait(_STARTED):
            raise UsageError(f"the server at {listening.host}:{port} did not begin; the log says why")
        _LOG.info("listening at http://%s:%d", f"[{listening.host}]" if ":" in listening.host else listening.host, port)
        yield port
    finally:
        server.should_exit = True
        thread.join(drain + _STARTED)
        listener.close()


class _Server(uvicorn.Server):
    """A server that tells when it takes connections."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise UsageError(
            f"cannot listen at {host}:{port}: {error.strerror}; name another place with --host and --port"
        ) from error


def serve(settings: Settings, secrets: Secrets, config: SlackConfig, listening: Listening) -> int:
    """Serve stored copies, health and figures until SIGTERM or SIGINT; return the exit code.

    Raises:
        UsageError: ``public_url`` is not set, or it cannot listen there.
        JobsError: the database where revoked links are noted cannot be opened.
    """
    if not settings.public_url:
        raise UsageError(
            "cannot serve stored copies: no setting public_url says by which address readers reach them; put e.g. "
            f'public_url = "http://{listening.host}:{listening.port}" into whosaid.toml'
        )
    set_up(secrets)
    with ExitStack() as stack:
        stop = stack.enter_context(_told_to_stop())
        store = stack.enter_context(closing(Store.open(settings.jobs_url())))
        links = links_of(settings, secrets, store.links.revoked)
        engine = stack.enter_context(closing(Whosaid(settings, links)))
        access = Access(config.allow, Directory(Clients(secrets).call))
        metrics = Metrics()
        watch(metrics, engine, store)
        checks = {"jobs": store.ready}
        home = settings.place().folder
        app = stack.enter_context(web(engine, home, links, allowed_by(access, engine), metrics, checks))
        stack.enter_context(listening.figures(metrics))
        stack.enter_context(served(app, listening, config.drain_seconds))
        stop.wait()
    return 0


@contextmanager
def _told_to_stop() -> Iterator[threading.Event]:
    """Give an event that SIGTERM and SIGINT set, within the block."""
    stop = threading.Event()

    def tell(number: int, frame: Any) -> None:
        stop.set()

    before = {number: signal.signal(number, tell) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
