"""What a question of the report opens to: the data that the page's script builds it from when asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from bot.cite import show_date, show_speaker
from bot.link import web_address
from bot.model import Answer, Citation, Hit
from bot.visible import clean, one_line
from evals.case import Located, Place
from evals.report.change import Compared
from evals.report.curves import first_gold
from evals.report.marked import Marked, marked
from evals.report.prose import Block, blocks
from evals.report.questions import ordered, shift, verdict
from evals.runs.record import Row
from evals.runs.run import answer_of

PASSAGE, LEAST, ALL = 2000, 300, 8_000_000
"""Characters of a passage that are shown; of each where there are many; of all together, by which that is decided."""
QUOTE = 2000
"""Characters of a quotation that are shown."""
Span = tuple[int, int]


class Shelf:
    """The passages of a report, each kept once however many questions found it."""

    def __init__(self, most: int) -> None:
        """Keep the first `most` characters of each."""
        self.most = most
        self.passages: list[dict[str, Any]] = []
        self._places: dict[tuple[str, int, str], int] = {}

    def put(self, hit: Hit) -> int:
        """Return the number of a passage, kept if it was not yet."""
        key = (hit.article_id, hit.start, hit.text)
        if key not in self._places:
            self._places[key] = len(self.passages)
            where = web_address(hit.url)
            cut = len(hit.text) if len(hit.text) > self.most else 0
            self.passages.append(
                {
                    "title": one_line(hit.title),
                    "where": where or one_line(hit.path or hit.article_id),
                    "href": where or None,
                    "text": marked(hit.text, most=self.most)[0],
                    "cut": cut,
                }
            )
        return self._places[key]


def details(compared: Compared) -> dict[str, Any]:
    """Return all that the script needs, as JSON values; rows are in the order of `questions.ordered`."""
    rows = ordered(compared)
    answers = [answer_of(row.answer) if row.answer else None for row in rows]
    shelf = Shelf(_most(answer for answer in answers if answer))
    drawn = [
        _row(row, answer, compared.before.get(row.question.id), shelf)
        for row, answer in zip(rows, answers, strict=True)
    ]
    return {
        "most": shelf.most,
        "metrics": {column.name: [clean(column.title), clean(column.unit)] for column in compared.run.metrics},
        "passages": shelf.passages,
        "rows": drawn,
    }


def _most(answers: Iterable[Answer]) -> int:
    """Return how much of a passage can be shown, if the file is to open well in a browser."""
    number = len({(hit.article_id, hit.start, hit.end) for answer in answers for hit in answer.hits})
    return max(LEAST, min(PASSAGE, ALL // max(number, 1)))


def _row(row: Row, answer: Answer | None, before: Row | None, shelf: Shelf) -> dict[str, Any]:
    question = row.question
    located = [Located(quote, tuple(Place(*place) for place in places)) for quote, places in row.evidence]
    found: dict[str, Any] = {
        "id": clean(question.id),
        "question": clean(question.question),
        "type": question.type,
        "split": question.split,
        "tags": [clean(tag) for tag in question.tags],
        "group": clean(row.cluster),
        "failed": row.failed,
        "moved": shift(row, before),
        "verdict": verdict(row),
        "confidence": answer.confidence if answer else None,
        "gold": first_gold(row),
        "history": [clean(asked) for asked in question.history],
        "expected": _expected(row),
        "error": clean(row.error) if row.error else None,
        "figures": _figures(row, before),
        "before": _before(row, before),
    }
    cited = answer.citations if answer else ()
    found["evidence"] = [_gold(piece, row, n, cited) for n, piece in enumerate(located)]
    return {**found, **_answered(answer, located, row.gold_hits, shelf)} if answer else found


def _answered(answer: Answer, located: Sequence[Located], gold_hits: Sequence[int], shelf: Shelf) -> dict[str, Any]:
    return {
        "understood": _pairs(answer.query),
        "notes": [clean(note) for note in answer.notes],
        "answered": answer.answered,
        "answer": blocks(answer.answer),
        "reason": answer.refusal.reason.replace("_", " ") if answer.refusal else None,
        "mode": answer.mode,
        "hits": [_hit(hit, located, hit.rank in gold_hits, shelf) for hit in answer.hits],
        "citations": [_citation(citation, located) for citation in answer.citations],
        "closest": [_citation(citation, located) for citation in answer.refusal.closest] if answer.refusal else [],
    }


def _expected(row: Row) -> list[tuple[str, str]]:
    """Say what the gold set wants of an answer, as (name, value) pairs."""
    question = row.question
    pairs = [
        ("refusal", question.refusal.replace("_", " ") if question.refusal else ""),
        ("speaker", question.speaker or ""),
        ("must include", "; ".join(" or ".join(f"“{some}”" for some in group) for group in question.must_include)),
        ("must not attribute to", ", ".join(question.must_not_attribute_to)),
    ]
    bound = [(f"bound by hand: {name}", value) for name, value in _pairs(question.facets.model_dump(mode="json"))]
    return [(name, clean(value)) for name, value in [*pairs, *bound] if value]


def _pairs(held: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what is set of a mapping, as text."""
    shown = {
        name: ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
        for name, value in held.items()
        if value not in (None, "", [], (), False)
    }
    return [(clean(name.replace("_", " ")), clean(value)) for name, value in shown.items()]


