"""Unanswerable twins: what is hidden, what is not, and what the engine sees of it."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from corpus.errors import UsageError
from evals.goldset.locate import locate
from evals.goldset.model import Evidence, Question
from evals.goldset.readers import read_any
from evals.made.dealt import Unit, deal, part_name, plain, read_units, write_parts
from evals.made.twins import main, make, may_answer

from ..bot.homes import ingested, records

GOLD = "evals/gold/sample.jsonl"
LETTER = "The ministry had the letter in April, said Wenna Strake."


def texts_of(folder: Path) -> Counter[str]:
    return Counter(document.text for unit in read_units(folder)[0] for document in unit.documents)


@pytest.fixture(scope="module")
def dealt(sample: Path) -> list[Unit]:
    units, errors = read_units(sample)
    assert not errors
    return deal(units, 12, seed=0)


def test_every_article_is_in_one_part_as_it_was(sample: Path, dealt: list[Unit], tmp_path: Path) -> None:
    write_parts(dealt, tmp_path / "corpus")
    assert {file.name for file in (tmp_path / "corpus").iterdir()} == {part_name(part) for part in range(12)}
    assert texts_of(tmp_path / "corpus") == texts_of(sample)
    for unit in dealt:
        file = tmp_path / "corpus" / part_name(unit.part) / unit.path
        if unit.line is None:
            assert file.read_bytes() == unit.source.path.read_bytes()
        else:
            data = file.read_bytes()
            assert unit.line in (gzip.decompress(data) if file.suffix == ".gz" else data).split(b"\n")
    write_parts(dealt, tmp_path / "corpus")  # again, in place of what was written
    assert texts_of(tmp_path / "corpus") == texts_of(sample)


def test_parts_are_even_and_the_records_of_a_file_are_dealt_apart(dealt: list[Unit]) -> None:
    counts = Counter(unit.part for unit in dealt)
    assert set(counts) == set(range(12)) and max(counts.values()) - min(counts.values()) <= 2
    assert len({unit.part for unit in dealt if unit.path == "ishel-valley-post/2041.jsonl"}) > 1


def test_copies_go_together(dealt: list[Unit]) -> None:
    wire = [unit.part for unit in dealt if "coldwater" in unit.path or "ivp-0207" in str(unit.line)]
    assert len(wire) == 3 and len(set(wire)) == 1


def test_what_is_not_ours_is_not_overwritten(dealt: list[Unit], tmp_path: Path) -> None:
    (tmp_path / "corpus" / "mine").mkdir(parents=True)
    with pytest.raises(UsageError, match="holds mine"):
        write_parts(dealt, tmp_path / "corpus")
    with pytest.raises(UsageError, match="give fewer --parts"):
        deal(dealt, 1000, seed=0)


@pytest.fixture(scope="module")
def folder(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("twins")
    make(Path(GOLD), sample, out, parts=6, seed=0, limit=30)
    return out


def test_a_twin_differs_from_its_original_in_what_is_hidden(folder: Path) -> None:
    found = read_any(folder / "twins.jsonl")
    known = {question.id: question for question in read_any(Path(GOLD)).questions}
    units = {part.collection: read_units(part.path)[0] for part in found.corpus}
    assert len(units) == 6 and len(found.questions) > 50
    for original, twin in zip(found.questions[::2], found.questions[1::2], strict=True):
        source = known[original.id.removesuffix("-original")]
        assert (original.question, original.history) == (twin.question, twin.history)
        assert (original.question, original.evidence) == (source.question, source.evidence)
        assert original.answerable and not twin.answerable and twin.refusal
        assert original.group == twin.group == source.group
        seen = [set(one.facets.collections) for one in (original, twin)]
        assert len(seen[0]) == len(seen[1]) < 6
        for evidence in source.evidence:
            holders = {
                name
                for name, some in units.items()
                if any(plain(evidence.quote or "") in text for unit in some for text in unit.texts)
            }
            assert holders and holders <= seen[0] and not holders & seen[1]


def test_the_same_seed_makes_the_same_set_and_another_another(sample: Path, folder: Path, tmp_path: Path) -> None:
    make(Path(GOLD), sample, tmp_path / "same", parts=6, seed=0, limit=30)
    make(Path(GOLD), sample, tmp_path / "other", parts=6, seed=1, limit=30)
    for name in ("twins.jsonl", "twins.toml"):
        assert (tmp_path / "same" / name).read_bytes() == (folder / name).read_bytes()
    assert (tmp_path / "other" / "twins.jsonl").read_bytes() != (folder / "twins.jsonl").read_bytes()
    files = [file.relative_to(folder) for file in sorted(folder.rglob("*")) if file.is_file()]
    assert [(tmp_path / "same" / file).read_bytes() for file in files] == [(folder / f).read_bytes() for f in files]


def test_the_engine_finds_the_evidence_of_originals_and_none_of_twins(folder: Path, compiled_model: Path) -> None:
    found = read_any(folder / "twins.jsonl")
    home = folder.parent / f"{folder.name}-home"
    engine = ingested(home, compiled_model, **{part.collection: [part.path] for part in found.corpus})
    evidence = locate(found.questions, engine).located
    seen = 0
    for original, twin in zip(found.questions[::2], found.questions[1::2], strict=True):
        hits = engine.search(twin.question, scope=twin.facets.scope())
        assert not any(piece.met_by(hit) for piece in evidence[original.id] for hit in hits)
        hits = engine.search(original.question, scope=original.facets.scope())
        seen += any(piece.met_by(hit) for piece in evidence[original.id] for hit in hits)
    engine.close()
    assert seen > len(found.questions) // 4  # half of the originals


def article(folder: Path, text: str) -> Unit:
    file = records(folder / "one.jsonl", {"title": "Dam", "body": text, "url": "https://a.example/1"})
    (unit,) = read_units(file)[0]
    return unit


@pytest.mark.parametrize(
    ("text", "speaker", "groups", "may"),
    [
        (LETTER, "Wenna Strake", (("letter",),), True),
        (LETTER, "Pree Vantrell", (("letter",),), False),  # not in the article
        (LETTER, "Wenna Strake", (("letter",), ("May",)), False),  # one group of two
        ("A letter came.\n\nIt was May, said Strake.", "Wenna Strake", (("letter",), ("May",)), False),  # apart
        (LETTER, None, (("April",),), True),  # ministry, letter: all the words of the question
        ("A storm came in April.", None, (("April",),), False),
        (LETTER, "Wenna Strake", (), False),  # nothing to go by but the words of the evidence
    ],
)
def test_what_may_answer_in_other_words(
    text: str, speaker: str | None, groups: tuple[tuple[str, ...], ...], may: bool, tmp_path: Path
) -> None:
    question = Question(
        id="q",
        question="when did the ministry have the letter?",
        type="fact",
        answerable=True,
        speaker=speaker,
        evidence=(Evidence(article="one.jsonl", quote="x"),),
        must_include=groups,
    )
    assert may_answer(question, article(tmp_path, text)) is may


def test_reasons_and_what_is_left_out_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = {
        "dam": "“The dam is safe,” Wenna Strake told reporters on Monday.",
        "road": "“The road is closed,” Wenna Strake told reporters on Friday.",
        "mill": "“The mill is sold,” Corr Baldomir told reporters on Sunday.",
        "fair": "The fair opens on Saturday and will be open for a week.",
    }
    corpus = records(
        tmp_path / "all.jsonl", *({"title": k, "body": v, "url": f"https://a.example/{k}"} for k, v in said.items())
    )
    asked = [("dam", "Wenna Strake"), ("mill", "Corr Baldomir"), ("fair", None), ("moon", None)]
    gold = tmp_path / "gold.jsonl"
    rows = [
        {
            "id": key,
            "question": f"what about the {key}?",
            "type": "fact",
            "answerable": True,
            "refusal": None,
            "speaker": speaker,
            "evidence": [{"article": f"https://a.example/{key}", "quote": said.get(key, "no such words")}],
        }
        for key, speaker in asked
    ]
    gold.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    main(["--gold", str(gold), "--corpus", str(corpus), "--out", str(tmp_path / "out"), "--parts", "4"])
    twins = {one.id: one for one in read_any(tmp_path / "out" / "twins.jsonl").questions if not one.answerable}
    assert {name: (one.type, one.refusal) for name, one in twins.items()} == {
        "dam-twin": ("false-speaker", "speaker_silent"),  # heard on the road
        "mill-twin": ("unanswerable", "unknown_speaker"),
        "fair-twin": ("unanswerable", "no_evidence"),
    }
    told = capsys.readouterr().out
    assert "3 twins and as many originals, of 4 answerable questions" in told
    assert "left out: 1, evidence in no article of this corpus" in told
    with pytest.raises(SystemExit) as stop:
        main(["--gold", str(gold), "--corpus", str(tmp_path / "none"), "--out", str(tmp_path / "out")])
    assert stop.value.code == 2 and "check the path" in capsys.readouterr().err


def test_questions_of_multihop_rag(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "multihop-rag"
    lines = (folder / "queries-dev.jsonl").read_text("utf-8").splitlines()[:40]
    queries = tmp_path / "queries.jsonl"
    queries.write_text("\n".join(lines) + "\n", "utf-8")
    urls = {piece["url"] for line in lines for piece in json.loads(line)["evidence_list"]}
    articles = (folder / "corpus.jsonl").read_text("utf-8").splitlines()
    some = [line for line in articles if json.loads(line)["url"] in urls]
    (tmp_path / "corpus.jsonl").write_text("\n".join(some) + "\n", "utf-8")
    make(queries, tmp_path / "corpus.jsonl", tmp_path / "out", parts=20, seed=0, limit=None)
    found = read_any(tmp_path / "out" / "twins.jsonl").questions
    assert len(found) > 60 and {one.refusal for one in found if not one.answerable} == {"no_evidence"}
