"""Fixtures every test may use."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock

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


Once = Callable[[str, Callable[[Path], None]], Path]


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Makes what is slow to make once for all test processes, and gives each a copy of its own."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def copy(name: str, make: Callable[[Path], None]) -> Path:
        made = shared / f"made-{name}"
        with FileLock(shared / f"{name}.lock"):
            if not made.exists():
                being_made = shared / f"making-{name}"
                being_made.mkdir()
                make(being_made)
                being_made.rename(made)
        return Path(shutil.copytree(made, tmp_path_factory.mktemp(name), symlinks=True, dirs_exist_ok=True))

    return copy


@pytest.fixture(scope="session")
def compiled_model(sample: Path, once: Once) -> Path:
    """The folder of the default embedding model, compiled to int8 once for all tests."""
    from index.embedding import DEFAULT_MODEL, compile_model

    def compiled(models: Path) -> None:
        texts = [part for file in sorted(sample.glob("*.txt")) for part in file.read_text("utf-8").split("\n\n")]
        compile_model(DEFAULT_MODEL, models, texts)

    [model] = once("models", compiled).iterdir()
    return model


def _binaries() -> Path | None:
    """The folder of Debian's PostgreSQL server programs, the newest there is, or of those on the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parts[-3]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).resolve().parent if on_path else None


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Callable[[str], str]]:
    """A server of its own on a socket in a temporary folder: gives the URL of a fresh database by name."""
    programs = _binaries()
    if programs is None:
        message = "PostgreSQL's server programs are not installed: apt-get install postgresql"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(message)
    folder = Path(tempfile.mkdtemp(prefix="whosaid-pg-", dir="/tmp"))  # a socket's path must be short
    # initdb refuses root, which CI often is; Debian's package brings the user postgres
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_user:
        shutil.chown(folder, "postgres")
    data, sockets = folder / "data", f"-k {folder} -c listen_addresses='' -c fsync=off"

    def program(*command: str | Path) -> None:
        done = subprocess.run(
            [*as_user, programs / command[0], *command[1:]],
            cwd="/",
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert done.returncode == 0, done.stdout

    program("initdb", "-D", data, "-U", "whosaid", "-A", "trust", "-E", "UTF8", "--no-sync")
    program("pg_ctl", "-D", data, "-l", folder / "log", "-w", "-o", sockets, "start")

    def database(name: str) -> str:
        program("createdb", "-h", folder, "-U", "whosaid", name)
        return f"postgresql+psycopg://whosaid@/{name}?host={folder}"

    try:
        yield database
    finally:
        program("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder)
