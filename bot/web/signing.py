"""Signed links to stored copies of articles, and the secret that they are signed with.

A link names an article, a version, the marked characters, for whom it was made (`audience`), when and until when, and
carries an HMAC-SHA256 over all of it (RFC 2104), so none of it can be altered and no other article's page guessed. When
and until are rounded to the day, in UTC: the same citation has the same link all day.
"""

from __future__ import annotations

import base64
import hmac
import os
import re
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote, urlencode

from pydantic import SecretStr

from bot.link import web_address
from bot.settings import Secrets, Settings, read_secrets
from bot.slack.config import read_config
from corpus.errors import UsageError, WhosaidError
from corpus.model import Span

FILE = "secret.key"
CITED = "cited"  # the id of the marked passage, to which a link leads
_DAY = 86_400  # seconds
_SIZE = 32  # bytes of a secret that is made here
_LEAST = 16  # characters of one that is given
_NUMBER = re.compile(r"0|[1-9]\d{0,11}")

Revoked = Callable[[str, str, float], bool]
"""Tells of an article, an audience and a time whether links made at that time were revoked since."""


class LinkError(WhosaidError):
    """A link is not one that was made here, or holds no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What a signed link allows to see, and for whom; "" is the owner's own command line.

    `span` are the characters to mark, None for none; `made` and `until` are Unix times.
    """

    article_id: str
    version: int
    span: Span | None
    audience: str
    made: int
    until: int


