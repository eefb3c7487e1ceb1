"""The contract of a vector index, over Chroma embedded and as a server, and over LlamaIndex's stores."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.errors import StaleIndexError, UsageError
from index.vectors import VectorIndex, Vectors, open_vectors
from index.vectors.chroma import ChromaVectors

DIMENSION = 32
NAME = "whosaid-0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Chroma server of its own on a loopback port."""
    folder = tmp_path_factory.mktemp("chroma-server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [
        Path(sys.executable).with_name("chroma"),
        "run",
        "--path",
        folder,
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=log, env={**os.environ, "ANONYMIZED_TELEMETRY": "False"}
        )
    try:
        _wait(f"{url}/api/v2/heartbeat", process, folder / "log")
        yield url
    finally:
        process.terminate()
        process.wait(10)


def _wait(url: str, process: subprocess.Popen[Any], log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(url, timeout=1).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"the Chroma server did not answer: {log.read_text()}")


@pytest.fixture(params=["embedded", "server", "llamaindex-simple", "llamaindex-chroma"])
def reopened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], VectorIndex]]:
    """Opens the same, at first empty, index each time it is called."""
    with ExitStack() as stack:
        opening = _opening(request, tmp_path)
        yield lambda: stack.enter_context(closing(opening()))


def _opening(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], VectorIndex]:
    match request.param:
        case "embedded":
            return lambda: open_vectors("chroma", tmp_path / "chroma", NAME)
        case "server":
            where = request.getfixturevalue("server")
            return lambda: open_vectors(where, tmp_path, f"test-{abs(hash(tmp_path))}")
        case "llamaindex-simple":  # lives in memory: to open it again is to have it still
            kept = open_vectors("llama_index.core.vector_stores:SimpleVectorStore", tmp_path, NAME)
            return lambda: kept
    import chromadb
    from chromadb.config import Settings
    from llama_index.vector_stores.chroma import ChromaVectorStore

    from index.vectors.llamaindex import LlamaIndexVectors

    client = chromadb.PersistentClient(str(tmp_path), Settings(anonymized_telemetry=False))
    collection = client.get_or_create_collection("contract", configuration={"hnsw": {"space": "cosine"}})
    return lambda: LlamaIndexVectors(ChromaVectorStore(chroma_collection=collection))


@pytest.fixture
def index(reopened: Callable[[], VectorIndex]) -> VectorIndex:
    return reopened()


