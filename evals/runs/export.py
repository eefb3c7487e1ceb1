"""A run as TREC run files and qrels, for whoever measures retrieval with other tools.

Two pairs of files: of passages, named ``ARTICLE:START-END``, and of articles, each at the rank of its first passage.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from bot.model import Hit
from corpus.errors import UsageError
from evals.case import Located, Place
from evals.runs.record import Row, Run
from evals.runs.run import answer_of

TAG = "whosaid"


def export_trec(run: Run, folder: Path) -> list[Path]:
    """Write ``passages.run``, ``passages.qrels``, ``articles.run`` and ``articles.qrels``; return their paths.

    A line of a run is ``question Q0 document rank score whosaid``. The score is 1 / rank: tools order by the score
    alone, and the order of passages is not that of their scores alone. A line of qrels is ``question 0 document 1``.
    Questions without evidence are left out; one that crashed has qrels and no results.

    Relevant is the first passage that holds a piece of evidence, and for a piece that no passage holds the place
    where it stands: so nothing is gained by what was not found, and nDCG, MRR and recall are those of the run.
    An article is relevant where a piece of evidence stands in it, of several copies the one that was found first.

    Args:
        run: what was asked, and found.
        folder: where the files go; it is made if need be.

    Raises:
        UsageError: no question has evidence, two ids are alike but for their white space, or a file cannot be written.
    """
    rows = [row for row in run.rows if row.evidence]
    if not rows:
        raise UsageError("no question of this run has evidence, so there is no retrieval to measure; export another")
    names = [_name(row.question.id) for row in rows]
    if len(set(names)) < len(names):
        twin = next(name for name in names if names.count(name) > 1)
        raise UsageError(f"two questions would be called {twin!r}, as white space parts columns; rename one")
    lines: dict[str, list[str]] = {
        f"{what}.{kind}": [] for what in ("passages", "articles") for kind in ("run", "qrels")
    }
    for name, row in zip(names, rows, strict=True):
        hits, pieces = _hits(row), _pieces(row)
        found = {
            "passages": ([_document(hit) for hit in hits], [_passage(piece, hits) for piece in pieces]),
            "articles": ([hit.article_id for hit in hits], [_article(piece, hits) for piece in pieces]),
        }
        for what, (results, relevant) in found.items():
            lines[f"{what}.run"] += _results(name, results)
            lines[f"{what}.qrels"] += [f"{name} 0 {document} 1" for document in dict.fromkeys(relevant)]
    return [_written(folder / file, some) for file, some in lines.items()]


def _hits(row: Row) -> Sequence[Hit]:
    return answer_of(row.answer).hits if row.answer is not None else ()


def _pieces(row: Row) -> list[Located]:
    return [Located(quote, tuple(Place(*place) for place in places)) for quote, places in row.evidence]


def _document(found: Hit | Place) -> str:
    return f"{found.article_id}:{found.start}-{found.end}"


def _passage(piece: Located, hits: Iterable[Hit]) -> str:
    """Return the first passage that holds the piece, else the place where it stands."""
    return _document(next((hit for hit in hits if piece.held_by(hit)), piece.places[0]))


def _article(piece: Located, hits: Iterable[Hit]) -> str:
    """Return the first article found in which the piece stands, else the one that the gold set names."""
    articles = {place.article_id for place in piece.places}
    return next((hit.article_id for hit in hits if hit.article_id in articles), piece.places[0].article_id)


def _results(question: str, documents: Iterable[str]) -> list[str]:
    """Return the lines of one question, each document at its first rank."""
    ranked = enumerate(dict.fromkeys(documents), 1)
    return [f"{question} Q0 {document} {rank} {1 / rank:.6f} {TAG}" for rank, document in ranked]


def _name(question: str) -> str:
    return re.sub(r"\s+", "_", question)


def _written(file: Path, lines: Sequence[str]) -> Path:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    except OSError as error:
        raise UsageError(f"could not write {file}: {error.strerror}; check the folder") from error
    return file
