"""One job database under many threads and several processes, some of them killed."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from bot.slack.store import Store
from corpus.errors import JobsError

from .asked import question

REPOSITORY = Path(__file__).resolve().parents[3]

# Opens a new database when told to, and stores a job. The first stops in the midst of its migration until it is told to
# go on, and after it stored its job; the second says where it begins, and stops before the commit of its job.
CHILD = """
import signal, sys
from sqlalchemy import Engine, event
from bot.slack.model import NewJob
from bot.slack.store import Store
url, key = sys.argv[1:]
def say(what):
    print(what, flush=True)
def migrating(connection):
    say("migrating")
    sys.stdin.readline()
def begins(connection):
    say("begins")
def stop(connection):
    say("before")
    signal.pause()
say("ready")
sys.stdin.readline()
opening = ("commit", migrating) if key == "after" else ("begin", begins)
event.listen(Engine, *opening)
store = Store.open(url)
event.remove(Engine, *opening)
say("open")
sys.stdin.readline()
if key == "before":
    event.listen(Engine, "commit", stop)
store.jobs.add(NewJob(key=key, kind="question", team="T1", user="U1", channel="C1", ts=key, thread=key, text="who?"))
say("after")
signal.pause()
"""


@contextmanager
def child(url: str, key: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", CHILD, url, key]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as process:
        try:
            yield process
        finally:
            process.kill()


def says(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def go_on(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def test_processes_open_a_new_database_at_once_and_one_killed_stores_all_or_nothing(jobs_url: str) -> None:
    with ExitStack() as stack:
        first, second = (stack.enter_context(child(jobs_url, key)) for key in ("after", "before"))
        assert says(first) == says(second) == "ready"
        go_on(first)
        assert says(first) == "migrating"
        go_on(second)
        assert says(second) == says(second) == "begins"  # it looked, and found no tables: now it wants to make them
        go_on(first)
        assert says(first) == says(second) == "open"
        for process, where in ((first, "after"), (second, "before")):  # which holds the writer's place as it is killed
            go_on(process)
            assert says(process) == where
            process.kill()
            process.wait()
    with closing(Store.open(jobs_url)) as store:
        store.ready()
        assert store.jobs.find("after") and store.jobs.engaged("T1", "C1", "after")
        assert store.jobs.find("before") is None and not store.jobs.engaged("T1", "C1", "before")
        assert store.jobs.add(replace(question(), key="after")) is None
        assert store.jobs.add(replace(question(), key="before")) is not None  # Slack tells it again


def test_many_threads_of_two_replicas_store_and_claim_each_job_once(store: Store, jobs_url: str) -> None:
    given = [question(f"{number % 10}.0") for number in range(200)]
    with closing(Store.open(jobs_url)) as replica, ThreadPoolExecutor(16) as pool:
        both = store, replica
        made = list(pool.map(lambda n: both[n % 2].jobs.add(given[n // 2], 1.0), range(400)))
        assert len([number for number in made if number is not None]) == 200 == store.jobs.waiting().number

        def work(number: int) -> list[tuple[int, str | None]]:
            jobs, worker, done = both[number % 2].jobs, f"worker {number}", []
            while jobs.waiting().number:
                job = jobs.claim(worker, "answer", 60, 2.0)
                if job is not None:
                    done.append((job.id, job.thread))
                    assert job.attempts == 1 and jobs.finish(job.id, worker, "done")
            return done

        done = [each for one in pool.map(work, range(16)) for each in one]
    assert len(done) == 200 and set(Counter(done).values()) == {1}


def test_nobody_is_given_a_job_while_an_earlier_one_of_its_thread_is_in_hand(store: Store, jobs_url: str) -> None:
    for number in range(60):
        store.jobs.add(question(f"{number % 3}.0"), 1.0)
    held: dict[str | None, int] = {}
    last: dict[str | None, int] = {}
    with closing(Store.open(jobs_url)) as replica, ThreadPoolExecutor(8) as pool:

        def work(number: int) -> None:
            jobs, worker = (store, replica)[number % 2].jobs, f"worker {number}"
            while jobs.waiting().number:
                job = jobs.claim(worker, "answer", 60, 2.0)
                if job is not None:
                    assert held.setdefault(job.thread, job.id) == job.id and last.get(job.thread, 0) < job.id
                    last[job.thread] = held.pop(job.thread)
                    jobs.finish(job.id, worker, "done")

        list(pool.map(work, range(8)))
    assert len(last) == 3


@pytest.mark.parametrize(
    "url", ["nonsense", "sqlite://", "sqlite:////proc/none/slack.sqlite", "postgresql+psycopg:///x"]
)
def test_what_cannot_be_opened_is_told_in_one_sentence(url: str) -> None:
    with pytest.raises(JobsError, match=r"job database|keep jobs") as told:
        Store.open(url + ("?host=/nowhere" if url.startswith("postgres") else ""))
    assert "\n" not in str(told.value)


def test_a_database_of_a_newer_whosaid_or_without_its_tables_is_told(store: Store, jobs_url: str) -> None:
    engine = create_engine(jobs_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE slack_meta SET value = '99' WHERE key = 'schema'"))
    with pytest.raises(JobsError, match="schema 99"):
        Store.open(jobs_url)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE slack_jobs"))
        connection.execute(text("DROP TABLE slack_meta"))
    engine.dispose()
    with pytest.raises(JobsError, match="lost its tables"):
        store.ready()
    with pytest.raises(JobsError, match="could not use the job database"):
        store.jobs.add(question(text="a secret"), 1.0)


def test_an_error_shows_neither_the_password_nor_what_was_asked(store: Store, jobs_url: str) -> None:
    engine = create_engine(jobs_url)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE slack_jobs"))
    engine.dispose()
    with pytest.raises(JobsError) as told:
        store.jobs.add(question(text="a secret"), 1.0)
    assert "secret" not in str(told.value)
    with pytest.raises(JobsError) as told:
        Store.open("postgresql+psycopg://user:swordfish@/x?host=/nowhere")
    assert "swordfish" not in str(told.value)
