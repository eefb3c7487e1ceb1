"""A job database on each of its databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.ask import Whosaid
from bot.model import Answer
from bot.slack.store import Store

from .rendered import QUESTIONS, REFUSED


@pytest.fixture(params=["sqlite", "postgresql"])
def jobs_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database that does not exist yet, or is empty."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'slack.sqlite'}"
    made: str = request.getfixturevalue("postgresql")(f"slack{abs(hash(tmp_path)):x}"[:20])
    return made


@pytest.fixture
def store(jobs_url: str) -> Iterator[Store]:
    """A new job database in each of the databases."""
    with closing(Store.open(jobs_url)) as opened:
        yield opened


@pytest.fixture(scope="session")
def engine(sample_home: Path) -> Iterator[Whosaid]:
    """The sample, open for questions."""
    with closing(Whosaid(sample_home)) as engine:
        yield engine


@pytest.fixture(scope="session")
def answers(engine: Whosaid) -> list[Answer]:
    """Real answers."""
    found = [engine.ask(question) for question in QUESTIONS]
    assert all(answer.answered for answer in found)
    return found


@pytest.fixture(scope="session")
def refusals(engine: Whosaid) -> list[Answer]:
    """Real refusals."""
    found = [engine.ask(question) for question in REFUSED]
    assert not any(answer.answered for answer in found)
    return found