def _hit(hit: Hit, located: Sequence[Located], gold: bool, shelf: Shelf) -> dict[str, Any]:
    spans = _overlaps(located, hit.article_id, hit.start, hit.end)
    return {
        "passage": shelf.put(hit),
        "rank": hit.rank,
        "score": round(hit.score, 3),
        "gold": gold,
        "marks": marked(hit.text, spans, shelf.most)[1] if spans else [],
    }


def _overlaps(located: Iterable[Located], article: str, start: int, end: int) -> list[Span]:
    """Return which characters of ``[start, end)`` of an article are gold, counted from `start`."""
    quoted = (
        piece for piece in located if piece.quote is not None
    )  # where all of an article is meant, nothing stands out
    places = [place for piece in quoted for place in piece.places if place.article_id == article]
    return [(max(place.start, start) - start, min(place.end, end) - start) for place in places]


def _citation(citation: Citation, located: Sequence[Located]) -> dict[str, Any]:
    spans = _overlaps(located, citation.article_id, citation.start, citation.end)
    where = [one_line(citation.outlet or ""), _date(citation.published)]
    return {
        "n": citation.n,
        "who": _who(citation),
        "kind": citation.kind,
        "via": [shown for via in citation.via if (shown := show_speaker(via))],
        "said": _date(citation.said) if citation.said else "",
        "title": one_line(citation.title),
        "where": ", ".join(part for part in where if part),
        "address": web_address(citation.url) or one_line(citation.path or ""),
        "href": web_address(citation.link) or web_address(citation.url) or None,
        "quote": _quote(citation.quote, spans),
        "meets": [n for n, piece in enumerate(located) if piece.met_by(citation)],
    }


def _who(citation: Citation) -> str:
    """Say who speaks; an article that quotes nobody speaks itself."""
    known = show_speaker(citation.speaker) if citation.speaker else ""
    return known or ("Speaker not determined" if citation.kind else "The article")


def _date(value: str | None) -> str:
    try:
        return show_date(value)
    except ValueError:  # a run file is a file: whatever stands there is shown
        return clean(str(value))


def _gold(piece: Located, row: Row, number: int, cited: Sequence[Citation]) -> dict[str, Any]:
    """Return a piece of evidence, the words of it that the answer cites marked."""
    spans = [
        (max(place.start, citation.start) - place.start, min(place.end, citation.end) - place.start)
        for place in piece.places
        for citation in cited
        if place.meets(citation)
    ]
    where = row.question.evidence[number] if number < len(row.question.evidence) else None
    return {
        "quote": _quote(piece.quote, spans) if piece.quote is not None else None,
        "where": one_line(where.url or where.article) if where else "",
        "found": bool(piece.places),
    }


def _quote(text: str, spans: Iterable[Span]) -> Marked:
    shown, marks = marked(text, spans, QUOTE)
    return (f"{shown} […{len(text) - QUOTE:,} more characters]" if len(text) > QUOTE else shown), marks


def _figures(row: Row, before: Row | None) -> list[tuple[str, float, float | None]]:
    old = before.figures if before else {}
    return [(name, round(value, 6), old.get(name)) for name, value in row.figures.items()]


def _before(row: Row, before: Row | None) -> dict[str, Any] | None:
    """Return what the baseline answered, None where it is the same."""
    if before is None or (before.failed == row.failed and _said(before) == _said(row)):
        return None
    said: list[Block] = blocks(before.answer["answer"]) if before.answer else []
    return {"verdict": verdict(before), "failed": before.failed, "answer": said}


def _said(row: Row) -> Any:
    return row.answer["answer"] if row.answer else None
