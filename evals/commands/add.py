"""``whosaid eval add``: one more question in a gold set."""

from __future__ import annotations

import sys
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from bot.ask import Whosaid
from bot.commands.feedback import open_jobs
from bot.settings import Settings
from corpus.errors import UsageError
from evals.goldset.add import add
from evals.goldset.from_feedback import Drawn, draw
from evals.goldset.read import read_sidecar
from evals.runs.corpus import Part, cached_home


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """The question, or the feedback that it is drawn from, and the flags of ``eval add``, as typed."""

    question: str | None = None
    feedback: int | None = None
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
    if (new.question is None) == (new.feedback is None):
        raise UsageError("nothing to add, or two things: give a question in quotation marks, or --feedback with its id")
    parts = tuple(Part(path) for path in corpus)
    if not parts and settings.home is None:
        parts = read_sidecar(gold)
    own = cached_home(parts, settings, lambda said: print(said, file=sys.stderr)) if parts else settings
    with closing(Whosaid(own)) as engine:
        drawn = _drawn(settings, engine, new)
        added = add(
            gold,
            engine,
            drawn.question,
            drawn.evidence,
            refusal=drawn.refusal,
            type=new.kind,
            split=new.split,
            speaker=drawn.speaker,
            history=drawn.history,
            must_include=[group.split("|") for group in new.must_include],
        )
    print(f"{added.id}: {added.type} question in {gold}")
    return 0


def _drawn(settings: Settings, engine: Whosaid, new: New) -> Drawn:
    """Return what is typed, or what was stored in Slack with what is typed in its place."""
    evidence = tuple(zip(new.articles, new.quotes, strict=True))
    if new.feedback is None:
        assert new.question is not None  # one of the two was given
        return Drawn(
            question=new.question,
            history=new.history,
            evidence=evidence,
            speaker=new.speaker,
            refusal=new.refusal,
        )
    with closing(open_jobs(settings)) as store:
        found = store.feedback.get(new.feedback)
    if found is None:
        raise UsageError(
            f"there is no feedback {new.feedback}, or it has expired; `whosaid feedback` lists what there is"
        )
    typed = Drawn(
        question=found.question,
        history=new.history or tuple(found.history),
        evidence=evidence,
        speaker=new.speaker,
        refusal=new.refusal,
    )
    if evidence or new.refusal:
        return typed
    drawn = draw(found, engine)
    return replace(drawn, history=typed.history, speaker=new.speaker or drawn.speaker)
