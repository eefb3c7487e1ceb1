"""Fit when a speaker is taken to have spoken on a topic: the weights "spoke" of ``bot/fitted.json``.

    python -m evals.calibrate_spoke --sample SAMPLE_HOME --gold evals/gold/sample.jsonl \
        --news NEWS_HOME --speakers evals/gold/news.jsonl [--write]

The homes are those of `evals.calibrate`; only development questions are read. Learnt from are the hand-made questions
for what a speaker said (`asked`), those with an answer as far as its words are among the speaker's statements; the
same speakers asked about the topics of other articles (`elsewhere`), which counts as silent; and both once more as if
the corpus were the one article that has the speaker's best words (`small`). The hand-made ones weigh four times what
each other kind does, and the answered as much as the silent. Figures printed are of folds that leave out one group of
articles.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from bot.ask import Filters, Whosaid
from bot.decide import Decider
from bot.opened import Opened
from bot.silence import Figures
from bot.spoken import Spoken, find_described, find_spoken
from evals.calibrate import TARGET, is_gold, plain, read, some
from index.query import Query

NAMES = [field.name for field in fields(Figures)]
WEIGHTS = {"asked": 4.0, "asked, small": 1.0, "elsewhere": 1.0, "elsewhere, small": 1.0}
PENALTY = 3.0
"""Inverse strength of the L2 penalty."""
_OTHERS = 2  # topics of other articles that each speaker is asked about


@dataclass(frozen=True)
class Example:
    """The figures of one question, whether the speaker spoke, the kind of question, and its set and articles."""

    figures: Figures
    spoke: bool
    kind: str
    source: str
    group: str


class Collector:
    """Runs questions through the engine and keeps the figures of those that can be learnt from."""

    def __init__(self) -> None:
        self.examples: list[Example] = []
        self._random = Random(0)

    def collect(self, engine: Whosaid, gold: Path, source: str) -> None:
        """Collect from one set of questions."""
        with engine.opener.reading() as state:
            opened = some(state)
            parsed = [(row, engine.prepare(opened, row["question"], Filters(), 1)[0]) for row in _rows(gold)]
            asked = [(row, query) for row, query in parsed if query.speaker]
            topics = [(row["group"], query.subject) for row, query in asked if row["answerable"] and query.subject]
            for row, query in asked:
                quotes = [plain(piece["quote"]) for piece in row.get("evidence", ())]
                mine = source, row["group"]
                self._question(engine, opened, query, "asked", mine, quotes if row["answerable"] else None)
                others = [topic for group, topic in topics if group != row["group"]]
                for topic in self._random.sample(others, _OTHERS):
                    other = engine.prepare(opened, f"what did {query.speaker} say about {topic}?", Filters(), 1)[0]
                    self._question(engine, opened, other, "elsewhere", mine, None)

    def _question(
        self,
        engine: Whosaid,
        opened: Opened,
        query: Query,
        kind: str,
        mine: tuple[str, str],
        quotes: Sequence[str] | None,
    ) -> None:
        """Collect one question, which one of the `quotes` answers, or none can."""
        search, decider = opened.search, Decider(opened.search)
        vector = search.question_vector(query.whole)
        found = search.passages(query, 10, vector)
        spoken = find_spoken(query, search.statements, search.shelf)
        spoken = spoken if spoken.records else find_described(query, search.statements, search.shelf)
        if not query.speaker or not spoken.records:
            return
        records = spoken.own or spoken.relayed
        for suffix in ("", ", small"):
            scored, figures = decider.weigh_spoken(query, vector, Spoken(records, ()), found)
            texts = search.shelf.texts({one.unit.article.id for one in scored})
            right = any(is_gold(one, texts[one.unit.article.id], quotes or ()) for one in scored)
            if figures is None or right != (quotes is not None):
                return
            self.examples.append(Example(figures, right, kind + suffix, *mine))
            article = max(scored, key=lambda one: one.features.topic_cosine).unit.article.id
            records = tuple(record for record in records if record.article_id == article)
            found = search.around(search.shelf.statements_of([article]), vector)


def _rows(gold: Path) -> list[dict[str, Any]]:
    rows = [row for row in read(gold) if row["split"] == "dev" and not row.get("history")]
    return [row for row in rows if row["type"] in ("statement", "false-speaker")]


def weights(examples: Sequence[Example]) -> np.ndarray[Any, Any]:
    """Return weights under which the answered count as much as the silent, in each of them every kind by `WEIGHTS`."""
    counts = Counter((e.source, e.kind, e.spoke) for e in examples)
    w = np.array([WEIGHTS[e.kind] / counts[e.source, e.kind, e.spoke] for e in examples])
    y = np.array([e.spoke for e in examples])
    for label in (True, False):
        w[y == label] *= len(examples) / 2 / w[y == label].sum()
    found: np.ndarray[Any, Any] = w
    return found


def fit(examples: Sequence[Example]) -> tuple[dict[str, float], np.ndarray[Any, Any]]:
    """Return the weights by figure, and every example's probability from the folds that left its articles out."""
    from sklearn.linear_model import LogisticRegression

    x = np.array([[getattr(e.figures, name) for name in NAMES] for e in examples])
    y = np.array([e.spoke for e in examples])
    groups = np.array([f"{e.source} {e.group}" for e in examples])

    def model(chosen: Any) -> Any:
        of = weights([e for e, one in zip(examples, chosen, strict=True) if one])
        return LogisticRegression(C=PENALTY, max_iter=5000).fit(x[chosen], y[chosen], sample_weight=of)

    held_out = np.zeros(len(y))
    for group in sorted(set(groups)):
        held_out[groups == group] = model(groups != group).predict_proba(x[groups == group])[:, 1]
    final = model(np.ones(len(y), bool))
    named = dict(zip(NAMES, final.coef_[0].round(3).tolist(), strict=True))
    return {"bias": round(float(final.intercept_[0]), 3), **named}, held_out


def report(examples: Sequence[Example], p: np.ndarray[Any, Any]) -> list[str]:
    """Return a line for each set, kind and label: how many are refused below each of some thresholds."""
    lines = []
    for key in sorted({(e.source, e.kind, e.spoke) for e in examples}):
        mine = np.array([(e.source, e.kind, e.spoke) == key for e in examples])
        shares = ", ".join(f"{(p[mine] < t).mean():.2f} below {t:.2f}" for t in (0.3, 0.35, 0.4, 0.45, 0.5))
        lines.append(f"{key[0]}, {key[1]}, {'spoke' if key[2] else 'silent'}: {mine.sum()}; {shares}")
    return lines


def main() -> None:
    """Fit, report, and write where that is asked for."""
    parser = argparse.ArgumentParser(prog="python -m evals.calibrate_spoke", description=__doc__)
    for name in ("sample", "gold", "news", "speakers"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--write", action="store_true", help="put the weights into bot/fitted.json")
    options = parser.parse_args()
    collector = Collector()
    collector.collect(Whosaid(options.sample), options.gold, "sample")
    collector.collect(Whosaid(options.news), options.speakers, "real news")
    found, p = fit(collector.examples)
    print("\n".join(report(collector.examples, p)))
    print(json.dumps(found, indent=1))
    if options.write:
        known = json.loads(TARGET.read_text("utf-8"))
        known["weights"]["spoke"] = found
        TARGET.write_text(json.dumps(known, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
