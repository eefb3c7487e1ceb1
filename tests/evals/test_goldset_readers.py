"""Other formats of gold sets: MultiHop-RAG's questions, BEIR's folders, and telling them apart."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import UsageError
from evals.goldset.faults import GoldError
from evals.goldset.locate import locate
from evals.goldset.read import GoldSet
from evals.goldset.readers import read_any

from ..bot.homes import ingested, records

HARBOUR = {
    "evidence_list": [
        {"fact": "“The quay stays open,” Ana Ruiz said on Monday.", "url": "http://a.example/1", "title": "The quay"},
        {"fact": "Ruiz promised ice and fuel.", "url": "http://a.example/2", "title": "Ice"},
    ],
    "answer": "Ana Ruiz",
    "query": "Who, as two papers report, keeps the quay open?",
    "question_type": "inference_query",
}
BOTH = {
    **HARBOUR,
    "query": "Do both papers say that it stays open?",
    "answer": "Yes",
    "question_type": "comparison_query",
}
NULL = {"evidence_list": [], "answer": "Insufficient information.", "query": "Who sank?", "question_type": "null_query"}


def written(file: Path, *rows: Any) -> Path:
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return file


def test_multihop_questions_become_facts_and_expected_refusals(tmp_path: Path) -> None:
    gold = read_any(written(tmp_path / "queries.jsonl", HARBOUR, BOTH, {**NULL, "id": "mh-3"}))
    who, both, null = gold.questions
    assert gold.form == "multihop-rag"
    assert (who.id, both.id, null.id) == ("line-0001", "line-0002", "mh-3")
    assert gold.where["mh-3"] == "queries.jsonl, line 3"
    assert (who.type, who.answerable, who.tags) == ("fact", True, ("inference_query",))
    assert [(e.article, e.quote) for e in who.evidence] == [
        (item["url"], item["fact"])
        for item in HARBOUR["evidence_list"]  # type: ignore[index]
    ]
    assert who.must_include == (("Ana Ruiz",),)
    assert both.must_include == ()  # nobody writes "Yes"
    assert (null.type, null.refusal, null.evidence) == ("unanswerable", "no_evidence", ())


def test_an_answer_that_no_fact_names_is_not_asked_for(tmp_path: Path) -> None:
    gold = read_any(written(tmp_path / "queries.jsonl", {**HARBOUR, "answer": "Ana"}, {**HARBOUR, "answer": "An"}))
    assert [question.must_include for question in gold.questions] == [(("Ana",),), ()]


def test_the_list_that_multihop_is_published_as_is_read_too(tmp_path: Path) -> None:
    file = tmp_path / "MultiHopRAG.json"
    file.write_text(json.dumps([HARBOUR, NULL], indent=1), "utf-8")
    assert [question.type for question in read_any(file).questions] == ["fact", "unanswerable"]


def test_wrong_multihop_questions_are_told_by_line_and_field(tmp_path: Path) -> None:
    file = written(
        tmp_path / "queries.jsonl",
        {**HARBOUR, "id": "a"},
        {**HARBOUR, "id": "a", "answer": None},
        {**HARBOUR, "question_type": "guess"},
        {**HARBOUR, "evidence_list": []},
        {**HARBOUR, "evidence_list": [{"fact": "x"}]},
        {**HARBOUR, "id": "a"},
    )
    with pytest.raises(GoldError) as caught:
        read_any(file)
    assert list(caught.value.sentences) == [
        "queries.jsonl, line 2, field answer: expected some text, found None",
        "queries.jsonl, line 3, field question_type: expected one of inference_query, comparison_query, "
        "temporal_query, null_query, found 'guess'",
        "queries.jsonl, line 4, field evidence_list: expected a list of facts",
        "queries.jsonl, line 5, field evidence_list, entry 1, url: expected some text",
        "queries.jsonl, line 6, field id: expected an id of its own, found that of line 1, a",
    ]


def test_multihop_is_read_whole(shared_data: Path) -> None:
    gold = read_any(shared_data / "multihop-rag" / "queries-dev.jsonl")
    assert len(gold.questions) == 1278
    tags = Counter(question.tags for question in gold.questions)
    assert tags[("null_query",)] == 157 == sum(not question.answerable for question in gold.questions)
    assert sum(len(question.evidence) for question in gold.questions) == 3032
    named = [question for question in gold.questions if question.must_include]
    assert 200 < len(named) < 416 and {question.tags for question in named} == {("inference_query",)}


def test_multihop_facts_stand_in_its_articles(shared_data: Path, compiled_model: Path, tmp_path: Path) -> None:
    folder = shared_data / "multihop-rag"
    gold = read_any(folder / "queries-dev.jsonl")
    questions = list(islice((question for question in gold.questions if len(question.evidence) > 1), 8))
    urls = {evidence.article for question in questions for evidence in question.evidence}
    articles = [json.loads(line) for line in (folder / "corpus.jsonl").read_text("utf-8").splitlines()]
    corpus = records(tmp_path / "corpus.jsonl", *(article for article in articles if article["url"] in urls))
    with closing(ingested(tmp_path / "home", compiled_model, default=[corpus])) as engine:
        found = locate(questions, engine, where=gold.where)
        found.tell()
        assert sum(len(pieces) for pieces in found.located.values()) == sum(len(q.evidence) for q in questions)


DOCUMENTS = {
    "MED-10": ("Statins", "Statins lower the risk of death after breast cancer, two Finnish cohorts suggest."),
    "MED-14": ("Fish", "Mercury in fish was measured in three lakes near the smelter, and was high in one."),
    "MED-15": ("Walnuts", "Walnuts did nothing to the arteries of forty volunteers, to the sponsors' regret."),
    "MED-16": ("Walnuts again", "Walnuts did nothing to the arteries of forty volunteers, to the sponsors' regret."),
}


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    """A folder as BEIR's are."""
    folder = tmp_path / "nfcorpus"
    (folder / "qrels").mkdir(parents=True)
    rows = [{"_id": i, "title": title, "text": text, "metadata": {}} for i, (title, text) in DOCUMENTS.items()]
    written(folder / "corpus.jsonl", *rows)
    queries = {"PLAIN-1": "do statins help?", "PLAIN-2": "mercury in fish", "PLAIN-3": "never judged"}
    written(folder / "queries.jsonl", *({"_id": i, "text": text, "metadata": {}} for i, text in queries.items()))
    head = "query-id\tcorpus-id\tscore\n"
    (folder / "qrels" / "test.tsv").write_text(f"{head}PLAIN-1\tMED-10\t2\nPLAIN-1\tMED-14\t0\nPLAIN-1\tMED-15\t1\n")
    (folder / "qrels" / "train.tsv").write_text(f"{head}PLAIN-2\tMED-14\t1\n")
    return folder


