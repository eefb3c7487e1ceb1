"""The child process that parses: what a file does to it is told in a sentence, and the next file is read."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from corpus.errors import LoadError
from corpus.loaders import LOADERS, Limits, Loaded, Loading, load, load_bytes
from corpus.loaders.fields import Record
from corpus.loaders.isolated import Worker
from corpus.walk import Source, walk

PATIENT = Limits(seconds=120, memory=2**30)
PARAGRAPH = "<p>The ministry said on Monday that the rally was lawful and would be welcomed.</p>\n"
PAGE = "<!DOCTYPE html><html><head><title>Rally</title></head><body><article>%s</article></body></html>"


def worker(limits: Limits = PATIENT) -> Worker:
    return Worker(limits, "hostile_loaders:TABLE", Path(__file__).parent)


@pytest.fixture(scope="module")
def patient() -> Iterator[Worker]:
    with closing(worker()) as made:
        yield made


def told(worker: Worker, form: str, data: bytes = b"") -> list[str]:
    items = worker.load(form, "a.html", data)
    return [item.document.text if isinstance(item, Record) else str(item) for item in items]


def running(pid: int) -> bool:
    """Tell whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_records_and_errors_come_back_in_order_from_one_child(patient: Worker) -> None:
    expected = [
        "one",
        "could not load a.html: a part is empty",
        "two “three”",
        "could not load a.html: a part is empty",
    ]
    assert told(patient, "echo", "one||two “three”|".encode()) == expected
    first = patient.pid
    assert told(patient, "echo", b"x" * 3_000_000) == ["x" * 3_000_000]
    assert told(patient, "echo", "\ud800".encode("utf-8", "surrogatepass")) == ["\ud800"]
    assert patient.pid == first and first is not None


@pytest.mark.parametrize("form", ["hang", "sleep"])
def test_a_file_that_takes_too_long_is_given_up(form: str) -> None:
    with closing(worker(Limits(seconds=3))) as hasty:
        *before, error = told(hasty, form, b"kept")
        assert before == (["kept"] if form == "hang" else [])
        assert error == "could not load a.html: reading it took more than 3 s; remove it"
        assert hasty.pid is None
        assert told(hasty, "echo", b"next") == ["next"]


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        ("crash", "the crash reader crashed on it; remove or convert it"),
        ("leave", "the leave reader crashed on it; remove or convert it"),
        ("fail", "the fail reader failed on it (ArithmeticError); remove or convert it"),
        ("lie", "the lie reader crashed on it; remove or convert it"),
    ],
)
def test_a_file_that_kills_its_reader_is_named(patient: Worker, form: str, reason: str) -> None:
    *before, error = told(patient, form, b"kept")
    assert before == ([] if form == "lie" else ["kept"])
    assert error == f"could not load a.html: {reason}"
    assert told(patient, "echo", b"next") == ["next"]


def test_a_child_that_does_not_start_is_no_fault_of_the_file() -> None:
    with closing(Worker(PATIENT, "no_such_module:TABLE")) as broken:
        assert told(broken, "html") == [
            "could not load a.html: the process that reads html files does not start; free memory, or install it anew"
        ]


def test_memory_is_limited() -> None:
    with closing(worker(Limits(seconds=120, memory=2**28))) as small:
        assert told(small, "hoard") == [
            "could not load a.html: reading it took more than 256 MiB of memory; split or remove it"
        ]
        assert told(small, "echo", b"next") == ["next"]


def test_the_child_prints_nothing_and_heeds_no_interrupt(patient: Worker, capfd: pytest.CaptureFixture[str]) -> None:
    assert told(patient, "babble", b"said") == ["said"]
    assert told(patient, "interrupt", b"said") == ["said"]
    assert capfd.readouterr() == ("", "")


