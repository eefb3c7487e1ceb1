"""Fetching: one request at a time, with limits of size, time, redirects and kind of content."""

from __future__ import annotations

import re
import ssl
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from email.message import Message
from importlib.metadata import PackageNotFoundError, version

import httpcore
import httpx

from corpus.errors import LoadError
from corpus.loaders.limits import amount
from corpus.web.addresses import AddressError, normalised, shown
from corpus.web.transport import Deadline, Transport

ROBOT = "whosaid"
"""The name by which a robots.txt may address this program."""

_MOVED = frozenset({301, 302, 303, 307, 308})
_KINDS = re.compile(
    r"text/(?:html|plain|xml|markdown|x-markdown)|application/(?:xml|xhtml\+xml|json|pdf|rss|atom)"
    r"|application/[\w.-]{1,60}\+(?:xml|json)"
)
_FAILURES = (httpx.HTTPError, httpcore.NetworkError, httpcore.ProtocolError, httpcore.ConnectionNotAvailable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one fetch may cost: decompressed bytes, seconds in all, seconds for one wait, redirects."""

    size: int = 16 * 2**20
    seconds: float = 60.0
    wait: float = 20.0
    redirects: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What a server answered, after redirects.

    `url` is where it was found and `asked` what was asked for; `body` is decompressed, and empty unless the
    status is 200. `kind` is the media type in lower case ("" where none is given), `charset` what goes with it.
    """

    asked: str
    url: str
    status: int
    kind: str
    charset: str | None
    body: bytes
    etag: str | None
    modified: str | None
    retry_after: str | None


class Client:
    """Fetches by GET; keeps no cookies, sends no credentials, uses no proxy from the environment."""

    def __init__(self, *, allow_private: bool = False, limits: Limits = Limits()) -> None:
        self._allow_private, self._limits = allow_private, limits
        self._context: ssl.SSLContext | None = None
        self._agent = _agent()

    def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        modified: str | None = None,
        any_kind: bool = False,
        before: Callable[[str], None] = lambda url: None,
    ) -> Fetched:
        """Fetch `url`; a status is returned whatever it is.

        Args:
            url: the address.
            etag: answered with status 304 where this is still the page's ETag.
            modified: likewise, its Last-Modified.
            any_kind: take any type of content.
            before: called with each address, redirects too, before it is asked; what it raises ends the fetch.

        Raises:
            AddressError: the address, or one it redirects to, must not be fetched.
            LoadError: it cannot be fetched, or what comes is too large, too slow, or of no kind that is read.
        """
        at, left = self._address(url, url), self._limits.seconds
        headers = {"If-None-Match": etag, "If-Modified-Since": modified}
        conditions = {name: value for name, value in headers.items() if value}
        for _ in range(self._limits.redirects + 1):
            before(str(at))
            started = time.monotonic()
            reply, location = self._exchange(url, at, conditions, left, any_kind)
            left -= time.monotonic() - started
            if location is None:
                return replace(reply, asked=url)
            at = self._address(url, location, at)
        raise LoadError(f"could not fetch {shown(url)}: it redirects more than {self._limits.redirects} times")

    def _address(self, asked: str, url: str, base: httpx.URL | None = None) -> httpx.URL:
        """Return the address of `url`, which `base` leads to where it is given."""
        try:
            return normalised(url if base is None else str(base.join(url)))
        except (AddressError, httpx.InvalidURL, ValueError) as error:
            led = "" if base is None else f" it leads to {shown(url)}, and"
            reason = error if isinstance(error, AddressError) else "that is no address"
            raise AddressError(f"could not fetch {shown(asked)}:{led} {reason}") from error

    def _exchange(
        self, asked: str, at: httpx.URL, conditions: dict[str, str], seconds: float, any_kind: bool
    ) -> tuple[Fetched, str | None]:
        """Return the answer to one request, and where it redirects to."""
        led = "" if str(at) == asked else f" it leads to {shown(str(at))}, and"
        limits = self._limits
        try:
            return self._send(at, conditions, seconds, any_kind)
        except AddressError as error:
            raise AddressError(f"could not fetch {shown(asked)}:{led} {error}") from error
        except LoadError as error:
            raise LoadError(f"could not fetch {shown(asked)}:{led} {error}") from error
        except (httpx.TimeoutException, httpcore.TimeoutException) as error:
            raise LoadError(
                f"could not fetch {shown(asked)}:{led} it took too long (more than {limits.wait:g} s without a word, "
                f"or {limits.seconds:g} s in all); try again later"
            ) from error
        except (*_FAILURES, ssl.SSLError, OSError) as error:
            reason = " ".join(str(error).split()) or type(error).__name__
            raise LoadError(f"could not fetch {shown(asked)}:{led} the connection failed ({reason})") from error

    def _send(
        self, at: httpx.URL, conditions: dict[str, str], seconds: float, any_kind: bool
    ) -> tuple[Fetched, str | None]:
        if self._context is None:
            self._context = httpx.create_ssl_context(trust_env=False)
        deadline = Deadline(seconds)
        transport = Transport(self._context, deadline, self._allow_private)
        headers = {"User-Agent": self._agent, "Accept": "*/*", "Accept-Encoding": "gzip", **conditions}
        with (
            httpx.Client(transport=transport, trust_env=False, timeout=self._limits.wait, headers=headers) as client,
            client.stream("GET", at, follow_redirects=False) as response,
        ):
            kind, charset = _kind(response.headers.get("content-type", ""))
            good = response.status_code == 200
            if good and kind and not any_kind and not _KINDS.fullmatch(kind):
                raise LoadError(f"it is of the type {kind}; what is read is HTML, XML, plain text, JSON and PDF")
            reply = Fetched(
                asked="",
                url=str(at),
                status=response.status_code,
                kind=kind,
                charset=charset,
                body=self._body(response, deadline) if good else b"",
                etag=response.headers.get("etag"),
                modified=response.headers.get("last-modified"),
                retry_after=response.headers.get("retry-after"),
            )
            moved = response.headers.get("location") if response.status_code in _MOVED else None
            return reply, moved

    def _body(self, response: httpx.Response, deadline: Deadline) -> bytes:
        """Read and decompress, never holding more than the limit."""
        limit, packing = self._limits.size, response.headers.get("content-encoding", "").strip().lower()
        if packing not in ("", "identity", "gzip", "x-gzip"):
            raise LoadError(f"it comes compressed as {packing[:40]!a}, which was not asked for")
        unpacker = _Gunzip() if packing.endswith("gzip") else None
        found = bytearray()
        for piece in response.iter_raw():
            deadline.cut(None)
            found += piece if unpacker is None else unpacker.feed(piece, limit + 1 - len(found))
            if len(found) > limit:
                raise LoadError(f"it has more than {amount(limit)}, which no article has")
        if unpacker is not None and found and not unpacker.ended:
            raise LoadError("it breaks off before its end; try again later")
        return bytes(found)


