"""A folder in the format of BEIR (Thakur et al., NeurIPS 2021, arXiv 2104.08663) as gold questions.

``corpus.jsonl`` has `_id`, `title` and `text` of each document, ``queries.jsonl`` `_id` and `text` of each query, and
``qrels/NAME.tsv`` query, document and grade, parted by tabs. Documents are judged, not passages: the evidence is a
whole document, and any passage of it counts as a find.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from corpus.errors import UsageError
from evals.goldset.faults import Faults, GoldError
from evals.goldset.model import Evidence, Question, Split
from evals.goldset.read import GoldSet, lines_of, parsed, read_bytes
from evals.runs.corpus import Part

CORPUS, QUERIES, JUDGED = "corpus.jsonl", "queries.jsonl", "qrels"


def is_beir(path: Path) -> bool:
    """Tell whether a path is a folder in BEIR's format."""
    return (path / CORPUS).is_file() and (path / QUERIES).is_file()


def read_beir(folder: Path) -> GoldSet:
    """Read a folder of BEIR: every query with a document that is judged to answer it (a grade above 0).

    Queries of ``qrels/test.tsv`` are of the split test, those of other files of the split dev; each has the name of
    its file as a tag. Grades above 0 count alike. The corpus is the folder's own ``corpus.jsonl``, which `whosaid
    ingest` reads as it is, save documents without a text.

    Raises:
        GoldError: a line is wrong, or a query is judged in two files.
        UsageError: a file cannot be read.
    """
    files = sorted((folder / JUDGED).glob("*.tsv"))
    if not files:
        raise UsageError(f"{folder} has no {JUDGED}/*.tsv, which say what answers each query; add them")
    data = {file: read_bytes(file) for file in (folder / QUERIES, *files)}
    queries = _queries(folder / QUERIES, data[folder / QUERIES])
    questions: dict[str, Question] = {}
    where: dict[str, str] = {}
    problems = list[str]()
    for file in files:
        for query, (line, documents) in _judged(file, data[file]).items():
            place = f"{JUDGED}/{file.name}, line {line}"
            if query in questions:
                problems.append(f"{place}: query {query} is judged in {where[query]}, too; keep it in one file")
            elif query not in queries:
                problems.append(f"{place}: expected the _id of a query of {QUERIES}, found {query!r}")
            else:
                questions[query], where[query] = _question(query, queries[query], documents, file.stem), place
    if problems:
        raise GoldError(problems)
    return GoldSet(
        file=folder,
        form="beir",
        questions=tuple(questions.values()),
        digest=hashlib.sha256(b"\0".join(data.values())).hexdigest(),
        corpus=(Part(folder / CORPUS),),
        where=where,
    )


def _question(query: str, text: str, documents: list[str], name: str) -> Question:
    split: Split = "test" if name == "test" else "dev"
    evidence = tuple(Evidence(article=f"{CORPUS}#{document}", quote=None) for document in documents)
    return Question(id=query, question=text, type="fact", split=split, answerable=True, evidence=evidence, tags=(name,))


def _queries(file: Path, data: bytes) -> dict[str, str]:
    """Return the text of each query, by id."""
    faults, found = Faults(file), dict[str, str]()
    for number, line in lines_of(data):
        record = parsed(line, number, faults)
        if record is None:
            continue
        name, text = record.get("_id"), record.get("text")
        if not isinstance(name, str) or not name or not isinstance(text, str) or not text.strip():
            faults.add(', expected text in the fields "_id" and "text"', number)
        elif name in found:
            faults.add(f", field _id: expected an id of its own, found {name!r} again", number)
        else:
            found[name] = text
    faults.tell()
    return found


def _judged(file: Path, data: bytes) -> dict[str, tuple[int, list[str]]]:
    """Return the documents that answer each query, and the line of the first."""
    faults, found = Faults(file), dict[str, tuple[int, list[str]]]()
    for number, query, document, grade in _rows(data, faults):
        if grade > 0:
            documents = found.setdefault(query, (number, []))[1]
            if document not in documents:
                documents.append(document)
    faults.tell()
    return found


def _rows(data: bytes, faults: Faults) -> Iterator[tuple[int, str, str, float]]:
    """Yield line, query, document and grade; a first line of names is passed over."""
    for at, (number, line) in enumerate(lines_of(data)):
        cells = line.decode(errors="replace").split("\t")
        try:
            query, document, grade = cells
            yield number, query, document, float(grade)
        except ValueError:
            if at > 0 or len(cells) != 3:
                faults.add("expected query, document and grade, parted by tabs", number)
