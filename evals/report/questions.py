"""The table of questions: a summary row each, failures first, as plain HTML that needs no script."""

from __future__ import annotations

from collections.abc import Sequence

from evals.report.change import Compared
from evals.report.curves import first_gold
from evals.report.escape import text
from evals.runs.record import Row

COLUMNS = (
    ("result", "Result"),
    ("question", "Question"),
    ("type", "Type"),
    ("split", "Split"),
    ("tags", "Tags"),
    ("group", "Group"),
    ("confidence", "Confidence"),
    ("gold", "Gold rank"),
)


def ordered(compared: Compared) -> list[Row]:
    """Return the rows, failures first, otherwise in the order of the gold set."""
    return sorted(compared.run.rows, key=lambda row: not row.failed)


def verdict(row: Row) -> str:
    """Say in a few words what became of a question."""
    question, answer = row.question, row.answer
    if answer is None:
        return "crashed"
    if not answer["answered"]:
        reason = _words(answer["refusal"]["reason"]) if answer["refusal"] else "no reason"
        if question.answerable:
            return f"refused: {reason}"
        right = answer["refusal"] is not None and answer["refusal"]["reason"] == question.refusal
        return f"refused: {reason}" if right else f"refused: {reason} (expected: {_words(question.refusal or '')})"
    if not question.answerable:
        return f"answered, not refused ({_words(question.refusal or '')})"
    return "not correct" if row.failed else "correct"


def shift(row: Row, before: Row | None) -> str:
    """Tell how a result differs from the baseline's: "fixed", "broken", "same", or "" where that has none."""
    if before is None:
        return ""
    return "same" if row.failed == before.failed else "broken" if row.failed else "fixed"


def _words(reason: str) -> str:
    return reason.replace("_", " ")


def table(compared: Compared) -> str:
    """Return the table as HTML; the rows are numbered as in `ordered`."""
    heads = "".join(f'<th scope="col" data-key="{key}"><span>{name}</span></th>' for key, name in COLUMNS)
    rows = ordered(compared)
    bodies = "".join(_body(n, row, shift(row, compared.before.get(row.question.id))) for n, row in enumerate(rows))
    return (
        f'<table id="questions"><caption class="unseen">Questions, failures first</caption>'
        f"<thead><tr>{heads}</tr></thead>{bodies}</table>"
    )


def _body(number: int, row: Row, moved: str) -> str:
    question, rank = row.question, first_gold(row)
    mark = '<b class="bad">✗ failed</b>' if row.failed else '<b class="good">✓ passed</b>'
    told = {"fixed": ' <b class="chip good">fixed</b>', "broken": ' <b class="chip bad">broken</b>'}.get(moved, "")
    confidence = f"{row.answer['confidence']:.2f}" if row.answer else "–"
    gold = str(rank) if rank is not None else "none" if question.evidence and row.answer else "–"
    cells: Sequence[tuple[str, str]] = (
        ("Result", f'{mark}{told}<span class="fine">{text(verdict(row))}</span>'),
        ("Type", text(question.type)),
        ("Split", text(question.split)),
        ("Tags", text(", ".join(question.tags)) or '<span class="fine">–</span>'),
        ("Group", f'<span class="fine">{text(row.cluster)}</span>'),
        ("Confidence", confidence),
        ("Gold rank", gold),
    )
    drawn = [f'<td data-label="{label}">{cell}</td>' for label, cell in cells]
    asked = (
        f'<th scope="row"><span class="asked">{text(question.question)}</span>'
        f'<span class="fine">{text(question.id)}</span></th>'
    )
    return f'<tbody id="r{number}"><tr>{drawn[0]}{asked}{"".join(drawn[1:])}</tr></tbody>'
