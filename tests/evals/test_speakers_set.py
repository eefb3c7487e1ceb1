from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

from corpus.errors import UsageError
from corpus.model import Span, Speaker, Statement
from corpus.statements import find_statements
from evals.speakers import counterpart, evaluate, folded, head, judged, main, report, same_speaker, within, wrong
from evals.speakers_set import GoldSpeaker, GoldStatement, by_article, read_set, stored_texts, unusable

ROOT = Path(__file__).parents[2]
GOLD = ROOT / "evals" / "gold" / "speakers.jsonl"
SAMPLE = ROOT / "corpus" / "sample"
FEW = ("ishel-valley-post", "talmerian-news-agency")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    for name in FEW:
        shutil.copytree(SAMPLE / name, folder / name)
    return folder


def found(*content: tuple[int, int], speaker: Speaker | None = None) -> Statement:
    return Statement(kind="direct", content=tuple(Span(*piece) for piece in content), speaker=speaker)


def marked(speaker: GoldSpeaker | None, *also: str, named: str = "full name") -> GoldStatement:
    line = {"id": "x-1", "split": "dev", "article": "x.txt", "digest": "0" * 64, "content": [[10, 30]]}
    whom = speaker.model_dump() if speaker else None
    return GoldStatement.model_validate({**line, "kind": "direct", "named": named, "speaker": whom, "also": also})


def somebody(name: str | None, role: str | None = None, affiliation: str | None = None) -> GoldSpeaker:
    return GoldSpeaker(name=name, role=role, affiliation=affiliation)


def test_the_committed_set_is_whole_and_holds_no_words_of_articles() -> None:
    statements = read_set(GOLD)
    dev = [one for one in statements if one.split == "dev"]
    real = sum(one.article.startswith("http") and ".example/" not in one.article for one in dev)
    assert len(dev) == 200
    assert 95 <= real <= 105
    assert all(a < b <= c for one in statements for (a, b), (c, _) in zip(one.content, one.content[1:], strict=False))
    known = (text for one in statements if one.speaker for text in (*one.also, *vars(one.speaker).values()) if text)
    assert max(map(len, known)) < 90


def test_the_marks_fit_the_stored_texts(sample: Path) -> None:
    texts = stored_texts([sample])
    groups = {name: some for name, some in by_article(read_set(GOLD)).items() if name in texts}
    assert len(groups) >= 4
    assert unusable(groups, texts) == {}
    for article, statements in groups.items():
        for span in (span for one in statements for span in one.spans):
            words = span.of(texts[article])
            assert words and words == words.strip()
            assert not texts[article][span.start - 1 : span.start].isalnum(), words


def test_what_has_changed_or_is_not_there_is_told(sample: Path) -> None:
    texts = stored_texts([sample])
    groups = by_article(one for one in read_set(GOLD) if one.article in texts)
    article, *rest = groups
    told = unusable(groups, {**{name: texts[name] for name in rest[1:]}, article: texts[article] + " "})
    assert set(told) == {article, rest[0]}
    assert "not the one that was marked" in told[article]
    assert "not among the articles given" in told[rest[0]]


def test_plain_statements_of_real_articles_are_right(sample: Path) -> None:
    url = "https://ishelvalleypost.example/2041/02/night-train"
    groups = {url: by_article(read_set(GOLD))[url]}
    texts = stored_texts([sample])
    outcomes = {one.gold.id: one for one in evaluate(groups, texts, lambda text: find_statements(text, "rules"))}
    assert {named: outcomes[named].speaker for named in ("s05-1", "s05-2", "s05-3")} == dict.fromkeys(
        ("s05-1", "s05-2", "s05-3"), True
    )
    assert outcomes["s05-2"].role is True
    stranger = Speaker("Somebody Else")
    blamed = evaluate(groups, texts, lambda text: [found((0, len(text)), speaker=stranger)])
    assert all(one.found and not one.speaker for one in blamed)
    assert len(list(wrong(blamed, texts))) == 2 * len(blamed)


def test_half_of_the_characters_make_a_counterpart_and_the_tightest_of_the_best_is_taken() -> None:
    content = [Span(0, 10), Span(20, 30)]
    assert counterpart(content, [found((0, 9))]) is None
    assert counterpart(content, [found((0, 10))]) == found((0, 10))
    tight, loose, part = found((0, 30)), found((0, 90)), found((0, 5), (20, 29))
    assert counterpart(content, [loose, part, tight]) == tight
    assert counterpart(content, []) is None


