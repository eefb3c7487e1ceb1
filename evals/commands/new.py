"""``whosaid eval new``: a draft of a gold set, for a person to correct."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

from bot.ask import Whosaid
from bot.settings import Settings
from corpus.errors import UsageError
from evals.goldset.draft import draft
from evals.goldset.write import write_gold
from evals.runs.corpus import Part, cached_home


def run(settings: Settings, gold: Path, corpus: tuple[Path, ...], questions: int, seed: int) -> int:
    """Write the draft and its sidecar; return 0."""
    if gold.exists():
        raise UsageError(f"{gold} is there already; name a new file, or add single questions with `whosaid eval add`")
    parts = tuple(Part(path) for path in corpus)
    own = cached_home(parts, settings, lambda said: print(said, file=sys.stderr)) if parts else settings
    with closing(Whosaid(own)) as engine:
        found = draft(engine, gold.stem, questions, seed)
    write_gold(gold, found, parts)
    print(f"{len(found)} draft questions in {gold}: read each, put it into your own words, and take its tag out")
    return 0
