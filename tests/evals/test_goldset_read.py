"""Gold sets as files: what is wrong is told, all of it, with line, field and what was expected."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import UsageError
from evals.goldset.faults import GoldError
from evals.goldset.model import Question
from evals.goldset.read import read_gold
from evals.goldset.write import line_of, write_gold
from evals.runs.corpus import Part

GOOD: dict[str, Any] = {
    "id": "dam-1",
    "question": "what did Hollomen say about the dam?",
    "type": "statement",
    "answerable": True,
    "evidence": [{"article": "dam.txt", "quote": "The dam is safe."}],
}


def written(folder: Path, *lines: dict[str, Any] | str, name: str = "my-gold.jsonl") -> Path:
    file = folder / name
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    file.write_text("".join(f"{text}\n" for text in texts), "utf-8")
    return file


def sentences(file: Path) -> list[str]:
    with pytest.raises(GoldError) as caught:
        read_gold(file)
    assert str(caught.value).splitlines() == list(caught.value.sentences)[:20] + (
        [f"and {len(caught.value.sentences) - 20} more"] if len(caught.value.sentences) > 20 else []
    )
    return list(caught.value.sentences)


def only(folder: Path, **change: Any) -> str:
    """What is said of a good line with some fields changed; one sentence, or the test fails."""
    (sentence,) = sentences(written(folder, {**GOOD, **change}))
    return sentence.removeprefix("my-gold.jsonl, line 1, ")


def test_the_sample_is_read_whole_with_the_place_of_every_question_and_its_corpus(sample: Path) -> None:
    file = sample.parent.parent / "evals" / "gold" / "sample.jsonl"
    gold = read_gold(file)
    lines = file.read_text("utf-8").splitlines()
    assert len(gold.questions) == len(lines) > 600
    assert gold.digest == hashlib.sha256(file.read_bytes()).hexdigest()
    at = [number for number, line in enumerate(lines, 1) if '"id": "sample-seed-04"' in line]
    assert gold.where["sample-seed-04"] == f"sample.jsonl, line {at[0]}"
    assert [part.path.resolve() for part in gold.corpus] == [sample]


def test_blank_lines_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    first, second = json.dumps(GOOD), json.dumps({**GOOD, "id": "dam-2", "question": "is the dam safe\u2028?"})
    file = tmp_path / "my-gold.jsonl"
    file.write_bytes(f"\ufeff\r\n{first}\r\n   \r\n{second}".encode())
    gold = read_gold(file)
    assert gold.where == {"dam-1": "my-gold.jsonl, line 2", "dam-2": "my-gold.jsonl, line 4"}
    assert gold.corpus == ()


def test_each_kind_of_fault_names_its_field_and_what_was_expected(tmp_path: Path) -> None:
    reasons = "no_evidence, speaker_silent, unknown_speaker, nothing_matches_filters, empty_index or null"
    silent = {"answerable": False, "evidence": []}
    assert only(tmp_path, **silent, refusal="nothing") == f"field refusal: expected one of {reasons}, found 'nothing'"
    assert only(tmp_path, answerable="yes") == "field answerable: expected true or false, found 'yes'"
    assert only(tmp_path, question="") == "field question: expected some text, found ''"
    assert only(tmp_path, speaker=7) == 'field speaker: expected text in quotation marks ("..."), found 7'
    assert only(tmp_path, history="before") == "field history: expected a list ([...]), found 'before'"
    assert only(tmp_path, facets={"since": "2041"}).endswith("expected a day such as \"2041-03-23\", found '2041'")
    assert only(tmp_path, speeker="X") == "field speeker: expected speaker (there is no field of this name)"
    assert only(tmp_path, zzz=1).startswith("field zzz: expected one of id, question, type")
    assert only(tmp_path, evidence=["dam.txt"]).startswith("field evidence, entry 1: expected an object ({...})")
    assert only(tmp_path, evidence=[{"article": "dam.txt"}]).startswith(
        "field evidence, entry 1, quote: expected the words that answer"
    )
    assert only(tmp_path, must_include=[["safe"], []]).startswith("field must_include: a group without alternatives")
    assert only(tmp_path, answerable=False).startswith("field refusal: a question that cannot be answered names")
    assert only(tmp_path, evidence=[]).startswith("field evidence: a question that can be answered has at least one")
    assert only(tmp_path, type="follow-up").startswith("field history: a follow-up has the questions before it")


def test_a_question_may_rest_on_a_whole_article_when_that_is_said(tmp_path: Path) -> None:
    gold = read_gold(written(tmp_path, {**GOOD, "evidence": [{"article": "dam.txt", "quote": None}]}))
    assert gold.questions[0].evidence[0].quote is None


def test_all_faults_are_told_at_once_in_the_order_of_the_lines(tmp_path: Path) -> None:
    missing = {key: value for key, value in GOOD.items() if key not in ("type", "answerable")}
    found = sentences(
        written(
            tmp_path,
            GOOD,
            "{not json}",
            '["a list"]',
            '{"id": "a", "id": "b"}',
            {**missing, "id": "dam-3"},
            {**GOOD, "question": "and the gates?"},
            {**GOOD, "id": "dam-4", "question": "What did Hollomen  say about the dam?"},
        )
    )
    assert found == [
        "my-gold.jsonl, line 2: not JSON (Expecting property name enclosed in double quotes, character 2); write one "
        "object {...} a line",
        'my-gold.jsonl, line 3: expected an object {...}, found ["a list"]',
        "my-gold.jsonl, line 4, field id: expected once, found twice",
        "my-gold.jsonl, line 5, field type: expected one of statement, fact, speaker, contrast, dated, follow-up, "
        "false-speaker, unanswerable, found no such field",
        "my-gold.jsonl, line 5, field answerable: expected true or false, found no such field",
        "my-gold.jsonl, line 6, field id: expected an id of its own, found 'dam-1', which line 1 has",
        "my-gold.jsonl, line 7, field question: line 1 asks the same after the same questions; keep one",
    ]


def test_the_same_words_after_other_questions_or_with_other_filters_are_another_question(tmp_path: Path) -> None:
    chained = {**GOOD, "id": "dam-2", "type": "follow-up", "history": ["what did Hollomen say about the flood?"]}
    dated = {**GOOD, "id": "dam-3", "facets": {"until": "2041-08-03"}}
    gold = read_gold(written(tmp_path, GOOD, chained, dated))
    assert gold.questions[2].facets.until == date(2041, 8, 3)


def test_of_many_faults_twenty_are_told_and_the_rest_counted(tmp_path: Path) -> None:
    file = written(tmp_path, *({**GOOD, "id": f"dam-{n}", "question": f"gate {n}?", "split": "x"} for n in range(27)))
    with pytest.raises(GoldError) as caught:
        read_gold(file)
    lines = str(caught.value).splitlines()
    assert len(lines) == 21 and lines[-1] == "and 7 more"
    assert isinstance(caught.value, UsageError)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "expected a question a line, found nothing"),
        ("{}".encode("utf-16"), "not UTF-8; save the file as UTF-8"),
        (b'{"id": ' + b"[" * 100_000, "nested too deeply"),
        (b'{"id": "\\ud800"}', "not JSON"),
    ],
)
def test_a_file_that_is_no_text_of_json_lines_is_told(tmp_path: Path, data: bytes, message: str) -> None:
    file = tmp_path / "my-gold.jsonl"
    file.write_bytes(data)
    assert message in sentences(file)[0]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"could not read .*none\.jsonl: No such file"):
        read_gold(tmp_path / "none.jsonl")


def test_the_sidecar_names_the_corpus_relative_to_itself(tmp_path: Path) -> None:
    file = written(tmp_path, GOOD)
    (tmp_path / "my-gold.toml").write_text('corpus = [{path = "a"}, {path = "../b", collection = "wire"}]', "utf-8")
    assert read_gold(file).corpus == (Part(tmp_path / "a"), Part(tmp_path / "../b", "wire"))


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("corpus = [", "my-gold.toml: not TOML"),
        ("corpora = []", "my-gold.toml, field corpora: expected corpus (there is no field of this name)"),
        ("corpus = []", "my-gold.toml, field corpus: expected a list with at least one entry, found []"),
        ('corpus = "a"', "my-gold.toml, field corpus: expected a list ([...]), found 'a'"),
        ("corpus = [{path = 1}]", "my-gold.toml, field corpus, entry 1, path: expected text in quotation marks"),
        ('corpus = [{path = "a", colection = "b"}]', "entry 1, colection: expected collection (there is no"),
    ],
)
def test_a_wrong_sidecar_is_told_by_its_field(tmp_path: Path, toml: str, message: str) -> None:
    file = written(tmp_path, GOOD)
    (tmp_path / "my-gold.toml").write_text(toml, "utf-8")
    assert any(message in sentence for sentence in sentences(file)), sentences(file)


def test_what_is_written_is_read_again_as_it_was(tmp_path: Path, sample: Path) -> None:
    questions = read_gold(sample.parent.parent / "evals" / "gold" / "sample.jsonl").questions
    odd = Question.model_validate({**GOOD, "id": "odd", "question": "what is “safe”\u2028\u00a0?", "tags": ["a b"]})
    write_gold(tmp_path / "new.jsonl", [*questions, odd], [Part(sample), Part(tmp_path / "x", 'wire "1"')])
    again = read_gold(tmp_path / "new.jsonl")
    assert again.questions == (*questions, odd)
    assert [part.path.resolve() for part in again.corpus] == [sample, tmp_path / "x"]
    assert [part.collection for part in again.corpus] == ["default", 'wire "1"']
    assert "history" not in line_of(odd) and '"must_include": []' in line_of(odd)
    with pytest.raises(UsageError, match="is there already"):
        write_gold(tmp_path / "new.jsonl", [odd])
