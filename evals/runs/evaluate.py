"""A whole evaluation: corpus, gold set, questions asked, figures, and the run that holds them."""

from __future__ import annotations

import hashlib
import platform
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bot.ask import Whosaid
from bot.settings import Settings
from corpus.errors import UsageError
from corpus.outlets import FILE as OUTLETS
from corpus.people import FILE as SPEAKERS
from evals.goldset.locate import locate
from evals.goldset.model import Question
from evals.goldset.read import GoldSet
from evals.metrics.base import Metric
from evals.metrics.multihop import check_passages
from evals.runs.cache import Answers
from evals.runs.corpus import Part, cached_home, code_digest, corpus_digest
from evals.runs.figures import Texts, columns, measure, tabulate, with_figures
from evals.runs.record import AskedOf, Held, Made, Row, Run
from evals.runs.run import answer_of, ask_all

_LIBRARIES = ("chromadb", "tantivy", "onnxruntime", "numpy", "tokenizers")
_KEYS = {"split", "type", "tag", "group", "id"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Watcher:
    """Whom a run tells how it goes: a sentence, how many questions there are, and each that is done."""

    stage: Callable[[str], None] = lambda sentence: None
    begin: Callable[[int], None] = lambda questions: None
    done: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked, of what: `parts` are ingested into the cache, and where there are none the home is asked."""

    gold: GoldSet
    questions: tuple[Question, ...]
    filters: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    judge: str | None = None


def evaluate(
    settings: Settings, asked: Asked, metrics: Sequence[Metric], workers: int = 1, watcher: Watcher = Watcher()
) -> Run:
    """Ask, measure, and return the run.

    Raises:
        UsageError: there is no corpus, evidence is not in it (each piece is named), or a passage found is too long.
    """
    own = cached_home(asked.parts, settings, watcher.stage) if asked.parts else settings
    if not own.ingested():
        raise UsageError(
            f"there is nothing in {own.place().folder} to ask: name articles with --corpus, or ingest them first"
        )
    with closing(Whosaid(own)) as engine:
        evidence = locate(asked.questions, engine, None, asked.gold.where)
        evidence.tell()
        circumstances = _circumstances(own, engine)
        answers = Answers(settings.cache_folder() / "answers", {**circumstances, **_state(own, engine)})
        with closing(answers):
            watcher.begin(len(asked.questions))
            rows = ask_all(engine, asked.questions, evidence.located, answers, workers, watcher.done)
        watcher.stage("measuring")
        _check_passages(engine, rows, own.passage_tokens)
        texts = _texts(engine, rows)
        return _run(asked, rows, metrics, texts, circumstances)


def _check_passages(engine: Whosaid, rows: Sequence[Row], most: int) -> None:
    with engine.opener.reading() as opened:
        assert opened is not None  # it was asked
        for row in rows:
            if row.answer is not None:
                check_passages(answer_of(row.answer).hits, row.question.id, most, opened.search.count_tokens)


def chosen(questions: Iterable[Question], filters: Sequence[str], limit: int | None) -> tuple[Question, ...]:
    """Return the questions that every filter lets through, in order, at most `limit`.

    Filters are ``key=value``: split, type, tag, group or id. Several values of one key are alternatives.

    Raises:
        UsageError: a filter is none, or nothing is left.
    """
    wanted: dict[str, set[str]] = {}
    for one in filters:
        key, sign, value = one.partition("=")
        if not sign or key not in _KEYS:
            raise UsageError(f"cannot filter by {one!r}: write KEY=VALUE, with KEY one of {', '.join(sorted(_KEYS))}")
        wanted.setdefault(key, set()).add(value)
    found = tuple(q for q in questions if all(_has(q, key, values) for key, values in wanted.items()))
    if not found:
        raise UsageError(f"no question is left after {' '.join(filters) or 'reading'}; check --filter")
    return found[:limit]


def _has(question: Question, key: str, values: set[str]) -> bool:
    return bool(values & set(question.tags)) if key == "tag" else getattr(question, key) in values


def _circumstances(settings: Settings, engine: Whosaid) -> dict[str, Any]:
    """Return what an answer depends on beside the question."""
    with engine.opener.reading() as opened:
        if opened is None:
            raise UsageError("the home has no article to ask about: ingest some, or name a corpus with --corpus")
        summary = opened.summary(None, None)
    public = settings.model_dump(mode="json", exclude={"home", "cache", "catalogue", "vectors", "threads"})
    return {
        "code": code_digest(),
        "settings": public,
        "model": settings.model,
        "corpus": {
            "digest": corpus_digest(engine.catalogue),
            "articles": summary.articles,
            "oldest": summary.oldest,
            "newest": summary.newest,
        },
    }


def _state(settings: Settings, engine: Whosaid) -> dict[str, Any]:
    """Return what else an answer depends on, though a run is not known by it: the index, and what a person wrote.

    The same articles may have been indexed anew, and speakers.toml or outlets.toml been edited.
    """
    place = settings.place()
    written = [file.read_bytes() for name in (OUTLETS, SPEAKERS) if (file := place.folder / name).is_file()]
    return {
        "index": [str(place.folder), place.edition(), engine.opener.at()],
        "by_hand": [hashlib.sha256(data).hexdigest() for data in written],
    }


def _texts(engine: Whosaid, rows: Sequence[Row]) -> Texts:
    """Return the texts of the versions that answers cite."""
    cited = {
        (citation["article_id"], citation["version"])
        for row in rows
        if row.answer
        for citation in row.answer["citations"]
    }
    return {key: engine.catalogue.text(*key) for key in cited}


def _run(
    asked: Asked, rows: Sequence[Row], metrics: Sequence[Metric], texts: Texts, circumstances: dict[str, Any]
) -> Run:
    measured = measure(rows, metrics, texts)
    made = Made(
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        whosaid=version("whosaid"),
        code=circumstances["code"],
        commit=_commit(),
        python=platform.python_version(),
        versions={name: version(name) for name in _LIBRARIES},
        settings=circumstances["settings"],
        model=circumstances["model"],
        corpus=Held(**circumstances["corpus"]),
        gold=AskedOf(
            file=asked.gold.file.name,
            digest=asked.gold.digest,
            questions=len(asked.questions),
            filters=asked.filters,
        ),
        command=shlex.join(["whosaid", *sys.argv[1:]]),
        judge=asked.judge,
    )
    return Run(
        made=made,
        metrics=columns(metrics),
        table=tabulate(rows, metrics, measured),
        rows=with_figures(rows, metrics, measured),
    )


def _commit() -> str | None:
    """Return the commit that this code is, with + where something was changed since; None outside a checkout."""
    here = Path(__file__).resolve().parents[2]
    if not (here / ".git").exists():
        return None
    try:
        head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=here, capture_output=True, text=True, check=True)
        changed = subprocess.run(["git", "status", "--porcelain"], cwd=here, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):  # no git on this machine
        return None
    return head.stdout.strip() + ("+" if changed.stdout.strip() else "")
