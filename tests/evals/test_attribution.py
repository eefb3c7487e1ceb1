from __future__ import annotations

from pathlib import Path

import pytest

from corpus.errors import UsageError
from corpus.model import Span
from evals.attribution import Score, add_article, evaluate, main, pair
from evals.polnear import Marked, read_gold, read_standoff

TEXT = "Ann Lee, a nurse, said the ward was full. Police deny it."
ANN = """T1\tSource 0 16\tAnn Lee, a nurse
T2\tCue 18 22\tsaid
T3\tContent 23 31;32 40\tthe ward was full
T4\tAttribution 18 22\tsaid
E1\tAttribution:T4 Source:T1 Cue:T2 Content:T3
T5\tContent 54 56\tit
E2\tAttribution:T9 Content:T5
"""


def marked(source: tuple[int, int] | None, content: tuple[int, int]) -> Marked:
    return Marked((Span(*source),) if source else (), (), (Span(*content),))


def write(folder: Path, annotators: dict[str, str]) -> Path:
    (folder / "text").mkdir()
    (folder / "attributions").mkdir()
    (folder / "text" / "ward.txt").write_text(TEXT, encoding="utf-8")
    for name, standoff in annotators.items():
        (folder / "attributions" / f"ward_{name}.ann").write_text(standoff, encoding="utf-8")
    return folder


def test_reads_discontinuous_spans_and_skips_events_with_missing_marks(tmp_path: Path) -> None:
    folder = write(tmp_path, {"aaaa": ANN})
    (gold,) = read_standoff(folder / "attributions" / "ward_aaaa.ann")
    assert gold.content == (Span(23, 31), Span(32, 40))
    assert gold.source[0].of(TEXT) == "Ann Lee, a nurse"


def test_the_first_annotator_by_name_is_gold(tmp_path: Path) -> None:
    folder = write(tmp_path, {"bbbb": ANN, "aaaa": ""})
    assert [(name, text, len(gold)) for name, text, gold in read_gold(folder)] == [("ward", TEXT, 0)]


def test_pairs_are_one_to_one_and_the_best_overlap_goes_first() -> None:
    predicted = [marked(None, (23, 40)), marked(None, (23, 31))]
    assert pair(TEXT, predicted, [marked(None, (23, 40))]) == [(0, 0, 1.0)]


@pytest.mark.parametrize(
    ("source", "content", "matches"),
    [
        ((0, 16), (23, 40), (1, 1)),  # the same
        ((0, 7), (23, 40), (1, 1)),  # "Ann Lee": 2 of 4 words of the source
        ((42, 48), (23, 40), (1, 0)),  # "Police": another source
        (None, (23, 40), (1, 0)),  # no source
        ((0, 16), (36, 40), (0, 0)),  # "full": 1 of 4 words of the content
    ],
)
def test_hand_worked_matches(
    source: tuple[int, int] | None, content: tuple[int, int], matches: tuple[int, int]
) -> None:
    score = Score()
    add_article(score, TEXT, [marked(source, content)], [marked((0, 16), (23, 40))])
    assert (score.content, score.both) == matches


def test_hand_worked_figures() -> None:
    score = Score()
    gold = [marked((0, 16), (23, 40)), marked((42, 48), (54, 56))]
    add_article(score, TEXT, [marked((0, 16), (23, 40))], gold)
    assert score.f1(score.both) == (1.0, 0.5, pytest.approx(2 / 3))
    assert score.tokens["source"] == [4, 4, 5]


def test_the_command_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError, match="found none"):
        read_gold(tmp_path)
    with pytest.raises(SystemExit) as stop:
        main([str(tmp_path)])
    assert stop.value.code == 2
    assert "attributions" in capsys.readouterr().err


def test_the_command_prints_the_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([str(write(tmp_path, {"aaaa": ANN})), "--limit", "1"])
    assert "content and source: precision 0.500, recall 1.000" in capsys.readouterr().out


def test_sources_are_right_more_often_than_not_found(shared_data: Path) -> None:
    score = evaluate(shared_data / "polnear" / "train", limit=120)
    precision, _, f1 = score.f1(score.both)
    assert precision > 0.72
    assert f1 > 0.48
    assert score.quotations_right > 0.7 * score.quotations
