"""CSV and TSV: an article a row, under a row of field names."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO, NamedTuple

from corpus.errors import LoadError
from corpus.loaders import records
from corpus.loaders.charset import encoding_of
from corpus.loaders.fields import LARGEST, Record, no_text, too_large
from corpus.loaders.streams import rewound

_SAMPLE = 2**20
_SEPARATORS = (",", ";", "\t", "|")
_UNDECODED = re.compile("[\udc80-\udcff]")


class _Row(NamedTuple):
    """A row, its number as a spreadsheet shows it, and the number of its last line."""

    cells: list[str]
    number: int
    line: int


def load(stream: BinaryIO, name: str) -> Iterator[Record | LoadError]:
    """Yield a record a row, read as they come; an error for a row that is no article.

    Commas, semicolons, tabs and strokes are told apart by the first row, which names the fields as JSON Lines
    do. A record is named by its own id, else its URL, else its row's number.

    Raises:
        LoadError: the file is not text, or its first row names no column for the articles' text.
    """
    lines = _lines(stream, name)
    opening = next(lines, "").removeprefix("\ufeff")
    if not opening.strip():
        raise no_text(name)
    rows = _rows(_first_again(opening, lines), _separator(opening), name)
    header = next(rows)
    if isinstance(header, LoadError):
        raise header
    columns = [cell.strip() for cell in header.cells]
    if not any(records.letters(column) in records.TEXT for column in columns):
        raise LoadError(
            f"could not load {name}: its first row names no column for the text (looked for {records.LOOKED_FOR}); "
            "name the columns in the first row"
        )
    names = records.Names("row")
    for row in rows:
        if isinstance(row, LoadError):
            yield row
            continue
        try:
            fields = _fields(columns, row, name)
            if fields is None:
                continue
            made = records.document(fields, _where(name, row))
        except LoadError as error:
            yield error
            continue
        yield records.record(names.named(made, row.number), fields)


def _fields(columns: list[str], row: _Row, name: str) -> dict[str, str] | None:
    """Return a row's cells by the names of their columns, or None for an empty row.

    Raises:
        LoadError: it has more or fewer cells than there are columns, or bytes in another encoding.
    """
    cells = row.cells
    if not any(cell.strip() for cell in cells):
        return None
    while len(cells) > len(columns) and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) != len(columns):
        raise LoadError(
            f"could not load {_where(name, row)}: it has {len(cells)} columns where the first row names "
            f"{len(columns)}; put quotation marks around texts that hold separators"
        )
    if any(_UNDECODED.search(cell) for cell in cells):
        raw = [cell.encode("utf-8", "surrogateescape") for cell in cells]
        encoding = encoding_of(b"\n".join((*raw, b"")), _where(name, row))
        cells = [cell.decode(encoding) for cell in raw]
    fields: dict[str, str] = {}
    for column, cell in zip(columns, cells, strict=True):
        fields.setdefault(column, cell)
    return fields


def _where(name: str, row: _Row) -> str:
    return f"{name}, row {row.number}" + (f" (ends in line {row.line})" if row.line != row.number else "")


def _rows(lines: Iterable[str], separator: str, name: str) -> Iterator[_Row | LoadError]:
    """Yield the rows, and an error for one whose quotation marks do not pair; the next line goes on."""
    csv.field_size_limit(LARGEST)  # the module's own, of 128 KiB, is less than a long article has
    reader = csv.reader(lines, delimiter=separator, strict=True)
    number = 0
    while True:
        number += 1
        start = reader.line_num + 1
        try:
            yield _Row(next(reader), number, reader.line_num)
        except StopIteration:
            return
        except csv.Error as error:
            yield LoadError(
                f"could not load {name}, row {number} (from line {start}): its quotation marks do not pair "
                f"({error}); double those inside a quoted text"
            )


def _separator(opening: str) -> str:
    """Return the separator that makes most field names we know of the first row, else most columns."""

    def worth(separator: str) -> tuple[bool, int]:
        columns = next(csv.reader([opening], delimiter=separator), [])
        return any(records.letters(column) in records.TEXT for column in columns), len(columns)

    return max(_SEPARATORS, key=worth)


def _first_again(opening: str, lines: Iterator[str]) -> Iterator[str]:
    yield opening
    yield from lines


def _lines(stream: BinaryIO, name: str) -> Iterator[str]:
    """Yield the lines with their ends; bytes that are not UTF-8 in a file that begins as it stay as they are.

    Raises:
        LoadError: the file is not text, or a line is larger than an article can be.
    """
    sample = stream.read(_SAMPLE)
    encoding = encoding_of(sample, name)
    errors = "surrogateescape" if encoding == "utf-8" else "strict"
    text = io.TextIOWrapper(rewound(sample, stream), encoding, errors, newline="")
    number = 0
    try:
        while line := text.readline(LARGEST + 1):
            number += 1
            if len(line) > LARGEST:
                raise too_large(f"{name}, line {number}")
            yield line
    except UnicodeDecodeError as error:
        raise LoadError(
            f"could not load {name} after line {number}: it is no longer {encoding.upper()}; save it as UTF-8"
        ) from error
