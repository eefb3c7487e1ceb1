"""JSON files: a list of articles, one article, or an object that holds a list of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from corpus.errors import LoadError
from corpus.loaders import broken, records
from corpus.loaders.charset import decode
from corpus.loaders.fields import LARGEST, Record, is_blank, no_text
from corpus.loaders.jsonl import fault


def load(stream: BinaryIO, name: str) -> Iterator[Record | LoadError]:
    """Yield a record for each article of the file, and an error for each item that is none.

    The file is read whole. A record is named by its own id, else its URL, else its place in the list, counted
    from 1. Of a file that is broken or cut off, the articles before that are taken, and the rest is one error.

    Raises:
        LoadError: the file is not JSON, too large, or holds neither an article nor a list of articles.
    """
    data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise LoadError(
            f"could not load {name}: it is larger than {LARGEST >> 20} MiB, which JSON must be read in at once; "
            "save it as JSON Lines, an article a line"
        )
    if is_blank(data):
        raise no_text(name)
    text = decode(data, name).removeprefix("\ufeff")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        yield from _before_the_break(text, name, error)
        return
    items = records.listed(found)
    if items is None:
        if not isinstance(found, dict):
            raise LoadError(f"could not load {name}: it holds no articles; put them into [{{...}}, {{...}}]")
        made = records.document(found, f"{name} (looked for a list under {', '.join(records.LISTS)}, too)")
        yield records.record(made, found)
        return
    yield from _listed(items, name)


def _listed(items: Iterable[object], name: str) -> Iterator[Record | LoadError]:
    names = records.Names("article")
    for number, item in enumerate(items, 1):
        try:
            made = records.document(item, f"{name}, article {number}")
            yield records.record(names.named(made, number), item)
        except LoadError as error:
            yield error


def _before_the_break(text: str, name: str, error: ValueError | RecursionError) -> Iterator[Record | LoadError]:
    """Yield the complete articles of a broken list, and the error for what follows them.

    Raises:
        LoadError: it is broken before its first article ends, or no list of articles.
    """
    taken = 0
    start = broken.start_of_list(text)
    for item in _listed(broken.whole_items(text, start), name) if start is not None else ():
        taken += 1
        yield item
    where = f"{name}, after article {taken}" if taken else name
    problem = LoadError(f"could not load {where}: {fault(error)}")
    problem.__cause__ = error
    if not taken:
        raise problem
    yield problem