def test_the_child_has_no_secrets_and_writes_no_file(
    patient: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient.close()
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-secret")
    assert told(patient, "environment") == ["{} / False"]
    assert told(patient, "write", str(tmp_path / "a").encode()) == ["could not write: File too large"]


def test_an_interrupt_of_the_terminal_reaches_only_the_parent(patient: Worker) -> None:
    told(patient, "echo", b"x")
    assert patient.pid is not None
    assert os.getsid(patient.pid) == patient.pid != os.getsid(0)


def test_a_child_that_died_between_two_files_is_replaced(patient: Worker) -> None:
    told(patient, "echo", b"x")
    assert patient.pid is not None
    os.kill(patient.pid, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while running(patient.pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert told(patient, "echo", b"next") == ["next"]


def test_a_file_left_half_read_does_not_confuse_the_next(patient: Worker) -> None:
    items = patient.load("echo", "a.html", b"one|two|three")
    assert isinstance(next(items), Record)
    items.close()  # type: ignore[attr-defined]
    assert told(patient, "echo", b"next") == ["next"]


_PARENT = """
import sys, threading
from pathlib import Path
from corpus.loaders.isolated import Worker
from corpus.loaders.limits import Limits
worker = Worker(Limits(), "hostile_loaders:TABLE", Path(sys.argv[1]))
list(worker.load("echo", "a", b"x"))
print(worker.pid, flush=True)
list(worker.load("hang", "a", b""))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the limit of processor time ends it, later")
def test_the_child_dies_with_a_parent_that_is_killed_even_while_it_hangs() -> None:
    with subprocess.Popen([sys.executable, "-c", _PARENT, Path(__file__).parent], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert running(child)
        parent.kill()
    deadline = time.monotonic() + 30
    while running(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not running(child)


_ALONE = """
import os, sys
from pathlib import Path
from corpus.loaders.isolated import Worker
from corpus.loaders.limits import Limits
worker = Worker(Limits(seconds=120), "hostile_loaders:TABLE", Path(sys.argv[1]))
found = [record.document.text for record in worker.load("babble", "a", b"one|two")]
worker.close()
os._exit(7 if found == ["one", "two"] else 1)
"""


@pytest.mark.parametrize("closed", ["<&-", "<&- >&-", "<&- >&- 2>&-"])
def test_a_parent_without_standard_streams_is_served(closed: str) -> None:
    command = ["sh", "-c", f'exec "$@" {closed}', "sh", sys.executable, "-c", _ALONE, str(Path(__file__).parent)]
    assert subprocess.run(command, timeout=300, check=False).returncode == 7


def test_loading_in_the_child_and_in_process_is_the_same(sample: Path) -> None:
    sources = [source for source in walk([sample]) if isinstance(source, Source)]
    with Loading() as loading:
        isolated = [list(load(source, loading)) for source in sources]
        assert loading.worker is not None and loading.worker.pid is not None
        child = loading.worker.pid
    assert isolated == [list(load(source)) for source in sources]
    assert not running(child)


def test_no_child_is_started_for_formats_that_need_none() -> None:
    with Loading() as loading:
        assert [type(item) for item in load_bytes(b'{"body": "x"}\n', "a.jsonl", loading)] == [Loaded]
        assert [type(item) for item in load_bytes(b"Words.", "a.txt", loading)] == [Loaded]
        assert loading.worker is not None and loading.worker.pid is None


def test_what_can_crash_stall_or_bloat_is_read_in_the_child() -> None:
    here = {name for name, loader in LOADERS.items() if not loader.isolated}
    assert here <= {"text", "jsonl", "json", "csv"}


def test_a_real_page_that_takes_too_long_or_too_much_is_reported() -> None:
    page = (PAGE % (PARAGRAPH * 20_000)).encode()
    small = (PAGE % (PARAGRAPH * 20)).encode()
    with Loading(Limits(seconds=0.01)) as hasty:
        (error,) = load_bytes(page, "long.html", hasty)
        assert str(error) == "could not load long.html: reading it took more than 0.01 s; remove it"
    with Loading(Limits(memory=2**28, seconds=120)) as frugal:
        (error,) = load_bytes((PAGE % (PARAGRAPH * 300_000)).encode(), "big.html", frugal)
        assert isinstance(error, LoadError)
        assert str(error) == "could not load big.html: reading it took more than 256 MiB of memory; split or remove it"
        (item,) = load_bytes(small, "small.html", frugal)
        assert isinstance(item, Loaded)