def unit(rows: int, seed: int = 0) -> Vectors:
    vectors = np.random.default_rng(seed).normal(size=(rows, DIMENSION)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def ids_of(index: VectorIndex, limit: int = 1000) -> set[int]:
    return {i for i, _ in index.query(unit(1, 9)[0], limit)}


def test_an_empty_index_finds_nothing(index: VectorIndex) -> None:
    assert index.query(unit(1)[0], 5) == []
    assert index.count() in (0, None)
    index.delete([1, 2])
    index.delete([])
    index.add([], unit(0))
    index.clear()
    assert index.query(unit(1)[0], 5) == []


def test_the_nearest_come_first(index: VectorIndex) -> None:
    vectors = unit(200)
    index.add(range(1000, 1200), vectors)
    wanted = unit(1, 3)[0]
    cosines = vectors @ wanted
    found = index.query(wanted, 10)
    assert [i for i, _ in found] == [1000 + int(i) for i in np.argsort(-cosines)[:10]]
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
    assert index.query(vectors[7], 1)[0][0] == 1007
    assert index.count() in (200, None)


def test_limits_are_kept_and_may_be_more_than_there_is(index: VectorIndex) -> None:
    index.add([1, 2, 3], unit(3))
    assert len(index.query(unit(1)[0], 2)) == 2
    assert ids_of(index, 100) == {1, 2, 3}


def test_adding_again_overwrites(index: VectorIndex) -> None:
    vectors = unit(3)
    index.add([1, 2], vectors[:2])
    index.add([2, 3], vectors[[2, 1]])
    assert index.query(vectors[2], 1)[0][0] == 2
    assert index.query(vectors[1], 1)[0][0] == 3
    assert ids_of(index) == {1, 2, 3}
    assert index.count() in (3, None)


def test_what_is_deleted_is_found_no_more(index: VectorIndex) -> None:
    vectors = unit(6)
    index.add(range(6), vectors)
    index.delete([0, 3, 77])
    assert ids_of(index) == {1, 2, 4, 5}
    assert index.count() in (4, None)
    index.add([3], vectors[3:4])
    assert index.query(vectors[3], 1)[0][0] == 3


def test_clearing_leaves_an_index_that_can_be_used(index: VectorIndex) -> None:
    index.add(range(6), unit(6))
    index.clear()
    assert index.query(unit(1)[0], 5) == []
    index.add([8], unit(1))
    assert ids_of(index) == {8}


def test_more_than_one_call_takes_are_added_and_deleted(index: VectorIndex, request: pytest.FixtureRequest) -> None:
    number = 1200 if "llamaindex" in request.node.name else 9000
    vectors = unit(number)
    index.add(range(number), vectors)
    assert index.query(vectors[number - 1], 1)[0][0] == number - 1
    index.delete(range(0, number, 2) if number > 5000 else range(0, 20, 2))
    assert index.query(vectors[1], 1)[0][0] == 1
    assert index.query(vectors[10], 1)[0][0] != 10


def test_opened_again_it_holds_what_was_written(reopened: Callable[[], VectorIndex]) -> None:
    reopened().add(range(4), unit(4))
    assert ids_of(reopened()) == {0, 1, 2, 3}


def test_refilled_it_holds_that_and_nothing_else(index: VectorIndex) -> None:
    vectors = unit(9)
    index.add(range(6), vectors[:6])
    index.refill([4, 5, 7, 8], vectors[[4, 5, 7, 8]])
    assert ids_of(index) == {4, 5, 7, 8}
    assert index.query(vectors[7], 1)[0][0] == 7


WRITER = """
import sys, time
from pathlib import Path
import numpy as np
from index.vectors import open_vectors
index = open_vectors("chroma", Path(sys.argv[1]), "whosaid-x", spare=lambda: ([1], np.eye(32, dtype=np.float32)[[1]]))
print("open", flush=True)
number = int(sys.argv[2])
index.add([number], np.eye(32, dtype=np.float32)[[number]])
"""


def writer(folder: Path, number: int) -> list[str]:
    return [sys.executable, "-c", WRITER, str(folder), str(number)]


def test_opened_to_search_it_stays_as_it_was_and_outlives_its_folder(tmp_path: Path) -> None:
    import shutil

    folder = tmp_path / "chroma"
    subprocess.run(writer(folder, 1), check=True, stdout=subprocess.DEVNULL)
    reader = open_vectors("chroma", folder, NAME, make=False)
    subprocess.run(writer(folder, 2), check=True, stdout=subprocess.DEVNULL)
    assert ids_of(reader) == {1}
    assert ids_of(open_vectors("chroma", folder, NAME, make=False)) == {1, 2}
    shutil.rmtree(folder)
    assert ids_of(reader) == {1}


def test_a_reader_makes_no_store(tmp_path: Path) -> None:
    with pytest.raises(StaleIndexError, match="could not open"):
        open_vectors("chroma", tmp_path / "chroma", NAME, make=False)
    assert list(tmp_path.iterdir()) == []


def test_processes_take_turns(tmp_path: Path) -> None:
    from index.vectors.turns import Turns

    folder = tmp_path / "chroma"
    with Turns(folder).taken():
        other = subprocess.Popen(writer(folder, 1), stdout=subprocess.PIPE, text=True)
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(3)  # by when it would be done, or at least open
        assert not folder.exists()
    assert other.communicate(timeout=60)[0] == "open\n" and other.returncode == 0
    assert ids_of(open_vectors("chroma", folder, NAME, make=False)) == {1}


def test_what_a_killed_writer_left_is_searched_exactly_and_made_anew(tmp_path: Path) -> None:
    from index.vectors.turns import Turns

    folder, vectors = tmp_path / "chroma", unit(30)
    writing = open_vectors("chroma", folder, NAME)
    writing.add(range(30), vectors)
    with pytest.raises(ZeroDivisionError), Turns(folder).writing():
        for part in folder.rglob("*.bin"):
            part.write_bytes(part.read_bytes()[:7])
        raise ZeroDivisionError  # as sudden as a death: the mark stays
    half = [*range(20)], vectors[:20]
    reader = open_vectors("chroma", folder, NAME, make=False, spare=lambda: half)
    wanted = vectors[:20] @ vectors[25]
    found = reader.query(vectors[25], 5)
    assert [i for i, _ in found] == [int(i) for i in np.argsort(-wanted)[:5]]
    assert [score for _, score in found] == pytest.approx(sorted(wanted, reverse=True)[:5], abs=1e-5)
    assert reader.count() == 20
    for _ in range(2):  # mended once, and sound from then on
        mended = open_vectors("chroma", folder, NAME, spare=lambda: half)
        assert ids_of(mended) == {*range(20)}
        assert not Turns(folder).unfinished()


def test_opening_again_and_again_uses_nothing_up(tmp_path: Path) -> None:
    import gc

    folder = tmp_path / "chroma"
    open_vectors("chroma", folder, NAME).add([1], unit(1))

    def in_use() -> tuple[int, int]:
        gc.collect()
        return len(os.listdir("/proc/self/fd")), len(os.listdir("/proc/self/task"))

    if not Path("/proc/self/fd").is_dir():
        pytest.skip("open files are counted in /proc, which this system has not")

    def look() -> None:
        with closing(open_vectors("chroma", folder, NAME, make=False)) as index:
            assert ids_of(index) == {1}

    for _ in range(5):
        look()
    before = in_use()
    times = 40
    for _ in range(times):
        look()
    after = in_use()
    # Chroma's threads come and go; one that stayed, or a file left open, each time would show as `times`.
    assert after[0] < before[0] + times // 2 and after[1] < before[1] + times // 2


def test_two_catalogues_on_one_server_keep_apart(server: str, tmp_path: Path) -> None:
    one, two = open_vectors(server, tmp_path, "catalogue-one"), open_vectors(server, tmp_path, "catalogue-two")
    with closing(one), closing(two):
        one.add([1], unit(1))
        assert two.count() == 0
        two.clear()
        assert one.count() == 1


def test_chroma_tells_the_cosine(tmp_path: Path, server: str) -> None:
    vectors = unit(5)
    for where in ("chroma", server):
        with closing(open_vectors(where, tmp_path / "chroma", "cosines")) as index:
            index.add(range(5), vectors)
            for i, score in index.query(vectors[0], 5):
                assert score == pytest.approx(float(vectors[i] @ vectors[0]), abs=1e-5)


def test_what_cannot_be_opened_is_told_in_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: nobody answers, and nobody else can take it
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(StaleIndexError, match="could not open the vector store http"):
            open_vectors(nobody, tmp_path, NAME)
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StaleIndexError, match="could not open the vector store"):
        open_vectors("chroma", tmp_path / "file", NAME)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "chroma.sqlite3").write_text("no database, but longer than a header is\n" * 100)
    with pytest.raises(StaleIndexError, match="--rebuild"):
        open_vectors("chroma", tmp_path / "other", NAME)


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("nonsense", "names no vector store"),
        (
            "llama_index.vector_stores.nowhere:NoStore",
            r"pip install 'whosaid\[llamaindex\]' llama-index-vector-stores-nowhere",
        ),
        ("llama_index.core.vector_stores:NoSuchStore", "cannot be imported"),
        ("llama_index.vector_stores.chroma:ChromaVectorStore?ssl=perhaps", "refused its arguments"),
    ],
)
def test_a_setting_that_names_no_store_is_refused(where: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=told):
        open_vectors(where, tmp_path, NAME)


