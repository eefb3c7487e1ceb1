"""Several processes at one home: one writes and is killed, again and again, while others ask."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import pytest

from corpus.catalogue import Catalogue
from corpus.catalogue.dump import Dump, tables
from index.sentences import SentenceStore
from index.store import Home

from .conftest import Program
from .forks import Process, clean, started

PATIENCE = 120  # seconds
KILLS = 20
TIMES = {"retrieved_at", "seen_at", "changed_after", "changed_before", "edition"}

WRITER = """
import sys
from pathlib import Path
from corpus.catalogue import Catalogue
from index.ingest import Watcher, run
from index.store import Home, IndexSettings
home, articles, batch = Home(Path(sys.argv[1])), Path(sys.argv[2]), int(sys.argv[3])
rebuild = sys.argv[4:] == ["rebuild"]
print("ready", flush=True)
watcher = Watcher(indexed=lambda articles, characters: print(articles, flush=True))
catalogue = Catalogue.at(home.folder / "catalogue.sqlite")
run(home, catalogue, IndexSettings(threads=1), [articles], batch=batch, watcher=watcher, rebuild=rebuild)
catalogue.close()
"""

READER = """
import json, sys, time
from pathlib import Path
from bot.ask import Whosaid
from bot.settings import Settings
from corpus.catalogue import Catalogue
home, stop = Path(sys.argv[1]), Path(sys.argv[2])
questions, again = json.loads(sys.argv[3]), int(sys.argv[4])
catalogue = Catalogue.at(home / "catalogue.sqlite")
told, quotes, asker, generations, editions = 0, 0, None, [], set()
while not stop.exists() or told < 3:
    if asker is None:
        asker = Whosaid(Settings(home=home, threads=1))
    answer = asker.ask(questions[told % len(questions)], hits=5)
    closest = answer.refusal.closest if answer.refusal else ()
    for c in (*answer.citations, *closest):
        text = catalogue.text(c.article_id, c.version)
        assert text[c.start : c.end] == c.quote, (c, text[c.start : c.end])
        assert c.quote
        quotes += 1
    generations.append(answer.corpus["generation"])
    told += 1
    if told % again == 0:
        asker.close()
        asker = None
    time.sleep(0.5)
