"""A server over a real socket for one test, and stored articles without an index."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from bot.ask import Whosaid
from bot.web.article import Allowed
from bot.web.listening import Listening
from bot.web.metrics import Metrics
from bot.web.serve import served, web
from bot.web.signing import Links
from corpus.catalogue import Catalogue, Origin
from corpus.model import Document, PartialDate

NOON = 1_900_000_800.0  # a Unix time in the middle of a day
SECRET = b"a secret of thirty-two bytes...."


@dataclass
class Site:
    """A running server: `now` is its clock, `revoked` what its links ask, `allowed` what its audiences may see."""

    client: httpx.Client
    links: Links
    engine: Whosaid
    metrics: Metrics
    clock: dict[str, float]
    void: dict[tuple[str, str], float] = field(default_factory=dict)

    def get(self, link: str, method: str = "GET") -> httpx.Response:
        return self.client.request(method, link.partition("#")[0])


@contextmanager
def site(home: Path, allowed: Allowed = lambda audience, article: True) -> Iterator[Site]:
    """Serve a home from a thread; its links lead to the very port."""
    clock, void = {"now": NOON}, dict[tuple[str, str], float]()
    with socket.create_server(("127.0.0.1", 0)) as free:  # links are made with the port, so it is chosen first
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    links = Links(
        SECRET,
        address,
        days=30,
        now=lambda: clock["now"],
        revoked=lambda article, audience, made: made <= void.get((article, audience), 0),
    )
    metrics = Metrics()
    with (
        closing(Whosaid(home)) as engine,
        web(engine, home, links, allowed, metrics, {}) as app,
        served(app, Listening(port=port)),
        httpx.Client(base_url=address, trust_env=False, timeout=30) as client,
    ):
        yield Site(client, links, engine, metrics, clock, void)


def put(catalogue: Catalogue, text: str, path: str = "a.txt", raw: str = "", **known: str) -> str:
    """Store an article, or a new version of the one at `path`; return its id."""
    published = PartialDate(known.pop("published")) if "published" in known else None
    collection = known.pop("collection", "default")
    origin = Origin(
        collection=collection, root="/r", path=path, record="", raw_hash=raw or text, loader="text", loader_version=1
    )
    return catalogue.put(Document(text=text, published=published, **known), origin).article_id


Put = Callable[..., str]
