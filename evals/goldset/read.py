"""Reading a gold set: JSON Lines, a question a line, with a sidecar that names its corpus."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus.errors import UsageError
from corpus.ingest import DEFAULT_COLLECTION
from evals.goldset.faults import Faults, told
from evals.goldset.model import Evidence, Facets, Question
from evals.runs.corpus import Part

Form = Literal["gold", "multihop-rag", "beir"]

FIELDS: Mapping[str, type[BaseModel]] = {"": Question, "evidence": Evidence, "facets": Facets}
"""The models of a line, by the field that holds them."""


@dataclass(frozen=True, slots=True)
class GoldSet:
    """Questions with what is known of where they are from.

    `digest` is the SHA-256 of the file, in hexadecimal (of the files, for a folder). `corpus` is what the questions
    are about, where the set says so. `where` tells, by the id of a question, where it stands: "sample.jsonl, line 7".
    """

    file: Path
    form: Form
    questions: tuple[Question, ...]
    digest: str
    corpus: tuple[Part, ...]
    where: Mapping[str, str]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    path: str = Field(min_length=1, description="the path of a file or folder, relative to this file")
    collection: str = Field(DEFAULT_COLLECTION, min_length=1)


class _Sidecar(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    corpus: list[_Entry] = Field(min_length=1, description='a list such as [{path = "articles"}]')


def read_gold(file: Path) -> GoldSet:
    """Read a gold set of this project's own format, and ``NAME.toml`` beside it where there is one.

    Raises:
        GoldError: lines are wrong; it tells all of them, with line, field and what was expected.
        UsageError: the file cannot be read.
    """
    data = read_bytes(file)
    faults = Faults(file)
    questions = [(number, one) for number, line in lines_of(data) if (one := _question(line, number, faults))]
    _tell_twins(questions, faults)
    if not data.strip():
        faults.add("expected a question a line, found nothing")
    faults.tell()
    return GoldSet(
        file=file,
        form="gold",
        questions=tuple(question for _, question in questions),
        digest=hashlib.sha256(data).hexdigest(),
        corpus=read_sidecar(file),
        where={question.id: f"{file.name}, line {number}" for number, question in questions},
    )


def read_sidecar(file: Path) -> tuple[Part, ...]:
    """Return the corpora that ``NAME.toml`` beside ``NAME.jsonl`` names; none where there is no such file.

    Raises:
        GoldError: the sidecar is wrong.
        UsageError: it cannot be read.
    """
    sidecar = file.with_suffix(".toml")
    if not sidecar.is_file():
        return ()
    faults = Faults(sidecar)
    found: list[_Entry] = []
    try:
        found = _Sidecar.model_validate(tomllib.loads(read_bytes(sidecar).decode("utf-8-sig"))).corpus
    except UnicodeDecodeError:
        faults.add("not UTF-8; save it as UTF-8")
    except tomllib.TOMLDecodeError as error:
        faults.add(f'not TOML ({error}); write corpus = [{{path = "articles"}}]')
    except ValidationError as error:
        for sentence in told(error, {"": _Sidecar, "corpus": _Entry}):
            faults.add(sentence)
    faults.tell()
    return tuple(Part(sidecar.parent / Path(entry.path).expanduser(), entry.collection) for entry in found)


def read_bytes(file: Path) -> bytes:
    """Return the bytes of a file.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"could not read {file}: {error.strerror}; name a file that is there") from error


def lines_of(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a file that are not blank, without a byte order mark, each with its number from 1."""
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if stripped := line.strip():
            yield number, stripped


def parsed(line: bytes, number: int, faults: Faults) -> dict[str, Any] | None:
    """Return the JSON object of a line; where it is none, a fault is noted."""
    try:
        value = json.loads(line.decode(), object_pairs_hook=_once)
    except UnicodeDecodeError:
        faults.add("not UTF-8; save the file as UTF-8", number)
    except json.JSONDecodeError as error:
        faults.add(f"not JSON ({error.msg}, character {error.pos + 1}); write one object {{...}} a line", number)
    except _Twice as error:
        faults.add(f", field {error}: expected once, found twice", number)
    except (ValueError, RecursionError):
        faults.add("not JSON that can be read (a number too long, or nested too deeply); shorten it", number)
    else:
        if isinstance(value, dict):
            return value
        faults.add(f"expected an object {{...}}, found {line[:40].decode(errors='replace')}", number)
    return None


class _Twice(Exception):
    pass


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _Twice(name)
        found[name] = value
    return found


def _question(line: bytes, number: int, faults: Faults) -> Question | None:
    if parsed(line, number, faults) is None:
        return None
    try:
        return Question.model_validate_json(line, strict=True)
    except ValidationError as error:
        for sentence in told(error, FIELDS):
            faults.add(sentence, number)
    return None


def as_asked(question: Question) -> tuple[object, ...]:
    """Return what two questions have in common that ask the same in the same way: words, history and facets."""
    words = (" ".join(turn.casefold().split()) for turn in (*question.history, question.question))
    return (*words, question.facets)


def _tell_twins(questions: list[tuple[int, Question]], faults: Faults) -> None:
    """Note ids that come twice, and questions that would be asked twice in the same way."""
    ids: dict[str, int] = {}
    asked: dict[object, int] = {}
    for number, question in questions:
        if (first := ids.setdefault(question.id, number)) != number:
            faults.add(f", field id: expected an id of its own, found {question.id!r}, which line {first} has", number)
        if (first := asked.setdefault(as_asked(question), number)) != number:
            faults.add(f", field question: line {first} asks the same after the same questions; keep one", number)