@dataclass(frozen=True, slots=True)
class Links:
    """Makes and reads signed links to the pages of stored copies."""

    secret: bytes = field(repr=False)
    public_url: str
    days: int = 30
    now: Callable[[], float] = time.time
    revoked: Revoked = lambda article, audience, made: False

    def page(self, article_id: str, version: int, start: int, end: int, audience: str = "") -> str:
        """Return the address of the page where ``text[start:end]`` of a stored version is marked.

        Args:
            article_id: the article's id.
            version: which of its texts.
            start: the first character to mark.
            end: the character after the last.
            audience: for whom the link is made; whether they may still see the article is asked when it is opened.
        """
        made = int(self.now()) // _DAY * _DAY
        if self.revoked(article_id, audience, made):
            made = int(self.now())  # the links of this day are void: the rest of the day has its own
        until = (made // _DAY + 1 + self.days) * _DAY
        span = Span(start, end)
        return self.written(
            Ticket(article_id=article_id, version=version, span=span, audience=audience, made=made, until=until)
        )

    def beside(self, ticket: Ticket, article_id: str, version: int) -> str:
        """Return the address of another text that the holder of a ticket may see, for as long as the ticket holds."""
        return self.written(replace(ticket, article_id=article_id, version=version, span=None))

    def written(self, ticket: Ticket) -> str:
        """Return the address that stands for a ticket."""
        page = quote(ticket.article_id, safe="", errors="replace")
        query = urlencode({**_parameters(ticket), "sig": self._signature(ticket)}, safe=":")
        place = f"{self.public_url.rstrip('/')}/articles/{page}?{query}"
        return f"{place}#{CITED}" if ticket.span else place

    def read(self, article_id: str, given: Mapping[str, str]) -> Ticket:
        """Return what a link allows.

        Args:
            article_id: from the path of the address.
            given: the parameters of its query.

        Raises:
            LinkError: its signature is wrong, or it expired, or it was revoked.
        """
        ticket = _read(article_id, given)
        signed = given.get("sig", "").encode("utf-8", "replace")
        if not hmac.compare_digest(self._signature(ticket).encode(), signed):
            raise LinkError("the link's signature is wrong")
        if self.now() >= ticket.until:
            raise LinkError("the link expired")
        if self.revoked(ticket.article_id, ticket.audience, ticket.made):
            raise LinkError("the link was revoked")
        return ticket

    def _signature(self, ticket: Ticket) -> str:
        """Return the signature: 128 of the 256 bits, which is what RFC 2104 lets be left, in 22 characters."""
        parts = [ticket.article_id, *(f"{name}={value}" for name, value in _parameters(ticket).items())]
        said = b"".join(b"%d:%b" % (len(part), part) for part in (p.encode("utf-8", "surrogatepass") for p in parts))
        key = hmac.digest(self.secret, b"whosaid signed links", "sha256")
        return base64.urlsafe_b64encode(hmac.digest(key, said, "sha256")[:16]).rstrip(b"=").decode()


def _parameters(ticket: Ticket) -> dict[str, str]:
    """Return the parameters of a ticket's address, save the signature; what is not there is left out."""
    span = f"{ticket.span.start}:{ticket.span.end}" if ticket.span else ""
    known = {
        "version": str(ticket.version),
        "span": span,
        "for": ticket.audience,
        "made": str(ticket.made),
        "until": str(ticket.until),
    }
    return {name: value for name, value in known.items() if value}


def _read(article_id: str, given: Mapping[str, str]) -> Ticket:
    """Return what an address says, whoever wrote it."""
    numbers = [given.get(name, "") for name in ("version", "made", "until")]
    span = given.get("span", "")
    ends = span.split(":") if span else ["0", "1"]
    if not all(_NUMBER.fullmatch(number) for number in (*numbers, *ends)) or len(ends) != 2:
        raise LinkError("the link is not whole")
    version, made, until = map(int, numbers)
    start, end = map(int, ends)
    return Ticket(
        article_id=article_id,
        version=version,
        span=Span(start, end) if span else None,
        audience=given.get("for", ""),
        made=made,
        until=until,
    )


def links_of(settings: Settings, secrets: Secrets | None = None, revoked: Revoked | None = None) -> Links | None:
    """Return what makes and reads links with these settings; None where no ``public_url`` is set.

    Args:
        settings: of the home, where the secret is kept and ``slack.toml`` says for how many days a link holds.
        secrets: what was read from the environment; by default it is read.
        revoked: tells what was revoked; by default nothing was.

    Raises:
        UsageError: ``public_url`` is no web address, there is no secret and none can be made, or ``slack.toml`` is
            wrong.
    """
    if not settings.public_url:
        return None
    if web_address(settings.public_url) is None:
        raise UsageError(
            f"the setting public_url is {settings.public_url!r}, which is no address that links can lead to; write "
            "e.g. https://archive.example/whosaid"
        )
    home = settings.place().folder
    secret = secret_of(home, (secrets or read_secrets()).whosaid_secret)
    links = Links(secret, settings.public_url, read_config(home).link_days)
    return replace(links, revoked=revoked) if revoked else links


def secret_of(home: Path, given: SecretStr | None) -> bytes:
    """Return the secret that signs links and encrypts tokens: the given one, else the one in the home, made if need be.

    Raises:
        UsageError: the given one is too short, or the file cannot be made, read, or is no secret.
    """
    if given is not None:
        said = given.get_secret_value()
        if len(said) < _LEAST:
            raise UsageError(
                f"WHOSAID_SECRET has {len(said)} characters, too few for a secret; give it {_LEAST} or more, at random"
            )
        return said.encode("utf-8", "surrogateescape")
    file = home / FILE
    try:
        secret = file.read_bytes() if file.exists() else _made(file)
    except OSError as error:
        said = f"cannot read or make the secret in {file}: {error.strerror}; make the folder writable"
        raise UsageError(f"{said}, or set WHOSAID_SECRET") from error
    if len(secret) != _SIZE:
        raise UsageError(
            f"{file} holds {len(secret)} bytes, and a secret has {_SIZE}; remove the file to have a new one made"
        )
    return secret


def _made(file: Path) -> bytes:
    """Make the file of the secret, whole or not at all, for its owner alone; the first of several that make it wins."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{FILE}.", dir=file.parent)  # which is its owner's alone (0600)
    try:
        with os.fdopen(handle, "wb") as whole:
            whole.write(os.urandom(_SIZE))
            whole.flush()
            os.fsync(whole.fileno())
        with suppress(FileExistsError):  # another process was quicker: its secret is the one
            os.link(name, file)
    finally:
        os.unlink(name)
    return file.read_bytes()