@pytest.mark.parametrize(
    ("gold", "also", "speaker", "right"),
    [
        (somebody("Ansa Molleray"), (), Speaker("Dr Ansa Molleray"), True),
        (somebody("Ansa Molleray"), (), Speaker("Molleray"), False),  # the surname alone is not resolved
        (somebody("Ministry of Health"), ("health ministry",), Speaker("the Health Ministry"), True),
        (somebody("Ansa Molleray"), (), Speaker(None, "doctor"), False),
        (somebody("Ansa Molleray"), (), None, False),
        (somebody(None, "officials familiar with the talks"), (), Speaker(None, "two officials"), True),
        (somebody(None, "officials familiar with the talks"), (), Speaker("Ilo Petrask", "official"), False),
        (somebody(None, "officials familiar with the talks"), (), Speaker(None, "shepherds"), False),
        (somebody(None, "families"), ("residents",), Speaker(None, "residents of the shore"), True),
        (somebody(None, "press release"), ("press release",), Speaker("press release"), True),
        (None, (), None, True),
        (None, (), Speaker("Ilo Petrask"), False),
    ],
)
def test_whether_a_speaker_is_the_marked_one(
    gold: GoldSpeaker | None, also: tuple[str, ...], speaker: Speaker | None, right: bool
) -> None:
    assert same_speaker(gold, also, speaker) is right


def test_folding_heads_and_what_is_within() -> None:
    assert folded("Hipgnosis Songs Fund’s Board") == folded("the Hipgnosis Songs Fund board")
    assert folded("Gastón Edul") == folded("Gaston Edul")
    assert folded("U.S. Department") == "us department"
    assert head("two officials familiar with the talks") == "official"
    assert head("a doctor at the hospital in Belisk") == "doctor"
    assert within("Talmerian State Railways", "TSR")
    assert within("foreign ministry", "Ministry of Foreign Affairs")
    assert not within("foreign ministry", "Ministry of Defence")
    assert within("chairman", "chairman of the board")
    assert not within("spokesman", None)


def test_a_worked_example_is_counted_as_by_hand() -> None:
    boss = somebody("Ann Lee", "head", "Verl Trust")
    outcomes = [
        judged(marked(boss), found((10, 30), speaker=Speaker("Ann Lee", "head", "Sorn Trust"))),
        judged(marked(boss, named="pronoun"), found((10, 30), speaker=Speaker("Bo Lee"))),
        judged(marked(None, named="carried on"), found((10, 30))),
        judged(marked(boss, named="pronoun"), None),
    ]
    assert [one.speaker for one in outcomes] == [True, False, True, False]
    assert [(one.role, one.affiliation) for one in outcomes] == [
        (True, False),
        (None, None),
        (None, None),
        (None, None),
    ]
    lines = list(report(outcomes, {"x.txt"}))
    assert lines[0] == "4 statements, articles: 1; found 0.750 (3 of 4)"
    assert lines[1].endswith("0.500 (2 of 4)")
    assert lines[2].endswith("0.667 (2 of 3)")
    table = Counter({line[:14].strip(): int(line.split()[-2]) for line in lines[6:]})
    assert table == {"sample": 2, "full name": 1, "pronoun": 0, "carried on": 1}


def test_wrong_lines_are_told_with_their_fields(tmp_path: Path) -> None:
    line = json.loads(GOLD.read_text(encoding="utf-8").splitlines()[0])
    file = tmp_path / "set.jsonl"
    bad = {**line, "named": "nickname", "speaker": {"name": None, "role": None, "affiliation": None}}
    file.write_text("\n".join(json.dumps(one) for one in (line, line, bad)), encoding="utf-8")
    with pytest.raises(UsageError, match=r"line 2, field id.*(\n.*)*line 3, field named"):
        read_set(file)


def test_the_command_reports_the_figures(sample: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    lines = [one for one in GOLD.read_text(encoding="utf-8").splitlines() if "2041-07-09-ruvel-heights-shots" in one]
    file = tmp_path / "set.jsonl"
    file.write_text("\n".join([*lines, GOLD.read_text(encoding="utf-8").splitlines()[0]]), encoding="utf-8")
    main([str(file), "--sample", str(sample), "--method", "rules"])
    told, first, *_ = capsys.readouterr().out.splitlines()
    assert "left out: 1 statement" in told
    assert first.startswith(f"{len(lines)} statements, articles: 1; found 1.000")
