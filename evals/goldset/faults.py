"""What is wrong with a gold set, told all at once: a sentence each, with file, line, field and what was expected."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from corpus.errors import UsageError

MOST = 20
"""Sentences that are told; of the rest only the number."""

_SHOWN = 60  # characters of what was found

_EXPECTED = {
    "string_type": 'text in quotation marks ("...")',
    "string_too_short": "some text",
    "bool_type": "true or false",
    "tuple_type": "a list ([...])",
    "list_type": "a list ([...])",
    "too_short": "a list with at least one entry",
    "model_type": "an object ({...})",
    "model_attributes_type": "an object ({...})",
}
_A_DAY = 'a day such as "2041-03-23"'


class GoldError(UsageError):
    """A gold set, or what it says of a corpus, is wrong; `sentences` has one for each thing that is."""

    many = True

    def __init__(self, sentences: Sequence[str], most: int = MOST) -> None:
        """Tell the first `most` sentences, a line each, and how many more there are."""
        self.sentences = tuple(sentences)
        more = len(self.sentences) - most
        super().__init__("\n".join((*self.sentences[:most], *([f"and {more} more"] if more > 0 else []))))


class Faults:
    """Collects what is wrong with one file."""

    def __init__(self, file: Path) -> None:
        self._file, self._found = file, list[tuple[int, str]]()

    def add(self, sentence: str, line: int | None = None) -> None:
        """Note a fault of the file, or of one line of it (counted from 1)."""
        where = self._file.name if line is None else f"{self._file.name}, line {line}"
        self._found.append((line or 0, f"{where}{sentence if sentence.startswith(',') else f': {sentence}'}"))

    def tell(self) -> None:
        """Raise what was noted, in the order of the lines.

        Raises:
            GoldError: something was.
        """
        if self._found:
            raise GoldError([sentence for _, sentence in sorted(self._found, key=lambda one: one[0])])


def told(error: ValidationError, fields: Mapping[str, type[BaseModel]]) -> Iterator[str]:
    """Yield ``, field NAME: expected ..., found ...`` for each thing that is wrong with an object.

    Args:
        error: what pydantic says of it.
        fields: the models by the field that holds them, "" for the object itself.
    """
    for one in error.errors():
        place = _place(one["loc"])
        found = _shown(one["input"])
        match one["type"]:
            case "value_error":
                name, _, sentence = str(one["ctx"]["error"]).partition(": ")
                yield f", field {name}: {sentence}"
            case "missing":
                yield f", field {place}: expected {_wanted(one['loc'], fields)}, found no such field"
            case "extra_forbidden":
                yield f", field {place}: {_unknown(one['loc'], fields)}"
            case "json_invalid":
                yield f"not JSON ({one['msg'].removeprefix('Invalid JSON: ')}); repair it"
            case "literal_error":
                yield f", field {place}: expected {_choice(one['loc'], fields)}, found {found}"
            case kind if kind.startswith("date"):
                yield f", field {place}: expected {_A_DAY}, found {found}"
            case kind:
                yield f", field {place}: expected {_EXPECTED.get(kind, one['msg'])}, found {found}"


def _place(loc: Sequence[int | str]) -> str:
    """Return where in an object something is: ``evidence, entry 1, quote``."""
    return ", ".join(f"entry {part + 1}" if isinstance(part, int) else part for part in loc) or "(the whole object)"


def _shown(value: Any) -> str:
    try:
        text = json.dumps(value, ensure_ascii=False, default=str)
    except (TypeError, ValueError, RecursionError):
        text = str(type(value).__name__)
    if isinstance(value, str):
        text = f"'{value}'"
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."


def _model(loc: Sequence[int | str], fields: Mapping[str, type[BaseModel]]) -> type[BaseModel]:
    """Return the model that a field belongs to."""
    holders = [part for part in loc[:-1] if isinstance(part, str) and part in fields]
    return fields[holders[-1] if holders else ""]


def _wanted(loc: Sequence[int | str], fields: Mapping[str, type[BaseModel]]) -> str:
    """Return what a missing field should hold: its description, or what its type says."""
    description = _model(loc, fields).model_fields[str(loc[-1])].description
    if description:
        return description
    schema = _schema(loc, fields)
    if "enum" in schema:
        return _choice(loc, fields)
    return _EXPECTED["bool_type" if schema.get("type") == "boolean" else "string_too_short"]


def _choice(loc: Sequence[int | str], fields: Mapping[str, type[BaseModel]]) -> str:
    """Return the values that a field of fixed values may have."""
    part = _schema(loc, fields)
    sides = part.get("anyOf", [part])
    values = [value for side in sides for value in side.get("enum", ())]
    return f"one of {', '.join(values)}" + (" or null" if len(sides) > 1 else "")


def _schema(loc: Sequence[int | str], fields: Mapping[str, type[BaseModel]]) -> dict[str, Any]:
    found: dict[str, Any] = _model(loc, fields).model_json_schema()["properties"][str(loc[-1])]
    return found


def _unknown(loc: Sequence[int | str], fields: Mapping[str, type[BaseModel]]) -> str:
    known = list(_model(loc, fields).model_fields)
    near = difflib.get_close_matches(str(loc[-1]), known, 1)
    return f"expected {near[0]} (there is no field of this name)" if near else f"expected one of {', '.join(known)}"
