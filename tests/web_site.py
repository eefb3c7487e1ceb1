"""A web site on the loopback: real sockets, answers as the test says, requests remembered."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: its path, its headers (names in lower case), and when it came."""

    path: str
    headers: dict[str, str]
    at: float


@dataclass(slots=True)
class Answer:
    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


Route = Answer | Callable[[BaseHTTPRequestHandler], None]


class Site:
    """Answers by path; what has no route is 404, and robots.txt with it."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.routes: dict[str, Route] = {}
        self.asked: list[Asked] = []
        self.over = threading.Event()
        self.port = server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.elsewhere = f"http://localhost:{self.port}"
        """The same server as another site."""

    def page(self, path: str, body: str | bytes, kind: str = PAGE, status: int = 200, **headers: str) -> None:
        data = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.routes[path] = Answer(data, status, {"Content-Type": kind, **named})

    def moved(self, path: str, location: str, status: int = 302) -> None:
        self.routes[path] = Answer(b"", status, {"Location": location})

    def paths(self) -> list[str]:
        """What was asked for, robots.txt aside."""
        return [asked.path for asked in self.asked if asked.path != "/robots.txt"]

    def drips(self, head: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
        """A route that sends `head` and then a byte now and then, for ever."""

        def drip(handler: BaseHTTPRequestHandler) -> None:
            handler.wfile.write(head)
            while not self.over.wait(0.02):
                handler.wfile.write(b"x")
                handler.wfile.flush()

        return drip

    def packed(self, path: str, body: bytes, kind: str = PAGE) -> None:
        self.routes[path] = Answer(gzip.compress(body), 200, {"Content-Type": kind, "Content-Encoding": "gzip"})


@contextmanager
def serve() -> Iterator[Site]:
    """Run a site until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            site.asked.append(Asked(self.path, headers, time.monotonic()))
            route = site.routes.get(self.path, Answer(b"not here", 404))
            try:
                if isinstance(route, Answer):
                    self._answer(route, headers)
                else:
                    route(self)
            except OSError:  # the other side has had enough
                self.close_connection = True

        def _answer(self, answer: Answer, headers: dict[str, str]) -> None:
            known = {"if-none-match": "ETag", "if-modified-since": "Last-Modified"}
            same = any(name in headers and headers[name] == answer.headers.get(known[name]) for name in known)
            self.send_response(304 if same else answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            body = b"" if same else answer.body
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False  # a thread that outlives its test is waited for, not left
    site = Site(server)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        site.over.set()
        server.shutdown()
        thread.join(30)
        server.server_close()
