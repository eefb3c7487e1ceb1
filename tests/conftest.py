"""Fixtures every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data sets, or a skip that says how to get them."""
    folder = Path(os.environ.get("WHOSAID_DATA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no data sets at {folder}: set WHOSAID_DATA to the folder that CONTRIBUTING describes")
    return folder


@pytest.fixture(scope="session")
def sample() -> Path:
    """The sample articles that ship with the project."""
    return REPOSITORY / "corpus" / "sample"


@pytest.fixture(scope="session")
def compiled_model(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the default embedding model, compiled to int8 once for all tests."""
    from index.embedding import DEFAULT_MODEL, compile_model

    texts = [part for file in sorted(sample.glob("*.txt")) for part in file.read_text("utf-8").split("\n\n")]
    models = tmp_path_factory.mktemp("models")
    return models / compile_model(DEFAULT_MODEL, models, texts).fingerprint