def test_beir_judges_documents_and_any_passage_of_one_is_a_find(
    beir: Path, compiled_model: Path, tmp_path: Path
) -> None:
    gold = read_any(beir)
    by_id = {question.id: question for question in gold.questions}
    assert gold.form == "beir" and by_id.keys() == {"PLAIN-1", "PLAIN-2"}
    one, two = by_id["PLAIN-1"], by_id["PLAIN-2"]
    assert [(e.article, e.quote) for e in one.evidence] == [
        ("corpus.jsonl#MED-10", None),
        ("corpus.jsonl#MED-15", None),
    ]
    assert (one.split, one.tags, two.split, two.tags) == ("test", ("test",), "dev", ("train",))
    assert gold.where["PLAIN-1"] == "qrels/test.tsv, line 2"
    assert [part.path for part in gold.corpus] == [beir / "corpus.jsonl"]
    with closing(ingested(tmp_path / "home", compiled_model, default=[gold.corpus[0].path])) as engine:
        found = locate(gold.questions, engine, where=gold.where)
        found.tell()
        statins, walnuts = found.located["PLAIN-1"]
        hits = {hit.title: hit for hit in engine.search("statins walnuts mercury fish")}
        assert statins.held_by(hits["Statins"]) and not statins.held_by(hits["Fish"])
        # of two documents with the same text, one is shown, and either is the other's copy
        assert sum(walnuts.held_by(hit) for name, hit in hits.items() if name.startswith("Walnuts")) == 1
        assert len(walnuts.places) == 2


@pytest.mark.parametrize(
    ("file", "line", "message"),
    [
        (
            "qrels/test.tsv",
            "PLAIN-9\tMED-10\t1",
            "qrels/test.tsv, line 5: expected the _id of a query of queries.jsonl",
        ),
        ("qrels/test.tsv", "PLAIN-2\tMED-10\t1", "query PLAIN-2 is judged in qrels/test.tsv, line 5, too"),
        ("qrels/test.tsv", "PLAIN-2 MED-10 1", "test.tsv, line 5: expected query, document and grade, parted by tabs"),
        ("queries.jsonl", '{"_id": "PLAIN-4"}', 'queries.jsonl, line 4, expected text in the fields "_id" and "text"'),
        ("queries.jsonl", '{"_id": "PLAIN-1", "text": "x"}', "line 4, field _id: expected an id of its own"),
    ],
)
def test_a_wrong_beir_folder_is_told_by_line(beir: Path, file: str, line: str, message: str) -> None:
    with (beir / file).open("a") as end:
        end.write(line + "\n")
    with pytest.raises(GoldError) as caught:
        read_any(beir)
    assert message in str(caught.value)


def test_what_is_no_gold_set_is_told(beir: Path, tmp_path: Path) -> None:
    for judged in (beir / "qrels").iterdir():
        judged.unlink()
    with pytest.raises(UsageError, match=r"has no qrels/\*\.tsv"):
        read_any(beir)
    with pytest.raises(UsageError, match=r"is no gold set: it has no corpus\.jsonl and queries\.jsonl"):
        read_any(tmp_path)
    with pytest.raises(UsageError, match="could not read"):
        read_any(tmp_path / "none.jsonl")
    with pytest.raises(GoldError, match="line 1, field id: expected some text, found no such field"):
        read_any(written(tmp_path / "other.jsonl", {"query": "x", "answer": "y"}))


def test_our_own_format_is_told_apart(sample: Path) -> None:
    gold: GoldSet = read_any(sample.parent.parent / "evals" / "gold" / "sample.jsonl")
    assert gold.form == "gold"