class _Gunzip:
    """Decompression of gzip in pieces, each no larger than asked for."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(31)

    def feed(self, piece: bytes, most: int) -> bytes:
        """Return what `piece` holds, at most `most` bytes of it; the caller gives up where there is more."""
        if self._inner.eof:  # what came after would be kept, and there is no limit to it
            raise LoadError("it goes on after its end; try again later")
        try:
            return self._inner.decompress(piece, most)
        except zlib.error as error:
            raise LoadError("it cannot be decompressed; try again later") from error

    @property
    def ended(self) -> bool:
        """Whether the end was reached."""
        return self._inner.eof


def _kind(content_type: str) -> tuple[str, str | None]:
    """Return the media type, in lower case, and the character set of a Content-Type."""
    message = Message()
    message["Content-Type"] = content_type[:200].replace("\r", " ").replace("\n", " ")
    given = message.get_content_type() if content_type.strip() else ""
    charset = message.get_param("charset")
    return given, charset.strip().lower() if isinstance(charset, str) else None


def _agent() -> str:
    """Return an honest User-Agent."""
    try:
        number = version("whosaid")
    except PackageNotFoundError:  # run from a checkout that was not installed
        number = "0"
    return f"{ROBOT}/{number} (archive of news articles; obeys robots.txt for {ROBOT})"
