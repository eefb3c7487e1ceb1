"""Where a server listens."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """Where a server listens: `host` and `port` for pages and Slack's events; `metrics` apart from them.

    `metrics` is ``ADDRESS:PORT``, or "-" for nowhere. `behind_proxy` believes the X-Forwarded headers of a proxy on
    this machine.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    metrics: str = "127.0.0.1:9464"
    behind_proxy: bool = False

    def metrics_at(self) -> tuple[str, int] | None:
        """Return address and port of the figures; None for nowhere.

        Raises:
            UsageError: it is neither ADDRESS:PORT nor "-".
        """
        if self.metrics == "-":
            return None
        host, _, port = self.metrics.rpartition(":")
        if not host or not port.isdecimal() or int(port) > 65535:
            raise UsageError(f"cannot serve figures at {self.metrics!r}: write ADDRESS:PORT, or - for nowhere")
        return host.strip("[]"), int(port)
