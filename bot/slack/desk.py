"""What a handler has at hand."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.ask import Whosaid
from bot.slack.access import Access
from bot.slack.calls import Clients
from bot.slack.config import SlackConfig
from bot.slack.deliver import Delivery
from bot.slack.directory import Directory
from bot.slack.once import Once
from bot.slack.store import Store
from bot.suggest import Suggester
from bot.web.metrics import Metrics
from bot.web.signing import Links


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The parts of the bot that handlers work with; one for all worker threads of a process.

    `links` is None where stored copies cannot be read over the web. `now` gives Unix time. `told` remembers who was
    told of a limit, so that nobody is told of each question that is too many.
    """

    engine: Whosaid
    store: Store
    config: SlackConfig
    access: Access
    links: Links | None
    suggester: Suggester
    clients: Clients
    delivery: Delivery
    metrics: Metrics
    now: Callable[[], float] = time.time
    told: Once = field(default_factory=Once)

    @classmethod
    def over(
        cls,
        engine: Whosaid,
        store: Store,
        clients: Clients,
        config: SlackConfig,
        links: Links | None,
        metrics: Metrics,
    ) -> Desk:
        """Put the parts together that follow from these."""
        return cls(
            engine=engine,
            store=store,
            config=config,
            access=Access(config.allow, Directory(clients.call)),
            links=links,
            suggester=Suggester(engine),
            clients=clients,
            delivery=Delivery(store, clients, config),
            metrics=metrics,
        )
