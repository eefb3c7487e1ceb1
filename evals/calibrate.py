"""Fit the weights in ``bot/fitted.json``: which sentence answers, and whether any does.

Whether a speaker spoke on a topic is fitted by `evals.calibrate_spoke`.

    python -m evals.calibrate --sample SAMPLE_HOME --gold evals/gold/sample.jsonl \
        --news NEWS_HOME --queries queries-dev.jsonl

SAMPLE_HOME has ``corpus/sample`` ingested, NEWS_HOME the MultiHop-RAG corpus. Only development parts are read.
Logistic regressions with L2 penalty (scikit-learn, which sentence-transformers brings), classes and
sets weighted alike; figures printed are of held-out folds, grouped by question.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from bot.ask import Filters, Whosaid
from bot.decide import Decider
from bot.evidence import Features, Scored
from bot.opened import Opened
from bot.refusal import Figures
from bot.spoken import find_described, find_spoken
from corpus.errors import UsageError

FOLDS = 10
FEW = 0.3  # a stronger penalty, for the few questions about speakers
TARGET = Path(__file__).resolve().parent.parent / "bot" / "fitted.json"
SPOKEN = ("own", "context", "topic_cosine", "question_cosine", "article", "direct")
OPEN = (*(field.name for field in fields(Features) if field.name != "lead"),)
_SPOKEN = frozenset({"statement", "dated", "contrast", "false-speaker", "speaker"})
_ASKED = "what did {} say about {}?"
OTHERS = 4  # speakers of other subjects that each statement question is put to
_SPACE = re.compile(r"\W+")


class Rows:
    """Examples of one kind: features, label, the question each belongs to, and whether it is to be learnt from."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = list(names)
        self.x: list[list[float]] = []
        self.y: list[bool] = []
        self.question: list[int] = []
        self.source: list[str] = []
        self.learnt: list[bool] = []

    def add(self, features: Any, label: bool, question: int, source: str, learnt: bool = True) -> None:
        """Add one example."""
        values = asdict(features)
        self.x.append([values[name] for name in self.names])
        self.y.append(label)
        self.question.append(question)
        self.source.append(source)
        self.learnt.append(learnt)

    def weights(self) -> np.ndarray[Any, Any]:
        """Return weights under which every source counts alike, and in it both labels."""
        keys = list(zip(self.source, self.y, strict=True))
        counts = Counter(key for key, learnt in zip(keys, self.learnt, strict=True) if learnt)
        w = np.array([learnt / (counts[key] or 1) for key, learnt in zip(keys, self.learnt, strict=True)])
        found: np.ndarray[Any, Any] = w * (len(w) / w.sum())
        return found

    def fit(self, c: float = 1.0) -> tuple[dict[str, float], np.ndarray[Any, Any]]:
        """Return the weights by feature, and every example's probability from folds that left it out.

        `c` is the inverse strength of the penalty.
        """
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import GroupKFold

        x, y, w, groups = np.array(self.x), np.array(self.y), self.weights(), np.array(self.question)

        def model(rows: Any) -> Any:
            return LogisticRegression(C=c, max_iter=2000).fit(x[rows], y[rows], sample_weight=w[rows])

        held_out = np.zeros(len(y))
        for train, test in GroupKFold(FOLDS).split(x, y, groups):
            held_out[test] = model(train).predict_proba(x[test])[:, 1]
        final = model(np.arange(len(y)))
        weights = dict(zip(self.names, final.coef_[0].round(3).tolist(), strict=True))
        return {"bias": round(float(final.intercept_[0]), 3), **weights}, held_out

    def settle(self, units: Rows, p: np.ndarray[Any, Any]) -> None:
        """Take what is said of the best quotation from the weights just fitted, in place of those in the file."""
        best: dict[int, int] = {}
        for row, question in enumerate(units.question):
            if question not in best or p[row] > p[best[question]]:
                best[question] = row
        for figures, question in zip(self.x, self.question, strict=True):
            if question in best:
                values = dict(zip(units.names, units.x[best[question]], strict=True))
                for name in ("related", "missing"):
                    figures[self.names.index(name)] = values[name]
                figures[self.names.index("unit")] = float(p[best[question]])


def plain(text: str) -> str:
    """Return the words of a text in lower case, as quotations are compared."""
    return _SPACE.sub(" ", text.lower()).strip()


def _subject(row: dict[str, Any]) -> str:
    """Return the group of articles that a question is on, which its id names."""
    return str(row["id"]).rpartition("-")[0]


def is_gold(scored: Scored, text: str, quotes: Sequence[str]) -> bool:
    """Tell whether a unit of this text is one of the quotations, part of one, or has one."""
    words = plain(scored.unit.span.of(text))
    return any(words in quote or quote in words for quote in quotes)


