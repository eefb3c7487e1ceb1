"""``whosaid eval add``: one more question in a gold set."""

from __future__ import annotations

import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bot.ask import Whosaid
from bot.settings import Settings
from corpus.errors import UsageError
from evals.goldset.add import add
from evals.goldset.read import read_sidecar
from evals.runs.corpus import Part, cached_home


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """The question and the flags of ``eval add``, as typed."""

    question: str
    articles: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()
    speaker: str | None = None
    kind: str | None = None
    split: str = "dev"
    refusal: str | None = None
    must_include: tuple[str, ...] = ()
    history: tuple[str, ...] = ()


def run(settings: Settings, gold: Path, new: New, corpus: tuple[Path, ...]) -> int:
    """Check the question, write it, and name it; return 0."""
    if len(new.articles) != len(new.quotes):
        raise UsageError(
            f"{len(new.articles)} times --article and {len(new.quotes)} times --quote: give each quotation its article"
        )
    parts = tuple(Part(path) for path in corpus)
    if not parts and settings.home is None:
        parts = read_sidecar(gold)
    own = cached_home(parts, settings, lambda said: print(said, file=sys.stderr)) if parts else settings
    with closing(Whosaid(own)) as engine:
        added = add(
            gold,
            engine,
            new.question,
            list(zip(new.articles, new.quotes, strict=True)),
            refusal=new.refusal,
            type=new.kind,
            split=new.split,
            speaker=new.speaker,
            history=new.history,
            must_include=[group.split("|") for group in new.must_include],
        )
    print(f"{added.id}: {added.type} question in {gold}")
    return 0