print(json.dumps({"told": told, "quotes": quotes, "generations": generations}))
"""
QUESTIONS = [
    "what did the ministry say about free assembly?",
    "who said the budget was approved?",
    "what happened to the gates?",
    "what did the minister say about fees?",
    "Who derailed at Coldwater Bend?",
    "strike of the teachers",
]


@pytest.fixture
def articles(sample: Path, tmp_path: Path) -> Path:
    """Every fifth article of the sample, in a folder that may be changed."""
    folder = tmp_path / "articles"
    folder.mkdir()
    files = sorted(f for f in sample.rglob("*") if f.suffix in {".txt", ".md", ".html"} and f.is_file())[::5]
    for file in files:
        shutil.copy(file, folder / file.name)
    assert len(list(folder.iterdir())) >= 10
    return folder


@pytest.fixture
def homes(compiled_model: Path, tmp_path: Path) -> tuple[Home, Home]:
    made = Home(tmp_path / "killed"), Home(tmp_path / "whole")
    for home in made:
        home.folder.mkdir()
        home.models.symlink_to(compiled_model.parent, target_is_directory=True)
    return made


@contextmanager
def writer(home: Home, articles: Path, *more: str) -> Iterator[tuple[Process, TextIO]]:
    """A process that ingests, and what it prints."""
    command = ["-c", WRITER, str(home.folder), str(articles), "3", *more]
    out, theirs = os.pipe()
    with open(os.devnull) as nothing, open(out) as said:
        process = started(command, clean(os.environ), home.folder, [nothing.fileno(), theirs, theirs])
        os.close(theirs)
        try:
            yield process, said
        finally:
            process.kill()
            process.wait(PATIENCE)


def finished(home: Home, articles: Path, *more: str) -> None:
    with writer(home, articles, *more) as (process, said):
        printed = said.read()
        assert process.wait(PATIENCE) == 0, printed


def killed(home: Home, articles: Path, after: int, wait: float, *more: str) -> bool:
    """Ingest, and kill it `wait` seconds after it has told of so many articles; tell whether it had not ended."""
    with writer(home, articles, *more) as (process, said):
        for _ in range(1 + after):
            if not said.readline():
                break
        time.sleep(wait)
        process.kill()
        code = process.wait(PATIENCE)
        assert code in (0, -signal.SIGKILL), said.read()
        return code != 0


def changed(articles: Path) -> None:
    for file in sorted(articles.iterdir()):
        if file.suffix in {".txt", ".md"}:
            file.write_text(file.read_text("utf-8") + "\n\n“We have changed our mind,” the minister said.\n", "utf-8")


def content(home: Home) -> dict[str, Any]:
    """All that a home holds, save times and what its edition is called."""
    edition = home.edition()
    assert edition is not None
    with closing(Catalogue.at(home.folder / "catalogue.sqlite")) as catalogue:
        with Dump.of(catalogue.engine, edition) as dump:
            rows = {
                table: [{k: v for k, v in json.loads(line).items() if k not in TIMES} for line in dump.lines(table)]
                for table in tables()
                if table not in ("editions", "gone")
            }
        gone = catalogue.edition(edition).gone()
        assert catalogue.edition(edition).pending_count() == 0
    return {**rows, **_stores(home.index(edition), {*gone.passages}, {*gone.statements})}


def _stores(folder: Path, gone: set[int], unsaid: set[int]) -> dict[str, Any]:
    import chromadb
    import tantivy
    from chromadb.api.shared_system_client import SharedSystemClient
    from chromadb.config import Settings

    found: dict[str, Any] = {}
    SharedSystemClient.clear_system_cache()  # or this process goes on to see what it saw there before
    client = chromadb.PersistentClient(str(folder / "chroma"), Settings(anonymized_telemetry=False))
    vectors = client.get_collection("whosaid", embedding_function=None).get(include=["embeddings"])
    rows = zip(vectors["ids"], vectors["embeddings"], strict=True)  # type: ignore[arg-type]
    found["vectors"] = {int(i): np.asarray(v, np.float32).tobytes() for i, v in rows if int(i) not in gone}
    with closing(SentenceStore(folder / "sentences.sqlite", make=False)) as store:
        ids = [i for i in store.passages()[0] if i not in gone]
        found["sentences"] = {i: (r.spans, r.vector.tobytes(), r.vectors.tobytes()) for i, r in store.get(ids).items()}
    for name, without in (("passages", gone), ("statements", unsaid)):
        searcher = tantivy.Index.open(str(folder / name)).searcher()
        everything = searcher.search(tantivy.Query.all_query(), 100_000).hits
        ids = searcher.fast_field_values("id", [address for _, address in everything])
        assert len(ids) == len({*ids})
        found[f"lexical {name}"] = {int(i) for i in ids} - without
    return found


@pytest.fixture
def readers(homes: tuple[Home, Home], tmp_path: Path) -> Iterator[tuple[Path, list[subprocess.Popen[str]]]]:
    """Three processes that ask all the while, until the file `stop` is there."""
    stop = tmp_path / "stop"
    with ExitStack() as stack:
        asking = []
        for number, again in enumerate((10_000, 9, 4)):  # one stays open, the others open the home again and again
            mine = QUESTIONS[number:] + QUESTIONS[:number]
            command = [sys.executable, "-c", READER, homes[0].folder, stop, json.dumps(mine), str(again)]
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            asking.append(stack.enter_context(process))
            stack.callback(process.kill)  # which comes first at the end
        yield stop, asking


def test_an_ingest_killed_again_and_again_ends_as_one_that_was_not(
    homes: tuple[Home, Home], articles: Path, readers: tuple[Path, list[subprocess.Popen[str]]]
) -> None:
    home, whole = homes
    stop, asking = readers
    rng, kills = random.Random(20411105), 0

    def kill(times: int, *more: str) -> None:
        nonlocal kills
        for _ in range(times):
            after, wait = rng.choice((0, 0, 1, 3)), rng.uniform(0.0, 0.25) if rng.random() < 0.8 else 0.6
            kills += killed(home, articles, after, wait, *more)
            assert all(process.poll() is None for process in asking), [p.communicate() for p in asking if p.poll()]

    kill(7)
    finished(home, articles)
    finished(whole, articles)
    assert content(home) == content(whole)
    kill(4, "rebuild")
    changed(articles)
    kill(6)
    finished(whole, articles)
    kill(2, "rebuild")
    while kills < KILLS:
        kill(1, "rebuild")
    finished(home, articles)
    assert content(home) == content(whole)
    assert len(home.editions()) == 1

    stop.touch()
    for process in asking:
        said, complaint = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, complaint
        told = json.loads(said)
        assert told["quotes"] > 0 and told["generations"] == sorted(told["generations"])
        assert len({*told["generations"]}) > 3, "it saw what was published meanwhile"


def test_a_second_ingest_says_who_holds_the_lock(whosaid: Program, fresh: Program, sample: Path) -> None:
    with writer(Home(fresh.home), sample) as (first, said):
        assert [said.readline() for _ in range(2)] == ["ready\n", "1\n"]
        os.kill(first.pid, signal.SIGSTOP)  # it writes, and does not end meanwhile
        second = fresh("ingest", str(sample))
        asked = fresh("ask", "what did the ministry say?")
    assert second.returncode == 2
    assert f"another whosaid (process {first.pid}, since " in second.stderr and "wait for it to end" in second.stderr
    assert second.stderr.count("\n") == 1 and "Traceback" not in second.stderr
    assert asked.returncode == 3, "asked before anything was published, it says that there is nothing"
