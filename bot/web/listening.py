"""Where a server listens."""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from bot.web.metrics import Metrics
from corpus.errors import UsageError

_LOG = logging.getLogger(__name__)
_METRICS = "127.0.0.1:9464"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """Where a server listens: `host` and `port` for pages and Slack's events; `metrics` apart from them.

    `metrics` is ``ADDRESS:PORT``, or "-" for nowhere; None for 127.0.0.1:9464 where that is free. `behind_proxy`
    believes the X-Forwarded headers of a proxy on this machine.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    metrics: str | None = None
    behind_proxy: bool = False

    def metrics_at(self) -> tuple[str, int] | None:
        """Return address and port of the figures; None for nowhere.

        Raises:
            UsageError: it is neither ADDRESS:PORT nor "-".
        """
        if self.metrics == "-":
            return None
        host, _, port = (self.metrics or _METRICS).rpartition(":")
        if not host or not port.isdecimal() or int(port) > 65535:
            raise UsageError(f"cannot serve figures at {self.metrics!r}: write ADDRESS:PORT, or - for nowhere")
        return host.strip("[]"), int(port)

    @contextmanager
    def figures(self, metrics: Metrics) -> Iterator[int | None]:
        """Serve figures until the end of the block; yield the port, or None where they are not served.

        Where nobody named a place and the usual one is taken, as by another bot of this machine, the log says so.

        Raises:
            UsageError: it cannot listen there.
        """
        with ExitStack() as stack:
            port, at = None, self.metrics_at()
            try:
                port = stack.enter_context(metrics.served(*at)) if at else None
            except UsageError as error:
                cause = error.__cause__
                if self.metrics is not None or not (isinstance(cause, OSError) and cause.errno == errno.EADDRINUSE):
                    raise
                _LOG.warning(
                    "figures are not served: %s is taken, as by another whosaid; name another place with --metrics",
                    _METRICS,
                )
            yield port
