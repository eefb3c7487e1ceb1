"""Figures for Prometheus, on an address of their own. Nothing in them names a person, a question or an article."""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, start_http_server

from corpus.errors import UsageError

_LOG = logging.getLogger(__name__)
_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 300)  # from an acknowledgement to the longest of waits

Read = Callable[[], float | None]
"""Gives a figure as it is now; None where there is none."""


class Metrics:
    """Counters and times of one process, in a registry of its own. Safe to use from several threads."""

    def __init__(self) -> None:
        """Begin at zero."""
        self._registry = CollectorRegistry()
        self._questions = self._counter(
            "questions", "Questions that were taken in, by where they were asked.", "surface"
        )
        self._answered = self._counter("answered", "Questions that were answered.")
        self._refused = self._counter("refused", "Questions that were refused, by reason.", "reason")
        self._failed = self._counter("failed", "Questions at which something went wrong.")
        self._slack = self._counter(
            "slack_errors", "Calls of Slack that failed, by method and error.", "method", "code"
        )
        self._pages = self._counter("pages", "Pages of stored copies that were asked for, by status.", "status")
        self._stages = Histogram(
            "whosaid_stage_seconds",
            "Seconds that a stage of an answer took.",
            ["stage"],
            buckets=_SECONDS,
            registry=self._registry,
        )

    def question(self, surface: str) -> None:
        """Count a question that was taken in; `surface` is where it was asked."""
        self._questions.labels(surface).inc()

    def answered(self) -> None:
        """Count an answer."""
        self._answered.inc()

    def refused(self, reason: str) -> None:
        """Count a refusal."""
        self._refused.labels(reason).inc()

    def failed(self) -> None:
        """Count a question at which something went wrong."""
        self._failed.inc()

    def stage(self, name: str, seconds: float) -> None:
        """Note how long a stage took: "acknowledge", "wait", "answer", "post"."""
        self._stages.labels(name).observe(seconds)

    def slack_error(self, method: str, code: str) -> None:
        """Count a call of Slack's that failed; `code` is Slack's, or what happened to the connection."""
        self._slack.labels(method, code).inc()

    def page(self, status: int) -> None:
        """Count a page of a stored copy that was asked for."""
        self._pages.labels(str(status)).inc()

    def watch(self, figures: Mapping[str, tuple[str, Read]]) -> None:
        """Read these figures at each scrape: by name without prefix, what each is and how it is read.

        One that cannot be read is NaN, and the log says why.
        """
        for name, (told, read) in figures.items():
            Gauge(f"whosaid_{name}", told, registry=self._registry).set_function(_guarded(name, read))

    def shown(self) -> bytes:
        """Return all figures as Prometheus reads them."""
        return generate_latest(self._registry)

    @contextmanager
    def served(self, address: str, port: int) -> Iterator[int]:
        """Serve the figures until the end of the block; yield the port, which 0 lets the system choose.

        Raises:
            UsageError: it cannot listen there.
        """
        try:
            server, thread = start_http_server(port, address, self._registry)
        except OSError as error:
            raise UsageError(
                f"cannot serve figures at {address}:{port}: {error.strerror}; name another place with --metrics, or -"
            ) from error
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def _counter(self, name: str, told: str, *labels: str) -> Counter:
        return Counter(f"whosaid_{name}", told, labels, registry=self._registry)


def _guarded(name: str, read: Read) -> Callable[[], float]:
    """Return a reader that never raises and never reads twice at once: a slow database must not pile up scrapes."""
    reading = threading.Lock()

    def figure() -> float:
        if not reading.acquire(blocking=False):
            return math.nan
        try:
            found = read()
        except Exception:
            _LOG.exception("could not read the figure %s", name)
            return math.nan
        finally:
            reading.release()
        return math.nan if found is None else found

    return figure
