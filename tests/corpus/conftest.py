"""A catalogue on each of its databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from corpus.catalogue import Catalogue


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database that does not exist yet, or is empty."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'catalogue.sqlite'}"
    made: str = request.getfixturevalue("postgresql")(f"db{abs(hash(tmp_path)):x}"[:20])
    return made


@pytest.fixture
def catalogue(database: str) -> Iterator[Catalogue]:
    """A new catalogue in each of the databases."""
    with closing(Catalogue.open(database)) as opened:
        yield opened
