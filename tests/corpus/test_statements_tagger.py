"""The shipped tagger on the article the project began with, and how scores become spans."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import ModelError
from corpus.model import Span, Statement
from corpus.statements import find_statements
from corpus.statements.tagger import SHIPPED, Network, shipped, spans
from corpus.statements.tagger.meeting import meeting
from corpus.statements.tagger.owned import owned
from corpus.statements.tagger.spans import Found, best_runs
from corpus.statements.tagger.statements import _content


@pytest.fixture(scope="module")
def text(sample: Path) -> str:
    return (sample / "000_88a69eeaa2e40b64.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def found(text: str) -> list[Statement]:
    return find_statements(text, "tagger")


@pytest.mark.parametrize("words", ["blatantly exposes a double standard", "The narrative on Cambodia is not balanced"])
def test_the_ministrys_words_are_its_spokesmans(text: str, found: list[Statement], words: str) -> None:
    saying = [s for s in found if any(words in span.of(text) for span in s.content)]
    assert saying and all(s.speaker and s.speaker.affiliation and "Ministry" in s.speaker.affiliation for s in saying)


def test_spans_are_whole_words_of_the_text_and_cues_are_no_content(text: str, found: list[Statement]) -> None:
    assert found
    for statement in found:
        for span in (*statement.source, *statement.cue, *statement.content):
            assert 0 <= span.start < span.end <= len(text)
            assert not (text[span.start - 1 : span.start].isalnum() and text[span.start].isalnum())
            assert not (text[span.end - 1].isalnum() and text[span.end : span.end + 1].isalnum())
        assert not any(cue.overlaps(span) for cue in statement.cue for span in statement.content)


def test_the_windows_of_a_long_text_lose_nothing(text: str) -> None:
    reading = shipped().read(text)
    assert {place for start, end in reading.windows for place in range(start, end)} == set(range(len(reading.words)))
    assert len(reading.tags) == len(reading.words)


@pytest.mark.parametrize("text", ["", " \n ", "…", "\u200b", "Said.", "“" * 600])
def test_texts_with_nothing_in_them(text: str) -> None:
    assert all(span.end <= len(text) for s in find_statements(text, "tagger") for span in s.content)


def test_a_gap_in_a_run_has_to_pay_for_itself() -> None:
    odds = np.array([-9.0, 3.0, 3.0, -0.5, 3.0, -9.0], np.float32)
    assert best_runs(odds, 1.0) == [(1, 5)]
    assert best_runs(odds, 0.1) == [(1, 3), (4, 5)]
    assert best_runs(odds, 20.0) == []


def test_a_folder_without_a_model_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="statement tagger"):
        Network(tmp_path)


@pytest.mark.parametrize("name", ["heads.npz", "model.onnx", "tokenizer.json"])
@pytest.mark.parametrize("kept", [0, 1000])
def test_a_file_cut_off_is_named(tmp_path: Path, name: str, kept: int) -> None:
    for file in SHIPPED.iterdir():
        (tmp_path / file.name).symlink_to(file)
    (tmp_path / name).unlink()
    (tmp_path / name).write_bytes((SHIPPED / name).read_bytes()[:kept])
    with pytest.raises(ModelError, match=rf"the statement tagger's .*{name}.*; install again") as caught:
        Network(tmp_path)
    assert "\n" not in str(caught.value)


def test_quotations_that_follow_one_another_are_two() -> None:
    text = "“It is a reservation,” said Vash Orelind at a meeting. “You do not book anger.”\n\n“You do not book anger.”"
    contents = [span.of(text) for statement in find_statements(text, "tagger") for span in statement.content]
    assert contents and not any(mark in content for content in contents for mark in "“”")


@pytest.mark.parametrize("line", ["\n\n", "\r\n\r\n", "\n"])
def test_quotations_on_lines_of_their_own_are_two_without_a_stop(line: str) -> None:
    text = f'"THE DAM IS SOUND"{line}"When I asked, the answer was no," Anna Berg, the engineer, said.{line}'
    contents = [span.of(text) for statement in find_statements(text, "tagger") for span in statement.content]
    assert sorted(contents) == ["THE DAM IS SOUND", "When I asked, the answer was no"]


def test_a_return_beside_a_mark_is_no_content() -> None:
    text = '"We had it in hand."\r\n\r\n'
    assert [span.of(text) for span in _content(text, [Span(0, len(text) - 1)], "direct")] == ["We had it in hand."]


def test_a_paragraph_with_its_own_cue_is_not_the_speakers_before_it() -> None:
    text = (
        "Transport Minister Lucy Adeyemi declined to comment.\n\n"
        "A senior official, speaking on condition of anonymity, said the government had prepared an emergency law. "
        '"The draft is in a drawer," the official said.\n\n'
        '"We were told to expect buses," said Tom Reed, a commuter.\n\n'
        "The International Labour Organization said that the right to strike must be respected.\n"
    )
    saying = [s for s in find_statements(text, "tagger") if any("expect buses" in span.of(text) for span in s.content)]
    assert [s.speaker and s.speaker.name for s in saying] == ["Tom Reed"]


def test_what_holds_another_cue_stays_and_so_does_what_has_none_of_its_own() -> None:
    text = "A report said this.\n\nThat went on, Reed said so.\n\nAnd on."
    report, reed = (Span(9, 13), True, (Span(21, 61),)), (Span(40, 44), True, (Span(21, 33),))
    assert owned(text, [report, reed]) == [report[2], reed[2]]
    quoted = (Span(9, 13), True, (Span(14, 33), Span(50, 57)))
    assert owned(text, [quoted, reed]) == [(Span(14, 19), Span(50, 57)), reed[2]]
    assert owned(text, [quoted, (reed[0], False, reed[2])]) == [quoted[2], reed[2]]


def test_spans_that_meet_are_those_that_share_a_character() -> None:
    chance = random.Random(5)
    places = [(start, chance.randint(1, 9), chance.randint(0, 20)) for start in chance.choices(range(100), k=80)]
    some, others = ([(Span(s, s + size), n) for s, size, n in half] for half in (places[:40], places[40:]))
    every = {(a, b) for span, a in some for other, b in others if span.overlaps(other)}
    assert meeting(some, others) == sorted(every)


def test_attributions_far_apart_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs: list[tuple[int, int]] = []

    def counted(*sides: list[tuple[Span, int]]) -> list[tuple[int, int]]:
        pairs.extend(meeting(*sides))
        return pairs

    monkeypatch.setattr(spans, "meeting", counted)
    found = [Found(Span(n, n + 4), (), (Span(n + 5, n + 9),), 0.9) for n in range(0, 4000, 10)]
    assert spans._without_doubles(found, 0.8) == found and len(pairs) == len(found)


def test_a_mark_that_takes_a_quotation_up_again_on_the_next_line_is_no_content() -> None:
    text = '"One in four,\n\n"and the “people” know it,"'
    bare = [span.of(text) for span in _content(text, [Span(0, len(text))], "direct")]
    assert bare == ["One in four", "and the “people” know it"]
