"""Writing a set made by script: the questions, and the sidecar that says what they are asked of."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from corpus.errors import UsageError
from evals.goldset.model import Question


def write_set(folder: Path, name: str, questions: Iterable[Question], corpus: Sequence[tuple[Path, str]]) -> Path:
    """Write ``NAME.jsonl`` and ``NAME.toml`` into `folder` and return the former.

    Args:
        folder: made if need be.
        name: what the set is called.
        questions: in the order in which they are written.
        corpus: paths of articles, each with the collection that they belong to; written relative to `folder`.

    Raises:
        UsageError: a file cannot be written.
    """
    file = folder / f"{name}.jsonl"
    parts = [f"    {{ path = {_path(path, folder)}, collection = {_quoted(name)} }}," for path, name in corpus]
    sidecar = [f"# What the questions of {file.name} are asked of; made by script, as they are.", "corpus = [", *parts]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lines = (question.model_dump_json(exclude_defaults=True) for question in questions)
        file.write_text("".join(f"{line}\n" for line in lines), "utf-8")
        file.with_suffix(".toml").write_text("\n".join([*sidecar, "]", ""]), "utf-8")
    except OSError as error:
        raise UsageError(f"could not write the set {file}: {error.strerror}; check the folder") from error
    return file


def _path(path: Path, folder: Path) -> str:
    return _quoted(Path(os.path.relpath(path, folder)).as_posix())


def _quoted(text: str) -> str:
    """Return a TOML basic string: a JSON one but for one character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