ALONE = """
import socket, sys
def heard(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        print("network:", event, args)
sys.addaudithook(heard)
import numpy as np
from pathlib import Path
from index.vectors import open_vectors
index = open_vectors("chroma", Path(sys.argv[1]), "whosaid-x")
index.add([1], np.eye(32, dtype=np.float32)[:1])
print(index.query(np.eye(32, dtype=np.float32)[0], 1)[0][0], index._client._system.settings.anonymized_telemetry)
"""


def test_embedded_chroma_calls_nobody(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", ALONE, tmp_path], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1 False"


def test_a_reader_whose_store_is_taken_away_by_another_process_goes_on_exactly(tmp_path: Path) -> None:
    """Chroma looks at its database at each search; what a reader was opened with is had from elsewhere too."""
    folder, vectors = tmp_path / "vectors", np.eye(4, dtype=np.float32)
    writer = ChromaVectors(folder, "any")
    writer.add([1, 2, 3, 4], vectors)
    writer.close()
    reader = ChromaVectors(folder, "any", make=False, spare=lambda: ([1, 2, 3, 4], vectors))
    assert [i for i, _ in reader.query(vectors[1], 1)] == [2]
    code = (
        "import sys; from pathlib import Path; from index.vectors.chroma import ChromaVectors;"
        "ChromaVectors(Path(sys.argv[1]), 'any')._client.delete_collection('whosaid')"
    )
    subprocess.run([sys.executable, "-c", code, str(folder)], check=True, timeout=120)
    assert reader.query(vectors[1], 1) == [(2, 1.0)]
    assert reader.count() == 4
