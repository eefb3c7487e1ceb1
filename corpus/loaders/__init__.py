"""From files to documents: one function a format, and the choice among them by content and by name."""

from __future__ import annotations

import io
from collections.abc import Iterator

from corpus.errors import LoadError
from corpus.loaders import arrays, html, jsonl, markdown, pdf, tables, text, word
from corpus.loaders.limits import Limits
from corpus.loaders.reading import Loaded, Loader, Loading, Reader
from corpus.loaders.streams import opened
from corpus.walk import Source

__all__ = ["LOADERS", "Limits", "Loaded", "Loader", "Loading", "format_of", "load", "load_bytes"]

LOADERS: dict[str, Loader] = {
    "text": Loader(text.load, 2, (".txt", ".text"), isolated=False),
    "markdown": Loader(markdown.load, 2, (".md", ".markdown", ".mdown", ".mkd")),
    "html": Loader(html.load, 3, (".html", ".htm", ".xhtml")),
    "jsonl": Loader(jsonl.load, 2, (".jsonl", ".ndjson", ".jl"), isolated=False),
    "json": Loader(arrays.load, 1, (".json",)),
    "csv": Loader(tables.load, 1, (".csv", ".tsv", ".tab"), isolated=False),
    "pdf": Loader(pdf.load, 1, (".pdf",)),
    "docx": Loader(word.load, 1, (".docx",)),
}


def format_of(source: Source) -> str:
    """Return the name of the loader that reads `source`, judged by its content and its name.

    Raises:
        LoadError: the file cannot be opened, or is an archive or of no format that can be loaded.
    """
    loading = Loading(isolated=False)
    with opened(source, loading.limits) as (stream, size):
        return Reader(LOADERS, loading, source.relative, size).form(stream, source.relative)


def load(source: Source, loading: Loading | None = None) -> Iterator[Loaded | LoadError]:
    """Yield the documents of a file, and an error for each record, or for the file, that is no use.

    Nothing is raised for what a file holds: the caller reports the errors and goes on. Their messages are safe
    to print.

    Args:
        source: the file: an article, several, or an archive of such files, compressed or not.
        loading: the run that it belongs to. Without one the default limits hold, and everything is parsed in
            this process, where a hostile file can take any time and memory.
    """
    loading = loading or Loading(isolated=False)
    try:
        with opened(source, loading.limits) as (stream, size):
            yield from Reader(LOADERS, loading, source.relative, size).documents(stream, source.relative)
    except LoadError as error:  # the file cannot be opened
        yield error


def load_bytes(data: bytes, name: str, loading: Loading | None = None) -> Iterator[Loaded | LoadError]:
    """Yield what a file called `name` that holds `data` would yield: `load` without a disk."""
    loading = loading or Loading(isolated=False)
    yield from Reader(LOADERS, loading, name, len(data)).documents(io.BytesIO(data), name)
