"""Loaders that misbehave, for the child process to be tried with: `Worker(limits, "hostile_loaders:TABLE", folder)`."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from corpus.errors import LoadError
from corpus.loaders import Loader
from corpus.loaders.fields import Record, digest
from corpus.model import Document


def echo(stream: BinaryIO, name: str) -> Iterator[Record | LoadError]:
    data = stream.read()
    for part in data.split(b"|"):
        if part:
            yield Record(Document(text=part.decode("utf-8", "surrogatepass"), title=name), digest(part))
        else:
            yield LoadError(f"could not load {name}: a part is empty")


def hang(stream: BinaryIO, name: str) -> Iterator[Record | LoadError]:
    yield from echo(stream, name)
    while True:
        pass


def sleep(stream: BinaryIO, name: str) -> Iterator[Record | LoadError]:
    time.sleep(3600)
    yield from echo(stream, name)


def hoard(stream: BinaryIO, name: str) -> Iterator[Record | LoadError]:
    held = []
    while True:
        held.append(bytearray(2**24))
        yield from ()


def crash(stream: BinaryIO, name: str) -> Iterator[Record | LoadError]:
    yield from echo(stream, name)
    ctypes.string_at(0)


def leave(stream: BinaryIO, name: str) -> Iterator[Record | LoadError]:
    yield from echo(stream, name)
    os._exit(0)


def fail(stream: BinaryIO, name: str) -> Iterator[Record | LoadError]:
    yield from echo(stream, name)
    raise ArithmeticError("secret \x1b[31m words")


def babble(stream: BinaryIO, name: str) -> Iterator[Record | LoadError]:
    print("to standard output")
    print("to standard error", file=sys.stderr)
    os.write(1, b"\x00\x00\x00\x05wrong")
    os.write(2, b"to the terminal")
    yield from echo(stream, name)


def interrupt(stream: BinaryIO, name: str) -> Iterator[Record | LoadError]:
    os.kill(os.getpid(), signal.SIGINT)
    yield from echo(stream, name)


def write(stream: BinaryIO, name: str) -> Iterator[Record | LoadError]:
    try:
        Path(stream.read().decode()).write_text("written")
    except OSError as error:
        raise LoadError(f"could not write: {error.strerror}") from error
    yield from ()


def environment(stream: BinaryIO, name: str) -> Iterator[Record | LoadError]:
    kept = {key: value for key, value in os.environ.items() if key != "LC_CTYPE"}  # which Python itself sets
    yield Record(Document(text=f"{kept} {os.getcwd()} {'sqlalchemy' in sys.modules}"), digest(b""))


def lie(stream: BinaryIO, name: str) -> Iterator[Record | LoadError]:
    yield Record(Document(text=["no", "text"]), digest(b""))  # type: ignore[arg-type]


TABLE = {
    function.__name__: Loader(function, 1, ())
    for function in (echo, hang, sleep, hoard, crash, leave, fail, babble, interrupt, write, environment, lie)
}