def read(file: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSON Lines file."""
    with file.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


class Collector:
    """Runs development questions through the engine and keeps what it weighs."""

    def __init__(self) -> None:
        self.spoken, self.open = Rows(SPOKEN), Rows(OPEN)
        self.answerable = Rows([field.name for field in fields(Figures)])
        self._number = 0
        self._random = Random(0)

    def sample(self, engine: Whosaid, gold: Path) -> None:
        """Collect from the sample's gold set; statement questions also as asked of speakers of other subjects."""
        rows = [row for row in read(gold) if row["split"] == "dev" and not row["history"]]
        speakers: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            if row["speaker"]:
                speakers[row["speaker"]].add(_subject(row))
        for row in rows:
            quotes = [plain(piece["quote"]) for piece in row["evidence"]]
            self._question(engine, row["question"], quotes, row["answerable"], "sample", row["type"] in _SPOKEN)
            if row["type"] == "statement":
                others = sorted(name for name, subjects in speakers.items() if _subject(row) not in subjects)
                self._asked_of_others(engine, row["question"], quotes, others)

    def _asked_of_others(self, engine: Whosaid, question: str, quotes: list[str], others: Sequence[str]) -> None:
        """Collect the question in plain words, of its own speaker and of some who are silent on it."""
        with engine.opener.reading() as opened:
            query, *_ = engine.prepare(some(opened), question, Filters(), 1)
        if query.speaker is None:
            return
        self._question(engine, _ASKED.format(query.speaker, query.topic), quotes, True, "sample", True)
        for name in self._random.sample(others, OTHERS):
            self._question(engine, _ASKED.format(name, query.topic), [], False, "other speakers", True)

    def news(self, engine: Whosaid, queries: Path) -> None:
        """Collect from MultiHop-RAG's development half."""
        for row in read(queries):
            quotes = [plain(piece["fact"]) for piece in row["evidence_list"]]
            self._question(engine, row["query"], quotes, bool(quotes), "news", False)

    def _question(
        self, engine: Whosaid, question: str, quotes: list[str], answerable: bool, source: str, spoken: bool
    ) -> None:
        self._number += 1
        with engine.opener.reading() as state:
            opened = some(state)
            query, vector, found = engine.prepare(opened, question, Filters(), 10)
            decider = Decider(opened.search)
            if spoken and query.speaker:
                statements, shelf = opened.search.statements, opened.search.shelf
                records = find_spoken(query, statements, shelf)
                records = records if records.records else find_described(query, statements, shelf)
                if records.records:
                    scored, _ = decider.weigh_spoken(query, vector, records, found)
                    self._units(self.spoken, opened, scored, quotes, source)
            elif spoken and query.asks_who:
                self._units(self.spoken, opened, decider.weigh_who(query, vector, found), quotes, source)
            elif not spoken:
                scored, figures = decider.weigh_open(query, vector, found)
                self._units(self.open, opened, scored, quotes, source)
                self.answerable.add(figures, answerable, self._number, source)

    def _units(self, rows: Rows, opened: Opened, scored: Sequence[Scored], quotes: list[str], source: str) -> None:
        texts = opened.served.texts({s.unit.article.id for s in scored})
        labels = [is_gold(s, texts[s.unit.article.id], quotes) for s in scored]
        learnt = not quotes or any(labels)  # else what was asked for is not among them
        for one, label in zip(scored, labels, strict=True):
            rows.add(one.features, label, self._number, source, learnt)


def some(opened: Opened | None) -> Opened:
    """Return what is open; UsageError for an empty home."""
    if opened is None:
        raise UsageError("there is nothing to calibrate on: ingest the corpus into the home first")
    return opened


def _best(rows: Rows, p: np.ndarray[Any, Any]) -> dict[int, tuple[float, bool, bool]]:
    """Return for each question: the best probability, whether that example is right, whether one is."""
    found: dict[int, tuple[float, bool, bool]] = {}
    for question, value, label, learnt in zip(rows.question, p, rows.y, rows.learnt, strict=True):
        if not learnt:
            continue
        best, right, some = found.get(question, (-1.0, False, False))
        found[question] = (value, label, some or label) if value > best else (best, right, some or label)
    return found


def _report_units(name: str, rows: Rows, p: np.ndarray[Any, Any]) -> None:
    best, sources = _best(rows, p), dict(zip(rows.question, rows.source, strict=True))
    asked = [b for b in best.values() if b[2]]
    print(f"{name}: {len(rows.y)} units; best unit is right in {sum(b[1] for b in asked)} of {len(asked)}")
    for floor in np.arange(0.05, 1.0, 0.05):
        line = f"  floor {floor:.2f}: {sum(b[0] < floor for b in asked)} of {len(asked)} lost"
        for source in sorted(set(sources.values())):
            none = [b for question, b in best.items() if not b[2] and sources[question] == source]
            line += f"; {source}: {sum(b[0] >= floor for b in none)} of {len(none)} answered though silent"
        print(line)


def _report_answerable(rows: Rows, p: np.ndarray[Any, Any]) -> None:
    for source in sorted(set(rows.source)):
        mine = np.array([s == source for s in rows.source])
        y = np.array(rows.y)[mine]
        print(f"answerable, {source}: {y.sum()} answerable, {(~y).sum()} not")
        for floor in np.arange(0.1, 1.0, 0.1):
            refused = p[mine] < floor
            print(f"  floor {floor:.1f}: refused {refused[~y].mean():.3f} of null, {refused[y].mean():.3f} of the rest")


def main() -> None:
    """Fit, report, write."""
    parser = argparse.ArgumentParser(prog="python -m evals.calibrate", description=__doc__)
    for name in ("sample", "gold", "news", "queries"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    options = parser.parse_args()
    collector = Collector()
    collector.sample(Whosaid(options.sample), options.gold)
    collector.news(Whosaid(options.news), options.queries)
    found = json.loads(TARGET.read_text("utf-8"))
    found["weights"]["spoken"], p = collector.spoken.fit(FEW)
    _report_units("spoken", collector.spoken, p)
    found["weights"]["open"], p = collector.open.fit()
    _report_units("open", collector.open, p)
    collector.answerable.settle(collector.open, p)
    found["weights"]["answerable"], p = collector.answerable.fit()
    _report_answerable(collector.answerable, p)
    print(json.dumps(found["weights"], indent=1))
    TARGET.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
