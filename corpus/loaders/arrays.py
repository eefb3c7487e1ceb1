"""JSON files: a list of articles, one article, or an object that holds a list of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from corpus.errors import LoadError
from corpus.loaders import records
from corpus.loaders.charset import decode
from corpus.loaders.fields import LARGEST, Record, is_blank, no_text
from corpus.loaders.jsonl import parsed


def load(stream: BinaryIO, name: str) -> Iterator[Record | LoadError]:
    """Yield a record for each article of the file, and an error for each item that is none.

    The file is read whole. A record is named by its own id, else its URL, else its place in the list, counted
    from 1.

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
    found = parsed(decode(data, name), name)
    items = records.listed(found)
    if items is None:
        if not isinstance(found, dict):
            raise LoadError(f"could not load {name}: it holds no articles; put them into [{{...}}, {{...}}]")
        made = records.document(found, f"{name} (looked for a list under {', '.join(records.LISTS)}, too)")
        yield records.record(made, found)
        return
    names = records.Names("article")
    for number, item in enumerate(items, 1):
        try:
            made = records.document(item, f"{name}, article {number}")
            yield records.record(names.named(made, number), item)
        except LoadError as error:
            yield error
