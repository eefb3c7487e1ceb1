"""A polite visitor: obeys robots.txt, asks one thing at a time, and pauses between two requests to a host."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from corpus.errors import LoadError
from corpus.web.addresses import AddressError, shown
from corpus.web.client import ROBOT, Client, Fetched

if TYPE_CHECKING:
    from protego import Protego

PAUSE = 1.0
"""Seconds between two requests to one host, unless its robots.txt asks for more."""

LONGEST_PAUSE = 30.0
"""Seconds that are waited at most, whatever a Crawl-delay says."""

_READ = 512 * 1024  # characters of a robots.txt that are heeded: RFC 9309 asks for 500 KiB at least
_LATER = frozenset({429, 503})


class NotAsked(LoadError):
    """A page that was not asked for, as robots.txt does not allow it or its host is to be left alone for now."""


@dataclass(slots=True)
class _Host:
    """What is known of a host in this run: its rules, why it is not to be asked now, when it was last asked."""

    rules: Protego | None = None
    closed: str | None = None
    pause: float = PAUSE
    asked: float | None = None


class Visitor:
    """Fetches as a guest does; robots.txt is read once a run for each host (RFC 9309)."""

    def __init__(self, client: Client, pause: float = PAUSE, sleep: Callable[[float], None] = time.sleep) -> None:
        self._client, self._pause, self._sleep = client, pause, sleep
        self._hosts: dict[str, _Host] = {}

    def get(self, url: str, *, etag: str | None = None, modified: str | None = None) -> Fetched:
        """Fetch `url` as `Client.get` does, if its host lets robots do so.

        Raises:
            AddressError: the address must not be fetched.
            NotAsked: robots.txt forbids it or cannot be read, or the host asked to be left alone for now.
            LoadError: it cannot be fetched.
        """
        reply = self._client.get(url, etag=etag, modified=modified, before=self._before)
        if reply.status in _LATER:
            until = f" (it says: after {reply.retry_after[:40]!a})" if reply.retry_after else ""
            self._host(reply.url).closed = f"it answered {reply.status}, and asked to be left alone for now{until}"
        return reply

    def _before(self, url: str) -> None:
        """Let a request go, in its time, or raise."""
        host = self._host(url)
        if host.rules is None and host.closed is None:
            self._read_rules(url, host)
        if host.closed is not None:
            raise NotAsked(f"could not fetch {shown(url)}: {host.closed}; try again later")
        if host.rules is not None and not host.rules.can_fetch(url, ROBOT):
            raise NotAsked(f"could not fetch {shown(url)}: the site's robots.txt does not allow it; ask the site")
        self._wait(url)

    def _host(self, url: str) -> _Host:
        return self._hosts.setdefault(_origin(url), _Host(pause=self._pause))

    def _read_rules(self, url: str, host: _Host) -> None:
        """Read robots.txt: none (4xx) allows everything, one that cannot be had allows nothing for now."""
        from protego import Protego

        where = f"{_origin(url)}/robots.txt"
        try:
            reply = self._client.get(where, any_kind=True, before=self._wait)
        except AddressError:
            raise
        except LoadError as error:
            host.closed = f"its site's robots.txt cannot be read ({error})"
            return
        if reply.status == 200:
            host.rules = Protego.parse(reply.body.decode("utf-8", "replace")[:_READ])
            delay = host.rules.crawl_delay(ROBOT)
            host.pause = max(self._pause, min(delay or 0.0, LONGEST_PAUSE))
        elif 400 <= reply.status < 500 and reply.status not in _LATER:
            host.rules = Protego.parse("")
        else:
            host.closed = f"its site's robots.txt cannot be read (the server answered {reply.status})"

    def _wait(self, url: str) -> None:
        """Wait until the host may be asked again."""
        host = self._host(url)
        if host.asked is not None:
            left = host.asked + host.pause - time.monotonic()
            if left > 0:
                self._sleep(left)
        host.asked = time.monotonic()


def _origin(url: str) -> str:
    found = httpx.URL(url)
    return f"{found.scheme}://{found.netloc.decode('ascii')}"
