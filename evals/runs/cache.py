"""Answers already given, kept in a file of JSON Lines: what was interrupted goes on where it stopped."""

from __future__ import annotations

import hashlib
import json
import threading
from pathlib import Path
from typing import Any

from corpus.errors import UsageError
from evals.goldset.model import Question


class Answers:
    """The answers of one corpus, index, model, settings and code. Several threads may use it at once."""

    def __init__(self, folder: Path, circumstances: dict[str, Any]) -> None:
        """Open the answers given under `circumstances`; under any others, none of them is found.

        Raises:
            UsageError: the folder cannot be written.
        """
        name = hashlib.sha256(json.dumps(circumstances, sort_keys=True, default=str).encode()).hexdigest()
        self._file, self._lock = folder / f"{name}.jsonl", threading.Lock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._known = dict(_lines(self._file))
            self._open = self._file.open("a", encoding="utf-8")
        except OSError as error:
            raise UsageError(
                f"could not keep answers in {folder}: {error.strerror}; name another folder with the setting `cache`"
            ) from error

    def get(self, question: Question) -> dict[str, Any] | None:
        """Return the answer that was given to this question, if any."""
        return self._known.get(_key(question))

    def put(self, question: Question, answer: dict[str, Any]) -> None:
        """Keep an answer at once, so that nothing is lost where the run is stopped."""
        key = _key(question)
        with self._lock:
            self._known[key] = answer
            print(json.dumps([key, answer]), file=self._open, flush=True)

    def close(self) -> None:
        """Close the file."""
        self._open.close()


def _key(question: Question) -> str:
    """Return what tells this question from others: all that `ask` is given, not what is expected."""
    asked = [question.question, question.history, question.facets.model_dump(mode="json")]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def _lines(file: Path) -> list[tuple[str, dict[str, Any]]]:
    """Return the answers of a file; a last line that a killed run left half written is no answer."""
    found = []
    try:
        text = file.read_text("utf-8")
    except FileNotFoundError:
        return []
    for line in text.splitlines(keepends=True):
        if line.endswith("\n"):
            key, answer = json.loads(line)
            found.append((key, answer))
    if text and not text.endswith("\n"):
        file.write_text(text[: text.rfind("\n") + 1], "utf-8")
    return found
