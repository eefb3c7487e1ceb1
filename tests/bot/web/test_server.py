"""Health, figures, and a server that stops as it should."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.ask import Whosaid
from bot.slack.model import NewJob
from bot.slack.store import Store
from bot.web.app import make_web
from bot.web.health import Health
from bot.web.listening import Listening
from bot.web.metrics import Metrics
from bot.web.serve import served, watch
from corpus.errors import JobsError, UsageError

from ..conftest import Program
from .sites import put, site


def test_ready_names_the_part_that_is_not_and_nothing_more(tmp_path: Path) -> None:
    hang = threading.Event()
    runs: list[int] = []

    def broken() -> None:
        raise JobsError("could not open postgresql://whosaid:hunter2@db")

    def hanging() -> None:
        runs.append(1)
        hang.wait(20)

    checks = {"jobs": broken, "slack": hanging, "index": lambda: None}
    with (
        closing(Health(checks, limit=0.1, kept=0)) as health,
        served(make_web(None, health), Listening(port=0)) as port,
    ):  # type: ignore[arg-type]
        address = f"http://127.0.0.1:{port}"
        for _ in range(3):
            found = httpx.get(f"{address}/readyz", trust_env=False)
            assert found.status_code == 503
            assert found.json() == {
                "ready": False, "parts": {"jobs": "not ready", "slack": "not ready", "index": "ok"}
            }  # fmt: skip
        assert len(runs) == 1, "what hangs is not asked again and again"
        assert httpx.get(f"{address}/healthz", trust_env=False).text == "ok\n"
        assert httpx.get(f"{address}/articles/x?sig=y", trust_env=False).status_code == 404  # none are served
        hang.set()


def test_the_engine_is_ready_once_something_was_ingested(sample_home: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with site(sample_home) as running:
        found = running.client.get("/readyz")
        assert found.status_code == 200
        assert found.json() == {"ready": True, "parts": {"catalogue": "ok", "index": "ok", "model": "ok"}}
        assert running.client.get("/metrics").status_code == 404  # never on the public address
    with site(empty) as running:
        parts = running.client.get("/readyz").json()["parts"]
        assert parts == {"catalogue": "ok", "index": "not ready", "model": "not ready"}


def test_figures_are_read_when_they_are_asked_for(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with site(home) as running, closing(Store.open(f"sqlite:///{tmp_path / 'jobs.sqlite'}")) as store:
        metrics = Metrics()
        store.jobs.add(NewJob(key="T1:C1:1", kind="question", team="T1", user="U1", channel="C1", ts="1", thread="1"))
        began = store.jobs.waiting().oldest
        assert began
        put(running.engine.catalogue, "The bridge was safe, the mayor said.")
        watch(metrics, running.engine, store, now=lambda: began + 100)
        metrics.watch({"broken": ("Cannot be read.", lambda: 1 / 0)})
        threads = [threading.Thread(target=lambda: [metrics.question("mention") for _ in range(500)]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        metrics.answered()
        metrics.refused("no_evidence")
        metrics.failed()
        metrics.stage("answer", 0.3)
        metrics.slack_error("chat.postMessage", "ratelimited")
        with metrics.served("127.0.0.1", 0) as port:
            shown = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text
    for line in (
        'whosaid_questions_total{surface="mention"} 2000.0', "whosaid_answered_total 1.0", "whosaid_failed_total 1.0",
        'whosaid_refused_total{reason="no_evidence"} 1.0', 'whosaid_stage_seconds_bucket{le="0.5",stage="answer"} 1.0',
        'whosaid_slack_errors_total{code="ratelimited",method="chat.postMessage"} 1.0', "whosaid_jobs_waiting 1.0",
        "whosaid_oldest_job_seconds 100.0", "whosaid_articles 1.0", "whosaid_broken NaN",
    ):  # fmt: skip
        assert line in shown, line
    assert re.search(r"whosaid_ingest_age_seconds \d", shown)


def test_what_was_begun_is_finished_and_no_longer_than_agreed() -> None:
    begun, go = threading.Event(), threading.Event()

    def slow(request: Request) -> PlainTextResponse:
        begun.set()
        go.wait(20)
        return PlainTextResponse("finished")

    found: list[str] = []
    with closing(Health({})) as health:
        app = make_web(None, health, routes=[Route("/slow", slow)])
        with served(app, Listening(port=0), drain=10) as port:
            url = f"http://127.0.0.1:{port}/slow"
            asking = threading.Thread(target=lambda: found.append(httpx.get(url, trust_env=False, timeout=20).text))
            asking.start()
            assert begun.wait(10)
            threading.Timer(0.3, go.set).start()
        asking.join()
        assert found == ["finished"]
        with pytest.raises(httpx.ConnectError):
            httpx.get(url, trust_env=False)


def test_a_failure_is_a_page_with_an_id_that_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    def broken(request: Request) -> PlainTextResponse:
        raise RuntimeError("secret detail")

    with closing(Health({})) as health:
        app = make_web(None, health, routes=[Route("/broken", broken)])
        with served(app, Listening(port=0)) as port:
            found = httpx.get(f"http://127.0.0.1:{port}/broken?sig=signed", trust_env=False)
    assert found.status_code == 500 and "secret" not in found.text
    mark = re.search(r"In the log it is ([0-9a-f]{8})\.", found.text)
    assert mark and mark[1] in caplog.text and "signed" not in caplog.text


def test_a_place_that_is_taken_is_told_in_a_sentence() -> None:
    with closing(Health({})) as health, served(make_web(None, health), Listening(port=0)) as port:
        with (
            pytest.raises(UsageError, match=rf"cannot listen at 127\.0\.0\.1:{port}"),
            served(make_web(None, health), Listening(port=port)),
        ):
            pass
        with pytest.raises(UsageError, match="cannot serve figures"), Metrics().served("127.0.0.1", port):
            pass


def test_a_usual_place_for_figures_that_is_taken_is_only_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with Listening(metrics="127.0.0.1:0").figures(Metrics()) as port:
        monkeypatch.setattr("bot.web.listening._METRICS", f"127.0.0.1:{port}")
        with Listening().figures(Metrics()) as other:
            assert other is None
        given = Listening(metrics=f"127.0.0.1:{port}").figures(Metrics())
        with pytest.raises(UsageError, match="cannot serve figures"), given:
            pass
    (told,) = caplog.records
    assert told.levelname == "WARNING" and f"127.0.0.1:{port} is taken" in told.getMessage()


@pytest.fixture
def server(whosaid: Program, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """``whosaid serve`` as a user has it, and its address."""
    environment = whosaid.environment(
        WHOSAID_PUBLIC_URL="https://bot.example/stored", WHOSAID_SECRET="a secret that is long enough",
        WHOSAID_JOBS=f"sqlite:///{tmp_path / 'jobs.sqlite'}",
    )  # fmt: skip
    process = subprocess.Popen(
        whosaid.command("serve", "--port", "0", "--metrics", "127.0.0.1:0"),
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip
    assert process.stderr
    try:
        told = ""
        while not (at := re.search(r"http://127\.0\.0\.1:\d+", told)):
            line = process.stderr.readline()
            assert line, told
            told += line
        yield process, at[0]
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def test_serve_shows_pages_until_it_is_told_to_stop(
    server: tuple[subprocess.Popen[str], str], whosaid: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    process, address = server
    monkeypatch.setenv("WHOSAID_PUBLIC_URL", "https://bot.example/stored")
    monkeypatch.setenv("WHOSAID_SECRET", "a secret that is long enough")
    with closing(Whosaid(whosaid.home)) as engine:
        answer = engine.ask("what did the ministry say about free assembly?")
    link = next(str(citation.link) for citation in answer.citations if citation.url is None)
    assert link.startswith("https://bot.example/stored/articles/")
    page = httpx.get(address + link.removeprefix("https://bot.example/stored"), trust_env=False, timeout=20)
    assert page.status_code == 200 and '<mark id="cited">' in page.text
    assert not os.path.exists(whosaid.home / "secret.key")
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert process.stderr and "sig=" not in process.stderr.read()
