"""Writing gold questions: a line each, with the fields that a person is to look at always there."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from corpus.errors import UsageError
from corpus.ingest import DEFAULT_COLLECTION
from evals.goldset.model import Question
from evals.runs.corpus import Part

_ALWAYS = ("id", "question", "type", "split", "answerable", "refusal", "speaker", "evidence", "must_include",
           "must_not_attribute_to")  # fmt: skip


def line_of(question: Question) -> str:
    """Return the line of a question, without a line break; fields that are seldom used only where they hold something.

    A text that UTF-8 cannot hold (a lone surrogate, as broken files have them) is written in ASCII escapes.
    """
    values = question.model_dump(mode="json", exclude_defaults=True)
    whole = question.model_dump(mode="json")
    kept = {name: value for name, value in whole.items() if name in _ALWAYS or name in values}
    for piece in kept["evidence"]:
        if piece["url"] is None:
            del piece["url"]
    line = json.dumps(kept, ensure_ascii=False)
    return line if line.isprintable() else json.dumps(kept)


def write_gold(file: Path, questions: Sequence[Question], corpus: Sequence[Part] = ()) -> None:
    """Write a new gold set, and beside it ``NAME.toml``, which says what it is about, where `corpus` is given.

    Raises:
        UsageError: one of the two is there already, or cannot be written.
    """
    sidecar = file.with_suffix(".toml")
    for new in (file, *([sidecar] if corpus else [])):
        if new.exists():
            raise UsageError(f"{new} is there already; name another file, or move it away")
    if corpus:
        replace(sidecar, _sidecar(file, corpus).encode())
    replace(file, "".join(f"{line_of(question)}\n" for question in questions).encode())


def append(file: Path, question: Question, before: bytes) -> None:
    """Put the line of a question after what the file holds, `before`, which stays as it is, byte for byte.

    Raises:
        UsageError: the file cannot be written.
    """
    end = b"\r\n" if b"\r\n" in before else b"\n"
    parted = b"" if not before.strip(b"\xef\xbb\xbf") or before.endswith(b"\n") else end
    replace(file, before + parted + line_of(question).encode() + end)


def replace(file: Path, data: bytes) -> None:
    """Let a file hold `data`, all of it or, where anything goes wrong, what it held before.

    Raises:
        UsageError: it cannot be written.
    """
    place = file.resolve()  # of a link, what it leads to is written
    try:
        mode = place.stat().st_mode & 0o777 if place.exists() else 0o666 & ~_umask()
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
        try:
            with os.fdopen(handle, "wb") as new:
                new.write(data)
                new.flush()
                os.fsync(new.fileno())
            os.chmod(name, mode)
            os.replace(name, place)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(f"could not write {file}: {error.strerror}; check the folder") from error


def _umask() -> int:
    now = os.umask(0o077)
    os.umask(now)
    return now


def _sidecar(file: Path, corpus: Sequence[Part]) -> str:
    """Return the sidecar: paths relative to the file, unless they are on another drive or given as absolute."""
    lines = [f"# What the questions of {file.name} are about; read where neither --corpus nor --home is given."]
    entries = []
    for part in corpus:
        path = json.dumps(os.path.relpath(part.path.resolve(), file.resolve().parent), ensure_ascii=False)
        collection = json.dumps(part.collection, ensure_ascii=False)
        more = f", collection = {collection}" if part.collection != DEFAULT_COLLECTION else ""
        entries.append(f"    {{ path = {path}{more} }},")
    return "\n".join((*lines, "corpus = [", *entries, "]", ""))
