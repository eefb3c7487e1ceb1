"""What is stored beside a compiled model: enough to open it again and to know what it was made of."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from corpus.errors import ModelError
from index.embedding.pooling import Pooling
from index.embedding.tokens import Prefixes

FILE = "manifest.json"
FORMAT = 1

Mode: TypeAlias = Literal["int8", "fp32", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How the compiled passage vectors agree with the original's: cosines over `texts` texts."""

    texts: int
    mean: float
    least: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A compiled model's description.

    `source` is the hash of the model's files, `path` the folder that they were in; `mode` is what was
    asked for. `reason` says why the model runs on sentence-transformers; it is None when the folder
    holds a compiled graph.
    """

    name: str
    path: str
    source: str
    fingerprint: str
    mode: Mode
    runtime: str
    reason: str | None
    dimension: int
    max_tokens: int
    pooling: Pooling
    prefixes: Prefixes
    agreement: Agreement | None
    versions: dict[str, str]

    def write(self, folder: Path) -> None:
        """Write the manifest into `folder`."""
        text = json.dumps({"format": FORMAT, **asdict(self)}, indent=2, ensure_ascii=False)
        (folder / FILE).write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest in `folder`.

    Raises:
        ModelError: there is none, or it is not one that this version reads.
    """
    path = folder / FILE
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found.pop("format") != FORMAT:
            raise ValueError("written by another version")
        agreement = found.pop("agreement")
        return Manifest(
            **{**found, "prefixes": Prefixes(**found["prefixes"])},
            agreement=Agreement(**agreement) if agreement else None,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(
            f"cannot read the compiled model's description {path} ({error}); build the index again"
        ) from error
